"""Entries that a site has taken back: they vanish from the middle of its feed, and so does their page.

An entry that falls off the end of a feed says nothing, and one that is missing between others may have been
sorted elsewhere: only a page that is gone as well tells. 410 says so for good; 404 may be a site that is just
being changed, so it is believed a day later, if the page is not found then either. Until then it is doubted
(a cursor for each such entry), because a deletion is for good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from posts.post import Post
from store.rereads import Reread

KEPT: Final = 200
A_CRAWL: Final = 5
"""Pages that one crawl asks for to see whether they are gone."""
BELIEVED: Final = timedelta(days=1)
"""After so long a page that is not found still is gone."""
DOUBT: Final = "doubt:"


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


class Doubt(msgspec.Struct, frozen=True, array_like=True):
    """An entry whose page was not found, and since when."""

    entry: Entry
    since: datetime


def doubt(lost: Reread, since: datetime) -> dict[str, str | None]:
    """The cursor that keeps the doubt about an entry."""
    entry = Entry(post=lost.post, url=lost.ref, created_at=lost.created_at)
    return {_key(lost.post): msgspec.json.encode(Doubt(entry=entry, since=since)).decode()}


def no_doubt(post: str) -> dict[str, str | None]:
    """The cursor that takes the doubt back."""
    return {_key(post): None}


def doubted(written: Iterable[str]) -> dict[str, Doubt]:
    """The entries whose pages were not found, by their posts."""
    found = {}
    for text in written:
        try:
            one = msgspec.json.decode(text, type=Doubt)
        except (msgspec.DecodeError, ValueError):
            continue
        found[one.entry.post] = one
    return found


def _key(post: str) -> str:
    return DOUBT + hashlib.blake2b(post.encode(), digest_size=12).hexdigest()


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
        yield asked(entry)


def asked(entry: Entry) -> Reread:
    """An entry as it is asked for."""
    return Reread(post=entry.post, ref=entry.url, created_at=entry.created_at, due_at=entry.created_at)
