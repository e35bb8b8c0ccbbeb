"""Checked aggregations as an Elasticsearch takes them, each without what stands inside."""

from __future__ import annotations

from typing import Any, Final

from store import periods
from store.elasticsearch_query import native, sort_of
from store.frames import frame_of, inside_hard
from store.validate_aggs import FLAT, MAX_NESTED
from store.validate_query import MAX_BUCKETS

EXACT: Final = MAX_BUCKETS
"""The most terms that an index is asked for; with so many all counts are exact."""
_INNER: Final = 200_000
_FINEST: Final = 40_000
_FINE_INSIDE: Final = 3_000

INSIDE: Final = "inside"

Aggs = dict[str, Any]
Made = tuple[Aggs, int, bool]


def body(agg: Aggs, keys: list[Any] | None, buckets: int, finer: int) -> Made:
    """The aggregation in about so many buckets, how many it makes itself, and whether counts may be rough.

    ``keys`` are the terms that are kept already.
    """
    kind, options = agg["type"], agg["options"]
    if kind == "terms":
        return _terms(options, keys, buckets, finer)
    if kind == "significant_terms":
        wide = {"field": options["field"], "size": EXACT, "shard_size": EXACT}
        return {"terms": {**wide, "min_doc_count": options["min_doc_count"]}}, 1, False
    if kind in FLAT or kind == "missing":
        return {kind: {"field": options["field"]}}, 1, False
    if kind == "filter":
        return {"filter": native(options["query"])}, 1, False
    if kind == "filters":
        named = {name: native(query) for name, query in options["filters"].items()}
        return {"filters": {"filters": named}}, len(named), False
    if kind == "cardinality":
        fine = options["precision_threshold"] or (_FINEST if buckets == 1 else _FINE_INSIDE)
        return {"cardinality": {"field": options["field"], "precision_threshold": fine}}, 1, False
    if kind == "percentiles":
        fine_digest = {"keyed": False, "tdigest": {"compression": 1_000}}
        return {"percentiles": {**options, **fine_digest}}, 1, False
    if kind == "top_hits":
        return {"top_hits": {**options, "sort": sort_of(options["sort"])}}, 1, False
    if kind in ("range", "date_range"):
        return _ranges(kind, options), len(options["ranges"]), False
    if kind == "composite":
        return _composite(options), options["size"], False
    return {kind: _histogram(options)}, MAX_NESTED, False


def _terms(options: Aggs, keys: list[Any] | None, buckets: int, finer: int) -> Made:
    made: Aggs = {"field": options["field"]}
    if "missing" in options:
        made["missing"] = options["missing"]
    if keys is not None:
        made |= {"include": keys, "size": len(keys), "shard_size": len(keys)}
        return {"terms": made}, len(keys), False
    by, direction = options["order"]
    size = options["size"]
    shard_size = max(size, min(EXACT, max(10 * size, _INNER // buckets) * finer))
    made |= {
        "size": size,
        "shard_size": shard_size,
        "min_doc_count": options["min_doc_count"],
        "order": [{by: direction}] if by == "_key" else [{by: direction}, {"_key": "asc"}],
    }
    for key in ("include", "exclude"):
        if options.get(key):
            made[key] = options[key]
    return {"terms": made}, size, shard_size < EXACT


def _histogram(options: Aggs) -> Aggs:
    made: Aggs = {"field": options["field"], "min_doc_count": options["min_doc_count"]}
    dates = "interval" not in options
    moved = options["offset_s"] if dates else 0
    made |= _interval(options) if dates else {"interval": options["interval"], "offset": options["offset"]}
    # Without empty buckets there is nothing to extend.
    if "bounds" in options and options["min_doc_count"] == 0:
        # Elasticsearch forgets the offset when it looks for the periods of its bounds.
        ends = [frame_of(options, end, end).starts[0] - moved for end in options["bounds"]]
        low, high = (periods.text(end, periods.UTC_ZONE) if dates else end for end in ends)
        made["extended_bounds"] = {"min": low, "max": high}
    return made


def limited(agg: Aggs, made: Aggs) -> Aggs:
    """The aggregation behind a filter, where Elasticsearch has a meaning of its own for its limits.

    It compares hard bounds with periods without their offset, and takes no number for every number.
    """
    options = agg["options"]
    if not _is_limited(options):
        return made
    if "hard" not in options:
        return {"filter": {"bool": {"must_not": [{"match_all": {}}]}}, "aggs": {INSIDE: made}}
    within: Aggs = dict(zip(("gte", "lt"), inside_hard(options), strict=True))
    if "interval" not in options:
        within = {bound: periods.text(moment, periods.UTC_ZONE) for bound, moment in within.items()}
    return {"filter": {"range": {options["field"]: within}}, "aggs": {INSIDE: made}}


def opened(agg: Aggs, raw: Aggs) -> Aggs:
    """What Elasticsearch answers about an aggregation, without the filter of its limits."""
    return raw[INSIDE] if _is_limited(agg["options"]) else raw


def _is_limited(options: Aggs) -> bool:
    return "hard" in options or options.get("include") == []


def _interval(options: Aggs) -> Aggs:
    made = {"time_zone": options["time_zone"]}
    if "calendar" in options:
        made["calendar_interval"] = options["calendar"]
    else:
        made["fixed_interval"] = f"{options['interval_s']}s"
    if options["offset_s"]:
        made["offset"] = f"{options['offset_s']:+d}s"
    return made


def _ranges(kind: str, options: Aggs) -> Aggs:
    ranges = []
    for part in options["ranges"]:
        ends = {end: part[end] for end in ("from", "to") if part[end] is not None}
        if kind == "date_range":
            ends = {end: periods.text(moment, periods.UTC_ZONE) for end, moment in ends.items()}
        ranges.append({"key": part["key"], **ends})
    return {kind: {"field": options["field"], "ranges": ranges}}


def _composite(options: Aggs) -> Aggs:
    sources = []
    after = {}
    for place, source in enumerate(options["sources"]):
        kind, inner = source["type"], source["options"]
        made: Aggs = {"field": inner["field"], "order": source["order"]}
        if kind == "date_histogram":
            made |= _interval(inner)
        elif kind == "histogram":
            made["interval"] = inner["interval"]
        sources.append({source["name"]: {kind: made}})
        if options["after"] is not None:
            value = options["after"][place]
            after[source["name"]] = value * 1000 if kind == "date_histogram" else value
    begin = {"after": after} if after else {}
    return {"composite": {"sources": sources, "size": options["size"], **begin}}
