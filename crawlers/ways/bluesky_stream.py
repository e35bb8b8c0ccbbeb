"""Listening to Jetstream: what everybody writes, as it is written, for as long as one crawl lasts.

The cursor is the time of the last event that is safe; a new connection goes some seconds further back, and
what comes twice is taken once. So an interruption loses nothing as long as the server remembers (36 hours).
Who wrote what is kept is asked for in portions: only an account's own page tells its name and that it does
not want to be shown to strangers.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus, WebSocketException

from config.platforms import PLATFORMS
from crawlers.guard import Forbidden
from crawlers.job import user_agent
from crawlers.pages.bluesky import refs
from crawlers.pages.fields import Notes, Reading, Unreadable, short
from crawlers.pages.jetstream import COLLECTIONS, Event, microseconds, moment_of, read_frame
from crawlers.pipeline import Page
from crawlers.ways.bluesky_asking import Asking
from crawlers.ways.bluesky_held import FROM, Held
from crawlers.ways.bluesky_meeting import People
from crawlers.ways.sieve import Sieve
from crawlers.websocket import MAX_FRAME, OPEN_S, connected
from posts.errors import NotReachable, NotUnderstood, RateLimited, Refused, SourceError
from posts.post import Post

CURSOR: Final = "stream"
REMEMBERED: Final = timedelta(hours=36)
"""How far back a server of the network can go; an older cursor is moved to there without a word."""
REWIND: Final = timedelta(seconds=5)
"""How far before the last event a new connection begins, for clocks of servers differ."""
SLACK: Final = timedelta(seconds=60)
FLUSH_S: Final = 3.0
FRAMES_AT_ONCE: Final = 2_000
SPARE_S: Final = 5.0
"""Before a crawl is due again it ends by so much."""
LONGEST_WAIT_S: Final = 30.0
PREVIEW_S: Final = 15.0
PREVIEW_OPEN_S: Final = 5.0
TOO_BIG: Final = 1009
"""How a connection is closed over a frame that is too large."""
BURIED: Final = 20
"""Of each portion so many frames that cannot be read become dead letters."""
TWICE: Final = 50_000
"""Records of which is remembered that they came."""


class Listener:
    """One crawl's listening; ``pages`` are what is to be kept of it, every few seconds."""

    def __init__(self, spider: Asking, *, rng: random.Random | None = None) -> None:
        self._spider, self._job, self._ledger = spider, spider.job, spider.ledger
        self._sieve = Sieve(self._job.query, self._job.tag, subject=self._job.source)
        self._query = self._job.query or ""
        self._held = Held(spider)
        self._people = People(spider, self._left)
        self._met: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._cursor = self._kept = self._first_cursor()
        self._since: datetime | None = None
        self._posts = 0
        self._doubt: datetime | None = moment_of(self._cursor) if self._cursor else None
        self._skip_s = 0
        self._rng = rng or random.Random()
        self._waits = 0
        self._trouble: SourceError | None = None

    def _first_cursor(self) -> int | None:
        kept = self._spider.cursor(CURSOR) or ""
        if kept.isdigit():
            return int(kept)
        past = self._job.backfill_to if self._spider.state is not None else None
        return None if past is None else microseconds(past)

    # the time that a crawl has

    def _lasts(self) -> float:
        """Seconds to listen: until the next crawl is due, less what the second looks will need."""
        if self._spider.previewed is not None:
            return PREVIEW_S
        looks = 2.0 * self._spider.requests_due() * max(self._job.delay_s, 0.2)
        return max(1.0, self._job.every_s / 2, self._job.every_s - SPARE_S - looks)

    async def pages(self) -> AsyncIterator[Page]:
        """What is heard, until this crawl's time is over."""
        self._end = time.monotonic() + self._lasts()
        try:
            while self._left() > 0 and not self._done():
                try:
                    async for page in self._connection():
                        yield page
                except SourceError as error:
                    self._spider.fail(error)
                except (OSError, WebSocketException) as error:
                    await self._interrupted(error)
        finally:
            # Also when the crawl is told to end.
            self._take_stock()

    def _left(self) -> float:
        return self._end - time.monotonic()

    _end = 0.0

    def _done(self) -> bool:
        previewed = self._spider.previewed
        enough = previewed is not None and len(previewed) >= (self._job.limit or 0)
        return enough or bool(self._ledger.errors)

    # one connection

    async def _connection(self) -> AsyncIterator[Page]:
        allowed = frozenset(host.lower() for host in self._job.allow_hosts)
        agent = user_agent(self._job)
        open_s = OPEN_S if self._spider.previewed is None else PREVIEW_OPEN_S
        try:
            async with connected(self._address(), allowed=allowed, user_agent=agent, open_s=open_s) as socket:
                self._ledger.asked += 1
                while self._left() > 0 and not self._done():
                    frames, broken = await self._frames(socket)
                    page = await self._page(frames)
                    if page is not None:
                        yield page
                    if broken is not None:
                        raise broken
                    await self._keep_pace()
        except Forbidden as error:
            raise Refused(str(error), subject=self._job.source) from error

    def _address(self) -> str:
        query = [("wantedCollections", name) for name in COLLECTIONS]
        query.append(("maxMessageSizeBytes", str(MAX_FRAME)))
        if self._cursor is not None:
            back = 0 if self._skip_s else int(REWIND.total_seconds() * 1_000_000)
            query.append(("cursor", str(max(1, self._cursor - back))))
        parts = urlsplit(self._job.url)
        return f"{parts.scheme}://{parts.netloc}/subscribe?{urlencode(query)}"

    async def _frames(self, socket: ClientConnection) -> tuple[list[str | bytes], ConnectionClosed | None]:
        """What comes in a few seconds, and what ended the connection, if it ended."""
        frames: list[str | bytes] = []
        end = time.monotonic() + min(FLUSH_S, max(0.1, self._left()))
        while len(frames) < FRAMES_AT_ONCE and (left := end - time.monotonic()) > 0:
            try:
                frames.append(await asyncio.wait_for(socket.recv(), left))
            except TimeoutError:
                break
            except ConnectionClosed as error:
                return frames, error
        return frames, None

    async def _keep_pace(self) -> None:
        """Wait while the disk is slower than the network."""
        state = self._spider.state
        while state is not None and self._kept is not None and not self._done() and self._left() > 0:
            safe = state.cursor(self._job.source, CURSOR) or ""
            if self._behind is None or (safe.isdigit() and int(safe) >= self._behind):
                break
            await asyncio.sleep(0.05)
        self._behind = self._kept

    _behind: int | None = None

    # what came

    async def _page(self, frames: list[str | bytes]) -> Page | None:
        """What of some frames is kept; ``None`` if nothing has come."""
        if not frames:
            return None
        seen, notes = self._spider.seen(), Notes()
        unreadable: list[Unreadable] = []
        events: list[Event] = []
        for frame in frames:
            found = read_frame(frame, seen, notes)
            if isinstance(found, Unreadable):
                unreadable.append(found)
            else:
                events.append(found)
        self._good(events)
        for event in events:
            if event.kind == "identity":
                self._people.forget(event.did)
        fresh = self._once(events)
        gone = self._held.gone(fresh, everything=self._sieve.open)
        posts = await self._people.signed(self._wanted(fresh), notes)
        posts = [post for post in posts if not self._held.was_deleted(post.id)]
        self._held.note(posts)
        self._posts += len(posts)
        self._ledger.read(
            Reading(
                items=len(posts) + len(unreadable), passed_over=notes.passed_over, unread=notes.unread,
                remarks=tuple(sorted(notes.remarks)),
            )
        )  # fmt: skip
        self._kept = self._cursor
        return Page(
            posts=tuple(posts), unreadable=tuple(unreadable[:BURIED]), gone=gone, cursors=self._cursors(),
            # All of the network is too much to be looked at again.
            refs={} if self._sieve.open else refs(tuple(posts)),
        )  # fmt: skip

    def _cursors(self) -> dict[str, str | None]:
        if self._cursor is None:
            return {}
        if self._sieve.open and self._held.since is None:
            self._held.since = self._since
        since = self._held.since
        return {CURSOR: str(self._cursor), **({} if since is None else {FROM: since.isoformat()})}

    def _good(self, events: list[Event]) -> None:
        """Move the cursor, and find out whether the server began later than it was asked to."""
        if not events:
            return
        first, last = events[0].time_us, max(event.time_us for event in events)
        if self._doubt is not None:
            self._question(self._doubt, moment_of(first))
        self._doubt = None
        self._since = self._since or moment_of(first)
        self._cursor = max(last, self._cursor or 0)
        self._waits = self._skip_s = 0
        self._trouble = None

    def _question(self, asked: datetime, began: datetime) -> None:
        """A server goes back as far as it can, and does not say when that was not far enough."""
        dense = (urlsplit(self._job.url).hostname or "").endswith(".bsky.network")
        old = self._spider.now() - asked > REMEMBERED
        if began - asked > SLACK and (old or dense):
            self._ledger.miss("stream", asked, began, query=self._query)
            self._ledger.fall_short(
                f"the stream remembers from {began:%Y-%m-%d %H:%M} on; what was written after "
                f"{asked:%Y-%m-%d %H:%M} and before is missing"
            )
        elif self._since is None:
            self._since = asked

    def _once(self, events: Iterable[Event]) -> list[Event]:
        """The events that did not come before, through another connection or out of order."""
        fresh = []
        for event in events:
            key = (event.uri or event.did, event.kind, event.rev)
            if event.kind in ("post", "repost", "delete"):
                if key in self._met:
                    continue
                self._met[key] = None
                if len(self._met) > TWICE:
                    self._met.popitem(last=False)
            fresh.append(event)
        return fresh

    def _wanted(self, events: list[Event]) -> list[Post]:
        """The posts that the query finds, and reposts of posts that are kept."""
        now = self._spider.now()
        written = [e.post for e in events if e.kind == "post" and e.post is not None]
        new = [post for post in written if post.edited_at is not None or not self._held.has(post.id)]
        kept = self._sieve.keep(new, now=now)
        ids = {post.id for post in kept}
        reposts = [
            event.post
            for event in events
            if event.kind == "repost"
            and event.post is not None
            and (self._sieve.open or event.post.repost_of in ids or self._held.has(event.post.repost_of))
        ]
        return [*kept, *reposts]

    # when the connection is away

    async def _interrupted(self, error: Exception) -> None:
        """Wait before the next try; raise nothing, but note what cannot be mended by trying again."""
        if isinstance(error, InvalidStatus):
            told = self._refused(error)
            if told is not None:
                self._spider.fail(told)
                return
        if isinstance(error, ConnectionClosed) and error.sent is not None and error.sent.code == TOO_BIG:
            self._skip()
            return
        host = urlsplit(self._job.url).netloc
        if isinstance(error, ssl.SSLError):
            self._trouble = self._spider.named(error, address=self._job.url)
        else:
            self._trouble = NotReachable(f"{host}: {_told(error)}", subject=self._job.source)
        if self._spider.previewed is not None and self._since is None:
            # Somebody waits for the answer: a preview that hears nothing is one try.
            self._spider.fail(self._trouble)
            return
        wait = min(LONGEST_WAIT_S, 2.0**self._waits * self._rng.uniform(0.5, 1.0), max(0.0, self._left()))
        self._waits += 1
        self._ledger.waited_s += wait
        await asyncio.sleep(wait)

    def _refused(self, error: InvalidStatus) -> SourceError | None:
        """What a server means that does not open the stream; ``None`` if it may be tried again."""
        status, source = error.response.status_code, self._job.source
        host = urlsplit(self._job.url).netloc
        if b"CursorTooOld" in (error.response.body or b"") and self._cursor is not None:
            self._doubt, self._cursor = moment_of(self._cursor), None
            return None
        if status == 429:
            until = self._spider.now() + timedelta(seconds=60)
            return RateLimited(f"{host} takes no more listeners now", until=until, subject=source)
        if status in (401, 403, 451):
            return Refused(f"{host} does not open its stream (HTTP {status})", subject=source)
        if status < 500 and status != 408:
            return NotUnderstood(
                f"{host} has no such stream (HTTP {status}).",
                subject=source,
                remedy=f"A stream of Bluesky is a Jetstream, such as {PLATFORMS['bluesky'].stream_url}.",
            )
        return None

    def _skip(self) -> None:
        """Step over a frame that is too large, further each time: it comes again from the same cursor."""
        if self._cursor is None:
            return
        self._skip_s = max(1, 2 * self._skip_s)
        before = self._cursor
        self._cursor += self._skip_s * 1_000_000
        self._ledger.miss("stream", moment_of(before), moment_of(self._cursor), query=self._query)
        self._ledger.fall_short(
            "a frame of the stream was too large, and what was sent beside it was skipped"
        )

    def _take_stock(self) -> None:
        """Say what was heard."""
        if self._since is not None and self._kept is not None:
            until = moment_of(self._kept)
            self._ledger.heard(self._since, until, posts=self._posts, query=self._query)
        if self._trouble is not None and not self._ledger.errors:
            if self._since is None:
                self._spider.fail(self._trouble)
            else:
                self._ledger.remark(f"{self._trouble.message}; the next crawl goes on from there")


def _told(error: Exception) -> str:
    if isinstance(error, ConnectionClosed):
        return "the connection was closed"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, InvalidHandshake):
        return f"it does not open the stream ({short(error)})"
    return f"no connection ({short(error)})"
