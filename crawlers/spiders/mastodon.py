"""Where to go on a server of Mastodon's API: what it allows, an account's id, then its timeline's pages.

The first crawl goes back a bounded number of pages. Later ones ask for what stands directly above the
newest known post (``min_id``) and follow ``prev`` until nothing comes: no gap, however much was written
in between. (``since_id`` would give the newest page and leave a hole.) What of the back-fill was cut off
is taken up by the next crawl. Where several crawls find nothing the newest page is looked at: a server that
was set up anew counts from the beginning, and nothing would ever stand above what is known.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.fields import Reading, read_json
from crawlers.pages.mastodon import newer, read_statuses
from crawlers.pages.mastodon_people import Seen
from crawlers.pages.mastodon_server import Server, host_of, pages_of, read_server
from crawlers.pipeline import Page
from crawlers.spider import SourceSpider
from posts.errors import NotUnderstood, Refused, SourceError

PAGE_SIZE = 40
QUIET_RUNS = 2
"""After so many crawls in a row without anything new it is asked whether the server counts anew."""
FULL_PAGE = 20
"""A page of so many posts without a word about others is taken for one of several."""
PAGES_PER_RUN = 200
"""Pages of one incremental crawl; the next goes on where it stopped."""


class MastodonSpider(SourceSpider):
    name = "mastodon"
    # A documented API for programs; robots.txt speaks of the pages for people.
    custom_settings = {"ROBOTSTXT_OBEY": False}  # noqa: RUF012 - Scrapy's own form

    _server: Server
    _pages = 0

    async def start(self) -> AsyncIterator[Request]:
        yield self.ask(self._address("/api/v2/instance"), self.on_server)

    def on_server(self, response: Response) -> Iterator[Request]:
        """What the server allows; one that does not know the question is of an older version."""
        timeline = self.job.timeline or "public"
        try:
            if response.status in (404, 405, 406, 410, 422):
                yield self.ask(self._address("/api/v1/instance"), self.on_old_server)
                return
            if (error := self.unhappy(response)) is not None:
                raise error
            self._server = read_server(response.body, address=self.job.url, timeline=timeline)
        except SourceError as error:
            self.fail(error)
            return
        yield from self._enter()

    def on_old_server(self, response: Response) -> Iterator[Request]:
        """What a server says in the older form; one that says nothing is known by its address alone."""
        timeline, body = self.job.timeline or "public", b"{}"
        if 200 <= response.status < 300:
            body = response.body
        try:
            self._server = read_server(body, address=self.job.url, timeline=timeline)
        except SourceError:
            self._server = read_server(b"{}", address=self.job.url, timeline=timeline)
        if not self._server.version:
            self.ledger.remark(f"the server does not describe itself (HTTP {response.status})")
        yield from self._enter()

    def _enter(self) -> Iterator[Request]:
        """Ask for what the server shows, or say that it shows nothing."""
        timeline, access = self.job.timeline or "public", self._server.access
        if not access.local and not access.remote:
            self.fail(Refused(access.why, subject=self.job.source))
            return
        if access.why:
            self.ledger.fall_short(access.why)
        if timeline == "account" and (known := self.cursor("account")) is None:
            acct = (self.job.account or "").lstrip("@")
            query = urlencode({"acct": acct})
            yield self.ask(self._address(f"/api/v1/accounts/lookup?{query}"), self.on_account)
        else:
            yield from self._first(known if timeline == "account" else None)

    def on_account(self, response: Response) -> Iterator[Request | Page]:
        """The server's own id of the account."""
        account = self.job.account or ""
        try:
            if response.status == 404:
                raise NotUnderstood(f"the server knows no account {account}", subject=self.job.source)
            if (error := self.unhappy(response)) is not None:
                raise error
            found = read_json(response.body, subject=self.job.source)
            local_id = found.get("id") if isinstance(found, dict) else None
            if isinstance(local_id, bool) or not isinstance(local_id, str | int) or local_id == "":
                raise NotUnderstood("the answer names no account", subject=self.job.source)
            local_id = str(local_id)
        except SourceError as error:
            self.fail(error)
            return
        yield Page(cursors={"account": local_id})
        yield from self._first(local_id)

    def _first(self, account: str | None) -> Iterator[Request]:
        self._base = self._address(self._path(account))
        newest = self.cursor("newest")
        if newest is not None:
            yield self.ask(self._above(newest), self.on_newer)
        else:
            yield self.ask(self._page(), self.on_first)

    def on_first(self, response: Response) -> Iterator[Request | Page]:
        """The newest page of a first crawl: from here one crawl goes back, the later ones forward."""
        reading = self._read(response)
        if reading is None:
            return
        cursors = self._top(reading)
        yield from self._back(response, reading, cursors, left=self.job.backfill_pages - 1)

    def on_older(self, response: Response, left: int) -> Iterator[Request | Page]:
        reading = self._read(response)
        if reading is not None:
            yield from self._back(response, reading, {}, left=left)

    def _back(
        self, response: Response, reading: Reading, cursors: dict[str, str | None], *, left: int
    ) -> Iterator[Request | Page]:
        """Keep a page and go on to the older one, so many pages more."""
        older = self._older(response, reading)
        more = older if reading.items and left > 0 and not self._enough() else None
        cursors["backfill"] = None if more is None else json.dumps({"url": more, "left": left})
        yield _page(reading, cursors)
        if more is not None:
            yield self.ask(more, lambda answer: self.on_older(answer, left - 1))

    def _older(self, response: Response, reading: Reading) -> str | None:
        """The address of the page below; made of the lowest id where a server writes no Link of its own."""
        link = _link(response)
        older = pages_of(link, page=response.url).get("next")
        if older is not None or (link and "next" not in link):
            return older
        lowest = min(reading.local_ids, key=lambda value: (len(value), value), default=None)
        before, self._lowest = self._lowest, lowest
        falls = lowest is not None and lowest != before and newer(lowest, before) != lowest
        full = reading.items >= FULL_PAGE and lowest is not None
        return self._page(max_id=lowest or "") if full and (before is None or falls) else None

    _lowest: str | None = None

    def _top(self, reading: Reading) -> dict[str, str | None]:
        """The cursors of the newest id, and of the latest moment that a post was written."""
        moments = [post.created_at.isoformat() for post in reading.posts if post.repost_of is None]
        self._latest = max([*moments, self._latest or self.cursor("newest_at") or ""])
        return {"newest": _newest(reading), "newest_at": self._latest or None}

    _latest = ""

    def on_newer(self, response: Response) -> Iterator[Request | Page]:
        """A page directly above what is known; the next is above this one, until none comes."""
        reading = self._read(response)
        if reading is None:
            return
        known = self._known or self.cursor("newest")
        top = newer(known, _newest(reading))
        if top is None or top == known:
            quiet = 0 if self._known else int(self.cursor("quiet") or 0) + 1
            yield _page(reading, {"quiet": str(quiet)})
            if quiet >= QUIET_RUNS:
                yield self.ask(self._page(), self.on_quiet)
            yield from self._take_up()
            return
        self._known = top
        self._pages += 1
        yield _page(reading, self._top(reading))
        if self._pages >= PAGES_PER_RUN:
            self.ledger.fall_short(f"stopped after {PAGES_PER_RUN} pages; the next crawl goes on from there")
            return
        above = pages_of(_link(response), page=response.url).get("prev")
        # Servers before 2.6 write since_id here, which would skip what lies between.
        if above is None or "min_id=" not in above:
            above = self._above(top)
        yield self.ask(above, self.on_newer)

    _known: str | None = None

    def on_quiet(self, response: Response) -> Iterator[Request | Page]:
        """The newest page after a silence. Posts that are later and yet have lower ids: begin anew.

        Lower ids alone say nothing: the newest post that was known may have been deleted.
        """
        reading = self._read(response)
        known, known_at = self.cursor("newest"), self.cursor("newest_at")
        if reading is None or not reading.posts or newer(known, _newest(reading)) != known:
            return
        latest = max(post.created_at for post in reading.posts).isoformat()
        if known == _newest(reading) or (known_at is not None and latest <= known_at):
            return
        self.ledger.remark("the server counts from the beginning again: collected as at the first time")
        yield from self._back(
            response, reading, {**self._top(reading), "quiet": None}, left=self.job.backfill_pages - 1
        )

    def _take_up(self) -> Iterator[Request]:
        """Go on with a back-fill that was cut off."""
        kept = self.cursor("backfill")
        if kept is None:
            return
        found = json.loads(kept)
        if host_of(found["url"]) == host_of(self.job.url):
            left = int(found["left"]) - 1
            yield self.ask(found["url"], lambda answer: self.on_older(answer, left))

    def _read(self, response: Response) -> Reading | None:
        """The posts of a page; a failure is noted."""
        source = self.job.source
        try:
            if response.status in (401, 403, 422):
                raise Refused(
                    f"{urlsplit(response.url).netloc} shows this timeline to signed-in users only "
                    f"(HTTP {response.status}: its preview is off)",
                    subject=source,
                )
            if (error := self.unhappy(response)) is not None:
                self._forget_account(response)
                raise error
            seen = Seen(
                server=host_of(self.job.url),
                domain=self._server.domain,
                source=source,
                at=self.now(),
                run_id=self.job.run_id,
            )
            reading = read_statuses(response.body, seen)
        except SourceError as error:
            self.fail(error)
            return None
        self.ledger.read(reading)
        opted_out = reading.passed_over["opted out"]
        if self.job.timeline == "account" and reading.items and opted_out == reading.items:
            self.fail(Refused("the account has asked not to be collected", subject=source))
        return reading

    def _forget_account(self, response: Response) -> None:
        """An account that is not there any more may have come back under another id: look it up anew."""
        if self.state is not None and response.status in (404, 410):
            self.state.move_cursors(self.job.source, {"account": None}, at=self.now())

    def _enough(self) -> bool:
        return self.previewed is not None and self.ledger.items >= (self.job.limit or 0)

    def _path(self, account: str | None) -> str:
        match self.job.timeline:
            case "tag":
                # Persian tags too: every byte of the tag is percent-encoded.
                return f"/api/v1/timelines/tag/{quote((self.job.tag or '').lstrip('#'), safe='')}"
            case "account":
                return f"/api/v1/accounts/{quote(account or '', safe='')}/statuses"
            case _:
                return "/api/v1/timelines/public"

    def _address(self, path: str) -> str:
        parts = urlsplit(self.job.url)
        return f"{parts.scheme}://{parts.netloc}{path}"

    def _page(self, **more: str) -> str:
        access = self._server.access
        only: dict[str, Any] = {"local": "true"} if not access.remote else {"remote": "true"}
        chosen = {} if access.local and access.remote else only
        return f"{self._base}?{urlencode({'limit': PAGE_SIZE, **chosen, **more})}"

    def _above(self, local_id: str) -> str:
        return self._page(min_id=local_id)


def _page(reading: Reading, cursors: dict[str, str | None]) -> Page:
    return Page(posts=reading.posts, unreadable=reading.unreadable, cursors=cursors)


def _newest(reading: Reading) -> str | None:
    newest: str | None = None
    for local_id in reading.local_ids:
        newest = newer(newest, local_id)
    return newest


def _link(response: Response) -> str:
    return (response.headers.get("Link") or b"").decode("utf-8", "replace")
