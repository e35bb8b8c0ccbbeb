"""What is rising, hour by hour: items ranked by how far their authors exceed their own habit.

Counts people, not posts: one account that posts 300 times is one. An item's habit is the largest of
its trailing mean, its usual at this hour of the day and its usual at this hour of the week, so that
neither the evening nor the weekly show rises. Scoring comes before learning.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.claims import Chance
from trends.tail import surprise

Ints = npt.NDArray[np.integer]
Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

WINDOWS_H: Final = (1, 3, 6)
LEAST_AUTHORS: Final = 5
LEAST_RATIO: Final = 2.0
LEAST_SCORE: Final = 3.0
AT_LEAST: Final = 10
"""How many items a list has where so many occurred, be they above the thresholds or not."""
PROMISED: Final = 0.1
"""The share of chance among the items that are said to rise ``surely``."""

_CLAIM_SCORE = 2.0
"""Scores from which chance is learnt; where it is rare enough, items are claimed from here on."""
_RING_H = max(WINDOWS_H)
_MEAN_H = 14 * 24
_LEARNT_H = 3 * 24
_HALF_LIFE_H = 3.0
_CROWD = 3
"""Authors that at least one hour of a window must have brought: two who post all day are no crowd."""
_ONE_HOUR = 0.8
_UNCONFIRMED = 0.6
"""What a score is worth that one hour alone has made, and where no second hour of three was like it."""
_OVER = 0.3
"""The share of its own peak below which a rise is ending: its score falls with the square of what is left."""
_PEAK_HALF_LIFE_H = 24.0
_BESIDE = 0.6
"""How much of the habit of the hour before and after is expected: a show may come early or late."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Items, best first, and their scores: above 0 past the thresholds, between -1 and 0 below them.

    ``surely`` marks those of which a share of at most ``PROMISED`` is chance (false discovery rate, control
    over all items of the hour); it is empty where a ranking makes no such claim.
    """

    items: npt.NDArray[np.int64]
    scores: Floats
    surely: Bools = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))


class Ranker:
    """Ranks items ``0 … size-1`` once an hour; hour 0 is a midnight UTC.

    The score is the largest -log10 p over windows of 1, 3 and 6 hours, p the negative-binomial chance
    of at least so many authors where the habit is usual (``trends.tail``); one hour that no other confirms
    is worth less. A list remembers a score with a half-life of 3 hours, and what has fallen below
    three tenths of its own peak goes down. Past the thresholds are at least 5 authors, more than twice the
    habit, 3 authors in one hour and a score of 3. Memory: about 210 numbers of 4 bytes an item.
    """

    def __init__(self, size: int) -> None:
        if size < 0:
            raise ValueError(f"size must not be negative: {size}")
        self._size = size
        self._hour = -1
        self._recent: Singles = np.zeros((_RING_H, size), dtype=np.float32)
        self._habits: Singles = np.zeros((_RING_H, size), dtype=np.float32)
        self._mean: Singles = np.zeros(size, dtype=np.float32)
        self._by_day: Singles = np.zeros((24, size), dtype=np.float32)
        self._by_week: Singles = np.zeros((168, size), dtype=np.float32)
        self._spread: Singles = np.zeros(size, dtype=np.float32)
        self._volume: Floats = np.zeros(24)
        self._kept: Singles = np.zeros(size, dtype=np.float32)
        self._peak: Singles = np.zeros(size, dtype=np.float32)
        self._chance = Chance(size, least=_CLAIM_SCORE, promised=PROMISED)

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
        nothing = np.zeros(0, dtype=np.int64)
        for missing in range(self._hour + 1, hour):
            self._take(missing, nothing, np.zeros(0))
            self._rank(missing)
        self._take(hour, np.asarray(item, dtype=np.int64), np.asarray(authors, dtype=float))
        return self._rank(hour)

    def _take(self, hour: int, item: npt.NDArray[np.int64], authors: Floats) -> None:
        """Put the hour's authors and the habit of this hour into the ring; what leaves it is learnt."""
        slot = hour % _RING_H
        if hour >= _RING_H:
            self._learn(hour - _RING_H)
        self._recent[slot] = 0
        np.add.at(self._recent[slot], item, authors.astype(np.float32))
        self._habit(hour, out=self._habits[slot])
        self._hour = hour
        self._kept *= np.float32(0.5 ** (1 / _HALF_LIFE_H))
        self._peak *= np.float32(0.5 ** (1 / _PEAK_HALF_LIFE_H))

    def _habit(self, hour: int, *, out: Singles) -> None:
        """What each item usually brings in such an hour, learnt until six hours before it."""
        learnt = hour - _RING_H
        if learnt <= 0:
            out[:] = 0
            return
        total = float(self._volume.sum())
        share = float(self._volume[hour % 24]) * 24 / total if learnt >= 24 and total else 1.0
        # A young mean is divided by what its weights sum to, else it begins too low.
        weight = 1 - (1 - 1 / _MEAN_H) ** learnt
        np.multiply(self._mean, np.float32(min(share, 3.0) / weight), out=out)
        days, weeks = learnt // 24, hour // 168
        if days >= 3:
            _raise(out, self._by_day, hour, 0.9 / (1 - 0.9**days))
        if weeks:
            _raise(out, self._by_week, hour, 0.8 / (1 - 0.6**weeks))

    def _rank(self, hour: int) -> Ranked:
        ages = (hour - np.arange(min(_RING_H, hour + 1))) % _RING_H
        total = self._recent.sum(axis=0)
        met = np.flatnonzero((total >= _CROWD) | ((total > 0) & (self._kept >= LEAST_SCORE / 2)))
        if len(met) < AT_LEAST:
            met = np.flatnonzero(total)
        if not len(met):
            return Ranked(np.zeros(0, dtype=np.int64), np.zeros(0))
        recent, habit = self._recent[:, met][ages], self._habits[:, met][ages]
        windows = _windows(recent, habit)
        spread, worth = self._spread[met], _worth(recent)
        found = _scores(windows, spread, worth, floors=True)
        best = np.where(found >= LEAST_SCORE, found, 0.0)
        surely = np.zeros(len(met), dtype=np.bool_)
        if hour < _LEARNT_H:
            # Without a habit to compare with everything would rise: the size alone says nothing.
            best = np.zeros(len(met))
        else:
            surely = self._chance.surely(hour, met, found)
            best = np.where(surely, found, best)
        kept = np.maximum(self._kept[met], best)
        self._kept[met] = kept
        kept = np.where(kept >= LEAST_SCORE / 2, kept * self._height(met, recent, habit), 0.0)
        past = int((kept > 0).sum())
        if past < AT_LEAST:
            below = _scores(windows, spread, worth, floors=False)
            kept = np.where(kept > 0, kept, below / (1 + below) - 1)
        order = np.lexsort((met, -kept))[: max(past, AT_LEAST)]
        return Ranked(met[order], kept[order], surely[order])

    def _height(self, met: npt.NDArray[np.int64], recent: Singles, habit: Singles) -> Floats:
        """What is left of a score: by the height of the last three hours, of the highest they had lately."""
        now = np.maximum(recent[:3].sum(axis=0) - habit[:3].sum(axis=0), 0)
        peak = np.maximum(self._peak[met], now)
        self._peak[met] = peak
        left = now / np.maximum(peak, 1e-9)
        return np.asarray(np.clip(left / _OVER, 0.1, 1.0) ** 2, dtype=np.float64)

    def _learn(self, hour: int) -> None:
        """Learn from an hour that leaves the ring: later hours of a rise do not make it usual at once."""
        now, habit = self._recent[hour % _RING_H], self._habits[hour % _RING_H]
        # How much the item scatters around its habit beyond chance, for those large enough to tell. One
        # hour adds at most 1: a burst is no reason to expect bursts.
        large = np.flatnonzero(habit >= 5)
        beyond = ((now[large] - habit[large]) ** 2 - habit[large]) / habit[large] ** 2
        self._spread[large] += (np.clip(beyond, 0, 1) - self._spread[large]) * np.float32(1 / 72)
        for table, rate in ((self._mean, 1 / _MEAN_H), (self._by_day[hour % 24], 0.1),
                            (self._by_week[hour % 168], 0.4)):  # fmt: skip
            table += (now - table) * np.float32(rate)
        self._volume[hour % 24] += (float(now.sum()) - self._volume[hour % 24]) * 0.1


