"""Server-sent events: the bytes of a stream, in pieces of any size, to events (WHATWG HTML, 9.2).

Nothing of a server can grow without bound here: a line or an event over ``LARGEST`` is dropped and counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

LARGEST: Final = 2**20
"""Bytes of one event: a status of Mastodon with all its parts has a twentieth of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name (``message`` where none was written) and its data, lines joined."""

    name: str
    data: str


class Events:
    """Cuts a stream into events. ``dropped`` counts those that were too large to be kept."""

    def __init__(self) -> None:
        self.dropped = 0
        self._rest = b""
        self._name = ""
        self._data: list[str] = []
        self._size = 0
        self._overlong = False
        self._after_return = False
        self._begun = False

    def feed(self, piece: bytes) -> list[Event]:
        """The events that are whole after this piece; lines that begin with a colon are heartbeats."""
        lines = self._lines(piece)
        return [event for line in lines if (event := self._take(line)) is not None]

    def _lines(self, piece: bytes) -> list[bytes]:
        """The whole lines; they end in line feed, carriage return, or both, cut anywhere."""
        if self._after_return and piece.startswith(b"\n"):
            piece = piece[1:]
        if piece:
            self._after_return = piece.endswith(b"\r")
        text = (self._rest + piece).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        *lines, self._rest = text.split(b"\n")
        if len(self._rest) > LARGEST:
            self._rest, self._overlong = b"", True
        if lines and self._overlong:
            lines[0], self._overlong, self._size = b"", False, LARGEST + 1
        if lines and not self._begun:
            self._begun = True
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
        return lines

    def _take(self, line: bytes) -> Event | None:
        if not line:
            return self._end()
        if line.startswith(b":"):
            return None
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._size += len(value)
            if self._size <= LARGEST:
                self._data.append(value.decode("utf-8", "replace"))
        elif field == b"event":
            self._name = value[:100].decode("utf-8", "replace")
        return None

    def _end(self) -> Event | None:
        """An empty line ends an event; one without data is none."""
        name, data, size = self._name or "message", self._data, self._size
        self._name, self._data, self._size = "", [], 0
        if size > LARGEST:
            self.dropped += 1
            return None
        return Event(name, "\n".join(data)) if data else None
