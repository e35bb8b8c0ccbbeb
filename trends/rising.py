"""What is rising, hour by hour: items ranked by how far their authors exceed their own habit.

Counts people, not posts: one account that posts 300 times is one. An item's habit is the largest of
its trailing mean, its usual at this hour of the day and its usual at this hour of the week, so that
neither the evening nor the weekly show rises. Scoring comes before learning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.tail import surprise

Ints = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

WINDOWS_H: Final = (1, 3, 6)
LEAST_AUTHORS: Final = 5
LEAST_RATIO: Final = 2.0
LEAST_SCORE: Final = 3.0
AT_LEAST: Final = 10
"""How many items a list has where so many occurred, be they above the thresholds or not."""

_MEAN_H = 14 * 24
_LEARNT_H = 3 * 24
_HALF_LIFE_H = 3.0
_CROWD = 3
"""Authors that at least one hour of a window must have brought: two who post all day are no crowd."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Items, best first, and their scores: above 0 past the thresholds, between -1 and 0 below them."""

    items: npt.NDArray[np.int64]
    scores: Floats


class Ranker:
    """Ranks items ``0 … size-1`` once an hour; hour 0 is a midnight UTC.

    The score is the largest -log10 p over windows of 1, 3 and 6 hours, p the negative-binomial chance
    of at least so many authors where the habit is usual (``trends.tail``); a list remembers a score
    with a half-life of 3 hours. Past the thresholds are at least 5 authors, more than twice the
    habit, 3 authors in one hour and a score of 3. Memory: about 210 numbers of 4 bytes an item.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"size must not be negative: {size}")
        self._size = size
        self._hour = -1
        self._recent: Singles = np.zeros((max(WINDOWS_H), size), dtype=np.float32)
        self._habits: Singles = np.zeros((max(WINDOWS_H), size), dtype=np.float32)
        self._mean: Singles = np.zeros(size, dtype=np.float32)
        self._by_day: Singles = np.zeros((24, size), dtype=np.float32)
        self._by_week: Singles = np.zeros((168, size), dtype=np.float32)
        self._spread: Singles = np.zeros(size, dtype=np.float32)
        self._volume: Floats = np.zeros(24)
        self._kept: Singles = np.zeros(size, dtype=np.float32)

    def step(self, hour: int, item: Ints, uses: Ints, authors: Ints) -> Ranked:
        """The items ranked at the end of ``hour``, from what occurred in it and before.

        ``item``, ``uses`` and ``authors`` are the hour's non-zero items. A missing hour is an hour of
        zeros; hours come in order, each once.
        """
        if hour <= self._hour:
            raise ValueError(f"hour {hour} comes after hour {self._hour}")
        if not len(item) == len(uses) == len(authors):
            raise ValueError("item, uses and authors must have one length")
        if len(item) and not 0 <= int(np.min(item)) <= int(np.max(item)) < self._size:
            raise ValueError(f"an item is not between 0 and {self._size - 1}")
        for missing in range(self._hour + 1, hour):
            self._take(missing, np.zeros(0, dtype=np.int64), np.zeros(0))
            self._learn(missing)
        self._take(hour, np.asarray(item, dtype=np.int64), np.asarray(authors, dtype=float))
        ranked = self._rank(hour)
        self._learn(hour)
        return ranked

    def _take(self, hour: int, item: npt.NDArray[np.int64], authors: Floats) -> None:
        """Put the hour's authors and the habit of this hour into the ring of recent hours."""
        slot = hour % len(self._recent)
        self._recent[slot] = 0
        np.add.at(self._recent[slot], item, authors.astype(np.float32))
        self._habits[slot] = self._habit(hour)
        self._hour = hour
        self._kept *= np.float32(0.5 ** (1 / _HALF_LIFE_H))

    def _habit(self, hour: int) -> Singles:
        """What each item usually brings in such an hour, learnt before it."""
        days, weeks = hour // 24, hour // 168
        seen = min(hour, _MEAN_H)
        if seen == 0:
            return np.zeros(self._size, dtype=np.float32)
        total = float(self._volume.sum())
        share = float(self._volume[hour % 24]) * 24 / total if days and total else 1.0
        # A young mean is divided by what its weights sum to, else it begins too low.
        weight = 1 - (1 - 1 / _MEAN_H) ** hour
        habit = self._mean * np.float32(min(share, 3.0) / weight)
        if days >= 3:
            np.maximum(habit, self._by_day[hour % 24] * np.float32(0.9 / (1 - 0.9**days)), out=habit)
        if weeks:
            norm = 1 - 0.6**weeks
            np.maximum(habit, self._by_week[hour % 168] * np.float32(0.8 / norm), out=habit)
        return habit

    def _rank(self, hour: int) -> Ranked:
        ages = (hour - np.arange(min(len(self._recent), hour + 1))) % len(self._recent)
        recent = self._recent[ages]
        total = recent.sum(axis=0)
        met = np.flatnonzero((total >= _CROWD) | ((total > 0) & (self._kept >= LEAST_SCORE / 2)))
        if len(met) < AT_LEAST:
            met = np.flatnonzero(total)
        if not len(met):
            return Ranked(np.zeros(0, dtype=np.int64), np.zeros(0))
        recent = recent[:, met]
        observed = np.cumsum(recent, axis=0, dtype=np.float64)
        habit = np.cumsum(self._habits[ages][:, met], axis=0, dtype=np.float64)
        crowd = np.maximum.accumulate(recent, axis=0)
        best, below = np.zeros(len(met)), np.zeros(len(met))
        for window in WINDOWS_H:
            if window > len(ages):
                break
            count, usual = observed[window - 1], habit[window - 1] + 0.02 * window
            high = np.flatnonzero((count >= _CROWD) & (count > usual))
            count, usual, many = count[high], usual[high], crowd[window - 1, high] >= _CROWD
            score = surprise(count, usual, spread=self._spread[met[high]])
            passed = (count >= LEAST_AUTHORS) & (count > LEAST_RATIO * usual) & many & (score >= LEAST_SCORE)
            best[high] = np.maximum(best[high], np.where(passed, score, 0.0))
            # Below the thresholds a small item far above its habit comes before a giant's good evening.
            below[high] = np.maximum(below[high], score * (1 - usual / count) * np.where(many, 1.0, 0.1))
        if hour < _LEARNT_H:
            # Without a habit to compare with everything would rise: the size alone says nothing.
            below, best = np.maximum(below, best), np.zeros(len(met))
        return self._ordered(met, best, below)

    def _ordered(self, met: npt.NDArray[np.int64], best: Floats, below: Floats) -> Ranked:
        """Past the thresholds by score, then as many of the others as make ten."""
        kept = np.maximum(self._kept[met], best)
        self._kept[met] = kept
        kept = np.where(kept >= LEAST_SCORE / 2, kept, 0.0)
        scores = np.where(kept > 0, kept, below / (1 + below) - 1)
        order = np.lexsort((met, -scores))
        length = max(int((kept > 0).sum()), AT_LEAST)
        order = order[:length]
        return Ranked(met[order], scores[order])

    def _learn(self, hour: int) -> None:
        now, habit = self._recent[hour % len(self._recent)], self._habits[hour % len(self._recent)]
        # How much the item scatters around its habit beyond chance, for those large enough to tell. One
        # hour adds at most 1: a burst is no reason to expect bursts.
        large = np.flatnonzero(habit >= 5)
        beyond = ((now[large] - habit[large]) ** 2 - habit[large]) / habit[large] ** 2
        self._spread[large] += (np.clip(beyond, 0, 1) - self._spread[large]) * np.float32(1 / 72)
        self._mean += (now - self._mean) * np.float32(1 / _MEAN_H)
        by_day = self._by_day[hour % 24]
        by_day += (now - by_day) * np.float32(0.1)
        by_week = self._by_week[hour % 168]
        by_week += (now - by_week) * np.float32(0.4)
        self._volume[hour % 24] += (float(now.sum()) - self._volume[hour % 24]) * 0.1
