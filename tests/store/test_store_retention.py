"""What is too old goes, at its day and not before; counts outlive texts; old months are dropped whole."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.post import Mentioned, Metrics, Post, decode
from store import heard, open_store, rereads
from store.elasticsearch_periods import ended_before
from store.embedded import EmbeddedStore
from store.forget import Places
from store.heard import Stretch
from store.protocol import StoreSettings
from store.retention import NOTE, VACUUM_NOTE, Removed, Rules, due, retain

WORDS = {
    1: "alder", 10: "birch", 29: "cedarwood", 30: "dogwood", 31: "elderberry", 100: "fir", 400: "ginkgo",
}  # fmt: skip
"""What the posts of so many days say; no word begins as another, so that packed files hold each whole."""
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def places(project: Any, store_settings: StoreSettings, tmp_path: Path) -> Places:
    folder = tmp_path / "project"
    return Places(
        store=store_settings,
        state=folder / "state.sqlite",
        spool=folder / "spool",
        exports=folder / "exports",
    )


def settle(project: Any, build: Callable[..., Post]) -> None:
    """A post of each age in days, the even ones of source a, the odd ones of source b; one of both."""
    posts = [
        build(
            days,
            source="b" if days % 2 else "a",
            created_at=NOW - timedelta(days=days, minutes=1),
            collected_at=NOW - timedelta(days=1, minutes=days),
            text=f"{WORDS[days]} #tea",
            mentioned=(Mentioned(key="x:h:reza"),),
            metrics=Metrics(likes=days),
        )
        for days in WORDS
    ]
    both = {"created_at": NOW - timedelta(days=200), "text": "both"}
    project.take(*posts, build("both", source="a", collected_at=NOW - timedelta(days=3), **both))
    project.take(build("both", source="b", collected_at=NOW - timedelta(days=2), **both))
    project.store.write(
        "accounts", [{"id": str(n), "author": "x:h:s", "at": f"2026-{n:02d}-01T00:00:00Z"} for n in (1, 11)]
    )
    match = {"query": "q", "post_id": "x:h:400", "created_at": "2025-09-28T00:00:00Z"}
    project.store.write("matches", [{"id": "m", **match}])


def kept(project: Any) -> set[str]:
    return {post_id.rpartition(":")[2] for post_id in project.ids("posts")}


def retained(places: Places, project: Any, rules: Rules, **more: Any) -> Removed:
    if isinstance(project.store, EmbeddedStore):
        project.store.close()
    return retain(places, rules, **{"now": NOW, **more})


def test_old_posts_go_with_their_rows(project: Any, places: Places, build_post: Callable[..., Post]) -> None:
    """At their day to the minute; what is looked at first is what goes, and a second run finds nothing."""
    settle(project, build_post)
    rules = Rules(days=30)

    would = retained(places, project, rules, try_only=True)
    assert kept(project) == {"1", "10", "29", "30", "31", "100", "400", "both"}
    removed = retained(places, project, rules)

    assert (would.posts, would.rows) == (removed.posts, removed.rows) == (5, 4 * 3 + 1 + 1)
    assert kept(project) == {"1", "10", "29"}
    left = {"x:h:1", "x:h:10", "x:h:29"}
    for name in ("edges", "uses", "metrics"):
        assert {row["post_id"] for row in project.documents(name).values()} == left
    assert project.ids("matches") == set()
    assert project.ids("accounts") == {"11"}
    assert not retained(places, project, rules)


def test_sources_keep_for_another_time(project: Any, places: Places, build_post: Callable[..., Post]) -> None:
    """Shorter or longer than the project; a post of two sources as long as the more patient one."""
    settle(project, build_post)

    retained(places, project, Rules(days=150, sources={"a": 20}))
    assert kept(project) == {"1", "10", "29", "31"}


def test_a_patient_source_keeps_what_the_project_drops(
    project: Any, places: Places, build_post: Callable[..., Post]
) -> None:
    """Nothing of it is dropped with the months of the others; without a project's limit only its own goes."""
    settle(project, build_post)

    retained(places, project, Rules(days=15, sources={"a": 300}))
    assert kept(project) == {"1", "10", "30", "100", "both"}
    assert "x:h:100#tea" in project.ids("uses")
    retained(places, project, Rules(sources={"a": 20}))
    assert kept(project) == {"1", "10", "both"}


