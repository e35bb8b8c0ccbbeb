"""Every hourly ranking by name: ours, and the rules of other products and papers that it is measured on.

All rank by numbers an hour: uses and distinct authors of each item in that hour. Where a rule speaks of
the distinct accounts of a day or a block, the sum of the hourly numbers stands for them (an account that
comes in three hours counts three times), as only hourly numbers are known here. Where a rule names no
floor, at least 5 author-hours must be in its newest window, else any item that is met once would win.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from trends.rising import Floats, Ints, Ranked, Ranker, Singles
from trends.tail import surprise

FLOOR: Final = 5
"""Author-hours that the newest window must have where the rule names no floor of its own."""


class Ranking(Protocol):
    """Ranks items ``0 … size-1`` once an hour; hour 0 is a midnight UTC, a missing hour is one of zeros."""

    def step(self, hour: int, item: Ints, uses: Ints, authors: Ints) -> Ranked:
        """The items at the end of ``hour``, best first; ``item`` and its numbers are those that occurred."""
        ...


def _ranked(scores: Floats | Singles) -> Ranked:
    """Items with a score above 0, best first."""
    met = np.flatnonzero(scores > 0)
    order = np.lexsort((met, -scores[met]))
    return Ranked(met[order], scores[met][order].astype(np.float64))


class _Hours:
    """The last ``keep`` hours of authors of every item; the scores of a rule are asked each hour."""

    keep = 1

    def __init__(self, size: int) -> None:
        self._size = size
        self._hour = -1
        self._ring: Singles = np.zeros((self.keep, size), dtype=np.float32)

    def step(self, hour: int, item: Ints, uses: Ints, authors: Ints) -> Ranked:
        """The items whose score is above 0 at the end of ``hour``."""
        if hour <= self._hour:
            raise ValueError(f"hour {hour} comes after hour {self._hour}")
        nothing = np.zeros(0, dtype=np.int64)
        for missing in range(self._hour + 1, hour):
            self._take(missing, nothing, nothing)
            self._scores(missing)
        self._take(hour, item, self._counted(uses, authors))
        return _ranked(self._scores(hour))

    def _counted(self, uses: Ints, authors: Ints) -> Ints:
        return authors

    def _take(self, hour: int, item: Ints, counts: Ints) -> None:
        self._hour = hour
        row = self._ring[hour % self.keep]
        row[:] = 0
        row[item] = counts

    def _sum(self, since: int, until: int) -> Singles:
        """Authors of the hours ``since`` up to and without ``until``; hours that are not known bring none."""
        hours = np.arange(max(since, self._hour - self.keep + 1, 0), until)
        total: Singles = self._ring[hours % self.keep].sum(axis=0)
        return total

    def _scores(self, hour: int) -> Floats | Singles:
        raise NotImplementedError


class Volume(_Hours):
    """Uses of the last hour."""

    def _counted(self, uses: Ints, authors: Ints) -> Ints:
        return uses

    def _scores(self, hour: int) -> Singles:
        total: Singles = self._ring[0]
        return total


class Authors(_Hours):
    """Author-hours of the last six hours."""

    keep = 6

    def _scores(self, hour: int) -> Singles:
        return self._sum(hour - 5, hour + 1)


class Mastodon(_Hours):
    """Mastodon's tag trends: today's accounts o against yesterday's e, (o-e)^2/e, the maximum kept.

    0 where o < 5 or o < e, e at least 1. The shown score halves every 4 h from its maximum on; a maximum
    older than 2 days and items under 1 are dropped. Days are UTC. Source: app/models/trends/tags.rb.
    """

    HALF_LIFE_H: Final = 4.0
    GONE_H: Final = 48

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._day, self._before = np.zeros(size), np.zeros(size)
        self._best, self._at = np.zeros(size), np.zeros(size, dtype=np.int64)

    def _scores(self, hour: int) -> Floats:
        if hour % 24 == 0:
            self._day, self._before = np.zeros(self._size), self._day
        self._day += self._ring[0]
        usual = np.maximum(self._before, 1.0)
        score = np.where((self._day < FLOOR) | (self._day < usual), 0.0, (self._day - usual) ** 2 / usual)
        higher = (score > self._best) | ((score > 0) & (hour - self._at > self.GONE_H))
        self._best[higher], self._at[higher] = score[higher], hour
        shown = self._best * 0.5 ** ((hour - self._at) / self.HALF_LIFE_H)
        return np.where((hour - self._at > self.GONE_H) | (shown < 1), 0.0, shown)


class ElastAlert(_Hours):
    """ElastAlert's spike: the current 6 h at least 3 times the 6 h before, at least 5 now and 1 before."""

    WINDOW_H: Final = 6
    HEIGHT: Final = 3.0
    LEAST_BEFORE: Final = 1
    keep = 12

    def _scores(self, hour: int) -> Floats:
        now = self._sum(hour - self.WINDOW_H + 1, hour + 1)
        before = self._sum(hour - 2 * self.WINDOW_H + 1, hour - self.WINDOW_H + 1)
        ratio = now / np.maximum(before, self.LEAST_BEFORE)
        return np.where((now >= FLOOR) & (before >= self.LEAST_BEFORE) & (ratio >= self.HEIGHT), ratio, 0.0)


