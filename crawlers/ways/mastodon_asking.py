"""What all ways of asking a server of Mastodon's API share: its token, its pages, what of it was heard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from config.platforms import PLATFORMS
from crawlers.job import host_and_port
from crawlers.pages.fields import Reading
from crawlers.pages.mastodon import read_statuses
from crawlers.pages.mastodon_people import Seen
from crawlers.pages.mastodon_server import Server, host_of
from crawlers.pipeline import Page
from crawlers.pseudonyms import key_of
from crawlers.spider import SourceSpider
from posts.errors import (
    NotReachable,
    NotSetUp,
    NotUnderstood,
    RateLimited,
    Refused,
    SourceError,
)
from posts.people import pseudonym
from posts.post import Post
from store import rereads
from store.heard import Why
from store.rereads import Reread

PAGE_SIZE = 40


class Asking(SourceSpider):
    """A crawl of one server. ``_settled`` once it is said what of the time since the last was heard."""

    _server: Server
    _settled = False
    _since: datetime | None = None

    @property
    def _timeline(self) -> str:
        return self.job.timeline or "public"

    @property
    def _signed_in(self) -> bool:
        return bool(self._authorization(self.job.url))

    @property
    def _allowed(self) -> frozenset[str]:
        return frozenset(host.lower() for host in self.job.allow_hosts)

    def _not_set_up(self) -> NotSetUp | None:
        """What the user has to give before this timeline can be asked for, and what it costs."""
        variable = PLATFORMS["mastodon"].tokens.get(self._timeline)  # type: ignore[call-overload]
        if variable is None or self._signed_in:
            return None
        host = host_of(self.job.url)
        if self.job.tokens.get("token"):
            return NotSetUp(
                f"the token of {host} is not sent over http, where others could read it",
                subject=self.job.source,
                remedy=f"Set the source's address to https://{host}.",
            )
        what = {"search": "finds posts", "stream": "streams"}.get(self._timeline, "shows this")
        return NotSetUp(
            f"{host} {what} for signed-in users only, and there is no token of yours for it",
            subject=self.job.source,
            remedy=(
                "A token is free: on that server under Preferences, Development, New application, with no "
                f'more than the scope "read". Then set {variable}=\'{{"{host}": "THE TOKEN"}}\'.'
            ),
        )

    def _authorization(self, url: str) -> dict[str, str]:
        """The header with the token, for the source's own server and nobody else; never over open http."""
        token, here, there = self.job.tokens.get("token"), urlsplit(self.job.url), urlsplit(url)
        if not token or (here.scheme, host_of(self.job.url)) != (there.scheme, host_of(url)):
            return {}
        if here.scheme != "https" and host_and_port(url) not in self._allowed:
            return {}
        return {"Authorization": f"Bearer {token}"}

    def ask(
        self, url: str, answer: Callable[[Response], Any], *, headers: dict[str, str] | None = None
    ) -> Request:
        signed = self._authorization(url)
        request = super().ask(url, answer, headers={**(headers or {}), **signed})
        if signed:
            # A redirect would carry the token along.
            request.meta["dont_redirect"] = True
        return request

    def unhappy(self, response: Response) -> SourceError | None:
        if 300 <= response.status < 400:
            host = urlsplit(response.url).netloc
            told = f"{host} redirects to another address (HTTP {response.status}), where no token is sent"
            return NotUnderstood(told, subject=self.job.source)
        return super().unhappy(response)

    def _address(self, path: str) -> str:
        parts = urlsplit(self.job.url)
        return f"{parts.scheme}://{parts.netloc}{path}"

    def _seen(self) -> Seen:
        return Seen(
            server=host_of(self.job.url),
            domain=self._server.domain,
            source=self.job.source,
            at=self.now(),
            run_id=self.job.run_id,
        )

    def _read(
        self, response: Response, read: Callable[[bytes, Seen], Reading] = read_statuses
    ) -> Reading | None:
        """The posts of an answer; a failure is noted."""
        try:
            if (error := self._closed_to_us(response) or self.unhappy(response)) is not None:
                raise error
            reading = self._narrowed(read(response.body, self._seen()))
        except SourceError as error:
            self.fail(error)
            return None
        self._note(reading)
        return reading

    def _closed_to_us(self, response: Response) -> SourceError | None:
        if response.status not in (401, 403, 422):
            return None
        host = urlsplit(response.url).netloc
        if self._signed_in:
            told = f"{host} does not accept the token for this (HTTP {response.status})"
            remedy = "Look whether it was revoked, and make one with the scope read."
            return Refused(told, subject=self.job.source, remedy=remedy)
        return Refused(
            f"{host} shows this timeline to signed-in users only "
            f"(HTTP {response.status}: its preview is off)",
            subject=self.job.source,
        )

    def _narrowed(self, reading: Reading) -> Reading:
        """What of a reading the source wants."""
        return reading

    def _note(self, reading: Reading) -> None:
        """Count what was read, and say what of it is missing because it could not be."""
        self.ledger.read(reading)
        if reading.unreadable and reading.oldest is not None and reading.newest is not None:
            self._missed("shape", reading.oldest, reading.newest, posts=len(reading.unreadable))

    def _heard_of(self, since: datetime, until: datetime, *, posts: int) -> None:
        self.ledger.heard(min(since, until), until, posts=posts, query=self.job.query or "")

    def _missed(self, why: Why, since: datetime, until: datetime, *, posts: int | None = None) -> None:
        self.ledger.miss(why, min(since, until), until, posts=posts, query=self.job.query or "")

    def _known_refs(self, refs: Iterable[str]) -> dict[str, Reread]:
        """What was collected of these ids of the server and is still looked at."""
        refs = list(refs)
        if self.state is None or not refs:
            return {}
        return {one.ref: one for one in rereads.known(self.state, self.job.source, refs)}

    def _kept_id(self, post: Post) -> str:
        """The id under which a post is kept: a pseudonym, where the project has them for its author."""
        own = post.author is not None and post.author.key in self.job.keep
        if not self.job.pseudonyms or own:
            return post.id
        return pseudonym(post.id, secret=key_of(self.job.folder))

    def _page(
        self,
        reading: Reading,
        cursors: dict[str, str | None] | None = None,
        *,
        gone: Iterable[Reread] = (),
        settled: Iterable[Reread] = (),
    ) -> Page:
        """What goes to the spool of a reading, each post with the id to ask for it again."""
        return Page(
            posts=reading.posts,
            unreadable=reading.unreadable,
            cursors=cursors or {},
            refs=reading.refs,
            gone=tuple(gone),
            settled=tuple(settled),
        )

    def closed(self, reason: str) -> None:
        """What lies between what was known and now was missed where the crawl did not get there."""
        if self._settled or self._since is None or self.state is None:
            return
        why = next((why for kind, why in _WHY if any(isinstance(e, kind) for e in self.ledger.errors)), None)
        self._missed(why or "downtime", self._since, self._began)

    _began: datetime


_WHY: tuple[tuple[type[SourceError], Why], ...] = (
    (RateLimited, "rate limit"),
    (NotUnderstood, "shape"),
    (NotReachable, "downtime"),
)
"""Why posts are missing, by what went wrong first; a server that refuses counts as one that is away."""


def moment_of(text: str | None) -> datetime | None:
    """A moment that a cursor holds."""
    return datetime.fromisoformat(text) if text else None


Answers = Iterator[Request | Page]
