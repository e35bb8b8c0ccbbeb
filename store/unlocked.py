"""What SQLite does not wait for by itself: two processes that make the same file at the same time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Final

_WAIT_S: Final = 30.0


def once_unlocked(act: Callable[[], object]) -> None:
    """Do it; while another process holds the file, again and again for half a minute.

    Changing a new file's journal answers "database is locked" at once, whatever time-out is set.
    """
    until = time.monotonic() + _WAIT_S
    while True:
        try:
            act()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)
