"""What becomes of saved queries while posts are taken in: a row for each post that came to match."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from nlp import hashtags
from posts.errors import QueryError
from posts.post import Metrics, Post, number
from posts.selection import Selection
from store.batch import Plan
from store.matching import Matching
from store.protocol import Store
from store.saved import SavedQueries, SavedQuery, SavedQueryError, fault, topic
from store.state import State

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = AT + timedelta(days=1)
Build = Callable[..., Post]


def save(project: Any, typed: str, *, backfill: bool = False, **parts: Any) -> SavedQuery:
    saved: SavedQuery = project.saved.save(typed, Selection(query=typed, **parts), at=AT, backfill=backfill)
    return saved


@pytest.fixture
def here(tmp_path: Path, embedded_store: Store, make_project: Callable[[Path, Store], Any]) -> Any:
    """A project in a folder, for what does not depend on the engine."""
    return make_project(tmp_path / "project", embedded_store)


def rows(project: Any) -> set[tuple[str, str, str]]:
    """Which query, which post, and why."""
    names = {saved.id: saved.name for saved in project.saved.all()}
    return {
        (names.get(row["query"], row["query"]), row["post_id"].rpartition(":")[2], row["reason"])
        for row in project.documents("matches").values()
    }


def test_a_new_post_that_matches_has_a_row(project: Any, build_post: Build) -> None:
    """The row tells the query and the post, and what rules about matches need to know."""
    saved = save(project, "tea")
    save(project, "coffee")

    project.take(build_post(1, text="green tea"), build_post(2, text="water"))

    assert project.documents("matches") == {
        f"{saved.id}>x:h:1": {
            "id": f"{saved.id}>x:h:1",
            "query": saved.id,
            "query_n": number(saved.id),
            "post_id": "x:h:1",
            "post_n": number("x:h:1"),
            "author": "x:h:sara",
            "author_n": number("x:h:sara"),
            "platform": "x",
            "language": "en",
            "source": ["s"],
            "reason": "new",
            "created_at": "2026-11-01T12:00:00Z",
            "at": "2026-11-02T12:00:00Z",
        }
    }


def test_what_comes_again_leaves_the_first_moment(project: Any, build_post: Build) -> None:
    """Whatever is written of a post that matches already, its row stays as it was."""
    save(project, "tea")
    project.take(build_post(1, text="tea"))
    before = project.documents("matches")

    project.now += timedelta(hours=5)
    project.take(build_post(1, text="tea"))
    project.take(build_post(1, 9, text="tea", metrics=Metrics(likes=4)))
    project.take(build_post(1, 10, text="more tea", edited_at=AT + timedelta(minutes=10)))

    assert len(before) == 1
    assert project.documents("matches") == before


def test_an_edit_may_bring_a_post_to_a_query_and_takes_none_away(project: Any, build_post: Build) -> None:
    """What no longer matches keeps its row: it did match."""
    save(project, "tea")
    save(project, "coffee")
    project.take(build_post(1, text="tea"))

    project.take(build_post(1, 5, text="coffee", edited_at=AT + timedelta(minutes=4)))

    assert rows(project) == {("tea", "1", "new"), ("coffee", "1", "edited")}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"metrics": Metrics(likes=1)}, "counted", id="likes"),
        pytest.param({"text": "tea", "edited_at": AT}, "edited", id="the text"),
        pytest.param({"source": "t"}, "changed", id="another source"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_query_looks_at_what_changes_from_then_on(
    here: Any, build_post: Build, change: dict[str, Any], reason: str | None
) -> None:
    """A post that was there before the query is matched when it changes, and told why."""
    said = build_post(1, text="green tea")
    here.take(said)
    save(here, "tea")

    here.take(replace(said, collected_at=NOW, **change))

    assert rows(here) == ({("tea", "1", reason)} if reason else set())


def test_a_parent_that_comes_brings_its_answer(here: Any, build_post: Build) -> None:
    """A post that only has its reference led to the right post is changed too."""
    here.take(build_post(1, text="tea", reply_to="x:server:7"))
    save(here, "tea")

    here.take(build_post(7, text="?", aliases=("x:server:7",)))

    assert rows(here) == {("tea", "1", "changed")}


def test_what_models_read_later_is_matched(here: Any, build_post: Build) -> None:
    """The second reading of a post writes it again, with entities that were not there before."""
    saved = save(here, "entity:acme")
    here.take(build_post(1, text="tea"))
    document = {**here.documents()["x:h:1"], "entities": ["brand:acme"]}
    matching = Matching(here.store, here.state, topics=(), zone=UTC, key=hashtags.key)

    written = matching.of_changed(Plan(changed=[document], reasons={"x:h:1": "read"}), now=NOW)

    assert [(row["query"], row["post_id"], row["reason"]) for row in written] == [(saved.id, "x:h:1", "read")]


def test_a_deletion_takes_the_rows_of_the_post(project: Any, build_post: Build) -> None:
    """What is gone matched nothing."""
    save(project, "tea")
    project.take(build_post(1, text="tea"), build_post(2, text="tea"))

    project.take(build_post(1, 5, deleted_at=AT + timedelta(minutes=5)))

    assert rows(project) == {("tea", "2", "new")}


def test_a_post_dated_earlier_takes_its_rows_along(project: Any, build_post: Build) -> None:
    """Into another month, and still there once, with the moment at which it first matched."""
    save(project, "tea")
    project.take(build_post(1, text="tea"))
    (before,) = project.documents("matches").values()

    project.now += timedelta(hours=5)
    project.take(build_post(1, 5, text="tea", created_at=AT - timedelta(days=40)))

    assert project.store.count("matches", {"match_all": {}}) == 1
    assert project.documents("matches") == {before["id"]: {**before, "created_at": "2026-09-22T12:00:00Z"}}


def test_all_parts_of_a_selection_count(here: Any, build_post: Build) -> None:
    """Language and source of the filter bar are matched as the query is."""
    save(here, "tea", source="s", language="en")
    save(here, "green", source="other")
    save(here, "#ai", until=AT)

    here.take(build_post(1, text="green tea #ai"))

    assert rows(here) == {("tea", "1", "new")}


def test_a_paused_query_matches_nothing_until_it_is_resumed(here: Any, build_post: Build) -> None:
    """What another process says is heard at the next batch of the same intake."""
    save(here, "tea")
    intake = here.intake()

    def take(number: int) -> None:
        here.spool.write([build_post(number, text="tea")], source="s")
        intake.run()

    take(1)
    assert here.saved.pause("tea")
    take(2)
    assert here.saved.pause("tea", paused=False)
    take(3)

    assert rows(here) == {("tea", "1", "new"), ("tea", "3", "new")}
    assert not here.saved.pause("nothing of this name")


def test_a_query_saved_anew_under_its_name_is_another(here: Any, build_post: Build) -> None:
    """Its id is new, and what stood under the old one is cleared away."""
    first = save(here, "tea")
    here.take(build_post(1, text="tea"))
    second = here.saved.save("tea", Selection(query="coffee"), at=NOW)

    here.take(build_post(2, text="coffee"))

    assert first.id != second.id
    assert [saved.selection.query for saved in here.saved.all()] == ["coffee"]
    assert {row["query"] for row in here.documents("matches").values()} == {second.id}
    assert here.saved.chores() == []


def test_a_removed_query_takes_its_rows_along(project: Any, build_post: Build) -> None:
    """Without any new post, at the next step of whoever writes."""
    save(project, "tea")
    save(project, "green")
    project.take(build_post(1, text="green tea"))

    assert project.saved.remove("tea")
    assert not project.saved.remove("tea")
    intake = project.intake()
    assert intake.has_work
    intake.run()

    assert rows(project) == {("green", "1", "new")}
    assert not intake.has_work


def test_a_back_fill_finds_what_is_there_already(project: Any, build_post: Build) -> None:
    """Asked for, the engine finds the posts of before, each once; those that match already stay."""
    project.take(*(build_post(n, text="tea" if n % 2 else "coffee") for n in range(7)))
    save(project, "coffee")
    save(project, "tea", backfill=True)
    project.spool.write([build_post(8, text="tea")], source="s")

    project.intake().run()
    once = project.documents("matches")
    project.saved._want(project.saved.get("tea").id, "back-fill")
    project.now += timedelta(hours=1)
    project.intake().run()

    assert rows(project) == {
        *(("tea", f"{n}", "back-fill") for n in (1, 3, 5)),
        ("tea", "8", "new"),
    }
    assert project.documents("matches") == once


def test_topics_are_matched_beside_saved_queries(here: Any, build_post: Build) -> None:
    """They are back-filled by themselves, and begin anew when their query is another."""
    here.take(build_post(1, text="tea"))
    here.topics = (topic("Hot Drinks", "tea"), topic("Broken", '"…"'))
    here.take(build_post(2, text="tea"))
    assert rows(here) == {("topic:hot-drinks", "1", "back-fill"), ("topic:hot-drinks", "2", "new")}

    here.topics = (topic("Hot Drinks", "coffee"),)
    here.take(build_post(3, text="coffee"), build_post(4, text="tea"))

    assert rows(here) == {("topic:hot-drinks", "3", "new")}
    assert fault(topic("Broken", '"…"')) == "`…` has no letters or digits to search for."
    assert fault(topic("Hot Drinks", "tea")) == ""


@pytest.fixture
def saved(tmp_path: Path) -> Any:
    """The saved queries of a project without posts."""
    with State(tmp_path / "state.sqlite") as state:
        yield SavedQueries(state)


def test_saved_queries_come_back_as_they_were_saved(saved: SavedQueries) -> None:
    """By name, with every part of the selection, for any process that opens the file."""
    selection = Selection(query='"چای سبز" -job', language="fa", since=AT)  # green tea
    saved.save("  green   tea ", selection, at=AT)
    saved.save("Coffee", Selection(query="coffee"), at=NOW)

    found = SavedQueries(saved._state).all()

    assert [(query.name, query.created_at, query.paused) for query in found] == [
        ("Coffee", NOW, False),
        ("green tea", AT, False),
    ]
    assert found[1].selection == selection
    assert saved.get("green tea") == found[1]
    assert saved.get("tea") is None
    assert not found[1].is_topic


def test_every_change_is_noticed(saved: SavedQueries) -> None:
    """Each of them gives another turn, and looking gives none."""
    turns = [saved.turn()]
    for change in (
        lambda: saved.save("a", Selection(query="a"), at=AT),
        lambda: saved.save("a", Selection(query="b"), at=AT),
        lambda: saved.pause("a"),
        lambda: saved.remove("a"),
    ):
        change()
        turns.append(saved.turn())
    saved.all(), saved.get("a"), saved.chores(), saved.remove("a"), saved.pause("a")

    assert len(set(turns)) == 5
    assert saved.turn() == turns[-1]


@pytest.mark.parametrize(
    ("name", "selection", "error"),
    [
        pytest.param("tea", Selection(query="(tea"), QueryError, id="a query that cannot be read"),
        pytest.param("tea", Selection(query="tea", toward="x:h:a"), QueryError, id="a place in a network"),
        pytest.param(" ", Selection(query="tea"), SavedQueryError, id="no name"),
        pytest.param("a" * 101, Selection(query="tea"), SavedQueryError, id="a long name"),
        pytest.param("a\x07", Selection(query="tea"), SavedQueryError, id="a name that cannot be shown"),
    ],
)
def test_what_cannot_be_saved_leaves_what_was(
    saved: SavedQueries, name: str, selection: Selection, error: type[Exception]
) -> None:
    """The query that had the name stays, and there is nothing to do."""
    saved.save("tea", Selection(query="tea"), at=AT)

    with pytest.raises(error):
        saved.save(name, selection, at=NOW)

    assert [query.selection.query for query in saved.all()] == ["tea"]
    assert saved.chores() == []
