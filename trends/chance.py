"""Which of the items above a threshold are surely no chance: false discoveries, controlled over all items.

How often chance reaches a score is not taken from a formula but learnt from the stream: scores just above
the threshold are nearly all chance, and their number falls with the score like an exponential.
"""How many rows of a table of what rises are chance: a tail that is measured on the days before.

A score is -log10 of a modelled chance, the best of several windows. What such scores are worth is read off
the same table made for each of the days before, where nearly all high scores are chance: the number of
scores above a level falls exponentially beyond it, and its rate and slope are fitted there (Pickands' limit
for light tails; Efron, "Large-scale inference", 2010, for the empirical null). Scores so high that the model
gives them less than a hundredth a table are real events of the past and are left out, which the
fit of a truncated exponential allows for. Both are drawn toward the model where few days were heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

FAR: Final = 4.0
"""Chance is learnt from scores less than this above the threshold; what is further is no chance."""
_REST_H: Final = 48
_MEMORY_H: Final = 14 * 24
_PRIOR: Final = 3.0
"""So many scores of chance are taken for seen before any is, with the slope that -log10 p should have."""


class Chance:
    """Learns, hour by hour, how many items chance lifts above each score; claims those it does not explain.

    An item that was far above lately tells nothing about chance. The number expected above score s is
    rate * exp(-slope (s - least)), rate an hour and slope learnt over 14 days; the k best are claimed where
    the number expected above the k-th is at most ``promised`` * k (Benjamini and Hochberg 1995, with the
    learnt tail for the p-values).
    """

    def __init__(self, size: int, *, least: float, promised: float) -> None:
        self._least, self._promised = least, promised
        self._far = np.full(size, -_REST_H - 1, dtype=np.int32)
        self._hours, self._number, self._excess = 0.0, _PRIOR, _PRIOR / np.log(10)

    def surely(self, hour: int, item: npt.NDArray[np.int64], score: Floats) -> npt.NDArray[np.bool_]:
        """Which of the items are claimed; 0 is a score below the threshold. Learns from them afterwards."""
        claimed = np.zeros(len(item), dtype=np.bool_)
        above = np.flatnonzero(score >= self._least)
        if self._hours and len(above):
            order = above[np.argsort(-score[above], kind="stable")]
            fits = self.expected(score[order]) <= self._promised * np.arange(1, len(order) + 1)
            claimed[order[: np.flatnonzero(fits)[-1] + 1 if fits.any() else 0]] = True
        self._learn(hour, item[above], score[above] - self._least)
        return claimed

    def expected(self, score: Floats) -> Floats:
        """How many items an hour chance lifts to at least this score."""
        slope = _slope(self._excess / self._number)
        rate = self._number / self._hours / -np.expm1(-slope * FAR)
        return np.asarray(rate * np.exp(-slope * (score - self._least)), dtype=float)

    def _learn(self, hour: int, item: npt.NDArray[np.int64], excess: Floats) -> None:
        self._far[item[excess >= FAR]] = hour
        chance = excess[self._far[item] < hour - _REST_H]
        fade = 1 - 1 / _MEMORY_H
        self._hours = self._hours * fade + 1
        self._number = self._number * fade + len(chance)
        self._excess = self._excess * fade + float(chance.sum())


def _slope(mean: float) -> float:
    """The rate of an exponential that is cut off at ``FAR`` and has this mean (maximum likelihood)."""
    low, high = 0.05, 50.0
    for _ in range(40):
        slope = (low * high) ** 0.5
        found = 1 / slope - FAR / np.expm1(slope * FAR)
        low, high = (slope, high) if found > mean else (low, slope)
    return float(slope)
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
    # From here on a score is no chance: the model expects a hundredth of one in a table.
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
    mean = (float(excess.sum()) + _PRIOR * _mean_excess(1.0, width)) / weight
    low, high = 0.3, 1.5
        middle = (low + high) / 2
        if _mean_excess(middle, width) > mean:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _mean_excess(slope: float, width: float) -> float:
    """The mean of an exponential with this slope (per factor of ten) that is cut off at ``width``."""
    rate = slope * _LN10
    cut = np.exp(-rate * width)
    return float(1 / rate - width * cut / (1 - cut))
