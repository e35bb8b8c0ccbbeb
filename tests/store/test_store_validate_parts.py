"""Sorting, pages and aggregations outside the subset are refused, with the path of the key."""

from __future__ import annotations

from typing import Any

import pytest

from posts.errors import UnsupportedQuery
from store.validate import prepared


def _agg(kind: str, **options: Any) -> dict[str, Any]:
    return {"aggs": {"a": {kind: options}}}


def _after(*after: Any, **body: Any) -> dict[str, Any]:
    return {"sort": [{"created_at": "desc"}], "search_after": list(after), **body}


def _nested(levels: int, last: dict[str, Any]) -> dict[str, Any]:
    aggs = {"x": last}
    for _ in range(levels):
        aggs = {"x": {"terms": {"field": "author"}, "aggs": aggs}}
    return {"aggs": aggs}


def _sources(*sources: Any, **options: Any) -> dict[str, Any]:
    return {"aggs": {"a": {"composite": {"sources": list(sources), **options}}}}


_DAYS = {"field": "created_at", "calendar_interval": "day"}
_TAGS = {"t": {"terms": {"field": "hashtags"}}}
_A = "aggs.a"
REFUSED = [
    pytest.param(_after("x", "p1"), "search_after[0]", id="text for a date"),
    pytest.param(_after(1_790_000_000_001, "p1"), "search_after[0]", id="between two seconds"),
    pytest.param(_after(1_790_000_000_000, 1), "search_after[1]", id="number for an id"),
    pytest.param(_after(True, "p1"), "search_after[0]", id="truth for a date"),
    pytest.param(_after("p1"), "search_after", id="half a place"),
    pytest.param({"search_after": "p1"}, "search_after", id="no list"),
    pytest.param(_after(None, "p1", **{"from": 5}), "from", id="from and search_after"),
    pytest.param({"size": True}, "size", id="truth for a size"),
    pytest.param({"from": 10_000, "size": 1}, "size", id="from beyond the window"),
    pytest.param({"_source": {"includes": ["id"]}}, "_source", id="source of patterns"),
    pytest.param({"_source": [1]}, "_source", id="source of numbers"),
    pytest.param({"sort": [{"id": "asc"}, "likes"]}, "sort", id="by id, then a number"),
    pytest.param({"sort": ["text"]}, "sort[0].text", id="by text"),
    pytest.param({"sort": ["nothing"]}, "sort[0].nothing", id="by an unknown field"),
    pytest.param(
        {"query": {"match_phrase": {"text": {"query": "a b c d e f", "slop": 3}}}},
        "query.match_phrase.text.slop",
        id="too many placings",
    ),
    pytest.param(
        {"query": {"match_phrase": {"text": {"query": "a b", "slop": True}}}},
        "query.match_phrase.text.slop",
        id="truth for a slop",
    ),
    pytest.param(
        {"query": {"bool": {"should": [{"match_all": {}}], "minimum_should_match": True}}},
        "query.bool.minimum_should_match",
        id="truth of should",
    ),
    pytest.param(
        {"query": {"bool": {"should": [{"match_all": {}}], "minimum_should_match": -1}}},
        "query.bool.minimum_should_match",
        id="all but one",
    ),
    pytest.param(
        {"query": {"bool": {"should": [{"match_all": {}}], "minimum_should_match": 2}}},
        "query.bool.minimum_should_match",
        id="two of one",
    ),
    pytest.param(_agg("value_count", field="text"), f"{_A}.value_count.field", id="count of text"),
    pytest.param(_agg("cardinality", field="text"), f"{_A}.cardinality.field", id="distinct texts"),
    pytest.param(_agg("cardinality", field="post"), f"{_A}.cardinality.field", id="distinct kept"),
    pytest.param(
        _agg("cardinality", field="author", precision_threshold=True),
        f"{_A}.cardinality.precision_threshold",
        id="truth for a precision",
    ),
    pytest.param(_agg("sum", field="likes", missing=0), f"{_A}.sum.missing", id="sum of missing"),
    pytest.param(_agg("percentiles", field="platform"), f"{_A}.percentiles.field", id="percentiles of texts"),
    pytest.param(
        _agg("percentiles", field="likes", percents=[101]), f"{_A}.percentiles.percents", id="101 percent"
    ),
    pytest.param(
        _agg("percentiles", field="likes", percents=[]), f"{_A}.percentiles.percents", id="no percents"
    ),
    pytest.param(
        _agg("percentiles", field="likes", percents=[True]), f"{_A}.percentiles.percents", id="true percent"
    ),
    pytest.param(
        _agg("percentiles", field="likes", keyed=False), f"{_A}.percentiles.keyed", id="percentiles unkeyed"
    ),
    pytest.param(_agg("top_hits", size=0), f"{_A}.top_hits.size", id="no top hits"),
    pytest.param(_agg("top_hits", size=101), f"{_A}.top_hits.size", id="too many top hits"),
    pytest.param(_agg("top_hits", sort=["_score"]), f"{_A}.top_hits.sort", id="best hits"),
    pytest.param(_agg("top_hits", sort=["platform"]), f"{_A}.top_hits.sort[0].platform", id="hits by text"),
    pytest.param(_agg("top_hits", _source=["nothing"]), f"{_A}.top_hits._source", id="hits of nothing"),
    pytest.param({"aggs": {"a": {"filter": {"script": {}}}}}, f"{_A}.filter.script", id="filter by script"),
    pytest.param(
        {"aggs": {"a": {"filters": {"filters": {"b": {"term": {"likes": "x"}}}}}}},
        f"{_A}.filters.filters.b.term.likes",
        id="one filter of several",
    ),
    pytest.param(_agg("filters", filters={}), f"{_A}.filters.filters", id="no filters"),
    pytest.param(_agg("filters", filters=[{"match_all": {}}]), f"{_A}.filters.filters", id="unnamed filters"),
    pytest.param(
        _agg("filters", filters={"a": {"match_all": {}}}, other_bucket=True),
        f"{_A}.filters.other_bucket",
        id="other bucket",
    ),
    pytest.param(_agg("missing", field="text"), f"{_A}.missing.field", id="missing text"),
    pytest.param(_agg("global"), f"{_A}.global", id="global"),
    pytest.param(
        _agg("terms", field="author", order=[{"_key": "asc"}, {"_count": "desc"}]),
        f"{_A}.terms.order",
        id="two orders",
    ),
    pytest.param(
        {"aggs": {"a": {"terms": {"field": "author", "order": {"c": "asc"}},
                        "aggs": {"c": {"cardinality": {"field": "is"}}}}}},
        f"{_A}.terms.order.c",
        id="by distinct counts",
    ),
    pytest.param(
        {"aggs": {"a": {"terms": {"field": "author", "order": {"c.variance": "asc"}},
                        "aggs": {"c": {"extended_stats": {"field": "likes"}}}}}},
        f"{_A}.terms.order.c.variance",
        id="by variance",
    ),
    pytest.param(
        _agg("terms", field="likes", include=[1, "2"]), f"{_A}.terms.include[1]", id="text among numbers"
    ),
    pytest.param(_agg("terms", field="likes", exclude=[True]), f"{_A}.terms.exclude[0]", id="truth excluded"),
    pytest.param(_agg("terms", field="author", size=True), f"{_A}.terms.size", id="truth for a size"),
    pytest.param(_agg("terms", field="author", shard_size=9), f"{_A}.terms.shard_size", id="shard size"),
    pytest.param(_agg("significant_terms", field="likes"), f"{_A}.significant_terms.field", id="numbers"),
    pytest.param(
        _agg("significant_terms", field="hashtags", gnd={}), f"{_A}.significant_terms.gnd", id="another score"
    ),
    pytest.param(
        {"aggs": {"a": {"significant_terms": {"field": "is"}, "aggs": {"b": {"sum": {"field": "likes"}}}}}},
        _A,
        id="inside significant terms",
    ),
    pytest.param(
        {"aggs": {"a": {"sum": {"field": "likes"}, "aggs": {"b": {"sum": {"field": "likes"}}}}}},
        _A,
        id="inside a number",
    ),
    pytest.param(_nested(3, {"terms": {"field": "is"}}), "aggs.x.aggs.x.aggs.x.aggs.x", id="four levels"),
    pytest.param(
        {"aggs": {"a": {"terms": {"field": "is"}, "aggs": {"b": {"composite": {"sources": [_TAGS]}}}}}},
        "aggs.a.aggs.b.composite",
        id="composite inside",
    ),
    pytest.param({"aggs": {"a.b": {"sum": {"field": "likes"}}}}, "aggs.a.b", id="a name with a dot"),
    pytest.param(_agg("histogram", field="likes"), f"{_A}.histogram.interval", id="no interval of numbers"),
    pytest.param(_agg("histogram", field="likes", interval=0), f"{_A}.histogram.interval", id="interval 0"),
    pytest.param(_agg("histogram", field="likes", interval=0.5), f"{_A}.histogram.interval", id="half steps"),
    pytest.param(_agg("histogram", field="likes", interval=True), f"{_A}.histogram.interval", id="true"),
    pytest.param(_agg("histogram", field="created_at", interval=5), f"{_A}.histogram.field", id="of dates"),
    pytest.param(
        _agg("histogram", field="likes", interval=5, offset=0.5), f"{_A}.histogram.offset", id="half"
    ),
    pytest.param(
        _agg("histogram", field="likes", interval=5, hard_bounds={"min": 0}),
        f"{_A}.histogram.hard_bounds",
        id="half bounds",
    ),
    pytest.param(
        _agg("histogram", field="likes", interval=5, hard_bounds={"min": 3, "max": 2}),
        f"{_A}.histogram.hard_bounds",
        id="bounds the other way round",
    ),
    pytest.param(
        _agg("histogram", field="likes", interval=5, hard_bounds={"min": 0, "max": 9},
             extended_bounds={"min": 0, "max": 10}),
        f"{_A}.histogram.extended_bounds",
        id="extended beyond hard",
    ),
    pytest.param(
        _agg("histogram", field="likes", interval=5, min_doc_count=-1),
        f"{_A}.histogram.min_doc_count",
        id="fewer than none",
    ),
    pytest.param(_agg("histogram", field="likes", interval=5, keyed=True), f"{_A}.histogram.keyed", id="key"),
    pytest.param(
        _agg("date_histogram", **_DAYS, format="yyyy"), f"{_A}.date_histogram.format", id="format of keys"
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, fixed_interval="1d"), f"{_A}.date_histogram", id="two intervals"
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, offset="1d"), f"{_A}.date_histogram.offset", id="a whole offset"
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, offset=3600), f"{_A}.date_histogram.offset", id="offset of a number"
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, time_zone=3), f"{_A}.date_histogram.time_zone", id="zone of a number"
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, time_zone="+3:30"), f"{_A}.date_histogram.time_zone", id="short zone"
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, extended_bounds={"min": "2026-11-01", "max": "2026-11-02T00:00:00Z"}),
        f"{_A}.date_histogram.extended_bounds.min",
        id="bound without a zone",
    ),
    pytest.param(
        _agg("date_histogram", **_DAYS, missing="2026-11-01T00:00:00Z"),
        f"{_A}.date_histogram.missing",
        id="missing dates",
    ),
    pytest.param(_agg("range", field="likes", ranges=[]), f"{_A}.range.ranges", id="no ranges"),
    pytest.param(
        _agg("range", field="likes", ranges=[{"from": 5, "to": 3}]), f"{_A}.range.ranges[0]", id="turned"
    ),
    pytest.param(
        _agg("range", field="likes", ranges=[{"from": True}]), f"{_A}.range.ranges[0].from", id="true range"
    ),
    pytest.param(
        _agg("range", field="likes", ranges=[{"gte": 3}]), f"{_A}.range.ranges[0].gte", id="range by gte"
    ),
    pytest.param(
        _agg("range", field="likes", ranges=[{"to": 3}], keyed=True), f"{_A}.range.keyed", id="keyed ranges"
    ),
    pytest.param(
        _agg("date_range", field="created_at", ranges=[{"from": "now-1d"}]),
        f"{_A}.date_range.ranges[0].from",
        id="date math",
    ),
    pytest.param(
        _agg("date_range", field="created_at", ranges=[{"to": "2026-11-01T00:00:00"}]),
        f"{_A}.date_range.ranges[0].to",
        id="range without a zone",
    ),
    pytest.param(
        _agg("date_range", field="likes", ranges=[{"to": 3}]), f"{_A}.date_range.field", id="dates of numbers"
    ),
    pytest.param(_sources(), f"{_A}.composite.sources", id="no sources"),
    pytest.param(_sources(_TAGS, _TAGS), f"{_A}.composite.sources", id="two of one name"),
    pytest.param(
        _sources({"t": {"geotile_grid": {"field": "is"}}}),
        f"{_A}.composite.sources[0].t.geotile_grid",
        id="unknown source",
    ),
    pytest.param(_sources(_TAGS, after={"x": "a"}), f"{_A}.composite.after", id="after another"),
    pytest.param(_sources(_TAGS, after={"t": 1}), f"{_A}.composite.after.t", id="after a number"),
    pytest.param(
        _sources({"d": {"date_histogram": _DAYS}}, after={"d": "2026"}),
        f"{_A}.composite.after.d",
        id="after a text",
    ),
    pytest.param(_sources(_TAGS, size=10_001), f"{_A}.composite.size", id="too long a page"),
    pytest.param(
        _sources({"t": {"terms": {"field": "hashtags", "missing_bucket": True}}}),
        f"{_A}.composite.sources[0].t.terms.missing_bucket",
        id="missing bucket",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path"), REFUSED)
def test_parts_outside_the_subset_are_refused(body: dict[str, Any], path: str) -> None:
    """The error names the path of the key that is outside."""
    with pytest.raises(UnsupportedQuery) as caught:
        prepared("posts", body)

    assert caught.value.subject == path
