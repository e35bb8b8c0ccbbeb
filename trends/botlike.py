"""Whether an account posts like a machine: on a timer, day and night, the same again and again.

A statement about posts, not about who writes them: a shop that plans its posts ahead looks like a program,
and a program that waits like a person does not. Each reason is told with what was measured, so a reader can
judge it. What is measured:

- intervals alike, and moments at the same place of the hour or minute: people's intervals are bursty and
  lie anywhere (Goh and Barabási 2008), automated accounts betray themselves by the minute and the second
  (Zhang and Paxson 2011); tested by the mean direction of the moments on the clock (Rayleigh's test);
- no rest: people have six hours of the day in which they hardly post (Ferraz Costa et al. 2015);
- the same text again, and texts of others (Chu et al. 2012);
- posts a day: 72 are suspicious, 144 highly so (DFRLab 2017).

How often people are wrongly taken for machines: ``benchmarks/results``, on made accounts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
What = Literal["intervals", "minute", "second", "restless", "repeats", "copies", "rate"]

FEWEST: Final = 30
"""So many posts are the fewest to tell anything."""
MACHINE: Final = 0.6
"""From this score on an account posts like a machine; no single weak reason reaches it."""
MOST: Final = 500
"""So many posts, the newest, are compared with each other by text."""
ALIKE: Final = 0.4
"""Texts at least so similar say the same (``nlp.copies.THRESHOLD``)."""

MINUTE, HOUR, DAY = 60, 3600, 86_400
_PARTS: Final = (1, 2, 3, 4, 6, 12)
"""Timers run every hour, or so many times in it."""
_APART: Final = 10 * MINUTE
"""Posts with such a gap before them begin something new; within a sitting moments hang together."""
_FEWEST_APART: Final = 20
_CHANCE: Final = 12.0
"""Rayleigh's statistic above this happens by chance once in 160,000 times."""
_REST_HOURS, _REST_POSTS, _REST_DAYS = 6, 60, 5
_LEAST_INTERVAL: Final = 20
_WINDOW: Final = math.log(1.1)
_FEWEST_TEXTS: Final = 15

