"""Two counts against chance, and the bounds of a share."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest, poisson

from trends.rates import differ, wilson


@pytest.mark.parametrize(
    ("first", "second", "exposure"), [(5, 15, 1.0), (40, 7, 1.0), (3, 0, 0.5), (200, 90, 0.3)]
)
def test_chance_is_that_of_the_exact_test(first: int, second: int, exposure: float) -> None:
    """Twice the smaller tail of the binomial test, as scipy reckons it."""
    share = exposure / (1 + exposure)
    tails = [
        binomtest(second, first + second, share, alternative=side).pvalue for side in ("less", "greater")
    ]

    assert differ(first, second, exposure=exposure) == pytest.approx(min(1.0, 2 * min(tails)), rel=1e-9)


def test_large_differences_are_no_rounding() -> None:
    """The chance of a hundredfold is tiny, not 0 and not noise; either way round it is the same."""
    assert 0 < differ(10, 1_000) < 1e-200
    assert differ(10, 1_000) == pytest.approx(differ(1_000, 10), rel=1e-6)
    assert differ(0, 0) == 1.0


def test_it_is_no_more_often_wrong_than_it_says() -> None:
    """Of two counts at one rate it says below 5 % in at most 5 % of cases."""
    rate = 12
    wrong = sum(
        poisson.pmf(a, rate) * poisson.pmf(b, rate)
        for a in range(60) for b in range(60) if differ(a, b) < 0.05
    )  # fmt: skip

    assert 0.01 < wrong <= 0.05


def test_no_counts_are_refused() -> None:
    """A negative count, or no time at all."""
    for first, second, exposure in ((-1, 2, 1.0), (1, 2, 0.0)):
        with pytest.raises(ValueError, match="no counts"):
            differ(first, second, exposure=exposure)


@pytest.mark.parametrize(("part", "whole"), [(0, 10), (10, 10), (3, 50), (500, 1000)])
def test_bounds_are_wilsons(part: int, whole: int) -> None:
    """As scipy reckons them."""
    told = binomtest(part, whole).proportion_ci(method="wilson")

    assert wilson(part, whole) == pytest.approx((told.low, told.high), abs=1e-9)
    assert wilson(0, 0) is None
