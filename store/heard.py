"""What was heard of a source and what was not, stretch by stretch: the coverage ledger of a project.

Crawls write it, `answers.heard` lays it beside numbers. A stretch is a span of time as posts date it, not
as crawls ran: "between 8:00 and 9:00 all was collected", "before it some are missing, the paging was cut".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from store.state import State

What = Literal["collected", "missing", "deleted"]
Why = Literal["", "paging", "gap", "rate limit", "downtime", "deleted", "shape", "stream"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A span of a source's time: collected, or with posts that are missing or were deleted.

    ``posts`` are those collected, or (as far as it is known, else ``None``) missing or deleted. ``query``
    is what was asked for, where a source asks for more than one thing; ``why`` says why they are missing.
    """

    source: str
    what: What
    since: datetime
    until: datetime
    posts: int | None = None
    query: str = ""
    why: Why = ""
    run_id: str = ""


def add(state: State, stretches: Iterable[Stretch]) -> None:
    """Keep stretches; the same stretch of one run is kept once."""
    with state.together() as db:
        db.executemany(
            "INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (s.source, s.query, s.what, _text(s.since), _text(s.until), s.posts, s.why, s.run_id)
                for s in stretches
            ],
        )


def drop_older(state: State, kept: Callable[[str], float], *, now: datetime) -> None:
    """Forget what was heard of times that are older than the days for which a source's posts are kept."""
    with state.together() as db:
        for (source,) in db.execute("SELECT DISTINCT source FROM heard").fetchall():
            if (days := kept(source)) != float("inf"):
                before = _text(now - timedelta(days=days))
                db.execute("DELETE FROM heard WHERE source=? AND until<?", (source, before))


def stretches(
    state: State, *, source: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> list[Stretch]:
    """What is known of a time, of one source or of all, in the order of time."""
    where, values = ["1"], []
    bounds = (
        ("source=?", source),
        ("until>=?", since and _text(since)),
        ("since<?", until and _text(until)),
    )
    for clause, value in bounds:
        if value is not None:
            where.append(clause)
            values.append(value)
    rows = state.connection.execute(
        "SELECT source, query, what, since, until, posts, why, run_id FROM heard"
        f" WHERE {' AND '.join(where)} ORDER BY since, until, source, what",
        values,
    )
    return [
        Stretch(
            source=row[0],
            query=row[1],
            what=row[2],
            since=datetime.fromisoformat(row[3]),
            until=datetime.fromisoformat(row[4]),
            posts=row[5],
            why=row[6],
            run_id=row[7],
        )
        for row in rows
    ]


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
