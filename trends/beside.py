"""What one group of people does more than another, and what the same people do more than before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, hypergeom, norm

from trends.rates import wilson

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEVEL: Final = 0.95
_Z: Final = float(norm.ppf(0.5 + LEVEL / 2))
_EXACT: Final = 2_000
"""People up to which the exact distribution of a stratum is written out."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as often, with the 95 % interval, and the chance of so much were both groups alike."""

    value: float
    low: float
    high: float
    chance: float


def ratio(here: Ints, rest: Ints, people: Ints, others: Ints) -> Ratio:
    """The ratio of two groups' shares over strata of equally busy people (Mantel and Haenszel).

    Of ``people`` in each stratum ``here`` do it, of ``others`` ``rest``. Who writes more speaks of more
    things: people are compared with others who write as much. The interval is that of Greenland and Robins
    (1985), with half a person added on both sides where one of them is none; the chance that of the exact
    conditional test (one-sided: at least so many).
    """
    both = people + others
    used = (people > 0) & (others > 0)
    a, b, n1, n0, n = (each[used].astype(float) for each in (here, rest, people, others, both))
    if not a.sum() or not b.sum():
        share = np.divide(n1, n1.sum(), out=np.zeros(len(n1)), where=n1.sum() > 0)
        a, b, n1, n0, n = a + 0.5 * share, b + 0.5 * share, n1 + share, n0 + share, n + 2 * share
    top, bottom = (a * n0 / n).sum(), (b * n1 / n).sum()
    if not top or not bottom:
        return Ratio(np.nan, 0.0, np.inf, 1.0)
    spread = (((a + b) * n1 * n0 - a * b * n) / n**2).sum() / (top * bottom)
    value, width = top / bottom, _Z * np.sqrt(max(spread, 0.0))
    chance = at_least(here[used], rest[used], people[used], others[used])
    return Ratio(float(value), float(value * np.exp(-width)), float(value * np.exp(width)), chance)


def at_least(here: Ints, rest: Ints, people: Ints, others: Ints) -> float:
    """The chance of at least so many of ``here`` in all strata, given how many do it in each.

    The distribution of the sum of independent hypergeometric counts, written out where few do it, else
    approximated by the normal one with a correction for continuity.
    """
    doing = here + rest
    if not doing.sum():
        return 1.0
    if doing.max() > _EXACT:
        n = (people + others).astype(float)
        mean = (people * doing / n).sum()
        spread = (people * others / n * doing / n * (n - doing) / np.maximum(n - 1, 1)).sum()
        return float(norm.sf((here.sum() - 0.5 - mean) / np.sqrt(max(spread, 1e-12))))
    whole = np.ones(1)
    for total, some, most in zip((people + others).tolist(), people.tolist(), doing.tolist(), strict=True):
        whole = np.convolve(whole, hypergeom.pmf(np.arange(most + 1), total, some, most))
    return float(min(1.0, whole[int(here.sum()) :].sum()))


@dataclass(frozen=True, slots=True)
class Change:
    """How much larger a share of the same people became, with the 95 % interval, and the chance of it."""

    value: float
    low: float
    high: float
    chance: float


def change(began: int, ended: int, people: int) -> Change:
    """The change of a share among the same ``people``: ``began`` do it now only, ``ended`` before only.

    The chance is that of McNemar's exact test (two-sided); the interval that of Agresti and Min (2005), half
    a person added to each of the four kinds of people.

    >>> change(10, 0, 20).chance < 0.01
    True
    """
    turned = began + ended
    chance = 1.0 if not turned else min(1.0, 2 * float(binom.cdf(min(began, ended), turned, 0.5)))
    n = people + 2
    more, less = (began + 0.5) / n, (ended + 0.5) / n
    width = _Z * np.sqrt(max(0.0, more + less - (more - less) ** 2) / n)
    value = (began - ended) / people if people else 0.0
    middle = more - less
    return Change(value, float(max(-1.0, middle - width)), float(min(1.0, middle + width)), chance)


def share_interval(some: int, people: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (0, 1) of nobody."""
    return wilson(some, people) or (0.0, 1.0)
