"""What is counted of the posts of a hashtag, one by one, and the mark by which each is known again."""

from __future__ import annotations

import base64
import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from answers.counting import bar_starts
from answers.posts import post_of
from posts.post import METRICS, Author, Post
from posts.selection import Selection
from store.documents import counted_tags
from store.protocol import Document

SHOWN: Final = 20
"""Related hashtags and authors of a hashtag, the first by posts."""
ENGAGING: Final = ("likes", "comments", "shares", "quotes")
PARTS: Final = ("text", "hashtags", "author", "reading")
"""What the four digests of a post are of."""
_SIGNS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A post with its counted hashtags (key and spellings) and the language it is counted under."""

    post: Post
    tags: dict[str, list[str]]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A sum, and of how many posts (or authors) it is told; ``None`` where of none."""

    total: int | None
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody who writes with the hashtag, named as in the newest of these posts."""

    key: str
    handle: str | None
    name: str | None
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A hashtag in ``both`` of these posts, and in ``posts`` of the whole window."""

    key: str
    name: str
    both: int
    posts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One of the newest posts with its words."""

    id: str
    created_at: str
    author: str | None
    text: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TagNumbers:
    """The counts of one hashtag. Lists of pairs are the largest first, equal ones by name.

    ``bars`` are posts by hour, day or month (``unit``), each from its start in UTC; ``hours`` are posts by
    the hour of the day. ``metrics`` are likes, comments, shares, quotes and views; ``followers`` are those of
    the distinct authors, as in the newest post of each: the most people who can have seen it.
    """

    posts: int
    authors: int
    unsigned: int
    engagement: Told
    metrics: dict[str, Told]
    followers: Told
    unit: str
    bars: tuple[tuple[str, int], ...]
    hours: tuple[int, ...]
    languages: tuple[tuple[str, int], ...]
    platforms: tuple[tuple[str, int], ...]
    sources: tuple[tuple[str, int], ...]
    sentiments: tuple[tuple[str, int], ...]
    spellings: tuple[tuple[str, int], ...]
    writers: tuple[Writer, ...]
    related: tuple[Beside, ...]


def read(document: Document) -> Telling:
    """What counts of a document of the store."""
    post = post_of(document)
    return Telling(post=post, tags=counted_tags(post), language=document["language"])


def numbers(
    told: Sequence[Telling], key: str, window: Selection, elsewhere: Mapping[str, int], *, time_zone: str
) -> TagNumbers:
    """The numbers of the posts with the hashtag ``key``; ``elsewhere`` counts hashtags of the window."""
    posts = [each.post for each in told]
    newest = _newest(posts)
    unit, bars = _bars(posts, window, time_zone)
    return TagNumbers(
        posts=len(posts), authors=len(newest), unsigned=sum(post.author is None for post in posts),
        engagement=_engagement(posts),
        metrics={name: _told(getattr(post.metrics, name) for post in posts) for name in METRICS},
        followers=_told(author.followers for author in newest.values()),
        unit=unit, bars=bars, hours=_hours(posts, time_zone),
        languages=_ranked(each.language for each in told),
        platforms=_ranked(post.platform for post in posts),
        sources=_ranked(name for post in posts for name in dict.fromkeys((post.source, *post.also_in))),
        sentiments=_ranked(mood for post in posts if (mood := _mood(post))),
        spellings=_ranked(spelling for each in told for spelling in each.tags[key]),
        writers=_writers(posts, newest), related=_related(told, key, elsewhere),
    )  # fmt: skip


def samples(told: Sequence[Telling], size: int) -> tuple[Sample, ...]:
    """The newest posts with words of their own, so many."""
    worded = [each.post for each in told if each.post.text.strip()]
    newest = sorted(worded, key=lambda post: (-post.created_at.timestamp(), post.id))[:size]
    return tuple(
        Sample(
            id=post.id, created_at=_iso(post.created_at),
            author=(post.author.handle or post.author.name) if post.author else None,
            text=post.text, url=post.url,
        )
        for post in newest
    )  # fmt: skip


def mark(each: Telling, keys: Sequence[str]) -> tuple[Any, ...]:
    """By what the post is known again: the values of a ``Mark``."""
    post, author = each.post, each.post.author or Author(key="")
    digests = (
        _digest(post.title or "", post.text),
        _digest(*(f"{key}={' '.join(sorted(each.tags[key]))}" for key in sorted(each.tags))),
        _digest(author.key, author.handle or "", author.name or ""),
        _digest(post.platform, each.language, _mood(post) or "", *sorted({post.source, *post.also_in})),
    )
    carried = sum(1 << place for place, key in enumerate(keys) if key in each.tags)
    counts = tuple(getattr(post.metrics, name) for name in METRICS)
    return post.id, int(post.created_at.timestamp()), carried, "".join(digests), counts, author.followers


def _digest(*parts: str) -> str:
    """Eight signs of 48 bits."""
    data = "\x00".join(parts).encode("utf-8", "surrogatepass")
    return base64.urlsafe_b64encode(hashlib.blake2b(data, digest_size=6).digest()).decode()[:_SIGNS]


def _newest(posts: Sequence[Post]) -> dict[str, Author]:
    """The authors by key, as in the newest post of each."""
    ordered = sorted(posts, key=lambda post: (post.created_at, post.id))
    return {post.author.key: post.author for post in ordered if post.author is not None}


def _mood(post: Post) -> str | None:
    read = post.annotations
    return read.sentiment.label if read is not None and read.sentiment is not None else None


def _told(values: Iterable[int | None]) -> Told:
    known = [value for value in values if value is not None]
    return Told(total=sum(known) if known else None, of=len(known))


def _engagement(posts: Sequence[Post]) -> Told:
    """Likes, comments, shares and quotes added, and of how many posts any of them is told."""
    found = [[getattr(post.metrics, name) for name in ENGAGING] for post in posts]
    sums = [_told(values).total for values in found]
    return _told(sums)


def _bars(
    posts: Sequence[Post], window: Selection, time_zone: str
) -> tuple[str, tuple[tuple[str, int], ...]]:
    assert window.since is not None
    assert window.until is not None
    starts, unit = bar_starts(window.since, window.until, time_zone)
    counts = [0] * len(starts)
    for post in posts:
        counts[max(0, bisect_right(starts, post.created_at) - 1)] += 1
    return unit, tuple((_iso(start), count) for start, count in zip(starts, counts, strict=True))


def _hours(posts: Sequence[Post], time_zone: str) -> tuple[int, ...]:
    zone = ZoneInfo(time_zone)
    counts = Counter(post.created_at.astimezone(zone).hour for post in posts)
    return tuple(counts[hour] for hour in range(24))


def _ranked(values: Iterable[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(values).items(), key=lambda row: (-row[1], row[0])))


def _writers(posts: Sequence[Post], newest: Mapping[str, Author]) -> tuple[Writer, ...]:
    counted = _ranked(post.author.key for post in posts if post.author is not None)
    return tuple(
        Writer(key=key, handle=newest[key].handle, name=newest[key].name, posts=count)
        for key, count in counted[:SHOWN]
    )


def _related(told: Sequence[Telling], key: str, elsewhere: Mapping[str, int]) -> tuple[Beside, ...]:
    both = _ranked(other for each in told for other in each.tags if other != key)[:SHOWN]
    written: dict[str, Counter[str]] = {other: Counter() for other, _ in both}
    for each in told:
        for other in written.keys() & each.tags.keys():
            written[other].update(each.tags[other])
    names = {other: min(found, key=lambda name: (-found[name], name)) for other, found in written.items()}
    return tuple(
        Beside(key=other, name=names[other], both=count, posts=elsewhere.get(other, count))
        for other, count in both
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
