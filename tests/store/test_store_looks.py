"""What is to be read again and what was heard: not of the forgotten, no longer than posts are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import heard, rereads
from store.heard import Stretch
from store.state import State

NOW = datetime(2026, 11, 3, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as state:
        for source in ("a", "b"):
            looks = [(f"x:h:{source}{days}", "ref", NOW - days * DAY) for days in (0, 2, 4)]
            rereads.note(state, source, looks, at=NOW - 5 * DAY)
        yield state


def planned(state: State) -> set[str]:
    return {row[0].rpartition(":")[2] for row in state.connection.execute("SELECT post FROM rereads")}


def test_the_forgotten_are_not_planned(state: State) -> None:
    """Those that are forgotten go, and a page that shows them again plans nothing."""
    state.entomb(["x:h:a0", "x:h:b2"], at=NOW)

    rereads.drop_forgotten(state, ["x:h:a4"])
    rereads.note(state, "a", [("x:h:a0", "ref", NOW), ("x:h:a9", "ref", NOW)], at=NOW)

    assert planned(state) == {"a2", "a9", "b0", "b4"}


def test_each_source_keeps_for_its_own_time(state: State) -> None:
    """What is older than its source's posts may be goes; a source that keeps always loses nothing."""
    heard.add(
        state,
        [
            Stretch(source=source, what="collected", since=NOW - (days + 1) * DAY, until=NOW - days * DAY)
            for source in ("a", "b")
            for days in (0, 2, 4)
        ],
    )
    kept = {"a": 3.0, "b": float("inf")}

    rereads.drop_older(state, kept.__getitem__, now=NOW)
    heard.drop_older(state, kept.__getitem__, now=NOW)

    assert planned(state) == {"a0", "a2", "b0", "b2", "b4"}
    left = [(part.source, (NOW - part.until).days) for part in heard.stretches(state)]
    assert sorted(left) == [("a", 0), ("a", 2), ("b", 0), ("b", 2), ("b", 4)]
