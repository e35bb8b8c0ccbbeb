"""Forecasts keep to the rhythm, never look ahead, hold what they promise, and say when they cannot tell."""

from __future__ import annotations

import numpy as np
import pytest

from trends.forecast import Cannot, Forecast, forecast
from trends.replay import replay
from trends.schemes import DAYS, HOURS

DAY = 24


def rhythm(days: int, level: float, seed: int = 1) -> np.ndarray:
    """Poisson counts that swing with the hour of the day around ``level``."""
    hours = np.arange(days * DAY)
    rate = level * (1 + 0.8 * np.sin(hours / DAY * 2 * np.pi))
    return np.random.default_rng(seed).poisson(rate).astype(float)


def told(found: Forecast | Cannot) -> Forecast:
    assert isinstance(found, Forecast), found
    return found


def why(found: Forecast | Cannot) -> Cannot:
    assert isinstance(found, Cannot)
    return found


@pytest.mark.parametrize("level", [0.7, 5.0, 200.0])
def test_rhythm_is_foretold_better_than_by_a_copy(level: float) -> None:
    """Of counts around a known rhythm, the forecast is near it and its intervals hold what they promise."""
    y = rhythm(29, level)
    found = told(forecast(y[: 28 * DAY]))
    rate = level * (1 + 0.8 * np.sin(np.arange(DAY) / DAY * 2 * np.pi))
    middles = np.array([span.value for span in found.steps])

    assert np.abs(middles - rate).mean() < 0.25 * level + 0.15
    assert found.total.low80 <= level * DAY <= found.total.high80
    assert found.check.error < 0.85 * found.check.copy_error
    assert found.check.mase is not None
    assert found.check.mase < 0.9
    assert 0.72 <= found.check.held80 <= 0.92


def test_intervals_lie_in_each_other_in_whole_numbers() -> None:
    """The interval of a half lies in that of four fifths; counts are whole and none is negative."""
    found = told(forecast(rhythm(20, 2.0)))

    for span in (*found.steps, found.total):
        assert 0 <= span.low80 <= span.low50 <= span.high50 <= span.high80
        assert all(bound == round(bound) for bound in (span.low80, span.low50, span.high50, span.high80))


def test_weekly_show_is_foretold_from_the_week_before() -> None:
    """What comes every seventh evening, and nothing else, is expected then and only then."""
    week = np.zeros(7 * DAY)
    week[20:23] = (60, 90, 40)
    found = told(forecast(np.tile(week, 5)))
    values = [span.value for span in found.steps]

    assert values[20:23] == pytest.approx([60, 90, 40], rel=0.2)
    assert max(values[:20]) < 3


def test_days_know_the_weekend() -> None:
    """Seven days ahead, five full and two empty ones."""
    found = told(forecast(np.tile([40.0, 42, 38, 41, 39, 8, 6], 8), DAYS))

    assert [span.value for span in found.steps] == pytest.approx([40, 42, 38, 41, 39, 8, 6], rel=0.15)
    assert found.total.low80 <= 214 <= found.total.high80


def test_no_past_forecast_sees_what_came_after() -> None:
    """Another future leaves every forecast of the past as it was."""
    y = rhythm(24, 9.0)
    other = y.copy()
    other[14 * DAY :] *= 40
    early, late = replay(y, HOURS), replay(other, HOURS)
    before = early.origins <= 14 * DAY

    assert before.sum() > 90
    np.testing.assert_array_equal(early.value[before], late.value[before])


def test_hours_that_nobody_heard_are_no_zeros() -> None:
    """A day's outage leaves the forecast near what it would have been; zeros would pull it down."""
    whole = rhythm(21, 30.0)
    deaf, silent = whole.copy(), whole.copy()
    deaf[-60:-36] = np.nan
    silent[-60:-36] = 0
    totals = [told(forecast(each)).total.value for each in (whole, deaf, silent)]

    assert totals[1] == pytest.approx(totals[0], rel=0.05)
    assert totals[2] < 0.95 * totals[0]


def burst() -> np.ndarray:
    y = rhythm(21, 3.0)
    y[-8:] = 400
    return y


def swelling() -> np.ndarray:
    """Every day is a third larger than the day before."""
    return np.repeat(np.round(1.3 ** np.arange(24)), DAY)


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        (rhythm(5, 9.0), "short"),
        (np.zeros(0), "short"),
        (np.zeros(20 * DAY), "silent"),
        (np.concatenate([rhythm(20, 9.0), np.full(12, np.nan)]), "unheard"),
        (burst(), "burst"),
        (swelling(), "unsteady"),
    ],
    ids=["short", "empty", "silent", "unheard", "burst", "unsteady"],
)
def test_what_cannot_be_told_says_why(counts: np.ndarray, reason: str) -> None:
    """Each reason with what there is and what is needed."""
    found = why(forecast(counts))

    assert found.reason == reason
    assert found.have > found.need if reason == "burst" else found.have < found.need


def test_a_day_of_a_series_like_any_other_is_no_burst() -> None:
    """Quiet series of several levels: none is called a burst or too unsteady."""
    found = [forecast(rhythm(12, 0.5 + seed % 7, seed)) for seed in range(8)]

    assert not [each.reason for each in found if isinstance(each, Cannot)]


def test_negative_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        forecast([1.0, -1.0])


def test_intervals_hold_the_counts_beside_the_expectation() -> None:
    """0.6 posts are expected between 0 and 1 at least; no interval leaves its middle out."""
    found = told(forecast(rhythm(21, 0.6)))

    for span in (*found.steps, found.total):
        assert span.low80 <= span.low50 <= np.floor(span.value)
        assert np.ceil(span.value) <= span.high50 <= span.high80


def test_what_began_yesterday_is_too_young_not_silent() -> None:
    """A few hours with posts, all of the last day, are a short history."""
    y = np.zeros(20 * DAY)
    y[-9::3] = 4
    found = why(forecast(y))

    assert (found.reason, found.have) == ("short", 9)
