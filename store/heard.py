"""What was heard of a source and what was not, stretch by stretch: the coverage ledger of a project.

Crawls write it, `answers.heard` lays it beside numbers. A stretch is a span of time as posts date it, not
as crawls ran: "between 8:00 and 9:00 all was collected", "before it some are missing, the paging was cut".

What the stretches of a source come to (`resolve`): what any run has read completely is collected, whatever
another run missed in it; a run that says both of the same time is not believed. Posts that are counted as
missing stay so until a later run has read their whole time. `compact` writes old stretches as what they
come to, which changes no answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from store import cursors
from store.state import State
from trends.intervals import Span, Spans, common, near, subtract, union

What = Literal["collected", "missing", "deleted"]
Why = Literal["", "paging", "gap", "rate limit", "downtime", "deleted", "shape", "stream"]

QUARTER_S: Final = 900
"""Posts that are counted belong to a quarter of an hour, which no bucket of time divides."""
RIPE: Final = timedelta(days=1)
_FEW: Final = 200
_SETTLED: Final = timedelta(days=30)
"""What ended so long ago was compacted before, and is left as it is."""
_INSERT: Final = "INSERT OR REPLACE INTO heard VALUES (?, ?, ?, ?, ?, ?, ?, ?)"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What the stretches of a source come to, in seconds since 1970.

    ``collected`` and the ``missing`` ones (with what is left of each) have no time in common; ``counted``
    are posts that are known to be missing, ``deleted`` those that were deleted.
    """

    collected: Spans = ()
    missing: tuple[tuple[Span, Stretch], ...] = ()
    counted: tuple[Stretch, ...] = ()
    deleted: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A stretch with the moment its run began, empty where there is no such run (any more)."""

    stretch: Stretch
    began: str

    @property
    def span(self) -> Span:
        return int(self.stretch.since.timestamp()), int(self.stretch.until.timestamp())


def add(state: State, stretches: Iterable[Stretch]) -> None:
    """Keep stretches; the same stretch of one run is kept once."""
    with state.together() as db:
        db.executemany(_INSERT, map(_values, stretches))


def drop_older(state: State, kept: Callable[[str], float], *, now: datetime) -> None:
    """Forget what was heard of times that are older than the days for which a source's posts are kept."""
    with state.together() as db:
        for (source,) in db.execute("SELECT DISTINCT source FROM heard").fetchall():
            if (days := kept(source)) != float("inf"):
                before = cursors.written(now - timedelta(days=days))
                db.execute("DELETE FROM heard WHERE source=? AND until<?", (source, before))


