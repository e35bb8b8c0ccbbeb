"""Every query of the table finds exactly its posts, on both engines."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from posts.query import parse
from store import compile as compiling
from store import open_store
from store.protocol import Document, Store, StoreSettings

TABLE = Path(__file__).parent / "cases" / "queries.toml"
READ = tomllib.loads(TABLE.read_text("utf-8"))
NOW, ZONE = datetime.fromisoformat(READ["now"]), ZoneInfo(READ["zone"])


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def asked(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    query_documents: dict[str, Document],
) -> Iterator[Store]:
    """The posts of the table in each engine."""
    folder = tmp_path_factory.mktemp("asked")
    url = request.getfixturevalue("elasticsearch_url") if request.param == "elasticsearch" else None
    opened = open_store(StoreSettings(folder=folder, url=url, prefix=f"test-{folder.name}-{id(folder)}"))
    assert opened.write("posts", list(query_documents.values())).ok == len(query_documents)
    yield opened
    opened.delete("posts", {"match_all": {}})
    opened.close()


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
