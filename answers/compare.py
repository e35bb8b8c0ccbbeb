"""Two to six hashtags or queries beside each other: how much, by whom, where, when, and who is in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, bounded, matching
from answers.counting import Bucket, engagement, series, top
from answers.coverage import answered
from answers.hashtag import names_of
from answers.narrowing import also
from posts.answer import Answer, Figure
from posts.query import parse
from posts.query_errors import query_error
from posts.selection import Selection
from trends.rates import wilson

Ints = npt.NDArray[np.int64]

FEWEST: Final = 2
MOST: Final = 6
LEAST_POSTS: Final = 10
LEAST_AUTHORS: Final = 5
"""A side with fewer is too little to be compared: it is shown, and grey."""
OPENED: Final = 20
"""People in common whose posts can be opened: a query names each."""
_LONGEST = 1_900
_QUARTER_S: Final = 900


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of those compared: ``typed`` is how it is asked for again, ``hashtag`` its family key if it is one.

    ``share`` is of all posts of the window, with 95 % bounds (Wilson). ``per_post`` is engagement by post.
    ``hours`` are posts by the hour of the day. ``thin`` says that it is too little to be compared.
    """

    typed: str
    name: str
    hashtag: str | None
    posts: Figure
    authors: Figure
    engagement: Figure
    per_post: float | None
    share: float | None
    share_bounds: tuple[float, float] | None
    series: tuple[Bucket, ...]
    languages: tuple[tuple[str, Figure], ...]
    platforms: tuple[tuple[str, Figure], ...]
    hours: tuple[int, ...]
    thin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two sides by their places: posts that are in both, and people who wrote in both.

    ``authors`` opens the posts of these people on either side; ``None`` where they are too many to be named,
    and then ``people`` alone tells how many they are. ``similar`` is people in both by people in either.
    """

    first: int
    second: int
    posts: Figure
    people: int
    authors: Figure | None
    similar: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The sides in the order in which they were asked for, and every pair of them."""

    sides: tuple[Side, ...]
    pairs: tuple[Pair, ...]
    posts: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One side as it is looked for: ``condition`` is it as a part of a query."""

    typed: str
    name: str
    hashtag: str | None
    selection: Selection
    condition: str


def compare(asking: Asking, selection: Selection, *, tags: Sequence[str]) -> Answer[Comparison]:
    """The sides in a window (without one, the last 7 days). A side of one word is a hashtag, else a query.

    ``QueryError`` for a query that cannot be read, and for fewer than two or more than six different sides.
    """
    selection = bounded(asking, selection.narrowed(hashtag=None, spelling=None))
    asked = _asked(asking, selection, tags)
    if not FEWEST <= len(asked) <= MOST:
        raise query_error("sides", ", ".join(tags), 0, fewest=str(FEWEST), most=str(MOST))
    every = asking.store.count("posts", matching(asking, selection))
    fields = ["author_n", "created_at"]
    read = [asking.store.columns("posts", matching(asking, each.selection), fields) for each in asked]
    people = [np.unique(columns["author_n"][columns["author_n"] >= 0]) for columns in read]
    sides = tuple(
        _side(asking, each, columns["created_at"], own, every)
        for each, columns, own in zip(asked, read, people, strict=True)
    )
    pairs = tuple(
        _pair(asking, selection, asked, people, first, second)
        for first, second in combinations(range(len(asked)), 2)
    )
    found = Comparison(sides=sides, pairs=pairs, posts=Figure(value=every, selection=selection))
    return answered(asking, selection, found, "compare")


def _asked(asking: Asking, selection: Selection, tags: Sequence[str]) -> list[_Asked]:
    """The different sides that are meant, hashtags by the name that is commonest."""
    typed = [each.strip() for each in tags if each.strip()]
    keys = {each: asking.families.key(each) for each in typed if is_tag(each)}
    names = names_of(asking, sorted({key for key in keys.values() if key}))
    found: dict[str, _Asked] = {}
    for each in typed:
        key = keys.get(each)
        side = _tag(selection, key, names.get(key, key)) if key else _query(selection, each)
        found.setdefault(side.condition, side)
    return list(found.values())


def _tag(selection: Selection, key: str, name: str) -> _Asked:
    opens, written = selection.narrowed(hashtag=key), f"#{key}"
    return _Asked(typed=written, name=f"#{name}", hashtag=key, selection=opens, condition=written)


def _query(selection: Selection, typed: str) -> _Asked:
    parse(typed)
    condition = f"({typed})"
    opens = selection.narrowed(query=also(selection.query, condition))
    return _Asked(typed=typed, name=typed, hashtag=None, selection=opens, condition=condition)


def is_tag(typed: str) -> bool:
    """Whether it is a hashtag: one word, with or without its sign, and no sign of a query.

    >>> is_tag("#tea"), is_tag("tea"), is_tag("tea OR cup"), is_tag("lang:fa")
    (True, True, False, False)
    """
    return not any(character.isspace() or character in '():"*?~|=<>' for character in typed.lstrip("#＃"))


def _side(asking: Asking, asked: _Asked, created: Ints, people: Ints, every: int) -> Side:
    opens = asked.selection
    query = matching(asking, opens)
    posts, gained = len(created), engagement(asking, query, opens)
    return Side(
        typed=asked.typed, name=asked.name, hashtag=asked.hashtag,
        posts=Figure(value=posts, selection=opens), authors=Figure(value=len(people), selection=opens),
        engagement=gained,
        per_post=None if gained.value is None or not posts else gained.value / posts,
        share=posts / every if every else None, share_bounds=wilson(posts, every),
        series=series(asking, query, opens),
        languages=_by(asking, opens, "language"), platforms=_by(asking, opens, "platform"),
        hours=_hours(created, asking.time_zone), thin=posts < LEAST_POSTS or len(people) < LEAST_AUTHORS,
    )  # fmt: skip


def _by(asking: Asking, selection: Selection, field: str) -> tuple[tuple[str, Figure], ...]:
    counted = top(asking, matching(asking, selection), field, size=20)
    return tuple(
        (name, Figure(value=value, selection=selection.narrowed(**{field: name}))) for name, value in counted
    )


def _hours(created: Ints, time_zone: str) -> tuple[int, ...]:
    """Posts by the hour of the day of the zone."""
    zone, hours = ZoneInfo(time_zone), [0] * 24
    quarters, counts = np.unique(created // _QUARTER_S, return_counts=True)
    for quarter, count in zip(quarters.tolist(), counts.tolist(), strict=True):
        hours[datetime.fromtimestamp(quarter * _QUARTER_S, UTC).astimezone(zone).hour] += count
    return tuple(hours)


def _pair(
    asking: Asking,
    selection: Selection,
    asked: Sequence[_Asked],
    people: Sequence[Ints],
    first: int,
    second: int,
) -> Pair:
    one, other = asked[first], asked[second]
    both = one.selection.narrowed(query=also(one.selection.query, other.condition))
    common = np.intersect1d(people[first], people[second], assume_unique=True)
    either = len(people[first]) + len(people[second]) - len(common)
    return Pair(
        first=first, second=second, people=len(common),
        posts=Figure(value=asking.store.count("posts", matching(asking, both)), selection=both),
        authors=_authors(asking, selection, f"({one.condition} OR {other.condition})", common),
        similar=len(common) / either if either else None,
    )  # fmt: skip


def _authors(asking: Asking, selection: Selection, sides: str, people: Ints) -> Figure | None:
    """The people as a number that opens what they wrote on either side, where a query can name them."""
    if len(people) > OPENED:
        return None
    named = " OR ".join(f'author:"{key}"' for key in _keys(asking, people))
    query = also(selection.query, f"{sides} ({named})" if named else sides)
    if len(query) > _LONGEST:
        return None
    return Figure(value=len(people), selection=selection.narrowed(query=query))


def _keys(asking: Asking, people: Ints) -> list[str]:
    """The keys of authors given by number."""
    if not len(people):
        return []
    request = {
        "query": {"terms": {"author_n": people.tolist()}}, "size": 0,
        "aggs": {"author": {"terms": {"field": "author", "size": len(people)}}},
    }  # fmt: skip
    found = asking.store.search("posts", request)["aggregations"]["author"]["buckets"]
    return sorted(bucket["key"] for bucket in found)
