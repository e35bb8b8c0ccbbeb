"""From the spider into the spool: pages wait in a short queue, are written together, then cursors move.

The queue is short so that a crawl slows down when writing does. A cursor moves only after the posts
before it are safe; when writing fails nothing more is written, no cursor moves, and the run says so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Self

import msgspec
from scrapy.crawler import Crawler
from scrapy.exceptions import DropItem

from config.platforms import PLATFORMS
from crawlers.pages.fields import Unreadable
from crawlers.pseudonyms import key_of, veiled
from crawlers.spider import spider_of
from posts.clean import clean
from posts.errors import RasadError, RecordError, SourceError
from posts.people import pseudonym, pseudonymise, pseudonymise_profile, without_value
from posts.post import Post, check
from posts.profile import Profile
from posts.profile import check as check_profile
from store import rereads
from store.cursors import written
from store.loading import payload_of
from store.rereads import Reread
from store.spool import Spool
from store.state import State
from store.tombs import living

PAGES_WAITING = 4
POSTS_TOGETHER = 5_000
LATEST = "latest"
"""The cursor of the moment of the latest post that was heard."""
DELAYS = 1_000
"""Of so many posts of a page it is noted how long they took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one answer gave: posts, what was no post, and where the next crawl goes on after them.

    ``refs`` is how posts are asked for again, by id: those that have one are read again at fixed ages.
    ``gone`` are posts that were asked for again and are not there any more, ``settled`` those that are not
    to be asked for any more. ``profiles`` are accounts that are watched, as they are today.
    """

    posts: tuple[Post, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    cursors: Mapping[str, str | None] = field(default_factory=dict)
    refs: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[Reread, ...] = ()
    settled: tuple[Reread, ...] = ()
    profiles: tuple[Profile, ...] = ()

    def __repr__(self) -> str:
        """Without the posts: logs do not hold what people wrote."""
        return f"Page({len(self.posts)} posts, {len(self.unreadable)} unreadable)"


class IntoSpool:
    """The only item pipeline. Its items are whole pages."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        spider = spider_of(crawler)
        self._job = spider.job
        self._ledger = spider.ledger
        self._state = spider.state
        self._previewed = spider.previewed if spider.previewed is not None else []
        self._secret = key_of(self._job.folder) if self._job.pseudonyms else None
        self._queue: asyncio.Queue[Page | None] = asyncio.Queue(PAGES_WAITING)
        self._writer: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._broken = False
        self._latest: str | None = None
        self._latest_before = ""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def open_spider(self) -> None:
        self._writer = asyncio.create_task(self._write_all())

    async def process_item(self, item: Page) -> Page:
        if self._broken:
            raise DropItem("the spool takes no posts")
        await self._queue.put(item)
        return item

    async def close_spider(self) -> None:
        await self._queue.put(None)
        if self._writer is not None:
            await self._writer

    async def _write_all(self) -> None:
        """Write until the end mark comes; after a failure only empty the queue, so that nobody waits."""
        last = False
        while not last:
            pages: list[Page] = []
            page = await self._queue.get()
            while page is not None:
                pages.append(page)
                if sum(len(p.posts) for p in pages) >= POSTS_TOGETHER or self._queue.empty():
                    break
                page = self._queue.get_nowait()
            last = page is None
            if pages and not self._broken:
                await self._write(pages)

    async def _write(self, pages: list[Page]) -> None:
        try:
            await asyncio.to_thread(self._put, pages)
        except (RasadError, OSError, ValueError) as error:
            self._broken = True
            self._ledger.fail(SourceError(f"posts could not be written: {error}", subject=self._job.source))
            # Not awaited: closing waits for this very writer.
            self._closing = asyncio.create_task(self._close())

    async def _close(self) -> None:
        with suppress(RuntimeError):
            await self._crawler.engine.close_spider_async(reason="spool_failed")

    def _put(self, pages: list[Page]) -> None:
        now = datetime.now(UTC)
        posts: list[Post] = []
        looks: list[tuple[str, str, datetime]] = []
        for page in pages:
            for post in page.posts:
                kept = self._ready(post, now)
                if kept is not None:
                    posts.append(kept)
                    if post.id in page.refs and self._living(kept):
                        looks.append((kept.id, self._veiled(page.refs[post.id]), kept.created_at))
        gone = [lost for page in pages for lost in page.gone]
        posts += [self._gone(lost, now) for lost in gone]
        for page in pages:
            for item in page.unreadable:
                self._bury(item.subject, item.reason, now, item.payload)
        profiles = [who for page in pages for told in page.profiles if (who := self._known(told, now))]
        if posts or profiles:
            Spool(self._job.folder / "spool").write(
                posts, source=self._job.source, run_id=self._job.run_id, profiles=profiles
            )
            self._ledger.got += len(posts)
            self._ledger.profiles += len(profiles)
            self._ledger.files += 1
        if self._state is not None:
            # Only now that the spool holds the posts.
            cursors = {key: value for page in pages for key, value in page.cursors.items()}
            settled = [done.post for page in pages for done in page.settled]
            if settled:
                rereads.drop(self._state, self._job.source, settled)
            cursors |= self._time(self._state, posts)
            self._move(self._state, cursors, looks, gone, now)

    def _time(self, state: State, posts: list[Post]) -> dict[str, str | None]:
        """Note how long posts took to be heard, of those later than any that was known before this crawl.

        Not those of a first crawl: a back-fill hears of everything late.
        """
        if self._latest is None:
            self._latest = self._latest_before = state.cursor(self._job.source, LATEST) or ""
        # A post that is dated ahead must not make all that come after it look old.
        heard = {p.id: min(p.created_at, p.collected_at) for p in posts if p.deleted_at is None}
        if before := self._latest_before:
            late = [p for p in posts if p.id in heard and written(heard[p.id]) > before]
            self._ledger.delays_s += [(p.collected_at - heard[p.id]).total_seconds() for p in late[:DELAYS]]
        latest = max(map(written, heard.values()), default="")
        if latest <= self._latest:
            return {}
        self._latest = latest
        return {LATEST: latest}

    def _move(
        self,
        state: State,
        cursors: Mapping[str, str | None],
        looks: list[tuple[str, str, datetime]],
        gone: list[Reread],
        now: datetime,
    ) -> None:
        """Move the cursors, plan the next looks, and look no more for what is gone."""
        if looks:
            rereads.note(state, self._job.source, looks, at=now)
        if gone:
            rereads.drop(state, self._job.source, [lost.post for lost in gone])
            for lost in gone:
                self._ledger.lose(lost.created_at)
        if cursors:
            state.move_cursors(self._job.source, cursors, at=now)

    def _living(self, post: Post) -> bool:
        """Whether nobody has wished to forget the post or its author: such posts are not looked at again."""
        return self._state is None or bool(living(self._state, [post])[0])

    def _veiled(self, ref: str) -> str:
        """What a post is asked for by. An address may name its author; a server's own number does not."""
        address = ":" in ref or "/" in ref
        return ref if self._secret is None or not address else veiled(ref, self._secret)

    def _gone(self, lost: Reread, now: datetime) -> Post:
        """The deletion of a post: what it said goes, wherever it stands."""
        return Post(
            id=lost.post,
            platform=self._job.platform,
            kind=self._job.kind or PLATFORMS[self._job.platform].kind,
            source=self._job.source,
            created_at=lost.created_at,
            collected_at=now,
            deleted_at=now,
            run_id=self._job.run_id,
        )

    def _ready(self, post: Post, now: datetime) -> Post | None:
        """The post as it goes into the spool; ``None`` for one that can be none, which is buried."""
        try:
            post = check(post, now=now)
        except RecordError as error:
            self._bury(post.id[:200], error.message, now, _payload(post))
            return None
        return self._hidden(replace(post, run_id=self._job.run_id))

    def _known(self, profile: Profile, now: datetime) -> Profile | None:
        """The profile as it goes into the spool; ``None`` for one that can be none, which is buried."""
        try:
            profile = check_profile(replace(profile, run_id=self._job.run_id), now=now)
        except RecordError as error:
            self._bury(profile.key[:200], error.message, now, None)
            return None
        if self._secret is None:
            return profile
        return pseudonymise_profile(profile, secret=self._secret, keep=frozenset(self._job.keep))

    def _hidden(self, post: Post) -> Post:
        if self._secret is None:
            return post
        return pseudonymise(post, secret=self._secret, keep=frozenset(self._job.keep))

    def _bury(self, subject: str, reason: str, at: datetime, payload: str | None) -> None:
        """A dead letter; in a project with pseudonyms it holds no name."""
        self._ledger.refused += 1
        if self._secret is not None:
            subject, payload = pseudonym(f"{self._job.platform}:{subject}", secret=self._secret), None
            reason = without_value(reason)
        if self._state is not None:
            self._state.bury(self._job.source, subject, reason, at=at, payload=payload)


def _payload(post: Post) -> str | None:
    """The post as a dead letter keeps it, where it can be written at all."""
    try:
        return payload_of(clean(post))
    except (RecordError, UnicodeEncodeError, OverflowError, msgspec.EncodeError):
        return None


class IntoPreview(IntoSpool):
    """For a look at a source: posts are collected in memory, nothing is written and no cursor moves."""

    async def open_spider(self) -> None:
        return None

    async def process_item(self, item: Page) -> Page:
        now = datetime.now(UTC)
        self._ledger.refused += len(item.unreadable)
        for post in item.posts:
            if len(self._previewed) < (self._job.limit or 0) and (kept := self._ready(post, now)):
                self._previewed.append(kept)
                self._ledger.got += 1
        return item

    async def close_spider(self) -> None:
        return None

    def _bury(self, subject: str, reason: str, at: datetime, payload: str | None) -> None:
        self._ledger.refused += 1
