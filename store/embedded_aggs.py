"""Aggregations on Tantivy with Elasticsearch's answers.

Tantivy fills the buckets inside for every term before it drops any, knows no calendar, orders ties by
its own rules and estimates distinct counts. So buckets are found first, and what stands inside is asked
for the kept ones alone; calendar periods are ranges; distinct counts are counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from zoneinfo import ZoneInfo

from tantivy import Query, Searcher

from posts.errors import UnsupportedQuery
from store import periods
from store.embedded_query import Translator, every, without
from store.mapping import FIELDS, epoch
from store.validate_aggs import MAX_NESTED, METRICS
from store.validate_query import MAX_BUCKETS

_ALL: Final = 65_000
"""The most buckets that Tantivy returns; also asked of each segment, which makes counts exact."""
_ESTIMATED_FROM: Final = 61_000
_UTC: Final = ZoneInfo("UTC")

Aggs = dict[str, Any]


def too_many_buckets() -> UnsupportedQuery:
    """The error for an answer beyond the cap that both engines keep."""
    return UnsupportedQuery(
        f"The answer has more than {MAX_BUCKETS:,} buckets.",
        subject="aggs",
        remedy="Narrow the query or widen the interval.",
    )


@dataclass(slots=True)
class Aggregator:
    """Answers the aggregations of one request from one snapshot."""

    searcher: Searcher
    translator: Translator
    buckets: int = 0

    def aggregate(self, query: Query, aggs: Aggs) -> dict[str, Any]:
        """The results by name."""
        flat = {name: agg for name, agg in aggs.items() if _is_flat(agg)}
        results = self._numbers(self._call(query, flat), flat) if flat else {}
        makers: dict[str, Callable[[Query, Aggs], dict[str, Any]]] = {
            "terms": self._terms,
            "date_histogram": self._date_histogram,
            "cardinality": self._distinct,
        }
        for name, agg in aggs.items():
            if name not in flat:
                results[name] = makers[agg["type"]](query, agg)
        return results

    def _call(self, query: Query, flat: Aggs) -> dict[str, Any]:
        """Ask Tantivy for plain numbers."""
        return self._ask(query, _native(flat))

    def _ask(self, query: Query, native: dict[str, Any]) -> dict[str, Any]:
        try:
            return dict(self.searcher.aggregate(query, native))
        except ValueError as error:
            if "imit" in str(error):
                raise too_many_buckets() from error
            raise

    def _numbers(self, raw: dict[str, Any], flat: Aggs) -> dict[str, Any]:
        """Tantivy's numbers in Elasticsearch's types."""
        results: dict[str, Any] = {}
        for name, agg in flat.items():
            number = dict(raw[name])
            if agg["type"] == "value_count":
                number["value"] = int(number["value"])
            elif self._is_date(agg) and number["value"] is not None:
                number = {
                    "value": number["value"] * 1000.0,
                    "value_as_string": periods.text(int(number["value"]), _UTC),
                }
            results[name] = number
        return results

    def _is_date(self, agg: Aggs) -> bool:
        return FIELDS[self.translator.collection][agg["options"]["field"]].type == "date"

    def _distinct(self, query: Query, agg: Aggs) -> dict[str, Any]:
        """Distinct values, counted one by one up to the cap and estimated above it."""
        name = agg["options"]["field"]
        estimate = self._ask(query, {"n": {"cardinality": {"field": name}}})["n"]["value"]
        if estimate > _ESTIMATED_FROM:
            return {"value": round(estimate)}
        counted = self._ask(query, {"n": {"terms": _wide(name, _ALL)}})
        return {"value": len(counted["n"]["buckets"])}

    # terms

    def _terms(self, query: Query, agg: Aggs) -> dict[str, Any]:
        options, inner = agg["options"], agg["aggs"]
        flat = {name: sub for name, sub in inner.items() if _is_flat(sub)}
        deep = {name: sub for name, sub in inner.items() if name not in flat}
        query, native = self._narrowed(query, options)
        found, others = self._top(query, native, options, flat)
        self._count_buckets(len(found))
        field = options["field"]
        buckets = []
        for raw in found:
            bucket = {"key": raw["key"], "doc_count": raw["doc_count"], **self._numbers(raw, flat)}
            if deep:
                bucket |= self.aggregate(every([query, self.translator.term(field, raw["key"])]), deep)
            buckets.append(bucket)
        answer: dict[str, Any] = {"buckets": buckets}
        if options["min_doc_count"] == 1:
            answer["sum_other_doc_count"] = others
        return answer

    def _narrowed(self, query: Query, options: Aggs) -> tuple[Query, dict[str, Any]]:
        """The query and Tantivy's options that keep to ``include`` and ``exclude``."""
        field = options["field"]
        native: dict[str, Any] = {}
        if FIELDS[self.translator.collection][field].many:
            native = {key: options[key] for key in ("include", "exclude") if options.get(key)}
            if "include" in options:
                query = every([query, self.translator.any_of(field, options["include"])])
            return query, native
        if "include" in options:
            query = every([query, self.translator.any_of(field, options["include"])])
        if options.get("exclude"):
            query = without(query, self.translator.any_of(field, options["exclude"]))
        return query, native

    def _top(
        self, query: Query, native: dict[str, Any], options: Aggs, flat: Aggs
    ) -> tuple[list[dict[str, Any]], int]:
        """The buckets to be kept in Elasticsearch's order, and how many documents the others have."""
        size, least, (by, direction) = options["size"], options["min_doc_count"], options["order"]
        by_count = (by, direction) == ("_count", "desc")
        wanted = min(size + 32, _ALL) if by_count or (by == "_key" and least == 1) else _ALL
        while True:
            terms = {"terms": {**_wide(options["field"], wanted), **native, "order": {by: direction}}}
            if flat:
                terms["aggs"] = _native(flat)
            raw = self._ask(query, {"t": terms})["t"]
            found = raw["buckets"]
            whole = len(found) < wanted or wanted == _ALL
            # Equal counts at the cut: all of them are needed to order them by key.
            if whole or not by_count or found[-1]["doc_count"] < found[size - 1]["doc_count"]:
                break
            wanted = min(wanted * 8, _ALL)
        kept = [bucket for bucket in found if bucket["doc_count"] >= least]
        kept.sort(key=lambda bucket: bucket["key"], reverse=(by, direction) == ("_key", "desc"))
        if by != "_key":
            rank = _rank(by, flat)
            kept.sort(key=rank, reverse=direction == "desc")
            if by in flat and flat[by]["type"] == "avg":
                kept.sort(key=lambda bucket: bucket[by]["value"] is None)
        others = raw["sum_other_doc_count"] + sum(bucket["doc_count"] for bucket in kept[size:])
        return kept[:size], others

    # date_histogram

    def _date_histogram(self, query: Query, agg: Aggs) -> dict[str, Any]:
        options, inner = agg["options"], agg["aggs"]
        field = options["field"]
        flat = {name: sub for name, sub in inner.items() if _is_flat(sub)}
        deep = {name: sub for name, sub in inner.items() if name not in flat}
        ends = self._ask(query, {key: {key: {"field": field}} for key in ("min", "max")})
        moments = [int(end["value"]) for end in ends.values() if end["value"] is not None]
        least = options["min_doc_count"]
        if least == 0:
            moments += map(epoch, options.get("bounds", ()))
        if not moments:
            return {"buckets": []}
        frame = _Frame.of(options, min(moments), max(moments))
        found = self._periods(query, field, frame, flat)
        if deep and len(found) > MAX_NESTED:
            raise too_many_buckets()
        starts = list(frame.starts) if least == 0 else sorted(found)
        self._count_buckets(len(starts))
        buckets = []
        for start in starts:
            raw = found.get(start)
            if raw is None:
                bucket: dict[str, Any] = {"doc_count": 0}
                bucket |= self.aggregate(Query.empty_query(), inner) if inner else {}
            elif raw["doc_count"] < least:
                continue
            else:
                bucket = {"doc_count": raw["doc_count"], **self._numbers(raw, flat)}
                if deep:
                    inside = self.translator.between(field, start, raw["end"], high_in=False)
                    bucket |= self.aggregate(every([query, inside]), deep)
            key = {"key": start * 1000, "key_as_string": periods.text(start, frame.zone)}
            buckets.append({**key, **bucket})
        return {"buckets": buckets}

    def _periods(self, query: Query, field: str, frame: _Frame, flat: Aggs) -> dict[int, dict[str, Any]]:
        """The periods that have documents, by their beginning, each with its end."""
        subs = {"aggs": _native(flat)} if flat else {}
        if frame.even is not None:
            length, offset = frame.even
            histogram = {"field": field, "interval": length, "offset": offset % length, "min_doc_count": 1}
            raw = self._ask(query, {"h": {"histogram": histogram, **subs}})
            return {int(b["key"]): {**b, "end": int(b["key"]) + length} for b in raw["h"]["buckets"]}
        starts = frame.starts
        ranges = [{"from": a, "to": b} for a, b in pairwise(starts)]
        ranges.append({"from": starts[-1], "to": frame.end})
        raw = self._ask(query, {"h": {"range": {"field": field, "ranges": ranges}, **subs}})
        return {
            int(b["from"]): {**b, "end": int(b["to"])}
            for b in raw["h"]["buckets"]
            if "from" in b and "to" in b and b["doc_count"]
        }

    def _count_buckets(self, number: int) -> None:
        self.buckets += number
        if self.buckets > MAX_BUCKETS:
            raise too_many_buckets()


