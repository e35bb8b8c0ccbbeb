"""The scheduler as a process of its own: `python -m watch`; one for each home, until a signal ends it."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import IO

from config.load import home
from watch.schedule import Schedule

REFRESH_S = 2.0
log = logging.getLogger("watch")


def only_one(folder: Path) -> IO[str] | None:
    """The open lock file of this home's scheduler, or ``None`` if there is another."""
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / "schedule.lock").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file


def main() -> int:
    """Fire what is due until SIGTERM, SIGINT or the end of the parent; the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    folder = home(os.environ)
    lock = only_one(folder)
    if lock is None:
        log.error("another scheduler runs for %s", folder)
        return 1
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    parent = os.getppid()
    schedule = Schedule(folder)
    schedule.start()
    while not ended.wait(REFRESH_S) and os.getppid() == parent:
        schedule.refresh()
    schedule.stop()
    lock.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
