"""How many people usually use each tag in windows that end at one hour: counted for many days at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.windowed import Uses

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int32]

HISTORY_DAYS: Final = 28
DAY_S: Final = 86_400
_TRAIL_DAYS: Final = 14
_SPREAD_FROM: Final = 5.0
"""The expectation from which on a tag's own scatter can be told from chance."""


@dataclass(frozen=True, slots=True)
class Days:
    """Distinct authors by tag, period (0 the newest) and window, the whole period being the last window.

    ``volume`` is the uses of the whole stream by period and window; ``period`` is in seconds.
    """

    counts: Counts
    volume: Floats
    period: int

    def rows(self, chosen: Ints) -> Days:
        return Days(self.counts[chosen], self.volume, self.period)


@dataclass(frozen=True, slots=True)
class Habit:
    """Authors of each tag (rows) in each window (columns): now, and usually, as of one period.

    ``trail`` is what the trailing mean leads to expect, ``by_day`` and ``by_week`` the means at these hours
    of earlier days and weeks, ``usual`` the expectation that all of them make, ``spread`` the tag's own
    relative variance beyond chance; ``share`` is the part of a period's uses that falls into each window.
    """

    observed: Floats
    trail: Floats
    by_day: Floats
    by_week: Floats
    usual: Floats
    spread: Floats
    share: Floats


def count_days(uses: Uses, stream: Ints, size: int, *, ends: Ints, until: int, began: int) -> Days:
    """Distinct authors of tags ``0 … size-1`` in windows of ``ends`` seconds before ``until`` and days back.

    ``ends`` rises; its last is the period. ``stream`` are the moments of all uses.
    """
    period = int(ends[-1])
    past = max(0, min(HISTORY_DAYS * DAY_S // period, (until - began) // period - 1))
    start = until - (past + 1) * period
    told = uses.only((uses.person >= 0) & (uses.at >= start) & (uses.at < until))
    counts = _distinct(told.where, told.person, until - 1 - told.at, size, past + 1, ends)
    ages = until - 1 - stream[(stream >= start) & (stream < until)]
    cells = ages // period * len(ends) + np.searchsorted(ends, ages % period, side="right")
    volume = np.bincount(cells, minlength=(past + 1) * len(ends)).reshape(past + 1, len(ends))
    return Days(counts, np.cumsum(volume, axis=1).astype(float), period)


def _distinct(where: Ints, person: Ints, age: Ints, size: int, periods: int, ends: Ints) -> Counts:
    """Distinct authors by tag, period and window: one sort for all windows.

    An author counts for every window that holds the newest of his or her uses in that period.
    """
    kinds = len(ends)
    back, rest = np.divmod(age, int(ends[-1]))
    bits = (kinds - 1).bit_length()
    # A person is told apart by as many bits as are left: two in ten thousand of one cell fall together
    # once in thousands of cells, which no mean notices; sorting whole numbers is what makes this quick.
    left = 62 - bits - (size * periods).bit_length()
    key = (where * periods + back) << left
    key |= person & ((1 << left) - 1)
    key <<= bits
    key |= np.searchsorted(ends, rest, side="right")
    key.sort()
    pair = key >> bits
    first = np.ones(len(key), dtype=bool)
    np.not_equal(pair[1:], pair[:-1], out=first[1:])
    cell = (pair[first] >> left) * kinds + (key[first] & ((1 << bits) - 1))
    counts = np.bincount(cell, minlength=size * periods * kinds).astype(np.int32)
    return np.cumsum(counts.reshape(size, periods, kinds), axis=2, dtype=np.int32)


def habit_at(days: Days, back: int = 0) -> Habit:
    """The habit as of the end of the period ``back`` periods ago, from what came before it alone.

    Expected is the largest of three: the mean of the last 14 days with the stream's share of these hours,
    0.9 of the mean of these hours on earlier days, 0.8 of their mean one to four weeks before. Days on which
    nothing at all was heard are no days.
    """
    older = np.arange(back + 1, days.counts.shape[1])
    heard = older[days.volume[older, -1] > 0]
    fortnight = heard[heard - back <= max(1, _TRAIL_DAYS * DAY_S // days.period)]
    weeks = heard[(heard - back) % 7 == 0] if days.period == DAY_S else heard[:0]
    total = days.volume[heard].sum(axis=0)
    share = total / total[-1] if len(heard) else np.zeros(days.volume.shape[1])
    trail = _mean(days.counts, fortnight)[:, -1:] * share[None, :]
    by_day, by_week = _mean(days.counts, heard), _mean(days.counts, weeks)
    usual = np.maximum(trail, np.maximum(0.9 * by_day, 0.8 * by_week))
    return Habit(
        observed=days.counts[:, back, :].astype(float), trail=trail, by_day=by_day, by_week=by_week,
        usual=usual, spread=_spread(days.counts[:, heard, :], by_day), share=share,
    )  # fmt: skip


def _mean(counts: Counts, periods: Ints) -> Floats:
    """The mean over some periods; 0 over none."""
    if not len(periods):
        return np.zeros((counts.shape[0], counts.shape[2]))
    return np.asarray(counts[:, periods, :].sum(axis=1, dtype=np.float64) / len(periods), dtype=np.float64)


def _spread(past: Counts, mean: Floats) -> Floats:
    """Relative variance of the same hours of other days beyond chance, where they are enough to tell.

    One day adds at most 1: a burst is no reason to expect bursts.
    """
    spread = np.zeros(mean.shape)
    large = np.flatnonzero(mean[:, -1] >= _SPREAD_FROM)
    if not len(large) or not past.shape[1]:
        return spread
    usual = np.maximum(mean[large], 1e-9)[:, None, :]
    beyond = np.clip(((past[large] - usual) ** 2 - usual) / usual**2, -1, 1).mean(axis=1)
    spread[large] = np.where(mean[large] >= _SPREAD_FROM, np.maximum(beyond, 0), 0)
    return spread
