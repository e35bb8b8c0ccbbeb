"""Terms on Tantivy: exact counts, Elasticsearch's order, and only the kept ones looked into."""

from __future__ import annotations

import math
from typing import Any, Final

from tantivy import Query

from store import figures
from store.embedded_asking import ALL, Aggs, Asking, native, split, wide
from store.embedded_query import either, every, missing, without
from store.embedded_read import count_hits

_MARGIN: Final = 32
"""Terms asked for beyond the wanted ones, because those of one rank are ordered by key here."""
_ONE_BY_ONE: Final = 2_000
_NESTED: Final = 60_000
"""Buckets of buckets that Tantivy is asked for at once; it tells 65,000 at most."""


def terms(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """The answer of ``terms``."""
    options = agg["options"]
    flat, deep = split(agg["aggs"])
    query, narrow = _narrowed(asking, query, options)
    found, others = _top(asking, query, narrow, options, flat)
    asking.count_buckets(len(found))
    told = _inside(asking, query, options, [bucket["key"] for bucket in found], deep)
    buckets = []
    for bucket in found:
        known = told.get(bucket["key"], {})
        rest = {name: agg for name, agg in deep.items() if name not in known}
        inside = asking.inside(_within(asking, query, options, bucket["key"]), rest)
        buckets.append({**bucket, **known, **inside})
    return _answer(buckets, others)


def _inside(
    asking: Asking, query: Query, options: Aggs, keys: list[Any], deep: Aggs
) -> dict[Any, dict[str, Any]]:
    """Terms that stand inside of the kept ones, by key, where they can be told for all of them at once.

    Asking for each costs a pass over what the query matches.
    """
    field = options["field"]
    if len(keys) < 2 or asking.is_many(field) or "missing" in options:
        return {}
    requests = {name: beside(agg) for name, agg in deep.items() if agg["type"] == "terms"}
    small = {name: made[0] for name, made in requests.items() if made and made[1] * len(keys) < _NESTED}
    if not small:
        return {}
    asking.count_calls(len(keys))
    request: Aggs = {"terms": wide(field, len(keys)), "aggs": small}
    raw = asking.ask(every([query, asking.translator.any_of(field, keys)]), {"t": request})["t"]["buckets"]
    answers = {
        bucket["key"]: {name: told_beside(asking, bucket[name], deep[name]) for name in small}
        for bucket in raw
    }
    return {key: {name: told for name, told in found.items() if told} for key, found in answers.items()}


def _within(asking: Asking, query: Query, options: Aggs, key: Any) -> Query:
    """What stands in the bucket of a key, with what has no value where ``missing`` is this key."""
    inside = asking.translator.term(options["field"], key)
    if options.get("missing") == key:
        inside = either([inside, missing(options["field"])])
    return every([query, inside])


def _narrowed(asking: Asking, query: Query, options: Aggs) -> tuple[Query, Aggs]:
    """The query and Tantivy's options that keep to ``include`` and ``exclude``."""
    field = options["field"]
    narrow: Aggs = {}
    if asking.is_many(field):
        narrow = {key: options[key] for key in ("include", "exclude") if options.get(key)}
    elif options.get("exclude"):
        query = without(query, asking.translator.any_of(field, options["exclude"]))
    if "include" in options:
        query = every([query, asking.translator.any_of(field, options["include"])])
    return query, narrow


def _top(
    asking: Asking, query: Query, narrow: Aggs, options: Aggs, flat: Aggs
) -> tuple[list[dict[str, Any]], int]:
    """The buckets to be kept in Elasticsearch's order, and how many documents the others have."""
    wanted = _wanted(options, flat)
    while True:
        raw = asking.ask(query, {"t": _request(options, narrow, flat, wanted)})["t"]
        found = _told(asking, raw, options, flat, wanted)
        if found is not None:
            break
        wanted = min(wanted * 8, ALL)
    counted = raw["sum_other_doc_count"] + sum(bucket["doc_count"] for bucket in found)
    if "missing" in options:
        counted += _add_missing(asking, query, options, flat, found)
    return _kept(found, counted, options, flat)


def _wanted(options: Aggs, flat: Aggs) -> int:
    by, direction = options["order"]
    may_cut = options["min_doc_count"] == 1 and _may_cut(by, direction, flat)
    return min(options["size"] + _MARGIN, ALL) if may_cut else ALL


def _request(options: Aggs, narrow: Aggs, flat: Aggs, wanted: int) -> Aggs:
    by, direction = options["order"]
    request: Aggs = {"terms": {**wide(options["field"], wanted), **narrow, "order": {by: direction}}}
    return {**request, "aggs": native(flat)} if flat else request


def _told(asking: Asking, raw: Aggs, options: Aggs, flat: Aggs, wanted: int) -> list[dict[str, Any]] | None:
    """The buckets that Tantivy tells, ``None`` if more are needed to order them."""
    found = [_bucket(asking, bucket, flat) for bucket in raw["buckets"]]
    whole = len(found) < wanted or wanted == ALL
    # Equal ranks at the cut: all of them are needed to order them by key.
    return found if whole or _is_cut_clean(found, options["size"], options["order"][0], flat) else None


def _kept(
    found: list[dict[str, Any]], counted: int, options: Aggs, flat: Aggs
) -> tuple[list[dict[str, Any]], int]:
    size, least, (by, direction) = options["size"], options["min_doc_count"], options["order"]
    kept = _ordered([bucket for bucket in found if bucket["doc_count"] >= least], by, direction, flat)
    if least > 1:
        counted = sum(bucket["doc_count"] for bucket in kept)
    return kept[:size], counted - sum(bucket["doc_count"] for bucket in kept[:size])


def beside(agg: Aggs) -> tuple[Aggs, int] | None:
    """Terms to be asked inside of another request, and how many buckets it tells; ``None`` if they cannot."""
    options = agg["options"]
    flat, deep = split(agg["aggs"])
    wanted = _wanted(options, flat)
    if (
        deep
        or wanted == ALL
        or any(options.get(key) is not None for key in ("missing", "include", "exclude"))
    ):
        return None
    return _request(options, {}, flat, wanted), wanted


def told_beside(asking: Asking, raw: Aggs, agg: Aggs) -> dict[str, Any] | None:
    """The answer of terms that were asked so, ``None`` if they must be asked alone."""
    options, flat = agg["options"], agg["aggs"]
    found = _told(asking, raw, options, flat, _wanted(options, flat))
    if found is None:
        return None
    counted = raw["sum_other_doc_count"] + sum(bucket["doc_count"] for bucket in found)
    kept, others = _kept(found, counted, options, flat)
    asking.count_buckets(len(kept))
    return _answer(kept, others)


def _answer(buckets: list[dict[str, Any]], others: int) -> dict[str, Any]:
    return {"doc_count_error_upper_bound": 0, "sum_other_doc_count": others, "buckets": buckets}


def _bucket(asking: Asking, raw: dict[str, Any], flat: Aggs) -> dict[str, Any]:
    return {"key": raw["key"], "doc_count": raw["doc_count"], **asking.numbers(raw, flat)}


def _may_cut(by: str, direction: str, flat: Aggs) -> bool:
    """Whether Tantivy begins where Elasticsearch does; it does not with extremes of no values."""
    name, _, part = by.partition(".")
    part = part or (flat[name]["type"] if name in flat else by)
    return (part, direction) not in {("_count", "asc"), ("min", "desc"), ("max", "asc"), ("avg", "desc")}


def _is_cut_clean(found: list[dict[str, Any]], size: int, by: str, flat: Aggs) -> bool:
    """Whether whatever was not told stands behind the last wanted bucket for certain."""
    if by == "_key":
        return True
    ranks = [_rank(by, flat, bucket) for bucket in found]
    return all(map(math.isfinite, ranks)) and ranks[size - 1] != ranks[-1]


def _add_missing(asking: Asking, query: Query, options: Aggs, flat: Aggs, found: list[dict[str, Any]]) -> int:
    """Give what has no value to the bucket of its stand-in; how many documents these are."""
    without_value = count_hits(asking.searcher, every([query, missing(options["field"])]))
    if without_value:
        key = options["missing"]
        inside = _within(asking, query, options, key)
        numbers = asking.aggregate(inside, flat) if flat else {}
        found[:] = [bucket for bucket in found if bucket["key"] != key]
        found.append({"key": key, "doc_count": count_hits(asking.searcher, inside), **numbers})
    return without_value


def _ordered(buckets: list[dict[str, Any]], by: str, direction: str, flat: Aggs) -> list[dict[str, Any]]:
    ordered = sorted(buckets, key=lambda b: b["key"], reverse=(by, direction) == ("_key", "desc"))
    if by == "_key":
        return ordered
    return sorted(ordered, key=lambda b: _rank(by, flat, b) * (-1 if direction == "desc" else 1))


def _rank(by: str, flat: Aggs, bucket: dict[str, Any]) -> float:
    if by == "_count":
        return float(bucket["doc_count"])
    return figures.rank(by, bucket, flat[by.partition(".")[0]]["type"])


def significant_terms(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """The answer of ``significant_terms``: against all documents of the collection."""
    options = agg["options"]
    name = options["field"]
    counted = asking.counts(query, name)
    if counted is None:
        raise figures.too_many_buckets()
    found = {key: count for key, count in counted.items() if count >= options["min_doc_count"]}
    asking.count_buckets(len(found))
    number = count_hits(asking.searcher, query)
    behind = _behind(asking, name, list(found))
    return figures.significant(found, number, behind, asking.searcher.num_docs, options)


def _behind(asking: Asking, name: str, keys: list[str]) -> dict[str, int]:
    """How many documents of the collection have each of the keys."""
    counted = asking.counts(Query.all_query(), name) if len(keys) > _ONE_BY_ONE else None
    if counted is not None:
        return counted
    return {key: count_hits(asking.searcher, asking.translator.term(name, key)) for key in keys}
