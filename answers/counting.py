"""Figures of a selection: how many posts, how many people, by what and when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from answers.asking import Asking, matching
from answers.narrowing import within
from posts.answer import Figure
from posts.selection import Selection

ESTIMATED_FROM: Final = 60_000
"""Distinct counts are exact up to here."""
_READ_WHOLE: Final = 300_000
"""Posts whose authors are read rather than estimated, whatever their number."""
ENGAGEMENT: Final = ("likes", "comments", "shares", "quotes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One bar of a series: from ``start`` to the next bar, cut off at the window's ends."""

    start: datetime
    posts: Figure


def distinct_authors(asking: Asking, query: dict[str, Any], selection: Selection, *, posts: int) -> Figure:
    """How many people wrote the posts; exact, but for an estimate above 60,000 of very many posts.

    Posts whose author is not told are nobody's.
    """
    if posts > _READ_WHOLE:
        request = {
            "query": query, "size": 0,
            "aggs": {"authors": {"cardinality": {"field": "author_n", "precision_threshold": 40_000}}},
        }  # fmt: skip
        found = asking.store.search("posts", request)["aggregations"]["authors"]["value"]
        if found > ESTIMATED_FROM * 1.05:
            return Figure(value=int(found), selection=selection, exact=False)
    column = asking.store.columns("posts", query, ["author_n"])["author_n"]
    return Figure(value=int(np.unique(column[column >= 0]).size), selection=selection)


def counted(asking: Asking, selection: Selection) -> tuple[Figure, Figure]:
    """The posts of a selection without ``edge`` and ``toward``, and their distinct authors, exactly."""
    column = asking.store.columns("posts", matching(asking, selection), ["author_n"])["author_n"]
    authors = int(np.unique(column[column >= 0]).size)
    return Figure(value=len(column), selection=selection), Figure(value=authors, selection=selection)


def engagement(asking: Asking, query: dict[str, Any], selection: Selection) -> Figure:
    """Likes, comments, shares and quotes of the posts, added; ``None`` where no platform tells any."""
    aggs: dict[str, Any] = {}
    for name in ENGAGEMENT:
        aggs[name] = {"sum": {"field": name}}
        aggs[f"{name} told"] = {"value_count": {"field": name}}
    found = asking.store.search("posts", {"query": query, "size": 0, "aggs": aggs})["aggregations"]
    told = [name for name in ENGAGEMENT if found[f"{name} told"]["value"]]
    total = round(sum(found[name]["value"] for name in told)) if told else None
    return Figure(value=total, selection=selection)


def top(
    asking: Asking, query: dict[str, Any], field: str, *, size: int, without: Sequence[str] = ()
) -> list[tuple[str, int]]:
    """The commonest values of a keyword with their exact counts; equal ones by value."""
    wide = min(60_000, max(1_000, 10 * size))
    buckets = _terms(asking, query, field, {"size": wide})
    ranked = [row for row in buckets if row[0] not in without][:size]
    if len(buckets) == wide and ranked:
        # Several indices may each have left out a value that is common elsewhere: count the shown again.
        names = [name for name, _ in ranked]
        ranked = _terms(asking, query, field, {"size": len(names), "include": names})
    return sorted(ranked, key=lambda row: (-row[1], row[0]))


def _terms(
    asking: Asking, query: dict[str, Any], field: str, options: dict[str, Any]
) -> list[tuple[str, int]]:
    request = {"query": query, "size": 0, "aggs": {"by": {"terms": {"field": field, **options}}}}
    buckets = asking.store.search("posts", request)["aggregations"]["by"]["buckets"]
    return [(bucket["key"], bucket["doc_count"]) for bucket in buckets]


def series(asking: Asking, query: dict[str, Any], selection: Selection) -> tuple[Bucket, ...]:
    """Posts by hour in a window of less than three days, by day up to 400 days, else by month.

    Hours, days and months are those of the project's time zone. Empty bars are there too; the first
    and last bar hold only what lies in the window.
    """
    assert selection.since is not None
    assert selection.until is not None
    starts, unit = bar_starts(selection.since, selection.until, asking.time_zone)
    counts = counts_from(asking, query, starts, unit)
    ends = [*starts[1:], selection.until]
    return tuple(
        Bucket(start=start, posts=Figure(value=value, selection=within(selection, start, end)))
        for start, end, value in zip(starts, ends, counts, strict=True)
    )


def counts_from(asking: Asking, query: dict[str, Any], starts: Sequence[datetime], unit: str) -> list[int]:
    """Posts in each bar that begins at one of ``starts``; ``unit`` is hour, day or month."""
    histogram = {
        "field": "created_at", "calendar_interval": unit, "time_zone": asking.time_zone, "min_doc_count": 1,
    }  # fmt: skip
    request = {"query": query, "size": 0, "aggs": {"bars": {"date_histogram": histogram}}}
    counts = [0] * len(starts)
    for bucket in asking.store.search("posts", request)["aggregations"]["bars"]["buckets"]:
        # A day may begin at one o'clock where summer time comes at midnight: the bar it falls into.
        start = datetime.fromtimestamp(bucket["key"] / 1000, UTC)
        counts[max(0, bisect_right(starts, start) - 1)] += bucket["doc_count"]
    return counts


def bar_starts(since: datetime, until: datetime, time_zone: str) -> tuple[list[datetime], str]:
    """Where the bars begin, in UTC, and what they are: hour, day or month."""
    zone, span = ZoneInfo(time_zone), until - since
    local = since.astimezone(zone)
    starts: list[datetime] = []
    if span < timedelta(days=3):
        return hour_starts(since, until, time_zone), "hour"
    monthly = span > timedelta(days=400)
    day = local.date().replace(day=1) if monthly else local.date()
    while (start := datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)) < until:
        starts.append(start)
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1) if monthly else day + timedelta(days=1)
    return starts, "month" if monthly else "day"


def hour_starts(since: datetime, until: datetime, time_zone: str) -> list[datetime]:
    """Where the hours of a time zone begin, in UTC, from that of ``since`` to that before ``until``."""
    offset = since.astimezone(ZoneInfo(time_zone)).utcoffset() or timedelta()
    shift = timedelta(seconds=offset.total_seconds() % 3600)
    start = (since.astimezone(UTC) + shift).replace(minute=0, second=0, microsecond=0) - shift
    hours = -((start - until) // timedelta(hours=1))
    return [start + timedelta(hours=hour) for hour in range(hours)]
