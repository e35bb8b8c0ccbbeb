"""Which of the items above a threshold are surely no chance: false discoveries, controlled over all items.

How often chance reaches a score is not taken from a formula but learnt from the stream: scores just above
the threshold are nearly all chance, and their number falls with the score like an exponential.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from trends.chance import mean_excess

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
        low, high = (slope, high) if mean_excess(slope, FAR) > mean else (low, slope)
    return float(slope)
