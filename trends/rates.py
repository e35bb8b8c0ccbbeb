"""Counts and shares held against chance: is one more than the other, and how sure is a share?"""

from __future__ import annotations

from math import sqrt
from typing import Final

from scipy.special import bdtr

_Z95: Final = 1.959963984540054


def differ(first: int, second: int, *, exposure: float = 1.0) -> float:
    """How likely chance alone gives two counts so far apart, from 0 to 1.

    Exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940): given their sum, the second
    count is binomial. ``exposure`` is the length of the second's window by that of the first. Both sides:
    twice the smaller tail, at most 1. ``ValueError`` for a negative count or no exposure.

    >>> differ(10, 10), round(differ(5, 15), 4)
    (1.0, 0.0414)
    """
    if first < 0 or second < 0 or exposure <= 0:
        raise ValueError(f"no counts or no exposure: {first}, {second}, {exposure}")
    total, share = first + second, exposure / (1.0 + exposure)
    below = float(bdtr(second, total, share))
    above = 1.0 - float(bdtr(second - 1, total, share)) if second else 1.0
    if above < 1e-9:
        above = float(bdtr(first, total, 1.0 - share))  # the same tail without the loss of digits
    return min(1.0, 2.0 * min(below, above))


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Between which a share lies in 95 of 100 cases (Wilson 1927), from 0 to 1; ``None`` of nothing.

    >>> tuple(round(bound, 3) for bound in wilson(5, 10) or ())
    (0.237, 0.763)
    """
    if whole <= 0:
        return None
    share, z2 = part / whole, _Z95 * _Z95
    middle = share + z2 / (2 * whole)
    spread = _Z95 * sqrt(share * (1 - share) / whole + z2 / (4 * whole * whole))
    scale = 1 + z2 / whole
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
