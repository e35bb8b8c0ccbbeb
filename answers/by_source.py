"""Posts by source and time, of all sources in one question: the bars of each, and its habit by the hour."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from answers.asking import Asking, matching
from answers.counting import Bucket
from answers.listening import Listening
from answers.narrowing import within
from posts.answer import Figure
from posts.selection import Selection
from trends.rhythm import HOUR, Rhythm

_BUCKETS: Final = 50_000
"""So many buckets at most are asked for at once: the engines take 60,000."""


def of_sources(asking: Asking, asked: Selection, names: Sequence[str]) -> dict[str, Any]:
    """The posts of these sources."""
    return {"bool": {"filter": [matching(asking, asked), {"terms": {"source": list(names)}}]}}


def bars(
    asking: Asking, asked: Selection, names: Sequence[str], starts: Sequence[datetime], unit: str
) -> dict[str, list[Bucket]]:
    """The posts of every bucket by source."""
    options = {"calendar_interval": unit, "time_zone": asking.time_zone}
    counts = _histograms(asking, asked, names, options, buckets=len(starts))
    found = {}
    for name in names:
        values = [0] * len(starts)
        for key, count in counts.get(name, {}).items():
            values[max(0, bisect_right(starts, datetime.fromtimestamp(key, UTC)) - 1)] += count
        found[name] = bars_of(asked.narrowed(source=name), starts, values)
    return found


def bars_of(selection: Selection, starts: Sequence[datetime], values: Sequence[int]) -> list[Bucket]:
    assert selection.until is not None
    return [
        Bucket(start=start, posts=Figure(value=value, selection=within(selection, start, end)))
        for start, end, value in zip(starts, [*starts[1:], selection.until], values, strict=True)
    ]


def _histograms(
    asking: Asking,
    selection: Selection,
    names: Sequence[str],
    options: dict[str, Any],
    *,
    buckets: int,
) -> dict[str, dict[int, int]]:
    """By source, posts by the beginning of their bucket, in as few questions as the engines take."""
    found: dict[str, dict[int, int]] = {}
    at_once = max(1, min(1_000, _BUCKETS // max(1, buckets)))
    for first in range(0, len(names), at_once):
        some = list(names[first : first + at_once])
        bars = {"date_histogram": {"field": "created_at", "min_doc_count": 1, **options}}
        by = {"terms": {"field": "source", "size": len(some), "include": some}, "aggs": {"bars": bars}}
        query = of_sources(asking, selection, some)
        answer = asking.store.search("posts", {"query": query, "size": 0, "aggs": {"by": by}})
        for source in answer["aggregations"]["by"]["buckets"]:
            found[source["key"]] = {
                int(bar["key"] // 1000): bar["doc_count"] for bar in source["bars"]["buckets"]
            }
    return found


def rhythms(
    asking: Asking, names: Sequence[str], wide: Mapping[str, Listening], begin: datetime
) -> dict[str, Rhythm]:
    """The habits of these sources, told by the hours that were heard whole."""
    if not names:
        return {}
    whole = Selection(since=begin, until=asking.now.replace(microsecond=0))
    hours = int((asking.now - begin) / timedelta(hours=1)) + 1
    options = {"fixed_interval": "1h", "time_zone": "UTC"}
    counts = _histograms(asking, whole, names, options, buckets=hours)
    found = {}
    for name in names:
        heard_whole = [
            hour for since, until in wide[name].collected for hour in range(-(-since // HOUR), until // HOUR)
        ]
        told = counts.get(name, {})
        found[name] = Rhythm(heard_whole, [told.get(hour * HOUR, 0) for hour in heard_whole])
    return found
