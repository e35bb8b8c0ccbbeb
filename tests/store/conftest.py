"""A small world of posts in each engine, for tests that only read; and projects to take posts into."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nlp import hashtags
from nlp.fold import tokens
from posts.post import Annotations, Author, Post, decode
from store import open_store
from store.intake import Intake, IntakeReport
from store.mapping import COLLECTIONS
from store.protocol import Document, Store, StoreSettings
from store.saved import SavedQueries, SavedQuery
from store.spool import Spool
from store.state import State
from tests.store import asked
from tests.store import world as small

SEEN_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
TAKEN_AT = SEEN_AT + timedelta(days=1)


@pytest.fixture(scope="session")
def corpus() -> list[Document]:
    """300 posts, one every three hours from the night in which Berlin's summer time ends."""
    return [small.post(i) for i in range(300)]


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
        for name in COLLECTIONS:
            client.indices.delete_index_template(name=f"{prefix}-{name}")


@pytest.fixture(scope="session")
def stored(embedded_world: Store, corpus: list[Document]) -> list[Document]:
    """The corpus as it is stored: dates to the second, no empty lists."""
    return list(embedded_world.get("posts", [document["id"] for document in corpus]).values())


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


class Reader:
    """Reads words and hashtags; breaks on the text ``"break"``."""

    def extract(self, posts: Iterable[Post]) -> Iterator[Post]:
        for post in posts:
            if post.text == "break":
                raise IndexError("a model stumbled")
            read = Annotations(
                tokens=tuple(tokens(post.text)), hashtags=tuple(hashtags.find(post.text)), language="en"
            )
            yield replace(post, annotations=read)


class Project:
    """A spool, a state and a journal around a store."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.store = store
        self.spool = Spool(folder / "spool")
        self.state = State(folder / "state.sqlite")
        self.journal = folder / "journal"
        self.saved = SavedQueries(self.state)
        self.topics: tuple[SavedQuery, ...] = ()
        self.now = TAKEN_AT

    def intake(self, store: Store | None = None) -> Intake:
        return Intake(
            store or self.store,
            self.state,
            self.spool,
            Reader(),
            journal=self.journal,
            now=lambda: self.now,
            topics=self.topics,
        )

    def annotate(self, posts: Iterable[Post]) -> dict[str, Post]:
        return {post.id: post for post in Reader().extract(posts)}

    def take(self, *posts: Post, run_id: str | None = None) -> IntakeReport:
        self.spool.write(posts, source="s", run_id=run_id)
        return self.intake().run()

    def documents(self, collection: str = "posts") -> dict[str, dict[str, Any]]:
        self.store.refresh()
        return {document["id"]: document for document in self.store.scan(collection, {"match_all": {}})}

    def post(self, number: int | str) -> Post:
        return decode(self.documents()[f"x:h:{number}"]["post"])

    def ids(self, collection: str) -> set[str]:
        return set(self.documents(collection))


@pytest.fixture
def make_project() -> Iterator[Callable[[Path, Store], Project]]:
    """Makes a project in a folder around a store."""
    made: list[Project] = []

    def make(folder: Path, store: Store) -> Project:
        made.append(Project(folder, store))
        return made[-1]

    yield make
    for project in made:
        project.state.close()


@pytest.fixture
def project(tmp_path: Path, store: Store, make_project: Callable[[Path, Store], Project]) -> Project:
    """A project around each engine in turn."""
    return make_project(tmp_path / "project", store)


@pytest.fixture(scope="session")
def build_post() -> Callable[..., Post]:
    """Builds the post of a number, collected so many minutes after it was written."""
    return _build_post


def _build_post(number: int | str, minutes: int = 0, *, by: str = "sara", **parts: Any) -> Post:
    values: dict[str, Any] = {
        "id": f"x:h:{number}",
        "platform": "x",
        "kind": "text",
        "source": "s",
        "created_at": SEEN_AT,
        "collected_at": SEEN_AT + timedelta(minutes=minutes),
        "author": Author(key=f"x:h:{by}", handle=by),
    }
    return Post(**{**values, **parts})


@pytest.fixture(scope="session")
def query_documents() -> dict[str, Document]:
    """The documents that the queries of ``cases/queries.toml`` are asked of, by id."""
    return asked.documents_by_id()


@pytest.fixture(scope="session")
def query_cases() -> list[dict[str, Any]]:
    """The queries with the ``ids`` that they find, as sets."""
    return asked.cases()


@pytest.fixture(scope="module")
def open_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Store]]:
    """Opens an empty store on the engine of that name; at the end of the module it is gone."""
    opened: list[tuple[Store, StoreSettings]] = []

    def open_one(engine: str) -> Store:
        folder = tmp_path_factory.mktemp("engine")
        url = request.getfixturevalue("elasticsearch_url") if engine == "elasticsearch" else None
        settings = StoreSettings(folder=folder / "index", url=url, prefix=f"test-{uuid.uuid4().hex[:12]}")
        opened.append((open_store(settings), settings))
        return opened[-1][0]

    yield open_one
    for store, settings in opened:
        store.close()
        if settings.url:
            _remove(settings.url, settings.prefix)


def _remove(url: str, prefix: str) -> None:
    from elasticsearch import Elasticsearch

    with Elasticsearch(url) as client:
        names = list(client.indices.get_alias(index=f"{prefix}-*", ignore_unavailable=True).body)
        if names:
            client.indices.delete(index=names)
        for template in client.indices.get_index_template(name=f"{prefix}-*").body["index_templates"]:
            client.indices.delete_index_template(name=template["name"])
