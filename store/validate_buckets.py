"""The aggregations that make many buckets, brought to the one form that both engines read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from store import periods
from store.mapping import epoch
from store.validate_query import (
    MAX_BUCKETS,
    MAX_TERMS,
    Checker,
    date_bound,
    is_integer,
    mapping,
    only,
    refuse,
    single,
)

Options = Mapping[str, Any]
Checked = dict[str, Any]
Check = Callable[[Checker, str, Options, Checked], Checked]

MAX_RANGES: Final = 1_000
MAX_PAGE: Final = 10_000
"""Keys of one page of ``composite``."""
_LARGE: Final = 2**52
"""Buckets of numbers have keys that a float holds exactly."""
_ORDERS_BY: Final = frozenset({"min", "max", "sum", "avg", "value_count"})
_ORDERS_BY_PART: Final = {
    "stats": ("count", "min", "max", "avg", "sum"),
    "extended_stats": ("count", "min", "max", "avg", "sum"),
}
_CALENDAR_SHORT: Final = {
    "1h": "hour", "1d": "day", "1w": "week", "1M": "month", "1q": "quarter", "1y": "year",
}  # fmt: skip
_SPAN: Final = re.compile(r"([+-]?)(\d{1,9})([smhd])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


# terms


def terms(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    only(path, options, {"field", "size", "order", "include", "exclude", "missing", "min_doc_count"})
    name = checker.typed(f"{path}.field", options.get("field"), ("keyword", "integer"), "terms")
    checked: Checked = {
        "field": name,
        "size": _count(f"{path}.size", options.get("size", 10), MAX_BUCKETS),
        "min_doc_count": _count(f"{path}.min_doc_count", options.get("min_doc_count", 1)),
        "order": _order(f"{path}.order", options.get("order"), inner),
    }
    for key in ("include", "exclude"):
        values = options.get(key)
        if values is None:
            continue
        if not isinstance(values, list | tuple) or len(values) > MAX_TERMS:
            raise refuse(f"{path}.{key}", f"Must be a list of at most {MAX_TERMS:,} values.")
        checked[key] = [checker.value(f"{path}.{key}[{i}]", name, v) for i, v in enumerate(values)]
    if options.get("missing") is not None:
        if "include" in checked or "exclude" in checked:
            raise refuse(f"{path}.missing", "Not together with `include` or `exclude`.")
        checked["missing"] = checker.value(f"{path}.missing", name, options["missing"])
    return checked


def significant_terms(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    only(path, options, {"field", "size", "min_doc_count", "jlh"})
    if options.get("jlh", {}) != {}:
        raise refuse(f"{path}.jlh", "Must be an empty object.")
    return {
        "field": checker.typed(f"{path}.field", options.get("field"), ("keyword",), "significant_terms"),
        "size": _count(f"{path}.size", options.get("size", 10), MAX_BUCKETS),
        "min_doc_count": _count(f"{path}.min_doc_count", options.get("min_doc_count", 3)),
    }


def _count(path: str, value: object, most: int = 2**31 - 1, least: int = 1) -> int:
    if not isinstance(value, int) or not is_integer(value) or not least <= value <= most:
        raise refuse(path, f"Must be from {least} to {most:,}.")
    return value


def _order(path: str, order: object, inner: Checked) -> tuple[str, str]:
    """A pair: ``_count``, ``_key``, a number inside or ``stats.part``; ``asc`` or ``desc``."""
    if order is None:
        return "_count", "desc"
    if isinstance(order, list | tuple):
        # By key is how ties are ordered in any case.
        if not order or len(order) > 2 or (len(order) == 2 and order[1] != {"_key": "asc"}):
            raise refuse(path, "One thing to order by; ties are ordered by key.")
        order = order[0]
    by, direction = single(path, order)
    if direction not in ("asc", "desc"):
        raise refuse(f"{path}.{by}", "The order is 'asc' or 'desc'.")
    name, _, part = by.partition(".")
    kind = inner[name]["type"] if name in inner else None
    if by in ("_count", "_key") or (kind in _ORDERS_BY and not part):
        return by, direction
    if kind in _ORDERS_BY_PART and part in _ORDERS_BY_PART[kind]:
        return by, direction
    raise refuse(
        f"{path}.{by}",
        f"Order by `_count`, `_key`, one of {sorted(_ORDERS_BY)} inside, or a part of stats (`name.max`).",
    )


# histograms


def date_histogram(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    known = {"field", *_INTERVAL_KEYS, "min_doc_count", "extended_bounds", "hard_bounds"}
    only(path, options, known)
    name = checker.typed(f"{path}.field", options.get("field"), ("date",), "date_histogram")
    least = _count(f"{path}.min_doc_count", options.get("min_doc_count", 0), least=0)
    checked: Checked = {"field": name, "min_doc_count": least, **_interval(path, options)}

    def moment(here: str, value: object) -> int:
        return epoch(date_bound(here, value, up=False))

    return checked | _both_bounds(path, options, moment)


_INTERVAL_KEYS: Final = ("fixed_interval", "calendar_interval", "time_zone", "offset")


def _interval(path: str, options: Options) -> Checked:
    """Length or calendar, offset and zone of the periods."""
    fixed, calendar = options.get("fixed_interval"), options.get("calendar_interval")
    if (fixed is None) == (calendar is None):
        raise refuse(path, "Give either `fixed_interval` or `calendar_interval`.")
    zone = options.get("time_zone", "UTC")
    if not isinstance(zone, str) or (zone := periods.zone_name(zone)) is None:
        raise refuse(
            f"{path}.time_zone",
            f"{options['time_zone']!r} is no time zone.",
            remedy="Write Asia/Tehran or +03:30.",
        )
    checked: Checked = {
        "time_zone": zone, "offset_s": seconds(f"{path}.offset", options.get("offset", "0s"), signed=True)
    }  # fmt: skip
    if fixed is None:
        calendar = _CALENDAR_SHORT.get(str(calendar), calendar)
        if calendar not in periods.SHORTEST_S:
            raise refuse(f"{path}.calendar_interval", f"One of {list(periods.SHORTEST_S)}.")
        checked["calendar"] = calendar
        length = periods.SHORTEST_S[calendar]
    else:
        if not periods.is_fixed(zone):
            raise refuse(
                f"{path}.time_zone",
                "A fixed interval knows no clocks that are changed.",
                remedy=f"Use `calendar_interval` (one of {list(periods.SHORTEST_S)}), or a zone as +03:30.",
            )
        length = checked["interval_s"] = seconds(f"{path}.fixed_interval", fixed)
    if abs(checked["offset_s"]) >= length:
        raise refuse(f"{path}.offset", "Must be shorter than the interval.")
    return checked


def histogram(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    known = {"field", "interval", "offset", "min_doc_count", "extended_bounds", "hard_bounds"}
    only(path, options, known)
    name = checker.typed(f"{path}.field", options.get("field"), ("integer",), "histogram")
    interval = _count(f"{path}.interval", options.get("interval"), _LARGE)
    checked: Checked = {
        "field": name,
        "interval": interval,
        "offset": _whole(f"{path}.offset", options.get("offset", 0)) % interval,
        "min_doc_count": _count(f"{path}.min_doc_count", options.get("min_doc_count", 0), least=0),
    }
    return checked | _both_bounds(path, options, _whole)


def _both_bounds(path: str, options: Options, read: Callable[[str, object], int]) -> Checked:
    """``bounds`` and ``hard``, each a pair, those that are given."""
    checked: Checked = {}
    for key, name in (("extended_bounds", "bounds"), ("hard_bounds", "hard")):
        given = options.get(key)
        if given is None:
            continue
        if set(mapping(f"{path}.{key}", given)) != {"min", "max"}:
            raise refuse(f"{path}.{key}", "Must have `min` and `max`.")
        low, high = (read(f"{path}.{key}.{end}", given[end]) for end in ("min", "max"))
        if low > high:
            raise refuse(f"{path}.{key}", "`min` is beyond `max`.")
        checked[name] = low, high
    if len(checked) == 2:
        (low, high), (hard_low, hard_high) = checked["bounds"], checked["hard"]
        if low < hard_low or high > hard_high:
            raise refuse(f"{path}.extended_bounds", "Must lie inside `hard_bounds`.")
    return checked


def _whole(path: str, value: object) -> int:
    if not isinstance(value, int) or not is_integer(value) or abs(value) > _LARGE:
        raise refuse(path, f"{value!r} is no whole number.")
    return value


def seconds(path: str, span: object, *, signed: bool = False) -> int:
    """The seconds of ``30m``, ``1h``, ``7d`` (``-3h`` if signed)."""
    match = _SPAN.fullmatch(span) if isinstance(span, str) else None
    if match is None or (match[1] and not signed) or (int(match[2]) == 0 and not signed):
        raise refuse(path, f"{span!r} is no interval.", remedy="Write 30s, 10m, 1h or 7d.")
    return int(match[1] + match[2]) * _SECONDS[match[3]]


# ranges


def number_range(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    name = checker.typed(f"{path}.field", options.get("field"), ("integer",), "range")
    return {"field": name, "ranges": _ranges(path, options, _whole, lambda number: f"{number}.0")}


def date_range(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    name = checker.typed(f"{path}.field", options.get("field"), ("date",), "date_range")

    def moment(here: str, value: object) -> int:
        return epoch(date_bound(here, value, up=True))

    return {
        "field": name,
        "ranges": _ranges(path, options, moment, lambda at: periods.text(at, periods.UTC_ZONE)),
    }


def _ranges(
    path: str, options: Options, read: Callable[[str, object], int], told: Callable[[int], str]
) -> list[Checked]:
    """The ranges in the order of the answer: ``{"key", "from", "to"}``, open ends ``None``."""
    only(path, options, {"field", "ranges", "keyed"})
    if options.get("keyed", False) is not False:
        raise refuse(f"{path}.keyed", "Ranges come as a list.")
    given = options.get("ranges")
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= MAX_RANGES:
        raise refuse(f"{path}.ranges", f"Must be a list of 1 to {MAX_RANGES:,} ranges.")
    ranges = []
    for i, part in enumerate(given):
        here = f"{path}.ranges[{i}]"
        only(here, mapping(here, part), {"from", "to", "key"})
        ends = [part.get(end) for end in ("from", "to")]
        low, high = (
            None if value is None else read(f"{here}.{end}", value)
            for end, value in zip(("from", "to"), ends, strict=True)
        )
        if low is not None and high is not None and low > high:
            raise refuse(here, "`from` is beyond `to`.")
        label = "-".join("*" if end is None else told(end) for end in (low, high))
        key = part.get("key", label)
        if not isinstance(key, str) or not key:
            raise refuse(f"{here}.key", "Must be a text.")
        ranges.append({"key": key, "from": low, "to": high})
    endless = float("inf")
    return sorted(
        ranges,
        key=lambda r: (-endless if r["from"] is None else r["from"], endless if r["to"] is None else r["to"]),
    )


# composite


def composite(checker: Checker, path: str, options: Options, inner: Checked) -> Checked:
    only(path, options, {"sources", "size", "after"})
    given = options.get("sources")
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= 3:
        raise refuse(f"{path}.sources", "Must be a list of 1 to 3 sources.")
    sources = [_source(checker, f"{path}.sources[{i}]", part) for i, part in enumerate(given)]
    names = [source["name"] for source in sources]
    if len(set(names)) < len(names):
        raise refuse(f"{path}.sources", "Two sources have one name.")
    size = _count(f"{path}.size", options.get("size", 10), MAX_PAGE)
    after = options.get("after")
    if after is not None:
        if set(mapping(f"{path}.after", after)) != set(names):
            raise refuse(f"{path}.after", f"Must have the keys {names}.", remedy="Give the `after_key`.")
        after = [_after(checker, f"{path}.after.{s['name']}", s, after[s["name"]]) for s in sources]
    return {"sources": sources, "size": size, "after": after}


def _source(checker: Checker, path: str, part: object) -> Checked:
    name, kinds = single(path, part)
    kind, options = single(f"{path}.{name}", kinds)
    path = f"{path}.{name}.{kind}"
    options = mapping(path, options)
    order = options.get("order", "asc")
    if order not in ("asc", "desc"):
        raise refuse(f"{path}.order", "The order is 'asc' or 'desc'.")
    if kind == "terms":
        only(path, options, {"field", "order"})
        field = checker.typed(f"{path}.field", options.get("field"), ("keyword", "integer"), "terms")
        checked: Checked = {"field": field}
    elif kind == "date_histogram":
        only(path, options, {"field", "order", *_INTERVAL_KEYS})
        field = checker.typed(f"{path}.field", options.get("field"), ("date",), "date_histogram")
        checked = {"field": field, "min_doc_count": 1, **_interval(path, options)}
    elif kind == "histogram":
        only(path, options, {"field", "order", "interval"})
        field = checker.typed(f"{path}.field", options.get("field"), ("integer",), "histogram")
        interval = _count(f"{path}.interval", options.get("interval"), _LARGE)
        checked = {"field": field, "min_doc_count": 1, "interval": interval, "offset": 0}
    else:
        raise refuse(path, "No source.", remedy="One of terms, date_histogram, histogram.")
    return {"name": name, "type": kind, "order": order, "options": checked}


def _after(checker: Checker, path: str, source: Checked, value: object) -> Any:
    """The key of a source as the engines compare it; dates in seconds."""
    if source["type"] == "terms":
        return checker.value(path, source["options"]["field"], value)
    if source["type"] == "histogram":
        return _whole(path, value)
    if not isinstance(value, int) or not is_integer(value) or value % 1000 or abs(value) > _LARGE:
        raise refuse(path, f"{value!r} is no moment in milliseconds.", remedy="Give the `after_key`.")
    return value // 1000
