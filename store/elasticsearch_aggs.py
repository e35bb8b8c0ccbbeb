"""Aggregations for an Elasticsearch of many monthly indices, and its answers in the form of both engines.

Terms are counted exactly: every index gives all its terms, not its own first few. What stands inside
the terms is asked in a second request, for the kept ones alone.
"""

from __future__ import annotations

from typing import Any, Final

from posts.errors import UnsupportedQuery
from store.validate_aggs import MAX_NESTED, METRICS, has_deep
from store.validate_query import MAX_BUCKETS

_EXACT: Final = 60_000
_INNER: Final = 200_000
_FINEST: Final = 40_000
_FINE_INSIDE: Final = 3_000

Aggs = dict[str, Any]


def first(aggs: Aggs) -> Aggs:
    """The first request: everything but what stands deep inside terms."""
    asked = {}
    for name, agg in aggs.items():
        if agg["type"] == "terms" and has_deep(agg["aggs"]):
            flat = {sub: inner for sub, inner in agg["aggs"].items() if not has_deep({sub: inner})}
            asked[name] = _body({**agg, "aggs": flat}, buckets=1)
        else:
            asked[name] = _body(agg, buckets=1)
    return asked


def second(aggs: Aggs, results: Aggs) -> Aggs:
    """The second request: what stands deep inside the terms that were kept; empty if nothing does."""
    asked = {}
    for name, agg in aggs.items():
        if agg["type"] != "terms" or not has_deep(agg["aggs"]):
            continue
        keys = [bucket["key"] for bucket in results[name]["buckets"]]
        if not keys:
            continue
        deep = {sub: inner for sub, inner in agg["aggs"].items() if has_deep({sub: inner})}
        asked[name] = {
            "terms": {"field": agg["options"]["field"], "include": keys, "size": len(keys)},
            "aggs": {sub: _body(inner, buckets=len(keys)) for sub, inner in deep.items()},
        }
    return asked


def results(aggs: Aggs, first: Aggs, second: Aggs) -> Aggs:
    """The answers to both requests as one; ``UnsupportedQuery`` above the cap of buckets."""
    answer = {}
    for name, agg in aggs.items():
        deep = {bucket["key"]: bucket for bucket in second.get(name, {}).get("buckets", ())}
        answer[name] = _result(agg, first[name], deep)
    _check_size(aggs, answer)
    return answer


def _body(agg: Aggs, *, buckets: int) -> Aggs:
    kind, options = agg["type"], agg["options"]
    if kind == "terms":
        body: Aggs = {"terms": _terms(options, buckets)}
    elif kind == "date_histogram":
        body = {"date_histogram": _date_histogram(options)}
    elif kind == "cardinality":
        fine = options.get("precision_threshold") or (_FINEST if buckets == 1 else _FINE_INSIDE)
        body = {"cardinality": {"field": options["field"], "precision_threshold": fine}}
    else:
        body = {kind: {"field": options["field"]}}
    if agg["aggs"]:
        inside = MAX_NESTED if has_deep(agg["aggs"]) else 1
        body["aggs"] = {name: _body(inner, buckets=inside) for name, inner in agg["aggs"].items()}
    return body


def _terms(options: Aggs, buckets: int) -> Aggs:
    by, direction = options["order"]
    size = options["size"]
    body = {
        "field": options["field"],
        "size": size,
        "shard_size": max(size, min(_EXACT, max(10 * size, _INNER // buckets))),
        "min_doc_count": options["min_doc_count"],
        "order": [{by: direction}] if by == "_key" else [{by: direction}, {"_key": "asc"}],
    }
    if "include" in options:
        body["include"] = options["include"]
    if options.get("exclude"):
        body["exclude"] = options["exclude"]
    return body


def _date_histogram(options: Aggs) -> Aggs:
    body: Aggs = {"field": options["field"], "min_doc_count": options["min_doc_count"]}
    if "calendar" in options:
        body |= {"calendar_interval": options["calendar"], "time_zone": options["time_zone"]}
    else:
        body["fixed_interval"] = f"{options['interval_s']}s"
        if options["offset_s"]:
            body["offset"] = f"{options['offset_s']:+d}s"
    if "bounds" in options and options["min_doc_count"] == 0:
        low, high = options["bounds"]
        body["extended_bounds"] = {"min": low, "max": high}
    return body


def _result(agg: Aggs, raw: Aggs, deep: dict[Any, Aggs]) -> Aggs:
    kind = agg["type"]
    if kind in METRICS:
        return {key: value for key, value in raw.items() if value is not None or "as_string" not in key}
    buckets = []
    for bucket in raw["buckets"]:
        found = {key: bucket[key] for key in ("key", "key_as_string", "doc_count") if key in bucket}
        inside = {**bucket, **deep.get(bucket["key"], {})}
        found |= {name: _result(inner, inside[name], {}) for name, inner in agg["aggs"].items()}
        buckets.append(found)
    result: Aggs = {"buckets": buckets}
    if kind == "terms" and agg["options"]["min_doc_count"] == 1:
        result["sum_other_doc_count"] = raw["sum_other_doc_count"]
    return result


def _check_size(aggs: Aggs, answer: Aggs) -> None:
    total = 0
    for name, agg in aggs.items():
        buckets = answer[name].get("buckets", ())
        total += len(buckets)
        for inner in agg["aggs"]:
            total += sum(len(bucket[inner].get("buckets", ())) for bucket in buckets)
        full = sum(1 for bucket in buckets if bucket["doc_count"])
        if total > MAX_BUCKETS or (full > MAX_NESTED and has_deep(agg["aggs"])):
            raise UnsupportedQuery(
                f"The answer has more than {MAX_BUCKETS:,} buckets.",
                subject="aggs",
                remedy="Narrow the query or widen the interval.",
            )
