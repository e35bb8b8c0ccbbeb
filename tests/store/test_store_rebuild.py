"""An index built anew: nothing is lost, disk comes back, and a kill at any moment leaves it whole."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from posts.errors import SchemaChanged, StoreError
from posts.post import Mentioned, Metrics, Post
from store import generations, open_store
from store.mapping import COLLECTIONS
from store.protocol import Document, Store, StoreSettings
from store.rebuild import rebuild

ALL = {"match_all": {}}
CHILD = """
import sys
from pathlib import Path
from store.protocol import StoreSettings
from store.rebuild import rebuild

folder, url, prefix = sys.argv[1:]
rebuild(StoreSettings(folder=Path(folder), url=url or None, prefix=prefix))
"""


def everything(store: Store) -> dict[str, dict[str, Document]]:
    store.refresh()
    return {name: {d["id"]: d for d in store.scan(name, ALL)} for name in COLLECTIONS}  # type: ignore[arg-type]


def fill(project: Any, build_post: Callable[..., Post], size: int) -> None:
    project.take(
        *(
            build_post(
                number,
                text=f"word{number} #t{number % 5}",
                mentioned=(Mentioned(key="x:h:reza", handle="reza"),),
                metrics=Metrics(likes=number),
                reply_to="x:h:0" if number else None,
                reply_to_author="x:h:sara" if number else None,
            )
            for number in range(size)
        )
    )
    project.store.write("accounts", [{"id": "a1", "author": "x:h:sara", "at": "2026-11-01T00:00:00Z"}])
    project.store.write(
        "matches", [{"id": "m1", "query": "q", "post_id": "x:h:1", "created_at": "2026-11-01T00:00:00Z"}]
    )


@pytest.mark.parametrize("way", ["anew", "as it is"])
def test_rebuilt_index_holds_the_same(
    way: Any, project: Any, store_settings: StoreSettings, build_post: Callable[..., Post]
) -> None:
    """Both ways give every document of every collection again, also twice over and while others read."""
    fill(project, build_post, 30)
    before = everything(project.store)
    project.store.close()

    with closing(open_store(store_settings)) as reader:
        assert reader.count("posts", ALL) == 30
        steps: list[tuple[int, int]] = []
        first = rebuild(store_settings, way=way, progress=lambda done, of: steps.append((done, of)))
        assert everything(reader) == before
        rebuild(store_settings, way=way)
        assert everything(reader) == before

    assert first.counts == {name: len(found) for name, found in before.items()}
    assert all(first.counts.values())
    assert steps[-1][0] == steps[-1][1]
    with closing(open_store(store_settings)) as writer:
        writer.ensure()
        writer.write("posts", [{**before["posts"]["x:h:1"], "likes": 77}])
        writer.refresh()
        assert writer.count("posts", ALL) == 30
        assert writer.get("posts", ["x:h:1"])["x:h:1"]["likes"] == 77


def held(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def older(settings: StoreSettings) -> None:
    """Let the index be of an older schema, with a field that there is no more."""
    if settings.url is None:
        (settings.folder / "schema.json").write_text(json.dumps({"schema": 1}))
        return
    from elasticsearch import Elasticsearch

    with Elasticsearch(settings.url) as client:
        name = f"{settings.prefix}-posts"
        found = client.indices.get_index_template(name=name)["index_templates"][0]["index_template"]
        found["template"]["mappings"]["_meta"] = {"schema": 1}
        client.indices.put_index_template(
            name=name, index_patterns=found["index_patterns"], priority=200, template=found["template"]
        )


def test_older_schema_is_refused_and_rebuilt(
    project: Any, store_settings: StoreSettings, build_post: Callable[..., Post]
) -> None:
    """It says what to run; afterwards all is there, made of the posts."""
    fill(project, build_post, 8)
    before = everything(project.store)
    project.store.close()
    older(store_settings)

    with closing(open_store(store_settings)) as store, pytest.raises(SchemaChanged, match="rasad rebuild"):
        store.ensure()
    rebuild(store_settings, way="as it is")

    with closing(open_store(store_settings)) as store:
        store.ensure()
        assert everything(store) == before


def test_newer_schema_is_left_alone(embedded_store: Store, embedded_settings: StoreSettings) -> None:
    """An index of tomorrow's Rasad is not touched."""
    (embedded_settings.folder / "schema.json").write_text(json.dumps({"schema": 99}))

    with pytest.raises(SchemaChanged, match="newer Rasad") as caught:
        rebuild(embedded_settings)
    assert caught.value.newer


