"""The same columns as hours that follow each other: for any named formula, and for a list that goes on."""

from __future__ import annotations

import numpy as np

from answers.rising_tags import Columns, Ints
from trends.rankings import RANKINGS, Ranking
from trends.rising import Ranked

HOUR_S = 3_600
_RECENT_S = 48 * HOUR_S


class Replay:
    """A ranking that is told hour after hour what was used, by whom; items come with their own numbers.

    Hours end where ``start`` + n hours do; ``capacity`` is how many items can be told apart.
    """

    def __init__(self, formula: str, *, start: int, capacity: int) -> None:
        self._ranking: Ranking = RANKINGS[formula](capacity)
        self._start = start
        self._capacity = capacity
        self._keys: Ints = np.zeros(0, dtype=np.int64)
        self._places: Ints = np.zeros(0, dtype=np.int64)

    def advance(self, item: Ints, author: Ints, at: Ints) -> Ranked:
        """The list at the end of the hour that these uses are of; the items by their own numbers."""
        hour = int(at[0] - self._start) // HOUR_S if len(at) else 0
        return self.step(hour, item, author)

    def step(self, hour: int, item: Ints, author: Ints) -> Ranked:
        """The list at the end of an hour, told by its place since ``start``."""
        self._learn(np.unique(item))
        place = self._places[np.searchsorted(self._keys, item)]
        known = place < self._capacity
        place, author = place[known], author[known]
        items, uses = np.unique(place, return_counts=True)
        told = author >= 0
        people, who = np.unique(author[told], return_inverse=True)
        pairs = np.unique(place[told] * max(len(people), 1) + who) // max(len(people), 1)
        authors = np.bincount(np.searchsorted(items, pairs), minlength=len(items))
        ranked = self._ranking.step(hour, items, uses, authors)
        own = np.empty(len(self._keys), dtype=np.int64)
        own[self._places] = self._keys
        return Ranked(own[ranked.items], ranked.scores)

    def _learn(self, items: Ints) -> None:
        """Give each new item the next place."""
        fresh = np.setdiff1d(items, self._keys, assume_unique=True)
        if len(fresh):
            keys = np.concatenate([self._keys, fresh])
            places = np.concatenate([self._places, np.arange(len(self._keys), len(keys))])
            order = np.argsort(keys, kind="stable")
            self._keys, self._places = keys[order], places[order]


def ranked_by(formula: str, columns: Columns, *, since: int, until: int) -> dict[int, float]:
    """What a named formula scores at ``until``, by item: only those used in the window or two days before.

    Its hours end where the window does; the first is that of the earliest use.
    """
    recent = np.unique(columns.item[columns.at >= min(since, until - _RECENT_S)])
    kept = np.isin(columns.item, recent) & (columns.at < until)
    item, author, at = columns.item[kept], columns.author[kept], columns.at[kept]
    if not len(at):
        return {}
    # Hour 0 of a ranking is a midnight (to the hour), so that hours of the day are what they are.
    shift, day = until % HOUR_S, 24 * HOUR_S
    start = shift + (int(at.min()) - shift) // day * day
    replay = Replay(formula, start=start, capacity=len(recent))
    hour = (at - start) // HOUR_S
    order = np.argsort(hour, kind="stable")
    item, author, hour = item[order], author[order], hour[order]
    last = (until - 1 - start) // HOUR_S
    ends = np.searchsorted(hour, np.arange(int(hour[0]), last + 2))
    for place in range(len(ends) - 1):
        part = slice(int(ends[place]), int(ends[place + 1]))
        ranked = replay.step(int(hour[0]) + place, item[part], author[part])
    return dict(zip(ranked.items.tolist(), ranked.scores.tolist(), strict=True))
