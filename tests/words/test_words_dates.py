"""Dates in both calendars against known days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from words import dates

TEHRAN = "Asia/Tehran"


def noon(year: int, month: int, day: int) -> datetime:
    """Midday in Tehran of a Gregorian day."""
    return datetime(year, month, day, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "farsi", "numeric"),
    [
        (noon(2026, 3, 21), "۱ فروردین ۱۴۰۵", "1405-01-01"),
        (noon(2025, 3, 20), "۳۰ اسفند ۱۴۰۳", "1403-12-30"),
        (noon(2025, 3, 21), "۱ فروردین ۱۴۰۴", "1404-01-01"),
        (noon(2026, 11, 15), "۲۴ آبان ۱۴۰۵", "1405-08-24"),
        (noon(1979, 2, 11), "۲۲ بهمن ۱۳۵۷", "1357-11-22"),
        (noon(2000, 1, 1), "۱۱ دی ۱۳۷۸", "1378-10-11"),
    ],
)
def test_known_jalali_days(moment: datetime, farsi: str, numeric: str) -> None:
    """Days that calendars print, leap years among them."""
    assert dates.date(moment, "fa", TEHRAN, "jalali") == farsi
    assert dates.numeric(moment, TEHRAN, "jalali") == numeric
    year, month, day = dates.parts(moment, TEHRAN, "jalali")
    assert dates.from_parts(year, month, day, TEHRAN, "jalali") == dates.day_start(moment, TEHRAN)


def test_all_four_ways_to_write_a_day() -> None:
    """Both languages write both calendars."""
    moment = noon(2026, 11, 15)
    assert dates.date(moment, "en", TEHRAN, "gregorian") == "15 November 2026"
    assert dates.date(moment, "en", TEHRAN, "jalali") == "24 Aban 1405"
    assert dates.date(moment, "fa", TEHRAN, "gregorian") == "۱۵ نوامبر ۲۰۲۶"
    assert dates.day(moment, "fa", TEHRAN, "jalali") == "یکشنبه ۲۴ آبان"
    assert dates.day(moment, "en", TEHRAN, "gregorian") == "Sunday 15 November"
    assert dates.date_time(moment, "fa", TEHRAN, "jalali") == "۲۴ آبان ۱۴۰۵، ۱۲:۰۰"
    assert dates.date_time(moment, "en", "UTC", "gregorian") == "15 November 2026, 08:30"


def test_the_day_turns_at_local_midnight() -> None:
    """A quarter to nine in the evening UTC is the next day in Tehran."""
    moment = datetime(2026, 3, 20, 20, 45, tzinfo=UTC)
    assert dates.date(moment, "fa", TEHRAN, "jalali") == "۱ فروردین ۱۴۰۵"
    assert dates.date(moment, "en", "UTC", "gregorian") == "20 March 2026"


def test_weeks_begin_on_saturday_or_monday() -> None:
    """The Jalali week begins on Saturday, the Gregorian on Monday, at local midnight."""
    sunday = noon(2026, 11, 15)
    assert dates.week_start(sunday, TEHRAN, "jalali") == datetime(2026, 11, 13, 20, 30, tzinfo=UTC)
    assert dates.week_start(sunday, TEHRAN, "gregorian") == datetime(2026, 11, 8, 20, 30, tzinfo=UTC)
    assert dates.weekday(dates.week_days("jalali")[0], "fa") == "شنبه"
    for day in range(14):
        moment = sunday + timedelta(days=day)
        start = dates.week_start(moment, TEHRAN, "jalali")
        assert start <= moment < start + timedelta(days=7)


def test_month_starts() -> None:
    """All beginnings of months in a window, the first included and the last not."""
    starts = dates.month_starts(noon(2026, 3, 1), noon(2026, 6, 1), TEHRAN, "jalali")
    assert [dates.numeric(start, TEHRAN, "jalali") for start in starts] == [
        "1405-01-01",
        "1405-02-01",
        "1405-03-01",
    ]
    first = dates.from_parts(1405, 1, 1, TEHRAN, "jalali")
    assert dates.month_starts(first, first + timedelta(seconds=1), TEHRAN, "jalali") == [first]
    assert dates.month_starts(first, first, TEHRAN, "jalali") == []
    year = dates.month_starts(first, dates.from_parts(1406, 1, 1, TEHRAN, "jalali"), TEHRAN, "jalali")
    assert len(year) == 12


@pytest.mark.parametrize(
    ("seconds", "english", "farsi"),
    [
        (0, "just now", "همین حالا"),
        (59, "just now", "همین حالا"),
        (60, "1 minute ago", "۱ دقیقه پیش"),
        (3 * 3600 + 5, "3 hours ago", "۳ ساعت پیش"),
        (2 * 86400, "2 days ago", "۲ روز پیش"),
        (-30, "in a moment", "تا لحظه‌ای دیگر"),
        (-300, "in 5 minutes", "۵ دقیقهٔ دیگر"),
    ],
)
def test_relative_times(seconds: int, english: str, farsi: str) -> None:
    """How far away a moment is, in its largest unit."""
    now = noon(2026, 11, 15)
    assert dates.relative(now - timedelta(seconds=seconds), now, "en") == english
    assert dates.relative(now - timedelta(seconds=seconds), now, "fa") == farsi


def test_durations() -> None:
    """Lengths of time in their largest whole unit."""
    assert dates.duration(timedelta(minutes=15), "en") == "15 minutes"
    assert dates.duration(timedelta(hours=2), "fa") == "۲ ساعت"
    assert dates.duration(timedelta(seconds=90), "en") == "90 seconds"


def test_moments_without_a_time_zone_are_refused() -> None:
    """Nobody may guess where a clock hangs."""
    with pytest.raises(ValueError, match="time zone"):
        dates.date(datetime(2026, 1, 1), "en", TEHRAN, "jalali")  # noqa: DTZ001
    with pytest.raises(ValueError, match="day must be"):
        dates.from_parts(1404, 12, 30, TEHRAN, "jalali")
