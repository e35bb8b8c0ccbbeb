"""Slow climbs and drops: found within the delay that is stated, and seldom where nothing changes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from trends.changes import (
    DELAY_DAYS,
    FALSE_A_YEAR,
    LEAST_DAYS,
    SLOW_DELAY_DAYS,
    Change,
    changes,
    days_of,
)

Floats = npt.NDArray[np.float64]
WEEK = np.array([1.1, 1.07, 1.03, 1.0, 1.07, 0.65, 0.72])
DROP = np.concatenate([np.ones(28), np.full(28, 0.5)])
CLIMB = np.concatenate([np.ones(28), 2 ** (np.arange(1, 11) / 10), np.full(18, 2.0)])


def made(rng: np.random.Generator, mean: float, level: Floats, *, scatter: float, alike: float) -> Floats:
    """Daily counts: a weekly rhythm, a level that scatters and resembles the day before, overdispersed."""
    noise = rng.normal(size=len(level))
    for day in range(1, len(level)):
        noise[day] = alike * noise[day - 1] + np.sqrt(1 - alike**2) * noise[day]
    weekday = WEEK[(np.arange(len(level)) + rng.integers(7)) % 7]
    expected = mean * level * weekday * np.exp(scatter * noise - scatter**2 / 2)
    return rng.negative_binomial(20, 20 / (20 + expected)).astype(float)


def first(found: tuple[Change, ...], kind: str, at: int) -> int:
    """After how many days the change was found; 99 if not."""
    return next((each.found - at + 1 for each in found if each.kind == kind and each.found >= at), 99)


def false_alarms(mean: float, *, years: int, seed: int) -> int:
    """In series with rhythm, overdispersion and memory, watched for so many years in all."""
    rng = np.random.default_rng(seed)
    watched = 56
    series = (
        made(rng, mean, np.ones(LEAST_DAYS + watched), scatter=0.2, alike=0.3)
        for _ in range(years * 365 // watched)
    )
    return sum(len(changes(each)) for each in series)


@pytest.mark.parametrize("mean", [8.0, 300.0])
def test_without_a_change_false_alarms_are_rare(mean: float) -> None:
    """No more than is promised."""
    assert false_alarms(mean, years=8, seed=11) <= 8 * FALSE_A_YEAR


@pytest.mark.soak
@pytest.mark.parametrize("mean", [8.0, 30.0, 300.0, 3_000.0])
def test_without_a_change_false_alarms_are_as_rare_as_promised(mean: float) -> None:
    """In 200 watched years of each size."""
    assert false_alarms(mean, years=200, seed=12) <= 200 * FALSE_A_YEAR


@pytest.mark.parametrize(
    ("level", "kind", "delay", "true"),
    [
        pytest.param(DROP, "drop", DELAY_DAYS, 0.5, id="a drop to half"),
        pytest.param(1 / DROP, "climb", DELAY_DAYS, 2.0, id="a sudden double"),
        pytest.param(CLIMB, "climb", SLOW_DELAY_DAYS, 2.0, id="a climb over ten days"),
    ],
)
def test_a_change_is_found_within_the_stated_delay(level: Floats, kind: str, delay: int, true: float) -> None:
    """In nine of ten series of 100 posts a day, with a ratio whose interval mostly holds the true one."""
    rng = np.random.default_rng(12)
    found = [changes(made(rng, 100, level, scatter=0.1, alike=0.3)) for _ in range(40)]

    assert np.quantile([first(each, kind, 28) for each in found], 0.9) <= delay
    told = [change for each in found for change in each if change.kind == kind and change.found >= 28]
    assert np.mean([change.low <= true <= change.high for change in told]) >= 0.8
    assert all(change.since <= change.level and change.certainty > 0.999 for change in told)


def test_levels_are_those_of_a_middle_day() -> None:
    """From so many to so many posts a day, from which day on."""
    (found,) = changes(np.concatenate([np.full(20, 40.0), np.full(15, 100.0)]))

    assert (found.kind, found.before, found.after) == ("climb", 40.0, 100.0)
    assert abs(found.since - 20) <= 1
    assert found.low < found.ratio < found.high
    assert found.ratio == pytest.approx(2.5, rel=0.1)


def test_a_found_change_is_told_from_its_past_alone() -> None:
    """The same change is found on the same day, whatever comes after."""
    counts = made(np.random.default_rng(4), 200, DROP, scatter=0.1, alike=0.0)
    whole = changes(counts)[0]

    assert changes(counts[: whole.found]) == ()
    assert changes(counts[: whole.found + 1])[0].since == whole.since


def test_there_and_back_are_two_changes() -> None:
    """A campaign of ten days: up, and down again."""
    level = np.concatenate([np.ones(21), np.full(12, 3.0), np.ones(21)])
    up, down = changes(made(np.random.default_rng(6), 100, level, scatter=0.05, alike=0.0))

    assert (up.kind, down.kind) == ("climb", "drop")
    assert abs(up.since - 21) <= 1
    assert abs(down.since - 33) <= 1


def test_two_wild_days_are_no_change() -> None:
    """They are a burst."""
    counts = made(np.random.default_rng(7), 100, np.ones(50), scatter=0.05, alike=0.0)
    counts[[30, 31]] *= 9

    assert changes(counts) == ()


@pytest.mark.parametrize(
    "days", [[], [5.0] * 10, [0.0] * 60, [7.0] * 60, [float("nan")] * 60, [0.0, 0.0, 1.0] * 20]
)
def test_nothing_is_told_of_dull_or_short_series(days: list[float]) -> None:
    assert changes(days) == ()


def test_unknown_days_are_passed_over() -> None:
    """A day that was not heard is no drop."""
    counts = np.concatenate([np.full(20, 40.0), np.full(15, 100.0)])
    counts[[0, 5, 33]] = np.nan

    assert [each.kind for each in changes(counts)] == ["climb"]


@pytest.mark.parametrize("wrong", [[-1.0] * 20, [float("inf")] * 20])
def test_what_is_no_count_is_refused(wrong: list[float]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        changes(wrong)


def test_days_are_reckoned_from_the_end() -> None:
    """What is left over at the beginning is no day."""
    assert days_of(np.ones(50), a_day=24).tolist() == [24.0, 24.0]
    assert days_of(np.ones(23), a_day=24).tolist() == []
    with pytest.raises(ValueError, match="at least one"):
        days_of([1.0], a_day=0)
