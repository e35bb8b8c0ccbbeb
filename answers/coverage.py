"""Who was heard: the states of the sources that stand behind a number, and the answer that carries them."""

from __future__ import annotations

from typing import TypeVar

from answers.asking import Asking
from answers.sources import sources
from posts.answer import Answer, SourceCoverage
from posts.selection import Selection

T = TypeVar("T")


def coverage(asking: Asking, selection: Selection) -> tuple[SourceCoverage, ...]:
    """The states of the sources that a selection draws on: all of them, or the one that it names."""
    heard = sources(asking).coverage
    return tuple(one for one in heard if selection.source in (None, one.source))


def answered(
    asking: Asking, selection: Selection, value: T, definition: str, *, version: int = 1
) -> Answer[T]:
    """The answer with all that stands behind it."""
    return Answer(
        value=value, selection=selection, time_zone=asking.time_zone, definition=definition,
        version=version, as_of=asking.now, coverage=coverage(asking, selection),
    )  # fmt: skip
