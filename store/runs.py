"""Runs of crawls as what they tell about time: which there were, and how each ended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.cursors import exact
from store.state import RunState, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A run without its details: ``outcome`` is ``None`` while it is under way."""

    run_id: str
    started_at: datetime
    state: RunState
    outcome: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a run read: ``heard`` posts of new time (``None`` where it does not tell), of so many items.

    ``answered`` is whether a server answered with something (a 304 has nothing in it).
    """

    started_at: datetime
    items: int
    heard: int | None
    refused: int
    answered: bool
    unread: frozenset[str]


def between(state: State, job: str, since: datetime, until: datetime, *, limit: int = 5_000) -> list[Ended]:
    """The runs of a job that began in this time, the first first; of very many the last."""
    rows = state.connection.execute(
        "SELECT run_id, started_at, state, outcome, reason FROM runs"
        " WHERE job=? AND started_at>=? AND started_at<? ORDER BY started_at DESC LIMIT ?",
        (job, exact(since), exact(until), limit),
    )
    found = [
        Ended(
            run_id=row[0], started_at=datetime.fromisoformat(row[1]), state=row[2], outcome=row[3],
            reason=row[4],
        )
        for row in rows
    ]  # fmt: skip
    return found[::-1]


def first_begun(state: State, job: str) -> datetime | None:
    """When the first run of a job began."""
    row = state.connection.execute("SELECT min(started_at) FROM runs WHERE job=?", (job,)).fetchone()
    return None if row is None or row[0] is None else datetime.fromisoformat(row[0])


def jobs(state: State) -> list[str]:
    """The names of all jobs that ever ran, by one look at the index for each."""
    rows = state.connection.execute(
        "WITH RECURSIVE names(job) AS (SELECT min(job) FROM runs UNION ALL"
        " SELECT (SELECT min(job) FROM runs WHERE job>names.job) FROM names WHERE names.job IS NOT NULL)"
        " SELECT job FROM names WHERE job IS NOT NULL"
    )
    return [row[0] for row in rows]


def shapes(state: State, job: str, *, before: datetime | None = None, limit: int = 1_000) -> Iterator[Shape]:
    """What the runs of a job that ended well read, the newest first, read as far as it is asked for."""
    rows = state.connection.execute(
        "SELECT started_at, refused, json_extract(details, '$.items'), json_extract(details, '$.heard'),"
        " json_extract(details, '$.answers'), json_extract(details, '$.unread') FROM runs"
        " WHERE job=? AND started_at<? AND state='done' AND outcome IN ('ok', 'partial')"
        " ORDER BY started_at DESC LIMIT ?",
        (job, "~" if before is None else exact(before), limit),
    )
    for row in rows:
        yield _shape(row)


def _shape(row: tuple[Any, ...]) -> Shape:
    answers = _names(row[4])
    return Shape(
        started_at=datetime.fromisoformat(row[0]),
        items=row[2] or 0,
        heard=row[3],
        refused=row[1],
        answered=any(status.startswith("2") for status in answers),
        unread=_names(row[5]),
    )


def _names(written: str | None) -> frozenset[str]:
    """The keys of an object in JSON."""
    found = json.loads(written) if written else {}
    return frozenset(found) if isinstance(found, dict) else frozenset()
