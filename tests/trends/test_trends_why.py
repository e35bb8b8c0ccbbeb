"""The pure numbers behind why something rose: onset, coordination, companions, audiences and platforms."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, fisher_exact

from trends.beside import at_least, change, ratio, share_interval
from trends.companions import companions
from trends.coordinated import together
from trends.crossing import arrivals, lag, lead
from trends.leads import base_rate
from trends.onset import HOUR, onset

DAY = 24
HOURS = 35 * DAY
HEARD = np.arange(HOURS)
UNTIL = HOURS * HOUR


def posts(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A post by somebody new for each count of an hour, in the middle of it."""
    at = np.repeat(np.arange(HOURS), counts) * HOUR + HOUR // 2
    return np.arange(len(at)), at


def usual(mean: float, seed: int) -> np.ndarray:
    """Counts that go up and down with the day, and scatter more than Poisson's."""
    level = mean * (1 + 0.8 * np.sin(np.arange(HOURS) / DAY * 2 * np.pi))
    shape = 1 + 2 * np.sqrt(level)
    return np.random.default_rng(seed).negative_binomial(shape, shape / (shape + level))


@pytest.mark.parametrize("mean", [0.05, 1.0, 8.0])
def test_a_rise_begins_in_its_hour(mean: float) -> None:
    """The planted hour lies in the interval, and the rise ends with its height."""
    counts, begin = usual(mean, 3), HOURS - 40
    counts[begin : begin + 10] += round(6 * mean + 4)
    found = onset(*posts(counts), HEARD, since=UNTIL - 7 * DAY * HOUR, until=UNTIL)

    assert found is not None
    assert found.earliest <= begin * HOUR <= found.latest
    assert abs(found.start // HOUR - begin) <= 1
    assert begin + 10 <= found.end // HOUR <= begin + 13
    assert found.authors > 2 * found.expected


def test_what_comes_every_week_is_no_rise() -> None:
    """Sixty people in the same four hours of each week; the same ones only today are a rise."""
    counts = np.zeros(HOURS, dtype=np.int64)
    for week in range(5):
        counts[HOURS - 8 - week * 7 * DAY : HOURS - 4 - week * 7 * DAY] = 15
    window = {"since": UNTIL - DAY * HOUR, "until": UNTIL}
    once = np.where(np.arange(HOURS) > HOURS - DAY, counts, 0)

    assert onset(*posts(counts), HEARD, **window) is None
    assert onset(*posts(once), HEARD, **window) is not None


def test_one_author_and_nobody_are_no_rise() -> None:
    """A hundred posts by one person, and a hundred that nobody signed."""
    at = np.full(100, UNTIL - 2 * HOUR)
    for author in (np.zeros(100, dtype=np.int64), np.full(100, -1)):
        assert onset(author, at, HEARD, since=UNTIL - DAY * HOUR, until=UNTIL) is None


def test_nothing_happens_and_nothing_is_told() -> None:
    """At most one in twenty windows without a rise is said to hold one."""
    told = [
        onset(*posts(usual(mean, seed)), HEARD, since=UNTIL - 7 * DAY * HOUR, until=UNTIL) is not None
        for mean, seed in product((0.1, 1.0, 6.0), range(20))
    ]

    assert sum(told) <= 3


def test_hours_that_were_not_heard_tell_nothing_of_what_is_usual() -> None:
    """Heard one day of two, ten authors an hour are usual and not five."""
    counts = np.where(np.arange(HOURS) // DAY % 2 == 0, 10, 0)
    heard = HEARD[counts > 0]
    window = {"since": UNTIL - DAY * HOUR, "until": UNTIL}
    counts[-DAY:] = 10

    assert onset(*posts(counts), heard, **window) is None


SHARES = st.lists(
    st.tuples(st.integers(0, 3), st.integers(-1, 5), st.integers(0, 300)), max_size=14
)  # thing, author, second


@given(SHARES, st.integers(1, 2))
@settings(max_examples=150)
def test_coordinated_shares_by_plain_looking(shares: list[tuple[int, int, int]], least: int) -> None:
    """The largest set in which every share has one of the same thing by another within the minute, and every
    account enough things."""
    kept = {place for place, (_, author, _) in enumerate(shares) if author >= 0}
    while True:
        paired = {
            one for one in kept
            if any(
                shares[one][0] == shares[other][0] and shares[one][1] != shares[other][1]
                and abs(shares[one][2] - shares[other][2]) <= 60
                for other in kept
            )
        }  # fmt: skip
        things: dict[int, set[int]] = {}
        for place in paired:
            things.setdefault(shares[place][1], set()).add(shares[place][0])
        left = {place for place in paired if len(things[shares[place][1]]) >= least}
        if left == kept:
            break
        kept = left
    columns = np.array(shares, dtype=np.int64).reshape(-1, 3).T

    assert set(np.flatnonzero(together(*columns, least=least)).tolist()) == kept


def test_companions_need_both() -> None:
    """A tag that is joined and rose is told; one that is only common, or only joined, is not."""
    found = companions(
        np.array([10, 10, 1]), np.array([12, 60, 30]), np.array([3, 840, 14]),
        rising=20, everyone=200, windows=14,
    )  # fmt: skip

    assert found.false_rate[0] < 0.001
    assert (found.false_rate[1:] > 0.05).all()
    assert found.expected == pytest.approx([0.25, 60.04, 1.04], abs=0.01)


def test_a_lead_that_any_moment_has_is_a_coincidence() -> None:
    """One article an hour leads everything by an hour; two in a week lead little."""
    week = 7 * DAY * HOUR

    assert base_rate(range(0, week, HOUR), HOUR, since=0, until=week) == pytest.approx(1.0)
    assert base_rate([HOUR, 50 * HOUR], HOUR, since=0, until=week) == pytest.approx(2 / 168)
    assert base_rate([HOUR], HOUR, since=5, until=5) is None


def test_one_stratum_is_fishers_exact_test() -> None:
    """Without strata the chance is that of the fourfold table."""
    table = [[9, 11], [15, 85]]
    chance = at_least(np.array([9]), np.array([15]), np.array([20]), np.array([100]))

    assert chance == pytest.approx(fisher_exact(table, alternative="greater")[1])


def test_who_writes_more_is_compared_with_those_who_write_as_much() -> None:
    """In each kind of people the shares are the same; added up they are not."""
    here, people = np.array([1, 40]), np.array([10, 80])
    rest, others = np.array([90, 10]), np.array([900, 20])
    found = ratio(here, rest, people, others)

    assert here.sum() / people.sum() > 4 * rest.sum() / others.sum()
    assert found.value == pytest.approx(1.0)
    assert found.low < 1 < found.high
    assert found.chance > 0.4


def test_nobody_of_the_others_does_it() -> None:
    """The ratio is finite, its interval wide, and the chance exact."""
    found = ratio(np.array([6]), np.array([0]), np.array([20]), np.array([200]))

    assert 1 < found.low < found.value < found.high < np.inf
    assert found.chance == pytest.approx(comb(20, 6) / comb(220, 6))


def test_intervals_of_ratios_hold_the_truth() -> None:
    """Of 400 made tables about 95 in a hundred."""
    rng = np.random.default_rng(5)
    people, others = np.array([30, 40]), np.array([200, 120])
    held = 0
    for _ in range(400):
        here, rest = rng.binomial(people, [0.2, 0.4]), rng.binomial(others, [0.1, 0.2])
        found = ratio(here, rest, people, others)
        held += found.low <= 2 <= found.high

    assert 0.92 <= held / 400 <= 0.98


def test_changes_among_the_same_people() -> None:
    """McNemar's exact test; who keeps on tells nothing; nobody is no change."""
    assert change(9, 2, 60).chance == pytest.approx(binomtest(9, 11).pvalue)
    found = change(9, 2, 60)
    assert found.value == pytest.approx(7 / 60)
    assert found.low < found.value < found.high
    assert change(0, 0, 0).value == 0.0
    assert share_interval(0, 0) == (0.0, 1.0)
    low, high = share_interval(5, 10)
    assert (low, high) == pytest.approx((0.2366, 0.7634), abs=1e-4)


def test_the_lag_under_thinning_is_what_draws_give() -> None:
    """The exact distribution against 20,000 draws of half of the authors."""
    rng = np.random.default_rng(2)
    first, second = np.sort(rng.integers(0, 5_000, 12)), np.sort(rng.integers(2_000, 9_000, 9))
    found = lag(first, second)
    drawn = []
    for _ in range(20_000):
        ends = [times[rng.random(len(times)) < 0.5] for times in (first, second)]
        third = [float(each[2]) if len(each) > 2 else np.inf for each in ends]
        if third != [np.inf, np.inf]:
            drawn.append(third[1] - third[0])

    assert found is not None
    assert found.value == second[2] - first[2]
    assert found.stable == pytest.approx(np.mean(np.array(drawn) > 0), abs=0.01)
    low, middle = np.quantile(np.array(drawn)[np.isfinite(drawn)], [0.05, 0.5])
    assert found.low is None or found.low == pytest.approx(low, abs=0.1 * middle + 400)


def test_platforms_arrive_with_their_third_author() -> None:
    """Each author counts once, nobody not at all; with two authors nothing has arrived."""
    author, at = np.array([1, 1, 2, -1, 3]), np.array([5, 1, 9, 2, 7])

    assert arrivals(author, at).tolist() == [1, 7, 9]
    assert lag(np.array([1, 7, 9]), np.array([1, 2])) is None


def test_who_leads() -> None:
    """Nine of ten is no coin, five of ten is; the median has the interval of its order statistics."""
    clear = lead(np.array([60, 70, 80, 90, 100, 110, 120, 130, 140, -5]))
    even = lead(np.array([1, -1] * 5))

    assert clear is not None
    assert even is not None
    assert (clear.first, clear.second) == (9, 1)
    assert clear.median == 95
    assert clear.low is not None
    assert clear.high is not None
    assert clear.low <= 95 <= clear.high
    assert clear.chance == pytest.approx(binomtest(9, 10).pvalue)
    assert even.chance == 1.0
    assert lead(np.empty(0, dtype=np.int64)) is None
