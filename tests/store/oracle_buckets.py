"""Buckets and numbers, counted document by document: the oracle's part for aggregations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from tests.store.oracle_hits import DATES, matches, page, seconds, values

Body = dict[str, Any]
Document = dict[str, Any]


def aggregate(found: list[Document], everything: list[Document], aggs: Body) -> Body:
    """The aggregations of the documents that were found."""
    answer = {}
    for name, agg in aggs.items():
        inner = agg.get("aggs", {})
        (kind,) = [key for key in agg if key != "aggs"]
        maker = _MAKERS.get(kind)
        if maker is None:
            answer[name] = _number(kind, agg[kind], found)
        else:
            answer[name] = maker(agg[kind], found, everything, inner)
    return answer


def _number(kind: str, options: Body, found: list[Document]) -> Body:
    field = options["field"]
    held = [value for document in found for value in values(document, field)]
    if kind == "value_count":
        return {"value": len(held)}
    if kind == "cardinality":
        return {"value": len(set(held))}
    if kind == "percentiles":
        percents = sorted(float(p) for p in options.get("percents", (1, 5, 25, 50, 75, 95, 99)))
        return {"values": {str(percent): _percentile(sorted(held), percent) for percent in percents}}
    low, high = (min(held), max(held)) if held else (None, None)
    mean = sum(held) / len(held) if held else None
    if kind in ("min", "max"):
        value = low if kind == "min" else high
        if field in DATES and value is not None:
            return {"value": value * 1000, "value_as_string": _told(value, UTC)}
        return {"value": value}
    if kind in ("sum", "avg"):
        return {"value": sum(held) if kind == "sum" else mean}
    stats = {"count": len(held), "min": low, "max": high, "avg": mean, "sum": sum(held)}
    return stats if kind == "stats" else stats | _spread(held)


def _spread(held: list[int]) -> Body:
    number = len(held)
    mean = sum(held) / number if held else 0
    squares = sum((value - mean) ** 2 for value in held)
    population = squares / number if held else None
    sampling = squares / (number - 1) if number > 1 else None
    found: Body = {"sum_of_squares": sum(value * value for value in held) if held else None}
    found |= {"variance": population, "variance_population": population, "variance_sampling": sampling}
    bounds: Body = {}
    for part, variance in (("", population), ("_population", population), ("_sampling", sampling)):
        deviation = None if variance is None else math.sqrt(variance)
        found[f"std_deviation{part}"] = deviation
        bounds[f"upper{part}"] = None if deviation is None else mean + 2 * deviation
        bounds[f"lower{part}"] = None if deviation is None else mean - 2 * deviation
    return found | {"std_deviation_bounds": bounds}


def _percentile(ordered: list[int], percent: float) -> float | None:
    if not ordered:
        return None
    place = percent / 100 * (len(ordered) - 1)
    low, high = ordered[math.floor(place)], ordered[math.ceil(place)]
    return low + (high - low) * (place - math.floor(place))


def _bucket(key: Body, inside: list[Document], everything: list[Document], inner: Body) -> Body:
    return {**key, "doc_count": len(inside), **aggregate(inside, everything, inner)}


def _terms(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    field = options["field"]
    groups: dict[Any, list[Document]] = {}
    for document in found:
        held = values(document, field)
        if not held and options.get("missing") is not None:
            held = [options["missing"]]
        for value in dict.fromkeys(held):
            if value in options.get("include", [value]) and value not in options.get("exclude", []):
                groups.setdefault(value, []).append(document)
    buckets = [
        _bucket({"key": key}, inside, everything, inner)
        for key, inside in groups.items()
        if len(inside) >= options.get("min_doc_count", 1)
    ]
    order = options.get("order", {"_count": "desc"})
    ((by, direction),) = (order[0] if isinstance(order, list) else order).items()
    buckets.sort(key=lambda b: b["key"], reverse=(by, direction) == ("_key", "desc"))
    if by != "_key":
        buckets.sort(key=lambda b: _rank(by, b, inner), reverse=direction == "desc")
    size = options.get("size", 10)
    others = sum(bucket["doc_count"] for bucket in buckets[size:])
    return {"doc_count_error_upper_bound": 0, "sum_other_doc_count": others, "buckets": buckets[:size]}


def _rank(by: str, bucket: Body, inner: Body) -> float:
    """What is ordered by: the mean of nothing is greater than all."""
    if by == "_count":
        return float(bucket["doc_count"])
    name, _, part = by.partition(".")
    value = bucket[name][part or "value"]
    kind = part or next(key for key in inner[name] if key != "aggs")
    if value is None:
        return {"max": -math.inf, "min": math.inf, "sum": 0.0}.get(kind, math.inf)
    return float(value)


def _significant(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    field = options["field"]
    buckets = []
    for key in sorted({value for document in found for value in values(document, field)}):
        here = sum(key in values(document, field) for document in found)
        there = sum(key in values(document, field) for document in everything)
        share, usual = here / len(found), there / len(everything)
        score = (share - usual) * (share / usual)
        if here >= options.get("min_doc_count", 3) and share > usual:
            buckets.append({"key": key, "doc_count": here, "score": score, "bg_count": there})
    buckets.sort(key=lambda bucket: -round(bucket["score"], 9))
    return {
        "doc_count": len(found),
        "bg_count": len(everything),
        "buckets": buckets[: options.get("size", 10)],
    }


def _zone(name: str) -> tzinfo:
    if name[0] in "+-":
        sign = -1 if name[0] == "-" else 1
        return timezone(sign * timedelta(hours=int(name[1:3]), minutes=int(name[4:6])))
    return ZoneInfo("UTC" if name == "Z" else name)


def _told(moment: float, zone: tzinfo) -> str:
    local = datetime.fromtimestamp(moment, zone)
    offset = local.strftime("%z")
    return local.strftime("%Y-%m-%dT%H:%M:%S.000") + (
        "Z" if offset == "+0000" else f"{offset[:3]}:{offset[3:]}"
    )


def _length(span: str) -> int:
    return int(span[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[span[-1]]


class _Periods:
    """The periods of a histogram: where that of a value begins, and which is next."""

    def __init__(self, options: Body) -> None:
        self.zone: tzinfo | None = None
        if "interval" in options:
            self.length, self.offset = options["interval"], options.get("offset", 0)
            self.calendar = ""
            return
        self.zone = _zone(options.get("time_zone", "UTC"))
        self.offset = _length(options.get("offset", "0s"))
        self.calendar = {
            "1h": "hour",
            "1d": "day",
            "1w": "week",
            "1M": "month",
            "1q": "quarter",
            "1y": "year",
        }.get(options.get("calendar_interval", ""), options.get("calendar_interval", ""))
        if not self.calendar:
            self.length = _length(options["fixed_interval"])
            shift = datetime.fromtimestamp(0, self.zone).utcoffset()
            assert shift is not None
            self.offset -= int(shift.total_seconds())

    def begin(self, value: float) -> int:
        if not self.calendar:
            return int((value - self.offset) // self.length * self.length + self.offset)
        assert self.zone is not None
        local = datetime.fromtimestamp(value - self.offset, self.zone)
        if self.calendar == "hour":
            return int(value - self.offset - local.minute * 60 - local.second) + self.offset
        day = local.date()
        if self.calendar == "week":
            day -= timedelta(days=day.weekday())
        elif self.calendar != "day":
            months = {"month": 1, "quarter": 3, "year": 12}[self.calendar]
            day = day.replace(month=(day.month - 1) // months * months + 1, day=1)
        return self._midnight(day)

    def next(self, begin: int) -> int:
        if not self.calendar:
            return begin + self.length
        longest = {"hour": 1, "day": 36, "week": 200, "month": 800, "quarter": 2300, "year": 8900}[
            self.calendar
        ]
        return self.begin(begin + longest * 3600)

    def _midnight(self, day: date) -> int:
        local = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return int(local.astimezone(UTC).timestamp()) + self.offset

    def key(self, begin: int) -> Body:
        if self.zone is None:
            return {"key": begin}
        return {"key": begin * 1000, "key_as_string": _told(begin, self.zone)}


def _histogram(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    periods = _Periods(options)
    read: Callable[[Any], Any] = (lambda end: end) if "interval" in options else seconds
    groups: dict[int, list[Document]] = {}
    for document in found:
        for value in values(document, options["field"]):
            begin = periods.begin(value)
            if _is_inside(periods, options.get("hard_bounds"), begin, read):
                groups.setdefault(begin, []).append(document)
    least = options.get("min_doc_count", 0)
    begins = sorted(groups)
    if least == 0:
        bounds = options.get("extended_bounds", {})
        ends = begins + [periods.begin(read(end)) for end in bounds.values()]
        begins = []
        while ends and (not begins or begins[-1] < max(ends)):
            begins.append(periods.next(begins[-1]) if begins else min(ends))
    buckets = [
        _bucket(periods.key(begin), groups.get(begin, []), everything, inner)
        for begin in begins
        if len(groups.get(begin, [])) >= least
    ]
    return {"buckets": buckets}


def _is_inside(periods: _Periods, hard: Body | None, begin: int, read: Callable[[Any], Any]) -> bool:
    if hard is None:
        return True
    low, high = read(hard["min"]), read(hard["max"])
    if periods.zone is None:
        return bool(low <= begin <= high)
    return periods.begin(low) <= begin < periods.begin(high)


def _ranges(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    field = options["field"]
    is_date = field in DATES
    ranges = []
    for part in options["ranges"]:
        low, high = (
            None if part.get(end) is None else math.ceil(seconds(part[end])) if is_date else part[end]
            for end in ("from", "to")
        )
        label = "-".join(
            "*" if end is None else _told(end, UTC) if is_date else f"{end}.0" for end in (low, high)
        )
        key: Body = {"key": part.get("key", label)}
        for name, end in (("from", low), ("to", high)):
            if end is not None:
                key[name] = end * 1000 if is_date else end
                if is_date:
                    key[f"{name}_as_string"] = _told(end, UTC)
        ranges.append((-math.inf if low is None else low, math.inf if high is None else high, key))
    ranges.sort(key=lambda each: each[:2])
    buckets = []
    for low, high, key in ranges:
        inside = [d for d in found if any(low <= value < high for value in values(d, field))]
        buckets.append(_bucket(key, inside, everything, inner))
    return {"buckets": buckets}


def _filter(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    return _bucket({}, [d for d in found if matches(options, d)], everything, inner)


def _filters(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    named = options["filters"].items()
    return {"buckets": {name: _filter(query, found, everything, inner) for name, query in named}}


def _missing(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    return _bucket({}, [d for d in found if not values(d, options["field"])], everything, inner)


def _top_hits(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    hits = page(found, options, options.get("size", 3))
    return {"hits": {"total": {"value": len(found), "relation": "eq"}, "hits": hits}}


def _composite(options: Body, found: list[Document], everything: list[Document], inner: Body) -> Body:
    sources = []
    for part in options["sources"]:
        ((name, kinds),) = part.items()
        ((kind, chosen),) = kinds.items()
        sources.append((name, kind, chosen))
    groups: dict[tuple[Any, ...], list[Document]] = {}
    for document in found:
        for key in itertools.product(*(_keys(document, kind, chosen) for _, kind, chosen in sources)):
            groups.setdefault(key, []).append(document)
    keys = list(groups)
    after = options.get("after")
    last = None if after is None else tuple(after[name] for name, _, _ in sources)
    every = [*keys, last] if last is not None and last not in groups else keys
    for place in reversed(range(len(sources))):
        every.sort(key=lambda key: key[place], reverse=sources[place][2].get("order") == "desc")
    if last is not None:
        every = every[every.index(last) + 1 :]
    buckets = [
        _bucket(
            {"key": {name: part for (name, _, _), part in zip(sources, key, strict=True)}},
            groups[key],
            everything,
            inner,
        )
        for key in every[: options.get("size", 10)]
    ]
    return {"buckets": buckets, **({"after_key": buckets[-1]["key"]} if buckets else {})}


def _keys(document: Document, kind: str, options: Body) -> list[Any]:
    held = values(document, options["field"])
    if kind == "terms":
        return list(dict.fromkeys(held))
    periods = _Periods(options)
    return [periods.key(periods.begin(value))["key"] for value in held]


_MAKERS: dict[str, Callable[[Body, list[Document], list[Document], Body], Body]] = {
    "terms": _terms,
    "significant_terms": _significant,
    "date_histogram": _histogram,
    "histogram": _histogram,
    "range": _ranges,
    "date_range": _ranges,
    "filter": _filter,
    "filters": _filters,
    "missing": _missing,
    "top_hits": _top_hits,
    "composite": _composite,
}
