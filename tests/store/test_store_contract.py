"""What both engines find, one table for both; the expected values are worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

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


@pytest.mark.parametrize("source", [False, []])
def test_no_fields_are_no_source(world: Store, source: Any) -> None:
    """Without a field asked for only id and place in the order come back."""
    (hit,) = world.search("posts", {"size": 1, "_source": source})["hits"]["hits"]

    assert hit == {"_id": "p299", "sort": [1796108699000, "p299"]}


def test_odd_ids_and_values_are_paged_alike(store: Store) -> None:
    """Colons, letters of many bytes and negative numbers neither end a page early nor repeat one."""
    ids = [*(f"mastodon:h.org/a b:{i}" for i in range(9)), "x:", "x:y", "i64:3", "خبر:۱", "😀a", "~"]
    posts = [
        {"id": i, "author": i, "created_at": "2026-11-01T00:00:00Z", "likes": -5 if place % 2 else 7}
        for place, i in enumerate(ids)
    ]
    assert store.write("posts", posts).ok == 15
    by_likes = sorted(([post["likes"], post["id"]] for post in posts), key=lambda pair: (pair[0], pair[1]))
    found: list[Any] = []
    keys: list[str] = []
    page: dict[str, Any] = {"sort": ["likes"], "size": 4, "_source": False}
    while hits := store.search("posts", page)["hits"]["hits"]:
        found += [hit["sort"] for hit in hits]
        page["search_after"] = found[-1]
    keys_of: dict[str, Any] = {"sources": [{"k": {"terms": {"field": "author"}}}], "size": 4}
    while True:
        answer = store.search("posts", {"size": 0, "aggs": {"c": {"composite": keys_of}}})["aggregations"][
            "c"
        ]
        keys += [bucket["key"]["k"] for bucket in answer["buckets"]]
        if "after_key" not in answer:
            break
        keys_of["after"] = answer["after_key"]

    assert found == by_likes
    assert keys == sorted(ids)
