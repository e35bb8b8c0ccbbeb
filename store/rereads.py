"""Which posts are to be read again, and when: engagement grows for days after a post was first seen.

A post is due at fixed ages (``AGES``), each of which is one look: the difference between two looks is
what was gained. What is due stands in the state file, so that a crawl that was cut off loses no turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from store.cursors import written
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
_OF_SOURCE: Final = "SELECT post, ref, created_at, due_at FROM rereads WHERE source=?"


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
    """Plan the next look at posts (id, ref, created) that were read at ``at``; old ones had their last, and
    those that were forgotten are not looked at."""
    posts = list(posts)
    forgotten = state.entombed(post for post, _, _ in posts)
    with state.together() as db:
        for post, ref, created_at in posts:
            due = next_look(created_at, at)
            if due is None or post in forgotten:
                db.execute("DELETE FROM rereads WHERE source=? AND post=?", (source, post))
            else:
                db.execute(
                    "INSERT OR REPLACE INTO rereads VALUES (?, ?, ?, ?, ?)",
                    (source, post, ref, written(created_at), written(due)),
                )


def drop(state: State, source: str, posts: Iterable[str]) -> None:
    """Look no more at these: they are gone."""
    with state.together() as db:
        db.executemany("DELETE FROM rereads WHERE source=? AND post=?", [(source, post) for post in posts])


def drop_forgotten(state: State, gone: Iterable[str] = ()) -> None:
    """Look no more at posts that have a tombstone, nor at these, whichever source planned to."""
    planned = {row[0] for row in state.connection.execute("SELECT DISTINCT post FROM rereads")}
    dead = state.entombed(planned) | planned.intersection(gone)
    with state.together() as db:
        db.executemany("DELETE FROM rereads WHERE post=?", [(post,) for post in dead])


def drop_older(state: State, kept: Callable[[str], float], *, now: datetime) -> None:
    """Look no more at posts that are older than the days for which their source's are kept."""
    with state.together() as db:
        for (source,) in db.execute("SELECT DISTINCT source FROM rereads").fetchall():
            if (days := kept(source)) != float("inf"):
                before = written(now - timedelta(days=days))
                db.execute("DELETE FROM rereads WHERE source=? AND created_at<?", (source, before))


def due(state: State, source: str, *, at: datetime, limit: int) -> list[Reread]:
    """The posts that are due, those that have waited longest first."""
    rows = state.connection.execute(
        f"{_OF_SOURCE} AND due_at<=? ORDER BY due_at, post LIMIT ?",
        (source, written(at), limit),
    )
    return [_reread(row) for row in rows]


def known(state: State, source: str, refs: Sequence[str]) -> list[Reread]:
    """Those of a source's posts that are still looked at and have one of these refs."""
    found: list[Reread] = []
    for start in range(0, len(refs), 500):
        some = refs[start : start + 500]
        rows = state.connection.execute(
            f"{_OF_SOURCE} AND ref IN ({', '.join('?' * len(some))})",
            (source, *some),
        )
        found += map(_reread, rows)
    return found


def count(state: State, source: str, *, at: datetime) -> int:
    """How many posts are due now."""
    row = state.connection.execute(
        "SELECT count(*) FROM rereads WHERE source=? AND due_at<=?", (source, written(at))
    ).fetchone()
    return int(row[0])


def held(state: State, source: str) -> list[Reread]:
    """All posts of a source that will be looked at again: those that it gave in a week."""
    rows = state.connection.execute(f"{_OF_SOURCE} ORDER BY post", (source,))
    return [_reread(row) for row in rows]


def _reread(row: tuple[str, str, str, str]) -> Reread:
    return Reread(
        post=row[0],
        ref=row[1],
        created_at=datetime.fromisoformat(row[2]),
        due_at=datetime.fromisoformat(row[3]),
    )
