"""When a rise began: the hour from which on clearly more people wrote than is usual, and how surely.

Hours are judged by a cumulative sum (Page 1954): every hour adds ``x ln(2) - e`` for ``x`` authors where
``e`` are usual, the log-likelihood that twice as many came as usual; below zero it starts anew. A rise
is such a run up to its highest point, and its beginning the hour from which on its likelihood is largest
(Hinkley 1971). What is usual of an hour is told by hours that lie at least a day before it, so that a rise
does not become its own habit within the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.pairs import pairs
from trends.rising import LEAST_AUTHORS, LEAST_RATIO
from trends.tail import surprise

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

HOUR: Final = 3_600
HISTORY_DAYS: Final = 28
LEAST_DAYS: Final = 3
"""Days before the window that must have been heard to tell what is usual."""
FALSE: Final = 0.05
"""How often at most a window in which nothing happens is said to hold a rise."""
_TWICE: Final = float(np.log(LEAST_RATIO))
_FLOOR: Final = 0.2
"""Authors an hour that are taken for usual of anything: a lone forerunner is forgotten within hours."""
_FEWEST: Final = 0.5
"""Authors that are taken for usual of a whole rise at least."""
_LIKELY: Final = 1.92
"""Half of the 95 % point of chi-square with one degree of freedom: a likelihood interval."""


@dataclass(frozen=True, slots=True)
class Onset:
    """A rise from the second ``start`` to before ``end``, both whole hours.

    ``earliest`` and ``latest`` are the hours between which the beginning lies with about 95 % (a likelihood
    interval), ``authors`` those of the rise, where ``expected`` are usual, ``score`` -log10 of the chance.
    """

    start: int
    end: int
    earliest: int
    latest: int
    authors: int
    expected: float
    score: float


def onset(author: Ints, at: Ints, heard: Ints, *, since: int, until: int) -> Onset | None:
    """The surest rise that begins from ``since`` to before ``until`` (epoch seconds); ``None`` for none.

    ``author`` (-1: nobody) and ``at`` are one row a post, of the window and up to 28 days before it;
    ``heard`` are the clock hours (epoch seconds by 3600) in which anything at all was heard: the others tell
    nothing of what is usual. A rise has at least 5 authors and more than twice the expected.
    """
    first = since // HOUR - HISTORY_DAYS * 24
    hours = -(-until // HOUR) - first
    told = (author >= 0) & (at >= first * HOUR) & (at < until)
    author, hour = author[told], at[told] // HOUR - first
    counts = hourly(author, hour, hours)
    known = np.zeros(hours, dtype=bool)
    known[heard[(heard >= first) & (heard < first + hours)] - first] = True
    usual = expected(counts, known)
    found: Onset | None = None
    floored = np.maximum(usual, _FLOOR)
    begin = since // HOUR - first
    for run in _runs(counts, floored, begin):
        end = run[1]
        start, low, high = _began(counts, floored, *run, first=begin)
        people = np.unique(author[(hour >= start) & (hour < end)]).size
        mean = max(_FEWEST, float(usual[start:end].sum()))
        if people < LEAST_AUTHORS or people <= LEAST_RATIO * mean:
            continue
        score = float(surprise(people, mean))
        if found is None or score > found.score:
            begun, over, low, high = ((first + place) * HOUR for place in (start, end, low, high))
            found = Onset(begun, over, low, high, int(people), mean, score)
    # Any hour could have begun a rise, and any have ended it.
    tries = 2 * np.log10(max(2, (until - since) // HOUR))
    return found if found is not None and found.score >= tries - np.log10(FALSE) else None


def hourly(author: Ints, hour: Ints, hours: int) -> Floats:
    """Distinct authors of each hour."""
    return np.bincount(pairs(hour, author)[0], minlength=hours)[:hours].astype(np.float64)


def expected(counts: Floats, known: npt.NDArray[np.bool_]) -> Floats:
    """Authors that are usual in each hour, by what was heard up to a day before it.

    The largest of the mean of the two weeks before, 0.9 of the mean of this hour of the day and 0.8 of this
    hour of the week (each with its neighbours, for people do not keep the minute).
    """
    heard, weight = np.where(known, counts, 0.0), known.astype(float)
    lags = np.arange(1, 15)
    trail = _ratio(_trailing(heard, 24 * 14), _trailing(weight, 24 * 14))
    by_day = _ratio(_lagged(heard, 24 * lags), _lagged(weight, 24 * lags))
    weeks = 168 * np.arange(1, 5)
    by_week = _ratio(_lagged(heard, weeks), _lagged(weight, weeks))
    usual = np.maximum(np.maximum(trail, 0.9 * by_day), 0.8 * by_week)
    return np.asarray(usual, dtype=np.float64)


def _trailing(values: Floats, hours: int) -> Floats:
    """The sum of ``hours`` hours that end a day before each."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.maximum(np.arange(len(values)) - 23, 0)
    return np.asarray(sums[ends] - sums[np.maximum(ends - hours, 0)], dtype=np.float64)


def _lagged(values: Floats, lags: Ints) -> Floats:
    """The sum over the hours so long before each, with half of their neighbours on both sides."""
    total = np.zeros(len(values))
    for lag in lags.tolist():
        for shift, weight in ((-1, 0.25), (0, 0.5), (1, 0.25)):
            back = lag + shift
            if 24 <= back < len(values):
                total[back:] += weight * values[:-back]
    return total


def _ratio(sums: Floats, weights: Floats) -> Floats:
    return np.divide(sums, weights, out=np.zeros(len(sums)), where=weights > 0.2)


def _runs(counts: Floats, usual: Floats, first: int) -> list[tuple[int, int]]:
    """Runs of the cumulative sum from zero to their highest hours, that begin in the window."""
    gains = counts * _TWICE - usual * (LEAST_RATIO - 1)
    found: list[tuple[int, int]] = []
    total = best = 0.0
    start = end = first
    for hour in range(first, len(gains)):
        total += float(gains[hour])
        if total <= 0:
            if best > 0:
                found.append((start, end))
            total = best = 0.0
            start = hour + 1
        elif total > best:
            best, end = total, hour + 1
    return [*found, (start, end)] if best > 0 else found


def _began(counts: Floats, usual: Floats, start: int, end: int, *, first: int) -> tuple[int, int, int]:
    """The hour at which a run most likely began, and the first and last that are almost as likely.

    The likelihood is that of a rise halfway (on a scale of times) between twofold and as steep as this one
    is; a rise begins in an hour in which somebody wrote.
    """
    steep = max(LEAST_RATIO, float(counts[start:end].sum() / usual[start:end].sum()))
    times = np.sqrt(LEAST_RATIO * steep)
    low = max(first, start - 48)
    gains = (counts * np.log(times) - usual * (times - 1))[low:end]
    likelihood = np.where(counts[low:end] > 0, np.cumsum(gains[::-1])[::-1], -np.inf)
    near = np.flatnonzero(likelihood >= likelihood.max() - _LIKELY) + low
    return int(np.argmax(likelihood)) + low, int(near[0]), int(near[-1])
