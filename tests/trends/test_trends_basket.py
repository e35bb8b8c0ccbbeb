"""Sets of hashtags against all sets there are, and sets that were ranked otherwise, on held-back weeks."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from trends import basket
from trends.basket import GUARANTEE, Audience

DAY = 86_400


def audiences(seed: int, tags: int = 9, people: int = 60) -> list[Audience]:
    """People of some tags, who share them unevenly."""
    rng = np.random.default_rng(seed)
    return [np.unique(rng.integers(0, people, rng.integers(1, people // 3))) for _ in range(tags)]


@pytest.mark.parametrize("seed", range(25))
def test_greedy_is_within_its_bounds(seed: int) -> None:
    """Never below 63 % of the best of all sets, and the best never above the bound that is told."""
    made = audiences(seed)
    reached = np.arange(0, 60, 7)
    for k in (1, 2, 4):
        best = max(basket.reach([made[n] for n in some], reached) for some in combinations(range(9), k))
        found = basket.choose(made, k, reached=reached)
        assert GUARANTEE * best <= found.reached <= best <= found.bound
        assert found.reached == basket.reach([made[place] for place in found.places], reached)
        assert list(found.gains) == sorted(found.gains, reverse=True)


def test_who_is_reached_is_worth_nothing() -> None:
    """A tag whose people are all reached is not taken, nor one that adds nobody."""
    one, two = np.arange(10), np.arange(5)

    assert basket.choose([one, two], 2).places == (0,)
    assert basket.choose([one, two], 2, reached=one).places == ()
    assert basket.choose([], 2).of_best == 1.0


@pytest.mark.parametrize("seed", range(6))
def test_no_point_of_the_frontier_is_below_another(seed: int) -> None:
    """More people are bought with less time in sight; every set keeps to its time."""
    made = audiences(seed, tags=14)
    stays = np.random.default_rng(seed).integers(1, 50, 14).astype(float).tolist()
    points = basket.frontier(made, stays, 3)
    reach = [point.chosen.reached for point in points]
    stay = [point.stay_s for point in points]

    assert reach == sorted(set(reach), reverse=True)
    assert stay == sorted(set(stay))
    for point in points:
        assert point.stay_s == min(stays[place] for place in point.chosen.places)
    assert points[0].chosen.reached == basket.choose(made, 3).reached


def test_how_long_a_post_stays_in_sight() -> None:
    """A post an hour is out of sight after twenty; few posts are told by their pace; none, by nothing."""
    hourly = np.arange(0, 400) * 3600

    assert basket.stay(hourly, since=0, until=400 * 3600) == pytest.approx(20 * 3600)
    assert basket.stay(np.array([0, 5]), since=0, until=10 * DAY) == pytest.approx(100 * DAY)
    assert basket.stay(np.zeros(0, dtype=np.int64), since=0, until=DAY) is None


def weeks_of_talk(seed: int) -> tuple[list[list[Audience]], list[list[int]]]:
    """Four weeks of a world of six circles: a loud one with many tags that its people all use, and others.

    Beside the audiences the posts of each tag and week.
    """
    rng = np.random.default_rng(seed)
    circles = [np.arange(300 * n, 300 * n + size) for n, size in enumerate((260, 150, 140, 130, 120, 110))]
    tags = [(0, 0.6 + 0.03 * n) for n in range(8)]
    tags += [(circle, rate) for circle in range(1, 6) for rate in (0.5, 0.35)]
    people = [
        [members[rng.random(len(members)) < rate] for circle, rate in tags for members in (circles[circle],)]
        for _ in range(4)
    ]
    return people, [[int(rng.poisson(1 + 2 * len(one))) for one in week] for week in people]


def test_ours_reaches_more_in_the_week_held_back_than_ranking_does() -> None:
    """Chosen on three weeks, counted on the fourth: not below the five most popular, nor the five that stand
    beside the most popular one most often."""
    for seed in range(8):
        weeks, posts = weeks_of_talk(seed)
        before = basket.merged(weeks[:3])
        ours = basket.choose(before, 5).places
        counts = np.sum(posts[:3], axis=0)
        popular = np.argsort(-counts, kind="stable")[:5].tolist()
        beside = [len(np.intersect1d(before[popular[0]], one)) for one in before]
        together = np.argsort(-np.array(beside), kind="stable")[:5].tolist()
        found = [basket.reach([weeks[3][n] for n in some]) for some in (ours, popular, together)]
        assert found[0] > 1.2 * max(found[1:])


def test_weeks_are_held_back_one_by_one() -> None:
    """Each later week is met by what was chosen before it."""
    weeks = [[np.arange(5), np.arange(9)], [np.arange(3), np.arange(1)], [np.arange(4), np.arange(2)]]

    found = basket.held_back(weeks, lambda past: basket.choose(basket.merged(past), 1).places)

    assert found == (1, 2)
