"""The aggregations that both engines answer alike, brought to one form.

The form of each is ``{"type", "options", "aggs"}``. What makes many buckets is checked in
``store.validate_buckets``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from store import validate_buckets as buckets
from store.validate_query import Checker, is_integer, mapping, only, refuse
from store.validate_sort import checked_sort, checked_source

FLAT: Final = frozenset({"min", "max", "sum", "avg", "value_count", "stats", "extended_stats"})
"""Numbers that both engines work out beside the buckets, in one pass."""
NUMBERS: Final = FLAT | {"cardinality", "percentiles"}
MAX_LEVELS: Final = 3
MAX_NESTED: Final = 1_000
"""Terms or keys that may have more than plain numbers inside: each of them costs a call of its own."""
MAX_TOP_HITS: Final = 100
_PERCENTS: Final = (1, 5, 25, 50, 75, 95, 99)
_LEAVES: Final = NUMBERS | {"top_hits", "significant_terms"}
_NAME: Final = re.compile(r"[\w\-:# ]{1,100}")


def checked_aggs(checker: Checker, aggs: object, *, path: str = "aggs", level: int = 1) -> dict[str, Any]:
    """The aggregations in their one form, by name."""
    checked = {}
    for name, given in mapping(path, aggs).items():
        here = f"{path}.{name}"
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise refuse(here, "No name of an aggregation.")
        kinds = [key for key in mapping(here, given) if key not in ("aggs", "aggregations")]
        if len(kinds) != 1:
            raise refuse(here, f"Must have exactly one kind, has {sorted(map(str, kinds))}.")
        checked[name] = _checked(checker, here, kinds[0], given, level)
    return checked


def _checked(checker: Checker, path: str, kind: str, given: Mapping[str, Any], level: int) -> dict[str, Any]:
    check = _KINDS.get(kind)
    if check is None:
        raise refuse(f"{path}.{kind}", "No aggregation of the subset.", remedy=f"One of {sorted(_KINDS)}.")
    if level > MAX_LEVELS and kind not in NUMBERS:
        raise refuse(path, f"Aggregations nest {MAX_LEVELS} levels deep, and numbers inside.")
    if kind == "composite" and level > 1:
        raise refuse(f"{path}.composite", "`composite` stands inside nothing.")
    subs = given.get("aggs", given.get("aggregations")) or {}
    if subs and kind in _LEAVES:
        raise refuse(path, f"`{kind}` has no aggregations inside.")
    inner = checked_aggs(checker, subs, path=f"{path}.aggs", level=level + 1)
    options = mapping(f"{path}.{kind}", given[kind])
    return {"type": kind, "options": check(checker, f"{path}.{kind}", options, inner), "aggs": inner}


def has_deep(inner: Mapping[str, Any]) -> bool:
    """Whether one of these aggregations is more than a plain number."""
    return any(agg["type"] not in FLAT for agg in inner.values())


def _number(kind: str, types: tuple[str, ...]) -> buckets.Check:
    def check(
        checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
    ) -> dict[str, Any]:
        only(path, options, {"field"})
        return {"field": checker.typed(f"{path}.field", options.get("field"), types, kind)}

    return check


def _cardinality(
    checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    only(path, options, {"field", "precision_threshold"})
    name = checker.typed(f"{path}.field", options.get("field"), ("keyword", "integer", "date"), "cardinality")
    threshold = options.get("precision_threshold")
    if threshold is not None and (not is_integer(threshold) or not 0 <= threshold <= 40_000):
        raise refuse(f"{path}.precision_threshold", "Must be from 0 to 40,000.")
    return {"field": name, "precision_threshold": threshold}


def _percentiles(
    checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    only(path, options, {"field", "percents"})
    name = checker.typed(f"{path}.field", options.get("field"), ("integer",), "percentiles")
    percents = options.get("percents", _PERCENTS)
    if not isinstance(percents, list | tuple) or not 1 <= len(percents) <= 100:
        raise refuse(f"{path}.percents", "Must be a list of 1 to 100 numbers.")
    for percent in percents:
        if not isinstance(percent, int | float) or isinstance(percent, bool) or not 0 <= percent <= 100:
            raise refuse(f"{path}.percents", f"{percent!r} is not from 0 to 100.")
    return {"field": name, "percents": sorted({float(percent) for percent in percents})}


def _top_hits(
    checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    only(path, options, {"size", "sort", "_source"})
    size = options.get("size", 3)
    if not is_integer(size) or not 1 <= size <= MAX_TOP_HITS:
        raise refuse(f"{path}.size", f"Must be from 1 to {MAX_TOP_HITS}.")
    sort = checked_sort(checker, options.get("sort"), path=f"{path}.sort")
    if sort[0][0] == "_score":
        raise refuse(f"{path}.sort", "Not by `_score`.", remedy="Sort by a date, a number, or the id.")
    source = checked_source(checker, options.get("_source"), path=f"{path}._source")
    return {"size": size, "sort": sort, "_source": source}


def _filter(checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    return {"query": checker.query(path, options)}


def _filters(
    checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    only(path, options, {"filters"})
    given = mapping(f"{path}.filters", options.get("filters"))
    if not 1 <= len(given) <= MAX_NESTED:
        raise refuse(f"{path}.filters", f"Must be from 1 to {MAX_NESTED:,} named queries.")
    named = {}
    for name in sorted(given, key=str):
        if not isinstance(name, str) or not name:
            raise refuse(f"{path}.filters", f"{name!r} is no name.")
        named[name] = checker.query(f"{path}.filters.{name}", given[name])
    return {"filters": named}


def _missing(
    checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    only(path, options, {"field"})
    return {
        "field": checker.typed(
            f"{path}.field", options.get("field"), ("keyword", "integer", "date"), "missing"
        )
    }


def _terms(checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    checked = buckets.terms(checker, path, options, inner)
    if checked["size"] > MAX_NESTED and has_deep(inner):
        raise refuse(f"{path}.size", f"At most {MAX_NESTED:,} with buckets or distinct counts inside.")
    return checked


def _composite(
    checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    checked = buckets.composite(checker, path, options, inner)
    if checked["size"] > MAX_NESTED and inner:
        raise refuse(f"{path}.size", f"At most {MAX_NESTED:,} with aggregations inside.")
    return checked


_KINDS: Final[dict[str, Callable[[Checker, str, Mapping[str, Any], dict[str, Any]], dict[str, Any]]]] = {
    **{kind: _number(kind, ("integer", "date")) for kind in ("min", "max")},
    **{kind: _number(kind, ("integer",)) for kind in ("sum", "avg", "stats", "extended_stats")},
    "value_count": _number("value_count", ("keyword", "integer", "date")),
    "cardinality": _cardinality,
    "percentiles": _percentiles,
    "top_hits": _top_hits,
    "filter": _filter,
    "filters": _filters,
    "missing": _missing,
    "terms": _terms,
    "significant_terms": buckets.significant_terms,
    "date_histogram": buckets.date_histogram,
    "histogram": buckets.histogram,
    "range": buckets.number_range,
    "date_range": buckets.date_range,
    "composite": _composite,
}