# What each reason counts at most, and between which values it grows from nothing to that.
_RAMPS: Final[dict[What, tuple[float, float, float]]] = {
    "intervals": (0.7, 0.35, 0.60),
    "minute": (0.7, 0.60, 0.90),
    "second": (0.7, 0.50, 0.80),
    "restless": (0.5, 0.11, 0.20),
    "repeats": (0.6, 0.20, 0.60),
    "copies": (0.4, 0.40, 0.90),
    "rate": (0.4, 72.0, 144.0),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One way in which the posts are like a machine's.

    ``value`` is what was measured: ``intervals`` the share of intervals that are the same within a tenth;
    ``minute`` and ``second`` how much the moments agree on one place of the hour (or a part of it) and of
    the minute, 0 to 1; ``restless`` the share of posts in the quietest six hours of the day; ``repeats`` and
    ``copies`` shares of posts; ``rate`` posts a day. ``weight`` is what it adds, 0 to 1.
    """

    what: What
    value: float
    weight: float


@dataclass(frozen=True, slots=True)
class BotLike:
    """How machine-like an account posts, 0 to 1, and why, the strongest reason first.

    ``score`` is ``None`` where there are fewer than ``FEWEST`` posts.
    """

    score: float | None
    reasons: tuple[Reason, ...] = ()

    @property
    def machine(self) -> bool:
        """Whether the account posts like a machine."""
        return self.score is not None and self.score >= MACHINE


def signs(
    times: npt.ArrayLike,
    sketches: Sequence[Sequence[int]] = (),
    copied: Sequence[bool] = (),
) -> BotLike:
    """What an account's posts tell of how they are made.

    ``times`` are seconds since 1970 in any order; ``sketches`` what near copies are known by
    (``nlp.copies``), empty ones for posts without; ``copied`` whether each post is a copy of another
    author's. Both may be left out. Reasons speak independently: the score is one minus the product of what
    each leaves over.
    """
    moments: Ints = np.sort(np.asarray(times, dtype=np.int64))
    if len(moments) < FEWEST:
        return BotLike(None)
    measured: dict[What, float | None] = {what: measure(moments) for what, measure in _MEASURES.items()}
    measured["repeats"] = _repeats(sketches)
    measured["copies"] = sum(copied) / len(copied) if len(copied) >= _FEWEST_TEXTS else None
    found = [
        Reason(what, round(value, 3), round(weight, 3))
        for what, value in measured.items()
        if value is not None and (weight := _weight(what, value)) > 0
    ]
    left = math.prod(1 - reason.weight for reason in found)
    return BotLike(round(1 - left, 3), tuple(sorted(found, key=lambda reason: -reason.weight)))


def _weight(what: What, value: float) -> float:
    most, nothing, full = _RAMPS[what]
    return most * min(1.0, max(0.0, (value - nothing) / (full - nothing)))


def _intervals(moments: Ints) -> float | None:
    """The largest share of intervals that are the same within a tenth; bursts of seconds do not count."""
    gaps = np.diff(moments)
    gaps = gaps[gaps >= _LEAST_INTERVAL]
    if len(gaps) < _FEWEST_APART:
        return None
    lengths = np.sort(np.log(gaps))
    inside = np.searchsorted(lengths, lengths + _WINDOW, side="right") - np.arange(len(lengths))
    return float(inside.max() / len(lengths))


def _minute(moments: Ints) -> float | None:
    """How much beginnings agree on one place of the hour or of an even part of it."""
    begins = moments[np.concatenate([[True], np.diff(moments) >= _APART])]
    if len(begins) < _FEWEST_APART:
        return None
    agreed = [_agreement(begins, HOUR // part) for part in _PARTS]
    surest = max(agreed)
    return surest if len(begins) * surest**2 > _CHANCE else 0.0


def _second(moments: Ints) -> float | None:
    """How much the moments agree on one second of the minute; nothing where only minutes are told."""
    if len(np.unique(moments % MINUTE)) == 1 and moments[0] % MINUTE == 0:
        return None
    agreed = _agreement(moments, MINUTE)
    return agreed if len(moments) * agreed**2 > _CHANCE else 0.0


def _agreement(moments: Ints, period: int) -> float:
    """The length of the mean direction on a clock that goes round in so many seconds, 0 to 1."""
    angles = 2 * math.pi * (moments % period) / period
    return float(np.hypot(np.cos(angles).mean(), np.sin(angles).mean()))


def _restless(moments: Ints) -> float | None:
    """The share of posts in the quietest six hours of the day, wherever these lie."""
    if len(moments) < _REST_POSTS or moments[-1] - moments[0] < _REST_DAYS * DAY:
        return None
    hours = np.bincount(moments % DAY // HOUR, minlength=24)
    round_the_clock = np.concatenate([hours, hours[: _REST_HOURS - 1]])
    sums = np.convolve(round_the_clock, np.ones(_REST_HOURS, dtype=np.int64), mode="valid")
    return float(sums.min() / len(moments))


def _rate(moments: Ints) -> float | None:
    """Posts a day, the median of the days on which there are any."""
    return float(np.median(np.unique(moments // DAY, return_counts=True)[1]))


_MEASURES: Final[dict[What, Callable[[Ints], float | None]]] = {
    "intervals": _intervals,
    "minute": _minute,
    "second": _second,
    "restless": _restless,
    "rate": _rate,
}


def _repeats(sketches: Sequence[Sequence[int]]) -> float | None:
    """The share of posts that say nearly what an earlier one of them said."""
    told = [sketch for sketch in sketches[-MOST:] if sketch]
    if len(told) < _FEWEST_TEXTS:
        return None
    values = np.asarray(told, dtype=np.uint16)
    again = 0
    for place in range(1, len(values)):
        alike = (values[:place] == values[place]).mean(axis=1)
        again += bool((alike >= ALIKE).any())
    return again / len(values)
