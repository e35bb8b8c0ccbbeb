"""How often a feed says that it is to be asked: by its own elements, and by the headers of its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

LONGEST_S: Final = 86_400.0
"""Longer than a day no feed is believed: a mistyped one would never be asked again."""
_PERIODS: Final = {
    "hourly": 3600.0, "daily": 86_400.0, "weekly": 604_800.0, "monthly": 2_592_000.0, "yearly": 31_536_000.0,
}  # fmt: skip
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_NEVER_KEPT = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)(?:$|[,\s=])", re.IGNORECASE)


def renewed_every(feed: Mapping[str, Any]) -> float | None:
    """Seconds of ``ttl`` (minutes) or of ``sy:updatePeriod`` and ``sy:updateFrequency``; the longer of both.

    >>> renewed_every({"sy_updateperiod": "hourly", "sy_updatefrequency": "4"})
    900.0
    """
    told = []
    ttl = _number(feed.get("ttl"))
    if ttl is not None:
        told.append(ttl * 60.0)
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower())
    if period is not None:
        told.append(period / (_number(feed.get("sy_updatefrequency")) or 1))
    return min(max(told), LONGEST_S) if told else None


def fresh_for(cache_control: str) -> float | None:
    """Seconds for which an answer says it stays good; ``None`` where it does not, or is not to be kept."""
    found = _MAX_AGE.search(cache_control)
    if found is None or _NEVER_KEPT.search(cache_control):
        return None
    return min(float(found[1]), LONGEST_S)


def _number(written: object) -> int | None:
    """A positive whole number, however it is written."""
    text = str(written).strip() if isinstance(written, str | int) else ""
    return int(text) or None if text.isascii() and text.isdigit() and len(text) < 8 else None
