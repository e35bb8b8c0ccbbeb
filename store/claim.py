"""Being the only writer for a while, also beside a running service: whoever holds the lock is asked for it.

A command that has to write (an erasure, a rebuild, a move) claims the project. The service's intake
sees the claim, finishes the batch in hand, lets go of the writer lock and waits; what is collected
meanwhile stays in the spool. Both are locks of the operating system and end with their process.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from posts.errors import StoreBusy
from store.intake import writer_lock

PATIENCE_S: Final = 120.0
"""How long a claim waits: a batch is committed in seconds, also on a slow machine."""
_LOOK_S: Final = 0.1


@contextmanager
def claim(folder: Path, *, patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Hold the writer lock of the project in ``folder``; ``StoreBusy`` if nobody lets go of it in time."""
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + patience_s
    with ExitStack() as held:
        file = held.enter_context((folder / "claim.lock").open("a"))
        while not _locked(file.fileno()):
            if time.monotonic() > until:
                raise StoreBusy(
                    "Another command is at work on this project.",
                    subject=str(folder),
                    remedy="Wait until it has ended.",
                )
            time.sleep(_LOOK_S)
        while True:
            try:
                held.enter_context(writer_lock(folder))
                break
            except StoreBusy:
                if time.monotonic() > until:
                    raise
                time.sleep(_LOOK_S)
        yield


def claimed(folder: Path) -> bool:
    """Whether somebody waits for the writer lock of this project, or holds it by a claim."""
    try:
        with (folder / "claim.lock").open("r") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