def test_what_was_heard_and_is_to_be_read_again_goes_with_the_posts(
    project: Any, places: Places, build_post: Callable[..., Post]
) -> None:
    """Looks and stretches of times that are over; a patient source keeps its own."""
    settle(project, build_post)
    for source in ("a", "b"):
        ages = {days: NOW - timedelta(days=days, minutes=1) for days in (2, 4)}
        looks = [(f"x:h:{source}{days}", "ref", at) for days, at in ages.items()]
        rereads.note(project.state, source, looks, at=NOW - timedelta(days=5))
        heard.add(
            project.state,
            [
                Stretch(
                    source=source, what="collected", since=at - timedelta(hours=1), until=at, run_id=str(d)
                )
                for d, at in ages.items()
            ],
        )

    retained(places, project, Rules(days=3, sources={"b": 30}))

    rows = project.state.connection.execute("SELECT post FROM rereads ORDER BY post").fetchall()
    assert [row[0] for row in rows] == ["x:h:a2", "x:h:b2", "x:h:b4"]
    assert sorted(f"{s.source}{s.run_id}" for s in heard.stretches(project.state)) == ["a2", "b2", "b4"]


def test_texts_go_and_counts_stay(project: Any, places: Places, build_post: Callable[..., Post]) -> None:
    """Words are found no more, tags, mentions and counts as before; a later copy does not bring them back."""
    settle(project, build_post)
    rows = {name: project.documents(name) for name in ("edges", "uses", "metrics")}

    removed = retained(places, project, Rules(text_days=30))

    assert (removed.posts, removed.texts) == (0, 5)
    assert {name: project.documents(name) for name in rows} == rows
    documents = project.documents()
    assert {i for i, d in documents.items() if d.get("text")} == {"x:h:1", "x:h:10", "x:h:29"}
    assert documents["x:h:31"]["hashtags"] == ["tea"]
    assert decode(documents["x:h:31"]["post"]).metrics.likes == 31
    again = build_post(
        31, source="b", created_at=NOW - timedelta(days=31, minutes=1), collected_at=NOW,
        text="elderberry #tea", mentioned=(Mentioned(key="x:h:reza"),), metrics=Metrics(likes=99),
    )  # fmt: skip
    project.take(again)
    found = project.documents()["x:h:31"]
    assert "elderberry" not in str(found)
    assert (found["likes"], found["hashtags"]) == (99, ["tea"])
    assert retained(places, project, Rules(text_days=30)).texts == 0


def test_bytes_are_given_up(
    project: Any, places: Places, build_post: Callable[..., Post], tmp_path: Path
) -> None:
    """At once where much went, else within a week; letters, exports and damaged files go with the texts."""
    settle(project, build_post)
    folder = tmp_path / "project"
    project.state.bury("s", "old", "reason", at=NOW - timedelta(days=31), payload="secretive")
    project.state.bury("s", "new", "reason", at=NOW - timedelta(days=29))
    (folder / "exports").mkdir()
    for name, days in (("old.csv", 31), ("new.csv", 29)):
        (folder / "exports" / name).write_text("x")
        at = (NOW - timedelta(days=days)).timestamp()
        os.utime(folder / "exports" / name, (at, at))

    removed = retained(places, project, Rules(days=300, text_days=30))

    assert (removed.letters, removed.files) == (1, 1)
    assert [letter.subject for letter in project.state.dead_letters()] == ["new"]
    assert [path.name for path in (folder / "exports").iterdir()] == ["new.csv"]
    if places.store.url is None:
        held = b"".join(path.read_bytes() for path in places.store.folder.rglob("*") if path.is_file())
        assert b"cedarwood" in held
        assert b"elderberry" not in held
        assert b"ginkgo" not in held


def test_few_bytes_wait_a_week(project: Any, places: Places, build_post: Callable[..., Post]) -> None:
    """A handful of posts is not worth a rebuild a day."""
    project.take(*(build_post(n, created_at=NOW - timedelta(days=2)) for n in range(30)))
    project.take(build_post("old", created_at=NOW - timedelta(days=40)))

    retained(places, project, Rules(days=30))
    assert project.state.note(VACUUM_NOTE) is not None
    retained(places, project, Rules(days=100), now=NOW + timedelta(days=6))
    assert project.state.note(VACUUM_NOTE) is not None
    retained(places, project, Rules(days=100), now=NOW + timedelta(days=7))
    assert project.state.note(VACUUM_NOTE) is None


