"""A conversation at Bluesky: from any post of it to the one that began it, all answers, and who quotes it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.bluesky import Thread, read_error, read_posts, read_thread, refs
from crawlers.pages.bluesky_embeds import POSTS, id_of
from crawlers.pipeline import Page
from crawlers.ways.bluesky_asking import Asking
from crawlers.ways.forward import Forward, Mark
from posts.errors import NotUnderstood, SourceError
from store.rereads import Reread

DEPTH: Final = "100"
"""Levels of answers of one request; deeper ones are asked for from where it was cut."""
MOST_BELOW: Final = 50
"""Requests for what was cut in one crawl."""
QUOTES: Final = 100
_POST = re.compile(r"/profile/([^/]+)/post/([^/]+)")


def address_of(thread: str, *, subject: str) -> str:
    """The ``at://`` address of a post, from that or from its page at bsky.app.

    >>> address_of("https://bsky.app/profile/sara.test/post/3l3qo2vutsw2b", subject="")
    'at://sara.test/app.bsky.feed.post/3l3qo2vutsw2b'
    """
    if thread.startswith("at://"):
        return thread
    found = _POST.match(urlsplit(thread).path)
    if found is None:
        raise NotUnderstood(
            "the address is not that of a post: it should look like https://bsky.app/profile/NAME/post/KEY",
            subject=subject,
        )
    return f"at://{unquote(found[1])}/{POSTS}/{unquote(found[2])}"


class Conversation:
    """The way of one crawl through a thread, which is read whole each time: answers come anywhere in it.

    Cursors: ``root`` (the address of the first post) and ``root_at``, ``read_at`` (until when it was heard).
    """

    def __init__(self, spider: Asking) -> None:
        self._spider, self._job, self._ledger = spider, spider.job, spider.ledger
        self._began = spider.now()
        self._root = spider.cursor("root")
        self._asked: set[str] = set()
        self._seen: dict[str, datetime] = {}
        self._open = 0
        self._whole = True
        self._quotes: Forward | None = None

    def begin(self) -> Request:
        """The first request: the post that the source names, later the one that began the thread."""
        return self._ask(self._root or address_of(self._job.thread or "", subject=self._job.source))

    def _ask(self, uri: str) -> Request:
        self._asked.add(uri)
        self._open += 1
        url = self._spider.xrpc("feed.getPostThread", uri=uri, depth=DEPTH, parentHeight=DEPTH)
        return self._spider.ask(url, lambda response: self.on_thread(response, uri))

    def on_thread(self, response: Response, uri: str) -> Iterator[Request | Page]:
        """A thread or the rest of one: its posts, and what is to be asked for next."""
        self._open -= 1
        try:
            if uri == self._root and response.status == 400 and read_error(response.body)[0] == "NotFound":
                yield from self._gone()
            self._spider.happy(response)
            thread = read_thread(response.body, self._spider.seen())
            self._ledger.read(thread.reading)
            if thread.root is None and self._root is None:
                raise NotUnderstood("the thread shows no post", subject=self._job.source)
        except SourceError as error:
            self._whole = False
            self._spider.fail(error)
            return
        posts = thread.reading.posts
        self._seen |= {post.id: post.created_at for post in posts}
        yield Page(
            posts=posts, unreadable=thread.reading.unreadable, cursors=self._cursors(thread), refs=refs(posts)
        )
        yield from self._next(thread)

    def _cursors(self, thread: Thread) -> dict[str, str | None]:
        if self._root is None:
            self._root = thread.root
        at = None if self._root is None else self._seen.get(id_of(self._root))
        return {} if self._root is None or at is None else {"root": self._root, "root_at": at.isoformat()}

    def _next(self, thread: Thread) -> Iterator[Request | Page]:
        """The beginning of the conversation, what was cut, and at last the quotes."""
        # A post whose answers were not shown though it was asked for itself has none that are public.
        self._asked |= {thread.post} if thread.post else set()
        more = dict.fromkeys([*([self._root] if self._root else []), *thread.cut])
        for uri in [one for one in more if one not in self._asked]:
            if len(self._asked) >= MOST_BELOW:
                self._whole = False
                self._ledger.fall_short("the thread is deeper than one crawl reads")
                break
            yield self._ask(uri)
        if not self._open:
            yield from self._heard()

    def _heard(self) -> Iterator[Request | Page]:
        """All answers are read: note it, and look who quotes the first post."""
        root_at = self._seen.get(id_of(self._root or ""), self._began) if self._root else self._began
        before = self._spider.cursor("read_at")
        since = root_at if before is None else datetime.fromisoformat(before)
        new = sum(at > since or before is None for at in self._seen.values())
        if self._whole:
            self._ledger.heard(since, self._began, posts=new)
            yield Page(cursors={"read_at": self._began.isoformat()})
        else:
            self._ledger.miss("paging", since, self._began)
        self._quotes = Forward(self._ledger, self._spider.cursor, now=self._began, since=root_at)
        yield self._quoting("")

    def _quoting(self, where: str) -> Request:
        more = {"cursor": where} if where else {}
        size = str(min(self._job.page_size or QUOTES, QUOTES))
        url = self._spider.xrpc("feed.getQuotes", uri=self._root or "", limit=size, **more)
        return self._spider.ask(url, self.on_quotes)

    def on_quotes(self, response: Response) -> Iterator[Request | Page]:
        """A page of posts that quote the first one, the newest first."""
        quotes = self._quotes
        if quotes is None:
            return
        try:
            self._spider.happy(response)
            listed = read_posts(response.body, self._spider.seen())
        except SourceError as error:
            self._spider.fail(error)
            return
        self._ledger.read(listed.reading)
        marks = [Mark(uri=item.uri, at=item.at) for item in listed.items if item.at is not None]
        step = quotes.step(marks, older=listed.cursor if listed.reading.items else None)
        posts = tuple(post for item in listed.items if item.uri in step.fresh for post in item.posts)
        yield Page(posts=posts, unreadable=listed.reading.unreadable, cursors=step.cursors, refs=refs(posts))
        where = step.where or quotes.next_gap()
        if where is not None and not self._spider.over():
            yield self._quoting(where)

    def _gone(self) -> Iterator[Page]:
        """The first post is not there any more; where ids are hidden the second looks find it out."""
        at = self._spider.cursor("root_at")
        if self._root is None or at is None or self._job.pseudonyms:
            return
        created = datetime.fromisoformat(at)
        lost = Reread(post=id_of(self._root), ref=self._root, created_at=created, due_at=self._began)
        yield Page(gone=(lost,))
