"""Due times are keys: the same for whoever asks, whenever and in whatever zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watch.due import latest_due, next_due
from watch.schedule import Aligned

MOMENTS = st.integers(946684800, 4102444800).map(lambda second: datetime.fromtimestamp(second, UTC))
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=30))


@given(now=MOMENTS, every=SPANS)
def test_latest_due_is_the_multiple_before(now: datetime, every: timedelta) -> None:
    """It lies at most one interval back, and asking again at that moment gives itself."""
    due = latest_due(every, now)

    assert due <= now < due + every
    assert latest_due(every, due) == due
    assert next_due(every, now) == due + every


@pytest.mark.parametrize(
    ("day", "why"),
    [((2025, 3, 30), "02:30 does not exist"), ((2025, 10, 26), "02:30 happens twice")],
)
def test_daylight_saving_neither_skips_nor_doubles(day: tuple[int, int, int], why: str) -> None:
    """Half-hours through a night on which the clocks change are one due time for each half-hour."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(*day, tzinfo=UTC) - timedelta(hours=1)
    minutes = [(start + timedelta(minutes=m)).astimezone(berlin) for m in range(6 * 60)]

    dues = {latest_due(timedelta(minutes=30), moment) for moment in minutes}

    assert len(dues) == 12, why
    assert all(due.tzinfo is UTC for due in dues)


def test_trigger_fires_once_after_a_long_sleep() -> None:
    """A machine that slept for a day crawls once, not 96 times; and again at the next multiple."""
    trigger = Aligned(timedelta(minutes=15))
    before = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    woken = datetime(2026, 11, 23, 8, 7, tzinfo=UTC)

    first = trigger.get_next_fire_time(before, woken)
    second = trigger.get_next_fire_time(first, woken)

    assert first == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    assert second == datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
    assert trigger.get_next_fire_time(None, woken) == first
