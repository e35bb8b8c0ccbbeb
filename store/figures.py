"""Numbers and limits of aggregations that are worked out here for both engines, so that they agree."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from posts.errors import UnsupportedQuery
from store import periods
from store.validate_query import MAX_BUCKETS

MAX_CALLS: Final = 3_000
"""Buckets of one answer that may have more than plain numbers inside."""
_SIGMAS: Final = 2.0


def too_many_buckets() -> UnsupportedQuery:
    """The error for an answer beyond the cap that both engines keep."""
    return UnsupportedQuery(
        f"The answer has more than {MAX_BUCKETS:,} buckets.",
        subject="aggs",
        remedy="Narrow the query or widen the interval.",
    )


def extended_stats(count: int, low: Any, high: Any, total: float, squares: float) -> dict[str, Any]:
    """``extended_stats`` of so many numbers with this sum and sum of squares."""
    parts = ("variance", "variance_population", "variance_sampling")
    found: dict[str, Any] = {"count": count, "min": low, "max": high, "avg": None, "sum": total}
    if not count:
        empty = dict.fromkeys(
            ["sum_of_squares", *parts, *(p.replace("variance", "std_deviation") for p in parts)]
        )
        return {**found, **empty, "std_deviation_bounds": dict.fromkeys(_bound_names())}
    mean = total / count
    # Of whole numbers below 2**53 the sums are exact, and so is what stands before the divisions.
    spread = max(0.0, squares - total * mean)
    population = spread / count
    sampling = spread / (count - 1) if count > 1 else None
    found |= {"avg": mean, "sum_of_squares": squares, "variance": population}
    found |= {"variance_population": population, "variance_sampling": sampling}
    deviations = {
        "": math.sqrt(population),
        "_population": math.sqrt(population),
        "_sampling": None if sampling is None else math.sqrt(sampling),
    }
    bounds = {}
    for end, sign in (("upper", 1), ("lower", -1)):
        for part, deviation in deviations.items():
            bounds[end + part] = None if deviation is None else mean + sign * _SIGMAS * deviation
    found |= {f"std_deviation{part}": deviation for part, deviation in deviations.items()}
    return {**found, "std_deviation_bounds": bounds}


def _bound_names() -> list[str]:
    return [end + part for end in ("upper", "lower") for part in ("", "_population", "_sampling")]


def percentiles(counts: Mapping[int, int], percents: Iterable[float]) -> dict[str, Any]:
    """The percentiles of numbers that occur so often, between two of them in proportion."""
    if not counts:
        return {"values": {str(percent): None for percent in percents}}
    numbers = np.array(sorted(counts), dtype=np.int64)
    ends = np.cumsum([counts[int(number)] for number in numbers])
    values = {}
    for percent in percents:
        place = percent / 100 * (int(ends[-1]) - 1)
        low, high = (
            float(numbers[int(np.searchsorted(ends, rank, side="right"))])
            for rank in (math.floor(place), math.ceil(place))
        )
        values[str(percent)] = low + (high - low) * (place - math.floor(place))
    return {"values": values}


def significant(
    found: Mapping[str, int], number: int, behind: Mapping[str, int], whole: int, options: dict[str, Any]
) -> dict[str, Any]:
    """The terms of ``number`` documents that stand out against all ``whole``, by the JLH score."""
    buckets = []
    for key, count in found.items():
        score = _jlh(count / number, behind[key] / whole) if behind.get(key) else 0.0
        if score > 0:
            buckets.append({"key": key, "doc_count": count, "score": score, "bg_count": behind[key]})
    buckets.sort(key=lambda bucket: (-float(bucket["score"]), bucket["key"]))  # type: ignore[arg-type]
    return {"doc_count": number, "bg_count": whole, "buckets": buckets[: options["size"]]}


def _jlh(here: float, everywhere: float) -> float:
    return (here - everywhere) * (here / everywhere) if here > everywhere else 0.0


def range_key(part: dict[str, Any], *, is_date: bool) -> dict[str, Any]:
    """What stands before the count of a range."""
    found: dict[str, Any] = {"key": part["key"]}
    for end in ("from", "to"):
        if part[end] is not None:
            found[end] = part[end] * 1000 if is_date else part[end]
            if is_date:
                found[f"{end}_as_string"] = periods.text(part[end], periods.UTC_ZONE)
    return found


def rank(by: str, bucket: dict[str, Any], kind: str) -> float:
    """What a bucket is ordered by; as in Elasticsearch the mean of no numbers is the greatest."""
    name, _, part = by.partition(".")
    value = bucket[name][part or "value"]
    if value is not None:
        return float(value)
    return {"max": -math.inf, "min": math.inf, "avg": math.inf}.get(part or kind, 0.0)
