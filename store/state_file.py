"""What concerns the state's file as a whole: a copy, and the log beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from store.state import State


def checkpoint(state: State) -> bool:
    """Bring all into the file and empty the log beside it, in which deleted bytes live on; ``False`` if a
    reader keeps that from being done now."""
    busy, *_ = state.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def copy_to(state: State, path: Path) -> None:
    """A whole copy as of one moment, while others read and write."""
    with closing(sqlite3.connect(path)) as copy:
        state.connection.backup(copy)
