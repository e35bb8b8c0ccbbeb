"""When each server was asked last and until when it is left alone, kept for all crawls of this machine.

A small file for each server, in a folder that all projects share, is at once the lock that a request
holds while it is under way: two sources, two projects, a preview beside the service, none of them asks a
server while another does, nor sooner after another than it would after itself. What a server told one
crawl ("not before", a Crawl-delay) holds for the next.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

DELAY_HOLDS_S: Final = 86_400.0
"""So long a Crawl-delay holds without robots.txt being read again (RFC 9309)."""
LONGEST_S: Final = 86_400.0
"""Longer than this no server is left alone, whatever it says."""
STALE_S: Final = 7 * 86_400.0
_LARGEST: Final = 4096


class Known(msgspec.Struct, kw_only=True):
    """What is known of a server. Moments are seconds since 1970, for they outlive processes."""

    server: str = ""
    asked_at: float = 0.0
    delay_s: float = 0.0
    delay_at: float = 0.0
    not_before: float = 0.0
    why: str = ""

    def wait(self, delay_s: float, now: float) -> float:
        """Seconds until the server may be asked. A clock that was set back costs one delay, not more."""
        told = self.delay_s if 0 <= now - self.delay_at < DELAY_HOLDS_S else 0.0
        gap = max(delay_s, told)
        return max(0.0, min(gap, self.asked_at + gap - now), self.resting(now))

    def resting(self, now: float) -> float:
        """Seconds for which the server has asked to be left alone."""
        return max(0.0, min(LONGEST_S, self.not_before - now))


def server_of(url: str) -> str:
    """The machine that an address is asked of: the name, and the port where it is not a usual one.

    >>> server_of("https://Example.org.:443/feed"), server_of("http://127.0.0.1:3311/")
    ('example.org', '127.0.0.1:3311')
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").lower().rstrip(".")
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in (None, 80, 443) else f"{name}:{parts.port}"


@dataclass(slots=True)
class Turn:
    """One request's turn at a server; nobody else asks it before ``end``."""

    known: Known
    _end: Callable[[Known], None]

    def end(self, now: float) -> None:
        """The answer is here, or there is none: the pause begins."""
        self.known.asked_at = now
        self._end(self.known)


@dataclass(slots=True)
class Pace:
    """The pace at which servers are asked, in files of ``folder``; without one for this process alone."""

    folder: Path | None
    delay_s: float = 0.0
    _own: dict[str, Known] = field(default_factory=dict)
    _delays: dict[str, float] = field(default_factory=dict)

    def known(self, server: str) -> Known:
        """What was last written of a server, by whoever."""
        if self.folder is None:
            return self._own.setdefault(server, Known(server=server))
        try:
            found = _decoded(self._path(server).read_bytes(), server)
        except OSError:
            found = Known(server=server)
        return self._with_delay(found)

    def wait(self, known: Known) -> float:
        return known.wait(self.delay_s, time.time())

    def turn(self, server: str) -> Turn | None:
        """The turn at a server; ``None`` while somebody else has it."""
        if self.folder is None:
            return Turn(self._with_delay(self.known(server)), lambda known: None)
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path(server), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
        # Once more, for it may have been written since it was looked at.
        known = self._with_delay(_decoded(os.pread(handle, _LARGEST, 0), server))
        return Turn(known, lambda known: _written(handle, known))

    def slow_down(self, server: str, delay_s: float) -> None:
        """Keep so many seconds between two requests to a server, as its robots.txt asks (0: as usual)."""
        self._delays[server] = delay_s

    def sweep(self) -> None:
        """Remove what is known of servers that nobody has asked for a week: redirects name ever new ones."""
        if self.folder is None or not self.folder.is_dir():
            return
        for path in [*self.folder.glob("*.pace"), *self.folder.glob("*.robots")]:
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > STALE_S:
                    path.unlink()

    def _with_delay(self, known: Known) -> Known:
        delay = self._delays.get(known.server)
        if delay is not None:
            known.delay_s, known.delay_at = delay, time.time()
        return known

    def _path(self, server: str) -> Path:
        assert self.folder is not None
        return file_of(self.folder, server, "pace")


def file_of(folder: Path, name: str, kind: str) -> Path:
    """The file of this kind for a server, by whatever name it goes."""
    return folder / f"{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:24]}.{kind}"


def _decoded(written: bytes, server: str) -> Known:
    """What a file says; one that was cut or belongs to nobody says nothing."""
    try:
        found = msgspec.json.decode(written, type=Known)
    except (msgspec.DecodeError, ValueError):
        found = Known()
    return found if found.server == server else Known(server=server)


def _written(handle: int, known: Known) -> None:
    """Write what is known and let go of the server. Not synced: after a power cut a server has had rest."""
    known.why = known.why[:500]
    content = msgspec.json.encode(known)
    try:
        os.pwrite(handle, content, 0)
        os.ftruncate(handle, len(content))
    except OSError:
        pass  # a full disk is told where posts are written
    finally:
        os.close(handle)
