"""Intake over a store that breaks or refuses: nothing is lost, nothing is there twice."""

import contextlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from posts.errors import StoreUnreachable
from posts.post import Author, Mentioned, Metrics, Post, decode
from store import open_store
from store.protocol import Refusal, Store, StoreSettings, Written

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ALL = {"match_all": {}}
COLLECTIONS = ("posts", "edges", "uses", "metrics", "accounts")
Build = Callable[..., Post]


class Failing:
    """A store that breaks at its n-th write or deletion, before or after doing it."""

    def __init__(self, store: Store, at: int, error: BaseException, *, after: bool) -> None:
        self._store = store
        self._left = at
        self._error = error
        self._after = after
        self.broke = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, collection: Any, documents: Any, *, fresh: bool = False) -> Written:
        return self._do(lambda: self._store.write(collection, documents, fresh=fresh))

    def delete(self, collection: Any, query: Any) -> int:
        return self._do(lambda: self._store.delete(collection, query))

    def _do(self, act: Callable[[], Any]) -> Any:
        self._left -= 1
        if self._left:
            return act()
        self.broke = True
        if self._after:
            act()
        raise self._error


def build_story(build_post: Build) -> list[list[Post]]:
    """Files in which posts are new, come again, change, wait for parents, move and are deleted."""
    named = (Mentioned(key="x:h:a"),)

    def known(followers: int) -> Author:
        return Author(key="x:h:nima", followers=followers)

    return [
        [
            build_post(1, text="#one #two", mentioned=named, metrics=Metrics(likes=1), run_id="r1"),
            build_post(2, 6, text="#two", reply_to="x:server:9", author=known(10), run_id="r1"),
            build_post(5, 12, text="#two", author=known(12), run_id="r1"),
            build_post(3, text="#gone", metrics=Metrics(likes=9), run_id="r1"),
            build_post(4, text="#four", mentioned=named, run_id="r1"),
        ],
        [
            build_post(1, 9, text="#one #three", edited_at=AT, metrics=Metrics(likes=4), run_id="r2"),
            build_post(3, 9, deleted_at=AT, run_id="r2"),
            build_post(4, 9, text="#four", mentioned=named, created_at=AT - timedelta(days=40), run_id="r2"),
            build_post(9, text="#nine", aliases=("x:server:9",), by="omid", metrics=Metrics(), run_id="r2"),
            build_post(9, 3, text="#nine", by="omid", metrics=Metrics(views=3), run_id="r2"),
            build_post(6, 9, text="#two", author=known(11), run_id="r2"),
        ],
    ]


def contents(store: Store) -> dict[str, list[str]]:
    store.refresh()
    return {
        name: sorted(json.dumps(document, sort_keys=True) for document in store.scan(name, ALL))
        for name in COLLECTIONS
    }


def end_of(project: Any) -> dict[str, Any]:
    """All that a project holds when its story is over."""
    return {
        **contents(project.store),
        "runs": {run.run_id: (run.new, run.refused) for run in project.state.runs()},
        "journal": set(project.journal.read_text().split()),
    }


@pytest.fixture
def live(make_project: Callable[[Path, Store], Any], build_post: Build) -> Callable[..., tuple[bool, Any]]:
    """Tells whether the story broke at a step of one of its files, and its end after another run."""

    def told(
        folder: Path, breaking: int, step: int, error: BaseException, *, after: bool
    ) -> tuple[bool, Any]:
        project = make_project(folder, open_store(StoreSettings(folder=folder / "index")))
        broke = False
        for number, posts in enumerate(build_story(build_post), 1):
            project.state.begin_run(f"r{number}", job=str(number), due_at=AT, started_at=AT)
            failing = Failing(project.store, step if number == breaking else 0, error, after=after)
            project.spool.write(posts, source="s", run_id=f"r{number}")
            with contextlib.suppress(KeyboardInterrupt):
                project.intake(failing).run()
            if failing.broke:
                broke = True
                project.intake().run()
        end = end_of(project)
        project.store.close()
        return broke, end

    return told


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "error", [StoreUnreachable("gone"), KeyboardInterrupt()], ids=["unreachable", "killed"]
)
@pytest.mark.parametrize("breaking", [1, 2], ids=["new posts", "known posts"])
def test_breaking_at_any_step_loses_and_doubles_nothing(
    tmp_path: Path, live: Any, breaking: int, error: BaseException, after: bool
) -> None:
    """Break at write 1, 2, 3 … until a run passes untouched: the next run always ends in the same store."""
    _, wanted = live(tmp_path / "whole", breaking, 0, error, after=after)
    step, broke = 0, True
    while broke:
        step += 1
        broke, end = live(tmp_path / str(step), breaking, step, error, after=after)

        assert end == wanted, f"after a break at write {step}"

    assert wanted["runs"] == {"r1": (5, 0), "r2": (2, 0)}
    assert wanted["journal"] == {f"x:h:{number}" for number in (1, 2, 3, 4, 5, 6, 9)}
    assert [json.loads(row).get("d_followers") for row in wanted["accounts"]] == [None, 1, 1]
    assert step > 4


class Refusing:
    """A store that does not take documents of some ids, for good or for now."""

    def __init__(self, store: Store, ids: Sequence[str], *, retry: bool) -> None:
        self._store = store
        self._ids = ids
        self._retry = retry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, collection: Any, documents: Any, *, fresh: bool = False) -> Written:
        taken = [document for document in documents if document["id"] not in self._ids]
        written = self._store.write(collection, taken, fresh=fresh)
        refused = tuple(
            Refusal(id=document["id"], reason="no", retry=self._retry)
            for document in documents
            if document["id"] in self._ids
        )
        return Written(ok=written.ok, refused=refused)


def test_what_the_engine_refuses_is_a_dead_letter(project: Any, build_post: Build) -> None:
    """One post refused for good is buried with its content, and has no rows; the others are taken."""
    project.spool.write([build_post(1, text="#a"), build_post(2, text="#b")], source="s")

    report = project.intake(Refusing(project.store, ["x:h:1"], retry=False)).run()

    assert (report.taken, report.refused) == (1, 1)
    letter = project.state.dead_letters()[0]
    assert (letter.source, letter.subject, letter.reason) == ("s", "x:h:1", "no")
    assert decode(letter.payload or "").text == "#a"
    assert project.ids("uses") == {"x:h:2#b"}
    assert project.journal.read_text() == "x:h:2\n"


def test_what_may_be_taken_later_stays_in_the_spool(project: Any, build_post: Build) -> None:
    """The file waits, the report says why, and the next run takes it."""
    project.spool.write([build_post(1, text="#a"), build_post(2, text="#b")], source="s")

    report = project.intake(Refusing(project.store, ["x:h:1#a"], retry=True)).run()

    assert report.stopped == "no"
    assert len(project.spool.files()) == 1
    assert project.intake().run().stopped == ""
    assert project.ids("uses") == {"x:h:1#a", "x:h:2#b"}
    assert set(project.journal.read_text().split()) == {"x:h:1", "x:h:2"}
