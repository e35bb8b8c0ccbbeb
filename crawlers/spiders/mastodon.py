"""Where to go on a server of Mastodon's API: what it allows first, then what the source asks of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.mastodon_server import read_server
from crawlers.ways.mastodon_asking import moment_of
from crawlers.ways.mastodon_finds import Finds
from crawlers.ways.mastodon_stream import Listens
from posts.errors import Refused, SourceError


class MastodonSpider(Listens, Finds):
    """A crawl of one source on one server."""

    name = "mastodon"
    # A documented API for programs; robots.txt speaks of the pages for people.
    custom_settings = {"ROBOTSTXT_OBEY": False}  # noqa: RUF012 - Scrapy's own form

    async def start(self) -> AsyncIterator[Request]:
        self._began = self.now()
        self._since = moment_of(self.cursor("newest_at"))
        missing = self._not_set_up()
        if missing is not None:
            self.fail(missing)
            return
        yield self.ask(self._address("/api/v2/instance"), self.on_server)

    def on_server(self, response: Response) -> Iterator[Request]:
        """What the server allows; one that does not know the question is of an older version."""
        try:
            if response.status in (404, 405, 406, 410, 422):
                yield self.ask(self._address("/api/v1/instance"), self.on_old_server)
                return
            if (error := self.unhappy(response)) is not None:
                raise error
            self._learn(response.body)
        except SourceError as error:
            self.fail(error)
            return
        yield from self._enter()

    def on_old_server(self, response: Response) -> Iterator[Request]:
        """What a server says in the older form; one that says nothing is known by its address alone."""
        try:
            self._learn(response.body if 200 <= response.status < 300 else b"{}")
        except SourceError:
            self._learn(b"{}")
        if not self._server.version:
            self.ledger.remark(f"the server does not describe itself (HTTP {response.status})")
        yield from self._enter()

    def _learn(self, body: bytes) -> None:
        feed = self._timeline
        if feed == "stream":
            feed = "tag" if self.job.tag else "public"
        self._server = read_server(body, address=self.job.url, timeline=feed, signed_in=self._signed_in)

    def _enter(self) -> Iterator[Request]:
        """Ask for what the server shows, or say that it shows nothing."""
        access = self._server.access
        if not access.local and not access.remote:
            self.fail(Refused(access.why, subject=self.job.source))
            return
        if access.why:
            self.ledger.fall_short(access.why)
        match self._timeline:
            case "search":
                yield from self._begin_search()
            case "trends":
                yield from self._begin_trends()
            case "thread":
                yield from self._begin_thread()
            case "stream":
                yield from self._begin_stream()
            case "account" if (known := self.cursor("account")) is not None:
                yield from self._begin_timeline(known)
            case "account":
                yield from self._begin_account()
            case _:
                yield from self._begin_timeline(None)
