"""The aggregations that both engines answer alike, brought to one form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from store.validate_query import MAX_BUCKETS, MAX_TERMS, Checker, date_bound, is_integer, only, refuse

METRICS: Final = frozenset({"min", "max", "sum", "avg", "stats", "value_count", "cardinality"})
MAX_NESTED: Final = 1_000
"""Buckets that may have buckets or distinct counts inside: each of them costs a call of its own."""
_ORDERS_BY: Final = frozenset({"min", "max", "sum", "avg", "value_count"})
CALENDAR: Final = ("hour", "day", "week", "month", "year")
_CALENDAR_SHORT: Final = {"1h": "hour", "1d": "day", "1w": "week", "1M": "month", "1y": "year"}
_SPAN: Final = re.compile(r"([+-]?)(\d{1,9})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_NAME: Final = re.compile(r"[\w\-.:# ]{1,100}")


def checked_aggs(checker: Checker, aggs: object, *, path: str = "aggs", depth: int = 0) -> dict[str, Any]:
    """The aggregations in their one form: ``{name: {"type", "options", "aggs"}}``."""
    if not isinstance(aggs, Mapping):
        raise refuse(path, "Must be an object.")
    if aggs and depth > 1:
        raise refuse(path, "Aggregations nest one level deep.", remedy="Ask once for each bucket.")
    checked = {}
    for name, given in aggs.items():
        here = f"{path}.{name}"
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise refuse(here, "No name of an aggregation.")
        if not isinstance(given, Mapping):
            raise refuse(here, "Must be an object.")
        subs = given.get("aggs", given.get("aggregations")) or {}
        kinds = [key for key in given if key not in ("aggs", "aggregations")]
        if len(kinds) != 1:
            raise refuse(here, f"Must have exactly one kind, has {sorted(map(str, kinds))}.")
        kind, options = kinds[0], given[kinds[0]]
        if not isinstance(options, Mapping):
            raise refuse(f"{here}.{kind}", "Must be an object.")
        inner = checked_aggs(checker, subs, path=f"{here}.aggs", depth=depth + 1)
        checked[name] = {
            "type": kind,
            "options": _options(checker, f"{here}.{kind}", kind, options, inner),
            "aggs": inner,
        }
    return checked


def _options(
    checker: Checker, path: str, kind: str, options: Mapping[str, Any], inner: dict[str, Any]
) -> dict[str, Any]:
    if kind in METRICS:
        if inner:
            raise refuse(path, "A number has no aggregations inside.")
        return _metric(checker, path, kind, options)
    if kind == "terms":
        return _terms(checker, path, options, inner)
    if kind == "date_histogram":
        return _date_histogram(checker, path, options)
    raise refuse(
        path,
        "No aggregation of the subset.",
        remedy=f"One of {sorted([*METRICS, 'terms', 'date_histogram'])}.",
    )


def _metric(checker: Checker, path: str, kind: str, options: Mapping[str, Any]) -> dict[str, Any]:
    only(path, options, {"field", "precision_threshold"} if kind == "cardinality" else {"field"})
    name = options.get("field")
    type_ = checker.field(f"{path}.field", name).type
    allowed = {
        "cardinality": ("keyword", "integer"),
        "value_count": ("keyword", "integer", "date"),
        "min": ("integer", "date"),
        "max": ("integer", "date"),
    }.get(kind, ("integer",))
    if type_ not in allowed:
        raise refuse(f"{path}.field", f"`{kind}` is not for a {type_}.")
    threshold = options.get("precision_threshold")
    if threshold is not None and (not is_integer(threshold) or not 0 <= threshold <= 40_000):
        raise refuse(f"{path}.precision_threshold", "Must be from 0 to 40,000.")
    return dict(options)


def _terms(checker: Checker, path: str, options: Mapping[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    only(path, options, {"field", "size", "order", "include", "exclude", "min_doc_count"})
    name = options.get("field")
    if not isinstance(name, str) or checker.field(f"{path}.field", name).type not in ("keyword", "integer"):
        raise refuse(f"{path}.field", "`terms` is for keywords and numbers.")
    size, least = options.get("size", 10), options.get("min_doc_count", 1)
    if not is_integer(size) or not 1 <= size <= MAX_BUCKETS:
        raise refuse(f"{path}.size", f"Must be from 1 to {MAX_BUCKETS:,}.")
    if not is_integer(least) or least < 1:
        raise refuse(f"{path}.min_doc_count", "Must be 1 or more.")
    if size > MAX_NESTED and has_deep(inner):
        raise refuse(f"{path}.size", f"At most {MAX_NESTED:,} with buckets or distinct counts inside.")
    checked: dict[str, Any] = {"field": name, "size": size, "min_doc_count": least}
    checked["order"] = _order(f"{path}.order", options.get("order"), inner)
    for key in ("include", "exclude"):
        values = options.get(key)
        if values is None:
            continue
        if not isinstance(values, list | tuple) or len(values) > MAX_TERMS:
            raise refuse(f"{path}.{key}", f"Must be a list of at most {MAX_TERMS:,} values.")
        checked[key] = [checker.value(f"{path}.{key}[{i}]", name, v) for i, v in enumerate(values)]
    return checked


def has_deep(inner: Mapping[str, Any]) -> bool:
    """Whether an aggregation among these makes buckets or counts distinct values."""
    return any(agg["type"] not in METRICS or agg["type"] == "cardinality" for agg in inner.values())


def _order(path: str, order: object, inner: dict[str, Any]) -> tuple[str, str]:
    """A pair: ``_count``, ``_key`` or the name of a number inside; ``asc`` or ``desc``."""
    if order is None:
        return "_count", "desc"
    if isinstance(order, list | tuple) and len(order) == 1:
        order = order[0]
    if not isinstance(order, Mapping) or len(order) != 1:
        raise refuse(path, "One thing to order by; ties are ordered by key.")
    ((by, direction),) = order.items()
    if direction not in ("asc", "desc"):
        raise refuse(f"{path}.{by}", "The order is 'asc' or 'desc'.")
    if by not in ("_count", "_key") and (by not in inner or inner[by]["type"] not in _ORDERS_BY):
        raise refuse(f"{path}.{by}", f"Order by `_count`, `_key` or one of {sorted(_ORDERS_BY)} inside.")
    return by, direction


def _date_histogram(checker: Checker, path: str, options: Mapping[str, Any]) -> dict[str, Any]:
    only(
        path,
        options,
        {
            "field", "fixed_interval", "calendar_interval", "time_zone", "offset", "min_doc_count",
            "extended_bounds",
        },
    )  # fmt: skip
    name = options.get("field")
    if checker.field(f"{path}.field", name).type != "date":
        raise refuse(f"{path}.field", "`date_histogram` is for dates.")
    fixed, calendar = options.get("fixed_interval"), options.get("calendar_interval")
    if (fixed is None) == (calendar is None):
        raise refuse(path, "Give either `fixed_interval` or `calendar_interval`.")
    least = options.get("min_doc_count", 0)
    if not is_integer(least) or least < 0:
        raise refuse(f"{path}.min_doc_count", "Must be 0 or more.")
    checked: dict[str, Any] = {"field": name, "min_doc_count": least}
    zone = options.get("time_zone", "UTC")
    if fixed is not None:
        if zone not in ("UTC", "Z"):
            raise refuse(
                f"{path}.time_zone",
                "A fixed interval knows no time zone.",
                remedy=f"Use `calendar_interval` (one of {list(CALENDAR)}), or `offset`.",
            )
        checked["interval_s"] = seconds(f"{path}.fixed_interval", fixed)
        checked["offset_s"] = seconds(f"{path}.offset", options.get("offset", "0s"), signed=True)
    else:
        if "offset" in options:
            raise refuse(f"{path}.offset", "Only with `fixed_interval`.")
        calendar = _CALENDAR_SHORT.get(str(calendar), calendar)
        if calendar not in CALENDAR:
            raise refuse(f"{path}.calendar_interval", f"One of {list(CALENDAR)}.")
        checked["calendar"] = calendar
        checked["time_zone"] = _zone(f"{path}.time_zone", zone)
    bounds = options.get("extended_bounds")
    if bounds is not None:
        if not isinstance(bounds, Mapping) or set(bounds) != {"min", "max"}:
            raise refuse(f"{path}.extended_bounds", "Must have `min` and `max`.")
        checked["bounds"] = tuple(
            date_bound(f"{path}.extended_bounds.{key}", bounds[key], up=False) for key in ("min", "max")
        )
    return checked


def seconds(path: str, span: object, *, signed: bool = False) -> int:
    """The seconds of ``30m``, ``1h``, ``7d`` (``-3h`` if signed)."""
    match = _SPAN.fullmatch(span) if isinstance(span, str) else None
    if match is None or (match[1] and not signed) or (int(match[2]) == 0 and not signed):
        raise refuse(path, f"{span!r} is no interval.", remedy="Write 30s, 10m, 1h or 7d.")
    return int(match[1] + match[2]) * _SECONDS[match[3]]


def _zone(path: str, zone: object) -> str:
    if zone == "Z":
        return "UTC"
    try:
        return ZoneInfo(str(zone)).key
    except (KeyError, ValueError, OSError) as error:
        raise refuse(path, f"{zone!r} is no time zone.", remedy="Write one such as Asia/Tehran.") from error
