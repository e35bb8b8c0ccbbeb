"""Dates in the calendar of Iran, as Iranian sites write them into feeds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.jalali import read_jalali


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("۱۴۰۵/۰۸/۱۰", datetime(2026, 10, 31, 20, 30, tzinfo=UTC)),
        ("1405-08-10 10:30", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),
        ("۱۴۰۵/۸/۱۰ - ۱۰:۳۰:۱۵", datetime(2026, 11, 1, 7, 0, 15, tzinfo=UTC)),
        ("1405-08-10T10:30:00Z", datetime(2026, 11, 1, 10, 30, tzinfo=UTC)),
        ("1405-08-10T10:30:00+0100", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ("یکشنبه ۱۰ آبان ۱۴۰۵ ۱۰:۳۰", datetime(2026, 11, 1, 7, 0, tzinfo=UTC)),  # Sunday 10 Aban
        ("پنج‌شنبه، ۹ مهر ماه ۱۴۰۵ ساعت ۱۰:۳۰", datetime(2026, 10, 1, 7, 0, tzinfo=UTC)),  # 9 Mehr, hour
        ("١٠ آبان ١٤٠٥", datetime(2026, 10, 31, 20, 30, tzinfo=UTC)),  # with Arabic digits
        ("۳۰ اسفند ۱۴۰۳", datetime(2025, 3, 19, 20, 30, tzinfo=UTC)),  # the day of a leap year
        ("۱۴۰۰/۰۴/۰۱ ۱۲:۰۰", datetime(2021, 6, 22, 7, 30, tzinfo=UTC)),  # when Iran had summer time
    ],
)
def test_a_jalali_date_is_the_day_it_means(written: str, moment: datetime) -> None:
    """In numbers or words, in any digits; without a zone it is Tehran's."""
    assert read_jalali(written) == moment


@pytest.mark.parametrize(
    "written",
    ["2026-11-01", "Sun, 22 Nov 2026 10:00:00 GMT", "1405/13/01", "۳۰ اسفند ۱۴۰۴", "1405/08/10 25:00", "1405",
     "", "۱۰ نوامبر ۱۴۰۵", "1405/08-10", "x" * 200],
)  # fmt: skip
def test_what_is_no_jalali_date_is_left_to_others(written: str) -> None:
    """Gregorian dates, days that there are not (a 30th of Esfand in a common year), and anything else."""
    assert read_jalali(written) is None


@given(st.text(max_size=120))
def test_any_text_is_a_moment_or_none(written: str) -> None:
    """Nothing is raised whatever stands there."""
    found = read_jalali(written)

    assert found is None or found.tzinfo is UTC
