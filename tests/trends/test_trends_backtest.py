"""Rankings judged by a small past whose numbers are counted by hand, and the truth behind it one by one."""

from __future__ import annotations

import numpy as np
import pytest

from trends import risen
from trends.backtest import Estimate, _surely, judge
from trends.rising import Ranked

HOURS = 12 * 24
BURST_A, BURST_B = 7 * 24, 9 * 24
SINCE = 6 * 24


def uses() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Item 0 and 1 have a burst each of 12 new authors in four hours; item 2 five authors every day."""
    rows = []
    for item, begin in ((0, BURST_A), (1, BURST_B)):
        rows += [(item, 100 * item + n, begin + n // 3) for n in range(12)]
    rows += [(2, 900 + n, 24 * day + 3 * n) for day in range(12) for n in range(5)]
    item, author, hour = np.array(rows).T
    return item, author, hour


class Says:
    """A ranking that says what it is told to, by hour."""

    def __init__(self, lists: dict[int, list[int]]) -> None:
        self._lists = lists

    def step(self, hour: int, item: np.ndarray, uses: np.ndarray, authors: np.ndarray) -> Ranked:
        items = np.array(self._lists.get(hour, []), dtype=np.int64)
        return Ranked(items, np.ones(len(items)))


@pytest.fixture
def past() -> tuple[risen.Hourly, np.ndarray, list[risen.Episode]]:
    item, author, hour = uses()
    counts = risen.hourly(item, author, hour, size=3, hours=HOURS)
    truth = risen.rising(risen.next_day(item, author, hour, size=3, hours=HOURS), least=8)
    return counts, truth, risen.episodes(truth, counts)


def test_authors_of_the_next_day_are_counted_once() -> None:
    """The running count equals the distinct authors of each window, nobody's posts left out."""
    rng = np.random.default_rng(3)
    item, author, hour = rng.integers(0, 4, 600), rng.integers(-1, 25, 600), rng.integers(0, 120, 600)
    found = risen.next_day(item, author, hour, size=4, hours=120)

    for at in range(120):
        for one in range(4):
            there = (item == one) & (hour > at) & (hour <= at + 24) & (author >= 0)
            assert found[at, one] == len(set(author[there].tolist()))


def test_hourly_counts_are_by_hour_and_item() -> None:
    item, author, hour = (np.array(each) for each in ([1, 1, 1, 0, 1], [7, 7, 8, 7, -1], [2, 2, 2, 2, 4]))
    counts = risen.hourly(item, author, hour, size=2, hours=5)

    assert [each.tolist() for each in counts.of(2)] == [[0, 1], [1, 3], [1, 2]]
    assert [each.tolist() for each in counts.of(3)] == [[], [], []]
    assert [each.tolist() for each in counts.of(4)] == [[1], [1], [0]]


def test_truth_is_eight_authors_and_three_times_the_usual(
    past: tuple[risen.Hourly, np.ndarray, list[risen.Episode]],
) -> None:
    """The bursts rise from the hour before which eight of their authors are not yet gone; the rest never."""
    _, truth, found = past
    # Authors come three an hour: eight are within a day of every end from 22 hours before the first.
    first = BURST_A + 2 - 24

    assert np.flatnonzero(truth[:, 0]).tolist() == list(range(first, BURST_A + 1))
    assert not truth[:, 2].any()
    assert [(each.item, each.first, each.last, each.end) for each in found] == [
        (0, first, BURST_A, BURST_A + 25),
        (1, BURST_B - 22, BURST_B, BURST_B + 25),
    ]


def test_peak_is_the_middle_of_the_busiest_six_hours(
    past: tuple[risen.Hourly, np.ndarray, list[risen.Episode]],
) -> None:
    """All twelve authors came in the hours 0 to 3 of the burst: the first six that hold them end with 3."""
    assert [each.peak for each in past[2]] == [BURST_A, BURST_B]


def test_runs_less_than_a_day_apart_are_one_episode() -> None:
    """Two hours of truth 20 hours apart are one rise, 30 hours apart two."""
    counts = risen.hourly(*(np.zeros(1, dtype=np.int64) for _ in range(3)), size=1, hours=200)
    truth = np.zeros((200, 1), dtype=bool)
    truth[[50, 70, 101]] = True

    assert [(each.first, each.last) for each in risen.episodes(truth, counts)] == [(50, 70), (101, 101)]


def test_scores_are_those_counted_by_hand(
    past: tuple[risen.Hourly, np.ndarray, list[risen.Episode]],
) -> None:
    """One ranking lists the first burst early and the other too late; another only what is always there."""
    counts, truth, episodes = past
    early = {BURST_A - 10: [0], BURST_A - 9: [2, 0], BURST_B + 20: [1]}
    always = {hour: [2] for hour in range(HOURS)}
    told, against = judge(
        counts,
        truth,
        episodes,
        {"early": lambda _: Says(early), "always": lambda _: Says(always)},
        since=SINCE,
    )
    one, other = told["early"], told["always"]

    # Rising at 23 hours each; the first place was right in one of these 46, a place among ten in two.
    assert one.precision.value == pytest.approx(1 / 46)
    assert one.recall.value == pytest.approx(2 / 46)
    assert one.first == (BURST_A - 10, BURST_B + 20)
    assert (one.listed.value, one.before.value) == (1.0, 0.5)
    # Leads are +10 and -20: the middle of two is the lower.
    assert one.lead_h is not None
    assert one.lead_h.value == -20
    # Item 2 was listed on one of five days, and on all five by the other.
    assert one.false_a_day.value == pytest.approx(1 / 5)
    assert (other.precision.value, other.listed.value, other.lead_h) == (0.0, 0.0, None)
    assert other.false_a_day.value == 1.0
    assert list(against) == ["always"]
    assert against["always"].false_a_day.value == pytest.approx(-0.8)
    assert against["always"].false_a_day.high < 0


def test_what_is_below_the_thresholds_is_no_alarm(
    past: tuple[risen.Hourly, np.ndarray, list[risen.Episode]],
) -> None:
    """A place with a score of 0 or less fills the list: it is right or wrong there, but no alarm."""

    class Fills(Says):
        def step(self, hour: int, item: np.ndarray, uses: np.ndarray, authors: np.ndarray) -> Ranked:
            ranked = super().step(hour, item, uses, authors)
            return Ranked(ranked.items, -ranked.scores)

    counts, truth, episodes = past
    lists = {hour: [0, 2] for hour in range(HOURS)}
    told, _ = judge(counts, truth, episodes, {"fills": lambda _: Fills(lists)}, since=SINCE)

    assert told["fills"].precision.value == pytest.approx(0.5)
    assert told["fills"].listed.value == 0
    assert told["fills"].false_a_day.value == 0


def test_all_of_a_few_is_not_certain() -> None:
    """Where no resample differs the interval is Wilson's; any other is left alone."""
    certain = _surely(Estimate(value=1.0, low=1.0, high=1.0), 16)
    open_one = Estimate(value=0.5, low=0.3, high=0.7)

    assert (round(certain.low, 3), certain.high) == (0.806, 1.0)
    assert _surely(open_one, 16) is open_one
