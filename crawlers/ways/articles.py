"""Posts of a feed with the text of the pages that they link to.

A new post waits for its page within one crawl only, and the feed's cursors wait with it: a crawl that is
killed reads the feed again, and knows the pages that it had read by a cursor each (``read:``). What a
crawl does not get to goes into the spool with its summary at once, and its page is a cursor
(``article:``) that later crawls take up; its text then is an edit of the post.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlsplit

import msgspec
from scrapy import Request
from scrapy.exceptions import DownloadCancelledError, IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.deadline import within
from crawlers.job import host_and_port
from crawlers.pages.articles import MAX_BYTES, Article, read_article
from crawlers.pages.entries import PLATFORM, language_of, mark
from crawlers.pipeline import Page
from crawlers.retry import LAST_TRY
from crawlers.spider import SourceSpider, header
from crawlers.ways.known import Known, digest
from posts.errors import RateLimited
from posts.people import author_key
from posts.post import EARLIEST, LATEST_AHEAD, Author, Post

A_CRAWL: Final = 40
"""Pages that one crawl reads: what is left waits for the next."""
WAITING: Final = 500
"""Pages that may wait; posts beyond keep their summaries."""
TRIES: Final = 3
"""A page that gave no answer is asked for so often, in as many crawls."""
SHARE_OF_TIME: Final = 0.5
"""Of a crawl's time limit: what is read after it could be cut off."""
ANSWER_S: Final = 15.0
READING_S: Final = 5.0
"""Seconds for taking the text out of one page; a usual one takes a hundredth."""
ACCEPT: Final = "text/html, application/xhtml+xml;q=0.9"
_ROW, _READ = "article:", "read:"
_LATE: Final = Article(why="too slow to read")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A page that waits for a later crawl: its post without people and text, whose ``length`` is known."""

    post: Post
    length: int
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A page to be read. ``row`` is set where its post is in the spool already, ``bare`` for a post that is
    nothing without its page."""

    post: Post
    length: int
    row: Row | None = None
    bare: bool = False


