"""Numbers that are missing between messages: channels number what they write one by one.

A number that no message has was deleted, or never was a message for everybody. Pictures of an album have
numbers of their own and are no gap; neither are service messages, which are listed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple


class Gap(NamedTuple):
    """Between two moments so many numbers have no message."""

    since: datetime
    until: datetime
    posts: int


def gaps(times: Mapping[int, datetime | None], parts: Collection[int]) -> list[Gap]:
    """The gaps between messages of these numbers and times; ``parts`` are numbers that are accounted for.

    >>> from datetime import UTC
    >>> day = lambda number: datetime(2026, 11, number, tzinfo=UTC)
    >>> [gap.posts for gap in gaps({1: day(1), 5: day(2), 6: day(3), 8: None}, {3})]
    [2, 1]
    """
    numbers, taken = sorted(times), sorted(parts)
    found: Counter[tuple[datetime, datetime]] = Counter()
    since: datetime | None = None
    for below, above in pairwise(numbers):
        since = times[below] or since
        missing = above - below - 1 - (bisect_left(taken, above) - bisect_right(taken, below))
        until = times[above] or since
        if missing > 0 and (start := since or until) is not None and until is not None:
            found[min(start, until), max(start, until)] += missing
    return [Gap(since, until, posts) for (since, until), posts in found.items()]
