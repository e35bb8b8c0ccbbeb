"""Intervals around forecasts of counts, as wide as the errors of the forecasts before them.

A count scatters around its forecast as a negative binomial does whose mean and scatter the past errors tell.
Which of its quantiles bound an interval is learnt from the past too: those between which the wished share of
it lay, whatever the shape of the errors. Intervals are whole numbers; where nearly all is 0, one that
holds 0 holds more than its share, and there is none that holds less.

Source: Vovk, Gammerman and Shafer 2005, with the origin rolling on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special, stats

from trends.replay import Replay
from trends.schemes import Scheme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVELS: Final = (0.5, 0.8)
"""Which share of what comes the two intervals should hold."""
_MEMORY: Final = 28
"""Errors of so many periods back count."""
_GRID: Final = np.concatenate([np.linspace(0.02, 0.96, 48), [0.97, 0.98, 0.99, 1.0]])
_LEAST: Final = 24
_LEAST_SUMS: Final = 14
"""Intervals are told from so many past errors on."""
_SIZES: Final = (0.15, 0.4, 0.8, 1.6, 4.0)
"""Forecasts between two of these are alike: of small counts one quantile means much or nothing."""
_SURE: Final = 1e-9
_STEPS_ALIKE: Final = 0.25
"""How far the errors of the steps of one forecast are one error."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Intervals of ``LEVELS`` (first axis): ``low`` and ``high`` of the last forecast, NaN where untold.

    ``middle`` are all forecasts; ``inside`` is 1 where what came lay in the interval, 0 where it did not, NaN
    where that cannot be said.
    """

    middle: Floats
    inside: Floats
    low: Floats
    high: Floats


def bands(past: Replay, scheme: Scheme) -> tuple[Bands, Bands]:
    """Intervals of every step of every forecast, and (one column) of the sums of their steps."""
    steps = past.value.shape[1]
    sums, came = past.value.sum(axis=1, keepdims=True), past.truth.sum(axis=1, keepdims=True)
    found, total = _empty(past.value), _empty(sums)
    edges = (0, *scheme.groups, steps)
    for moment in np.unique(past.known):
        now = np.flatnonzero(past.known == moment)
        young = past.targets >= moment - _MEMORY * scheme.period
        usable = (past.targets < moment) & young & ~np.isnan(past.truth)
        # Forecasts that overlap err alike, so there are few apart: too narrow by about one part in so many.
        apart = min(max(1.0, (moment - int(past.origins[0])) / scheme.period), float(_MEMORY))
        for first, behind in pairwise(edges):
            cells = _Cells(past.value, past.truth, usable, slice(first, behind), 1 + _STEPS_ALIKE / apart)
            _fill(found, cells, now, least=_LEAST)
        usable = (past.origins[:, None] + steps <= moment) & young[:, :1] & ~np.isnan(came)
        cells = _Cells(sums, came, usable, slice(0, 1), 1 + 1 / apart)
        _fill(total, cells, now, least=_LEAST_SUMS, centred=True)
    return found, total


def _empty(value: Floats) -> Bands:
    bounds = (len(LEVELS), value.shape[1])
    return Bands(
        value.copy(), np.full((len(LEVELS), *value.shape), np.nan), np.full(bounds, np.nan),
        np.full(bounds, np.nan),
    )  # fmt: skip


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
    factor, shape = _scatter(before, came)
    places = _places(came, factor * before, shape)
    ahead, truth = cells.value[now, part], cells.truth[now, part]
    if centred:
        # The sum of middles is not the middle of sums: that of a skewed series is larger.
        found.middle[now, part] = ahead * float(np.median((came + 0.5) / (before + 0.5)))
    below, above = _places(truth, factor * ahead, shape)
    # Of sums there are too few to tell the small from the large.
    sizes = () if centred else _SIZES
    size, past_size = (np.digitize(factor * each, sizes) for each in (ahead, before))
    last = len(cells.value) - 1
    for group in np.unique(size):
        alike = past_size == group
        if alike.sum() < least:
            alike[:] = True
        tails = _tails(places[0][alike], places[1][alike], cells.wider)
        mine = size == group
        for level, (low, high) in enumerate(tails):
            held = np.where(np.isnan(truth), np.nan, (above >= low) & (below < high))
            found.inside[level, now, part] = np.where(mine, held, found.inside[level, now, part])
            if now[-1] == last:
                mean = np.maximum(factor * ahead[-1], _SURE)
                for bound, quantile in ((found.low, low), (found.high, high)):
                    count = stats.nbinom.ppf(quantile, shape, shape / (shape + mean))
                    bound[level, part] = np.where(mine[-1], count, bound[level, part])


def _scatter(value: Floats, truth: Floats) -> tuple[float, float]:
    """By which factor the mean lies above the forecasts, and the shape of the scatter around it.

    Forecasts are of the middle, which lies below the mean of a skewed series.
    """
    total = float(value.sum())
    factor = float(np.clip(truth.sum() / total, 0.5, 2.0)) if total > 0 else 1.0
    mean = np.maximum(factor * value, _SURE)
    # One burst is no scatter: no single error counts for more than ten times its mean.
    beyond = np.minimum((truth - mean) ** 2, (10 * mean + 3) ** 2) - mean
    shape = float((mean**2).sum() / max(float(beyond.sum()), 1e-3 * float((mean**2).sum()), _SURE))
    return factor, float(np.clip(shape, 0.05, 1e3))


def _places(truth: Floats, mean: Floats, shape: float) -> tuple[Floats, Floats]:
    """The chances of less than what came, and of at most that."""
    chance = shape / (shape + np.maximum(mean, _SURE))
    count = np.nan_to_num(truth)
    below = np.where(count >= 1, special.betainc(shape, np.maximum(count, 1.0), chance), 0.0)
    return below, special.betainc(shape, count + 1.0, chance)


def _tails(below: Floats, above: Floats, wider: float) -> list[tuple[float, float]]:
    """For each level the quantiles between which its share of the past lay, as whole numbers."""
    last = len(above) - 1
    low = np.sort(above)[np.floor(last * (1 - _GRID) / 2).astype(np.int64)]
    high = np.sort(below)[np.ceil(last * (1 + _GRID) / 2).astype(np.int64)]
    # Never past the middle of the distribution, so that an interval is never empty.
    low, high = np.minimum(low, 0.5), np.maximum(high, 0.5)
    share = ((above >= low[:, None]) & (below < high[:, None])).mean(axis=1)
    chosen = [int(np.argmin(np.abs(share - level) + 1e-6 * _GRID)) for level in LEVELS]
    return [(_farther(low[place], wider), _farther(high[place], wider)) for place in chosen]


def _farther(quantile: float, wider: float) -> float:
    """A quantile so many times as far from the middle, and never at the very end."""
    score = wider * special.ndtri(np.clip(quantile, _SURE, 1 - _SURE))
    return float(np.clip(special.ndtr(score), _SURE, 1 - _SURE))
