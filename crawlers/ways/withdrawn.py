"""Entries that a site has taken back: they vanish from the middle of its feed, and so does their page.

An entry that falls off the end of a feed says nothing, and one that is missing between others may have been
sorted elsewhere: only a page that answers 404 or 410 is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import msgspec

from posts.post import Post
from store.rereads import Reread

KEPT: Final = 200
A_CRAWL: Final = 5
"""Pages that one crawl asks for to see whether they are gone."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What is needed to ask for an entry's page, and to delete its post."""

    post: str
    url: str
    created_at: datetime


def write(posts: Iterable[Post]) -> str:
    """The entries of a feed as it stands, for the next crawl; those without a page or a date are left out."""
    entries = [
        Entry(post=post.id, url=post.url, created_at=post.created_at)
        for post in posts
        if post.url is not None and post.first_seen_at is None
    ]
    return msgspec.json.encode(entries[:KEPT]).decode()


def missing(written: str | None, posts: Sequence[Post]) -> Iterator[Reread]:
    """Entries of the last crawl that are not there any more although older ones are."""
    try:
        before = msgspec.json.decode(written or "[]", type=list[Entry])
    except (msgspec.DecodeError, ValueError):
        return
    there = {post.id for post in posts}
    oldest = min((post.created_at for post in posts), default=None)
    gone = [e for e in before if e.post not in there and oldest is not None and e.created_at > oldest]
    for entry in gone[:A_CRAWL]:
        yield Reread(post=entry.post, ref=entry.url, created_at=entry.created_at, due_at=entry.created_at)
