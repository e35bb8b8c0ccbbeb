"""Moments and JSON as they stand in the state file: written alike, and read without ever failing.

Cursors outlive the version that wrote them, and people set some by hand.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def written(moment: datetime) -> str:
    """A moment to the second, such that texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def exact(moment: datetime) -> str:
    """A moment to the microsecond, as runs and letters have theirs."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def moment(text: object) -> datetime | None:
    """A moment in ISO 8601, in UTC where it names no zone; ``None`` for what is none."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else found.replace(tzinfo=UTC)


def value(text: str | None) -> Any:
    """What the JSON says; ``None`` for what is none."""
    try:
        return json.loads(text or "null")
    except ValueError:
        return None


def table(text: str | None) -> dict[str, Any]:
    """The object that the JSON says; an empty one for anything else."""
    found = value(text)
    return found if isinstance(found, dict) else {}
