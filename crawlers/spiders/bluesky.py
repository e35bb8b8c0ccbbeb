"""Where to go at Bluesky: an account's feed, what a search finds, a thread, the stream of the network.

Feeds and searches are read from the newest page down to what is known (``crawlers.ways.forward``), and
back below it as far as the source asks (``crawlers.ways.backfill``). Searches are answered to signed-in
users only.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.bluesky import Item, Listed, read_account, read_error, read_feed, read_posts, refs
from crawlers.pipeline import Page
from crawlers.ways.backfill import TOP, Backfill
from crawlers.ways.bluesky_asking import AT_ONCE, Asking
from crawlers.ways.bluesky_session import Session
from crawlers.ways.bluesky_stream import Listener
from crawlers.ways.bluesky_thread import Conversation
from crawlers.ways.forward import Forward, Mark
from posts.errors import RateLimited, Refused, SourceError
from store import rereads
from store.rereads import Reread

PAGE_SIZE = 100
"""Posts of a page; more is refused."""
LATE = timedelta(minutes=10)
"""How late a post may come into the search after it was written."""


class BlueskySpider(Asking):
    name = "bluesky"
    # A documented API for programs; robots.txt speaks of the pages for people.
    custom_settings = {"ROBOTSTXT_OBEY": False}  # noqa: RUF012 - Scrapy's own form

    _pages = 0

    async def start(self) -> AsyncIterator[Request | Page]:
        self._began = time.monotonic()
        try:
            if self.job.timeline == "stream":
                async for page in Listener(self).pages():
                    yield page
                return
            requests = self._begin()
        except SourceError as error:
            self.fail(error)
            return
        for request in requests:
            yield request

    def _begin(self) -> list[Request]:
        """The first requests; what is missing is said before any is sent."""
        if self.job.timeline in ("tag", "search"):
            self.session = Session(self.job)
            return list(self._enter() if self.session.open else self.sign_in(self._enter))
        if self.job.timeline == "thread":
            return [Conversation(self).begin()]
        if self.cursor("account") is None:
            return [self.ask(self.xrpc("actor.getProfile", actor=self._account()), self.on_account)]
        return list(self._enter())

    # accounts

    def on_account(self, response: Response) -> Iterator[Request | Page]:
        """The lasting name of an account, and who it is today."""
        try:
            self.happy(response)
            profile, person, notes = read_account(response.body, self.seen())
            if person.opted_out:
                raise Refused("the account shows itself to signed-in users only", subject=self.job.source)
        except SourceError as error:
            self.fail(error)
            return
        self.ledger.unread.update(notes.unread)
        today = f"{self.now():%Y-%m-%d}"
        yield Page(cursors={"account": person.did, "profile": today}, profiles=(profile,))
        self._did = person.did
        yield from self._enter()

    _did = ""

    def look_at_account(self, today: str) -> Iterable[Request]:
        if self.job.timeline != "account":
            return
        yield self.ask(
            self.xrpc("actor.getProfile", actor=self._account()), lambda r: self.on_profile(r, today)
        )

    def on_profile(self, response: Response, today: str) -> Iterator[Page]:
        """Who the account is today."""
        try:
            self.happy(response)
            profile, _, notes = read_account(response.body, self.seen())
        except SourceError as error:
            self.fail(error)
            return
        self.ledger.unread.update(notes.unread)
        yield Page(profiles=(profile,), cursors={"profile": today})

    # what is new, and below it

    def _enter(self) -> Iterator[Request]:
        late = timedelta(0) if self.job.timeline == "account" else LATE
        query = self.job.query or ""
        self._forward = Forward(self.ledger, self.cursor, now=self.now(), overlap=late, query=query)
        self._past = Backfill(self.job, self.ledger, self.cursor, now=self.now(), query=query)
        if self._forward.known is None:
            yield self._page(TOP, self.on_first)
        else:
            yield self._page(TOP, self.on_newer)

    def on_first(self, response: Response) -> Iterator[Request | Page]:
        """The newest page of a first crawl: from here one crawl goes back, the later ones forward."""
        listed = self._read(response)
        if listed is not None:
            yield from self._back(listed, self._forward.top(_marks(listed)))

    def on_older(self, response: Response) -> Iterator[Request | Page]:
        listed = self._read(response)
        if listed is not None:
            yield from self._back(listed, {})

    def _back(self, listed: Listed, cursors: dict[str, str | None]) -> Iterator[Request | Page]:
        """Keep a page and go on to the older one."""
        oldest = min((mark.at for mark in _marks(listed)), default=None)
        step = self._past.step(oldest=oldest, older=self._older(listed), posts=len(listed.reading.posts))
        yield self._kept(listed, {**cursors, **step.cursors})
        if step.where is not None and not self.enough() and not self.over():
            yield self._page(step.where, self.on_older)

    def on_newer(self, response: Response) -> Iterator[Request | Page]:
        """A page above what is known, or in a gap that was left."""
        listed = self._read(response)
        if listed is None:
            return
        step = self._forward.step(_marks(listed), older=self._older(listed))
        yield self._kept(listed, step.cursors, fresh=step.fresh)
        self._pages += 1
        where = step.where if step.where is not None else self._forward.next_gap()
        if where is not None and self.over():
            self.ledger.fall_short(f"stopped after {self._pages} pages; the next crawl goes on from there")
        elif where is not None:
            yield self._page(where, self.on_newer)
        elif (older := self._past.resume()) is not None and not self.over():
            yield self._page(older, self.on_older)

    def _kept(
        self, listed: Listed, cursors: dict[str, str | None], *, fresh: frozenset[str] | None = None
    ) -> Page:
        """A page to be kept: of a page that was in part read before, what is ``fresh``."""
        known = {i.uri for i in listed.items if fresh is not None and i.at is not None} - (fresh or set())
        posts = {post.id: post for item in listed.items if item.uri not in known for post in item.posts}
        unreadable = tuple(item for item in listed.reading.unreadable if item.subject not in known)
        moments = [mark.at for mark in _marks(listed)]
        if unreadable and moments:
            query = self.job.query or ""
            self.ledger.miss("shape", min(moments), max(moments), posts=len(unreadable), query=query)
        kept = tuple(posts.values())
        return Page(posts=kept, unreadable=unreadable, cursors=cursors, refs=refs(kept))

    def _older(self, listed: Listed) -> str | None:
        """Where the page below begins: a cursor, or a moment where cursors count from a moving top."""
        cursor = listed.cursor
        oldest = min((mark.at for mark in _marks(listed)), default=None)
        if cursor is None:
            return None
        where = f"cursor {cursor}"
        if cursor.isdigit() and oldest is not None:
            by_time = f"until {(oldest + timedelta(milliseconds=1)).isoformat()}"
            # A page of one moment leads no further by time.
            where = by_time if by_time != self._last else where
        if where == self._last:
            self.ledger.remark("the server leads to the same page again and again")
            return None
        self._last = where
        return where

    _last = ""

    def _page(self, where: str, answer: Callable[[Response], Any]) -> Request:
        """The request for a page: the newest, or one below a place."""
        kind, _, value = where.partition(" ")
        more = {kind: value} if where else {}
        if kind == "until":
            more = {"until": _utc(value)}
        size = str(min(self.job.page_size or PAGE_SIZE, PAGE_SIZE))
        if self.job.timeline == "account":
            url = self.xrpc(
                "feed.getAuthorFeed", actor=self._account(), filter="posts_with_replies", limit=size, **more
            )
            return self.ask(url, answer)
        return self.ask_signed(self.xrpc("feed.searchPosts", **self._sought(), limit=size, **more), answer)

    def _sought(self) -> dict[str, str]:
        if self.job.timeline == "tag":
            tag = (self.job.tag or "").lstrip("#")
            return {"q": f"#{tag}", "tag": tag, "sort": "latest"}
        return {"q": self.job.query or "", "sort": "latest"}

    def _read(self, response: Response) -> Listed | None:
        """The posts of a page; a failure is noted."""
        read = read_feed if self.job.timeline == "account" else read_posts
        try:
            self.happy(response)
            listed = read(response.body, self.seen())
        except SourceError as error:
            self.fail(error)
            return None
        self.ledger.read(listed.reading)
        opted_out = listed.reading.passed_over["opted out"]
        if self.job.timeline == "account" and opted_out and opted_out == listed.reading.items:
            self.fail(Refused("the account shows itself to signed-in users only", subject=self.job.source))
            return None
        return listed

    # second looks

    def look_again(self, due: list[Reread]) -> Iterable[Request]:
        for start in range(0, len(due), AT_ONCE):
            part = due[start : start + AT_ONCE]
            query = urlencode([("uris", look.ref) for look in part])
            url = f"{self.server()}/xrpc/app.bsky.feed.getPosts?{query}"
            yield self.ask(url, partial(self.on_looked, due=part))

    def on_looked(self, response: Response, *, due: list[Reread]) -> Iterator[Page | Request]:
        """The present state of posts; what is not in the answer is not there any more."""
        try:
            self.happy(response)
            listed = read_posts(response.body, self.seen())
        except SourceError as error:
            self.fail(error)
            return
        self.ledger.read(listed.reading)
        there = {post_uri for post in listed.reading.posts for post_uri in refs((post,)).values()}
        unread = {item.subject for item in listed.reading.unreadable}
        gone = tuple(look for look in due if look.ref not in there | unread)
        if self.state is not None and unread:
            # They would be due for ever.
            rereads.drop(self.state, self.job.source, [look.post for look in due if look.ref in unread])
        yield self._kept(listed, {})
        if len(gone) == len(due) > 1 and not listed.reading.items:
            # A server that has forgotten everything for a moment must not delete all that is known.
            url = self.xrpc("feed.getPostThread", uri=gone[0].ref, depth="0", parentHeight="0")
            yield self.ask(url, lambda answer: self.on_doubt(answer, gone))
        elif gone:
            yield Page(gone=gone)

    def on_doubt(self, response: Response, gone: tuple[Reread, ...]) -> Iterator[Page]:
        """Whether the first of posts that are all missing is really gone."""
        code, _ = read_error(response.body)
        if response.status == 400 and code == "NotFound":
            yield Page(gone=gone)
        else:
            self.ledger.fall_short(f"the server showed none of {len(gone)} posts that it has")

    def not_found(self) -> None:
        """An account that is not there any more may come back under another DID: look it up anew."""
        if self.state is not None and self.cursor("account") is not None:
            self.state.move_cursors(self.job.source, {"account": None}, at=self.now())

    def fail(self, error: SourceError) -> None:
        super().fail(error)
        if hasattr(self, "_forward"):
            self._forward.broke_off("rate limit" if isinstance(error, RateLimited) else "paging")

    def _account(self) -> str:
        return self._did or self.cursor("account") or (self.job.account or "").lstrip("@")


def _marks(listed: Listed) -> list[Mark]:
    return [_mark(item, item.at) for item in listed.items if item.at is not None]


def _mark(item: Item, at: datetime) -> Mark:
    return Mark(uri=item.uri, at=at, posts=len(item.posts))


def _utc(moment: str) -> str:
    return datetime.fromisoformat(moment).astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"
