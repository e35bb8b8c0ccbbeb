"""Through the sitemaps of a site: an index names others, each is read once a crawl and only if it changed."""

from __future__ import annotations

import json
import time
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.pages.entries import Feed, mark
from crawlers.pages.fields import Unreadable
from crawlers.pages.sitemaps import MAX_BYTES, Child, Sitemap, read_sitemap, unzipped
from crawlers.pipeline import Page
from crawlers.ways.articles import ArticleSpider
from posts.errors import RateLimited, SourceError
from posts.post import Post

A_CRAWL: Final = 50
"""Sitemaps that one crawl reads; the next goes on with those that were not."""
DEEPEST: Final = 3
WATCHED: Final = 10_000
"""Addresses of a site that are watched, the newest first."""
LOOKED_BACK: Final = timedelta(days=7)
"""What changed longer ago than this before the last crawl is not looked at again: a sitemap is long."""
A_PAGE: Final = 20
"""Addresses that count as one page of ``backfill_pages``."""
SHARE_OF_TIME: Final = 0.3
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class SitemapSpider(ArticleSpider):
    """Reads sitemaps one after the other, then the posts of all of them together."""

    def feed(self) -> Feed:
        """Which feed this is."""
        raise NotImplementedError

    def heard_of(self, posts: Sequence[Post], *, all_of_it: bool = False) -> dict[str, str | None]:
        """Note in the ledger what these entries say of the time between two crawls."""
        raise NotImplementedError

    def walk(self, response: Response, body: bytes, cursors: dict[str, str | None]) -> Iterator[Any]:
        """Read this sitemap and all that it leads to; the cursors are those of its own answer."""
        self._answer_cursors = cursors
        self._found: dict[str, Post] = {}
        self._bare: set[str] = set()
        self._unreadable: list[Unreadable] = []
        self._seen = {response.url, self.job.url}
        self._queue: deque[tuple[Child, int]] = deque()
        self._asked_sitemaps = 0
        self._is_index, self._whole = False, True
        self._stop_at = time.monotonic() + SHARE_OF_TIME * self.job.timeout_s
        self._visited = self._visits()
        since = self.cursor("unchanged_since")
        self._since = datetime.fromisoformat(since) if since else None
        self._take(response, body, depth=0)
        yield from self._on()

    def _visits(self) -> dict[str, dict[str, str]]:
        """What is known of each sitemap from the crawl before: its date in the index, ETag and so on."""
        try:
            found = json.loads(self.cursor("sitemaps") or "{}")
        except ValueError:
            found = {}
        return found if isinstance(found, dict) else {}

    def _take(self, response: Response, body: bytes, *, depth: int) -> None:
        """Read a sitemap; a ``SourceError`` says why it is none."""
        sitemap: Sitemap = read_sitemap(body, self.feed(), since=self._since)
        self.ledger.read(sitemap.reading)
        for remark in sitemap.reading.remarks:
            if "not well-formed" in remark or "more than" in remark:
                self._short(remark)
        if sitemap.reading.unreadable:
            self._unreadable.extend(sitemap.reading.unreadable)
        room = 5 * WATCHED - len(self._found)
        self._found.update({post.id: post for post in sitemap.reading.posts[:room] if _is_deep(post)})
        self._bare |= sitemap.bare
        self._is_index |= bool(sitemap.children)
        new = [child for child in sitemap.children if child.url not in self._seen]
        self._seen.update(child.url for child in new)
        if depth >= DEEPEST and new:
            self._short(f"sitemaps more than {DEEPEST} deep are not read")
            return
        # Those that were never read first, then the newest.
        new.sort(key=lambda child: child.changed_at or _LONG_AGO, reverse=True)
        new.sort(key=lambda child: mark(child.url) in self._visited)
        self._queue.extend((child, depth + 1) for child in new if not self._is_unchanged(child))

    def _is_unchanged(self, child: Child) -> bool:
        known = self._visited.get(mark(child.url))
        return known is not None and child.changed_at is not None and known.get("at") == str(child.changed_at)

    def _on(self) -> Iterator[Any]:
        """The next sitemap, or the end of the walk."""
        late = time.monotonic() > self._stop_at
        if not self._queue or late or self._asked_sitemaps >= A_CRAWL:
            if self._queue:
                self._short(f"{len(self._queue)} sitemaps of the index wait for the next crawl")
            yield from self._finish()
            return
        child, depth = self._queue.popleft()
        self._asked_sitemaps += 1
        known = self._visited.get(mark(child.url), {})
        headers = {"Accept": "application/xml, text/xml;q=0.9, */*;q=0.5"}
        for name, header in (("etag", "If-None-Match"), ("modified", "If-Modified-Since")):
            if known.get(name):
                headers[header] = known[name]
        request = Request(
            child.url, callback=self._on_child, errback=self._no_child, headers=headers, dont_filter=True,
            cb_kwargs={"child": child, "depth": depth},
        )  # fmt: skip
        request.meta["download_maxsize"] = MAX_BYTES
        yield request

    def _on_child(self, response: Response, child: Child, depth: int) -> Iterator[Any]:
        try:
            if response.status != 304:
                if (error := self.unhappy(response)) is not None:
                    raise error
                body = unzipped(response.body, subject=self.job.source)
                self._take(response, body, depth=depth)
                told = {"at": child.changed_at, "etag": response.headers.get("ETag"),
                        "modified": response.headers.get("Last-Modified")}  # fmt: skip
                self._visited[mark(child.url)] = {key: _told(value) for key, value in told.items() if value}
        except SourceError as error:
            self._short(f"a sitemap of the index could not be read: {error.message}")
        yield from self._on()

    def _short(self, told: str) -> None:
        self._whole = False
        self.ledger.fall_short(told)

    def _no_child(self, failure: Failure) -> Iterator[Any]:
        """One sitemap without an answer costs only itself, unless the site asks us to wait."""
        request: Request = failure.request  # type: ignore[attr-defined]
        error = self.named(failure.value, address=request.url, request=request)
        if isinstance(error, RateLimited):
            self.fail(error)
            yield from self._finish()
            return
        self._short(f"a sitemap of the index could not be read: {error.message}")
        yield from self._on()

    def _finish(self) -> Iterator[Any]:
        """The posts that are new in all sitemaps together."""
        known, first = self.known(), self.cursor("had_posts") is None
        posts = sorted(self._found.values(), key=lambda post: post.created_at, reverse=True)
        if len(posts) > WATCHED:
            self.ledger.remark(f"{len(posts):,} addresses, of which the newest {WATCHED:,} are watched")
            posts = posts[:WATCHED]
        fresh = [post for post in posts if not known.same(post)]
        left_out = self._too_old(fresh) if first else frozenset()
        if not self.job.articles and self._bare:
            self.ledger.passed_over["addresses without a title"] += sum(p.id in self._bare for p in fresh)
            self.ledger.remark(
                "a sitemap without titles is of use only with articles = true, which reads its pages"
            )
            left_out |= self._bare
        heard = self.heard_of(posts, all_of_it=self._is_index) if self._whole else {}
        known.note(post for post in fresh if post.id in left_out)
        fresh = [post for post in fresh if post.id not in left_out]
        cursors = {
            **self._answer_cursors,
            **heard,
            # An index stays the same while what it names changes.
            **({"etag": None, "last_modified": None} if self._is_index else {}),
            **({"unchanged_since": str(self.now() - LOOKED_BACK)} if posts and self._whole else {}),
            "sitemaps": json.dumps(self._visited) if self._visited else None,
            **({"had_posts": "yes"} if posts else {}),
        }
        yield Page(unreadable=tuple(self._unreadable))
        if self.job.articles:
            kept = ("sitemaps", "etag", "last_modified", "unchanged_since")
            yield from self.read_articles(fresh, known, cursors, bare=frozenset(self._bare), pages_left=kept)
            return
        known.note(fresh)
        yield Page(posts=tuple(fresh), cursors={**cursors, "known": known.write()})

    def _too_old(self, posts: list[Post]) -> frozenset[str]:
        """The addresses that a first crawl leaves alone: a site's sitemap goes back to its beginning."""
        since = self.job.backfill_to
        if since is not None:
            return frozenset(post.id for post in posts if post.created_at < since)
        return frozenset(post.id for post in posts[self.job.backfill_pages * A_PAGE :])


def _is_deep(post: Post) -> bool:
    """Whether an address is more than a site's own: its front page is no post."""
    return urlsplit(post.url or "").path.strip("/") != "" or urlsplit(post.url or "").query != ""


def _told(value: object) -> str:
    return value.decode("latin-1")[:1000] if isinstance(value, bytes) else str(value)
