"""One crawl at a time for each host, whichever process asks: two sources of one server share its patience.

That no two requests come too near, whoever sends them, is seen to in `crawlers.pace`.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.project import Settings, Source
from crawlers.pace import file_of, server_of


def host_of(url: str) -> str:
    """The machine that an address is asked of: a name, and its port where that is not a usual one.

    >>> host_of("https://Example.org:443/feed.xml")
    'example.org'
    """
    return server_of(url if "//" in url else f"//{url}")


def lane_of(settings: Settings, source: Source) -> str:
    """What a crawl has for itself alone: its host, or (a stream stays on the line for as long as it is
    listened to) a lane of its own beside the other sources of that host."""
    host = host_of(source.url) or "none"
    return f"{host} {settings.project.name}/{source.name}" if source.timeline == "stream" else host


@contextmanager
def host_lock(home: Path, host: str, *, timeout_s: float = 900.0) -> Iterator[bool]:
    """Hold ``host`` alone on this machine; gives ``False`` when others kept it for all of ``timeout_s``.

    The kernel lets go of the lock when the process dies, so nothing is left behind by a kill.
    """
    folder = home / "hosts"
    folder.mkdir(parents=True, exist_ok=True)
    path = file_of(folder, host, "lock")
    deadline = time.monotonic() + timeout_s
    with path.open("a") as file:
        while not (held := _try_lock(file.fileno())) and time.monotonic() < deadline:
            time.sleep(0.1)
        yield held


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
