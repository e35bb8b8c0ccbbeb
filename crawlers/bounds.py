"""Bounds that the libraries below do not have: the bytes of an answer's head, and the time to read it.

Twisted reads headers as long as they come, and a parser that has met its match (an element of 200,000
attributes) lets no timer run. Both ended crawls by their memory or their death, without a reason.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from twisted.web import _newclient

from posts.errors import NotUnderstood

LARGEST_HEAD: Final = 256 * 2**10
"""Bytes of status lines and headers of one answer, interim ones included."""
READING_S: Final = 30.0
"""Seconds of the processor's time, so that a busy machine refuses nothing that an idle one takes."""


_parser: Any = _newclient.HTTPClientParser
_not_http: Any = _newclient.ParseError
_received = _parser.dataReceived


def _bounded(self: Any, data: bytes) -> None:
    """Receive, unless the head is longer by now than any honest one."""
    if self.line_mode:
        told = getattr(self, "told_bytes", 0)
        if told > LARGEST_HEAD:
            raise _not_http("the head of the answer has no end", b"")
        self.told_bytes = told + len(data)
    _received(self, data)


def _too_long(self: Any, line: bytes) -> None:
    raise _not_http("a line of the head is too long", b"")


def bound_heads() -> None:
    """Let the heads of all answers of this process be bounded, whoever made a class of the parser's."""
    _parser.dataReceived = _bounded
    _parser.lineLengthExceeded = _too_long


@contextmanager
def in_time(subject: str, seconds: float = READING_S) -> Iterator[None]:
    """``NotUnderstood`` inside, where it takes longer. Only the first thread of a process has an alarm."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_signal: int, _frame: Any) -> None:
        raise NotUnderstood(f"the answer could not be read in {seconds:.0f} seconds", subject=subject)

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
