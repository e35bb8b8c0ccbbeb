"""Histograms on Tantivy: of numbers, and of dates in the calendar of a time zone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
from tantivy import Query

from store.embedded_asking import Aggs, Asking, native, split
from store.embedded_query import every
from store.embedded_read import find_all, read_column
from store.embedded_terms import beside, told_beside
from store.frames import Frame, frame_of, inside_hard

_NESTED: Final = 60_000


def histogram(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """The answer of ``date_histogram`` or ``histogram``."""
    options = agg["options"]
    flat, deep = split(agg["aggs"])
    query, frame, found = filled(asking, query, options, flat)
    if frame is None:
        return {"buckets": []}
    least = options["min_doc_count"]
    starts = (
        list(frame.starts) if least == 0 else [s for s in sorted(found) if found[s]["doc_count"] >= least]
    )
    asking.count_buckets(len(starts))
    empty = _empty(asking, agg["aggs"], len(starts) - len(found)) if least == 0 else {}
    asked = {start: found[start]["end"] for start in starts if start in found}
    inside = _inside(asking, query, options["field"], frame, asked, deep) if deep else {}
    buckets = []
    for start in starts:
        bucket = {**frame.key(start), "doc_count": 0, **empty}
        if start in found:
            raw = found[start]
            bucket |= {"doc_count": raw["doc_count"], **asking.numbers(raw, flat), **inside.get(start, {})}
        buckets.append(bucket)
    return {"buckets": buckets}


def _empty(asking: Asking, aggs: Aggs, number: int) -> dict[str, Any]:
    """What stands inside of so many empty periods each."""
    if not aggs or number <= 0:
        return {}
    before = asking.buckets
    empty = asking.aggregate(Query.empty_query(), aggs)
    asking.count_buckets((asking.buckets - before) * (number - 1))
    return empty


def _inside(
    asking: Asking, query: Query, name: str, frame: Frame, ends: dict[int, int], deep: Aggs
) -> dict[int, dict[str, Any]]:
    """What stands inside of the periods (beginning and end of each) beside plain numbers.

    Asking for each costs a pass over all dates; terms and distinct numbers come for all periods at once.
    """
    asking.count_calls(len(ends))
    if not ends:
        return {}
    told: dict[int, dict[str, Any]] = {start: {} for start in ends}
    requests = {sub: beside(agg) for sub, agg in deep.items() if agg["type"] == "terms"}
    small = {sub: made[0] for sub, made in requests.items() if made and made[1] * len(ends) < _NESTED}
    if small:
        for start, raw in _periods(asking, query, name, frame, small).items():
            answers = {sub: told_beside(asking, raw[sub], deep[sub]) for sub in small if start in told}
            told.get(start, {}).update({sub: answer for sub, answer in answers.items() if answer is not None})
    for sub, agg in deep.items():
        if agg["type"] == "cardinality" and asking.is_column(agg["options"]["field"]):
            for start, number in _distinct(asking, query, name, agg["options"]["field"], ends).items():
                told[start][sub] = {"value": number}
    for start, end in ends.items():
        rest = {sub: agg for sub, agg in deep.items() if sub not in told[start]}
        if rest:
            within = asking.translator.between(name, start, end, high_in=False)
            told[start] |= asking.aggregate(every([query, within]), rest)
    return told


def _distinct(asking: Asking, query: Query, name: str, field: str, ends: dict[int, int]) -> dict[int, int]:
    """How many numbers of a field there are in each of the periods, which are in order."""
    known = every([query, Query.exists_query(name), Query.exists_query(field)])
    addresses = find_all(asking.searcher, known)
    dates, values = (read_column(asking.searcher, column, addresses) for column in (name, field))
    begins = np.fromiter(ends, dtype=np.int64)
    places = np.searchsorted(begins, dates, side="right") - 1
    # Periods with too few documents are none of these.
    inside = (places >= 0) & (dates < np.fromiter(ends.values(), dtype=np.int64)[places])
    places, values = places[inside], values[inside]
    order = np.lexsort((values, places))
    places, values = places[order], values[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (values[1:] != values[:-1]) | (places[1:] != places[:-1])
    numbers = np.bincount(places[first], minlength=len(ends))
    return dict(zip(ends, numbers.tolist(), strict=True))


def filled(
    asking: Asking, query: Query, options: Aggs, flat: Aggs
) -> tuple[Query, Frame | None, dict[int, dict[str, Any]]]:
    """The query inside the hard bounds, all periods, and those that have documents, by their beginning."""
    name = options["field"]
    if "hard" in options:
        low, high = inside_hard(options)
        if low >= high:
            query = Query.empty_query()
        else:
            query = every([query, asking.translator.between(name, low, high, high_in=False)])
    ends = asking.ask(query, {key: {key: {"field": name}} for key in ("min", "max")})
    moments = [int(end["value"]) for end in ends.values() if end["value"] is not None]
    if options["min_doc_count"] == 0:
        moments += options.get("bounds", ())
    if not moments:
        return query, None, {}
    frame = frame_of(options, min(moments), max(moments))
    return query, frame, _periods(asking, query, name, frame, native(flat))


def _periods(asking: Asking, query: Query, name: str, frame: Frame, inner: Aggs) -> dict[int, dict[str, Any]]:
    """The periods that have documents, by their beginning, each with its end."""
    subs = {"aggs": inner} if inner else {}
    if frame.even is not None:
        length, offset = frame.even
        even = {"field": name, "interval": length, "offset": offset % length, "min_doc_count": 1}
        raw = asking.ask(query, {"h": {"histogram": even, **subs}})
        return {int(b["key"]): {**b, "end": int(b["key"]) + length} for b in raw["h"]["buckets"]}
    ranges = [{"from": begin, "to": end} for begin, end in pairwise([*frame.starts, frame.end])]
    raw = asking.ask(query, {"h": {"range": {"field": name, "ranges": ranges}, **subs}})
    return {
        int(b["from"]): {**b, "end": int(b["to"])}
        for b in raw["h"]["buckets"]
        if "from" in b and "to" in b and b["doc_count"]
    }