class ArticleSpider(SourceSpider):
    """Reads pages one after the other, each with the limits of its own host."""

    def known(self) -> Known:
        """The entries that were seen, with the pages that a crawl which was killed had read."""
        known = Known.read(self.cursor("known"))
        known.digests.update({key.removeprefix(_READ): value for key, value in self._rows(_READ).items()})
        return known

    def read_articles(
        self,
        posts: Sequence[Post],
        known: Known,
        cursors: dict[str, str | None],
        *,
        bare: frozenset[str] = frozenset(),
        pages_left: tuple[str, ...] = (),
    ) -> Iterator[Request | Page]:
        """Read the pages of new posts, then those that have waited, and move these cursors at the end.

        The cursors ``pages_left`` stay where they are if pages of ``bare`` posts are left over: their
        sitemap has to be read again.
        """
        self._known, self._last, self._pages_left = known, cursors, pages_left
        self._counts: Counter[str] = Counter()
        self._busy = self._still_busy()
        self._over: dict[str, str | None] = dict.fromkeys(self._rows(_READ))
        self._end_at = time.monotonic() + SHARE_OF_TIME * self.job.timeout_s
        most = A_CRAWL if self.state is not None else min(A_CRAWL, self.job.limit or A_CRAWL)
        waiting = list(self._waiting())
        self._room = WAITING - len(waiting)
        linked = [post for post in posts if post.url is not None]
        fresh = [Task(post=post, length=len(post.text), bare=post.id in bare) for post in linked]
        poisoned = [task for task in fresh if mark(task.post.id) == self.cursor("reading")]
        fresh = [task for task in fresh if task not in poisoned]
        tasks = fresh[:most]
        yield from self._all_at_once([post for post in posts if post.url is None])
        for task in poisoned:
            yield from self._done(task, Article(why="ended the last crawl"))
        for task in fresh[most:] if self.state is not None else ():
            yield from self._put_aside(task)
        self._todo = deque([*tasks, *waiting[: most - len(tasks)]])
        self._counts["wait for the next crawl"] += max(0, len(waiting) - (most - len(tasks)))
        yield from self._next()

    def _all_at_once(self, posts: list[Post]) -> Iterator[Page]:
        """Posts that link to no page go as they are."""
        self._known.note(posts)
        if posts:
            yield Page(posts=tuple(posts), cursors=self._note_read(*posts))

    def _next(self) -> Iterator[Request | Page]:
        """The next page, or the end: posts whose page was not reached go as they are, the cursors move."""
        while self._todo:
            task = self._todo.popleft()
            late = time.monotonic() > self._end_at
            if late or host_and_port(task.post.url or "") in self._busy:
                yield from self._put_aside(task)
                continue
            # Noted before it is asked: a page that kills the crawl must not kill every one after it.
            if task.row is not None:
                yield Page(cursors=_row(msgspec.structs.replace(task.row, tries=task.row.tries + 1)))
            else:
                yield Page(cursors={"reading": mark(task.post.id)})
            yield self._request(task)
            return
        yield Page(cursors=self._end())

    def _request(self, task: Task) -> Request:
        request = Request(
            task.post.url or "",
            callback=self._on_article,
            errback=self._no_article,
            headers={"Accept": ACCEPT},
            dont_filter=True,
            cb_kwargs={"task": task},
        )
        # Without a second try: what has no answer waits for the next crawl, and the others are asked.
        request.meta.update(
            LAST_TRY,
            download_maxsize=MAX_BYTES,
            download_timeout=min(ANSWER_S, self.job.answer_timeout_s),
        )
        return request

    def _on_article(self, response: Response, task: Task) -> Iterator[Request | Page]:
        if response.status >= 500 or response.status in (408, 429):
            yield from self._no_answer(task, f"HTTP {response.status}")
        elif not 200 <= response.status < 300 or response.status == 206:
            yield from self._done(task, Article(why=f"HTTP {response.status}"))
        elif urlsplit(response.url).path in ("", "/") and response.url != task.post.url:
            yield from self._done(task, Article(why="leads to the front page"))
        else:
            yield from self._done(task, self._read(response, task))
        yield from self._next()

    def _read(self, response: Response, task: Task) -> Article:
        def read() -> Article:
            return read_article(
                response.body,
                url=response.url,
                content_type=header(response, "Content-Type"),
                robots="\n".join(line.decode("latin-1") for line in response.headers.getlist("X-Robots-Tag")),
                language=task.post.language,
            )

        return within(READING_S, read, late=_LATE)

    def _no_article(self, failure: Failure) -> Iterator[Request | Page]:
        """A page without an answer. Its host's trouble is not the source's: the crawl goes on."""
        request: Request = failure.request  # type: ignore[attr-defined]
        task: Task = request.cb_kwargs["task"]
        error = failure.value
        if isinstance(error, RateLimited):
            self._leave_alone(host_and_port(request.url), error)
        told = str(error)
        if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in told:
            yield from self._done(task, Article(why="larger than 2 MiB"))
        elif isinstance(error, IgnoreRequest):
            yield from self._done(
                task, Article(why="robots.txt forbids it" if "robots" in told else "must not be asked")
            )
        else:
            yield from self._no_answer(task, "no answer")
        yield from self._next()

    def _leave_alone(self, host: str, error: RateLimited) -> None:
        """Ask nothing of a host until it may be asked again; if it is the feed's own, nor for the feed."""
        self._busy[host] = error.until.isoformat()
        if host == host_and_port(self.job.url):
            self.ledger.put_off_until = max(error.until, self.ledger.put_off_until or error.until)
            self.ledger.put_off_reason = error.message

    def _still_busy(self) -> dict[str, str]:
        """Hosts of articles that asked to wait, each with its moment."""
        try:
            found = msgspec.json.decode(self.cursor("busy") or "{}", type=dict[str, str])
        except (msgspec.DecodeError, ValueError):
            return {}
        return {host: until for host, until in found.items() if until > self.now().isoformat()}

    def _done(self, task: Task, article: Article) -> Iterator[Page]:
        """The post with its article, or as it was where there is none that can be used."""
        # As long as the entry's own counts too: that is the same text without its paragraphs.
        post, used = task.post, article.text and len(article.text) >= task.length
        self._counts["read" if used else article.why or "shorter than its entry"] += 1
        if article.why == "opted out":
            self.ledger.passed_over["articles that asked not to be kept"] += 1
        if task.row is not None:
            texts = (with_article(replace(post, collected_at=self.now()), article),) if used else ()
            yield Page(posts=texts, cursors={_key(post): None})
            return
        self._known.note([post])
        if task.bare and not (used and article.facts.title and article.facts.published_at):
            self.ledger.passed_over["pages that are no articles"] += 1
            yield Page(cursors=self._note_read(post))
        else:
            shown = with_article(post, article, bare=task.bare) if used else post
            yield Page(posts=(shown,), cursors=self._note_read(post))

    def _no_answer(self, task: Task, why: str) -> Iterator[Page]:
        if task.row is not None and task.row.tries + 1 >= TRIES:
            yield from self._done(task, Article(why=why))
            return
        self._counts[f"to be tried again: {why}"] += 1
        if task.row is None:
            yield from self._put_aside(task, tries=1)

    def _put_aside(self, task: Task, *, tries: int = 0) -> Iterator[Page]:
        """Let a page wait for the next crawl: its post goes as it is, a bare one is listed again then."""
        if not tries:
            self._counts["wait for the next crawl"] += 1
        if task.row is not None:
            return
        if task.bare:
            self._last = {key: value for key, value in self._last.items() if key not in self._pages_left}
            return
        post = task.post
        self._known.note([post])
        cursors = self._note_read(post)
        # An address may hold the name of whoever wrote: where names are hidden, no page waits.
        if self._room > 0 and not self.job.pseudonyms:
            self._room -= 1
            cursors |= _row(Row(post=_without_people(post), length=task.length, tries=tries))
        yield Page(posts=(post,), cursors=cursors)

    def _waiting(self) -> Iterator[Task]:
        for key, value in self._rows(_ROW).items():
            try:
                row = msgspec.json.decode(value, type=Row)
            except (msgspec.DecodeError, ValueError):
                self._over[key] = None
                continue
            if row.tries >= TRIES:
                self._over[key] = None
            else:
                yield Task(post=row.post, length=row.length, row=row)

    def _end(self) -> dict[str, str | None]:
        """The cursors of the end of the crawl; what was read is said in a remark."""
        if told := [f"{count} {what}" for what, count in sorted(self._counts.items()) if count]:
            self.ledger.remark(f"articles: {', '.join(told)}")
        busy = msgspec.json.encode(self._busy).decode() if self._busy else None
        known = self._known.write()
        return {**self._over, **self._last, "known": known, "busy": busy, "reading": None}

    def _note_read(self, *posts: Post) -> dict[str, str | None]:
        """What a crawl that is killed after these leaves behind; the end of the crawl takes it away."""
        self._over.update({f"{_READ}{mark(post.id)}": None for post in posts})
        return {f"{_READ}{mark(post.id)}": digest(post) for post in posts}

    def _rows(self, beginning: str) -> dict[str, str]:
        return {} if self.state is None else self.state.cursors(self.job.source, beginning)


