"""What a project remembers beside its posts: cursors, runs, pauses, dead letters, tombstones.

One SQLite file a project on both engines, in WAL mode with ``synchronous=FULL``: what a method has
returned from survives a power cut. Every process opens its own ``State``.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from store.cursors import exact
from store.state_tables import TABLES
from store.unlocked import once_unlocked

INTERRUPTED: Final = "interrupted: the process ended before the run did"
_LETTER: Final = "number, source, subject, reason, at, payload"
RunState = Literal["running", "done", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl: what was asked (requests), got (posts), new to the store, refused, and why it ended.

    ``outcome`` is ok, partial, error, refused, put off or not set up; ``new`` is ``None`` until
    intake has taken the posts.
    """

    run_id: str
    job: str
    due_at: datetime
    started_at: datetime
    ended_at: datetime | None = None
    state: RunState = "running"
    outcome: str | None = None
    reason: str = ""
    asked: int = 0
    got: int = 0
    new: int | None = None
    refused: int = 0
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A thing that could not be taken: ``subject`` is its id, or its position in the file or answer."""

    number: int
    source: str
    subject: str
    reason: str
    at: datetime
    payload: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceControl:
    """What a person or a server has said about a source: paused, or not before a time."""

    paused: bool = False
    put_off_until: datetime | None = None
    put_off_reason: str = ""


class State:
    """The state file of one project, made when it is missing (mode 0600)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not path.exists()
        self._db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        if new:
            path.chmod(0o600)
        once_unlocked(lambda: self._db.execute("PRAGMA journal_mode=WAL"))
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("PRAGMA secure_delete=ON")
        once_unlocked(lambda: self._db.executescript(TABLES))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[sqlite3.Connection]:
        """The file, for what this room writes in it: all inside is written, or none of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self._db
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    @property
    def connection(self) -> sqlite3.Connection:
        """The file, for what other modules of this room read in it."""
        return self._db

    # cursors

    def cursor(self, source: str, key: str) -> str | None:
        """Where the next crawl of a source goes on, under a name of the spider's own."""
        row = self._db.execute("SELECT value FROM cursors WHERE source=? AND key=?", (source, key)).fetchone()
        return None if row is None else str(row[0])

    def cursors(self, source: str, beginning: str) -> dict[str, str]:
        """The cursors of a source whose names begin so, in the order of their names."""
        rows = self._db.execute(
            "SELECT key, value FROM cursors WHERE source=? AND substr(key, 1, ?)=? ORDER BY key",
            (source, len(beginning), beginning),
        )
        return {str(key): str(value) for key, value in rows}

    def move_cursors(self, source: str, values: Mapping[str, str | None], *, at: datetime) -> None:
        """Move several cursors at once; ``None`` forgets one. Only after the spool holds the posts."""
        with self.together():
            for key, value in values.items():
                if value is None:
                    self._db.execute("DELETE FROM cursors WHERE source=? AND key=?", (source, key))
                else:
                    self._db.execute(
                        "INSERT OR REPLACE INTO cursors VALUES (?, ?, ?, ?)", (source, key, value, exact(at))
                    )

    def forget_cursors(self, source: str) -> None:
        """Begin a source anew: it is another place now, and nothing of the old one is read again."""
        with self.together():
            self._db.execute("DELETE FROM cursors WHERE source=?", (source,))
            self._db.execute("DELETE FROM rereads WHERE source=?", (source,))

    # runs

    def begin_run(self, run_id: str, *, job: str, due_at: datetime, started_at: datetime) -> bool:
        """Note that a run has begun; ``False`` if this due time of the job has had its run.

        An interrupted run of the same due time is taken over: it is made again under the new id.
        """
        with self.together():
            begun = self._db.execute(
                "INSERT OR IGNORE INTO runs (run_id, job, due_at, started_at, state)"
                " VALUES (?, ?, ?, ?, 'running')",
                (run_id, job, exact(due_at), exact(started_at)),
            ).rowcount
            if not begun:
                begun = self._db.execute(
                    "UPDATE runs SET run_id=?, started_at=?, ended_at=NULL, state='running', outcome=NULL,"
                    " reason='' WHERE job=? AND due_at=? AND state='interrupted'",
                    (run_id, exact(started_at), job, exact(due_at)),
                ).rowcount
        return begun == 1

    def end_run(
        self,
        run_id: str,
        *,
        ended_at: datetime,
        outcome: str,
        reason: str = "",
        asked: int = 0,
        got: int = 0,
        refused: int = 0,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        self._db.execute(
            "UPDATE runs SET ended_at=?, state='done', outcome=?, reason=?, asked=?, got=?,"
            " refused=refused+?, details=? WHERE run_id=?",
            (
                exact(ended_at), outcome, reason, asked, got, refused,
                json.dumps(dict(details or {}), ensure_ascii=False), run_id,
            ),
        )  # fmt: skip

    def count_taken(self, run_id: str, *, new: int, refused: int = 0) -> None:
        """Add what intake found out about a run: posts new to the store, posts it had to refuse."""
        self._db.execute(
            "UPDATE runs SET new=coalesce(new, 0)+?, refused=refused+? WHERE run_id=?", (new, refused, run_id)
        )

    def settle(
        self,
        counts: Mapping[str, tuple[int, int]],
        notes: Mapping[str, str],
        *,
        entombed: Iterable[str] = (),
        at: datetime,
    ) -> None:
        """Add what intake found out about runs (new, refused), entomb posts, and note it: all or nothing."""
        with self.together():
            for run_id, (new, refused) in counts.items():
                self._db.execute(
                    "UPDATE runs SET new=coalesce(new, 0)+?, refused=refused+? WHERE run_id=?",
                    (new, refused, run_id),
                )
            self._entomb(entombed, at)
            for key, value in notes.items():
                self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))

    def interrupt_runs(self, *, job: str | None = None) -> int:
        """Mark runs that a dead process left running, of all jobs or of one; how many.

        The caller holds the lock of the service, or that of the job's host.
        """
        where, values = (" AND job=?", [job]) if job is not None else ("", [])
        return self._db.execute(
            f"UPDATE runs SET state='interrupted', outcome='error', reason=? WHERE state='running'{where}",
            [INTERRUPTED, *values],
        ).rowcount

    def runs(self, *, job: str | None = None, limit: int = 50) -> list[Run]:
        """The newest runs first."""
        where, values = ("WHERE job=?", [job]) if job is not None else ("", [])
        rows = self._db.execute(
            "SELECT run_id, job, due_at, started_at, ended_at, state, outcome, reason, asked, got, new,"
            f" refused, details FROM runs {where} ORDER BY started_at DESC, rowid DESC LIMIT ?",
            [*values, limit],
        )
        return [_run(row) for row in rows]

    # sources

    def control(self, source: str) -> SourceControl:
        row = self._db.execute(
            "SELECT paused, put_off_until, put_off_reason FROM sources WHERE source=?", (source,)
        ).fetchone()
        if row is None:
            return SourceControl()
        return SourceControl(paused=bool(row[0]), put_off_until=_time(row[1]), put_off_reason=row[2] or "")

    def pause(self, source: str, *, paused: bool = True) -> None:
        self._db.execute(
            "INSERT INTO sources (source, paused) VALUES (?, ?)"
            " ON CONFLICT (source) DO UPDATE SET paused=excluded.paused",
            (source, int(paused)),
        )

    def put_off(self, source: str, until: datetime | None, *, reason: str = "") -> None:
        """Not before ``until``; ``None`` lifts it."""
        self._db.execute(
            "INSERT INTO sources (source, put_off_until, put_off_reason) VALUES (?, ?, ?)"
            " ON CONFLICT (source) DO UPDATE SET put_off_until=excluded.put_off_until,"
            " put_off_reason=excluded.put_off_reason",
            (source, None if until is None else exact(until), reason),
        )

    # dead letters

    def bury(
        self, source: str, subject: str, reason: str, *, at: datetime, payload: str | None = None
    ) -> None:
        """Keep what could not be taken. The same thing for the same reason is one letter."""
        self.bury_all([(source, subject, reason, payload)], at=at)

    def bury_all(self, letters: Iterable[tuple[str, str, str, str | None]], *, at: datetime) -> None:
        """Keep several (source, subject, reason, payload), synced to the disk once."""
        with self.together():
            self._db.executemany(
                "INSERT INTO dead_letters (source, subject, reason, at, payload) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (source, subject, reason)"
                " DO UPDATE SET at=excluded.at, payload=excluded.payload",
                [
                    (source, _storable(subject), _storable(reason), exact(at), payload and _storable(payload))
                    for source, subject, reason, payload in letters
                ],
            )

    def dead_letters(self, *, source: str | None = None, limit: int | None = None) -> list[DeadLetter]:
        """The newest first."""
        where, values = ("WHERE source=?", [source]) if source is not None else ("", [])
        rows = self._db.execute(
            f"SELECT {_LETTER} FROM dead_letters {where} ORDER BY at DESC, number DESC LIMIT ?",
            [*values, -1 if limit is None else limit],
        )
        return [_dead_letter(row) for row in rows]

    def dead_letter(self, number: int) -> DeadLetter | None:
        """The letter of this number."""
        found = self._db.execute(f"SELECT {_LETTER} FROM dead_letters WHERE number=?", (number,)).fetchone()
        return None if found is None else _dead_letter(found)

    def reword_dead_letter(
        self, number: int, reason: str, *, at: datetime, payload: str | None = None
    ) -> bool:
        """Tell a letter that was tried again why it still cannot be taken; whether it is there."""
        # Another letter that says the same of the same thing gives way.
        changed = self._db.execute(
            "UPDATE OR REPLACE dead_letters SET reason=?, at=?, payload=coalesce(?, payload) WHERE number=?",
            (_storable(reason), exact(at), payload and _storable(payload), number),
        )
        return changed.rowcount == 1

    def count_dead_letters(self, *, source: str | None = None) -> int:
        """How many there are."""
        where, values = ("WHERE source=?", [source]) if source is not None else ("", [])
        row = self._db.execute(f"SELECT count(*) FROM dead_letters {where}", values).fetchone()
        return int(row[0])

    def drop_dead_letters(self, numbers: Iterable[int]) -> None:
        with self.together():
            self._db.executemany("DELETE FROM dead_letters WHERE number=?", [(n,) for n in numbers])

    # tombstones

    def entomb(self, ids: Iterable[str], *, at: datetime) -> None:
        """Posts of these ids shall not come back; only a digest of each id is kept."""
        with self.together():
            self._entomb(ids, at)

    def _entomb(self, ids: Iterable[str], at: datetime) -> None:
        self._db.executemany(
            "INSERT OR IGNORE INTO tombstones VALUES (?, ?)", [(_digest(i), exact(at)) for i in ids]
        )

    def entombed(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that have a tombstone."""
        if self._db.execute("SELECT 1 FROM tombstones LIMIT 1").fetchone() is None:
            return set()
        by_digest = {_digest(i): i for i in ids}
        found: set[str] = set()
        digests = list(by_digest)
        for start in range(0, len(digests), 900):
            part = digests[start : start + 900]
            rows = self._db.execute(
                f"SELECT digest FROM tombstones WHERE digest IN ({','.join('?' * len(part))})", part
            )
            found.update(by_digest[row[0]] for row in rows)
        return found

    # notes

    def note(self, key: str) -> str | None:
        """A small value of the program's own (the demo's seed, the intake's heartbeat)."""
        row = self._db.execute("SELECT value FROM notes WHERE key=?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def set_note(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (key, value))

    def delete_note(self, key: str) -> None:
        self._db.execute("DELETE FROM notes WHERE key=?", (key,))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _digest(post_id: str) -> str:
    return hashlib.sha256(post_id.encode("utf-8", "replace")).hexdigest()


def _storable(text: str) -> str:
    """SQLite takes no lone surrogates."""
    return text.encode("utf-8", "replace").decode()


def _dead_letter(row: tuple[Any, ...]) -> DeadLetter:
    number, source, subject, reason, at, payload = row
    return DeadLetter(
        number=number, source=source, subject=subject, reason=reason, at=_moment(at), payload=payload
    )


def _run(row: tuple[Any, ...]) -> Run:
    return Run(
        run_id=row[0], job=row[1], due_at=_moment(row[2]), started_at=_moment(row[3]), ended_at=_time(row[4]),
        state=row[5], outcome=row[6], reason=row[7], asked=row[8], got=row[9], new=row[10], refused=row[11],
        details=json.loads(row[12]),
    )  # fmt: skip
