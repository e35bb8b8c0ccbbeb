"""The named rankings: each rule on a series that was counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trends.rankings import RANKINGS
from words.texts import known

A, B = 0, 1


def scores(name: str, *series: list[int]) -> dict[int, float]:
    """The scores of the items after the last hour of their series of authors (uses are twice as many)."""
    ranking = RANKINGS[name](len(series))
    ranked = None
    for hour, authors in enumerate(np.array(series).T):
        item = np.flatnonzero(authors)
        if len(item) or hour == len(series[0]) - 1:
            ranked = ranking.step(hour, item, 2 * authors[item], authors[item])
    assert ranked is not None
    return dict(zip(ranked.items.tolist(), ranked.scores.tolist(), strict=True))


def test_ours_comes_first_and_every_ranking_has_its_words() -> None:
    """A page can show each by its name and its rule."""
    assert next(iter(RANKINGS)) == "rasad"
    for name in RANKINGS:
        assert known(f"formula.{name}.name")
        assert known(f"formula.{name}.rule")


def test_mastodon_compares_days_and_halves_the_maximum_every_four_hours() -> None:
    """4 yesterday and 10 today: 9 at once, half of it four hours later, below 1 and gone after thirteen."""
    day = [0] * 5 + [4] + [0] * 18
    assert scores("mastodon", [*day, 10]) == {A: pytest.approx(9.0)}
    assert scores("mastodon", [*day, 10, 0, 0, 0, 0]) == {A: pytest.approx(4.5)}
    # Two more accounts: (12 - 4)^2 / 4 is a new maximum.
    assert scores("mastodon", [*day, 10, 0, 0, 0, 2]) == {A: pytest.approx(16.0)}
    assert scores("mastodon", [*day, 10, *[0] * 13]) == {}
    assert scores("mastodon", [*day, 3]) == {}
    assert scores("mastodon", [4]) == {}


def test_elastalert_compares_six_hours_with_six_before() -> None:
    """2 before and 7 now are 3.5 times; nothing before is nothing to compare with."""
    found = scores("elastalert", [2, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0], [0] * 6 + [9] + [0] * 5)
    assert found == {A: pytest.approx(3.5)}


def test_huginn_wants_three_sd_and_four_events() -> None:
    """Hours of 1 and 3 in turn have mean 2 and sd 1: 6 is 4 sd above, 5 is 3 and no more than 3."""
    assert scores("huginn", [1, 3] * 10 + [6], [1, 3] * 10 + [5]) == {A: pytest.approx(4.0)}
    assert scores("huginn", [0] * 20 + [50]) == {}


def test_meltwater_takes_the_smallest_of_three_ratios() -> None:
    """A week of 2, then a day of 4: 10 is 2.5 times the day; 9 of B is less than twice its 12 hours of 5."""
    found = scores("meltwater", [2] * 168 + [4] * 24 + [10], [2] * 168 + [2] * 12 + [5] * 12 + [9])
    assert found == {A: pytest.approx(2.5)}


def test_socialmetrix_counts_sd_of_days() -> None:
    """Days of 1 1 1 2 3 3 3 an hour, then 4: 2 above the mean, by an sd of the root of 6/7."""
    week = [1] * 72 + [2] * 24 + [3] * 72
    found = scores("socialmetrix", [*week, *[4] * 24], [*week, *[3] * 24])
    assert found == {A: pytest.approx(2 / (6 / 7) ** 0.5, rel=1e-5)}


def test_blocks_are_scored_by_their_own_mean_and_sd() -> None:
    """Blocks of 0 and 6 in turn have mean 3 and sd 3: 12 are 3 sd above."""
    assert scores("z-blocks", [*([0] * 6 + [1] * 6) * 10, *[2] * 6])[A] == pytest.approx(3.0, rel=1e-5)


def test_chi_square_of_a_day_against_the_day_before() -> None:
    """24 before, 48 now: 24 by chance's measure; B has fallen."""
    assert scores("chi-square", [1] * 24 + [2] * 24, [2] * 24 + [1] * 24) == {A: pytest.approx(24.0)}


def test_the_plain_ones_count() -> None:
    """Uses of one hour, authors of six."""
    assert scores("volume-1h", [5, 1], [1, 2]) == {B: 4.0, A: 2.0}
    assert scores("authors-6h", [9, 1, 1, 1, 1, 1, 1], [0, 0, 0, 0, 0, 0, 7]) == {B: 7.0, A: 6.0}


def test_gamma_poisson_knows_no_hours_of_the_day() -> None:
    """A show that comes every day rises every day, which ours does not say."""
    show = [20 if hour % 24 == 20 else 0 for hour in range(14 * 24 + 21)]
    rest = [1] * len(show)
    assert scores("gamma-poisson", show, rest)[A] > 3
    assert scores("rasad", show, rest)[A] <= 0