def with_article(post: Post, article: Article, *, bare: bool = False) -> Post:
    """The post with what its page says: the text, and whatever the feed did not tell.

    All that is known of a ``bare`` post is when its page was changed; when it was published the page says.
    """
    facts, now = article.facts, post.collected_at
    told = facts.published_at
    dated = told if told is not None and EARLIEST <= told <= now + LATEST_AHEAD else None
    undated = (bare or post.first_seen_at is not None) and dated is not None
    changed = post.created_at if bare and post.first_seen_at is None else None
    host = post.id.split(":", 2)[1]
    author = post.author
    if author is not None and author.handle == host and facts.author:
        author = Author(key=author_key(PLATFORM, host, facts.author), handle=facts.author, name=facts.author)
    return replace(
        post,
        text=article.text,
        title=post.title or facts.title,
        url=facts.canonical or post.url,
        author=author,
        language=post.language or language_of(facts.language),
        created_at=dated if undated and dated else post.created_at,
        first_seen_at=None if undated else post.first_seen_at,
        edited_at=changed if changed and dated and changed > dated else post.edited_at,
    )


def _without_people(post: Post) -> Post:
    """What a copy needs that only brings a text: all else the stored post keeps."""
    return Post(
        id=post.id,
        platform=post.platform,
        kind=post.kind,
        source=post.source,
        created_at=post.created_at,
        collected_at=post.collected_at,
        first_seen_at=post.first_seen_at,
        edited_at=post.edited_at,
        url=post.url,
        title=post.title,
        language=post.language,
        hashtags=post.hashtags,
        format=post.format,
    )


def _key(post: Post) -> str:
    return f"{_ROW}{mark(post.id)}"


def _row(row: Row) -> dict[str, str | None]:
    return {_key(row.post): msgspec.json.encode(row).decode()}
