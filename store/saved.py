"""Saved queries: what a project is watched for besides its sources, kept in its state file.

A definition never changes under its id: a query that is saved again under its name is another one, and
the matches of the one before are cleared away, so that what stands under an id was found by one query.
Matches are written by whoever holds the writer's lock, so here it is noted what there is to do for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal

from posts.errors import QueryError, RasadError, UnsupportedQuery
from posts.selection import Selection, from_params
from store.matcher import check_matchable
from store.state import State
from store.unlocked import once_unlocked

Chore = Literal["back-fill", "clear"]

TOPIC: Final = "topic:"
MAX_NAME: Final = 100
_TURN: Final = "saved_queries.turn"
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS saved_queries (
  number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, params TEXT NOT NULL,
  created_at TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS saved_topics (id TEXT PRIMARY KEY, query TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS saved_chores (
  number INTEGER PRIMARY KEY AUTOINCREMENT, query TEXT NOT NULL, chore TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedQuery:
    """A query under a name. ``created_at`` is ``None`` for a topic of the project's settings."""

    id: str
    name: str
    selection: Selection
    created_at: datetime | None = None
    paused: bool = False

    @property
    def is_topic(self) -> bool:
        """Whether it stands in the project's settings, where alone it can be changed."""
        return self.id.startswith(TOPIC)


class SavedQueryError(RasadError):
    """A query that cannot be kept under this name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToDo:
    """What the writer has yet to do for a query."""

    number: int
    query: str
    chore: Chore


def topic(name: str, query: str) -> SavedQuery:
    """A topic of the project's settings as a saved query."""
    return SavedQuery(id=TOPIC + "-".join(name.lower().split()), name=name, selection=Selection(query=query))


def fault(saved: SavedQuery, *, zone: tzinfo = UTC) -> str:
    """Why nothing can be matched against it, as of a topic that somebody wrote into the settings."""
    try:
        check_matchable(saved.selection, zone=zone)
    except (QueryError, UnsupportedQuery) as error:
        return error.message
    return ""


class SavedQueries:
    """The saved queries in a project's state file."""

    def __init__(self, state: State) -> None:
        self._state = state
        if self._db.execute("SELECT 1 FROM sqlite_master WHERE name='saved_chores'").fetchone() is None:
            once_unlocked(lambda: self._db.executescript(_SCHEMA))

    @property
    def _db(self) -> Any:
        return self._state.connection

    def all(self) -> list[SavedQuery]:
        """By name."""
        rows = self._db.execute("SELECT number, name, params, created_at, paused FROM saved_queries")
        return sorted((_query(row) for row in rows), key=lambda saved: saved.name.casefold())

    def get(self, name: str) -> SavedQuery | None:
        """The query of this name."""
        row = self._db.execute(
            "SELECT number, name, params, created_at, paused FROM saved_queries WHERE name=?", (name,)
        ).fetchone()
        return None if row is None else _query(row)

    def save(
        self, name: str, selection: Selection, *, at: datetime, zone: tzinfo = UTC, backfill: bool = False
    ) -> SavedQuery:
        """Keep a selection under a name, in place of the one that may have been there.

        ``QueryError`` or ``UnsupportedQuery`` if single posts cannot be matched against it, and
        ``SavedQueryError`` if the name is none.
        """
        name = " ".join(name.split())
        if not 1 <= len(name) <= MAX_NAME or not name.isprintable():
            raise SavedQueryError(
                f"A saved query needs a name of 1 to {MAX_NAME} characters.", remedy='Write "new teas".'
            )
        check_matchable(selection, zone=zone)
        params = json.dumps(selection.to_params(), ensure_ascii=False)
        with self._state.together() as db:
            self._drop(name)
            number = db.execute(
                "INSERT INTO saved_queries (name, params, created_at) VALUES (?, ?, ?)",
                (name, params, at.astimezone(UTC).isoformat(timespec="microseconds")),
            ).lastrowid
            saved = SavedQuery(id=f"saved:{number}", name=name, selection=selection, created_at=at)
            if backfill:
                self._want(saved.id, "back-fill")
            self._turn()
        return saved

    def remove(self, name: str) -> bool:
        """Forget a query and its matches; whether there was one."""
        with self._state.together():
            dropped = self._drop(name)
            if dropped:
                self._turn()
        return dropped

    def pause(self, name: str, *, paused: bool = True) -> bool:
        """Match nothing against it until it is resumed; whether there is one of this name."""
        with self._state.together() as db:
            found = db.execute("UPDATE saved_queries SET paused=? WHERE name=?", (paused, name)).rowcount
            if found:
                self._turn()
        return bool(found)

    def follow_topics(self, topics: Iterable[SavedQuery]) -> None:
        """Note the topics of the settings: new ones are back-filled, what was of others is cleared."""
        now = {saved.id: saved.selection.query for saved in topics}
        before = dict(self._db.execute("SELECT id, query FROM saved_topics").fetchall())
        if now == before:
            return
        with self._state.together() as db:
            for query in before.keys() | now.keys():
                if now.get(query) == before.get(query):
                    continue
                if query in before:
                    db.execute("DELETE FROM saved_topics WHERE id=?", (query,))
                    self._clear(query)
                if query in now:
                    db.execute("INSERT INTO saved_topics VALUES (?, ?)", (query, now[query]))
                    self._want(query, "back-fill")
            self._turn()

    def turn(self) -> str | None:
        """A text that is another one after every change."""
        return self._state.note(_TURN)

    # what the writer has to do

    def chores(self) -> list[ToDo]:
        """The first is to be done first."""
        rows = self._db.execute("SELECT number, query, chore FROM saved_chores ORDER BY number")
        return [ToDo(number=number, query=query, chore=chore) for number, query, chore in rows]

    def done(self, todo: ToDo) -> None:
        """This need not be done any more."""
        with self._state.together() as db:
            db.execute("DELETE FROM saved_chores WHERE number=?", (todo.number,))

    def _drop(self, name: str) -> bool:
        row = self._db.execute("SELECT number FROM saved_queries WHERE name=?", (name,)).fetchone()
        if row is None:
            return False
        self._db.execute("DELETE FROM saved_queries WHERE number=?", row)
        self._clear(f"saved:{row[0]}")
        return True

    def _clear(self, query: str) -> None:
        self._db.execute("DELETE FROM saved_chores WHERE query=?", (query,))
        self._want(query, "clear")

    def _want(self, query: str, chore: Chore) -> None:
        self._db.execute("INSERT INTO saved_chores (query, chore) VALUES (?, ?)", (query, chore))

    def _turn(self) -> None:
        turn = int(self._state.note(_TURN) or 0) + 1
        self._state.set_note(_TURN, str(turn))


def _query(row: tuple[Any, ...]) -> SavedQuery:
    number, name, params, created_at, paused = row
    return SavedQuery(
        id=f"saved:{number}",
        name=name,
        selection=from_params(json.loads(params)),
        created_at=datetime.fromisoformat(created_at),
        paused=bool(paused),
    )
