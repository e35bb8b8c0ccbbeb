"""What is outside the subset is refused before an engine sees it, with the path of the key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from posts.errors import UnsupportedQuery
from store.protocol import Store
from store.validate import prepared

NESTED: dict[str, Any] = {"match_all": {}}
for _ in range(30):
    NESTED = {"bool": {"filter": [NESTED]}}


def _agg(kind: str, **options: Any) -> dict[str, Any]:
    return {"aggs": {"a": {kind: options}}}


REFUSED = [
    pytest.param({"qwery": {}}, "qwery", id="unknown key"),
    pytest.param({"query": {"script": {}}}, "query.script", id="unknown query"),
    pytest.param({"query": {"query_string": {"query": "a"}}}, "query.query_string", id="query language"),
    pytest.param({"query": {"term": {}}}, "query.term", id="term of nothing"),
    pytest.param({"query": {"term": {"is": "a", "has": "b"}}}, "query.term", id="two fields"),
    pytest.param({"query": {"term": {"nothing": "a"}}}, "query.term.nothing", id="unknown field"),
    pytest.param({"query": {"term": {"post": "a"}}}, "query.term.post", id="kept field"),
    pytest.param({"query": {"term": {"likes": "a"}}}, "query.term.likes", id="text for a number"),
    pytest.param({"query": {"term": {"likes": 1.5}}}, "query.term.likes", id="fraction"),
    pytest.param({"query": {"term": {"likes": True}}}, "query.term.likes", id="truth for a number"),
    pytest.param({"query": {"term": {"likes": 2**63}}}, "query.term.likes", id="too large"),
    pytest.param({"query": {"term": {"platform": 1}}}, "query.term.platform", id="number for a text"),
    pytest.param({"query": {"term": {"platform": None}}}, "query.term.platform", id="nothing for a text"),
    pytest.param({"query": {"term": {"is": {"value": "a", "boost": 2}}}}, "query.term.is.boost", id="boost"),
    pytest.param({"query": {"term": {"created_at": "2026-11-01"}}}, "query.term.created_at", id="date"),
    pytest.param({"query": {"terms": {"is": "a"}}}, "query.terms.is", id="terms without a list"),
    pytest.param(
        {"query": {"terms": {"likes": [1, "a"]}}}, "query.terms.likes[1]", id="one wrong of several"
    ),
    pytest.param(
        {"query": {"range": {"platform": {"gte": "a"}}}}, "query.range.platform", id="keyword range"
    ),
    pytest.param({"query": {"range": {"likes": {"from": 1}}}}, "query.range.likes.from", id="unknown bound"),
    pytest.param(
        {"query": {"range": {"created_at": {"gte": "now-7d"}}}}, "query.range.created_at.gte", id="date math"
    ),
    pytest.param(
        {"query": {"range": {"created_at": {"gte": "2026-11-01"}}}},
        "query.range.created_at.gte",
        id="no zone",
    ),
    pytest.param({"query": {"range": {"created_at": {"gte": 1}}}}, "query.range.created_at.gte", id="epoch"),
    pytest.param({"query": {"match": {"platform": "a"}}}, "query.match.platform", id="match on a keyword"),
    pytest.param(
        {"query": {"match": {"text": {"query": "a", "fuzziness": 1}}}},
        "query.match.text.fuzziness",
        id="fuzzy",
    ),
    pytest.param(
        {"query": {"match": {"text": {"query": "a", "operator": "xor"}}}},
        "query.match.text.operator",
        id="operator",
    ),
    pytest.param(
        {"query": {"match_phrase": {"text": {"query": "a", "slop": -1}}}},
        "query.match_phrase.text.slop",
        id="slop",
    ),
    pytest.param({"query": {"exists": {"field": "text"}}}, "query.exists.field", id="exists of text"),
    pytest.param({"query": {"ids": {"values": "a"}}}, "query.ids.id", id="ids without a list"),
    pytest.param(
        {"query": {"bool": {"must": [{"match_all": {}}, {"term": {"x": 1}}]}}},
        "query.bool.must[1].term.x",
        id="deep",
    ),
    pytest.param(
        {"query": {"bool": {"minimum_should_match": 1}}}, "query.bool.minimum_should_match", id="one of none"
    ),
    pytest.param(
        {"query": {"bool": {"should": [{"match_all": {}}], "minimum_should_match": "75%"}}},
        "query.bool.minimum_should_match",
        id="percent",
    ),
    pytest.param({"size": -1}, "size", id="negative size"),
    pytest.param({"size": 1, "from": 10_000}, "size", id="beyond the window"),
    pytest.param({"track_total_hits": False}, "track_total_hits", id="inexact totals"),
    pytest.param({"sort": [{"_score": "asc"}]}, "sort[0]._score", id="the worst first"),
    pytest.param({"sort": ["platform"]}, "sort[0].platform", id="by keyword"),
    pytest.param({"sort": ["likes", "created_at"]}, "sort", id="by two numbers"),
    pytest.param({"sort": [{"likes": "up"}]}, "sort[0].likes", id="unknown order"),
    pytest.param(
        {"sort": [{"likes": {"order": "asc", "missing": 0}}]}, "sort[0].likes.missing", id="missing"
    ),
    pytest.param({"_source": ["nothing"]}, "_source", id="unknown field asked for"),
    pytest.param({"highlight": {}}, "highlight", id="highlight"),
    pytest.param(_agg("percentile_ranks", field="likes"), "aggs.a.percentile_ranks", id="ranks"),
    pytest.param(_agg("terms", field="text"), "aggs.a.terms.field", id="terms of text"),
    pytest.param(_agg("terms", field="created_at"), "aggs.a.terms.field", id="terms of a date"),
    pytest.param(_agg("terms", field="tag"), "aggs.a.terms.field", id="field of another collection"),
    pytest.param(_agg("terms", field="author", size=0), "aggs.a.terms.size", id="no terms"),
    pytest.param(_agg("terms", field="author", size=60_001), "aggs.a.terms.size", id="too many terms"),
    pytest.param(
        _agg("terms", field="author", missing="x", include=["x"]),
        "aggs.a.terms.missing",
        id="missing of some",
    ),
    pytest.param(_agg("terms", field="author", missing=3), "aggs.a.terms.missing", id="missing number"),
    pytest.param(_agg("terms", field="author", include="a.*"), "aggs.a.terms.include", id="pattern"),
    pytest.param(
        _agg("terms", field="author", min_doc_count=0), "aggs.a.terms.min_doc_count", id="empty terms"
    ),
    pytest.param(
        _agg("terms", field="author", order={"x": "desc"}), "aggs.a.terms.order.x", id="unknown order"
    ),
    pytest.param(_agg("sum", field="platform"), "aggs.a.sum.field", id="sum of texts"),
    pytest.param(_agg("avg", field="created_at"), "aggs.a.avg.field", id="mean of dates"),
    pytest.param(_agg("sum"), "aggs.a.sum.field", id="sum of nothing"),
    pytest.param(_agg("date_histogram", field="created_at"), "aggs.a.date_histogram", id="no interval"),
    pytest.param(
        _agg("date_histogram", field="likes", fixed_interval="1d"),
        "aggs.a.date_histogram.field",
        id="no date",
    ),
    pytest.param(
        _agg("date_histogram", field="created_at", fixed_interval="1d", time_zone="Asia/Tehran"),
        "aggs.a.date_histogram.time_zone",
        id="fixed interval in a zone",
    ),
    pytest.param(
        _agg("date_histogram", field="created_at", calendar_interval="day", time_zone="Mars/Base"),
        "aggs.a.date_histogram.time_zone",
        id="unknown zone",
    ),
    pytest.param(
        _agg("date_histogram", field="created_at", calendar_interval="2d"),
        "aggs.a.date_histogram.calendar_interval",
        id="two calendar days",
    ),
    pytest.param(
        _agg("date_histogram", field="created_at", fixed_interval="1.5h"),
        "aggs.a.date_histogram.fixed_interval",
        id="one hour and a half",
    ),
    pytest.param(
        {"aggs": {"a": {"sum": {"field": "likes"}, "terms": {"field": "author"}}}}, "aggs.a", id="two kinds"
    ),
    pytest.param(
        {
            "aggs": {
                "a": {"terms": {"field": "author", "size": 1001}, "aggs": {"b": {"terms": {"field": "is"}}}}
            }
        },
        "aggs.a.terms.size",
        id="too many with buckets inside",
    ),
    pytest.param({"query": NESTED}, None, id="nested too deep"),
    pytest.param({"query": {"bool": {"should": [{"match_all": {}}] * 4_000}}}, None, id="too many clauses"),
]


@pytest.mark.parametrize(("body", "path"), REFUSED)
def test_bodies_outside_the_subset_are_refused(body: dict[str, Any], path: str | None) -> None:
    """The error names the path of the key that is outside."""
    with pytest.raises(UnsupportedQuery) as caught:
        prepared("posts", body)

    if path is not None:
        assert caught.value.subject == path


def test_an_empty_query_is_all() -> None:
    """No query and an empty one are every document."""
    assert prepared("posts", {})["query"] == prepared("posts", {"query": {}})["query"] == {"match_all": {}}


def test_both_engines_refuse_alike(store: Store) -> None:
    """The wall stands before every way into an engine."""
    wrong = {"term": {"nothing": 1}}

    for ask in (
        lambda: store.search("posts", {"query": wrong}),
        lambda: store.count("posts", wrong),
        lambda: store.scan("posts", wrong),
        lambda: store.scan("posts", {"match_all": {}}, ["nothing"]),
        lambda: store.columns("posts", wrong, ["n"]),
        lambda: store.columns("posts", {"match_all": {}}, ["platform"]),
        lambda: store.delete("posts", wrong),
        lambda: store.count("nowhere", {"match_all": {}}),  # type: ignore[arg-type]
    ):
        with pytest.raises(UnsupportedQuery):
            ask()


def test_bounds_are_brought_to_whole_seconds() -> None:
    """Between whole seconds a rounded bound cuts where the exact one does."""
    moment = datetime(2026, 11, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    query = {"range": {"created_at": {"gte": moment, "lte": moment}}}
    bounds = prepared("posts", {"query": query})["query"]["range"]["created_at"]

    assert bounds == {"gte": "2026-11-01T00:00:01Z", "lte": "2026-11-01T00:00:00Z"}
