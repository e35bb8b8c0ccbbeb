"""When something is due: at the multiples of its interval in UTC, the same for whoever asks.

Due times are keys (a job has one run for each), so they must not depend on when a process started, on
a time zone or on daylight saving.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def latest_due(every: timedelta, now: datetime) -> datetime:
    """The last due time at or before ``now``.

    >>> latest_due(timedelta(minutes=15), datetime(2026, 11, 23, 8, 20, tzinfo=UTC)).strftime("%H:%M")
    '08:15'
    """
    return now.astimezone(UTC) - (now - EPOCH) % every


def next_due(every: timedelta, now: datetime) -> datetime:
    """The first due time after ``now``."""
    return latest_due(every, now) + every
