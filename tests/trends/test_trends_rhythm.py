"""What a source will have posted while nobody listened, told by its other hours."""

from __future__ import annotations

import numpy as np

from trends.rhythm import HOUR, Rhythm

DAY = 24


def span(first_hour: float, hours: float) -> tuple[int, int]:
    return int(first_hour * HOUR), int((first_hour + hours) * HOUR)


def test_an_hour_is_expected_from_the_same_hours() -> None:
    """Ten posts at noon of each day and none else: what is missed at noon, by night, in half an hour."""
    hours = np.array([h for h in range(10 * DAY) if not 5 * DAY <= h < 6 * DAY])
    counts = np.where(hours % DAY == 12, 10, 0)
    rhythm = Rhythm(hours, counts)

    assert rhythm.expected([span(5 * DAY + 12, 1)]) == 10
    assert rhythm.expected([span(5 * DAY + 12.5, 1)]) == 5
    assert rhythm.expected([span(5 * DAY + 2, 3)]) == 0
    assert rhythm.expected([span(5 * DAY, 24), span(5 * DAY + 36, 1)]) == 20
    night = rhythm.missed([span(5 * DAY + 2, 3)])
    assert night is not None
    assert (night.value, night.low, night.high) == (0, 0, 3)


def test_a_day_of_the_week_is_known_after_three_weeks() -> None:
    """A source that writes on one day of the week only."""
    hours = np.arange(28 * DAY)
    counts = np.where(hours // DAY % 7 == 3, 2, 0)
    known = Rhythm(hours[: 27 * DAY], counts[: 27 * DAY])
    young = Rhythm(hours[: 10 * DAY], counts[: 10 * DAY])

    assert known.expected([span(24 * DAY + 8, 1)]) == 2
    assert known.expected([span(25 * DAY + 8, 1)]) == 0
    told = young.expected([span(12 * DAY + 8, 1)])
    assert told is not None
    assert 0 < told < 2


def test_too_short_a_past_tells_nothing() -> None:
    """Less than a day, hours of the day that were never heard, or too few days to compare."""
    assert Rhythm([], []).missed([span(5, 1)]) is None
    assert Rhythm(range(20), [1] * 20).expected([span(44, 1)]) is None
    morning = [day * DAY + hour for day in range(9) for hour in range(6)]
    assert Rhythm(morning, [1] * len(morning)).expected([span(10 * DAY + 20, 1)]) is None
    assert Rhythm(morning, [1] * len(morning)).expected([span(10 * DAY + 2, 1)]) == 1
    assert Rhythm(range(30), [1] * 30).missed([span(40, 1)]) is None


def test_the_interval_contains_what_was_missed() -> None:
    """Days that differ by a fifth, by day and by night: a missed day, hours, and several gaps."""
    rng = np.random.default_rng(3)
    hours = np.arange(14 * DAY)
    held = {6: 0, 24: 0, 48: 0}
    for missed in held:
        for _ in range(120):
            busy = np.repeat(rng.gamma(25, 1 / 25, 14), DAY)
            counts = rng.poisson(5 * (1 + 0.8 * np.sin(hours * np.pi / 12)) * busy)
            first = int(rng.integers(0, 14 * DAY - missed))
            gone = (hours >= first) & (hours < first + missed)
            found = Rhythm(hours[~gone], counts[~gone]).missed([span(first, missed)])
            assert found is not None
            held[missed] += bool(found.low <= counts[gone].sum() <= found.high)
    assert min(held.values()) >= 0.92 * 120


def test_a_year_of_gaps_is_estimated_by_and_by() -> None:
    """An hour missed every day, each time another one, and a gap of weeks in one."""
    hours = [h for h in range(300 * DAY) if h % 25 and not 100 * DAY <= h < 120 * DAY]
    rhythm = Rhythm(hours, [2] * len(hours))
    missed = [h for h in range(130 * DAY, 290 * DAY) if h % 25 == 0]
    every_day = rhythm.missed([span(hour, 1) for hour in missed])
    weeks = rhythm.missed([span(100 * DAY, 20 * DAY)])

    assert every_day is not None
    assert round(every_day.value) == 2 * len(missed)
    assert weeks is not None
    assert round(weeks.value) == 2 * 20 * DAY