def _windows(recent: Singles, habit: Singles) -> list[tuple[int, Singles, Floats, Bools]]:
    """Hours, authors, those that are usual, and whether one hour brought a crowd, of each window."""
    found = []
    for window in WINDOWS_H[: sum(hours <= len(recent) for hours in WINDOWS_H)]:
        count, usual = recent[:window].sum(axis=0), habit[:window].sum(axis=0, dtype=np.float64)
        found.append((window, count, usual + 0.02 * window, recent[:window].max(axis=0) >= _CROWD))
    return found


def _worth(recent: Singles) -> Floats:
    """What an item's scores are worth: less where only one of the last three hours stands out."""
    near = np.sort(recent[:3], axis=0)
    confirmed = near[-2:][0] >= np.maximum(2, 0.25 * near[-1])
    return np.where(confirmed, 1.0, _UNCONFIRMED)


def _scores(
    windows: list[tuple[int, Singles, Floats, Bools]], spread: Singles, worth: Floats, *, floors: bool
) -> Floats:
    """The best score of each item: of those above the floors of authors, or an order for all others."""
    best = np.zeros(len(spread))
    for window, count, usual, many in windows:
        if floors:
            high = np.flatnonzero((count >= LEAST_AUTHORS) & (count > LEAST_RATIO * usual) & many)
        else:
            high = np.flatnonzero((count >= _CROWD) & (count > usual))
        score = surprise(count[high], usual[high], spread=spread[high]) * worth[high]
        score *= _ONE_HOUR if window == 1 else 1.0
        if not floors:
            # A small item far above its habit comes before a giant's good evening, and a crowd before two.
            score *= (1 - usual[high] / count[high]) * np.where(many[high], 1.0, 0.1)
        best[high] = np.maximum(best[high], score)
    return best


def _raise(habit: Singles, table: Singles, hour: int, factor: float) -> None:
    """Raise the habit to what the table knows of this hour, or nearly of the hours before and after."""
    length = len(table)
    beside = np.maximum(table[(hour - 1) % length], table[(hour + 1) % length])
    beside *= np.float32(_BESIDE)
    np.maximum(beside, table[hour % length], out=beside)
    beside *= np.float32(factor)
    np.maximum(habit, beside, out=habit)
