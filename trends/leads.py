"""What came before a rise: how long before, and how often such a thing comes before any moment at all."""

from __future__ import annotations

from collections.abc import Iterable

from trends.intervals import common, length, union


def base_rate(times: Iterable[int], lead: int, *, since: int, until: int) -> float | None:
    """The share of moments from ``since`` to ``until`` that had one of ``times`` at most ``lead`` before.

    That is how often a coincidence would look like a lead; ``None`` for an empty span. Seconds.

    >>> base_rate([0, 50], 10, since=0, until=100)
    0.2
    """
    if until <= since or lead < 0:
        return None
    after = union((time, time + lead) for time in times)
    return length(common(after, ((since, until),))) / (until - since)
