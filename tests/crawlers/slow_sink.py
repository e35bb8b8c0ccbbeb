"""A crawl in this process whose disk is slow: so many seconds for a hundred posts; a job on standard input.

Prints what was seen at each write: posts read, posts safe, posts in files, cursors moved, MiB held.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from crawlers import job as jobs
from crawlers.crawl import crawl_here, limit_memory
from crawlers.pipeline import IntoSpool
from store.spool import Spool
from store.state import State

SEEN: list[dict[str, Any]] = []
DELAY_S = float(sys.argv[1])
put, write, move_cursors = IntoSpool._put, Spool.write, State.move_cursors


def slow_write(self: Spool, posts: Any, **more: Any) -> Path:
    posts = list(posts)
    time.sleep(DELAY_S * len(posts) / 100)
    return write(self, posts, **more)


def seen_put(self: IntoSpool, pages: Any) -> None:
    put(self, pages)
    held = re.search(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())
    SEEN.append(
        {
            "read": self._ledger.items,
            "safe": self._ledger.got,
            "pages": len(pages),
            "mib": int(held[1]) / 1024 if held else 0,
        }
    )


def seen_move(self: State, source: str, values: Any, **more: Any) -> None:
    spool = Spool(JOB.folder / "spool")
    if "newest" in values or "backfill" in values:
        moved = {"in_files": sum(map(spool.count, spool.files())), "backfill": values.get("backfill")}
        MOVED.append(moved)
    move_cursors(self, source, values, **more)


MOVED: list[dict[str, Any]] = []
JOB = jobs.decode(sys.stdin.buffer.read())
Spool.write = slow_write  # type: ignore[method-assign]
IntoSpool._put = seen_put  # type: ignore[method-assign]
State.move_cursors = seen_move  # type: ignore[method-assign]
limit_memory()
crawl_here(JOB)
sys.stdout.write(json.dumps({"seen": SEEN, "moved": MOVED}))
