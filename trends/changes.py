"""Slow climbs and drops: from when on a series runs at another level, and how sure that is.

Whole days are compared, their weekday taken out, so that neither the night nor the weekend is a change;
one or two wild days are cut back to their neighbours, for those are bursts (`trends.bursts`). At the end
of each day every day of the last four weeks is tried as the first of a new level; the best is taken if its
t value passes a bar that was set on generated series without any change: an autocorrelated log-normal
level, counts drawn from a negative binomial, and a weekly rhythm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Kind = Literal["climb", "drop"]

FALSE_A_YEAR: Final = 0.5
"""At most so many false alarms in a year of watching one series without a change, whose level scatters by
up to 20 % from day to day, beyond the chance of counts, and resembles the day before by up to .3."""
DELAY_DAYS: Final = 12
"""A sudden drop to a half is found within so many days in nine of ten such series of 100 posts a day."""
SLOW_DELAY_DAYS: Final = 18
"""The same of a climb to the double over ten days, from its first day."""
LEAST_DAYS: Final = 14
"""So many days must be known before a change is told."""
LEAST_AFTER: Final = 4
LEAST_RATIO: Final = 1.3
LEAST_LEVEL: Final = 5.0
"""Posts a day that the higher of both levels has at least: smaller ones cannot be told apart."""

_DAY_S: Final = 86_400
_PAST_D: Final = 42
_AFTER_D: Final = 28
_BAR: Final = 6.0
_CUT: Final = 0.35
_PRIOR_SD: Final = 0.12
_PRIOR_DAYS: Final = 4.0
_NEAR_D: Final = 21
_ALIKE: Final = 1.25
"""Days resemble the day before, so that they tell less than as many strange ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A lasting change of level: posts of the middle day ``before`` and ``after``, weekdays and all.

    ``since``, ``level`` and ``found`` are places of days in the series of days: the first day of another
    level, the first of that which holds (later where it went on climbing), and the day at whose end the
    change was told first; the days from ``begin`` to before ``end`` tell both levels. ``ratio`` is after
    by before, the weekday taken out, with its 95 % interval ``low`` to ``high``; ``certainty`` is 1 less
    the chance of so large a t value at one place without a change.
    """

    kind: Kind
    since: int
    level: int
    found: int
    begin: int
    end: int
    before: float
    after: float
    ratio: float
    low: float
    high: float
    certainty: float


@dataclass(frozen=True, slots=True)
class _Best:
    place: int
    shift: float
    error: float
    freedom: float

    @property
    def t(self) -> float:
        return abs(self.shift) / self.error


@dataclass(frozen=True, slots=True)
class _Found:
    """A change as it was found: its first day, the first of its last level, and the day it was told."""

    since: int
    level: int
    found: int
    best: _Best


def days_of(counts: npt.ArrayLike, *, a_day: int) -> Floats:
    """Whole days of a series with ``a_day`` buckets a day, reckoned back from its end; NaN where one is NaN.

    What is left over at the beginning is no whole day and falls away.

    >>> days_of([9, 1, 2, 3, 4], a_day=2).tolist()
    [3.0, 7.0]
    """
    values = np.asarray(counts, dtype=np.float64)
    if a_day < 1:
        raise ValueError(f"a day has at least one bucket: {a_day}")
    whole = len(values) // a_day * a_day
    return np.asarray(values[len(values) - whole :].reshape(-1, a_day).sum(axis=1), dtype=np.float64)


def changes(days: npt.ArrayLike) -> tuple[Change, ...]:
    """The lasting changes of level in counts by day, in order, each found from its own past only.

    NaN is a day that is not known: it takes the value of the day before. What goes on in the same
    direction is one change. How large a change is is told from all days up to the next one. Without a
    change at most ``FALSE_A_YEAR`` are told in a year.
    """
    values = _filled(np.asarray(days, dtype=np.float64))
    if np.isinf(values).any() or (values < 0).any():
        raise ValueError("counts must be 0 or more and finite")
    begin, told = 0, list[_Found]()
    for end in range(LEAST_DAYS, len(values) + 1):
        best = _best(values[max(begin, end - _PAST_D) : end])
        if best is not None:
            begin = max(begin, end - _PAST_D) + best.place
            told = _joined(told, _Found(begin, begin, end - 1, best))
    firsts = [each.since for each in told] + [len(values)]
    levels = [0] + [each.level for each in told]
    measured = (
        _measured(values, each, slice(begin, end))
        for each, begin, end in zip(told, levels[:-1], firsts[1:], strict=True)
    )
    return tuple(each for each in measured if each is not None)


def _filled(values: Floats) -> Floats:
    """Unknown days as the last known before them; the first ones as the first known."""
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return np.zeros(0)
    last = np.maximum(np.searchsorted(known, np.arange(len(values)), side="right") - 1, 0)
    return values[known[last]]


def _best(part: Floats) -> _Best | None:
    """The likeliest first day of another level, if it passes the bar at the end."""
    size = len(part)
    places = np.arange(max(7, size - _AFTER_D), size - LEAST_AFTER + 1)
    if not len(places):
        return None
    logs = _cut_back(_without_weekdays(np.log(part + 0.5)))
    sums, whole = np.cumsum(logs), float((logs**2).sum())
    early, late = sums[places - 1], sums[-1] - sums[places - 1]
    left, right = places.astype(float), (size - places).astype(float)
    chance = 1.0 / (float(part.mean()) + 0.5)
    freedom = size - 2 + _PRIOR_DAYS
    scatter = np.maximum(whole - early**2 / left - late**2 / right, 0.0)
    variance = np.maximum((scatter + _PRIOR_DAYS * (_PRIOR_SD**2 + chance)) / freedom, chance)
    shift, error = late / right - early / left, np.sqrt(variance * (1 / left + 1 / right))
    at = int(np.argmax(np.abs(shift) / error))
    high = max(float(part[: places[at]].mean()), float(part[places[at] :].mean()))
    best = _Best(int(places[at]), float(shift[at]), float(error[at]), freedom)
    large = abs(best.shift) >= np.log(LEAST_RATIO) and high >= LEAST_LEVEL
    return best if large and best.t >= _BAR else None


def _without_weekdays(logs: Floats) -> Floats:
    """Less what each day of the week usually lies above its own week."""
    if len(logs) < 7 + 3:
        return logs
    week = np.convolve(logs, np.full(7, 1 / 7), mode="valid")
    above = np.concatenate([np.full(3, np.nan), logs[3:-3] - week, np.full(3, np.nan)])
    return logs - _weekdays(above)


def _weekdays(above: Floats) -> Floats:
    """The mean of each day of the week, drawn towards none where few are known (NaN: not known)."""
    known = ~np.isnan(above)
    day = np.arange(len(above)) % 7
    sums = np.bincount(day[known], above[known], 7)
    return np.asarray((sums / (np.bincount(day[known], None, 7) + 1.0))[day], dtype=np.float64)


def _cut_back(logs: Floats) -> Floats:
    """Days that stand far from the middle of the five around them, brought near it."""
    padded = np.concatenate([logs[:5][::-1][-2:], logs, logs[-5:][::-1][:2]])
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 5), axis=1)
    return np.clip(logs, middle - _CUT, middle + _CUT)


def _joined(told: list[_Found], new: _Found) -> list[_Found]:
    """With the new one, which is one with the last where that goes on in the same direction."""
    if not told or (told[-1].best.shift > 0) != (new.best.shift > 0) or new.since - told[-1].level > _NEAR_D:
        return [*told, new]
    last = told[-1]
    surest = last.best if last.best.t > new.best.t else new.best
    return [*told[:-1], _Found(last.since, new.level, last.found, surest)]


def _measured(values: Floats, found: _Found, known: slice) -> Change | None:
    """Both levels and their ratio, by the days between the changes beside it; ``None`` if it did not last."""
    start = max(known.start, found.since - _AFTER_D)
    part = values[start : known.stop]
    logs = np.log(part + 0.5)
    rise, top = found.since - start, found.level - start
    level = np.full(len(part), np.nan)
    level[:rise], level[top:] = np.median(logs[:rise]), np.median(logs[top:])
    logs = _cut_back(logs - _weekdays(logs - level))
    before, after = logs[:rise], logs[top:]
    shift = float(after.mean() - before.mean())
    levels = float(np.median(part[:rise])), float(np.median(part[top:]))
    climbs = found.best.shift > 0
    lasted = (shift > 0) == climbs == (levels[1] > levels[0]) and abs(shift) >= np.log(LEAST_RATIO)
    if not lasted or max(levels) < LEAST_LEVEL:
        return None
    freedom = max(1, len(before) + len(after) - 2)
    scatter = ((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum()
    chance = 1.0 / (float(part.mean()) + 0.5)
    error = _ALIKE * float(np.sqrt(max(scatter / freedom, chance) * (1 / len(before) + 1 / len(after))))
    reach = float(special.stdtrit(freedom, 0.975)) * error
    return Change(
        kind="climb" if climbs else "drop", since=found.since, level=found.level, found=found.found,
        begin=start, end=known.stop,
        before=levels[0], after=levels[1],
        ratio=float(np.exp(shift)), low=float(np.exp(shift - reach)), high=float(np.exp(shift + reach)),
        certainty=1 - 2 * float(special.stdtr(found.best.freedom, -found.best.t)),
    )  # fmt: skip
