"""When people post: little at night, most in the evening, less on the days off of their country."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

_HOURS: Final = (3, 2, 1, 1, 1, 1, 2, 4, 6, 7, 7, 7, 7, 6, 6, 6, 7, 8, 9, 10, 10, 9, 8, 5)
# Weight of each weekday from Monday; in Iran people rest on Thursday and Friday.
_DAYS: Final = {
    "fa": (1.0, 1.0, 1.0, 0.9, 0.7, 1.0, 1.0),
    "en": (1.0, 1.0, 1.0, 1.0, 1.0, 0.8, 0.75),
}
_ZONES: Final = {"fa": ZoneInfo("Asia/Tehran"), "en": ZoneInfo("Europe/London")}
HOUR: Final = timedelta(hours=1)


def weight(moment: datetime, language: str) -> float:
    """How much is posted in the hour from this moment on, against other hours."""
    local = moment.astimezone(_ZONES[language])
    return _HOURS[local.hour] * _DAYS[language][local.weekday()]


def times(rng: Random, language: str, since: datetime, until: datetime, number: int) -> list[datetime]:
    """So many moments between since and until in the rhythm of the language, sorted."""
    starts = []
    start = since
    while start < until:
        starts.append(start)
        start += HOUR
    sums = list(accumulate(weight(start, language) for start in starts))
    found = []
    for start in rng.choices(starts, cum_weights=sums, k=number):
        length = min(HOUR, until - start).total_seconds()
        found.append(start + timedelta(seconds=int(rng.random() * length)))
    return sorted(found)


def growing(rng: Random, since: datetime, until: datetime, number: int, power: float) -> list[datetime]:
    """So many moments that come ever closer (``power`` over 1) or ever rarer (below 1), sorted."""
    length = (until - since).total_seconds()
    return sorted(since + timedelta(seconds=int(length * rng.random() ** (1 / power))) for _ in range(number))
