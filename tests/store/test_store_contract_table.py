"""The tables of ``cases``, each case on both engines: as it is written there, and as the oracle says."""

from __future__ import annotations

from typing import Any

import pytest

from store import open_store
from store.protocol import Document, Store, StoreSettings
from tests.store import oracle
from tests.store.alike import difference
from tests.store.cases import buckets, queries, wholes

Body = dict[str, Any]

_NARROW = {"match": {"text": "هوش ایران"}}
_BUCKETS = {**buckets.TERMS, **buckets.HISTOGRAMS, **buckets.OTHERS}
_WHOLES = {**wholes.NUMBERS, **wholes.ONES, **wholes.NESTS, "everything": None}


def _alike(store: Store, stored: list[Document], body: Body) -> Body:
    """The engine's answer, which is the oracle's."""
    found = store.search("posts", body)
    assert difference(oracle.search(stored, body), found, percentiles=0.05) is None
    return found


@pytest.mark.parametrize(("query", "number"), list(queries.QUERIES.values()), ids=list(queries.QUERIES))
def test_queries_find_what_the_table_says(
    world: Store, stored: list[Document], query: Body, number: int
) -> None:
    """Total, count and the first page are those of the oracle, the total also that of the table."""
    answer = _alike(world, stored, {"query": query, "_source": False})

    assert number == answer["hits"]["total"]["value"] == world.count("posts", query)


@pytest.mark.parametrize(("agg", "expected"), list(_BUCKETS.values()), ids=list(_BUCKETS))
def test_buckets_are_what_the_table_says(
    world: Store, stored: list[Document], agg: Body, expected: list[tuple[Any, int]] | None
) -> None:
    """Keys and counts are those of the table, the whole answer that of the oracle; also of fewer posts."""
    answer = _alike(world, stored, {"size": 0, "aggs": {"a": agg}})
    _alike(world, stored, {"size": 0, "query": _NARROW, "aggs": {"a": agg}})

    if expected is not None:
        assert expected == [_pair(bucket) for bucket in answer["aggregations"]["a"]["buckets"]]


def _pair(bucket: Body) -> tuple[Any, int]:
    key = bucket["key"]
    if isinstance(key, dict):
        (key,) = key.values()
    return key, bucket["doc_count"]


@pytest.mark.parametrize("name", list(_WHOLES))
def test_answers_are_those_of_the_oracle(world: Store, stored: list[Document], name: str) -> None:
    """The whole answer, of all posts and of fewer."""
    agg = _WHOLES[name]
    aggs = wholes.EVERYTHING if agg is None else {"a": agg}

    _alike(world, stored, {"size": 0, "aggs": aggs})
    _alike(world, stored, {"size": 0, "query": _NARROW, "aggs": aggs})


def test_empty_store_answers_every_case(store: Store) -> None:
    """Before anything was written each case has the answer of no posts."""
    for agg, _ in _BUCKETS.values():
        _alike(store, [], {"aggs": {"a": agg}})
    for query, _ in queries.QUERIES.values():
        assert store.count("posts", query) == 0
    for name in (*wholes.NUMBERS, *wholes.ONES, *wholes.NESTS):
        _alike(store, [], {"aggs": {"a": _WHOLES[name]}})


_WORDS = [
    "کتاب",
    "خوب",
    "خواندن",
    "ایران",
    "book",
    "good",
    "reading",
    "ai",
    "news",
]  # Persian: book, good, to read, Iran


@pytest.fixture(scope="session")
def library() -> list[Document]:
    """200 posts of one month with texts of many lengths."""
    posts = []
    for i in range(200):
        words = [_WORDS[(i * k + k) % 9] for k in range(1, 2 + i % 12)]
        tags = ["ai"] if i % 3 == 0 else []
        posts.append(
            {"id": f"b{i:03d}", "created_at": f"2026-11-{1 + i % 28:02d}T00:00:00Z", "text": " ".join(words),
             "likes": i % 5, **({"hashtags": tags} if tags else {})}
        )  # fmt: skip
    return posts


RELEVANT = {
    "one word": {"match": {"text": "کتاب"}},
    "either word": {"match": {"text": "کتاب ai"}},
    "both words": {"match": {"text": {"query": "book good", "operator": "and"}}},
    "term": {"term": {"text": "news"}},
    "phrase": {"match_phrase": {"text": "خوب خواندن"}},
    "loose phrase": {"match_phrase": {"text": {"query": "خوب خواندن book", "slop": 3}}},
    "keyword": {"term": {"hashtags": "ai"}},
    "word and keyword": {"bool": {"must": [{"match": {"text": "news"}}, {"term": {"hashtags": "ai"}}]}},
    "word, filtered": {"bool": {"must": [{"match": {"text": "news"}}], "filter": [{"term": {"likes": 2}}]}},
    "word, lifted": {"bool": {"must": [{"match": {"text": "news"}}], "should": [{"match": {"text": "ai"}}]}},
    "filter, lifted": {
        "bool": {"filter": [{"exists": {"field": "hashtags"}}], "should": [{"match": {"text": "ai"}}]}
    },
    "not": {"bool": {"must": [{"match": {"text": "news good"}}], "must_not": [{"term": {"likes": 1}}]}},
    "two of three": {
        "bool": {
            "should": [{"match": {"text": w}} for w in ("news", "کتاب", "ai")],
            "minimum_should_match": 2,
        }
    },
    "only filters": {"bool": {"filter": [{"range": {"likes": {"gte": 3}}}]}},
    "everything": {"match_all": {}},
    "nothing": {"match": {"text": ""}},
}


@pytest.mark.es
@pytest.mark.parametrize("query", list(RELEVANT.values()), ids=list(RELEVANT))
def test_relevance_is_alike(library_stores: tuple[Store, Store], query: Body) -> None:
    """Both engines give every hit the same score to three decimals, best first, equal ones by id."""
    pages = []
    for store in library_stores:
        body = {"query": query, "sort": ["_score"], "size": 200, "_source": False}
        hits = store.search("posts", body)["hits"]["hits"]
        order = [(-hit["_score"], hit["_id"]) for hit in hits]
        assert order == sorted(order)
        assert [hit["sort"] for hit in hits] == [[hit["_score"], hit["_id"]] for hit in hits]
        pages.append({hit["_id"]: round(hit["_score"], 3) for hit in hits})
        found = []
        after: Body = {}
        while part := store.search("posts", {**body, "size": 33, **after})["hits"]["hits"]:
            found += part
            after = {"search_after": part[-1]["sort"]}
        assert found == hits
        assert store.search("posts", {**body, "from": 20, "size": 7})["hits"]["hits"] == hits[20:27]

    assert pages[0].keys() == pages[1].keys()
    assert pages[0] == pytest.approx(pages[1], abs=0.0011)


@pytest.fixture(scope="session")
def library_stores(
    library: list[Document], elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Any:
    """The library in both engines, freshly built, in one index each."""
    from elasticsearch import Elasticsearch

    folder = tmp_path_factory.mktemp("library")
    prefix = f"test-{folder.name}-{id(folder)}"
    stores = (
        open_store(StoreSettings(folder=folder / "index")),
        open_store(StoreSettings(folder=folder, url=elasticsearch_url, prefix=prefix)),
    )
    for store in stores:
        store.ensure()
        store.write("posts", library, fresh=True)
    yield stores
    for store in stores:
        store.close()
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.delete(index=f"{prefix}-posts-2026.11")
        for template in client.indices.get_index_template(name=f"{prefix}-*").body["index_templates"]:
            client.indices.delete_index_template(name=template["name"])
