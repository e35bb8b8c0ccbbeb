"""The answers of an Elasticsearch to one or several requests, in the form of both engines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from store import figures
from store.elasticsearch_bodies import opened
from store.elasticsearch_query import hits_of
from store.validate_aggs import FLAT, has_deep
from store.validate_query import MAX_BUCKETS

Aggs = dict[str, Any]


def combined(
    aggs: Aggs, answers: Sequence[Aggs], total: int, behind: dict[str, dict[str, int]], whole: int
) -> Aggs:
    """The answers as one; ``UnsupportedQuery`` above the cap of buckets."""
    return _Results(behind, whole).all(aggs, answers, total)


@dataclass(slots=True)
class _Results:
    behind: dict[str, dict[str, int]]
    whole: int
    buckets: int = 0
    calls: int = 0

    def all(self, aggs: Aggs, raws: Sequence[Aggs], total: int) -> Aggs:
        """What stands in one bucket, or in the whole, of so many documents."""
        return {
            name: self._one(agg, [opened(agg, raw[name]) for raw in raws if name in raw], total)
            for name, agg in aggs.items()
        }

    def _one(self, agg: Aggs, raws: Sequence[Aggs], total: int) -> Aggs:
        kind = agg["type"]
        if kind in FLAT or kind in ("cardinality", "percentiles"):
            return _number(agg, raws[0])
        if kind == "top_hits":
            return {"hits": hits_of(agg["options"], raws[0]["hits"])}
        if kind in ("filter", "missing"):
            return self._single(agg, raws)
        if kind == "significant_terms":
            return self._significant(agg["options"], raws, total)
        if kind == "filters":
            named = agg["options"]["filters"]
            self._count(len(named))
            return {
                "buckets": {name: self._single(agg, [raw["buckets"][name] for raw in raws]) for name in named}
            }
        if kind in ("range", "date_range"):
            return self._ranges(agg, raws)
        return self._many(agg, raws)

    def _single(self, agg: Aggs, raws: Sequence[Aggs]) -> Aggs:
        number = raws[0]["doc_count"]
        return {"doc_count": number, **self.all(agg["aggs"], raws, number)}

    def _ranges(self, agg: Aggs, raws: Sequence[Aggs]) -> Aggs:
        ranges = agg["options"]["ranges"]
        self._count(len(ranges))
        is_date = agg["type"] == "date_range"
        return {
            "buckets": [
                figures.range_key(part, is_date=is_date)
                | self._single(agg, [raw["buckets"][place] for raw in raws])
                for place, part in enumerate(ranges)
            ]
        }

    def _many(self, agg: Aggs, raws: Sequence[Aggs]) -> Aggs:
        """Terms, histograms and composites: buckets found again by their keys."""
        # Keys of no terms at all were not asked again, and nothing stands inside.
        first = raws[0] if raws else {"buckets": []}
        again = [{_key(bucket): bucket for bucket in raw["buckets"]} for raw in raws]
        self._count(len(first["buckets"]))
        buckets = []
        for found in first["buckets"]:
            key, number = _key(found), found["doc_count"]
            if number and (has_deep(agg["aggs"]) or (agg["type"] == "composite" and agg["aggs"])):
                self.calls += 1
            inside = [known[key] for known in again if key in known]
            buckets.append({**_told(agg, found), **self.all(agg["aggs"], inside, number)})
        self._count(0)
        result: Aggs = {"buckets": buckets}
        if agg["type"] == "terms":
            others = first.get("sum_other_doc_count", 0)
            result |= {"doc_count_error_upper_bound": 0, "sum_other_doc_count": others}
        if agg["type"] == "composite" and buckets:
            result["after_key"] = buckets[-1]["key"]
        return result

    def _significant(self, options: Aggs, raws: Sequence[Aggs], total: int) -> Aggs:
        (raw,) = raws
        if raw["sum_other_doc_count"] or raw["doc_count_error_upper_bound"]:
            raise figures.too_many_buckets()
        found = {bucket["key"]: bucket["doc_count"] for bucket in raw["buckets"]}
        self._count(len(found))
        behind = self.behind.get(options["field"], {})
        return figures.significant(found, total, behind, self.whole, options)

    def _count(self, number: int) -> None:
        self.buckets += number
        if self.buckets > MAX_BUCKETS or self.calls > figures.MAX_CALLS:
            raise figures.too_many_buckets()


def _key(bucket: Aggs) -> Any:
    key = bucket["key"]
    return tuple(key.values()) if isinstance(key, dict) else key


def _told(agg: Aggs, bucket: Aggs) -> Aggs:
    """Key and count of a bucket."""
    key = bucket["key"]
    if agg["type"] == "histogram":
        key = int(key)
    elif agg["type"] == "composite":
        numbers = {source["name"] for source in agg["options"]["sources"] if source["type"] == "histogram"}
        key = {name: int(value) if name in numbers else value for name, value in key.items()}
    told = {"key": key, "doc_count": bucket["doc_count"]}
    if agg["type"] == "date_histogram":
        told["key_as_string"] = bucket["key_as_string"]
    return told


def _number(agg: Aggs, raw: Aggs) -> Aggs:
    if agg["type"] == "extended_stats":
        squares = raw["sum_of_squares"] or 0.0
        return figures.extended_stats(raw["count"], raw["min"], raw["max"], raw["sum"], squares)
    if agg["type"] == "percentiles":
        return {"values": {str(float(part["key"])): part["value"] for part in raw["values"]}}
    return {key: value for key, value in raw.items() if value is not None or "as_string" not in key}
