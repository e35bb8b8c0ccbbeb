"""Random queries over random posts: the predicate finds what the engines find."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posts.errors import UnsupportedQuery
from store import open_store
from store.predicate import predicate
from store.protocol import Document, Store, StoreSettings
from store.spans import near

Body = dict[str, Any]
Draw = Callable[[Any], Any]
WORDS = ["a", "b", "c", "dd", "هوش", "هوشی", "کار", "x" * 120]  # intelligence, intelligent, work
KEYWORDS: dict[str, list[str]] = {
    "platform": ["feed", "mastodon"],
    "author": ["x:h:sara", "x:h:ali", "x:h:" + "o" * 600],
    "hashtags": ["ai", "هوشمصنوعی", "k" * 513, "😀" * 257],  # artificial intelligence
    "source": ["news", "tech"],
    "is": ["reply", "deleted", "question"],
}
LONG = "x" * 120 + "y"


def _random_post(rng: random.Random, number: int) -> Document:
    document: Document = {
        "id": f"p{number}",
        "created_at": f"2026-11-{rng.randint(1, 9):02d}T0{rng.randint(0, 9)}:00:00Z",
        "collected_at": "2026-11-20T00:00:00Z",
        "post": "{}",
    }
    if rng.random() < 0.9:
        document["text"] = " ".join(rng.choice([*WORDS, LONG]) for _ in range(rng.randint(0, 9)))
    for name, values in KEYWORDS.items():
        chosen = rng.sample(values, rng.randint(0, 2))
        if chosen:
            document[name] = chosen[0] if name in ("platform", "author") else chosen
    if rng.random() < 0.7:
        document["likes"] = rng.choice([0, 1, 5, -3, 2**62])
    return document


class Crowd(list[Document]):
    """Posts that are not written out whenever a query fails."""

    def __repr__(self) -> str:
        return f"{len(self)} posts"


@pytest.fixture(scope="module")
def crowd() -> Crowd:
    """400 posts of few words and values, so that much is alike."""
    rng = random.Random(5)
    return Crowd(_random_post(rng, number) for number in range(400))


@pytest.fixture(scope="module")
def embedded(crowd: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(StoreSettings(folder=tmp_path_factory.mktemp("crowd") / "index"))
    assert opened.write("posts", crowd).ok == 400
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def elasticsearch(
    crowd: list[Document], elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("crowd")
    prefix = f"test-{folder.name}-{id(folder)}"
    opened = open_store(StoreSettings(folder=folder, url=elasticsearch_url, prefix=prefix))
    opened.ensure()
    assert opened.write("posts", crowd).ok == 400
    opened.refresh()
    yield opened
    _remove(elasticsearch_url, prefix)
    opened.close()


def _remove(url: str, prefix: str) -> None:
    from elasticsearch import Elasticsearch

    with Elasticsearch(url) as client:
        client.indices.delete(index=list(client.indices.get_alias(index=f"{prefix}-*").body))
        for template in client.indices.get_index_template(name=f"{prefix}-*").body["index_templates"]:
            client.indices.delete_index_template(name=template["name"])


def _leaf(draw: Draw) -> Body:
    kind = draw(
        [
            "term",
            "terms",
            "word",
            "words",
            "exists",
            "likes",
            "date",
            "match",
            "phrase",
            "ids",
            "spelled",
            "near",
        ]
    )
    words = " ".join(draw(WORDS) for _ in range(draw([1, 2, 3])))
    field = draw(sorted(KEYWORDS))
    match kind:
        case "term":
            return {"term": {field: draw([*KEYWORDS[field], "none"])}}
        case "terms":
            return {"terms": {field: [draw([*KEYWORDS[field], "none"]) for _ in range(draw([0, 1, 2]))]}}
        case "word":
            return {"term": {"text": draw([*WORDS, LONG, "none"])}}
        case "words":
            return {"terms": {"text": [draw([*WORDS, "none"]) for _ in range(draw([1, 2]))]}}
        case "exists":
            return {"exists": {"field": draw(["likes", "created_at", *KEYWORDS])}}
        case "likes":
            bounds = draw([["gte"], ["gt", "lt"], ["gte", "lte"], ["gt", "gte", "lte"], []])
            return {"range": {"likes": {bound: draw([-3, 0, 1, 2, 5, 2**62]) for bound in bounds}}}
        case "date":
            moments = ["2026-11-04T05:00:00Z", "2026-11-04T08:30:00.5+03:30", "2026-11-06T00:00:00Z"]
            return {"range": {"created_at": {draw(["gt", "gte", "lt", "lte"]): draw(moments)}}}
        case "match":
            return {"match": {"text": {"query": draw([words, ""]), "operator": draw(["and", "or"])}}}
        case "phrase":
            return {"match_phrase": {"text": {"query": words}}}
        case "ids":
            return {"ids": {"values": [f"p{draw(range(0, 410, 3))}" for _ in range(draw([1, 20]))]}}
        case "spelled":
            return _spelled(draw)
        case "near":
            operands = [
                [tuple(draw(WORDS) for _ in range(n)) for n in draw([[1], [2], [1, 1]])] for _ in "ab"
            ]
            return {"bool": {"should": near("text", *operands, between=draw([0, 1, 4]))}}
    raise AssertionError(kind)


def _spelled(draw: Draw) -> Body:
    field = draw(["text", "text", "hashtags", "author"])
    begin = draw(["a", "d", "هو", "x:h:", "x:h:s", "k", "😀", "*", "none"])
    pattern = draw(["?", "d?", "*ش*", "هوش*", "x:h:*a*", "k*", "*", "*y", "\\*", "??", "😀*", "a.*"])
    word = draw(["dd", "هوس", "هوشی", "کرا", "cde"])
    return draw(
        [
            {"prefix": {field: begin}},
            {"wildcard": {field: {"value": pattern}}},
            {"fuzzy": {"text": {"value": word, "fuzziness": 1}}},
            {"fuzzy": {"text": {"value": word + "ی", "fuzziness": 2}}},
        ]
    )


def _query(draw: Draw, depth: int = 3) -> Body:
    if depth == 0 or draw([True, False]):
        return draw([_leaf, _leaf, _leaf, lambda _draw: {"match_all": {}}])(draw)
    parts: Body = {
        clause: [_query(draw, depth - 1) for _ in range(draw([0, 0, 1, 2, 3]))]
        for clause in ("must", "filter", "should", "must_not")
    }
    if parts["should"] and draw([True, False]):
        parts["minimum_should_match"] = draw(range(1, len(parts["should"]) + 1))
    return {"bool": parts}


@st.composite
def _queries(draw: st.DrawFn) -> Body:
    return _query(lambda choices: draw(st.sampled_from(list(choices))))


@given(query=_queries())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_predicate_finds_what_the_embedded_engine_finds(
    embedded: Store, crowd: list[Document], query: Body
) -> None:
    """Any query of the subset, over documents as they are before they are written."""
    matches = predicate(query)

    assert {d["id"] for d in crowd if matches(d)} == {d["id"] for d in embedded.scan("posts", query, ["id"])}


@pytest.mark.es
@pytest.mark.parametrize("seed", range(4))
def test_the_predicate_finds_what_elasticsearch_finds(
    elasticsearch: Store, crowd: list[Document], seed: int
) -> None:
    """The same against the other engine, over documents as it returns them."""
    rng = random.Random(seed)
    stored = list(elasticsearch.scan("posts", {"match_all": {}}))
    for _ in range(15):
        query = _query(lambda choices: rng.choice(list(choices)))
        matches = predicate(query)

        found = {d["id"] for d in elasticsearch.scan("posts", query, ["id"])}
        assert {d["id"] for d in crowd if matches(d)} == found, query
        assert {d["id"] for d in stored if matches(d)} == found, query


def test_what_the_engines_refuse_the_predicate_refuses() -> None:
    """The wall is the same."""
    with pytest.raises(UnsupportedQuery, match="no field 'colour'"):
        predicate({"term": {"colour": "red"}})
