"""The lowest point of a smooth convex function, by L-BFGS (Nocedal and Wright 2006, algorithm 7.4).

scipy's own calls LAPACK for matrices of ten numbers, whose threads wait for each other far longer than they
count: a hundred labels took seconds on a busy machine.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Loss = Callable[[Floats], tuple[float, Floats]]
"""The value at a point, and the slope there."""

_REMEMBERED: Final = 10
_ENOUGH: Final = 1e-4
_FLAT: Final = 1e-4


def lowest(loss: Loss, start: Floats, *, steps: int = 60) -> Floats:
    """The point where ``loss`` is lowest, as far as ``steps`` steps lead from ``start``."""
    point = start
    value, slope = loss(point)
    past: deque[tuple[Floats, Floats, float]] = deque(maxlen=_REMEMBERED)
    for _ in range(steps):
        if np.abs(slope).max() < _FLAT:
            break
        direction = _direction(slope, past)
        downhill = _dot(direction, slope)
        length = 1.0 if past else 1.0 / max(1.0, float(np.sqrt(_dot(slope, slope))))
        while length > 1e-10:
            tried = point + length * direction
            new_value, new_slope = loss(tried)
            if new_value <= value + _ENOUGH * length * downhill:
                break
            length *= 0.5
        else:
            break
        moved, turned = tried - point, new_slope - slope
        bend = _dot(moved, turned)
        if bend > 1e-12:
            past.append((moved, turned, bend))
        point, value, slope = tried, new_value, new_slope
    return point


def _direction(slope: Floats, past: deque[tuple[Floats, Floats, float]]) -> Floats:
    """Downhill, bent by what the last steps taught of the curvature."""
    direction = -slope
    shares: list[float] = []
    for moved, turned, bend in reversed(past):
        share = _dot(moved, direction) / bend
        shares.append(share)
        direction = direction - share * turned
    if past:
        _, turned, bend = past[-1]
        direction = direction * (bend / _dot(turned, turned))
    for (moved, turned, bend), share in zip(past, reversed(shares), strict=True):
        direction = direction + (share - _dot(turned, direction) / bend) * moved
    return direction


def _dot(one: Floats, other: Floats) -> float:
    return float((one * other).sum())
