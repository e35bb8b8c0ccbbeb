"""The hourly ranking: what rises is listed soon, what is habit is not."""

from typing import Any

import numpy as np
import pytest

from trends.rising import Ranked, Ranker

NOTHING = np.zeros(0, dtype=np.int64)


def ranked_hours(world: Any, *, until: int | None = None) -> list[Ranked]:
    ranker = Ranker(world.size)
    return [ranker.step(hour, *columns) for hour, columns in enumerate(world.hours[:until])]


def place(ranked: Ranked, item: int) -> int:
    found = np.flatnonzero(ranked.items == item)
    return int(found[0]) if len(found) else len(ranked.items)


def test_a_burst_is_found_within_three_hours_and_above_the_traps(world: Any) -> None:
    """A planted burst comes first soon; the weekly show, the daily one, spam and the giant stay below."""
    hours = ranked_hours(world)

    soon = hours[world.burst_at : world.burst_at + 3]
    assert any(place(ranked, world.burst) == 0 and ranked.scores[0] > 7 for ranked in soon)
    for ranked in hours[world.burst_at + 2 : world.burst_at + 10]:
        for trap in (world.weekly, world.daily, world.spam, world.giant):
            assert place(ranked, world.burst) < place(ranked, trap)


def test_a_weekly_show_does_not_rise_in_its_third_week(world: Any) -> None:
    """What was as high at the same hours of earlier weeks has no score past the thresholds."""
    hours = ranked_hours(world)

    week = range(2 * 168 + 3 * 24 + 20, 2 * 168 + 3 * 24 + 24)
    for hour in week:
        where = place(hours[hour], world.weekly)
        assert where == len(hours[hour].items) or hours[hour].scores[where] <= 0


def test_one_and_two_accounts_never_rise(world: Any) -> None:
    """Hundreds of posts by two accounts are two authors: never past the thresholds."""
    for ranked in ranked_hours(world):
        where = place(ranked, world.spam)
        assert where == len(ranked.items) or ranked.scores[where] <= 0


def test_a_single_account_that_posts_thousands_of_times_does_not_rise() -> None:
    """The score counts authors; uses alone change nothing."""
    ranker = Ranker(3)
    for hour in range(10 * 24):
        ranker.step(hour, np.array([1]), np.array([5]), np.array([5]))

    ranked = ranker.step(240, np.array([0, 1]), np.array([5_000, 5]), np.array([1, 5]))

    assert ranked.scores[place(ranked, 0)] < 0


def test_scores_do_not_know_the_future(world: Any) -> None:
    """A run over the first 300 hours gives what the whole run gave for them."""
    whole, prefix = ranked_hours(world), ranked_hours(world, until=300)

    for ours, theirs in zip(prefix, whole[:300], strict=True):
        np.testing.assert_array_equal(ours.items, theirs.items)
        np.testing.assert_array_equal(ours.scores, theirs.scores)


def test_a_missing_hour_is_an_hour_of_zeros() -> None:
    """Leaving hours out and stepping through them empty come to the same."""
    rng = np.random.default_rng(3)
    with_zeros, with_gaps = Ranker(30), Ranker(30)
    for hour in range(200):
        authors = rng.poisson(1.0, 30) if hour % 5 else np.zeros(30, dtype=int)
        item = np.flatnonzero(authors)
        filled = with_zeros.step(hour, item, authors[item], authors[item])
        if hour % 5:
            skipped = with_gaps.step(hour, item, authors[item], authors[item])
            np.testing.assert_array_equal(filled.items, skipped.items)
            np.testing.assert_allclose(filled.scores, skipped.scores)


def test_at_least_ten_are_listed_where_ten_occurred() -> None:
    """From the first hour on, and with finite scores in falling order."""
    ranker = Ranker(50)
    rng = np.random.default_rng(5)
    for hour in range(100):
        item = rng.choice(50, 12, replace=False)
        ranked = ranker.step(hour, item, np.full(12, 4), rng.integers(1, 4, 12))

        assert len(ranked.items) >= 10
        assert len(set(ranked.items.tolist())) == len(ranked.items)
        assert np.isfinite(ranked.scores).all()
        assert (np.diff(ranked.scores) <= 0).all()


def test_an_hour_without_anything_is_empty_in_the_end() -> None:
    """Six hours after the last use nothing is listed; no item at all is no error."""
    ranker = Ranker(4)
    ranker.step(0, np.array([2]), np.array([1]), np.array([1]))

    assert ranker.step(1, NOTHING, NOTHING, NOTHING).items.tolist() == [2]
    assert ranker.step(7, NOTHING, NOTHING, NOTHING).items.tolist() == []
    assert Ranker(0).step(0, NOTHING, NOTHING, NOTHING).items.tolist() == []


@pytest.mark.parametrize(
    ("hour", "item", "authors"),
    [
        pytest.param(5, [0], [1], id="an hour that has been"),
        pytest.param(6, [9], [1], id="an item that does not exist"),
        pytest.param(6, [-1], [1], id="a negative item"),
        pytest.param(6, [0, 1], [1], id="columns of different lengths"),
    ],
)
def test_what_cannot_be_is_refused(hour: int, item: list[int], authors: list[int]) -> None:
    """Wrong hours, items and lengths raise ValueError and change nothing silently."""
    ranker = Ranker(3)
    ranker.step(5, NOTHING, NOTHING, NOTHING)

    with pytest.raises(ValueError):  # noqa: PT011
        ranker.step(hour, np.array(item), np.array(item), np.array(authors))
