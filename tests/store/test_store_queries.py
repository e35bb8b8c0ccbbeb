"""Every query of the table finds exactly its posts, on both engines."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from config.demo.world import posts
from nlp import hashtags, links, mentions
from nlp.fold import tokens
from posts.post import Annotations, Post
from posts.query import parse
from store import compile as compiling
from store.documents import documents
from store.protocol import Document, Store
from tests.store.asked import NOW, ZONE

DEMO_NOW = datetime.fromisoformat("2026-11-22T17:00:00Z")


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def asked(
    request: pytest.FixtureRequest,
    open_engine: Callable[[str], Store],
    query_documents: dict[str, Document],
) -> Store:
    """The posts of the table in each engine."""
    opened = open_engine(request.param)
    assert opened.write("posts", list(query_documents.values())).ok == len(query_documents)
    return opened


def test_each_query_finds_its_posts(asked: Store, query_cases: list[dict[str, Any]]) -> None:
    """The whole table at once, so that a failure shows all that differ."""
    wrong = []
    for case in query_cases:
        query = compiling.query(parse(case["query"]), now=NOW, zone=ZONE)
        body = {"query": query, "size": 100, "_source": False}
        found = {hit["_id"] for hit in asked.search("posts", body)["hits"]["hits"]}
        if found != case["ids"]:
            wrong.append((case["query"], "too many", found - case["ids"], "missing", case["ids"] - found))

    assert wrong == []
    assert len(query_cases) >= 150


def _read(post: Post) -> Document:
    """The document of a post of the demo, its signs read and its words found."""
    read = Annotations(
        tokens=tuple(tokens(post.text)), hashtags=tuple(hashtags.find(post.text)),
        mentions=tuple(mentions.find(post.text)), links=tuple(links.find(post.text)),
        language="fa" if re.search("[\u0600-\u06ff]", post.text) else "en",
    )  # fmt: skip
    return documents(replace(post, annotations=read)).post


@pytest.fixture(scope="module")
def demo_both(open_engine: Callable[[str], Store]) -> tuple[Store, Store]:
    """Every fourth post of the demo's world, in both engines."""
    found = {post.id: _read(post) for post in posts(1, DEMO_NOW)[::4]}
    both = open_engine("embedded"), open_engine("elasticsearch")
    for store in both:
        assert store.write("posts", list(found.values())).ok == len(found)
    return both


def _near(words: list[str], first: str, others: set[str], most: int) -> bool:
    places = [place for place, word in enumerate(words) if word == first]
    return any(
        word in others and 0 < abs(place - i) <= most + 1 for i, word in enumerate(words) for place in places
    )


def _follow(words: list[str], *run: str) -> bool:
    return run in list(zip(*(words[place:] for place in range(len(run))), strict=False))


DEMO: dict[str, Callable[[list[str]], bool]] = {
    "چای": lambda words: "چای" in words,
    '"چای سبز"': lambda words: _follow(words, "چای", "سبز") or "چایسبز" in words,
    "چای NEAR/2 سرد": lambda words: _near(words, "چای", {"سرد"}, 2),
    "چا*": lambda words: any(word.startswith("چا") for word in words),
    "می‌شود": lambda words: "میشود" in words or _follow(words, "می", "شود"),
    "spelling:exact می‌شود": lambda words: "میشود" in words,
    "می‌گوید -چای": lambda words: "چای" not in words and ("میگوید" in words or _follow(words, "می", "گوید")),
    "بچه ها": lambda words: "بچهها" in words or {"بچه", "ها"} <= set(words),
    "tea NEAR/4 (cold OR iced OR the)": lambda words: _near(words, "tea", {"cold", "iced", "the"}, 4),
    "چای یا tea": lambda words: "چای" in words or "tea" in words,
}
"""Tea, green tea, cold near tea, it becomes, says, children; and which words a post must have."""


@pytest.mark.es
def test_both_engines_agree_on_the_demo(
    demo_both: tuple[Store, Store], query_cases: list[dict[str, Any]]
) -> None:
    """Every query of the table, and some of the demo's own words, count alike."""
    embedded, cluster = demo_both
    alive = {"bool": {"must_not": [{"term": {"is": "deleted"}}]}}
    texts = [document.get("text", "").split() for document in embedded.scan("posts", alive, ["text"])]
    for typed in [*(case["query"] for case in query_cases), *DEMO]:
        query = compiling.query(parse(typed), now=DEMO_NOW, zone=ZONE)
        found = embedded.count("posts", query)
        assert cluster.count("posts", query) == found, typed
        if typed in DEMO:
            assert found == sum(map(DEMO[typed], texts)) > 0, typed
