"""A time limit for work that cannot be interrupted otherwise: pure Python on what a stranger wrote."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class _TimeIsUp(BaseException):
    """No ``Exception``: what catches everything inside the work must not catch this."""


def within(seconds: float, work: Callable[[], T], *, late: T) -> T:
    """What ``work`` gives, or ``late`` if it takes longer. Only the main thread can be interrupted.

    A crawl is a process of its own whose callbacks run in the main thread, and nothing else there uses
    this signal. What runs in C is interrupted when it comes back.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()
    armed = True

    def ring(*_: Any) -> None:
        if armed:
            raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, ring)
    # Again and again: a destructor or a callback of C may swallow it.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        return work()
    except _TimeIsUp:
        return late
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
