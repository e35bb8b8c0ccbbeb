"""Whether a hashtag is worth carrying: published thresholds over few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from trends.rates import wilson

Code = Literal["great now", "good for long", "crowded", "angry", "quiet", "dead", "too little to tell"]
Light = Literal["red", "amber", "green"]
Measure = Literal["authors", "days", "visible_h", "authors_last_day", "weeks", "negative"]

SETTLED_DAYS: Final = 7.0
"""Days that must have been watched before a hashtag that is hardly used is called dead."""
ALIVE_AUTHORS: Final = 5
"""Authors in the window below which it is hardly used."""
CROWDED_H: Final = 0.5
"""Hours for which a post must stay among the newest; below, it is crowded."""
ANGRY: Final = 20.0
"""Posts of a hundred with a mood that are surely negative, from which on talk is angry."""
LEAST_READ: Final = 20
"""Posts with a mood below which talk is not called angry."""
LIVELY_H: Final = 1.0
"""Hours for which a post stays among the newest of a hashtag that is great now."""
LIVELY_AUTHORS: Final = 5
"""Authors in the last 24 hours of a hashtag that is great now."""
LONG_H: Final = 6.0
"""Hours for which a post stays among the newest of a hashtag that is good for long."""
LONG_WEEKS: Final = 3
"""Of the last four weeks, those in which at least ``ALIVE_AUTHORS`` wrote with a hashtag good for long."""
AMBER: Final = 15
GREEN: Final = 50
"""Authors from which the confidence is amber, and green."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A number that was held against a threshold: ``met`` if it is at least so much."""

    measure: Measure
    value: float
    threshold: float
    met: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The verdict with the numbers that decided it, and how sure it is by the number of authors."""

    code: Code
    reasons: tuple[Reason, ...]
    light: Light
    authors: int


def anger(negative: int, read: int) -> float:
    """Of a hundred posts how many are surely negative: Wilson's lower bound; 0 where too few were read."""
    bounds = wilson(negative, read) if read >= LEAST_READ else None
    return 100 * bounds[0] if bounds else 0.0


def light(authors: int) -> Light:
    """How sure numbers of so many authors are."""
    return "green" if authors >= GREEN else "amber" if authors >= AMBER else "red"


def verdict(
    *,
    authors: int,
    days: float,
    visible_h: float,
    authors_last_day: int,
    weekly_authors: tuple[int, ...],
    negative: int = 0,
    read: int = 0,
) -> Verdict:
    """The verdict on a hashtag by the thresholds of this module, the first of these that holds.

    Fewer than ``ALIVE_AUTHORS`` in ``days`` watched: dead, or too little to tell in less than
    ``SETTLED_DAYS``. Out of sight within ``CROWDED_H`` (``visible_h``: the hours until 20 newer posts
    stand above): crowded. Of ``read`` posts with a mood surely ``ANGRY`` in a hundred ``negative``: angry.
    ``LIVELY_AUTHORS`` in the last day and visible for ``LIVELY_H``: great now.
    ``LONG_WEEKS`` of the last four (``weekly_authors``, the newest last) and visible for ``LONG_H``: good for
    long. Else it is quiet.
    """
    alive = _at_least("authors", authors, ALIVE_AUTHORS)
    settled = _at_least("days", days, SETTLED_DAYS)
    seen = _at_least("visible_h", visible_h, CROWDED_H)
    angry = _at_least("negative", anger(negative, read), ANGRY)
    lively = (
        _at_least("visible_h", visible_h, LIVELY_H),
        _at_least("authors_last_day", authors_last_day, LIVELY_AUTHORS),
    )
    weeks = sum(count >= ALIVE_AUTHORS for count in weekly_authors[-4:])
    lasting = (_at_least("visible_h", visible_h, LONG_H), _at_least("weeks", weeks, LONG_WEEKS))
    code: Code
    reasons: tuple[Reason, ...]
    if not alive.met:
        code, reasons = ("dead" if settled.met else "too little to tell"), (alive, settled)
    elif not seen.met:
        code, reasons = "crowded", (alive, seen)
    elif angry.met:
        code, reasons = "angry", (alive, angry)
    elif all(reason.met for reason in lively):
        code, reasons = "great now", lively
    elif all(reason.met for reason in lasting):
        code, reasons = "good for long", lasting
    else:
        code, reasons = "quiet", (*lively[1:], *lasting)
    return Verdict(code=code, reasons=reasons, light=light(authors), authors=authors)


def _at_least(measure: Measure, value: float, threshold: float) -> Reason:
    return Reason(measure=measure, value=float(value), threshold=float(threshold), met=value >= threshold)
