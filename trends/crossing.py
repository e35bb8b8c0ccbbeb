"""Where a trend began: when it passed a threshold on each platform, by how much it lagged, who leads.

How sure an order is depends on who was heard: had only half of the authors been heard, another of them would
have been the third. So the lag is told with what it would be then: each author is kept with a chance of one
half, and as the third kept one is a matter of counting, the distribution is exact and needs no draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, nbinom

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

THRESHOLD: Final = 3
"""Distinct authors with which a trend has arrived on a platform."""
KEPT: Final = 0.5
_LOW, _HIGH = 0.05, 0.95


@dataclass(frozen=True, slots=True)
class Lag:
    """How much later the second platform passed the threshold, in seconds (negative: earlier).

    ``low`` and ``high`` hold nine tenths of what it would be if half of the authors had been heard (``None``
    without an end: too few authors to pass at all), ``stable`` is how often the order would stay.
    """

    value: int
    low: int | None
    high: int | None
    stable: float


def arrivals(author: Ints, at: Ints) -> Ints:
    """When each author first wrote, in the order of time; rows without an author (-1) are nobody's."""
    author, at = author[author >= 0], at[author >= 0]
    order = np.lexsort((at, author))
    author, at = author[order], at[order]
    first = np.ones(len(author), dtype=bool)
    first[1:] = author[1:] != author[:-1]
    return np.sort(at[first])


def passed(times: Ints, threshold: int = THRESHOLD) -> int | None:
    """When the ``threshold``-th author wrote; ``None`` where there are fewer."""
    return int(times[threshold - 1]) if len(times) >= threshold else None


def lag(first: Ints, second: Ints, threshold: int = THRESHOLD) -> Lag | None:
    """How much later ``second`` (times of first posts of its authors) passed; ``None`` if one did not."""
    a, b = passed(first, threshold), passed(second, threshold)
    if a is None or b is None:
        return None
    places = [np.arange(threshold - 1, len(times)) for times in (first, second)]
    chances = [nbinom.pmf(each - (threshold - 1), threshold, KEPT) for each in places]
    apart = (second[places[1]][None, :] - first[places[0]][:, None]).ravel().astype(float)
    weight = (chances[0][:, None] * chances[1][None, :]).ravel()
    never = [max(0.0, 1.0 - float(each.sum())) for each in chances]
    # If one of them would not pass, it is later than the other; if neither would, nothing is told.
    ends = np.array([-np.inf, np.inf])
    lost = np.array([never[0] * (1 - never[1]), (1 - never[0]) * never[1]])
    apart, weight = np.concatenate([apart, ends]), np.concatenate([weight, lost])
    weight = weight / weight.sum()
    same = np.sign(apart) == np.sign(b - a)
    low, high = (_quantile(apart, weight, share) for share in (_LOW, _HIGH))
    return Lag(value=b - a, low=low, high=high, stable=float(weight[same].sum()))


def _quantile(values: Floats, weight: Floats, share: float) -> int | None:
    order = np.argsort(values, kind="stable")
    place = min(int(np.searchsorted(np.cumsum(weight[order]), share)), len(values) - 1)
    value = values[order][place]
    return int(value) if np.isfinite(value) else None


@dataclass(frozen=True, slots=True)
class Lead:
    """Of two platforms: in how many trends each was first, and the median lag of the second in seconds.

    ``low`` and ``high`` are the 95 % interval of the median by its order statistics, ``None`` of too few;
    ``chance`` is that of the sign test: how often a coin would be so one-sided.
    """

    first: int
    second: int
    median: float
    low: float | None
    high: float | None
    chance: float


def lead(lags: Ints) -> Lead | None:
    """Who leads, by the lags of the second platform in each trend; ``None`` of no trend."""
    if not len(lags):
        return None
    ordered = np.sort(lags)
    first, second = int((lags > 0).sum()), int((lags < 0).sum())
    turned = first + second
    chance = min(1.0, 2 * float(binom.cdf(min(first, second), turned, 0.5))) if turned else 1.0
    cut = int(binom.ppf(0.025, len(lags), 0.5)) - 1
    # Of fewer than six trends the whole range holds the median less often than 95 times in a hundred.
    low, high = (None, None) if len(lags) < 6 else (ordered[max(cut, 0)], ordered[-1 - max(cut, 0)])
    return Lead(
        first, second, float(np.median(lags)), None if low is None else float(low),
        None if high is None else float(high), chance,
    )  # fmt: skip
