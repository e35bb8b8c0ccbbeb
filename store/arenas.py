"""Memory of the process that writes: one more thread must not mean one more heap.

Tantivy's threads allocate beside Python's. glibc gives each thread a heap of its own, up to eight a
core, whose holes nobody else can use: 300,000 posts took 667 MiB at their peak that way, and 396 MiB
with two heaps, at the same speed (``benchmarks/results/2026-11-26-intake.md``).
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Final

_M_ARENA_MAX: Final = -8
"""``M_ARENA_MAX`` of glibc's ``malloc.h``."""
_ARENAS: Final = 2


@cache
def keep_few() -> bool:
    """Let this process have two heaps at most; whether the C library knows how (glibc does)."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and mallopt(_M_ARENA_MAX, _ARENAS) == 1