def test_bytes_of_what_was_deleted_are_gone(
    embedded_settings: StoreSettings, make_project: Any, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """Tantivy keeps deleted documents; a rebuild does not, and gives the disk back."""
    with closing(open_store(embedded_settings)) as store:
        project = make_project(tmp_path / "p", store)
        fill(project, build_post, 40)
        store.delete("posts", {"range": {"likes": {"gte": 10}}})

    built = rebuild(embedded_settings, way="as it is")

    assert built.counts["posts"] == 10
    assert built.freed > 0
    assert b"quetzalcoatlus" not in held(embedded_settings.folder)
    rebuild(embedded_settings, way="as it is")
    names = {path.name for path in embedded_settings.folder.iterdir()}
    assert names == {"schema.json", "ensure.lock", "g3"}


def test_texts_are_read_again(
    project: Any, store_settings: StoreSettings, build_post: Callable[..., Post]
) -> None:
    """A newer reader's annotations are in the rebuilt index, and the rows that follow from them."""
    from dataclasses import replace

    from posts.post import Annotations, Tag

    fill(project, build_post, 3)
    project.store.close()

    def reread(posts: Any) -> dict[str, Post]:
        read = Annotations(tokens=("anew",), hashtags=(Tag("new", "new", 0, 4),), language="fa")
        return {post.id: replace(post, annotations=read) for post in posts if post.id != "x:h:2"}

    rebuild(store_settings, reread=reread)

    with closing(open_store(store_settings)) as store:
        assert store.count("posts", {"match": {"text": "anew"}}) == 2
        assert store.count("uses", {"term": {"tag": "new"}}) == 2
        assert store.count("uses", {"term": {"tag": "t2"}}) == 1


def test_killed_rebuild_leaves_an_index_and_the_next_one_ends(
    project: Any, store_settings: StoreSettings, build_post: Callable[..., Post], dying: Callable[..., int]
) -> None:
    """SIGKILL at points spread over it: after each the index in use holds everything."""
    fill(project, build_post, 40)
    before = everything(project.store)
    project.store.close()
    arguments = (str(store_settings.folder), store_settings.url or "", store_settings.prefix)
    calls = dying(0, CHILD, *arguments)

    for part in range(1, 6):
        assert dying(calls * part // 6, CHILD, *arguments) == -signal.SIGKILL
        with closing(open_store(store_settings)) as store:
            assert everything(store) == before
    dying(0, CHILD, *arguments)

    with closing(open_store(store_settings)) as store:
        assert everything(store) == before
    if store_settings.url is None:
        found = generations.current(store_settings.folder)
        assert found is not None
        assert {p.name for p in store_settings.folder.iterdir()} == {"schema.json", "ensure.lock", found.name}


def test_no_room_leaves_the_old_index(
    embedded_store: Store, embedded_settings: StoreSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new index would not fit beside the old one, it is not begun."""
    import shutil

    usage = shutil.disk_usage("/")._replace(free=1_000)
    monkeypatch.setattr("store.rebuild.shutil.disk_usage", lambda _folder: usage)

    with pytest.raises(StoreError, match="MB beside the old one"):
        rebuild(embedded_settings)
    assert generations.place(embedded_settings.folder) == embedded_settings.folder


@pytest.mark.es
def test_old_months_are_joined_into_their_year(
    elasticsearch_settings: StoreSettings, make_project: Any, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """Three years later one index holds what many did; writing goes on, and nothing is there twice."""
    from store.elasticsearch import ElasticsearchStore

    def ends(store: Any, name: str = "posts") -> list[str]:
        return [
            index.removeprefix(f"{elasticsearch_settings.prefix}-{name}-") for index in store.indices(name)
        ]

    months = {month: datetime(2026, month, 5, tzinfo=UTC) for month in (3, 7, 10)}
    with closing(open_store(elasticsearch_settings)) as store:
        store.ensure()
        assert isinstance(store, ElasticsearchStore)
        project = make_project(tmp_path / "p", store)
        project.take(*(build_post(month, created_at=at, text="#tea") for month, at in months.items()))
        before = everything(store)
        assert ends(store) == ["2026.03", "2026.07", "2026.10"]

        rebuild(elasticsearch_settings, now=datetime(2029, 1, 1, tzinfo=UTC))

        assert (ends(store), ends(store, "uses")) == (["g2-2026"], ["g2-2026"])
        assert everything(store) == before
        store.ensure()
        store.write("posts", [{**before["posts"]["x:h:3"], "likes": 7}])
        store.write("posts", [{**before["posts"]["x:h:3"], "id": "n", "created_at": "2029-02-01T00:00:00Z"}])
        assert ends(store) == ["g2-2026", "g2-2029.02"]
        assert store.count("posts", ALL) == 4