def stretches(
    state: State, *, source: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> list[Stretch]:
    """What is known of a time, of one source or of all, in the order of time."""
    return [row.stretch for row in _rows(state, source=source, since=since, until=until)]


def resolved(
    state: State, *, source: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> dict[str, Resolved]:
    """By source, what is known of a time comes to; of several queries of a source, what misses one misses.

    Stretches that only reach into the time are told whole.
    """
    by_source: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows(state, source=source, since=since, until=until):
        by_source[row.stretch.source].append(row)
    return {name: _joined(rows) for name, rows in sorted(by_source.items())}


def first_heard(state: State) -> dict[str, datetime]:
    """By source, the earliest moment of which anything is known."""
    found = state.connection.execute("SELECT source, min(since) FROM heard GROUP BY source")
    return {source: datetime.fromisoformat(since) for source, since in found}


def compact(state: State, source: str, *, now: datetime, few: int = _FEW) -> int:
    """Write the source's stretches that ended a day ago as what they come to; how many rows that saved.

    With only a ``few`` rows nothing is done.
    """
    since = cursors.written(now - _SETTLED)
    count = state.connection.execute(
        "SELECT count(*) FROM heard WHERE source=? AND until>=?", (source, since)
    ).fetchone()
    if count[0] <= few:
        return 0
    horizon = int((now - RIPE).timestamp())
    with state.together() as db:
        rows = _rows(state, source=source, since=now - _SETTLED)
        written = [new for part in _by_query(rows).values() for new in _compacted(part, horizon)]
        if len(written) >= len(rows):
            return 0
        db.execute("DELETE FROM heard WHERE source=? AND until>=?", (source, since))
        db.executemany(_INSERT, map(_values, written))
    return len(rows) - len(written)


def _joined(rows: Sequence[_Row]) -> Resolved:
    """All queries of a source together."""
    parts = [_resolve(part) for part in _by_query(rows).values()]
    if len(parts) == 1:
        return parts[0]
    missing = tuple(each for part in parts for each in part.missing)
    lost = union(span for span, _ in missing)
    return Resolved(
        collected=subtract(union(span for part in parts for span in part.collected), lost),
        missing=missing,
        counted=tuple(each for part in parts for each in part.counted),
        deleted=tuple(each for part in parts for each in part.deleted),
    )


def _by_query(rows: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        found[row.stretch.query].append(row)
    return found


def _resolve(rows: Sequence[_Row]) -> Resolved:
    read = [row for row in rows if row.stretch.what == "collected"]
    missing = [row for row in rows if row.stretch.what == "missing"]
    by_run: dict[str, list[Span]] = defaultdict(list)
    for row in read:
        by_run[row.stretch.run_id].append(row.span)
    own_read = {run_id: union(spans) for run_id, spans in by_run.items()}
    all_read = union(row.span for row in read)
    left = []
    for row in missing:
        if row.stretch.posts is None:
            others = _read_by_others(row, read, own_read, all_read)
            left += [(span, row.stretch) for span in subtract((row.span,), others)]
    lost = union(span for span, _ in left)
    return Resolved(
        collected=subtract(all_read, lost),
        missing=tuple(left),
        counted=tuple(
            row.stretch
            for row in missing
            if row.stretch.posts is not None and not _read_later(row, read, all_read)
        ),
        deleted=tuple(row.stretch for row in rows if row.stretch.what == "deleted"),
    )


def _read_by_others(row: _Row, read: Sequence[_Row], own_read: dict[str, Spans], all_read: Spans) -> Spans:
    """What other runs than the row's own have read around it."""
    if not near(own_read.get(row.stretch.run_id, ()), row.span):
        return near(all_read, row.span)
    return union(other.span for other in read if other.stretch.run_id != row.stretch.run_id)


def _read_later(row: _Row, read: Sequence[_Row], all_read: Spans) -> bool:
    """Whether the whole time of counted posts was read by runs that began after the row's own."""
    # In whole quarters of an hour, because that is all that is kept of them.
    span = quarter(row.stretch.since), quarter(row.stretch.until) + QUARTER_S
    if subtract((span,), near(all_read, span)):
        return False
    later = union(other.span for other in read if other.began > row.began)
    return not subtract((span,), near(later, span))


def _compacted(rows: Sequence[_Row], horizon: int) -> list[Stretch]:
    """The fewest stretches that come to the same as these rows of one query; young ones stay as they are.

    Rows that reach over the horizon are cut there: what lies before it is settled.
    """
    found = _resolve(rows)
    before: Spans = ((0, horizon),)
    ripe = [each for each in (*found.counted, *found.deleted) if each.until.timestamp() <= horizon]
    young = [each for each in (*found.counted, *found.deleted) if each.until.timestamp() > horizon]
    missing = [(span, stretch) for whole, stretch in found.missing for span in common((whole,), before)]
    first = rows[0].stretch
    written = [
        Stretch(
            source=first.source,
            what="collected",
            since=_moment(since),
            until=_moment(until),
            query=first.query,
        )
        for since, until in common(found.collected, before)
    ]
    written += _merged_missing(missing) + _merged_counts(ripe) + young
    for row in rows:
        since, until = row.span
        uncounted = row.stretch.what == "missing" and row.stretch.posts is None
        if until > horizon and (uncounted or row.stretch.what == "collected"):
            cut = since < horizon
            written.append(replace(row.stretch, since=_moment(horizon), posts=None) if cut else row.stretch)
    return written


def _merged_missing(missing: Iterable[tuple[Span, Stretch]]) -> list[Stretch]:
    """Neighbours that are missing for one reason as one, under the last of their runs."""
    found: list[tuple[Span, Stretch]] = []
    for span, stretch in sorted(missing, key=lambda each: (each[1].why, each[0])):
        if found and found[-1][1].why == stretch.why and span[0] <= found[-1][0][1]:
            (since, until), _ = found[-1]
            found[-1] = ((since, max(until, span[1])), stretch)
        else:
            found.append((span, stretch))
    return [replace(each, since=_moment(span[0]), until=_moment(span[1])) for span, each in found]


def _merged_counts(counts: Iterable[Stretch]) -> list[Stretch]:
    """Posts that are missing or deleted for one reason in the same quarters of an hour as one number."""
    found: dict[tuple[str, str, int, int], Stretch] = {}
    for stretch in counts:
        since, until = (quarter(moment) for moment in (stretch.since, stretch.until))
        key = (stretch.what, stretch.why, since, until)
        before = found.get(key)
        posts = (stretch.posts or 0) + (before.posts or 0 if before else 0)
        found[key] = replace(stretch, since=_moment(since), until=_moment(until), posts=posts)
    return list(found.values())


def quarter(moment: datetime) -> int:
    """The beginning of the quarter of an hour in which a moment lies, in seconds since 1970."""
    seconds = int(moment.timestamp())
    return seconds - seconds % QUARTER_S


def _rows(
    state: State, *, source: str | None = None, since: datetime | None = None, until: datetime | None = None
) -> list[_Row]:
    where, values = ["1"], []
    bounds = (
        ("h.source=?", source),
        ("h.until>=?", since and cursors.written(since)),
        ("h.since<?", until and cursors.written(until)),
    )
    for clause, value in bounds:
        if value is not None:
            where.append(clause)
            values.append(value)
    found = state.connection.execute(
        "SELECT h.source, query, what, since, until, posts, why, h.run_id, coalesce(r.started_at, '')"
        " FROM heard h LEFT JOIN runs r ON r.run_id=h.run_id"
        f" WHERE {' AND '.join(where)} ORDER BY since, until, h.source, what",
        values,
    )
    return [
        _Row(
            stretch=Stretch(
                source=row[0],
                query=row[1],
                what=row[2],
                since=datetime.fromisoformat(row[3]),
                until=datetime.fromisoformat(row[4]),
                posts=row[5],
                why=row[6],
                run_id=row[7],
            ),
            began=row[8],
        )
        for row in found
    ]


def _values(s: Stretch) -> tuple[object, ...]:
    return (
        s.source,
        s.query,
        s.what,
        cursors.written(s.since),
        cursors.written(s.until),
        s.posts,
        s.why,
        s.run_id,
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
