"""The times that people type on the command line: `7d`, `2026-11-01`, `1405/08/10`, `2026-11-01T14:00`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from rasad.usage import WrongUse
from words.dates import from_parts
from words.digits import latin

_SPAN = re.compile(r"(\d{1,4})\s*([mhdw])")
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
LAST_JALALI_YEAR = 1599
"""Years up to this one can only be Jalali: Gregorian ones of social media begin with 20."""


class NotATime(WrongUse):
    """What was typed is no time."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"'{text}' is no time.",
            remedy="Write a span back from now (30m, 24h, 7d, 2w), a date (2026-11-01, 1405/08/10)"
            " or a date with a time (2026-11-01T14:00).",
        )


def read_moment(text: str | None, *, now: datetime, time_zone: str) -> datetime | None:
    """The moment in UTC that was typed; dates and times without an offset are of the project's zone.

    >>> read_moment("2h", now=datetime(2026, 11, 23, 8, tzinfo=UTC), time_zone="UTC").hour
    6
    """
    if text is None:
        return None
    typed = latin(text).strip()
    try:
        if span := _SPAN.fullmatch(typed):
            return now - int(span[1]) * _UNITS[span[2]]
        if date := _DATE.fullmatch(typed):
            year, month, day = (int(part) for part in date.groups())
            calendar = "jalali" if year <= LAST_JALALI_YEAR else "gregorian"
            return from_parts(year, month, day, time_zone, calendar).astimezone(UTC)
        moment = datetime.fromisoformat(typed)
    except (ValueError, OverflowError) as error:
        raise NotATime(text) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)
