"""A small world of posts in each engine, for tests that only read; and projects to take posts into."""

from __future__ import annotations

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
from store.spool import Spool
from store.state import State

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
SEEN_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
TAKEN_AT = SEEN_AT + timedelta(days=1)
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
        for name in COLLECTIONS:
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


class Reader:
    """Reads words and hashtags; breaks on the text ``"break"``."""

    def annotate(self, posts: Iterable[Post]) -> Iterator[Post]:
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

    def intake(self, store: Store | None = None) -> Intake:
        return Intake(
            store or self.store, self.state, self.spool, Reader(), journal=self.journal, now=lambda: TAKEN_AT
        )

    def annotate(self, posts: Iterable[Post]) -> dict[str, Post]:
        return {post.id: post for post in Reader().annotate(posts)}

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
