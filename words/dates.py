"""Moments as people read them: Gregorian or Jalali calendar, English or Persian, in a time zone.

Moments come in aware (UTC inside the house); only here do they meet a local calendar. A week begins on
Saturday where the calendar is Jalali, on Monday where it is Gregorian.
"""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime, timedelta, tzinfo
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from words.digits import localised
from words.texts import counted, text

# The library is not typed; through this name mypy knows that.
_jalali: Any = JalaliDate

_STEPS = (("day", 86400), ("hour", 3600), ("minute", 60))


def date(moment: datetime, language: str, time_zone: str | tzinfo, calendar: str) -> str:
    """The date with its year: "15 November 2026", "۲۴ آبان ۱۴۰۵"."""  # 24 Aban 1405
    year, month, day = _parts(_local(moment, time_zone).date(), calendar)
    name = text(f"common.month.{calendar}.{month}", language)
    return localised(f"{day} {name} {year}", language)


def short_date(moment: datetime, language: str, time_zone: str | tzinfo, calendar: str) -> str:
    """The date without its year, for axes and chips: "15 November", "۲۴ آبان"."""  # 24 Aban
    _, month, day = _parts(_local(moment, time_zone).date(), calendar)
    return localised(f"{day} " + text(f"common.month.{calendar}.{month}", language), language)


def day(moment: datetime, language: str, time_zone: str | tzinfo, calendar: str) -> str:
    """The day with its weekday: "Sunday 15 November", "یکشنبه ۲۴ آبان"."""  # Sunday 24 Aban
    name = weekday(_local(moment, time_zone).weekday(), language)
    return f"{name} {short_date(moment, language, time_zone, calendar)}"


def time(moment: datetime, language: str, time_zone: str | tzinfo) -> str:
    """The time of the day: "14:05", "۱۴:۰۵"."""  # 14:05
    return localised(_local(moment, time_zone).strftime("%H:%M"), language)


def date_time(moment: datetime, language: str, time_zone: str | tzinfo, calendar: str) -> str:
    """Date and time: "15 November 2026, 14:05", "۲۴ آبان ۱۴۰۵، ۱۴:۰۵"."""  # 24 Aban 1405, 14:05
    return text(
        "common.date_time",
        language,
        date=date(moment, language, time_zone, calendar),
        time=time(moment, language, time_zone),
    )


def numeric(moment: datetime, time_zone: str | tzinfo, calendar: str) -> str:
    """The date in figures that sort: "2026-11-15", "1405-08-24"; Latin digits, for files and tables."""
    return "{:04}-{:02}-{:02}".format(*_parts(_local(moment, time_zone).date(), calendar))


def relative(moment: datetime, now: datetime, language: str) -> str:
    """How far the moment is from now: "3 minutes ago", "۲ ساعت پیش", "in 5 minutes"."""  # 2 hours ago
    seconds = (now - moment).total_seconds()
    tense = "ago" if seconds >= 0 else "ahead"
    for unit, size in _STEPS:
        if abs(seconds) >= size:
            return counted(f"common.relative.{tense}.{unit}", int(abs(seconds) // size), language)
    return text(f"common.relative.{tense}.now", language)


def duration(length: timedelta, language: str) -> str:
    """A length of time in its largest whole unit: "15 minutes", "۲ ساعت"."""  # 2 hours
    seconds = int(length.total_seconds())
    for unit, size in _STEPS:
        if seconds >= size and seconds % size == 0:
            return counted(f"common.unit.{unit}", seconds // size, language)
    return counted("common.unit.second", seconds, language)


def length(span: timedelta, language: str) -> str:
    """About how long it is, in the largest unit of which it has one: "3 minutes" for 190 seconds."""
    seconds = round(span.total_seconds())
    for unit, size in _STEPS:
        if seconds >= size:
            return counted(f"common.unit.{unit}", round(seconds / size), language)
    return counted("common.unit.second", seconds, language)


def lapse(span: timedelta, language: str) -> str:
    """How long it is in two units at most, rounded down: "2 hours 10 minutes", "3 days", "9 seconds"."""
    seconds = int(span.total_seconds())
    for (unit, size), (part, piece) in zip(_STEPS, [*_STEPS[1:], ("second", 1)], strict=True):
        if seconds < size:
            continue
        first = counted(f"common.unit.{unit}", seconds // size, language)
        rest = seconds % size // piece
        if not rest or unit == "minute":
            return first
        return text(
            "common.lapse", language, long=first, short=counted(f"common.unit.{part}", rest, language)
        )
    return counted("common.unit.second", seconds, language)


def weekday(number: int, language: str) -> str:
    """The name of the weekday, 0 being Monday as in Python."""
    return text(f"common.weekday.{number}", language)


def week_days(calendar: str) -> tuple[int, ...]:
    """The weekdays (0 is Monday) in the order in which the calendar's week runs."""
    return (5, 6, 0, 1, 2, 3, 4) if calendar == "jalali" else (0, 1, 2, 3, 4, 5, 6)


def day_start(moment: datetime, time_zone: str | tzinfo) -> datetime:
    """The local midnight at which the day of the moment began."""
    return _midnight(_local(moment, time_zone).date(), time_zone)


def week_start(moment: datetime, time_zone: str | tzinfo, calendar: str) -> datetime:
    """The local midnight at which the week of the moment began."""
    local = _local(moment, time_zone).date()
    back = week_days(calendar).index(local.weekday())
    return _midnight(local - timedelta(days=back), time_zone)


def month_start(moment: datetime, time_zone: str | tzinfo, calendar: str) -> datetime:
    """The local midnight at which the month of the moment began."""
    local = _local(moment, time_zone).date()
    return _midnight(local - timedelta(days=_parts(local, calendar)[2] - 1), time_zone)


def month_starts(since: datetime, until: datetime, time_zone: str | tzinfo, calendar: str) -> list[datetime]:
    """The local midnights at which a month begins, from ``since`` to just before ``until``."""
    found = []
    start = month_start(since, time_zone, calendar)
    while start < until:
        if start >= since:
            found.append(start)
        # No month has 32 days or more, so this lands in the next one.
        start = month_start(start + timedelta(days=32), time_zone, calendar)
    return found


def from_parts(year: int, month: int, day: int, time_zone: str | tzinfo, calendar: str) -> datetime:
    """The local midnight at which that day of that calendar begins; ``ValueError`` if there is none."""
    if calendar == "jalali":
        return _midnight(_jalali(year, month, day).to_gregorian(), time_zone)
    return _midnight(Day(year, month, day), time_zone)


def parts(moment: datetime, time_zone: str | tzinfo, calendar: str) -> tuple[int, int, int]:
    """Year, month and day of the moment in the calendar."""
    return _parts(_local(moment, time_zone).date(), calendar)


def _parts(local: Day, calendar: str) -> tuple[int, int, int]:
    if calendar == "jalali":
        jalali = _jalali(local)
        return jalali.year, jalali.month, jalali.day
    return local.year, local.month, local.day


def _local(moment: datetime, time_zone: str | tzinfo) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(_zone(time_zone))


def _midnight(local: Day, time_zone: str | tzinfo) -> datetime:
    return datetime(local.year, local.month, local.day, tzinfo=_zone(time_zone))


@cache
def _zone(time_zone: str | tzinfo) -> tzinfo:
    return ZoneInfo(time_zone) if isinstance(time_zone, str) else time_zone
