"""What both engines count, one table for both; the expected values are worked out by hand."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from typing import Any

import pytest

from posts.errors import UnsupportedQuery
from store import elasticsearch_results, embedded_asking, figures
from store.protocol import Store

Body = dict[str, Any]

TOP_TAGS = [("ai", 128), ("climate", 85), ("هوشمصنوعی", 43)]


def _aggregate(store: Store, agg: Body, query: Body | None = None) -> Any:
    body: Body = {"size": 0, "aggs": {"a": agg}}
    if query:
        body["query"] = query
    return store.search("posts", body)["aggregations"]["a"]


def _pairs(result: dict[str, Any]) -> list[tuple[Any, int]]:
    return [(bucket["key"], bucket["doc_count"]) for bucket in result["buckets"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"field": "hashtags"}, TOP_TAGS, id="most frequent first"),
        pytest.param({"field": "hashtags", "size": 2}, TOP_TAGS[:2], id="first two"),
        pytest.param(
            {"field": "author", "size": 3}, [("a01", 46), ("a03", 46), ("a04", 46)], id="ties by key"
        ),
        pytest.param(
            {"field": "author", "size": 2, "order": {"_count": "asc"}},
            [("a00", 24), ("a01", 46)],
            id="rarest",
        ),
        pytest.param(
            {"field": "hashtags", "order": {"_key": "desc"}},
            [("هوشمصنوعی", 43), ("climate", 85), ("ai", 128)],
            id="by key, downwards",
        ),
        pytest.param({"field": "hashtags", "include": ["ai", "none"]}, [("ai", 128)], id="only these"),
        pytest.param({"field": "hashtags", "include": []}, [], id="only none"),
        pytest.param({"field": "hashtags", "exclude": ["ai"]}, TOP_TAGS[1:], id="all but these"),
        pytest.param({"field": "platform", "exclude": ["feed"]}, [("mastodon", 200)], id="single, all but"),
        pytest.param({"field": "author_n", "include": [0, 1]}, [(1, 46), (0, 24)], id="numbers"),
        pytest.param({"field": "author", "min_doc_count": 46, "size": 99}, None, id="frequent ones"),
        pytest.param({"field": "reply_to_author"}, [], id="nobody"),
    ],
)
def test_terms_are_counted_exactly(world: Store, options: Body, expected: Any) -> None:
    """Terms come with exact counts, ties ordered by key."""
    found = _pairs(_aggregate(world, {"terms": options}))

    assert (expected or [(f"a{n:02d}", 46) for n in (1, 3, 4, 9, 10, 12)] if expected != [] else []) == found


def test_terms_tell_how_many_others_there_are(world: Store) -> None:
    """The rest of the counts is in ``sum_other_doc_count``."""
    assert _aggregate(world, {"terms": {"field": "hashtags", "size": 1}})["sum_other_doc_count"] == 85 + 43


def test_terms_are_ordered_by_a_number_inside(world: Store) -> None:
    """Authors by the sum of their likes, ties by key."""
    agg = {
        "terms": {"field": "author", "size": 4, "order": {"s": "desc"}},
        "aggs": {"s": {"sum": {"field": "likes"}}},
    }
    found = [(b["key"], b["s"]["value"]) for b in _aggregate(world, agg)["buckets"]]

    assert found == [("a01", 397.0), ("a12", 397.0), ("a03", 378.0), ("a09", 378.0)]


@pytest.mark.parametrize(
    ("kind", "field", "expected"),
    [
        ("stats", "likes", {"count": 272, "min": 0.0, "max": 18.0, "avg": 2485 / 272, "sum": 2485.0}),
        ("sum", "likes", {"value": 2485.0}),
        ("avg", "likes", {"value": 2485 / 272}),
        ("min", "likes", {"value": 0.0}),
        ("max", "created_at", {"value": 1796108699000.0, "value_as_string": "2026-12-01T07:04:59.000Z"}),
        ("value_count", "hashtags", {"value": 256}),
        ("cardinality", "hashtags", {"value": 3}),
        ("cardinality", "n", {"value": 300}),
        ("sum", "views", {"value": 0.0}),
        ("avg", "views", {"value": None}),
        ("min", "views", {"value": None}),
        ("stats", "views", {"count": 0, "min": None, "max": None, "avg": None, "sum": 0.0}),
        ("cardinality", "reply_to_author", {"value": 0}),
    ],
)
def test_numbers_are_exact(world: Store, kind: str, field: str, expected: Body) -> None:
    """Sums, means, extremes and distinct counts, also of nothing."""
    assert expected == _aggregate(world, {kind: {"field": field}})


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(
            {"calendar_interval": "day", "time_zone": "Asia/Tehran"},
            [("2026-10-25T00:00:00.000+03:30", 8), ("2026-10-26T00:00:00.000+03:30", 8)],
            id="days in Tehran",
        ),
        pytest.param(
            {"calendar_interval": "1d", "time_zone": "Europe/Berlin"},
            [("2026-10-25T00:00:00.000+02:00", 9), ("2026-10-26T00:00:00.000+01:00", 8)],
            id="the day of 25 hours in Berlin",
        ),
        pytest.param(
            {"calendar_interval": "week", "time_zone": "Europe/Berlin"},
            [("2026-10-19T00:00:00.000+02:00", 9), ("2026-10-26T00:00:00.000+01:00", 56)],
            id="weeks begin on Monday",
        ),
        pytest.param(
            {"calendar_interval": "month", "time_zone": "Asia/Tehran"},
            [
                ("2026-10-01T00:00:00.000+03:30", 56),
                ("2026-11-01T00:00:00.000+03:30", 240),
                ("2026-12-01T00:00:00.000+03:30", 4),
            ],
            id="months in Tehran",
        ),
        pytest.param(
            {"calendar_interval": "year"}, [("2026-01-01T00:00:00.000Z", 300)], id="years, in UTC if not said"
        ),
        pytest.param(
            {"calendar_interval": "hour", "time_zone": "Asia/Tehran", "min_doc_count": 1},
            [("2026-10-25T01:00:00.000+03:30", 1), ("2026-10-25T04:00:00.000+03:30", 1)],
            id="hours of a zone with half hours",
        ),
        pytest.param(
            {"fixed_interval": "1d"},
            [("2026-10-24T00:00:00.000Z", 1), ("2026-10-25T00:00:00.000Z", 8)],
            id="24 hours",
        ),
        pytest.param(
            {"fixed_interval": "6h", "offset": "-90m"},
            [("2026-10-24T16:30:00.000Z", 1), ("2026-10-24T22:30:00.000Z", 2)],
            id="six hours, moved",
        ),
        pytest.param(
            {"fixed_interval": "1h"},
            [
                ("2026-10-24T22:00:00.000Z", 1),
                ("2026-10-24T23:00:00.000Z", 0),
                ("2026-10-25T00:00:00.000Z", 0),
            ],
            id="empty hours are there",
        ),
        pytest.param(
            {
                "fixed_interval": "1d",
                "extended_bounds": {"min": "2026-10-22T12:00:00Z", "max": "2026-10-24T00:00:00Z"},
            },
            [
                ("2026-10-22T00:00:00.000Z", 0),
                ("2026-10-23T00:00:00.000Z", 0),
                ("2026-10-24T00:00:00.000Z", 1),
            ],
            id="from before the first",
        ),
    ],
)
def test_histograms_follow_the_calendar_of_the_zone(
    world: Store, options: Body, expected: list[tuple[str, int]]
) -> None:
    """Periods begin where the clocks of the zone say; all posts are in one."""
    result = _aggregate(world, {"date_histogram": {"field": "created_at", **options}})
    found = [(bucket["key_as_string"], bucket["doc_count"]) for bucket in result["buckets"]]

    assert expected == found[: len(expected)]
    assert sum(count for _, count in found) == 300
    first = datetime.fromisoformat(expected[0][0])
    assert int(first.timestamp() * 1000) == result["buckets"][0]["key"]


def test_histogram_inside_terms(world: Store) -> None:
    """Each of the kept tags has its own months, its distinct authors and its likes."""
    agg = {
        "terms": {"field": "hashtags", "size": 1},
        "aggs": {
            "months": {"date_histogram": {"field": "created_at", "calendar_interval": "month"}},
            "authors": {"cardinality": {"field": "author"}},
            "likes": {"sum": {"field": "likes"}},
            "platforms": {"terms": {"field": "platform"}},
        },
    }
    (bucket,) = _aggregate(world, agg)["buckets"]

    assert (bucket["key"], bucket["doc_count"]) == ("ai", 128)
    assert [month["doc_count"] for month in bucket["months"]["buckets"]] == [25, 103]
    assert bucket["authors"] == {"value": 7}
    assert bucket["likes"] == {"value": 1076.0}
    assert _pairs(bucket["platforms"]) == [("mastodon", 85), ("feed", 43)]


def test_terms_inside_histogram(world: Store) -> None:
    """Each month has its own tags, and its distinct authors."""
    agg = {
        "date_histogram": {"field": "created_at", "calendar_interval": "month", "time_zone": "Asia/Tehran"},
        "aggs": {
            "tags": {"terms": {"field": "hashtags", "size": 1}},
            "a": {"cardinality": {"field": "author"}},
        },
    }
    buckets = _aggregate(world, agg)["buckets"]

    assert [_pairs(b["tags"]) for b in buckets] == [[("ai", 24)], [("ai", 104)], [("climate", 1)]]
    assert [b["a"]["value"] for b in buckets] == [7, 7, 4]


def test_too_many_buckets_are_refused_alike(world: Store) -> None:
    """An answer above the cap raises the same error on both engines."""
    with pytest.raises(UnsupportedQuery):
        _aggregate(world, {"date_histogram": {"field": "created_at", "fixed_interval": "30s"}})


def test_too_many_buckets_inside_are_refused_alike(world: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """So does an answer in which more buckets are looked into than the cap allows."""
    agg = {"terms": {"field": "author"}, "aggs": {"t": {"terms": {"field": "hashtags", "size": 2}}}}
    assert len(_aggregate(world, agg)["buckets"]) == 7
    monkeypatch.setattr(figures, "MAX_CALLS", 6)

    with pytest.raises(UnsupportedQuery):
        _aggregate(world, agg)


@pytest.mark.parametrize("kind", ["significant_terms", "terms"])
def test_buckets_are_counted_on_every_level(world: Store, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """Buckets inside count towards the cap as those outside do."""
    days = {"field": "created_at", "calendar_interval": "day", "min_doc_count": 1}
    inside = {"field": "platform", "min_doc_count": 1}
    buckets = _aggregate(world, {"date_histogram": days, "aggs": {"t": {"terms": inside}}})["buckets"]
    number = len(buckets) + sum(len(bucket["t"]["buckets"]) for bucket in buckets)
    for most in (number, number - 1):
        for module in (embedded_asking, elasticsearch_results):
            monkeypatch.setattr(module, "MAX_BUCKETS", most)
        with nullcontext() if most == number else pytest.raises(UnsupportedQuery):
            _aggregate(world, {"date_histogram": days, "aggs": {"t": {kind: inside}}})


def test_terms_of_many_months_are_exact(store: Store) -> None:
    """A tag that no month counts among its first is found where all months together do."""
    days = [f"2026-{month:02d}-02T00:00:00Z" for month in (8, 9, 10)]
    tags = [
        (f"t{month}-{i:03d}", day) for month, day in enumerate(days) for i in range(210) for _ in range(3)
    ]
    tags += [("everywhere", day) for day in days for _ in range(2)]
    uses = [{"id": f"u{i}", "tag": tag, "hour": 5, "created_at": day} for i, (tag, day) in enumerate(tags)]
    assert store.write("uses", uses, fresh=True).ok == 3 * 210 * 3 + 6
    terms, every = {"terms": {"field": "tag", "size": 1}}, {"match_all": {}}
    body = {
        "size": 0,
        "aggs": {
            "alone": terms,
            "inside": {"histogram": {"field": "hour", "interval": 10}, "aggs": {"tags": terms}},
            "deep": {"terms": {"field": "hour"}, "aggs": {"x": {"filter": every, "aggs": {"tags": terms}}}},
        },
    }
    found = store.search("uses", body)["aggregations"]
    first = {"buckets": [{"key": "everywhere", "doc_count": 6}], "doc_count_error_upper_bound": 0}

    assert found["alone"] == {**first, "sum_other_doc_count": 1890}
    assert found["inside"]["buckets"][0]["tags"] == found["alone"]
    assert found["deep"]["buckets"][0]["x"]["tags"] == found["alone"]
