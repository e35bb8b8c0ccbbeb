"""How much a source usually posts at an hour, and so how much it will have posted while nobody listened.

The expectation is the mean of the hours that were heard: of the same hour of the week where three weeks
are known, else of the same hour of the day. How far off it may be is taken from the source itself: the
very same hours on other days, each expected from all the others; never less than counts of people scatter
by themselves (`trends.tail`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

from trends.intervals import Span
from trends.recapture import LEVEL, Amount, together
from trends.tail import shape

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOUR: Final = 3600
DAYS: Final = 35
"""So many days around a gap tell what is usual in it."""
_WEEKS: Final = 3
_LEAST_HOURS: Final = 24
_LEAST_SHIFTS: Final = 3
_HEARD: Final = 0.8


class Rhythm:
    """The habit of a source: the hours that were heard whole (in hours since 1970) and the posts of each."""

    def __init__(self, hours: npt.ArrayLike, counts: npt.ArrayLike) -> None:
        self._hours: Ints = np.asarray(hours, dtype=np.int64)
        self._counts: Floats = np.asarray(counts, dtype=np.float64)
        self._of = dict(zip(self._hours.tolist(), self._counts.tolist(), strict=True))
        self._sums = [
            (
                np.bincount(self._hours % cells, self._counts, cells),
                np.bincount(self._hours % cells, None, cells),
            )
            for cells in (168, 24)
        ]

    def expected(self, spans: Sequence[Span]) -> float | None:
        """How many posts are usual in these spans; ``None`` if less than a day was heard or an hour never."""
        hours, parts = _hours(spans)
        found = self._expected(hours, without=hours)
        return None if found is None else float((found * parts).sum())

    def missed(self, spans: Sequence[Span]) -> Amount | None:
        """How many posts will have been in these spans; ``None`` where too little is known to say."""
        found = [self._missed(group) for group in _groups(spans)]
        if any(each is None for each in found):
            return None
        total = together([each for each in found if each is not None])
        return Amount(value=total.value, low=max(0.0, total.low), high=total.high)

    def _missed(self, spans: Sequence[Span]) -> Amount | None:
        hours, parts = _hours(spans)
        expected = self._expected(hours, without=hours)
        if expected is None:
            return None
        value = float((expected * parts).sum())
        errors = self._errors(hours, parts)
        if len(errors) < _LEAST_SHIFTS:
            return None
        # Errors grow with the expectation between as its root and as itself: the larger is meant.
        scaled = [
            (seen - usual) * max(math.sqrt(value / usual), value / usual) if usual > 0 else seen - usual
            for seen, usual in errors
        ]
        spread = math.sqrt(sum(error**2 for error in scaled) / len(scaled))
        by_days = float(stats.t.ppf(0.5 + LEVEL / 2, len(scaled) - 1)) * spread
        # A few days may look alike by chance: people's counts scatter at least as they do everywhere.
        chance = math.sqrt(value + value**2 / float(shape(np.asarray([value]))[0]))
        reach = max(by_days, float(stats.norm.ppf(0.5 + LEVEL / 2)) * chance)
        # Never less than nothing, and of what is usually nothing there may be a few.
        return Amount(value=value, low=max(0.0, value - reach), high=max(value + reach, value + 3.0))

    def _errors(self, hours: Ints, parts: Floats) -> list[tuple[float, float]]:
        """Seen and expected in the same hours of other days, days apart so that none is counted twice."""
        step = max(1, math.ceil((int(hours[-1]) - int(hours[0]) + 1) / 24))
        found = []
        for days in range(-DAYS, DAYS + 1, 1):
            if days == 0 or days % step:
                continue
            moved = hours + 24 * days
            known = np.array([hour in self._of for hour in moved.tolist()])
            if (parts * known).sum() < _HEARD * parts.sum():
                continue
            usual = self._expected(moved[known], without=moved[known])
            if usual is None:
                continue
            seen = np.array([self._of[hour] for hour in moved[known].tolist()])
            found.append((float((seen * parts[known]).sum()), float((usual * parts[known]).sum())))
        return found

    def _expected(self, hours: Ints, *, without: Ints) -> Floats | None:
        """Posts usual in each hour, told by all heard hours but those of ``without``."""
        left_out = np.array([hour for hour in without.tolist() if hour in self._of], dtype=np.int64)
        if len(self._hours) - len(left_out) < _LEAST_HOURS:
            return None
        counts = np.array([self._of[hour] for hour in left_out.tolist()], dtype=np.float64)
        means = []
        for (sums, times), cells in zip(self._sums, (168, 24), strict=True):
            places = left_out % cells
            total = (sums - np.bincount(places, counts, cells))[hours % cells]
            known = (times - np.bincount(places, None, cells))[hours % cells]
            means.append((total / np.maximum(known, 1), known))
        (week, weeks), (day, days) = means
        if (days == 0).any():
            return None
        found: Floats = np.where(weeks >= _WEEKS, week, day)
        return found


def _hours(spans: Sequence[Span]) -> tuple[Ints, Floats]:
    """The hours that the spans touch, and which part of each lies in them."""
    parts: dict[int, float] = {}
    for since, until in spans:
        for hour in range(since // HOUR, -(-until // HOUR)):
            inside = min(until, (hour + 1) * HOUR) - max(since, hour * HOUR)
            parts[hour] = parts.get(hour, 0.0) + inside / HOUR
    hours = np.array(sorted(parts), dtype=np.int64)
    return hours, np.array([parts[hour] for hour in hours.tolist()], dtype=np.float64)


def _groups(spans: Sequence[Span]) -> list[list[Span]]:
    """Spans that lie within a day of each other, for those err together; a week at most in one."""
    found: list[list[Span]] = []
    for since, until in spans:
        while until - since > 168 * HOUR:
            found.append([(since, since + 168 * HOUR)])
            since += 168 * HOUR
        near = found and since - found[-1][-1][1] < 24 * HOUR and until - found[-1][0][0] <= 168 * HOUR
        if near:
            found[-1].append((since, until))
        else:
            found.append([(since, until)])
    return found
