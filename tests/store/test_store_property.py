"""Random bodies of the subset: the embedded engine against plain Python, and engine against engine."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.protocol import Document, Store

Body = dict[str, Any]
BEGIN = datetime.fromisoformat("2026-10-24T22:00:00+00:00")
WORDS = ["هوش", "مصنوعی", "ایران", "job", "artificial", "intelligence", "is", "none"]
KEYWORDS = {
    "platform": ["feed", "mastodon", "none"],
    "hashtags": ["ai", "هوشمصنوعی", "climate", "none"],
    "author": [f"a{n:02d}" for n in range(13)],
    "is": ["reply", "deleted"],
    "source": ["news", "tech"],
}


def _leaf(draw: Callable[[list[Any]], Any]) -> Body:
    kind = draw(["term", "terms", "number", "time", "exists", "match", "phrase", "ids", "all"])
    field = draw(sorted(KEYWORDS))
    values = KEYWORDS[field]
    match kind:
        case "term":
            return {"term": {field: draw(values)}}
        case "terms":
            return {"terms": {field: [draw(values) for _ in range(draw([0, 1, 2, 3]))]}}
        case "number":
            return {
                "range": {"likes": {draw(["gt", "gte"]): draw([0, 3, 9]), draw(["lt", "lte"]): draw([5, 12])}}
            }
        case "time":
            moment = BEGIN + timedelta(hours=draw([0, 3, 99, 450, 897]), seconds=draw([0, 1, 33.5]))
            return {"range": {"created_at": {draw(["gt", "gte", "lt", "lte"]): moment}}}
        case "exists":
            return {"exists": {"field": draw(["likes", "is", "hashtags", "views", "created_at"])}}
        case "match":
            words = " ".join(draw(WORDS) for _ in range(draw([0, 1, 2])))
            return {"match": {"text": {"query": words, "operator": draw(["and", "or"])}}}
        case "phrase":
            return {"match_phrase": {"text": " ".join(draw(WORDS) for _ in range(draw([1, 2, 3])))}}
        case "ids":
            return {"ids": {"values": [f"p{draw(range(0, 310, 7)):03d}" for _ in range(3)]}}
    return {"match_all": {}}


def _query(draw: Callable[[Any], Any], depth: int = 2) -> Body:
    if depth == 0 or draw([True, False]):
        return _leaf(draw)
    parts: Body = {
        clause: [_query(draw, depth - 1) for _ in range(draw([0, 0, 1, 2]))]
        for clause in ("must", "filter", "should", "must_not")
    }
    if parts["should"] and draw([True, False]):
        parts["minimum_should_match"] = draw(range(1, len(parts["should"]) + 1))
    return {"bool": parts}


def _matches(query: Body, document: Document) -> bool:
    ((kind, inner),) = query.items()
    if kind == "match_all":
        return True
    if kind == "exists":
        return bool(_values(document, inner["field"]))
    if kind == "ids":
        return document["id"] in inner["values"]
    if kind == "bool":
        parts = {
            clause: [_matches(q, document) for q in inner[clause]] for clause in inner if clause[-1] != "h"
        }
        wanted = inner.get(
            "minimum_should_match", int(bool(parts["should"]) and not (parts["must"] or parts["filter"]))
        )
        return (
            all(parts["must"])
            and all(parts["filter"])
            and not any(parts["must_not"])
            and sum(parts["should"]) >= wanted
        )
    ((field, value),) = inner.items()
    tokens = document["text"].split()
    match kind:
        case "term":
            return value in _values(document, field)
        case "terms":
            return bool(set(value) & set(_values(document, field)))
        case "range":
            return bool(_values(document, field)) and all(
                _within(_values(document, field)[0], bound, limit) for bound, limit in value.items()
            )
        case "match":
            words = value["query"].split()
            found = [word in tokens for word in words]
            return bool(words) and (all(found) if value["operator"] == "and" else any(found))
    words = value.split()
    return any(tokens[i : i + len(words)] == words for i in range(len(tokens)))


def _values(document: Document, field: str) -> list[Any]:
    value = document.get(field)
    if field == "created_at":
        return [datetime.fromisoformat(document["created_at"])]
    return value if isinstance(value, list) else [] if value is None else [value]


def _within(value: Any, bound: str, limit: Any) -> bool:
    return bool(
        {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[bound]
    )


def _body(draw: Callable[[Any], Any]) -> Body:
    terms: Body = {
        "field": draw(["hashtags", "author", "platform", "is", "author_n"]),
        "size": draw([1, 2, 5, 20]),
    }
    terms["order"] = draw(
        [{"_count": "desc"}, {"_count": "asc"}, {"_key": "asc"}, {"_key": "desc"}, {"n": "desc"}]
    )
    inner: Body = {"n": {draw(["sum", "max", "value_count"]): {"field": "likes"}}}
    zone = draw(["UTC", "Asia/Tehran", "Europe/Berlin", "America/St_Johns"])
    histogram = {
        "field": "created_at",
        "calendar_interval": draw(["day", "week", "month"]),
        "time_zone": zone,
        "min_doc_count": draw([0, 1, 9]),
    }
    if draw([True, False]):
        inner["d"] = {"date_histogram": histogram}
    if draw([True, False]):
        inner["c"] = {"cardinality": {"field": "author"}}
    return {
        "query": _query(draw),
        "size": draw([0, 3, 20]),
        "from": draw([0, 1, 17]),
        "sort": draw([[{"likes": "desc"}], [{"likes": "asc"}], ["created_at"], [{"author_n": "desc"}]]),
        "_source": False,
        "aggs": {
            "t": {"terms": terms, "aggs": inner},
            "h": {"date_histogram": histogram, "aggs": {"p": {"terms": {"field": "hashtags", "size": 2}}}},
            "s": {"stats": {"field": "likes"}},
        },
    }


@st.composite
def _bodies(draw: st.DrawFn) -> Body:
    return _body(lambda choices: draw(st.sampled_from(list(choices))))


@given(body=_bodies())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_embedded_engine_agrees_with_plain_python(
    embedded_world: Store, corpus: list[Document], body: Body
) -> None:
    """Totals, pages, terms, histograms and numbers are those of counting by hand."""
    answer = embedded_world.search("posts", body)
    matching = [document for document in corpus if _matches(body["query"], document)]

    assert answer["hits"]["total"]["value"] == len(matching)
    assert [hit["_id"] for hit in answer["hits"]["hits"]] == _page(body, matching)
    _check_terms(body["aggs"]["t"], answer["aggregations"]["t"]["buckets"], matching)
    _check_days(body["aggs"]["h"]["date_histogram"], answer["aggregations"]["h"]["buckets"], matching)
    likes = [document["likes"] for document in matching if "likes" in document]
    assert answer["aggregations"]["s"]["count"] == len(likes)
    assert answer["aggregations"]["s"]["sum"] == sum(likes)


def _page(body: Body, matching: list[Document]) -> list[str]:
    (sort,) = body["sort"]
    ((field, order),) = sort.items() if isinstance(sort, dict) else [(sort, "asc")]

    def rank(document: Document) -> tuple[bool, Any]:
        values = _values(document, field)
        if not values:
            return True, 0
        number = values[0].timestamp() if field == "created_at" else values[0]
        return False, -number if order == "desc" else number

    ordered = sorted(matching, key=lambda document: (*rank(document), document["id"]))
    return [document["id"] for document in ordered[body["from"] : body["from"] + body["size"]]]


def _check_terms(agg: Body, buckets: list[Body], matching: list[Document]) -> None:
    field = agg["terms"]["field"]
    counts = Counter(value for document in matching for value in _values(document, field))
    (by, direction), *_ = agg["terms"]["order"].items()
    keys = sorted(counts)
    if by == "_key":
        keys.sort(reverse=direction == "desc")
    elif by == "_count":
        keys.sort(key=lambda key: counts[key] if direction == "asc" else -counts[key])
    if by != "n":
        expected = [(key, counts[key]) for key in keys[: agg["terms"]["size"]]]
        assert [(bucket["key"], bucket["doc_count"]) for bucket in buckets] == expected
    for bucket in buckets:
        inside = [document for document in matching if bucket["key"] in _values(document, field)]
        assert bucket["doc_count"] == len(inside)
        if "c" in bucket:
            assert bucket["c"]["value"] == len({document["author"] for document in inside})
        if "d" in bucket:
            _check_days(agg["aggs"]["d"]["date_histogram"], bucket["d"]["buckets"], inside)


def _check_days(histogram: Body, buckets: list[Body], matching: list[Document]) -> None:
    zone = ZoneInfo(histogram["time_zone"])
    counts: Counter[str] = Counter()
    for document in matching:
        day = datetime.fromisoformat(document["created_at"]).astimezone(zone).date()
        if histogram["calendar_interval"] == "week":
            day -= timedelta(days=day.weekday())
        elif histogram["calendar_interval"] == "month":
            day = day.replace(day=1)
        counts[day.isoformat()] += 1
    expected = {day: count for day, count in counts.items() if count >= histogram["min_doc_count"]}
    found = {bucket["key_as_string"][:10]: bucket["doc_count"] for bucket in buckets if bucket["doc_count"]}

    assert found == expected
    assert [bucket["key"] for bucket in buckets] == sorted(bucket["key"] for bucket in buckets)


@pytest.mark.es
@pytest.mark.parametrize("seed", range(12))
def test_engines_agree(embedded_world: Store, elasticsearch_world: Store, seed: int) -> None:
    """Both engines give the same answer to the same body, to the last key."""
    rng = random.Random(seed)
    for _ in range(10):
        body = _body(lambda choices: rng.choice(list(choices)))

        assert elasticsearch_world.search("posts", body) == embedded_world.search("posts", body), body
