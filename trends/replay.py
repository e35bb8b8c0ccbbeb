"""Forecasts of one series from each of its past moments and from its end, none of which looks ahead.

All inputs are shifted copies and running sums of the series, so that those of every past forecast are had at
once; only the weights are learnt again and again, each time from what was over by then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from trends.schemes import Scheme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_PULL: Final = 100.0
"""So many cells of past forecasts are the weights of other series worth."""
_SHARPNESS: Final = 12.0
_MEMORY: Final = 28
"""Errors of so many periods back tell which way to forecast is the best here."""
_SMALL: Final = 0.5


@dataclass(frozen=True, slots=True)
class Replay:
    """Forecasts (rows) made before step ``origins`` of the steps from there on (columns).

    ``truth`` is NaN where it is not over or was not heard. ``trained`` numbers the learning that each row
    comes from, and ``known`` is the first step that was not known to it.
    """

    origins: Ints
    value: Floats
    truth: Floats
    known: Ints

    @property
    def targets(self) -> Ints:
        """The step that each cell foretells."""
        found: Ints = self.origins[:, None] + np.arange(self.value.shape[1])
        return found


def replay(y: Floats, scheme: Scheme) -> Replay:
    """All past forecasts, and last that of the steps behind the end."""
    origins = np.arange(len(y), scheme.first - 1, -scheme.every)[::-1].copy()
    known = len(y) - -(-(len(y) - origins) // scheme.refit) * scheme.refit
    inputs = _inputs(y, scheme, origins)
    targets = origins[:, None] + np.arange(scheme.steps)
    truth = np.concatenate([y, np.full(scheme.steps, np.nan)])[targets]
    experts = np.stack([_from_log(inputs.base), inputs.cycle, inputs.copy, inputs.slow])
    learnt, value = np.empty_like(truth), np.empty_like(truth)
    goal = _log(truth) - inputs.base
    for moment in np.unique(known):
        rows = np.flatnonzero(known == moment)
        over = (targets < moment) & ~np.isnan(truth)
        beta = _weights(inputs.columns[over], goal[over], np.asarray(scheme.prior))
        learnt[rows] = _from_log(inputs.base[rows] + inputs.columns[rows] @ beta)
        experts[0, rows] = learnt[rows]
        over &= targets >= moment - _MEMORY * scheme.period
        share = _trust(experts, truth, over)
        value[rows] = np.tensordot(share, experts[:, rows], 1)
    return Replay(origins, value, truth, known)


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What the regression is told for each cell: ``base`` is the habit in logarithms."""

    base: Floats
    columns: Floats
    cycle: Floats
    copy: Floats
    slow: Floats


def _inputs(y: Floats, scheme: Scheme, origins: Ints) -> _Inputs:
    usual = _usual(y, scheme)
    habit = _slots(y, scheme.period, 0.75, usual)
    cycle = _slots(y, scheme.cycle, 0.5, habit)
    last = _slots(y, scheme.period, 0.0, habit)
    slow = _slots(y, scheme.period, 0.93, habit)
    ahead = np.arange(scheme.steps)
    targets = origins[:, None] + ahead
    base = _log(habit)[targets]
    columns = [_log(each)[targets] - base for each in (cycle, last, slow)]
    for back, damping in scheme.levels:
        columns.append(_level(y, habit, back)[origins][:, None] * damping**ahead)
    columns.append(np.ones_like(base))
    copy = _slots(y, scheme.cycle, 0.0, habit)
    return _Inputs(base, np.stack(columns, axis=-1), cycle[targets], copy[targets], slow[targets])


def _log(values: Floats) -> Floats:
    found: Floats = np.log(np.maximum(values, 0) + _SMALL)
    return found


def _from_log(values: Floats) -> Floats:
    found: Floats = np.maximum(np.exp(np.minimum(values, 50.0)) - _SMALL, 0.0)
    return found


def _usual(y: Floats, scheme: Scheme) -> Floats:
    """The mean of all that was known one period before each step: for slots without a past."""
    heard = ~np.isnan(y)
    mean = np.cumsum(np.where(heard, y, 0)) / np.maximum(np.cumsum(heard), 1)
    return np.concatenate([np.full(scheme.period, mean[0]), mean, np.full(scheme.steps, mean[-1])])[
        : len(y) + scheme.steps
    ]


def _slots(y: Floats, period: int, decay: float, otherwise: Floats) -> Floats:
    """The mean of the same slot one, two, ... periods before each step, each ``decay`` as heavy as the next.

    Only what is a whole period back or more counts, so no forecast of up to a period looks ahead.
    """
    size = len(otherwise)
    rows = -(-size // period)
    padded = np.full(rows * period, np.nan)
    padded[: len(y)] = y
    table = padded.reshape(rows, period)
    heard = ~np.isnan(table)
    found = np.full((rows, period), np.nan)
    total, weight = np.zeros(period), np.zeros(period)
    for row in range(1, rows):
        before = heard[row - 1]
        # A slot that was not heard leaves what was known before as it is.
        keep = np.where(before, decay, 1.0)
        total = keep * total + np.where(before, np.nan_to_num(table[row - 1]), 0.0)
        weight = keep * weight + before
        found[row] = np.where(weight > 0, total / np.maximum(weight, 1e-12), np.nan)
    flat = found.reshape(-1)[:size]
    return np.where(np.isnan(flat), otherwise, flat)


def _level(y: Floats, habit: Floats, back: int) -> Floats:
    """How far the last ``back`` steps before each step lay above their habit, as a logarithm."""
    heard = ~np.isnan(y)
    seen = np.concatenate([[0.0], np.cumsum(np.where(heard, np.nan_to_num(y), 0))])
    usual = np.concatenate([[0.0], np.cumsum(np.where(heard, habit[: len(y)], 0))])
    at = np.arange(len(y) + 1)
    begin = np.maximum(at - back, 0)
    steady = np.sqrt(back) / 2
    found: Floats = np.log((seen[at] - seen[begin] + steady) / (usual[at] - usual[begin] + steady))
    return found


def _weights(columns: Floats, goal: Floats, prior: Floats) -> Floats:
    """Ridge regression toward the weights of other series."""
    normal = columns.T @ columns + _PULL * np.eye(len(prior))
    found: Floats = prior + np.linalg.solve(normal, columns.T @ (goal - columns @ prior))
    return found


def _trust(experts: Floats, truth: Floats, over: npt.NDArray[np.bool_]) -> Floats:
    """The share of each way to forecast, by how small its errors were; the regression where none is known."""
    if over.sum() < 2 * truth.shape[1]:
        return np.array([1.0] + [0.0] * (len(experts) - 1))
    errors = np.abs(experts[:, over] - truth[over]).mean(axis=1)
    power = (errors.min() + 1e-9) / (errors + 1e-9)
    found: Floats = power**_SHARPNESS / (power**_SHARPNESS).sum()
    return found
