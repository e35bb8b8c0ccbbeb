"""Which posts are to be read again, and when: engagement grows for days after a post was first seen.

A post is due at fixed ages (``AGES``), each of which is one look: the difference between two looks is
what was gained. What is due stands in the state file, so that a crawl that was cut off loses no turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from store.state import State

AGES: Final = (
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""The ages at which a post is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reread:
    """A post that is to be read again: ``ref`` is what its spider asks for it by."""

    post: str
    ref: str
    created_at: datetime
    due_at: datetime


def next_look(created_at: datetime, now: datetime) -> datetime | None:
    """When a post is due after ``now``; ``None`` once its last age has passed.

    >>> next_look(datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 1, 2, tzinfo=UTC)).hour
    6
    """
    return next((created_at + age for age in AGES if created_at + age > now), None)


def note(state: State, source: str, posts: Iterable[tuple[str, str, datetime]], *, at: datetime) -> None:
    """Plan the next look at posts (id, ref, created) that were read at ``at``; old ones had their last."""
    with state.together() as db:
        for post, ref, created_at in posts:
            due = next_look(created_at, at)
            if due is None:
                db.execute("DELETE FROM rereads WHERE source=? AND post=?", (source, post))
            else:
                db.execute(
                    "INSERT OR REPLACE INTO rereads VALUES (?, ?, ?, ?, ?)",
                    (source, post, ref, _text(created_at), _text(due)),
                )


def drop(state: State, source: str, posts: Iterable[str]) -> None:
    """Look no more at these: they are gone."""
    with state.together() as db:
        db.executemany("DELETE FROM rereads WHERE source=? AND post=?", [(source, post) for post in posts])


def due(state: State, source: str, *, at: datetime, limit: int) -> list[Reread]:
    """The posts that are due, those that have waited longest first."""
    rows = state.connection.execute(
        "SELECT post, ref, created_at, due_at FROM rereads WHERE source=? AND due_at<=?"
        " ORDER BY due_at, post LIMIT ?",
        (source, _text(at), limit),
    )
    return [_reread(row) for row in rows]


def count(state: State, source: str, *, at: datetime) -> int:
    """How many posts are due now."""
    row = state.connection.execute(
        "SELECT count(*) FROM rereads WHERE source=? AND due_at<=?", (source, _text(at))
    ).fetchone()
    return int(row[0])


def held(state: State, source: str) -> list[Reread]:
    """All posts of a source that will be looked at again: those that it gave in a week."""
    rows = state.connection.execute(
        "SELECT post, ref, created_at, due_at FROM rereads WHERE source=? ORDER BY post", (source,)
    )
    return [_reread(row) for row in rows]


def _reread(row: tuple[str, str, str, str]) -> Reread:
    return Reread(
        post=row[0],
        ref=row[1],
        created_at=datetime.fromisoformat(row[2]),
        due_at=datetime.fromisoformat(row[3]),
    )


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
