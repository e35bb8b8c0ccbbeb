"""Where to go for a feed: its one address, asked only for what has changed since the last time.

A feed that has moved for good (301, 308) is asked at its new address from then on. One that says how often
it is renewed is not asked before. What stands at the address decides how it is read: a feed, or a sitemap.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.limits import asked_wait
from crawlers.pages.entries import Feed, mark
from crawlers.pages.feeds import read_feed
from crawlers.pages.fields import Reading
from crawlers.pages.renewal import LONGEST_S, fresh_for
from crawlers.pages.sitemaps import MAX_BYTES, is_sitemap, unzipped
from crawlers.pipeline import Page
from crawlers.retry import LAST_TRY
from crawlers.shapes import shape_of, vanished
from crawlers.spider import header
from crawlers.ways import withdrawn
from crawlers.ways.sitemap_walk import SitemapSpider
from posts.errors import SourceError
from posts.post import Post
from store.rereads import Reread

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
UNDATED_KEPT = 5_000
EARLY_S: Final = 30.0
"""A feed may be asked so much (or a twentieth of its time) too early: turns are at fixed times, and one
that came half a second too soon would be left out whole."""


class FeedSpider(SitemapSpider):
    name = "feeds"

    async def start(self) -> AsyncIterator[Any]:
        until = self._not_before()
        if until is not None:
            self.ledger.remark(f"not asked: the feed is renewed at {until:%Y-%m-%d %H:%M} UTC")
            for what in self._waiting_articles():
                yield what
            return
        headers = {"Accept": ACCEPT}
        for cursor, name in (("etag", "If-None-Match"), ("last_modified", "If-Modified-Since")):
            known = self.cursor(cursor)
            if known is not None:
                headers[name] = known
        request = self.ask(self.cursor("moved_to") or self.job.url, self.on_feed, headers=headers)
        if "sitemap" in urlsplit(request.url).path.lower():
            request.meta["download_maxsize"] = MAX_BYTES
        yield request

    def _not_before(self) -> datetime | None:
        """Until when the feed has asked to be left alone, if that is still to come."""
        written = self.cursor("not_before")
        until = datetime.fromisoformat(written) if written else None
        return until if until is not None and until > self.now() else None

    def on_feed(self, response: Response) -> Iterator[Any]:
        """The posts of the feed; nothing, in good order, if it has not changed."""
        if response.status == 304 and (self.cursor("etag") or self.cursor("last_modified")):
            self.ledger.remark("nothing new since the last crawl")
            if (newest := self._newest()) is not None:
                self.ledger.heard(newest, self.now(), posts=0)
            yield Page(cursors=self._renewed(response, None))
            yield from self._waiting_articles()
            return
        try:
            if (error := self.unhappy(response)) is not None:
                raise error
            body = unzipped(response.body, subject=self.job.source)
            if is_sitemap(body):
                yield from self.walk(response, body, self._cursors(response, Reading(items=1)))
                return
            reading = read_feed(body, self.feed(), content_type=header(response, "Content-Type"))
        except SourceError as error:
            self.fail(error)
            yield from self._waiting_articles()
            return
        yield from self._read_feed(response, reading)

    def _read_feed(self, response: Response, reading: Reading) -> Iterator[Any]:
        self.ledger.read(reading)
        if any("not well-formed" in remark or "of which the first" in remark for remark in reading.remarks):
            self.ledger.fall_short(next(iter(reading.remarks)))
        known = self.known()
        fresh = [post for post in reading.posts if not known.same(post)]
        cursors = self._cursors(response, reading) | self._shape(reading) | self.heard_of(reading.posts)
        if reading.items:
            cursors["had_posts"] = "yes"
        # An address may hold the name of whoever wrote: where names are hidden, none is kept.
        if reading.posts and not self.job.pseudonyms:
            cursors["entries"] = withdrawn.write(reading.posts)
            yield from self._look_for_lost(reading.posts)
        if self.job.articles:
            known.note(post for post in reading.posts if known.same(post))
            yield Page(unreadable=reading.unreadable)
            yield from self.read_articles(_newest_first(fresh), known, cursors)
            return
        known.note(reading.posts)
        yield Page(
            posts=reading.posts, unreadable=reading.unreadable, cursors={**cursors, "known": known.write()}
        )

    def _look_for_lost(self, posts: Sequence[Post]) -> Iterator[Any]:
        """Ask for pages of entries that vanished; for one that was not found again a day later."""
        there = {post.id for post in posts}
        kept = {} if self.state is None else self.state.cursors(self.job.source, withdrawn.DOUBT)
        doubts = withdrawn.doubted(kept.values())
        for lost in withdrawn.missing(self.cursor("entries"), posts):
            if lost.post not in doubts:
                yield self._is_it_there(lost, doubted=False)
        for doubt in doubts.values():
            if doubt.entry.post in there:
                yield Page(cursors=withdrawn.no_doubt(doubt.entry.post))
            elif self.now() - doubt.since >= withdrawn.BELIEVED:
                yield self._is_it_there(withdrawn.asked(doubt.entry), doubted=True)

    def _is_it_there(self, lost: Reread, *, doubted: bool) -> Request:
        return Request(
            # Not HEAD, which some sites answer with 404 for every page.
            lost.ref,
            callback=self._on_lost,
            errback=lambda _: None,
            dont_filter=True,
            cb_kwargs={"lost": lost, "doubted": doubted},
            meta=dict(LAST_TRY),
        )

    def _on_lost(self, response: Response, lost: Reread, *, doubted: bool) -> Iterator[Page]:
        """The deletion of a post whose entry and whose page are gone, for good or for a day."""
        if response.status == 410 or (response.status == 404 and doubted):
            yield Page(gone=(lost,), cursors=withdrawn.no_doubt(lost.post))
        elif response.status == 404:
            yield Page(cursors=withdrawn.doubt(lost, self.now()))
        elif doubted and response.status < 400:
            yield Page(cursors=withdrawn.no_doubt(lost.post))

    def _waiting_articles(self) -> Iterator[Any]:
        """Pages that an earlier crawl did not get to, whatever the feed says today."""
        if self.job.articles and self.state is not None:
            yield from self.read_articles((), self.known(), {})

    def heard_of(self, posts: Sequence[Post], *, all_of_it: bool = False) -> dict[str, str | None]:
        """All since the newest known entry was heard if a known one is there still; else some are missing.

        A list that is ``all_of_it`` leaves nothing out. The cursor of the newest entry comes back.
        """
        known, newest, now = self.known(), self._newest(), self.now()
        new = sum(not known.has(post) for post in posts)
        oldest = min((post.created_at for post in posts), default=now)
        if newest is not None and (all_of_it or new < len(posts)):
            self.ledger.heard(newest, now, posts=new)
        elif posts:
            self.ledger.heard(oldest, now, posts=len(posts))
            if newest is not None and known.digests:
                self.ledger.miss("paging", newest, oldest)
                self.ledger.remark("no entry of the last crawl is there any more: some may be missing")
        latest = max([post.created_at for post in posts] + ([newest] if newest else []), default=None)
        return {} if latest is None else {"newest_at": min(latest, now).isoformat()}

    def _newest(self) -> datetime | None:
        """When the newest entry that is known was written."""
        written = self.cursor("newest_at")
        return datetime.fromisoformat(written) if written else None

    def _shape(self, reading: Reading) -> dict[str, str | None]:
        """Say what all entries had and none has any more; for a day, then it is how the feed is now."""
        if not reading.items and self.cursor("had_posts"):
            self._lost("no entries, where there were some before")
        now, before = shape_of(reading.posts), (self.cursor("shape") or "").split()
        lost, since = vanished(before, now), self.cursor("shape_lost")
        if not lost or not reading.posts:
            return {"shape": " ".join(now), "shape_lost": None} if reading.posts else {}
        if since is not None and self.now() - datetime.fromisoformat(since) > timedelta(days=1):
            return {"shape": " ".join(now), "shape_lost": None}
        self._lost(f"no entry has a {' or a '.join(lost)} any more, as they had before")
        return {"shape_lost": since or self.now().isoformat()}

    def _lost(self, told: str) -> None:
        self.ledger.fall_short(told)
        self.ledger.miss("shape", self._newest() or self.now(), self.now())

    def feed(self) -> Feed:
        known = json.loads(self.cursor("first_seen") or "{}")
        return Feed(
            url=self.job.url,
            source=self.job.source,
            at=self.now(),
            kind=self.job.kind,
            run_id=self.job.run_id,
            first_seen={key: datetime.fromisoformat(moment) for key, moment in known.items()},
        )

    def _cursors(self, response: Response, reading: Reading) -> dict[str, str | None]:
        """What the next crawl asks with. A feed that could not be read whole is asked for again."""
        whole = reading.items > 0 and not reading.unreadable
        undated = {mark(p.id): p.first_seen_at.isoformat() for p in reading.posts if p.first_seen_at}
        kept = dict(list(undated.items())[:UNDATED_KEPT])
        cursors: dict[str, str | None] = {
            "etag": header(response, "ETag")[:1000] or None if whole else None,
            "last_modified": header(response, "Last-Modified")[:100] or None if whole else None,
            "first_seen": json.dumps(kept) if kept else None,
            **self._renewed(response, reading.every_s),
        }
        if reading.every_s is not None:
            cursors["every_s"] = str(reading.every_s)
        reasons = response.meta.get("redirect_reasons", [])
        if reasons and all(reason in (301, 308) for reason in reasons):
            cursors["moved_to"] = response.url
            self.ledger.remark(f"moved for good to {response.url.split('?')[0]}")
        return cursors

    def _renewed(self, response: Response, every_s: float | None) -> dict[str, str | None]:
        """Until when the feed is not to be asked: the longest of all that it says about that."""
        told = every_s
        if response.status == 304 and (known := self.cursor("every_s")):
            told = float(known)
        wait = asked_wait({"retry-after": header(response, "Retry-After")}, now=self.now())
        waits = [s for s in (told, fresh_for(header(response, "Cache-Control")), wait) if s]
        if not waits:
            return {"not_before": None}
        longest = min(max(waits), LONGEST_S)
        until = self.now() + timedelta(seconds=longest - min(EARLY_S, longest / 20))
        return {"not_before": until.isoformat()}


def _newest_first(posts: list[Post]) -> list[Post]:
    return sorted(posts, key=lambda post: post.created_at, reverse=True)
