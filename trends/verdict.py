"""Whether a hashtag is worth carrying: published thresholds over few numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Code = Literal["great now", "good for long", "crowded", "quiet", "dead", "too little to tell"]
Light = Literal["red", "amber", "green"]
Measure = Literal["authors", "days", "visible_h", "authors_per_day", "posts_last_day", "weeks"]

SETTLED_DAYS: Final = 7.0
"""Days that must have been watched before a hashtag that is hardly used is called dead."""
ALIVE_AUTHORS: Final = 5
"""Authors in the window below which it is hardly used."""
CROWDED_H: Final = 0.5
"""Hours for which a post must stay among the newest; below, it is crowded."""
LIVELY_H: Final = 1.0
"""Hours for which a post stays among the newest of a hashtag that is great now."""
LIVELY_AUTHORS: Final = 5.0
"""Authors a day of a hashtag that is great now."""
LIVELY_LAST_DAY: Final = 5
"""Posts in the last 24 hours of a hashtag that is great now."""
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
