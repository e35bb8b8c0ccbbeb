"""Dead letters tried again: one that is taken is gone, one that is not has its new reason, none is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers.imports.letters import mended, read, record_of, send
from posts.errors import RecordError, StoreUnreachable
from posts.post import Metrics, Post
from store import open_store
from store.protocol import Refusal, Store, StoreSettings, Written

AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
NOW = AT + timedelta(days=1)
ALL = {"match_all": {}}
Build = Callable[..., Post]


class Refusing:
    """A store that refuses some posts for a reason, and breaks at a write if it is told to."""

    def __init__(self, store: Store, ids: set[str], reason: str = "no", *, breaks_at: int = 0) -> None:
        self._store, self._ids, self._reason, self._left = store, ids, reason, breaks_at

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, collection: Any, documents: Any, *, fresh: bool = False) -> Written:
        self._left -= 1
        if not self._left:
            raise StoreUnreachable("gone")
        refused = tuple(Refusal(id=d["id"], reason=self._reason) for d in documents if d["id"] in self._ids)
        taken = [document for document in documents if document["id"] not in self._ids]
        return Written(ok=self._store.write(collection, taken, fresh=fresh).ok, refused=refused)


@pytest.fixture
def buried(project: Any, build_post: Build) -> Any:
    """A project with three letters: two posts that the engine refused, one with an impossible date."""
    project.spool.write(
        [
            build_post(1, text="#a"), build_post(2, text="#b"), build_post(4, text="#fine"),
            build_post(3, text="#c", created_at=datetime(1970, 1, 21, tzinfo=UTC)),
        ],
        source="s",
    )  # fmt: skip
    project.intake(Refusing(project.store, {"x:h:1", "x:h:2"})).run()
    assert {letter.subject for letter in project.state.dead_letters()} == {"x:h:1", "x:h:2", "x:h:3"}
    return project


def again(project: Any, store: Any = None) -> int:
    """Try all letters again; how many could be sent."""
    letters = project.state.dead_letters()
    sent = send(project.spool, [read(letter, now=NOW) for letter in letters])
    with contextlib.suppress(StoreUnreachable):
        project.intake(store).run()
    return sent


def told(project: Any) -> dict[str, str]:
    return {letter.subject: letter.reason for letter in project.state.dead_letters()}


def test_what_is_taken_is_gone_and_the_rest_has_its_new_reason(buried: Any) -> None:
    """One of two is refused again, for another reason, in the same letter; the third cannot be sent."""
    numbers = {letter.subject: letter.number for letter in buried.state.dead_letters()}

    assert again(buried, Refusing(buried.store, {"x:h:2"}, "still no")) == 2
    assert told(buried)["x:h:2"] == "still no"
    assert sorted(told(buried)) == ["x:h:2", "x:h:3"]
    assert buried.state.dead_letter(numbers["x:h:2"]).reason == "still no"
    assert buried.ids("posts") == {"x:h:1", "x:h:4"}
    assert buried.ids("uses") == {"x:h:1#a", "x:h:4#fine"}

    assert again(buried) == 1
    assert sorted(told(buried)) == ["x:h:3"]
    assert buried.ids("posts") == {"x:h:1", "x:h:2", "x:h:4"}


def test_a_letter_that_is_sent_twice_is_one_post(buried: Any) -> None:
    """Impatience does no harm."""
    letters = [read(letter, now=NOW) for letter in buried.state.dead_letters()]
    send(buried.spool, letters)
    send(buried.spool, letters)
    buried.intake().run()

    assert sorted(told(buried)) == ["x:h:3"]
    assert buried.store.count("posts", ALL) == 3


def test_a_post_with_a_tombstone_lets_its_letter_go(buried: Any) -> None:
    """What was erased does not come back through the dead letters."""
    buried.state.entomb(["x:h:1"], at=NOW)
    again(buried)

    assert sorted(told(buried)) == ["x:h:3"]
    assert buried.ids("posts") == {"x:h:2", "x:h:4"}


def test_a_break_at_any_write_loses_no_letter(
    tmp_path: Path, build_post: Build, make_project: Callable[[Path, Store], Any]
) -> None:
    """Until the file is taken the letters stand; then they are gone and the posts are there once."""
    for step in range(1, 8):
        folder = tmp_path / str(step)
        store = open_store(StoreSettings(folder=folder / "index"))
        project = make_project(folder, store)
        posts = [build_post(n, text="#a", metrics=Metrics(likes=n)) for n in (1, 2)]
        project.spool.write(posts, source="s")
        project.intake(Refusing(store, {"x:h:1", "x:h:2"})).run()
        again(project, Refusing(store, set(), breaks_at=step))
        waiting = len(project.spool.files())

        assert len(told(project)) == (2 if waiting else 0)
        project.intake().run()
        assert told(project) == {}
        assert store.count("posts", ALL) == 2
        assert project.spool.files() == []
        store.close()


def test_a_mended_letter_is_another_post(buried: Any) -> None:
    """The wrong date is set right; until then it stays what it is."""
    letter = next(letter for letter in buried.state.dead_letters() if letter.subject == "x:h:3")
    record = record_of(letter)
    assert record is not None
    right = replace(
        letter, payload=mended(record, [("created_at", "2026-11-01T09:00:00Z"), ("metrics.likes", "5")])
    )

    assert read(letter, now=NOW).kind == "broken"
    assert send(buried.spool, [read(right, now=NOW)]) == 1
    buried.intake().run()
    assert "x:h:3" not in told(buried)
    assert buried.documents()["x:h:3"]["created_at"] == "2026-11-01T09:00:00Z"
    assert buried.documents()["x:h:3"]["likes"] == 5
    with pytest.raises(RecordError, match=r"text\.a: cannot be set"):
        mended(record, [("text.a", "1")])