def test_it_is_due_once_a_day(project: Any, places: Places) -> None:
    """Counted from when it last ran; nothing is noted where nothing is set."""
    assert due(project.state, NOW)
    assert not retained(places, project, Rules())
    assert project.state.note(NOTE) is None
    retained(places, project, Rules(days=1))
    assert not due(project.state, NOW + timedelta(hours=23))
    assert due(project.state, NOW + timedelta(hours=24))


@pytest.mark.es
def test_old_months_are_dropped_whole(
    elasticsearch_settings: StoreSettings, make_project: Any, tmp_path: Path, build_post: Callable[..., Post]
) -> None:
    """An index that ended before the limit is gone, and with it its shard."""
    from store.elasticsearch import ElasticsearchStore

    with closing(open_store(elasticsearch_settings)) as store:
        store.ensure()
        assert isinstance(store, ElasticsearchStore)
        project = make_project(tmp_path / "p", store)
        settle(project, build_post)
        before = [name.rpartition("-")[2] for name in store.indices("posts")]
        places = Places(
            store=elasticsearch_settings, state=tmp_path / "p" / "state.sqlite",
            spool=tmp_path / "p" / "spool", exports=tmp_path / "none",
        )  # fmt: skip

        removed = retain(places, Rules(days=40), now=NOW)

        assert before == ["2025.09", "2026.04", "2026.07", "2026.10", "2026.11"]
        assert [name.rpartition("-")[2] for name in store.indices("posts")] == ["2026.10", "2026.11"]
        assert [name.rpartition("-")[2] for name in store.indices("uses")] == ["2026.10", "2026.11"]
        assert removed.posts == 3
        assert kept(project) == {"1", "10", "29", "30", "31"}


@pytest.mark.parametrize(
    ("index", "before", "ended"),
    [
        ("p-posts-2026.09", "2026-10-01T00:00:00Z", True),
        ("p-posts-2026.09", "2026-09-30T23:59:59Z", False),
        ("p-posts-g2-2025.12", "2026-01-01T00:00:00Z", True),
        ("p-posts-2024", "2025-01-01T00:00:00Z", True),
        ("p-posts-2024", "2024-12-31T00:00:00Z", False),
        ("p-posts-strange", "2030-01-01T00:00:00Z", False),
    ],
)
def test_end_of_an_index_is_read_off_its_name(index: str, before: str, ended: bool) -> None:
    """Of months and of years."""
    assert ended_before(index, before) is ended


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from store.forget import Places
from store.protocol import StoreSettings
from store.retention import Rules, retain

folder, index = map(Path, sys.argv[1:])
places = Places(
    store=StoreSettings(folder=index), state=folder / "state.sqlite", spool=folder / "spool",
    exports=folder / "exports",
)
retain(places, Rules(days=150, text_days=30), now=datetime(2026, 11, 2, 12, tzinfo=UTC))
"""


def test_killed_retention_is_finished_by_the_next(
    embedded_settings: StoreSettings,
    make_project: Any,
    tmp_path: Path,
    build_post: Callable[..., Post],
    dying: Callable[..., int],
) -> None:
    """SIGKILL at points spread over it: no row is ever left without its post, and the end is the same."""
    with closing(open_store(embedded_settings)) as store:
        project = make_project(tmp_path / "project", store)
        settle(project, build_post)
    folder, index = str(tmp_path / "project"), str(embedded_settings.folder)

    for at in (60, 160, 260):
        assert dying(at, CHILD, folder, index) == -signal.SIGKILL
        posts = project.ids("posts")
        for name in ("edges", "uses", "metrics", "matches"):
            assert {row["post_id"] for row in project.documents(name).values()} <= posts
    dying(0, CHILD, folder, index)

    assert kept(project) == {"1", "10", "29", "30", "31", "100"}
    texts = {i.rpartition(":")[2] for i, d in project.documents().items() if d.get("text")}
    assert texts == {"1", "10", "29"}
