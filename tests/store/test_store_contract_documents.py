"""What both engines keep, give back and refuse; the expected values are worked out by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from store.protocol import Document, Store

Body = dict[str, Any]


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
