"""A small world of posts, written into each engine once for all tests that only read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from store import open_store
from store.protocol import Document, Store, StoreSettings

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
TEXTS = (
    "هوش مصنوعی در ایران",  # artificial intelligence in Iran
    "job offer artificial intelligence",
    "مصنوعی هوش",  # the same two words the other way round
    "intelligence is artificial",
    "",
)
TAGS: tuple[list[str], ...] = (["ai"], ["ai", "هوشمصنوعی"], [], [], ["climate"], [], ["ai", "climate"])


def _post(i: int) -> Document:
    document: dict[str, Any] = {
        "id": f"p{i:03d}",
        "n": i + 2**62,
        "platform": "feed" if i % 3 == 0 else "mastodon",
        "kind": "text",
        "source": ["news", "tech"] if i % 6 == 0 else ["tech"],
        "author": f"a{i * i % 13:02d}",
        "author_n": i * i % 13,
        "handle": f"user{i * i % 13}",
        "created_at": (BEGIN + timedelta(hours=3 * i, seconds=i)).isoformat(),
        "collected_at": "2026-12-05T00:00:00Z",
        "hour": int((BEGIN + timedelta(hours=3 * i)).timestamp()) // 3600,
        "language": "fa" if i % 5 in (0, 2) else "en",
        "text": TEXTS[i % 5],
        "hashtags": TAGS[i % 7],
        "post": f'{{"id": "p{i:03d}"}}',
    }
    if i % 11:
        document["likes"] = i * 7 % 19
    if i % 20 == 0:
        document["is"] = ["deleted"]
    elif i % 4 == 1:
        document["is"] = ["reply"]
    if i % 4 == 1:
        document["reply_to"] = f"p{i - 1:03d}"
    return document


@pytest.fixture(scope="session")
def corpus() -> list[Document]:
    """300 posts, one every three hours from the night in which Berlin's summer time ends."""
    return [_post(i) for i in range(300)]


@pytest.fixture(scope="session")
def embedded_world(corpus: list[Document], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The corpus in a folder, in several segments and with every fifth post written twice."""
    opened = open_store(StoreSettings(folder=tmp_path_factory.mktemp("world") / "index"))
    _fill(opened, corpus)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def elasticsearch_world(
    corpus: list[Document], elasticsearch_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The corpus in an Elasticsearch, over three monthly indices."""
    from elasticsearch import Elasticsearch

    folder = tmp_path_factory.mktemp("world")
    prefix = f"test-{folder.name}-{id(folder)}"
    opened = open_store(StoreSettings(folder=folder, url=elasticsearch_url, prefix=prefix))
    _fill(opened, corpus)
    yield opened
    opened.close()
    with Elasticsearch(elasticsearch_url) as client:
        client.indices.delete(index=list(client.indices.get_alias(index=f"{prefix}-*").body))
        for name in ("posts", "edges", "uses", "metrics"):
            client.indices.delete_index_template(name=f"{prefix}-{name}")


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def world(request: pytest.FixtureRequest) -> Store:
    """The corpus in each engine in turn; for tests that only read."""
    filled: Store = request.getfixturevalue(f"{request.param}_world")
    return filled


def _fill(store: Store, corpus: list[Document]) -> None:
    store.ensure()
    stale = [{**document, "likes": 999, "text": "stale"} for document in corpus[::5]]
    assert store.write("posts", stale).ok == 60
    for start in range(0, 300, 60):
        assert store.write("posts", corpus[start : start + 60]).ok == 60
