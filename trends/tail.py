"""How unlikely a count is: tails of the negative binomial in logarithms, without an end at 1e-16."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

_LN10 = float(np.log(10.0))
_TERMS = 400


def shape(expected: Floats) -> Floats:
    """The shape of the negative binomial for an expectation: 1 + 2 sqrt(expected).

    Counts of people scatter more than Poisson's, and relatively less the larger they are: the standard
    deviation is about 0.7 of a small expectation, and a seventh of 2,500.
    """
    return 1.0 + 2.0 * np.sqrt(expected)


def surprise(observed: npt.ArrayLike, expected: npt.ArrayLike, *, spread: npt.ArrayLike = 0.0) -> Floats:
    """-log10 of the chance to see at least ``observed`` where ``expected`` is usual; 0 or more, finite.

    The upper tail of a negative binomial with mean ``expected`` and ``shape(expected)`` is the
    regularised incomplete beta function I_x(observed, r), x = expected / (r + expected). Where that
    is below what a double holds, its hypergeometric series is summed in logarithms instead, so that
    the score goes on growing with the count. ``spread`` is a known relative variance beyond chance
    (1 / shape) that widens the tail where it is larger.

    >>> float(surprise(0, 3.0))
    0.0
    >>> bool(surprise(100_000, 0.5) > surprise(50_000, 0.5) > 300)
    True
    """
    count, mean = np.broadcast_arrays(np.asarray(observed, dtype=float), np.asarray(expected, dtype=float))
    count, mean = np.atleast_1d(count), np.maximum(np.atleast_1d(mean), 1e-9)
    r = np.minimum(shape(mean), 1 / np.maximum(np.asarray(spread, dtype=float), 1e-9))
    x = mean / (r + mean)
    some = count > 0
    chance = np.ones(count.shape)
    chance[some] = special.betainc(count[some], r[some], x[some])
    with np.errstate(divide="ignore"):
        result = -np.log10(chance)
    deep = chance < 1e-200
    if deep.any():
        result[deep] = -_log_beta_tail(count[deep], r[deep], x[deep]) / _LN10
    result = np.maximum(result, 0.0)
    return result.reshape(np.broadcast_shapes(np.shape(observed), np.shape(expected)))


def _log_beta_tail(a: Floats, b: Floats, x: Floats) -> Floats:
    """ln I_x(a, b) far below the mean: x^a (1-x)^b / (a B(a, b)) * 2F1(a+b, 1; a+1; x).

    Term follows term by the factor x (a+b+i)/(a+1+i), which falls with i where b > 1; what follows
    the last term is at most a geometric series.
    """
    term = np.ones_like(a)
    total = np.ones_like(a)
    for i in range(_TERMS):
        term = term * x * (a + b + i) / (a + 1 + i)
        total += term
        if np.all(term < 1e-14 * total):
            break
    factor = np.minimum(x * (a + b + _TERMS) / (a + 1 + _TERMS), 1 - 1e-9)
    total += term * factor / (1 - factor)
    return np.asarray(
        a * np.log(x) + b * np.log1p(-x) - np.log(a) - special.betaln(a, b) + np.log(total), dtype=float
    )
