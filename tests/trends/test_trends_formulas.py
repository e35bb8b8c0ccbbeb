"""Formulas of other products: cases that were counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trends import formulas


def test_elastalert_needs_the_height_and_both_thresholds() -> None:
    """6 against 2 is three times; 5 against 2 is not; 9 against none has nothing to compare with."""
    assert formulas.elastalert(6, 2)
    assert not formulas.elastalert(5, 2)
    assert not formulas.elastalert(9, 0)
    assert not formulas.elastalert(4, 1)
    assert formulas.elastalert(5, 2, height=2.5)


def test_huginn_compares_the_newest_with_three_sd_of_those_before() -> None:
    """Mean 3 and sd 1 before: 6 is no peak, 6.1 is."""
    assert formulas.huginn([2, 4, 2, 4, 6]) is False
    assert formulas.huginn([2, 4, 2, 4, 6.1]) is True
    assert formulas.huginn([2, 4, 9]) is None


def test_meltwater_needs_all_three_comparisons() -> None:
    """2 an hour for a week: 4 is twice of all; a day of 3 before it makes 4 too little."""
    week = [2.0] * 168
    assert formulas.meltwater([*week, 4.0]) is True
    assert formulas.meltwater([*week, 3.9]) is False
    assert formulas.meltwater([*week[:144], *[3.0] * 24, 4.0]) is False
    assert formulas.meltwater([*week[:100], 4.0]) is None
    assert formulas.meltwater([*[0.0] * 168, 0.0]) is False


def test_socialmetrix_counts_in_sd_of_the_week() -> None:
    """Days of 1 1 1 2 3 3 3 an hour have mean 2 and variance 6/7."""
    week = [1] * 72 + [2] * 24 + [3] * 72
    assert formulas.socialmetrix([*week, *[4] * 24]) == pytest.approx(2 / (6 / 7) ** 0.5)
    assert formulas.socialmetrix([2] * 168 + [4] * 24) is None
    assert formulas.socialmetrix(week) is None


def test_rival_iq_wants_five_sd() -> None:
    """Rates 1, 2, 3: mean 2, sd 1; 7 is not more than five above, 7.1 is."""
    assert formulas.rival_iq(7.0, [1, 2, 3]) is False
    assert formulas.rival_iq(7.1, [1, 2, 3]) is True
    assert formulas.rival_iq(7.1, [1]) is None


def test_crowdtangle_drops_the_outer_quarters() -> None:
    """Of 0, 10, 20, 1000 the middle is 10 and 20: expected 15; only the last 100 posts count."""
    assert formulas.crowdtangle(30, [1000, 10, 0, 20]) == pytest.approx(2.0)
    assert formulas.crowdtangle(30, [999] * 50 + [10] * 100) == pytest.approx(3.0)
    assert formulas.crowdtangle(30, [0, 0, 0, 0]) is None
    assert formulas.crowdtangle(30, []) is None


def test_crowd_analyzer_is_the_mean_of_three_ranks() -> None:
    """Ranks 1 2 3, 2 1 3 and (10, 30, 5 a post) 2 1 3; equal values share their ranks."""
    found = formulas.crowd_analyzer([300, 200, 100], [20, 30, 5], [2, 1, 1])
    np.testing.assert_allclose(found, [5 / 3, 4 / 3, 3.0])
    np.testing.assert_allclose(formulas.crowd_analyzer([5, 5], [1, 1], [0, 1]), [(1.5 + 1.5 + 2) / 3, 4 / 3])


def test_hashtagify_is_a_share_of_the_posts_with_the_first() -> None:
    """3 of 12 posts; nobody knows where there are none."""
    np.testing.assert_allclose(formulas.hashtagify([3, 0], [12, 0]), [0.25, np.nan])


def test_reach_counts_an_author_once_and_impressions_every_post() -> None:
    """Author 1 posts with 100 and 120 followers, 2 with 30, and 3's followers are unknown."""
    assert formulas.seen([1, 2, 1, 3], [100, 30, 120, -1]) == formulas.Seen(150, 250, 3, 4)
    assert formulas.seen([], []) == formulas.Seen(0, 0, 0, 0)
