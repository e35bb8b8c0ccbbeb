"""Tails: equal to scipy's where it can, growing where it cannot."""

import numpy as np
import pytest
from scipy.stats import nbinom

from trends.tail import shape, surprise


@pytest.mark.parametrize(("count", "mean"), [(1, 0.1), (5, 0.3), (10, 1.0), (100, 3.0), (3_000, 1_000.0)])
def test_the_tail_is_that_of_the_negative_binomial(count: int, mean: float) -> None:
    """-log10 P(X >= count) for a mean and its shape, against scipy's logsf."""
    r = shape(np.array([mean]))

    expected = -nbinom.logsf(count - 1, r, r / (r + mean)) / np.log(10)
    assert surprise([count], [mean]) == pytest.approx(expected, rel=1e-9)


def test_the_tail_by_hand() -> None:
    """Mean 1 has shape 3: P(X >= 1) = 1 - (3/4)^3."""
    assert float(surprise(1, 1.0)) == pytest.approx(-np.log10(1 - 0.75**3), rel=1e-12)


def test_the_series_meets_the_incomplete_beta_function() -> None:
    """Around 1e-200, where one gives way to the other, the score goes on smoothly and grows."""
    scores = surprise(np.arange(200, 800), 0.5)

    steps = np.diff(scores)
    assert (steps > 0).all()
    assert np.abs(np.diff(steps)).max() < 0.01


def test_the_score_has_no_end() -> None:
    """A thousand times the count is still more surprising, and finite."""
    scores = surprise(np.array([1e3, 1e4, 1e5, 1e6]), 2.0)

    assert np.isfinite(scores).all()
    assert (np.diff(scores) > 0).all()


def test_nothing_is_no_surprise_and_known_scatter_lessens_it() -> None:
    """Zero has score 0; a wider habit makes the same count less strange."""
    assert surprise([0, 0], [0.0, 9.0]).tolist() == [0.0, 0.0]
    assert float(surprise(100, 30.0, spread=0.5)) < float(surprise(100, 30.0))
