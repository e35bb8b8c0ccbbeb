"""What concerns the state's file as a whole: all tables at once, a copy, and the log beside it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from store.state import State


@contextmanager
def all_tables(state: State) -> Iterator[sqlite3.Connection]:
    """The file in one transaction: all inside is written, or none of it."""
    state.db.execute("BEGIN IMMEDIATE")
    try:
        yield state.db
    except BaseException:
        state.db.execute("ROLLBACK")
        raise
    state.db.execute("COMMIT")


def checkpoint(state: State) -> bool:
    """Bring all into the file and empty the log beside it, in which deleted bytes live on; ``False`` if a
    reader keeps that from being done now."""
    busy, *_ = state.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def copy_to(state: State, path: Path) -> None:
    """A whole copy as of one moment, while others read and write."""
    with closing(sqlite3.connect(path)) as copy:
        state.db.backup(copy)