@dataclass(frozen=True, slots=True)
class _Frame:
    """The periods of a histogram: their beginnings, the end of the last, and their length if it is one."""

    starts: range | list[int]
    end: int
    even: tuple[int, int] | None
    zone: ZoneInfo

    @classmethod
    def of(cls, options: Aggs, first: int, last: int) -> _Frame:
        zone = ZoneInfo(options["time_zone"]) if "calendar" in options else _UTC
        if "calendar" in options:
            even = periods.even(options["calendar"], zone, first, last)
        else:
            even = (options["interval_s"], options["offset_s"])
        if even is not None:
            length, offset = even
            begin = first - (first - offset) % length
            starts = range(begin, last + 1, length)
            if len(starts) > MAX_BUCKETS and options["min_doc_count"] == 0:
                raise too_many_buckets()
            return cls(starts, starts[-1] + length, even, zone)
        *found, end = periods.starts(options["calendar"], zone, first, last)
        if len(found) > MAX_BUCKETS:
            raise too_many_buckets()
        return cls(found, end, None, zone)


def _is_flat(agg: Aggs) -> bool:
    return agg["type"] in METRICS and agg["type"] != "cardinality"


def _native(flat: Aggs) -> dict[str, Any]:
    return {name: {agg["type"]: {"field": agg["options"]["field"]}} for name, agg in flat.items()}


def _wide(field: str, size: int) -> dict[str, Any]:
    return {"field": field, "size": size, "segment_size": _ALL}


def _rank(by: str, flat: Aggs) -> Callable[[dict[str, Any]], float]:
    """What buckets are ordered by; a number without values ranks as in Elasticsearch."""
    if by == "_count":
        return lambda bucket: float(bucket["doc_count"])
    missing = {"max": float("-inf"), "min": float("inf")}.get(flat[by]["type"], 0.0)

    def rank(bucket: dict[str, Any]) -> float:
        value = bucket[by]["value"]
        return missing if value is None else float(value)

    return rank
