"""What servers tell of their limits, in the headers that each platform has for it.

`X-RateLimit-*` (Mastodon: the reset is an ISO time; Reddit: seconds from now; many: seconds since 1970),
`x-rate-limit-*` (X), `ratelimit-*` (Bluesky, older drafts of the standard), `RateLimit` with
`RateLimit-Policy` (the standard's later drafts), and `Retry-After` (RFC 9110: seconds, or a date).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_PREFIXES: Final = ("x-ratelimit-", "ratelimit-", "x-rate-limit-")
HEADERS: Final = (
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    *(f"{prefix}{what}" for prefix in _PREFIXES for what in ("limit", "remaining", "reset", "used")),
)
"""The names of all headers that are looked at, in lower case."""
_LOW_SHARE: Final = 0.1
_LOW: Final = 10
"""Below a tenth of the budget, or below ten requests where its size is not told, what is left is spread."""
_LONGEST_S: Final = 86_400.0
_SINCE_1970: Final = 1e9
"""A larger number is a moment, a smaller one seconds from now."""
_PARAMETER: Final = re.compile(r"([a-z]+)\s*=\s*(\d{1,15}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a server still gives: requests left, of how many, and the seconds until they are new again."""

    left: float
    of: float | None = None
    reset_s: float | None = None

    @property
    def pause_s(self) -> float:
        """Seconds to wait before the next request, so that what is left lasts until the reset."""
        reset = self.reset_s or 0.0
        if self.left <= 0:
            return reset
        low = self.left < (_LOW if self.of is None else self.of * _LOW_SHARE)
        return reset / (self.left + 1) if low else 0.0

    def told(self) -> dict[str, float]:
        """The numbers that are known, for the details of a run."""
        pairs = {"left": self.left, "of": self.of, "reset_s": self.reset_s}
        return {name: round(value, 1) for name, value in pairs.items() if value is not None}


def budget_of(headers: Mapping[str, str], *, now: datetime) -> Budget | None:
    """The budget that an answer's headers tell, the tightest of several; ``None`` if they tell none."""
    found = [*_in_one(headers), *_in_three(headers, now)]
    return max(found, key=lambda budget: (budget.pause_s, -budget.left), default=None)


def asked_wait(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """The seconds a server asks to wait: Retry-After, else when its budget is new; ``None`` if neither."""
    wait = _seconds(headers.get("retry-after", ""), now)
    if wait is not None:
        return wait
    for prefix in _PREFIXES:
        wait = _seconds(headers.get(f"{prefix}reset", ""), now)
        if wait is not None:
            return wait
    return max((b.reset_s for b in _in_one(headers) if b.reset_s is not None), default=None)


def _in_three(headers: Mapping[str, str], now: datetime) -> Iterator[Budget]:
    """Budgets told in a header for each number."""
    for prefix in _PREFIXES:
        left = _number(headers.get(f"{prefix}remaining", ""))
        if left is None:
            continue
        # Older drafts write the window behind the limit: "100, 100;w=60".
        of = _number(headers.get(f"{prefix}limit", "").split(",")[0].split(";")[0])
        used = _number(headers.get(f"{prefix}used", ""))
        if of is None and used is not None:
            of = left + used
        yield Budget(left=left, of=of, reset_s=_seconds(headers.get(f"{prefix}reset", ""), now))


def _in_one(headers: Mapping[str, str]) -> Iterator[Budget]:
    """Budgets told in one header: ``limit=100, remaining=50, reset=5``, or ``"name";r=50;t=5``."""
    told = headers.get("ratelimit", "")[:1000].lower()
    whole = _parameters(told)
    if "remaining" in whole:
        yield Budget(left=whole["remaining"], of=whole.get("limit"), reset_s=_bounded(whole.get("reset")))
        return
    sizes = {name: parts.get("q") for name, parts in _named(headers.get("ratelimit-policy", ""))}
    for name, parts in _named(told):
        if "r" in parts:
            yield Budget(left=parts["r"], of=sizes.get(name), reset_s=_bounded(parts.get("t")))


def _named(told: str) -> Iterator[tuple[str, dict[str, float]]]:
    for part in told[:1000].lower().split(","):
        name, _, rest = part.partition(";")
        yield name.strip().strip('"'), _parameters(rest)


def _parameters(text: str) -> dict[str, float]:
    return {match[1]: float(match[2]) for match in _PARAMETER.finditer(text)}


def _number(value: str) -> float | None:
    try:
        number = float(value.strip()[:40])
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number < 1e12 else None


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(seconds, _LONGEST_S)


def _seconds(value: str, now: datetime) -> float | None:
    value = value.strip()[:100]
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return None if moment is None else max(0.0, (moment - now).total_seconds())
    if not 0 <= number < 1e12:  # also refuses nan
        return None
    return max(0.0, number - now.timestamp()) if number > _SINCE_1970 else number


def _moment(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, TypeError, OverflowError):
            continue
    return None
