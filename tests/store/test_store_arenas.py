"""The process that writes keeps few heaps."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

GROW = """
import sys, threading, ctypes
from store import arenas
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
limited = sys.argv[1] == "limited"
assert not limited or arenas.keep_few()
wait = threading.Barrier(12)
def use():
    libc.malloc(ctypes.c_size_t(1000))
    wait.wait()
threads = [threading.Thread(target=use) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives threads heaps of their own")
@pytest.mark.parametrize(("limit", "least", "most"), [("limited", 1, 2), ("free", 3, 64)])
def test_threads_share_two_heaps_once_a_writer_was_opened(limit: str, least: int, most: int) -> None:
    """Twelve threads that allocate at once use at most two heaps; without the limit they use more."""
    told = subprocess.run(
        [sys.executable, "-c", GROW, limit], capture_output=True, text=True, timeout=60, check=True
    ).stdout

    assert least <= told.count("<heap nr=") <= most