class Huginn(_Hours):
    """Huginn's peak: the newest hour above the mean + 3 sd of the 14 days before, at least 4 events."""

    DAYS: Final = 14
    SDS: Final = 3.0
    LEAST_EVENTS: Final = 4
    keep = 14 * 24 + 1

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._total, self._squares, self._events = np.zeros(size), np.zeros(size), np.zeros(size)

    def _scores(self, hour: int) -> Floats:
        now = self._ring[hour % self.keep].astype(np.float64)
        n = max(min(hour, self.keep - 1), 1)
        mean = self._total / n
        sd = np.sqrt(np.maximum(self._squares / n - mean**2, 0.0))
        peak = (now > mean + self.SDS * sd) & (self._events + (now > 0) >= self.LEAST_EVENTS)
        score = np.where(peak & (now >= FLOOR), (now - mean) / np.maximum(sd, 1e-9), 0.0)
        # The hour that is about to be written over leaves the sums.
        old = self._ring[(hour + 1) % self.keep].astype(np.float64)
        self._total += now - old
        self._squares += now**2 - old**2
        self._events += (now > 0).astype(float) - (old > 0)
        return score


class Meltwater(_Hours):
    """Meltwater's spike: the last hour against the past 12 h, then against the day and the week before.

    It must be at least twice the mean hour of each; the score is the smallest of the three ratios.
    """

    TIMES: Final = 2.0
    keep = 12 + 24 + 168 + 1

    def _scores(self, hour: int) -> Floats:
        now = self._ring[hour % self.keep].astype(np.float64)
        near = self._sum(hour - 12, hour) / 12
        day = self._sum(hour - 24, hour) / 24
        week = self._sum(hour - 168, hour) / 168
        usual = np.maximum(np.maximum(near, day), np.maximum(week, 1 / 168))
        return np.where((now >= FLOOR) & (now >= self.TIMES * usual), now / usual, 0.0)


class Socialmetrix(_Hours):
    """Socialmetrix's variation: the mean of 24 h above the mean of the 7 days before + k sd, k = 1.5.

    The sd is that of the seven days' daily means. The score is how many sd it is above.
    """

    K: Final = 1.5
    keep = 8 * 24

    def _scores(self, hour: int) -> Floats:
        days = np.stack([self._sum(hour + 1 - 24 * (d + 1), hour + 1 - 24 * d) for d in range(8)]) / 24
        mean, sd = days[1:].mean(axis=0), days[1:].std(axis=0)
        score = (days[0] - mean) / np.maximum(sd, 1 / 24)
        return np.where((days[0] * 24 >= FLOOR) & (score > self.K), score, 0.0)


class Blocks(_Hours):
    """z-score of the last 6 h against the mean and sd of the 6 h blocks of 14 days before; sd at least 1."""

    BLOCK_H: Final = 6
    BLOCKS: Final = 56
    keep = BLOCK_H * (BLOCKS + 1)

    def __init__(self, size: int) -> None:
        super().__init__(size)
        shape = (self.BLOCK_H, size)
        self._total, self._squares = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._sums: Singles = np.zeros((self.keep, size), np.float32)

    def _scores(self, hour: int) -> Floats:
        phase = hour % self.BLOCK_H
        now = self._sum(hour - self.BLOCK_H + 1, hour + 1)
        n = max(min(hour // self.BLOCK_H, self.BLOCKS), 1)
        mean = self._total[phase] / n
        sd = np.sqrt(np.maximum(self._squares[phase] / n - mean**2, 0.0))
        score = np.where(now >= FLOOR, (now - mean) / np.maximum(sd, 1.0), 0.0)
        slot = self._sums[hour % self.keep]
        old = self._sums[(hour + self.BLOCK_H) % self.keep]
        self._total[phase] += now - old
        self._squares[phase] += now**2 - old**2
        slot[:] = now
        return score


class ChiSquare(_Hours):
    """Chi-square of 24 h against the 24 h before: (o-e)^2/e where o > e, e at least 1, o at least 5."""

    keep = 48

    def _scores(self, hour: int) -> Floats:
        now = self._sum(hour - 23, hour + 1)
        usual = np.maximum(self._sum(hour - 47, hour - 23), 1.0)
        return np.where((now >= FLOOR) & (now > usual), (now - usual) ** 2 / usual, 0.0)


class GammaPoisson(_Hours):
    """Gamma-Poisson tail of the last 1, 3 and 6 h against the item's own trailing mean; no seasons."""

    MEMORY_H: Final = 14 * 24
    keep = 6

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self._mean = np.zeros(size)

    def _scores(self, hour: int) -> Floats:
        best = np.zeros(self._size)
        weight = 1 - (1 - 1 / self.MEMORY_H) ** max(hour, 1)
        for window in (1, 3, 6):
            count = self._sum(hour - window + 1, hour + 1)
            usual = self._mean / weight * window + 0.02 * window
            high = np.flatnonzero((count >= FLOOR) & (count > 2 * usual))
            best[high] = np.maximum(best[high], surprise(count[high], usual[high]))
        self._mean += (self._ring[hour % self.keep] - self._mean) / self.MEMORY_H
        return best


RANKINGS: Final[Mapping[str, Callable[[int], Ranking]]] = MappingProxyType({
    "rasad": Ranker,
    "mastodon": Mastodon,
    "elastalert": ElastAlert,
    "huginn": Huginn,
    "meltwater": Meltwater,
    "socialmetrix": Socialmetrix,
    "z-blocks": Blocks,
    "chi-square": ChiSquare,
    "gamma-poisson": GammaPoisson,
    "authors-6h": Authors,
    "volume-1h": Volume,
})  # fmt: skip
"""Ours first; each is called with the number of items."""
