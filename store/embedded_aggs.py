"""Aggregations on Tantivy with Elasticsearch's answers: those of one bucket, ranges, and counted numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from tantivy import Query, Searcher

from store import figures
from store.embedded_asking import Aggs, Asking
from store.embedded_composite import composite
from store.embedded_histograms import histogram
from store.embedded_pages import Page
from store.embedded_query import Translator, every, missing
from store.embedded_read import count_hits, find_all, read_column
from store.embedded_terms import significant_terms, terms

_ESTIMATED_FROM: Final = 61_000


def aggregate(searcher: Searcher, translator: Translator, query: Query, aggs: Aggs) -> dict[str, Any]:
    """The results of checked aggregations by name."""
    return Asking(searcher, translator, _MAKERS).aggregate(query, aggs)


def _filter(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    return asking.single(every([query, asking.translator.query(agg["options"]["query"])]), agg["aggs"])


def _filters(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    named = agg["options"]["filters"]
    asking.count_buckets(len(named))
    return {
        "buckets": {
            name: asking.single(every([query, asking.translator.query(part)]), agg["aggs"])
            for name, part in named.items()
        }
    }


def _missing(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    return asking.single(every([query, missing(agg["options"]["field"])]), agg["aggs"])


def _ranges(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    name, ranges = agg["options"]["field"], agg["options"]["ranges"]
    is_date = agg["type"] == "date_range"
    asking.count_buckets(len(ranges))
    buckets = []
    for part in ranges:
        low, high = part["from"], part["to"]
        if low is not None and low == high:
            within = Query.empty_query()
        else:
            within = asking.translator.between(name, low, high, high_in=high is None)
        found = asking.single(every([query, within]), agg["aggs"])
        buckets.append({**figures.range_key(part, is_date=is_date), **found})
    return {"buckets": buckets}


def _distinct(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """Distinct values, counted one by one up to the cap and estimated above it."""
    name = agg["options"]["field"]
    if count_hits(asking.searcher, query) > _ESTIMATED_FROM:
        estimate = asking.ask(query, {"n": {"cardinality": {"field": name}}})["n"]["value"]
        if estimate > _ESTIMATED_FROM:
            return {"value": round(estimate)}
    counted = asking.counts(query, name)
    if counted is not None:
        return {"value": len(counted)}
    return {"value": round(asking.ask(query, {"n": {"cardinality": {"field": name}}})["n"]["value"])}


def _percentiles(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """Percentiles of all values; the engine's own are estimates."""
    name, percents = agg["options"]["field"], agg["options"]["percents"]
    counts = asking.counts(query, name)
    if counts is None:
        found = every([query, Query.exists_query(name)])
        column = read_column(asking.searcher, name, find_all(asking.searcher, found))
        values, numbers = np.unique(column, return_counts=True)
        counts = dict(zip(values.tolist(), numbers.tolist(), strict=True))
    return figures.percentiles(counts, percents)


def _top_hits(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    request = {**agg["options"], "from": 0, "after": None, "scored": None}
    page = Page(asking.searcher, asking.translator, query, request)
    return {"hits": {"total": {"value": page.total, "relation": "eq"}, "hits": page.hits()}}


_MAKERS: Final[dict[str, Callable[[Asking, Query, Aggs], dict[str, Any]]]] = {
    "cardinality": _distinct,
    "percentiles": _percentiles,
    "top_hits": _top_hits,
    "filter": _filter,
    "filters": _filters,
    "missing": _missing,
    "range": _ranges,
    "date_range": _ranges,
    "terms": terms,
    "significant_terms": significant_terms,
    "date_histogram": histogram,
    "histogram": histogram,
    "composite": composite,
}
