"""One hashtag in depth: is it good for a campaign, how many beside it, how long a text, and when?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from answers.asking import Asking, bounded, matching
from answers.coverage import answered
from answers.research import DAYS, TagResearch, lift_of, research
from answers.stream import Ints, Mask, Stream, read_stream
from posts.answer import Answer, Figure
from posts.post import number
from posts.query_errors import query_error
from posts.selection import Selection
from trends.hours import LEAST_CELL, hours
from trends.lasting import by_hour
from trends.lift import Lift

OPENED: Final = 200
"""Posts that a number opens which no query names, the newest."""
READ: Final = 20_000
"""Posts whose length is measured; of more, those with the smallest hashes."""
TAGS: Final = (0, 1, 2, 3, 5, 8)
"""The least number of hashtags of each class."""
WORDS: Final = (1, 11, 26, 51)
"""The least number of words of each class of length."""
BEST: Final = 5
_SLOT_S: Final = 900
"""Time zones differ by multiples of a quarter of an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """Posts with ``least`` to ``most`` (``None``: and more) of a thing, and what they draw.

    ``lift`` is against other posts of the same authors. ``posts`` opens the newest ``OPENED``.
    """

    least: int
    most: int | None
    posts: Figure
    lift: Lift


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """An hour of the week: ``day`` 0 is Monday, in the project's time zone.

    ``ratio`` is how many times their authors' usual its posts draw, shrunken towards 1, between ``low`` and
    ``high``; ``None`` under ``trends.hours.LEAST_CELL`` posts.
    """

    day: int
    hour: int
    posts: int
    ratio: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What posts of one platform draw by their number of hashtags, their length and their hour.

    ``hours`` are all 168; ``best`` are the best few that surely draw more than usual, each with the posts it
    was told from. Without any, no hour differs clearly.
    """

    platform: str | None
    posts: Figure
    tags: tuple[Class, ...]
    lengths: tuple[Class, ...]
    hours: tuple[Hour, ...]
    best: tuple[tuple[Hour, Figure], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A hashtag's numbers and verdict, how long a post stays visible by hour, and what posts draw by habit.

    ``visible_by_hour`` has (hour of day, hours until 20 newer posts stand above), where enough posts tell.
    ``own`` is made from the posts of the hashtag, ``around`` from all posts of the selection.
    """

    tag: TagResearch
    visible_by_hour: tuple[tuple[int, float], ...]
    own: Habits
    around: Habits


def choice(asking: Asking, selection: Selection) -> Answer[Choice]:
    """Whether the hashtag that the selection names is good for a campaign (window: else 28 days).

    ``QueryError`` where it names none.
    """
    if not selection.hashtag:
        raise query_error("unnamed", selection.query, 0)
    key = asking.families.key(selection.hashtag)
    bare = bounded(asking, selection.narrowed(hashtag=None, spelling=None), days=DAYS)
    assert bare.until is not None
    tag = research(asking, bare, keys=(key,)).value.rows[0]
    stream = read_stream(asking, bare)
    mine = stream.with_tag(number(key)) & stream.counted
    at = stream.columns["created_at"]
    fresh = mine & stream.original
    day_hour = hour_of_week(at, asking.time_zone) % 24
    seen = by_hour(at[fresh], day_hour[fresh], until=int(bare.until.timestamp()))
    found = Choice(
        tag=tag,
        visible_by_hour=tuple((hour, seconds / 3600) for hour, seconds in sorted(seen.items())),
        own=_habits(asking, tag.posts.selection, stream, mine),
        around=_habits(asking, bare, stream, stream.counted),
    )
    return answered(asking, tag.posts.selection, found, "choice")


def habits(asking: Asking, selection: Selection) -> Answer[Habits]:
    """What posts of a selection draw by their number of hashtags, length and hour (window: else 28 days)."""
    selection = bounded(asking, selection, days=DAYS)
    stream = read_stream(asking, selection)
    return answered(asking, selection, _habits(asking, selection, stream, stream.counted), "choice")


