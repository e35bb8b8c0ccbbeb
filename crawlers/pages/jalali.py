"""Dates that Iranian sites write in their own calendar, where a feed's format wants a Gregorian one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from words.dates import from_parts
from words.digits import latin
from words.texts import text

ZONE: Final = "Asia/Tehran"
"""Where a time without a zone is meant: the calendar is official there and in few other places."""

_YEAR = r"(?P<year>1[34]\d\d)"
_CLOCK = (
    r"(?:[\sT,،\-–]*(?:ساعت\s*)?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?)?"  # hour
    r"\s*(?P<zone>Z|GMT|UTC|[+\-]\d\d:?\d\d)?"
)
_NUMBERS = re.compile(rf"{_YEAR}([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}}){_CLOCK}")
_WORDS = re.compile(
    r"(?:[^\W\d]+[\s،,\u200c]+)*(?P<day>\d{1,2})\s+(?P<month>[^\W\d]+)(?:\s+ماه)?[\s،,]+"  # "month"
    rf"{_YEAR}{_CLOCK}"
)
_MONTHS = {text(f"common.month.jalali.{number}", "fa"): number for number in range(1, 13)}


def read_jalali(written: str) -> datetime | None:
    """The moment in UTC, ``None`` for anything but a whole Jalali date.

    A year between 1300 and 1499 cannot be a Gregorian one of anything on the web.

    >>> read_jalali("۱۴۰۵/۰۸/۱۰ ۱۰:۳۰")
    datetime.datetime(2026, 11, 1, 7, 0, tzinfo=datetime.timezone.utc)
    """
    if len(written) > 100:
        return None
    typed = latin(written).replace("ي", "ی").replace("ك", "ک").strip()
    found = _NUMBERS.fullmatch(typed) or _WORDS.fullmatch(typed)
    if found is None:
        return None
    month = int(found["month"]) if found["month"].isdecimal() else _MONTHS.get(found["month"], 0)
    try:
        day = from_parts(int(found["year"]), month, int(found["day"]), ZONE, "jalali")
        clock = {name: int(found[name] or 0) for name in ("hour", "minute", "second")}
        return day.replace(**clock, tzinfo=_zone(found["zone"]) or day.tzinfo).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written[0] not in "+-":
        return UTC
    minutes = int(written[1:3]) * 60 + int(written[-2:])
    return timezone(timedelta(minutes=-minutes if written[0] == "-" else minutes))
