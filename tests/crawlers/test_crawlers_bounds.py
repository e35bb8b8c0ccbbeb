"""Reading an answer has an end in time, wherever the time goes."""

from __future__ import annotations

import signal
import threading

import pytest

from crawlers.bounds import in_time
from posts.errors import NotUnderstood


def spin() -> None:
    while True:
        pass


def test_reading_that_does_not_end_is_ended() -> None:
    """In the middle of whatever it does, with a reason; afterwards nothing is left that would ring."""
    before = signal.getsignal(signal.SIGPROF)

    with pytest.raises(NotUnderstood, match="could not be read in 0 seconds"), in_time("news", 0.2):
        spin()

    assert signal.getitimer(signal.ITIMER_PROF)[0] == 0
    assert signal.getsignal(signal.SIGPROF) == before


def test_reading_in_time_is_left_alone() -> None:
    """Also in a thread, which has no alarm."""
    done: list[str] = []

    def read() -> None:
        with in_time("news", 0.0):
            done.append("thread")

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    with in_time("news"):
        done.append("main")

    assert done == ["thread", "main"]
