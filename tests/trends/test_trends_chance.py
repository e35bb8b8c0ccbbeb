"""What is promised of chance is kept: on streams in which nothing rises, and beside planted bursts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.trends.null_stream import DAY, HOUR, START, null_stream
from trends.chance import fit_tail
from trends.snapshot import FALSE_SHARE, RISEN, STATUSES, Snapshot, snapshot

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]
LITTLE = STATUSES.index("too little history")


def tables(columns: Columns, days: range, hours: tuple[int, ...] = (6, 18)) -> Iterator[Snapshot]:
    """The table of the last day, at some hours of some days."""
    tag, author, at = columns
    for until in (START + day * DAY + hour * HOUR for day in days for hour in hours):
        heard = at >= until - 29 * DAY
        first = max(START, until - 29 * DAY)
        yield snapshot(tag[heard], author[heard], at[heard], since=until - DAY, until=until, first=first)


def by_chance(found: Snapshot, promised: float) -> int:
    """How many rows are so high that only so many were promised by chance."""
    tests = int((found.status != LITTLE).sum())
    return int((found.chance * tests <= promised).sum())


def assert_kept(columns: list[Columns], days: range, promised: float) -> None:
    counted = [by_chance(found, promised) for each in columns for found in tables(each, days)]

    assert promised * 2 / 3 <= np.mean(counted) <= promised * 4 / 3


def test_so_many_rows_are_high_by_chance_as_promised() -> None:
    """On a null stream so many rows are above a score as their chance says, within a third."""
    found = list(tables(null_stream(4, tags=1_500, days=36), range(29, 36)))

    for promised in (3.0, 10.0):
        assert (
            promised * 2 / 3 <= np.mean([by_chance(table, promised) for table in found]) <= promised * 4 / 3
        )


@pytest.mark.soak
@pytest.mark.parametrize(("hourly", "daily"), [(0.05, 0.001), (0.3, 0.02), (0.5, 0.03)])
def test_false_discoveries_are_as_many_as_promised(hourly: float, daily: float) -> None:
    """Over many null streams of several scatters: rows by chance, and how often any row is called risen."""
    columns = [null_stream(seed, days=42, hourly=hourly, daily=daily) for seed in range(100, 112)]
    assert_kept(columns, range(29, 42), 1.0)
    assert_kept(columns, range(29, 42), 3.0)
    false = [
        np.any(found.false_rate <= FALSE_SHARE) for each in columns for found in tables(each, range(29, 42))
    ]

    assert FALSE_SHARE * 2 / 3 <= np.mean(false) <= FALSE_SHARE * 4 / 3


@pytest.mark.soak
def test_among_true_bursts_about_one_in_ten_is_chance() -> None:
    """Forty bursts in each table: nearly all are found, and of what is found at most 13 % are none."""
    shares, found_of = [], []
    for seed in range(200, 206):
        tag, author, at = null_stream(seed, days=40)
        rng = np.random.default_rng(seed)
        for until in (START + day * DAY + 18 * HOUR for day in range(29, 40)):
            planted = rng.choice(3_000, 40, replace=False)
            extra = np.repeat(planted, 40)
            more = (extra, rng.integers(5_000_000, 9_000_000, len(extra)),
                    rng.integers(until - 5 * HOUR, until, len(extra)))  # fmt: skip
            heard = (at >= until - 29 * DAY) & (at < until)
            columns = [np.concatenate([a[heard], b]) for a, b in zip((tag, author, at), more, strict=True)]
            table = snapshot(*columns, since=until - DAY, until=until, first=max(START, until - 29 * DAY))
            risen = {int(t) for t, s in zip(table.tag, table.status, strict=True) if STATUSES[s] in RISEN}
            shares.append(len(risen - set(planted.tolist())) / max(1, len(risen)))
            found_of.append(len(risen & set(planted.tolist())) / 40)

    assert np.mean(shares) <= FALSE_SHARE * 4 / 3
    assert np.mean(found_of) >= 0.9


def test_without_a_past_the_chance_is_the_models() -> None:
    """Four windows at ten to the minus three each, and never more than certain."""
    tail = fit_tail(np.zeros(0), tested=0, windows=4, table=10)

    assert tail.chance(np.array([3.0])) == pytest.approx(4e-3, rel=1e-6)
    assert tail.chance(np.array([0.0])).tolist() == [1.0]


def test_a_heavier_past_makes_scores_worth_less() -> None:
    """Where high scores were common before, the same score is more probably chance; higher is rarer."""
    rng = np.random.default_rng(1)
    light = fit_tail(rng.exponential(1 / np.log(10), 5_000), tested=50_000, windows=1, table=1_000)
    heavy = fit_tail(rng.exponential(2 / np.log(10), 5_000), tested=50_000, windows=1, table=1_000)
    scores = np.array([2.0, 3.0, 4.0])

    assert (heavy.chance(scores) > 3 * light.chance(scores)).all()
    assert (np.diff(heavy.chance(scores)) < 0).all()


def test_real_events_of_the_past_do_not_hide_those_of_today() -> None:
    """Thirty bursts of earlier days leave a score of 8 as improbable as it was."""
    rng = np.random.default_rng(2)
    quiet = rng.exponential(1 / np.log(10), 2_000)
    with_events = np.concatenate([quiet, rng.uniform(12, 60, 30)])
    before = fit_tail(quiet, tested=20_000, windows=1, table=500).chance(np.array([8.0]))
    after = fit_tail(with_events, tested=20_000, windows=1, table=500).chance(np.array([8.0]))

    assert after == pytest.approx(before, rel=0.05)
