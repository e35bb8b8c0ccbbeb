"""The journal: ids of posts that are committed, for programs that wait for them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path


def append(path: Path, ids: Iterable[str]) -> None:
    """Add ids to the journal, one a line, synced to the disk.

    A line that a crash cut short is taken back first: it is the id of no post, and its post comes again.
    """
    lines = "".join(f"{post_id}\n" for post_id in ids)
    if not lines:
        return
    with path.open("ab") as file:
        plain = stat.S_ISREG(os.fstat(file.fileno()).st_mode)  # it may be a pipe or /dev/stdout
        if plain:
            _cut_torn_line(path)
        file.write(lines.encode())
        file.flush()
        if plain:
            os.fsync(file.fileno())


def _cut_torn_line(path: Path) -> None:
    with path.open("r+b") as file:
        end = file.seek(0, os.SEEK_END)
        start = max(0, end - 4096)
        file.seek(start)
        tail = file.read()
        if tail and not tail.endswith(b"\n"):
            file.truncate(start + tail.rfind(b"\n") + 1)
