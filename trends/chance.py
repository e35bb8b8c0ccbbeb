"""How many rows of a table of what rises are chance: a tail that is measured on the days before.

A score is -log10 of a modelled chance, the best of several windows. What such scores are worth is read off
the same table made for each of the days before, where nearly all high scores are chance: the number of
scores above a level falls exponentially beyond it, and its rate and slope are fitted there (Pickands' limit
for light tails; Efron, "Large-scale inference", 2010, for the empirical null). Scores so high that the model
gives them less than a thousandth a table are real events of the past and are left out, which the
fit of a truncated exponential allows for. Both are drawn toward the model where few days were heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_FITTED: Final = 80
"""The highest scores of the days before that the tail is fitted to."""
_LOWEST: Final = 1.0
_PRIOR: Final = 4.0
"""Scores that the model is worth, for rate and slope."""
_LN10: Final = float(np.log(10.0))


@dataclass(frozen=True, slots=True)
class Tail:
    """The share of chance scores at or above s is ``rate`` * 10 ** (-``slope`` * (s - ``start``)).

    Below ``start`` it is what was seen: ``seen`` are the scores of ``tested`` tests, rising.
    """

    start: float
    rate: float
    slope: float
    seen: Floats
    tested: int

    def chance(self, score: Floats) -> Floats:
        """How probable such a score or a higher one is by chance; 1 for none."""
        told = np.power(10.0, -self.slope * (score - self.start)) * self.rate
        if self.tested:
            above = (len(self.seen) - np.searchsorted(self.seen, score)) / self.tested
            told = np.where(score < self.start, np.maximum(self.rate, above), told)
        return np.where(score <= 0, 1.0, np.minimum(1.0, told))


def fit_tail(scores: Floats, *, tested: int, windows: int, table: int) -> Tail:
    """The tail of chance scores, from those above 0 of ``tested`` earlier tests.

    A test has so many ``windows``; ``table`` is how many tests one table makes. Without earlier tests it
    is the model's own: ``windows`` * 10 ** -s.
    """
    # From here on a score is no chance: the model expects a thousandth of one in a table.
    end = float(np.log10(1000.0 * windows * max(table, 1)))
    known = np.sort(scores[(scores >= _LOWEST) & (scores < end)])[::-1]
    start = float(known[_FITTED - 1]) if len(known) >= _FITTED else _LOWEST
    kept = known[known >= start]
    slope = _slope(kept - start, end - start)
    held = 1.0 - 10.0 ** (-slope * (end - start))
    model = min(1.0, windows * 10.0**-start)
    many = len(kept) / held
    rate = (many + _PRIOR) / (tested * model + _PRIOR) * model
    return Tail(start=start, rate=float(min(1.0, rate)), slope=slope, seen=np.sort(scores), tested=tested)


def _slope(excess: Floats, width: float) -> float:
    """The slope of a truncated exponential by its mean, between 0.3 and 1.5; 1 is the model's."""
    weight = len(excess) + _PRIOR
    mean = (float(excess.sum()) + _PRIOR * mean_excess(_LN10, width)) / weight
    low, high = 0.3, 1.5
    for _ in range(40):
        middle = (low + high) / 2
        if mean_excess(middle * _LN10, width) > mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def mean_excess(rate: float, width: float) -> float:
    """The mean of an exponential with this rate that is cut off at ``width``."""
    cut = np.exp(-rate * width)
    return float(1 / rate - width * cut / (1 - cut))