def _habits(asking: Asking, selection: Selection, stream: Stream, counted: Mask) -> Habits:
    used = counted & stream.original
    length = _lengths(asking, selection, stream)
    week = hour_of_week(stream.columns["created_at"], asking.time_zone)
    told = hours(stream.drawn[used], stream.columns["author_n"][used], week[used])
    cells = tuple(
        Hour(
            day=cell // 24, hour=cell % 24, posts=int(told.posts[cell]),
            ratio=_told(told.ratio[cell]), low=_told(told.low[cell]), high=_told(told.high[cell]),
        )
        for cell in range(168)
    )  # fmt: skip
    better = [cell for cell in cells if cell.low is not None and cell.low > 1]
    better.sort(key=lambda cell: (-(cell.ratio or 0), cell.day, cell.hour))
    best = tuple(
        (cell, _figure(asking, stream, used & (week == 24 * cell.day + cell.hour))) for cell in better[:BEST]
    )
    return Habits(
        platform=selection.platform, posts=Figure(value=int(counted.sum()), selection=selection),
        tags=_classes(asking, stream, used, stream.tags_of_post, TAGS),
        lengths=_classes(asking, stream, used & (length > 0), length, WORDS),
        hours=cells, best=best,
    )  # fmt: skip


def _classes(
    asking: Asking, stream: Stream, used: Mask, size: Ints, bounds: Sequence[int]
) -> tuple[Class, ...]:
    """Each class against the other posts that are used; those that nobody wrote are left out."""
    found = []
    for place, least in enumerate(bounds):
        most = bounds[place + 1] - 1 if place + 1 < len(bounds) else None
        inside = used & (size >= least) & (size <= (most if most is not None else size.max(initial=0)))
        if inside.any():
            others = ~(used & ~inside)  # what is not compared at all counts as carrying
            lift = lift_of(stream, inside, others)
            found.append(Class(least=least, most=most, posts=_figure(asking, stream, inside), lift=lift))
    return tuple(found)


def _told(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _figure(asking: Asking, stream: Stream, inside: Mask) -> Figure:
    """How many posts these are; opens the newest ``OPENED`` of them."""
    place = np.flatnonzero(inside)
    newest = place[np.argsort(-stream.columns["created_at"][place], kind="stable")][:OPENED]
    request: dict[str, Any] = {
        "query": {"terms": {"n": stream.columns["n"][newest].tolist()}}, "size": OPENED, "_source": ["id"],
        "sort": [{"created_at": "desc"}, {"id": "asc"}],
    }  # fmt: skip
    hits = asking.store.search("posts", request)["hits"]["hits"] if len(newest) else []
    opened = Selection(ids=tuple(hit["_source"]["id"] for hit in hits))
    return Figure(value=len(place), selection=opened)


def _lengths(asking: Asking, selection: Selection, stream: Stream) -> Ints:
    """How many words each post of the selection has; -1 where it was not read."""
    n = stream.columns["n"]
    length = np.full(len(n), -1, dtype=np.int64)
    query = matching(asking, selection)
    if stream.counted.sum() > READ:
        last = int(np.partition(n[stream.counted], READ)[READ])
        query = {"bool": {"filter": [query, {"range": {"n": {"lt": last}}}]}}
    read = [
        (document["n"], len(document["text"].split()))
        for document in asking.store.scan("posts", query, ["n", "text"])
        if document.get("text")
    ]
    if read:
        numbers, sizes = np.array(read, dtype=np.int64).T
        place = np.minimum(np.searchsorted(n, numbers), len(n) - 1)
        known = n[place] == numbers
        length[place[known]] = sizes[known]
    return length


def hour_of_week(at: Ints, time_zone: str) -> Ints:
    """24 x weekday + hour of moments (epoch seconds) in a time zone; Monday is 0."""
    zone = ZoneInfo(time_zone)
    slots, place = np.unique(at // _SLOT_S, return_inverse=True)
    local = (datetime.fromtimestamp(slot * _SLOT_S, UTC).astimezone(zone) for slot in slots.tolist())
    hours_ = np.array([24 * moment.weekday() + moment.hour for moment in local], dtype=np.int64)
    return hours_[place.reshape(-1)] if len(slots) else at


__all__ = ["LEAST_CELL", "Choice", "Class", "Habits", "Hour", "choice", "habits", "hour_of_week"]
