"""Intervals around forecasts of counts, as wide as the errors of the forecasts before them.

Errors are measured in a width that grows with the forecast, between its root and itself, as counts of
people scatter. The level of the quantiles is chosen so that the intervals, in whole numbers and cut at 0,
would have held the wished share of the past: of a series that is mostly 0 the middle 80 % hold more.

Source: Vovk, Gammerman and Shafer 2005, with the origin rolling on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.replay import Replay
from trends.schemes import Scheme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVELS: Final = (0.5, 0.8)
"""Which share of what comes the two intervals should hold."""
_MEMORY: Final = 28
"""Errors of so many periods back count."""
_RELATIVE: Final = 0.1
_GRID: Final = np.concatenate([np.linspace(0.02, 0.96, 48), [0.97, 0.98, 0.99, 1.0]])
_LEAST: Final = 24
_LEAST_SUMS: Final = 14
"""Intervals are told from so many past errors on."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Intervals of ``LEVELS`` (first axis) around forecasts, and their ``middle``; NaN where untold."""

    middle: Floats
    low: Floats
    high: Floats


def bands(past: Replay, scheme: Scheme) -> tuple[Bands, Bands]:
    """Intervals of every step of every forecast, and (one column) of the sums of their steps."""
    rows, steps = past.value.shape
    found = Bands(past.value.copy(), *np.full((2, len(LEVELS), rows, steps), np.nan))
    sums, came = past.value.sum(axis=1, keepdims=True), past.truth.sum(axis=1, keepdims=True)
    total = Bands(sums.copy(), *np.full((2, len(LEVELS), rows, 1), np.nan))
    edges = (0, *scheme.groups, steps)
    for moment in np.unique(past.known):
        now = np.flatnonzero(past.known == moment)
        old = past.targets < moment - _MEMORY * scheme.period
        usable = (past.targets < moment) & ~old & ~np.isnan(past.truth)
        for first, behind in pairwise(edges):
            cells = _Cells(past.value, past.truth, usable, slice(first, behind))
            _fill(found, cells, now, least=_LEAST)
        # Sums that overlap err alike, so there are few of them: too narrow by about one part in so many.
        apart = max(1.0, (moment - int(past.origins[0])) / steps)
        wider = 1 + 1 / min(apart, _MEMORY * scheme.period / steps)
        usable = (past.origins[:, None] + steps <= moment) & ~old[:, :1] & ~np.isnan(came)
        cells = _Cells(sums, came, usable, slice(0, 1), wider)
        _fill(total, cells, now, least=_LEAST_SUMS, centred=True)
    return found, total


@dataclass(frozen=True, slots=True)
class _Cells:
    """Some columns of forecasts and what came; of the ``usable`` ones errors are learnt."""

    value: Floats
    truth: Floats
    usable: npt.NDArray[np.bool_]
    part: slice
    wider: float = 1.0


def _fill(found: Bands, cells: _Cells, now: Ints, *, least: int, centred: bool = False) -> None:
    """The intervals of the rows ``now``, from the usable cells of the same columns."""
    part = cells.part
    known = cells.usable[:, part]
    before, came = cells.value[:, part][known], cells.truth[:, part][known]
    if len(before) < least:
        return
    errors, middle = _errors(before, came, centred=centred)
    ahead = cells.value[now, part]
    scale = width(ahead)
    # The sum of middles is not the middle of sums: that of a skewed series is larger.
    centre = np.maximum(ahead + middle * scale, 0.0)
    found.middle[now, part] = centre
    for level, (low, high) in enumerate(errors):
        far = [ahead + (middle + (error - middle) * cells.wider) * scale for error in (low, high)]
        found.low[level, now, part], found.high[level, now, part] = _whole(centre, *far)


def _errors(value: Floats, truth: Floats, *, centred: bool) -> tuple[list[tuple[float, float]], float]:
    """For each level the errors (in widths) between which its share of the past lay, and the middle one.

    The middle is 0 where the forecasts are not ``centred``.
    """
    scale = width(value)
    error = (truth - value) / scale
    middle = float(np.median(error)) if centred else 0.0
    low, high = np.quantile(error, [(1 - _GRID) / 2, (1 + _GRID) / 2])
    centre = np.maximum(value + middle * scale, 0.0)
    least, most = _whole(centre, value + low[:, None] * scale, value + high[:, None] * scale)
    share = ((truth >= least) & (truth <= most)).mean(axis=1)
    chosen = [int(np.argmin(np.abs(share - level) + 1e-6 * _GRID)) for level in LEVELS]
    return [(float(low[place]), float(high[place])) for place in chosen], middle


def width(value: Floats) -> Floats:
    """How far counts around ``value`` scatter, up to a factor that is learnt."""
    found: Floats = np.sqrt(value + 0.25 + _RELATIVE * value**2)
    return found


def _whole(centre: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The whole numbers between the two, none below 0; the one nearest to the centre is always there."""
    nearest = np.rint(centre)
    least = np.minimum(np.maximum(np.ceil(low - 1e-9), 0.0), nearest)
    return least, np.maximum(np.floor(high + 1e-9), nearest)
