"""The lowest point of convex functions whose lowest point is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from nlp.descent import lowest

Floats = NDArray[np.float64]


def test_valley_of_very_unlike_slopes() -> None:
    steep = np.logspace(0, 3, 20)
    bottom = np.arange(20.0)

    def valley(point: Floats) -> tuple[float, Floats]:
        off = point - bottom
        return float((steep * off * off).sum()), 2 * steep * off

    assert lowest(valley, np.zeros(20), steps=300) == pytest.approx(bottom, abs=1e-3)


def test_logistic_loss_of_known_odds() -> None:
    """Three of four are so: the logarithm of the odds is log 3."""

    def loss(point: Floats) -> tuple[float, Floats]:
        share = 1 / (1 + np.exp(-point[0]))
        return float(-3 * np.log(share) - np.log(1 - share)), np.array([4 * share - 3])

    assert lowest(loss, np.zeros(1)) == pytest.approx([np.log(3)], abs=1e-3)


def test_at_the_bottom_nothing_moves() -> None:
    start = np.zeros(3)

    assert lowest(lambda point: (float((point * point).sum()), 2 * point), start) is start
