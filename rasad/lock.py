"""One service for each home: a lock that the kernel lets go of when its holder dies, and who holds it."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The service that runs: its process, and its address (empty without a dashboard)."""

    pid: int | None
    url: str


class RunLock:
    """`RASAD_HOME/run.lock`, held while the object lives."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    @classmethod
    def take(cls, home: Path) -> Self | None:
        """The lock, or ``None`` if another process has it."""
        home.mkdir(parents=True, exist_ok=True)
        file = (home / "run.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        lock = cls(file)
        lock.tell(url="")
        return lock

    def tell(self, *, url: str) -> None:
        """Write who runs, for those who come second."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(json.dumps({"pid": os.getpid(), "url": url}) + "\n")
        self._file.flush()

    def release(self) -> None:
        """Let go; the file stays, because deleting a lock file lets two hold it."""
        self._file.close()


def running(home: Path) -> Running | None:
    """The service that holds the lock of this home, if one does."""
    path = home / "run.lock"
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except OSError:
        return _read(path)
    return None


def _read(path: Path) -> Running:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Running(pid=told["pid"], url=told["url"])
    except (OSError, ValueError, KeyError, TypeError):
        # Its holder has only just taken it.
        return Running(pid=None, url="")
