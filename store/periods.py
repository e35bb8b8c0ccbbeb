"""Where hours, days, weeks, months and years begin in a time zone, as Elasticsearch rounds them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_EVEN_S: Final = {"hour": 3600, "day": 86_400, "week": 604_800}
_MONDAY_S: Final = 4 * 86_400
"""Weeks begin on Monday; the epoch was a Thursday."""


def even(calendar: str, zone: ZoneInfo, first: int, last: int) -> tuple[int, int] | None:
    """Length and offset in seconds where all periods between two moments are equally long, else ``None``.

    So it is for hours, days and weeks of a zone whose offset does not change in between.
    """
    length = _EVEN_S.get(calendar)
    if length is None:
        return None
    offset = _offset(zone, first - length)
    # Every zone has kept an offset for more than a week before changing it.
    moments = range(first - length, last + 2 * length, 604_800)
    if any(_offset(zone, moment) != offset for moment in (*moments, last + 2 * length)):
        return None
    return length, (_MONDAY_S if calendar == "week" else 0) - offset


def starts(calendar: str, zone: ZoneInfo, first: int, last: int) -> Iterator[int]:
    """The beginnings of the periods from that of ``first`` to the one after that of ``last``."""
    if calendar == "hour":
        begin = first - (first + _offset(zone, first)) % 3600
        yield from range(begin, last + 3601, 3600)
        return
    day = _beginning(calendar, datetime.fromtimestamp(first, zone).date())
    while True:
        begin = _midnight(day, zone)
        yield begin
        if begin > last:
            return
        day = _next(calendar, day)


def text(moment: int, zone: ZoneInfo) -> str:
    """A moment in its zone, as Elasticsearch writes ``key_as_string``."""
    local = datetime.fromtimestamp(moment, zone).isoformat(timespec="milliseconds")
    return local.removesuffix("+00:00") + "Z" if local.endswith("+00:00") else local


def _offset(zone: ZoneInfo, moment: int) -> int:
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _beginning(calendar: str, day: date) -> date:
    if calendar == "week":
        return day - timedelta(days=day.weekday())
    if calendar == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if calendar == "year" else day


def _next(calendar: str, day: date) -> date:
    if calendar == "month":
        return (day + timedelta(days=32)).replace(day=1)
    if calendar == "year":
        return day.replace(year=day.year + 1)
    return day + timedelta(days=7 if calendar == "week" else 1)


def _midnight(day: date, zone: ZoneInfo) -> int:
    """The first moment of a day: where clocks skip midnight, the moment of the change."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp())
