"""How many there will be in the next hours or days, with intervals, and how such forecasts have fared.

A small regression in logarithms (``trends.replay``). It is told the habits of a slot (the same hour
yesterday, on the last days, at this hour of the week) and how far the last hours lay above them; its
weights begin at those of many series and move as far as this one's own past says. The plain habits stand
beside it, and each counts by how small its errors were. Intervals are conformal (``trends.conformal``):
as wide as the errors of the past forecasts of this very series, which also tell whether to believe it.

Sources: Hyndman and Koehler 2006 (MASE); Vovk, Gammerman and Shafer 2005 (conformal prediction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from trends.conformal import LEVELS, Bands, bands
from trends.replay import Replay, replay
from trends.schemes import HOURS, Scheme

Floats = npt.NDArray[np.float64]
Reason = Literal["short", "silent", "unheard", "unsteady", "burst"]

LEAST_NONZERO: Final = 12
"""So many steps of the past must have held anything."""
LEAST_HEARD: Final = 0.6
"""So much of the last period must have been listened to."""
LEAST_HELD: Final = 0.62
"""So much of the past must its 80 % intervals have held; less where the past is short."""
_CHANCE: Final = 2.5
_APART: Final = 7
"""Of sums that is judged where there was room for so many side by side."""
_BURST: Final = 1.5
_BURST_LEAST: Final = 4.0
_RELATIVE: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A forecast: as likely above as below ``value``, and the intervals of 50 % and of 80 %."""

    value: float
    low50: float
    high50: float
    low80: float
    high80: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """How ``origins`` forecasts of the same series fared, each made from what was known before it.

    Errors are mean absolute errors of a step (``error``) and of the sum of all steps (``total_error``), of
    ours and of the better copy, of what was ``copied`` steps before. ``mase`` divides by how much the
    whole series differs from itself one period before; ``None`` where it does not. ``held50`` and
    ``held80`` are the shares of steps that lay in the intervals, ``total_held80`` that of sums (``None``
    where no sum could be told). ``steps`` is how far the forecasts reach back: they overlap.
    """

    origins: int
    steps: int
    error: float
    copy_error: float
    copied: int
    mase: float | None
    copy_mase: float | None
    total_error: float | None
    copy_total_error: float | None
    held50: float
    held80: float
    total_held80: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What comes: each step, their sum, and how well the like was foretold before."""

    steps: tuple[Span, ...]
    total: Span
    check: Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Cannot:
    """Why there is no forecast: it has ``have`` where ``need`` is the least (of a burst, the most).

    short: steps of history. silent: steps with anything in them. unheard: the share of the last period
    that was listened to. unsteady: the share of the past that the 80 % intervals held. burst: by how many
    times the usual error the last hours exceed their forecast, and what the past has seen.
    """

    reason: Reason
    have: float
    need: float
    check: Check | None = None


def forecast(counts: npt.ArrayLike, scheme: Scheme = HOURS) -> Forecast | Cannot:
    """The next steps after ``counts``, one count (0 or more) a step; NaN is a step not listened to.

    Causal: a past forecast uses nothing that came after it. ``ValueError`` for a negative count.
    """
    y = np.asarray(counts, dtype=np.float64)
    if y.ndim != 1 or (y < 0).any():
        raise ValueError("counts are one row of numbers, none of them negative")
    y = y[-scheme.longest :]
    if (lacking := _too_little(y, scheme)) is not None:
        return lacking
    past = replay(y, scheme)
    steps, total = bands(past, scheme)
    check = _check(y, past, steps, total, scheme)
    if check is None:
        return Cannot(reason="short", have=len(y), need=scheme.least)
    if (against := _unfit(past, check, scheme)) is not None:
        return against
    spans = tuple(_span(steps, step) for step in range(scheme.steps))
    whole = _span(total, 0) if not np.isnan(total.low[0, 0]) else _widest(spans)
    return Forecast(steps=tuple(map(_whole, spans)), total=_whole(whole), check=check)


def _whole(span: Span) -> Span:
    """Counts are whole: the intervals of a forecast hold those beside its middle."""
    below, above = math.floor(span.value), math.ceil(span.value)
    return replace(
        span, low50=min(span.low50, below), high50=max(span.high50, above),
        low80=min(span.low80, below), high80=max(span.high80, above),
    )  # fmt: skip


def _span(found: Bands, step: int) -> Span:
    """The last forecast of the step with its intervals, which hold its middle."""
    value = float(found.middle[-1, step])
    (low50, low80), (high50, high80) = found.low[:, step].tolist(), found.high[:, step].tolist()
    low80, high80 = min(low50, low80), max(high50, high80)
    return Span(value=value, low50=low50, high50=high50, low80=low80, high80=high80)


def _widest(steps: tuple[Span, ...]) -> Span:
    """The sum as if all steps erred the same way: for a past too short to tell how sums err."""
    columns = [[getattr(step, name) for step in steps] for name in Span.__dataclass_fields__]
    value, low50, high50, low80, high80 = map(sum, columns)
    return Span(value=value, low50=low50, high50=high50, low80=low80, high80=high80)


def _too_little(y: Floats, scheme: Scheme) -> Cannot | None:
    """Why the past says nothing at all."""
    if len(y) < scheme.least:
        return Cannot(reason="short", have=len(y), need=scheme.least)
    heard = float((~np.isnan(y[-scheme.period :])).mean())
    if heard < LEAST_HEARD:
        return Cannot(reason="unheard", have=heard, need=LEAST_HEARD)
    some = int((y > 0).sum())
    if some < LEAST_NONZERO:
        # What began lately is young, not seldom.
        age = len(y) - int(np.argmax(y > 0))
        if some and age < scheme.least:
            return Cannot(reason="short", have=age, need=scheme.least)
        return Cannot(reason="silent", have=some, need=LEAST_NONZERO)
    return None


def _unfit(past: Replay, check: Check, scheme: Scheme) -> Cannot | None:
    """Why the numbers, though there are some, are not to be believed."""
    seen, known = _excess(past, scheme)
    if seen > known:
        return Cannot(reason="burst", have=seen, need=known, check=check)
    apart = check.steps / scheme.period
    judged = [check.held80] if apart >= 3 else []
    if check.total_held80 is not None and apart >= _APART:
        judged.append(check.total_held80)
    # So few forecasts that do not overlap may miss their share by chance.
    need = min(LEAST_HELD, LEVELS[1] - _CHANCE * math.sqrt(LEVELS[1] * (1 - LEVELS[1]) / apart))
    if judged and min(judged) < need:
        return Cannot(reason="unsteady", have=min(judged), need=need, check=check)
    return None


def _excess(past: Replay, scheme: Scheme) -> tuple[float, float]:
    """By how much the last quarters of a period exceeded what was foretold, and the most allowed.

    In widths, which grow with the forecast between its root and itself, as counts of people scatter.

    Only a rise that goes on counts: in its newest quarter there was still more than twice the foretold.
    """
    near = max(1, scheme.steps // 4)
    foretold, came = past.value[:, :near].sum(axis=1), past.truth[:, :near].sum(axis=1)
    over = ~np.isnan(came)
    if not over.any():
        return 0.0, _BURST_LEAST
    foretold, came, origins = foretold[over], came[over], past.origins[over]
    error = (came - foretold) / np.sqrt(foretold + 0.25 + _RELATIVE * foretold**2)
    recent = origins > past.origins[-1] - scheme.period
    earlier = origins + near <= past.origins[-1] - scheme.period
    most = _BURST * max(float(error[earlier].max(initial=0.0)), _BURST_LEAST)
    goes_on = came[-1] > 2 * foretold[recent].min(initial=np.inf)
    return (float(error[recent].max(initial=0.0)) if goes_on else 0.0), most


def _check(y: Floats, past: Replay, steps: Bands, total: Bands, scheme: Scheme) -> Check | None:
    """How those past forecasts fared that had intervals and are over; ``None`` where there are none."""
    over = ~np.isnan(steps.inside[0])
    if not over.any():
        return None
    sums = past.truth.sum(axis=1, keepdims=True)
    whole = ~np.isnan(total.inside[0])
    copied = _copied(y, past, over, scheme)
    copy = _copy(y, past, copied)
    # Both are judged where both tell anything.
    both = over & ~np.isnan(copy)
    wholes = whole & ~np.isnan(copy.sum(axis=1, keepdims=True))
    error, copy_error = _error(past.value, past.truth, both), _error(copy, past.truth, both)
    apart = np.abs(y[scheme.period :] - y[: -scheme.period])
    scale = float(np.nanmean(apart)) if (~np.isnan(apart)).any() else 0.0
    told = over.any(axis=1)
    return Check(
        origins=int(told.sum()), steps=int(past.origins[told][-1] - past.origins[told][0]) + scheme.steps,
        error=error, copy_error=copy_error, copied=copied,
        mase=error / scale if scale else None, copy_mase=copy_error / scale if scale else None,
        total_error=_error(total.middle, sums, wholes) if wholes.any() else None,
        copy_total_error=_error(copy.sum(axis=1, keepdims=True), sums, wholes) if wholes.any() else None,
        held50=float(steps.inside[0][over].mean()), held80=float(steps.inside[1][over].mean()),
        total_held80=float(total.inside[1][whole].mean()) if whole.any() else None,
    )  # fmt: skip


def _copied(y: Floats, past: Replay, over: npt.NDArray[np.bool_], scheme: Scheme) -> int:
    """Which copy of the past came nearest, of those that tell at least half of what is judged."""
    errors = {}
    for lag in scheme.copies:
        copy = _copy(y, past, lag)
        known = over & ~np.isnan(copy)
        if 2 * known.sum() >= over.sum():
            errors[lag] = _error(copy, past.truth, known)
    return min(errors, key=lambda lag: errors[lag]) if errors else scheme.copies[0]


def _copy(y: Floats, past: Replay, lag: int) -> Floats:
    """What was ``lag`` steps before each step; NaN where that was before the beginning or not heard."""
    at = past.targets - lag
    return np.where(at >= 0, y[np.clip(at, 0, len(y) - 1)], np.nan)


def _error(value: Floats, truth: Floats, where: npt.NDArray[np.bool_]) -> float:
    return float(np.abs(value - truth)[where].mean())
