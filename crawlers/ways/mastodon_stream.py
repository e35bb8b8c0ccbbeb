"""Streams of Mastodon's API: what is written, edited and deleted comes as it happens.

A crawl of a stream listens until the source is due again. It connects first, then reads from the timeline
what was written since the last one (``min_id``), and then keeps what has come meanwhile: no gap is between.
A stream that breaks is connected to again, each time with the same catching up; what could not be caught up
stands in the ledger as missed. The cursor moves with the stream only while nothing below it is missing.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.job import host_and_port, user_agent
from crawlers.limits import asked_wait
from crawlers.listening import Listening, listen
from crawlers.pages.events import Event, Events
from crawlers.pages.fields import Reading
from crawlers.pages.mastodon_finds import not_kept
from crawlers.pages.mastodon_ids import by_age, newer
from crawlers.pages.mastodon_server import streaming_address
from crawlers.pages.mastodon_stream import Told, read_events
from crawlers.pipeline import Page
from crawlers.ways.mastodon_again import Again
from crawlers.ways.mastodon_timelines import Timelines
from crawlers.ways.sieve import Sieve
from posts.errors import NotReachable, NotUnderstood, RateLimited, Refused, SourceError
from store.rereads import Reread

END_BEFORE_S: Final = 5.0
"""So long before it is due again a stream ends, so that the next crawl finds the way free."""
FLUSH_S: Final = 2.0
FLUSH_EVENTS: Final = 200
IDLE_S: Final = 60.0
"""A server beats every 15 seconds; one that is silent for so long is not there any more."""
LOOKS_S: Final = 60.0
PREVIEW_S: Final = 15.0
LONGEST_PAUSE_S: Final = 60.0
STEADY_S: Final = 30.0
"""A connection that held so long is no sign that the next will break at once."""
REMEMBERED: Final = 10_000


class Listens(Timelines, Again):
    """Streams of all public posts, or of those with a tag."""

    _reached: str | None = None
    _steady = False
    _breaks = 0
    _line: Listening | None = None
    _recent: Mapping[str, Reread] = MappingProxyType({})

    def _begin_stream(self) -> Iterable[Request]:
        base = streaming_address(self._server, self.job.url)
        open_http = base is not None and base.startswith("http:") and host_and_port(base) not in self._allowed
        if base is None or open_http:
            named = urlsplit(self._server.streaming or "").netloc or "another place"
            told = (
                f"the server names {named} for its streams, which is none of its own: no token is sent there"
            )
            self.fail(Refused(told, subject=self.job.source))
            return
        self._base = self._address(self._path(None))
        self._streaming = base
        self._sieve = Sieve(self.job.query, None, subject=self.job.source)
        self._until = self._end()
        self._reached = self.cursor("newest")
        health = self.ask(f"{base}/api/v1/streaming/health", self.on_health)
        health.errback = self.on_unwell
        yield health

    def _end(self) -> datetime:
        """When to stop: before the source is due again, which is a multiple of its interval."""
        if self.previewed is not None:
            return self._began + timedelta(seconds=PREVIEW_S)
        every = timedelta(seconds=self.job.every_s)
        late = self._began - self.job.due_at
        length = every - late if timedelta(0) <= late < every else every
        return self._began + length - timedelta(seconds=END_BEFORE_S)

    async def on_health(self, response: Response) -> AsyncIterator[Page]:
        """Listen until the end, whatever breaks meanwhile."""
        if response.status >= 500:
            self.ledger.remark(f"the server says that its streams are not well (HTTP {response.status})")
        pause = 1.0
        while not self._over():
            try:
                self._line = await self._connect()
            except (NotReachable, RateLimited) as error:
                if not await self._wait(error, pause):
                    break
                pause = min(2 * pause, LONGEST_PAUSE_S)
                continue
            except SourceError as error:
                self.fail(error)
                break
            connected = self.now()
            async for page in self._catch_up(connected):
                yield page
            async for page in self._hear(connected):
                yield page
            self._line.close()
            if self.now() - connected > timedelta(seconds=STEADY_S):
                pause = 1.0
            await self._rest(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
        if not self._settled:
            # Nothing was listened to: at least what the timeline shows.
            async for page in self._catch_up(self.now()):
                yield page
        if self._breaks:
            self.ledger.remark(f"the stream broke {self._breaks} times, and was connected to again")

    async def on_unwell(self, failure: Failure) -> AsyncIterator[Page]:
        """Nothing answers where the streams are: what the timeline shows is read all the same."""
        self.failed(failure)
        async for page in self._catch_up(self.now()):
            yield page

    async def _connect(self) -> Listening:
        """The stream, connected; an error says why it is not."""
        path = "/api/v1/streaming/public"
        access = self._server.access
        if self.job.tag:
            path = "/api/v1/streaming/hashtag"
        if not access.remote:
            path += "/local"
        elif not access.local and not self.job.tag:
            path += "/remote"
        query = f"?{urlencode({'tag': self.job.tag.lstrip('#')})}" if self.job.tag else ""
        headers = {
            "User-Agent": user_agent(self.job),
            "Accept": "text/event-stream",
            "Authorization": f"Bearer {self.job.tokens['token']}",
        }
        self.ledger.asked += 1
        url = f"{self._streaming}{path}{query}"
        line = await listen(self.crawler, url, headers=headers, source=self.job.source)
        self.ledger.answers[line.status] += 1
        if line.status != 200 or "text/event-stream" not in line.headers.get("content-type", ""):
            line.close()
            raise self._refusal(line)
        return line

    def _refusal(self, line: Listening) -> SourceError:
        """What a server says that does not stream."""
        host, source, status = urlsplit(self._streaming).netloc, self.job.source, line.status
        if status in (429, 503):
            wait = asked_wait(line.headers, now=self.now()) or 60.0
            until = self.now() + timedelta(seconds=min(wait, 86_400.0))
            return RateLimited(f"the streams of {host} answer {status}", until=until, subject=source)
        if status in (401, 403):
            return Refused(
                f"{host} does not accept the token for its streams (HTTP {status})", subject=source
            )
        if status >= 500:
            return NotReachable(f"the streams of {host} are broken (HTTP {status})", subject=source)
        if status == 200:
            return NotUnderstood(f"{host} answers with something else than a stream", subject=source)
        return NotUnderstood(f"{host} has no such stream (HTTP {status})", subject=source)

    async def _wait(self, error: SourceError, pause: float) -> bool:
        """Pause before the next try; false where there is no time for one, and the error is noted."""
        pause *= random.uniform(0.7, 1.3)
        if isinstance(error, RateLimited):
            pause = max(pause, (error.until - self.now()).total_seconds())
        # Somebody waits for a preview: it is one try.
        if self.previewed is not None or self.now() + timedelta(seconds=pause) >= self._until:
            self.fail(error)
            return False
        self.logger.info("%s; trying again in %.0f s", error, pause)
        await self._rest(pause)
        return True

    async def _rest(self, pause: float) -> None:
        end = self.now() + timedelta(seconds=pause)
        while self.now() < end and not self._over():
            await asyncio.sleep(min(0.2, pause))

    # catching up

    async def _catch_up(self, connected: datetime) -> AsyncIterator[Page]:
        """What the timeline shows above what is known; what it does not show is missed."""
        self._began, self._pages, self._got, self._settled = connected, 0, 0, False
        first = self._reached is None
        # A second time in one crawl: what the stream told is known too.
        self._known = self._reached if self._breaks else None
        if self._reached is None:
            begin = self.ask(self._url(), self.on_first)
        else:
            begin = self._newer_than(self._reached)
        async for page in self._walk(begin):
            yield page
        self._reached = newer(self._reached, self._known)
        self._steady = self._settled or (first and not self.ledger.errors)
        if not self._steady and self._since is not None:
            self._missed("stream", self._since, connected)
        self._settled = True

    async def _walk(self, request: Request) -> AsyncIterator[Page]:
        """The pages that a request leads to, one after the other, here and now."""
        waiting = deque([request])
        while waiting and not self._stopping():
            asking = waiting.popleft()
            try:
                response = await self.crawler.engine.download_async(asking)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is named and noted
                failure: Any = Failure(error)  # type: ignore[no-untyped-call]  # Twisted is half typed
                failure.request = asking
                self.failed(failure)
                continue
            callback: Any = asking.callback
            for made in callback(response):
                if isinstance(made, Request):
                    waiting.append(made)
                else:
                    self._reached = newer(self._reached, made.cursors.get("newest"))
                    yield made

    # listening

    async def _hear(self, connected: datetime) -> AsyncIterator[Page]:
        """What the stream tells until it breaks or is over, every few seconds."""
        line, events, posts = self._line, Events(), 0
        if line is None:
            return
        waiting: list[Event] = []
        heard_at = flushed_at = looked_at = self.now()
        broken = False
        while not broken and not self._over():
            piece = await line.piece(min(1.0, FLUSH_S))
            now = self.now()
            if piece:
                heard_at = now
                waiting += events.feed(piece)
            broken = piece is None or now - heard_at > timedelta(seconds=IDLE_S)
            if waiting and (
                broken or len(waiting) >= FLUSH_EVENTS or now - flushed_at >= timedelta(seconds=FLUSH_S)
            ):
                page = self._kept(waiting)
                posts, waiting, flushed_at = posts + len(page.posts), [], now
                yield page
            if now - looked_at >= timedelta(seconds=LOOKS_S):
                looked_at = now
                self._look_meanwhile()
        while not broken and (piece := await line.piece(0.0)):
            waiting += events.feed(piece)
        if waiting:
            page = self._kept(waiting)
            posts += len(page.posts)
            yield page
        self._end_of_line(connected, heard_at if broken else self.now(), posts, events.dropped, broken=broken)

    def _end_of_line(
        self, connected: datetime, ended: datetime, posts: int, dropped: int, *, broken: bool
    ) -> None:
        """Note what was heard on a connection, and where the next catching up begins."""
        if self._steady:
            self._heard_of(connected, ended, posts=posts)
            self._since = ended
        if dropped:
            self.ledger.fall_short(f"{dropped} events of over a MiB were left out")
            self._missed("stream", connected, ended, posts=dropped)
        if broken:
            self._breaks += 1
            self._settled = False

    def _kept(self, events: list[Event]) -> Page:
        """The posts of some events, and the deletions of posts that are known."""
        told = read_events(events, self._seen())
        reading = self._narrowed(told.reading)
        self._note(reading)
        new = [i for i in told.reading.local_ids if i not in told.edited]
        top = newer(self._reached, max(new, key=by_age, default=None))
        cursors: dict[str, str | None] = {}
        if self._steady and top is not None and top != self._reached:
            self._reached = top
            at = told.reading.newest
            self._latest = max(self._latest, at.isoformat() if at else "", self.cursor("newest_at") or "")
            cursors = {"newest": top, "newest_at": self._latest or None}
        page = self._page(reading, cursors, gone=self._gone_posts(told, not_kept(reading, [*told.edited])))
        self._remember(page)
        edited = [post for post in reading.posts if reading.refs.get(post.id) in told.edited]
        for request in self._histories(edited, reading.refs):
            self.crawler.engine.crawl(request)
        return page

    def _gone_posts(self, told: Told, hidden: Iterable[str]) -> list[Reread]:
        """Those of the posts that are gone, or not to be kept any more, which were collected."""
        return list(self._known_refs([*told.gone, *hidden]).values())

    def _known_refs(self, refs: Iterable[str]) -> dict[str, Reread]:
        """What was collected of these ids of the server, in this crawl or before."""
        refs = list(refs)
        found = {ref: self._recent[ref] for ref in refs if ref in self._recent}
        return found | super()._known_refs(ref for ref in refs if ref not in found)

    def _remember(self, page: Page) -> None:
        """Posts that may be deleted before the spool has told of them."""
        recent = dict(self._recent)
        for post in page.posts:
            ref = page.refs.get(post.id)
            if ref is not None:
                recent[ref] = Reread(
                    post=self._kept_id(post), ref=ref, created_at=post.created_at, due_at=post.created_at
                )
        self._recent = dict(list(recent.items())[-REMEMBERED:])

    def _narrowed(self, reading: Reading) -> Reading:
        """Those that the source's query chooses, and new forms of those that it chose before."""
        if self._timeline != "stream" or not self.job.query:
            return reading
        chosen = {post.id for post in self._sieve.keep(reading.posts, now=self.now())}
        edited = [reading.refs[p.id] for p in reading.posts if p.edited_at and p.id in reading.refs]
        before = self._known_refs(edited)
        kept = tuple(p for p in reading.posts if p.id in chosen or reading.refs.get(p.id) in before)
        refs = {p.id: reading.refs[p.id] for p in kept if p.id in reading.refs}
        return replace(reading, posts=kept, refs=refs)

    def _look_meanwhile(self) -> None:
        """Second looks are due while a stream is listened to as well."""
        if not self.ledger.errors and not self.crawler.engine.needs_backout():
            for request in self._looks():
                self.crawler.engine.crawl(request)

    def _over(self) -> bool:
        return self.now() >= self._until or self._stopping()

    def _stopping(self) -> bool:
        """Whether somebody ends the crawl: a signal, a limit, a spool that takes no posts."""
        slot = getattr(self.crawler.engine, "_slot", None)
        return not self.crawler.crawling or slot is None or slot.closing is not None
