"""What truly rose, told by what came after and by no ranking: the truth that rankings are judged by.

At the end of hour t an item is truly rising if in the next 24 hours it has at least so many distinct authors
and at least three times its usual daily distinct authors, the mean of the days before (at most 14, at
least half an author). A run of such hours is an episode, and so are runs less than a day apart, which tell of
the same authors; its peak is the middle of its busiest six hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Singles = npt.NDArray[np.float32]

DAY: Final = 24
USUAL_DAYS: Final = 14
FLOOR: Final = 0.5
TIMES: Final = 3.0
_BUSY: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hourly:
    """Uses and distinct authors an hour of items ``0 … size-1``, one row an hour and item, by hour.

    ``starts`` has the first row of each of ``hours`` hours, and behind them the number of rows.
    """

    hours: int
    size: int
    item: Ints
    uses: Ints
    authors: Ints
    starts: Ints

    def of(self, hour: int) -> tuple[Ints, Ints, Ints]:
        """Items, uses and authors of one hour."""
        part = slice(int(self.starts[hour]), int(self.starts[hour + 1]))
        return self.item[part], self.uses[part], self.authors[part]


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """Hours at the ends of which an item was truly rising, ``first`` to ``last``.

    Its authors come up to ``end``, a day after ``last`` (exclusive); ``peak`` is the middle of its busiest
    six hours.
    """

    item: int
    first: int
    last: int
    peak: int
    end: int


def hourly(item: Ints, author: Ints, hour: Ints, *, size: int, hours: int) -> Hourly:
    """Counts of uses (one row each, hours from 0); an author below 0 is nobody and counts as no author."""
    place = hour * size + item
    rows, which, uses = np.unique(place, return_inverse=True, return_counts=True)
    named = author >= 0
    pairs = np.unique(np.stack([which[named], author[named]]), axis=1)[0] if named.any() else which[:0]
    return Hourly(
        hours=hours, size=size, item=rows % size, uses=uses.astype(np.int64),
        authors=np.bincount(pairs, minlength=len(rows)).astype(np.int64),
        starts=np.searchsorted(rows // size, np.arange(hours + 1)).astype(np.int64),
    )  # fmt: skip


def next_day(item: Ints, author: Ints, hour: Ints, *, size: int, hours: int) -> Singles:
    """Distinct authors of each item (columns) in the 24 hours behind each hour (rows).

    An author is among those behind hour t if any of its uses lies in t+1 … t+24; the hours for which that
    holds are joined from use to use, so that nobody counts twice.
    """
    named = author >= 0
    item, author, hour = item[named], author[named], hour[named]
    order = np.lexsort((hour, author, item))
    item, author, hour = item[order], author[order], hour[order]
    begin = hour - DAY
    same = (item[1:] == item[:-1]) & (author[1:] == author[:-1])
    begin[1:] = np.where(same, np.maximum(begin[1:], hour[:-1]), begin[1:])
    steps = np.zeros((hours + 1, size), dtype=np.float32)
    np.add.at(steps, (np.clip(begin, 0, hours), item), 1.0)
    np.add.at(steps, (np.clip(hour, 0, hours), item), -1.0)
    found: Singles = np.cumsum(steps[:-1], axis=0, dtype=np.float32)
    return found


def rising(ahead: Singles, *, least: int) -> Bools:
    """Where (hours by items) an item is truly rising, from its authors of the next day.

    False where less than three days came before or a whole day did not come after.
    """
    hours = len(ahead)
    usual = np.zeros_like(ahead)
    known = np.zeros(hours)
    for day in range(1, USUAL_DAYS + 1):
        back = DAY * day
        # The day behind hour t - back is the day that ends with hour t - back + 24.
        if back < hours:
            usual[back:] += ahead[:-back]
            known[back:] += 1
    usual /= np.maximum(known, 1)[:, None].astype(np.float32)
    found: Bools = (ahead >= least) & (ahead >= TIMES * np.maximum(usual, FLOOR))
    found[known < 3] = False
    found[max(hours - DAY, 0) :] = False
    return found


def episodes(truth: Bools, counts: Hourly) -> list[Episode]:
    """All runs, by their beginning."""
    size = truth.shape[1]
    padded = np.zeros((len(truth) + 2, size), dtype=np.int8)
    padded[1:-1] = truth
    change = np.diff(padded, axis=0)
    # By item, so that beginnings and ends pair up.
    items, firsts = np.nonzero(change.T == 1)
    _, behind = np.nonzero(change.T == -1)
    runs: list[tuple[int, int, int]] = []
    for item, first, stop in zip(items.tolist(), firsts.tolist(), behind.tolist(), strict=True):
        if runs and runs[-1][0] == item and first < runs[-1][2] + DAY:
            runs[-1] = (item, runs[-1][1], stop)
        else:
            runs.append((item, first, stop))
    by_item = _by_item(counts, sorted({item for item, _, _ in runs}))
    found = []
    for item, first, stop in runs:
        end = min(stop + DAY, counts.hours)
        peak = _peak(*by_item[item], first + 1, end)
        found.append(Episode(item=item, first=first, last=stop - 1, peak=peak, end=end))
    return sorted(found, key=lambda each: (each.first, each.item))


def _by_item(counts: Hourly, items: Sequence[int]) -> dict[int, tuple[Ints, Ints]]:
    """The hours and authors of each of these items."""
    hour = np.repeat(np.arange(counts.hours), np.diff(counts.starts))
    found = {}
    kept = np.isin(counts.item, items)
    item, hour, authors = counts.item[kept], hour[kept], counts.authors[kept]
    for each in items:
        mine = item == each
        found[each] = hour[mine], authors[mine]
    return found


def _peak(hour: Ints, authors: Ints, begin: int, end: int) -> int:
    """The hour with which the third of the busiest six hours ends; the first of equals."""
    line = np.zeros(max(end - begin, 1))
    inside = (hour >= begin) & (hour < end)
    line[hour[inside] - begin] = authors[inside]
    sums = np.convolve(line, np.ones(_BUSY))
    # sums[k] holds the hours up to k: of six that end at the edge, the middle is three before the last.
    return begin + max(int(np.argmax(sums)) - _BUSY // 2, 0)
