"""Where hours, days, weeks, months, quarters and years begin in a time zone, as Elasticsearch rounds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_EVEN_S: Final = {"hour": 3600, "day": 86_400, "week": 604_800}
_MONDAY_S: Final = 4 * 86_400
"""Weeks begin on Monday; the epoch was a Thursday."""
SHORTEST_S: Final = {**_EVEN_S, "month": 28 * 86_400, "quarter": 90 * 86_400, "year": 365 * 86_400}
"""The calendar's periods, each with the length of its shortest."""
UTC_ZONE: Final[tzinfo] = ZoneInfo("UTC")
_OFFSET: Final = re.compile(r"([+-])(0\d|1[0-4]):([0-5]\d)")


def zone_name(given: str) -> str | None:
    """The name of a time zone (``Asia/Tehran``, ``+03:30``, ``UTC``) as both engines know it."""
    if given in ("Z", "+00:00", "-00:00"):
        return "UTC"
    if _OFFSET.fullmatch(given):
        return given
    try:
        return ZoneInfo(given).key
    except (KeyError, ValueError, OSError):
        return None


@lru_cache(maxsize=64)
def zone_of(name: str) -> tzinfo:
    """The time zone of such a name."""
    match = _OFFSET.fullmatch(name)
    if match is None:
        return ZoneInfo(name)
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset)


def is_fixed(name: str) -> bool:
    """Whether the name itself says that the zone's clocks are never changed."""
    return name == "UTC" or _OFFSET.fullmatch(name) is not None


def even(calendar: str, zone: tzinfo, first: int, last: int) -> tuple[int, int] | None:
    """Length and offset in seconds where all periods between two moments are equally long, else ``None``.

    So it is for hours, days and weeks of a zone whose offset does not change in between.
    """
    length = _EVEN_S.get(calendar)
    if length is None:
        return None
    offset = utc_offset(zone, first - length)
    # Every zone has kept an offset for more than a week before changing it.
    moments = range(first - length, last + 2 * length, 604_800)
    if any(utc_offset(zone, moment) != offset for moment in (*moments, last + 2 * length)):
        return None
    return length, (_MONDAY_S if calendar == "week" else 0) - offset


def starts(calendar: str, zone: tzinfo, first: int, last: int) -> Iterator[int]:
    """The beginnings of the periods from that of ``first`` to the one after that of ``last``."""
    if calendar == "hour":
        begin = first - (first + utc_offset(zone, first)) % 3600
        yield from range(begin, last + 3601, 3600)
        return
    day = _beginning(calendar, datetime.fromtimestamp(first, zone).date())
    while True:
        begin = _midnight(day, zone)
        yield begin
        if begin > last:
            return
        day = _next(calendar, day)


def text(moment: int, zone: tzinfo) -> str:
    """A moment in its zone, as Elasticsearch writes ``key_as_string``."""
    local = datetime.fromtimestamp(moment, zone).isoformat(timespec="milliseconds")
    return local.removesuffix("+00:00") + "Z" if local.endswith("+00:00") else local


def utc_offset(zone: tzinfo, moment: int) -> int:
    """The offset of the zone at a moment, in seconds."""
    offset = datetime.fromtimestamp(moment, zone).utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _beginning(calendar: str, day: date) -> date:
    if calendar == "week":
        return day - timedelta(days=day.weekday())
    if calendar == "month":
        return day.replace(day=1)
    if calendar == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(month=1, day=1) if calendar == "year" else day


def _next(calendar: str, day: date) -> date:
    if calendar == "month":
        return (day + timedelta(days=32)).replace(day=1)
    if calendar == "quarter":
        return (day + timedelta(days=95)).replace(day=1)
    if calendar == "year":
        return day.replace(year=day.year + 1)
    return day + timedelta(days=7 if calendar == "week" else 1)


def _midnight(day: date, zone: tzinfo) -> int:
    """The first moment of a day: where clocks skip midnight, the moment of the change."""
    local = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(local.astimezone(UTC).timestamp())
