"""What both engines answer, one table for both; the expected values are worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from posts.errors import UnsupportedQuery
from store.protocol import Document, Store

Body = dict[str, Any]

QUERIES = [
    pytest.param({"match_all": {}}, 300, id="all"),
    pytest.param({"term": {"platform": "feed"}}, 100, id="keyword"),
    pytest.param({"term": {"platform": {"value": "Feed"}}}, 0, id="keywords are exact"),
    pytest.param({"term": {"hashtags": "هوشمصنوعی"}}, 43, id="one of many values"),
    pytest.param({"terms": {"hashtags": ["هوشمصنوعی", "climate"]}}, 128, id="any of several"),
    pytest.param({"terms": {"hashtags": []}}, 0, id="any of none"),
    pytest.param({"term": {"n": 2**62 + 7}}, 1, id="63-bit number"),
    pytest.param({"terms": {"n": [2**62 + 7, 2**62 + 8, 5]}}, 2, id="63-bit numbers"),
    pytest.param({"ids": {"values": ["p001", "p299", "p300"]}}, 2, id="ids"),
    pytest.param({"exists": {"field": "likes"}}, 272, id="number exists"),
    pytest.param({"exists": {"field": "is"}}, 90, id="keyword exists"),
    pytest.param({"range": {"likes": {"gte": 3, "lt": 6}}}, 41, id="half-open range"),
    pytest.param({"range": {"likes": {"gt": 2, "lte": 5}}}, 41, id="the other half-open range"),
    pytest.param({"range": {"likes": {}}}, 272, id="a range without bounds is exists"),
    pytest.param(
        {"range": {"created_at": {"gte": "2026-11-01T00:00:00+03:30", "lt": "2026-12-01T00:00:00+03:30"}}},
        240,
        id="November in Tehran",
    ),
    pytest.param(
        {"range": {"created_at": {"gte": datetime(2026, 10, 25, 1, 0, 1, 1, tzinfo=UTC)}}},
        298,
        id="a bound between two seconds",
    ),
    pytest.param({"range": {"created_at": {"lte": "2026-10-25T01:00:01Z"}}}, 2, id="inclusive second"),
    pytest.param({"term": {"text": "هوش"}}, 120, id="one token"),
    pytest.param({"match": {"text": "هوش job"}}, 180, id="either word"),
    pytest.param(
        {"match": {"text": {"query": "intelligence artificial", "operator": "and"}}}, 120, id="both words"
    ),
    pytest.param({"match": {"text": ""}}, 0, id="no word"),
    pytest.param({"match_phrase": {"text": "هوش مصنوعی"}}, 60, id="phrase"),
    pytest.param({"match_phrase": {"text": "هوش"}}, 120, id="phrase of one word"),
    pytest.param({"match_phrase": {"text": {"query": "هوش ایران", "slop": 1}}}, 0, id="too far apart"),
    pytest.param({"match_phrase": {"text": {"query": "هوش ایران", "slop": 2}}}, 60, id="near enough"),
    pytest.param({"match_phrase": {"text": {"query": "هوش مصنوعی", "slop": 2}}}, 120, id="turned round"),
    pytest.param({"bool": {}}, 300, id="empty bool"),
    pytest.param({"bool": {"must_not": [{"term": {"is": "deleted"}}]}}, 285, id="only exclusion"),
    pytest.param(
        {"bool": {"should": [{"term": {"platform": "feed"}}, {"term": {"text": "هوش"}}]}}, 180, id="or"
    ),
    pytest.param(
        {
            "bool": {
                "must": [{"term": {"platform": "feed"}}],
                "should": [{"term": {"text": "هوش"}}],
            }
        },
        100,
        id="beside must, should is optional",
    ),
    pytest.param(
        {
            "bool": {
                "filter": {"term": {"platform": "feed"}},
                "should": [{"term": {"text": "هوش"}}, {"exists": {"field": "likes"}}],
                "minimum_should_match": 2,
            }
        },
        36,
        id="two of two",
    ),
]

TOP_TAGS = [("ai", 128), ("climate", 85), ("هوشمصنوعی", 43)]


@pytest.mark.parametrize(("query", "expected"), QUERIES)
def test_query_finds_the_same_number_in_count_and_search(world: Store, query: Body, expected: int) -> None:
    """Count, the total of a search and a scan agree on what matches."""
    total = world.search("posts", {"query": query, "size": 0})["hits"]["total"]

    assert expected == world.count("posts", query)
    assert {"value": expected, "relation": "eq"} == total
    assert expected == len({d["id"] for d in world.scan("posts", query, ["id"])})


def _ids(answer: dict[str, Any]) -> list[str]:
    return [hit["_id"] for hit in answer["hits"]["hits"]]


def test_hits_come_newest_first_with_the_whole_document(world: Store, corpus: list[Document]) -> None:
    """Without a sort order the newest stand first, each as it was written."""
    answer = world.search("posts", {"size": 2})

    assert _ids(answer) == ["p299", "p298"]
    newest = answer["hits"]["hits"][0]["_source"]
    assert corpus[299]["text"] == newest.get("text", "")
    assert corpus[299]["post"] == newest["post"]
    assert newest["created_at"] == "2026-12-01T07:04:59Z"


@pytest.mark.parametrize(
    ("sort", "start", "expected"),
    [
        pytest.param([{"likes": "desc"}], 13, ["p274", "p293", "p016", "p035"], id="ties by id"),
        pytest.param(
            [{"likes": "desc"}, {"id": "desc"}], 0, ["p293", "p274", "p255", "p236"], id="by id down"
        ),
        pytest.param([{"likes": {"order": "asc"}}], 0, ["p019", "p038", "p057", "p076"], id="least first"),
        pytest.param(["likes"], 270, ["p274", "p293", "p000", "p011"], id="missing stand last"),
        pytest.param(
            [{"likes": "desc"}], 272, ["p000", "p011", "p022", "p033"], id="missing last, downwards"
        ),
        pytest.param({"created_at": "asc"}, 0, ["p000", "p001", "p002", "p003"], id="oldest first"),
        pytest.param([{"id": "desc"}], 0, ["p299", "p298", "p297", "p296"], id="by id alone"),
        pytest.param([{"likes": "desc"}], 299, ["p297"], id="the last one"),
        pytest.param([{"likes": "desc"}], 400, [], id="beyond the end"),
    ],
)
def test_pages_are_cut_from_one_order(world: Store, sort: Any, start: int, expected: list[str]) -> None:
    """A page shows exactly its part of one order, also where many values are equal."""
    answer = world.search("posts", {"sort": sort, "from": start, "size": 4, "_source": False})

    assert expected == _ids(answer)
    assert all("_source" not in hit for hit in answer["hits"]["hits"])


def test_only_named_fields_come_back(world: Store) -> None:
    """``_source`` narrows what comes back of each document."""
    (hit,) = world.search("posts", {"size": 1, "_source": ["id", "likes"]})["hits"]["hits"]

    assert hit["_source"] == {"id": "p299", "likes": 3}


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


def test_columns_belong_together(world: Store, corpus: list[Document]) -> None:
    """Columns have one row for each post: 63-bit numbers, epoch seconds, -1 where nothing is known."""
    columns = world.columns("posts", {"term": {"platform": "feed"}}, ["n", "created_at", "likes", "views"])
    expected = {
        (d["n"], int(datetime.fromisoformat(d["created_at"]).timestamp()), d.get("likes", -1), -1)
        for d in corpus
        if d["platform"] == "feed"
    }

    assert all(column.dtype == np.int64 for column in columns.values())
    assert expected == set(
        zip(*(columns[n].tolist() for n in ("n", "created_at", "likes", "views")), strict=True)
    )


def test_columns_of_nothing_are_empty(world: Store) -> None:
    """Where nothing matches the arrays are there, with no rows."""
    columns = world.columns("edges", {"match_all": {}}, ["src_n", "created_at"])

    assert {name: len(column) for name, column in columns.items()} == {"src_n": 0, "created_at": 0}


def test_get_gives_what_is_stored(world: Store) -> None:
    """Documents come by id; unknown ids are left out."""
    found = world.get("posts", ["p005", "none", "p006", "p005"])

    assert {"p005", "p006"} == set(found)
    assert found["p005"]["likes"] == 35 % 19


def test_empty_store_answers(store: Store) -> None:
    """Before anything was written there is nothing, and no error."""
    body = {
        "aggs": {
            "tags": {"terms": {"field": "tag"}, "aggs": {"c": {"cardinality": {"field": "author"}}}},
            "days": {
                "date_histogram": {
                    "field": "created_at",
                    "calendar_interval": "day",
                    "extended_bounds": {"min": "2026-11-01T00:00:00Z", "max": "2026-11-02T00:00:00Z"},
                }
            },
            "likes": {"max": {"field": "hour"}},
        }
    }
    answer = store.search("uses", body)

    assert answer["hits"]["total"] == {"value": 0, "relation": "eq"}
    assert answer["aggregations"]["tags"]["buckets"] == []
    assert [b["doc_count"] for b in answer["aggregations"]["days"]["buckets"]] == [0, 0]
    assert answer["aggregations"]["likes"] == {"value": None}
    assert list(store.scan("uses", {"match_all": {}})) == []
    assert 0 == store.count("uses", {"match_all": {}}) == store.delete("uses", {"match_all": {}})
    assert store.get("uses", ["x"]) == {}


def _use(i: int, **fields: Any) -> Document:
    return {"id": f"u{i}", "tag": "ai", "created_at": "2026-11-01T00:00:00Z", **fields}


def test_writing_twice_is_writing_once(store: Store) -> None:
    """An id has one document: the one written last, in whichever month it stands now."""
    written = store.write("uses", [_use(1), _use(2), _use(1, tag="b")])
    store.write("uses", [_use(1, tag="c", created_at="2026-10-01T00:00:00Z")])

    assert written.ok == 3
    assert store.count("uses", {"match_all": {}}) == 2
    assert store.get("uses", ["u1"])["u1"]["tag"] == "c"


def test_fresh_documents_are_found(store: Store) -> None:
    """What was written as fresh is found as everything else."""
    store.write("uses", [_use(i) for i in range(5)], fresh=True)

    assert store.count("uses", {"term": {"tag": "ai"}}) == 5


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        pytest.param({**_use(9), "nothing": 1}, "nothing", id="unknown field"),
        pytest.param({**_use(9), "hour": "12"}, "hour", id="text for a number"),
        pytest.param({**_use(9), "hour": True}, "hour", id="truth for a number"),
        pytest.param({**_use(9), "hour": 1.5}, "hour", id="fraction"),
        pytest.param({**_use(9), "hour": 2**63}, "hour", id="too large"),
        pytest.param({**_use(9), "tag": ["a", "b"]}, "tag", id="several for one"),
        pytest.param({**_use(9), "created_at": "2026-11-01T00:00:00"}, "created_at", id="no zone"),
        pytest.param({**_use(9), "created_at": "yesterday"}, "created_at", id="no date"),
        pytest.param({"id": "u9", "tag": "ai"}, "created_at", id="date missing"),
        pytest.param({**_use(9), "id": "x" * 513}, "id", id="id too long"),
        pytest.param({**_use(9), "id": ""}, "id", id="id empty"),
    ],
)
def test_bad_documents_are_refused_alone(store: Store, document: Document, reason: str) -> None:
    """A document that does not fit is refused with its field; the others are written."""
    written = store.write("uses", [_use(1), document, _use(2)])

    assert written.ok == 2
    (refusal,) = written.refused
    assert reason in refusal.reason
    assert not refusal.retry
    assert store.count("uses", {"match_all": {}}) == 2


def test_long_and_odd_texts_are_alike(store: Store) -> None:
    """Long keywords are kept but not searched, long tokens are cut, half a surrogate pair does no harm."""
    long = "x" * 600
    posts = [
        {"id": "a", "created_at": "2026-11-01T00:00:00Z", "text": "ز" * 300 + " b", "hashtags": [long, "t"]},
        {
            "id": "b",
            "created_at": "2026-11-01T00:00:00Z",
            "text": "bad \ud800 half\u00a0space",
            "handle": long,
        },
    ]

    assert store.write("posts", posts).ok == 2
    assert store.count("posts", {"term": {"hashtags": long}}) == 0
    assert store.count("posts", {"term": {"hashtags": "t"}}) == 1
    assert store.count("posts", {"exists": {"field": "handle"}}) == 0
    assert store.count("posts", {"match_phrase": {"text": "ز" * 300 + " b"}}) == 1
    assert store.count("posts", {"match_phrase": {"text": "half space"}}) == 1
    assert [long, "t"] == store.get("posts", ["a"])["a"]["hashtags"]


def test_delete_removes_what_matches(store: Store) -> None:
    """Deleting tells how many there were; the others stay."""
    store.write("uses", [_use(i, tag="a" if i % 2 else "b") for i in range(10)])

    assert store.delete("uses", {"term": {"tag": "a"}}) == 5
    assert store.delete("uses", {"term": {"tag": "a"}}) == 0
    assert store.count("uses", {"match_all": {}}) == 5


def test_scan_is_of_the_moment_of_the_call(store: Store) -> None:
    """What is written or deleted while a scan goes on changes nothing in it."""
    store.write("uses", [_use(i) for i in range(10)])
    scan = store.scan("uses", {"match_all": {}}, ["id"])
    first = next(scan)
    store.delete("uses", {"ids": {"values": ["u3", "u4"]}})
    store.write("uses", [_use(11)])

    assert {f"u{i}" for i in range(10)} == {first["id"]} | {d["id"] for d in scan}


def test_health_tells_of_a_working_store(world: Store) -> None:
    """The engine, that it works, and how many posts it holds."""
    health = world.health()

    assert health.ok
    assert health.posts == 300
    assert health.bytes


def test_too_many_buckets_are_refused_alike(world: Store) -> None:
    """An answer above the cap raises the same error on both engines."""
    with pytest.raises(UnsupportedQuery):
        _aggregate(world, {"date_histogram": {"field": "created_at", "fixed_interval": "30s"}})
