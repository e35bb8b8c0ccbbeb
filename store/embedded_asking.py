"""One request's aggregations on a Tantivy snapshot: what is asked, counted and kept to the cap.

Tantivy fills the buckets inside for every term before it drops any, knows no calendar, orders ties by
its own rules and estimates distinct counts. So buckets are found first, and what stands inside is asked
for the kept ones alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from tantivy import Query, Searcher

from store import figures, periods
from store.embedded_query import Translator
from store.embedded_read import count_hits
from store.mapping import FIELDS, FieldType
from store.validate_aggs import FLAT
from store.validate_query import MAX_BUCKETS

ALL: Final = 65_000
"""The most buckets that Tantivy returns; also asked of each segment, which makes counts exact."""

Aggs = dict[str, Any]


@dataclass(slots=True)
class Asking:
    """Answers the aggregations of one request; ``makers`` are those that are no plain numbers."""

    searcher: Searcher
    translator: Translator
    makers: Mapping[str, Callable[[Asking, Query, Aggs], dict[str, Any]]]
    buckets: int = 0
    calls: int = 0

    def aggregate(self, query: Query, aggs: Aggs) -> dict[str, Any]:
        """The results by name."""
        flat, deep = split(aggs)
        results = self.numbers(self.ask(query, native(flat)), flat) if flat else {}
        for name, agg in deep.items():
            results[name] = self.makers[agg["type"]](self, query, agg)
        return results

    def inside(self, query: Query, deep: Aggs) -> dict[str, Any]:
        """What stands inside one bucket beside its plain numbers."""
        if not deep:
            return {}
        self.count_calls(1)
        return self.aggregate(query, deep)

    def count_calls(self, number: int) -> None:
        """Keep to the cap of buckets that are looked into."""
        self.calls += number
        if self.calls > figures.MAX_CALLS:
            raise figures.too_many_buckets()

    def ask(self, query: Query, request: dict[str, Any]) -> dict[str, Any]:
        """Tantivy's own answer."""
        try:
            return dict(self.searcher.aggregate(query, request))
        except ValueError as error:
            if "imit" in str(error):
                raise figures.too_many_buckets() from error
            raise

    def numbers(self, raw: dict[str, Any], flat: Aggs) -> dict[str, Any]:
        """Tantivy's plain numbers in Elasticsearch's types."""
        results: dict[str, Any] = {}
        for name, agg in flat.items():
            number = dict(raw[name])
            if agg["type"] == "value_count":
                number["value"] = int(number["value"])
            elif agg["type"] == "extended_stats":
                number = figures.extended_stats(
                    number["count"], number["min"], number["max"], number["sum"], number["sum_of_squares"]
                )
            elif self.field(agg).type == "date" and number["value"] is not None:
                number = {
                    "value": number["value"] * 1000.0,
                    "value_as_string": periods.text(int(number["value"]), periods.UTC_ZONE),
                }
            results[name] = number
        return results

    def field(self, agg: Aggs) -> FieldType:
        """The type of the field of an aggregation."""
        return FIELDS[self.translator.collection][agg["options"]["field"]]

    def is_many(self, name: str) -> bool:
        """Whether a document may have several values of a field."""
        return FIELDS[self.translator.collection][name].many

    def is_column(self, name: str) -> bool:
        """Whether the values of a field can be read as a column."""
        return FIELDS[self.translator.collection][name].type in ("integer", "date")

    def count_buckets(self, number: int) -> None:
        """Keep to the cap of buckets in one answer."""
        self.buckets += number
        if self.buckets > MAX_BUCKETS:
            raise figures.too_many_buckets()

    def counts(self, query: Query, name: str) -> dict[Any, int] | None:
        """How often each value of a field occurs; ``None`` if there are more than can be told."""
        raw = self.ask(query, {"n": {"terms": wide(name, ALL)}})["n"]["buckets"]
        return None if len(raw) == ALL else {bucket["key"]: bucket["doc_count"] for bucket in raw}

    def single(self, query: Query, aggs: Aggs) -> dict[str, Any]:
        """One bucket: everything that matches."""
        number = count_hits(self.searcher, query)
        return {"doc_count": number, **(self.aggregate(query, aggs) if aggs else {})}


def split(aggs: Aggs) -> tuple[Aggs, Aggs]:
    """The plain numbers, and the others."""
    flat = {name: agg for name, agg in aggs.items() if agg["type"] in FLAT}
    return flat, {name: agg for name, agg in aggs.items() if name not in flat}


def native(flat: Aggs) -> dict[str, Any]:
    """Plain numbers as Tantivy is asked for them."""
    return {name: {agg["type"]: {"field": agg["options"]["field"]}} for name, agg in flat.items()}


def wide(field: str, size: int) -> dict[str, Any]:
    """Options of terms that are counted exactly."""
    return {"field": field, "size": size, "segment_size": ALL}
