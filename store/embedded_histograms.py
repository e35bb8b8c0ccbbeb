"""Histograms on Tantivy: of numbers, and of dates in the calendar of a time zone."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from tantivy import Query

from store.embedded_asking import Aggs, Asking, native, split
from store.embedded_query import every
from store.frames import Frame, frame_of, inside_hard


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
    before = asking.buckets
    empty = (
        asking.aggregate(Query.empty_query(), agg["aggs"]) if agg["aggs"] and len(starts) > len(found) else {}
    )
    asking.count_buckets((asking.buckets - before) * max(0, len(starts) - len(found) - 1))
    buckets = []
    for start in starts:
        raw = found.get(start)
        bucket = {**frame.key(start), "doc_count": 0, **empty}
        if raw is not None:
            bucket |= {"doc_count": raw["doc_count"], **asking.numbers(raw, flat)}
            within = asking.translator.between(options["field"], start, raw["end"], high_in=False)
            bucket |= asking.inside(every([query, within]), deep)
        buckets.append(bucket)
    return {"buckets": buckets}


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
    return query, frame, _periods(asking, query, name, frame, flat)


def _periods(asking: Asking, query: Query, name: str, frame: Frame, flat: Aggs) -> dict[int, dict[str, Any]]:
    """The periods that have documents, by their beginning, each with its end."""
    subs = {"aggs": native(flat)} if flat else {}
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
