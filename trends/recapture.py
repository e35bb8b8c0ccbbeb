"""Which share of what was said was heard, with an interval; nothing is claimed that cannot be known.

Three kinds of knowledge come together: posts that are known to be missing (ids that were skipped) are
counted; what was posted while nobody listened is estimated from the source's own rhythm (`trends.rhythm`);
and where two captures reach the same posts, what both missed follows from how far they overlap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from scipy import optimize, special, stats

Method = Literal["unknown", "read", "counted", "rate", "recapture", "recapture and rate"]
LEVEL: Final = 0.95
_LARGEST: Final = 1e12
_Z: Final = float(stats.norm.ppf(0.5 + LEVEL / 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """About how many, and between which bounds at 95 %."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share that was heard, from 0 to 1, and between which bounds at 95 %.

    ``share`` is ``None`` where it cannot be told; then ``high`` may still say what it is at most.
    ``method`` says how it is known: all was read, what is missing is counted, it is estimated from the
    source's rhythm, or from the overlap of two captures.
    """

    share: float | None = None
    low: float | None = None
    high: float | None = None
    method: Method = "unknown"


UNKNOWN: Final = Share()


def recapture(first: int, second: int, both: int) -> Amount | None:
    """How many there are, of which two independent captures found so many each and so many in common.

    ``None`` without a common one: then there may be any number. The estimate is Chapman's (University of
    California Publications in Statistics 1, 1951, 131), which is nearly unbiased; the bounds are those of the
    likelihood ratio of the same hypergeometric distribution (on such bounds: Cormack, Biometrics 48, 1992,
    567), which stay sensible where all of one capture lies in the other.

    >>> found = recapture(100, 80, 40)
    >>> round(found.value), found.low < 199 < found.high
    (199, True)
    """
    if not 0 < both <= min(first, second):
        return None
    distinct = first + second - both
    value = (first + 1) * (second + 1) / (both + 1) - 1

    def loss(size: float) -> float:
        return -_likelihood(size, first, second, both)

    found = optimize.minimize_scalar(loss, bounds=(distinct, 4 * value + 10), method="bounded")
    least = min(found.fun, loss(distinct))
    most_likely = float(found.x) if found.fun <= loss(distinct) else float(distinct)
    allowed = least + stats.chi2.ppf(LEVEL, 1) / 2
    low = float(distinct)
    if loss(distinct) > allowed:
        low = float(optimize.brentq(lambda size: loss(size) - allowed, distinct, most_likely))
    high = max(2 * most_likely, 10.0)
    while loss(high) < allowed and high < _LARGEST:
        high *= 2
    if high < _LARGEST:
        high = float(optimize.brentq(lambda size: loss(size) - allowed, most_likely, high))
    return Amount(value=min(max(value, low), high), low=low, high=high)


def _likelihood(size: float, first: int, second: int, both: int) -> float:
    """The logarithm of the chance (but for a constant) to have so many in common if there are ``size``."""
    others, found = size - first, second - both
    told = special.gammaln(others + 1) - special.gammaln(others - found + 1)
    return float(told + special.gammaln(size - second + 1) - special.gammaln(size + 1))


def captured(first: int, second: int, both: int, *, dependent: bool = False) -> Share:
    """The share that the first capture heard of all that both could reach.

    Captures that are ``dependent`` (one place read twice, whose hidden posts both miss) tell only what the
    share is at most: what hides from both leaves no trace.
    """
    found = recapture(first, second, both)
    if found is None:
        return UNKNOWN
    high = min(1.0, first / found.low)
    if dependent:
        return Share(high=high, method="recapture")
    return Share(share=first / found.value, low=first / found.high, high=high, method="recapture")


def together(amounts: list[Amount]) -> Amount:
    """The sum of amounts that err independently (Zou and Donner, Statistics in Medicine 27, 2008, 1693).

    >>> together([Amount(value=10, low=7, high=14), Amount(value=10, low=6, high=13)])
    Amount(value=20, low=15.0, high=25.0)
    """
    value = sum(amount.value for amount in amounts)
    below = math.sqrt(sum((amount.value - amount.low) ** 2 for amount in amounts))
    above = math.sqrt(sum((amount.high - amount.value) ** 2 for amount in amounts))
    return Amount(value=value, low=value - below, high=value + above)


def lost(
    collected: int,
    *,
    counted: int = 0,
    missed: Amount | None = None,
    capture: Share = UNKNOWN,
    told_by: int = 0,
    elsewhere: int = 0,
) -> Amount:
    """How many were not heard: ``counted``, ``missed`` while nobody listened, and hidden from the capture.

    ``told_by`` are those of the collected that the capture's share was told by: of the others it is only
    likely to be the same. ``elsewhere`` are no loss because another source has them.
    """
    # What is counted is among what the overlap tells of.
    parts = [_hidden(collected, missed, capture, told_by) or Amount(value=counted, low=counted, high=counted)]
    whole = together([*parts, missed] if missed is not None else parts)
    least = float(counted)
    return Amount(
        value=max(least, whole.value - elsewhere),
        low=max(least, whole.low - elsewhere),
        high=max(least, whole.high - elsewhere),
    )


def heard(
    collected: int,
    *,
    counted: int = 0,
    missed: Amount | None = None,
    capture: Share = UNKNOWN,
    told_by: int = 0,
) -> Share:
    """The share of ``collected`` in all that was posted, by what ``lost`` says of the rest.

    Where nothing was posted as far as is known there is no share to tell.
    """
    method = _method(counted, missed, capture)
    missing = lost(collected, counted=counted, missed=missed, capture=capture, told_by=told_by)
    found = share_of(collected, missing, method)
    if capture.share is None and capture.high is not None and found.high is not None:
        # Two looks at one place: at most so much, and how much less nobody can tell.
        return Share(high=min(found.high, capture.high), method=method)
    return found


def share_of(collected: int, missing: Amount, method: Method) -> Share:
    """The share of ``collected`` where so many are missing; unknown if there may have been none at all."""
    if collected + missing.low <= 0:
        return UNKNOWN
    return Share(
        share=collected / (collected + missing.value),
        low=collected / (collected + missing.high),
        high=collected / (collected + missing.low),
        method=method,
    )


def _hidden(collected: int, missed: Amount | None, capture: Share, told_by: int) -> Amount | None:
    """How many a capture that hears this share did not hear, or would not have heard had it listened."""
    if capture.share is None or not capture.share or not capture.low or not capture.high:
        return None
    # What was missed is told by what is usually collected: behind that, too, there is something hidden.
    shown = collected + (missed.value if missed is not None else 0.0)
    share = capture.share
    value = shown * (1 / share - 1)
    # Of the others each was hidden or not by chance: a negative binomial number of them.
    others = max(0.0, shown - told_by)
    chance = _Z * math.sqrt(others * (1 - share)) / share
    below = math.hypot(value - shown * (1 / capture.high - 1), chance)
    above = math.hypot(shown * (1 / capture.low - 1) - value, chance)
    return Amount(value=value, low=max(0.0, value - below), high=value + above)


def _method(counted: int, missed: Amount | None, capture: Share) -> Method:
    if capture.high is not None:
        return "recapture" if missed is None else "recapture and rate"
    if missed is not None:
        return "rate"
    return "counted" if counted else "read"
