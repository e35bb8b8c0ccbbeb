"""Lift, time in sight, hours and verdicts: what was planted is found, and no more is said than is known."""

from __future__ import annotations

import numpy as np
import pytest

from trends.hours import LEAST_CELL, hours
from trends.lasting import by_hour, lasting
from trends.lift import LEAST_AUTHORS, lift
from trends.verdict import verdict

TRUTH = 1.5


def planted(seed: int, scatter: float, authors: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Posts of accounts of all sizes; the large ones carry the tag more often. It lifts by ``TRUTH``."""
    rng = np.random.default_rng(seed)
    size = np.exp(rng.normal(0, 2, authors))
    many = rng.poisson(15, authors) + 1
    author = np.repeat(np.arange(authors), many)
    carries = rng.random(len(author)) < (0.05 + 0.4 * size / (size + 1))[author]
    noise = np.exp(rng.normal(-(scatter**2) / 2, scatter, len(author)))
    drawn = rng.poisson(2 * size[author] * np.where(carries, TRUTH, 1) * noise)
    return drawn, carries, author


@pytest.mark.parametrize("scatter", [0.0, 0.6, 1.0])
def test_interval_of_the_lift_holds_the_truth(scatter: float) -> None:
    """Nominal 95 %: of 200 worlds the truth lies outside in 10 on average, in more than 22 hardly ever."""
    found = [lift(*planted(seed, scatter)) for seed in range(200)]
    held = sum(one.low <= TRUTH <= one.high for one in found if one.low is not None and one.high is not None)
    middle = np.exp(np.mean([np.log(one.ratio) for one in found if one.ratio]))

    assert held >= 178
    assert abs(middle - TRUTH) < 0.06


def test_raw_means_would_say_much_more() -> None:
    """Large accounts carry it: the plain ratio of means is twice the truth."""
    raw = []
    for seed in range(50):
        drawn, carries, _ = planted(seed, 0.6)
        raw.append(drawn[carries].mean() / drawn[~carries].mean())

    assert np.median(raw) > 2 * TRUTH


def test_lift_of_few_cannot_be_told() -> None:
    """Authors with both kinds count; one fewer than needed says nothing, and nobody is made up."""
    drawn, carries, author = (
        np.array(part) for part in ([3, 2] * 9, [True, False] * 9, np.repeat(range(9), 2))
    )
    found = lift(drawn, carries, author)

    assert (found.ratio, found.low, found.authors, found.posts, found.others) == (None, None, 9, 9, 9)
    assert LEAST_AUTHORS == 10


def test_lift_leaves_out_who_is_not_told_and_compares_within_ages() -> None:
    """Unknown authors and counts do not matter; a cell with one kind only tells nothing."""
    drawn, carries, author = planted(3, 0.6)
    known = lift(drawn, carries, author)
    more = lift(
        np.append(drawn, [9_000, -1]), np.append(carries, [True, True]), np.append(author, [-1, 0]),
    )  # fmt: skip
    parted = lift(drawn, carries, author, carries.astype(np.int64))

    assert more == known
    assert (parted.ratio, parted.authors) == (None, 0)


def test_lasting_counts_until_twenty_newer() -> None:
    """A post a minute is pushed down in twenty; the last twenty are watched only."""
    found = lasting(np.arange(0, 6_000, 60), until=6_000)

    assert (found.median_s, found.low_s, found.high_s, found.posts) == (1_200.0, 1_200.0, 1_200.0, 100)


def test_lasting_of_few_posts_is_longer_than_seen() -> None:
    """Nobody pushed them down: the median is not known, only that it is more."""
    found = lasting(np.array([0, 100, 400]), until=1_000)

    assert (found.median_s, found.at_least_s) == (None, 900.0)
    assert lasting(np.array([], dtype=np.int64), until=5).posts == 0


def test_lasting_by_hour_of_day() -> None:
    """A busy hour pushes down sooner; hours with few posts are left out."""
    at = np.concatenate([np.arange(60) * 60, 3_600 + np.arange(12) * 300, 7_200 + np.arange(60) * 60])
    found = by_hour(at, at // 3_600, until=20_000)

    assert found[0] < found[1]
    assert by_hour(at[:25], at[:25] // 3_600, until=20_000) == {}


def test_hours_find_the_planted_one() -> None:
    """Cell 5 draws twice as much; the rest is the usual, and too few posts tell nothing."""
    rng = np.random.default_rng(1)
    author = rng.integers(0, 100, 8_000)
    cell = rng.integers(0, 40, 8_000)
    size = np.exp(rng.normal(2, 1, 100))
    found = hours(rng.poisson(size[author] * np.where(cell == 5, 2, 1)), author, cell, cells=41)

    assert np.nanargmax(found.ratio) == 5
    assert found.low[5] > 1.5
    assert (np.delete(found.low, 5)[:39] <= 1.02).all()
    assert np.isnan(found.ratio[40])
    assert found.posts[40] < LEAST_CELL


def test_hours_without_a_difference_say_so() -> None:
    """Chance alone makes no best hour in nearly all worlds."""
    best = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        author, cell = rng.integers(0, 50, 4_000), rng.integers(0, 168, 4_000)
        best += int(np.nansum(hours(rng.poisson(5, 4_000), author, cell).low > 1))

    assert best <= 4


@pytest.mark.parametrize(
    ("numbers", "code"),
    [
        ({"authors": 4}, "dead"),
        ({"authors": 4, "days": 6.9}, "too little to tell"),
        ({"visible_h": 0.49}, "crowded"),
        ({}, "great now"),
        ({"visible_h": 0.99}, "quiet"),
        ({"negative": 30, "read": 100}, "angry"),
        ({"negative": 22, "read": 100}, "great now"),
        ({"negative": 15, "read": 15}, "great now"),
        ({"authors_last_day": 4, "visible_h": 6.0}, "good for long"),
        ({"authors_last_day": 4, "visible_h": 5.9}, "quiet"),
        ({"authors_last_day": 4, "visible_h": 9.0, "weekly_authors": (9, 9, 9, 4, 5, 4)}, "quiet"),
    ],
)
def test_verdict_follows_the_published_thresholds(numbers: dict[str, object], code: str) -> None:
    """Each side of each threshold."""
    usual: dict[str, object] = {
        "authors": 60, "days": 28.0, "visible_h": 2.0, "authors_last_day": 5, "weekly_authors": (5, 5, 5, 5),
    }  # fmt: skip
    found = verdict(**(usual | numbers))  # type: ignore[arg-type]

    assert found.code == code
    assert found.reasons
    assert found.light == ("green" if found.authors >= 50 else "red")
