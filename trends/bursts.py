"""Bursts in a series of counts: how far each bucket stands above what the series itself has shown before.

The question "is this large for this series at all" decides, not a chance: small counts at night are
unlikely and of no concern. What is strange is said once, when it begins, and again only if it clearly
outdoes itself: else one event fills a list.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

Floats = npt.NDArray[np.float64]

ALARM: Final = 1.0
"""From this score on a bucket opens an episode."""
LEAST_DAYS: Final = 3
LEAST_BUCKETS: Final = 14

_DAY_S: Final = 86_400
_LEVEL: Final = 1.8
"""So many times the height that the series passes once or twice a day is an alarm."""
_STEP: Final = 3.0
"""An episode is told again where it has grown by about so much."""
_EPISODE_S: Final = 30 * 3_600
_SPANS: Final = ((1, 0.5), (3, 0.25), (6, 0.25))
"""Means of so many buckets, and their weights: a single bucket of copies counts less than a crowd."""
_HEIGHTS: Final = (0.98, 0.99, 0.995)
_PASTS_D: Final = (14, 60)
_LEAST_HEIGHT: Final = 1.0
"""A height below one post a bucket is taken as one."""
_LEAST_COUNT: Final = 0.5
_FADED: Final = 0.5
_PAUSE: Final = 3


@dataclass(frozen=True, slots=True)
class Episode:
    """One burst, as places in the series: from bucket ``first`` to before ``end``, highest at ``peak``.

    ``score`` is its largest strangeness; ``ongoing`` where it reaches the newest bucket or that before.
    """

    first: int
    end: int
    peak: int
    score: float
    ongoing: bool


def scores(times: npt.ArrayLike, counts: npt.ArrayLike, *, history: float) -> Floats:
    """How strange each bucket is: 0 or more, without an upper end; 1 and more opens an episode.

    ``times`` are the beginnings of equal buckets in order (datetime64, UTC); their length is read from
    them. ``counts`` is what fell into each, NaN where nothing is known (such a bucket scores 0).
    ``history``, between 0 and 1, is the share at the beginning that is for learning: who uses the scores
    passes over it. It changes no score, so that a bucket scores the same however long the series
    becomes. Until 3 days and 14 buckets are known every score is 0.

    A bucket's strangeness is its count by the height that the series has rarely passed before it: the
    geometric mean over three heights (quantiles .98, .99, .995), two pasts (14 and 60 days) and means
    of 1, 3 and 6 buckets. Its score is that where the strangeness reaches a rung (... 1/3, 1, 3, 9 ...)
    that it has not reached in the 30 hours before, else 0: an episode is told once. A score depends on
    its own and earlier buckets only.

    ``ValueError`` for times that are not in order or not equally far apart, and counts that are
    negative, infinite or not as many.
    """
    if not 0 <= history <= 1:
        raise ValueError(f"history is a share between 0 and 1: {history}")
    values, bucket_s = _checked(times, counts)
    raw = _strangeness(values, bucket_s)
    before = _highest_before(raw, _buckets(_EPISODE_S, bucket_s, least=2))
    reached = _rung(raw) > _rung(before)
    return np.where(reached & ~np.isnan(values), raw, 0.0)


def strangeness(times: npt.ArrayLike, counts: npt.ArrayLike) -> Floats:
    """The same before an episode is told once: as large as the bucket is strange on every one of its rows."""
    values, bucket_s = _checked(times, counts)
    return _strangeness(values, bucket_s)


def episodes(times: npt.ArrayLike, counts: npt.ArrayLike, *, history: float) -> tuple[Episode, ...]:
    """The bursts of a series, in order, those that began after the share for learning.

    An episode begins with a score of 1 or more and lasts while the strangeness stays above half of that,
    pauses of up to 3 buckets passed over. What rises again within 30 hours without outdoing it belongs
    to no new one.
    """
    values, bucket_s = _checked(times, counts)
    found, raw = scores(times, counts, history=history), _strangeness(values, bucket_s)
    own = _told(_ratio(values, bucket_s, 1))
    learnt = int(np.ceil(history * len(values)))
    told: list[Episode] = []
    for first in np.flatnonzero(found >= ALARM).tolist():
        if first >= learnt and not (told and first < told[-1].end):
            told.append(_episode(first, raw, own, values))
    return tuple(told)


def _episode(first: int, raw: Floats, own: Floats, values: Floats) -> Episode:
    """``own`` is the strangeness of each bucket by itself, for means stay high when all is over."""
    last = first
    for place in range(first, len(raw)):
        if min(raw[place], own[place]) >= _FADED * ALARM:
            last = place
        elif place - last > _PAUSE:
            break
    # The newest bucket may not be over yet: it ends nothing by itself.
    ongoing = last + 2 >= len(raw)
    end = len(raw) if ongoing else last + 1
    return Episode(
        first=first, end=end, peak=first + int(np.nanargmax(values[first:end])),
        score=float(raw[first:end].max()), ongoing=ongoing,
    )  # fmt: skip


def _checked(times: npt.ArrayLike, counts: npt.ArrayLike) -> tuple[Floats, int]:
    """Counts as floats, and the length of a bucket in seconds (a day where it cannot be read)."""
    moments = np.asarray(times)
    if not len(moments):
        moments = moments.astype("datetime64[s]")
    if not np.issubdtype(moments.dtype, np.datetime64):
        raise ValueError(f"times must be datetime64, not {moments.dtype}")
    moments = moments.astype("datetime64[s]")
    values = np.asarray(counts, dtype=np.float64)
    if moments.ndim != 1 or moments.shape != values.shape:
        raise ValueError(f"times and counts must be two equally long rows: {moments.shape}, {values.shape}")
    if np.isnat(moments).any():
        raise ValueError("a time is not known")
    if np.isinf(values).any() or (values < 0).any():
        raise ValueError("counts must be 0 or more and finite")
    steps = np.diff(moments.astype(np.int64))
    if len(steps) and (steps[0] <= 0 or (steps != steps[0]).any()):
        wrong = int(np.flatnonzero((steps != steps[0]) | (steps <= 0))[0]) + 1
        raise ValueError(f"buckets must be equally long and in order: see {moments[wrong]}")
    return values, int(steps[0]) if len(steps) else _DAY_S


def _buckets(seconds: int, bucket_s: int, *, least: int = 1) -> int:
    return max(least, -(-seconds // bucket_s))


def _strangeness(values: Floats, bucket_s: int) -> Floats:
    """How many times the alarm's height each bucket is; 0 while too little is known and where nothing is."""
    weighed = sum(weight * _ratio(values, bucket_s, span) for span, weight in _SPANS)
    return _told(np.asarray(weighed, dtype=np.float64))


def _ratio(values: Floats, bucket_s: int, span: int) -> Floats:
    """The logarithm of the mean of ``span`` buckets by its usual heights; NaN where one is not known."""
    learnt = _buckets(LEAST_DAYS * _DAY_S, bucket_s, least=LEAST_BUCKETS)
    mean = _trailing_mean(values, span)
    pasts = [_heights(mean, _buckets(days * _DAY_S, bucket_s), learnt) for days in _PASTS_D]
    usual = np.mean([np.log(heights).mean(axis=1) for heights in pasts], axis=0)
    return np.asarray(np.log(np.maximum(mean, _LEAST_COUNT)) - usual, dtype=np.float64)


def _told(ratio: Floats) -> Floats:
    return np.nan_to_num(np.exp(ratio), nan=0.0) / _LEVEL


def _trailing_mean(values: Floats, span: int) -> Floats:
    """The mean of the last ``span`` known buckets of each, its own included; NaN where it is not known."""
    known = ~np.isnan(values)
    sums = np.concatenate([np.zeros(span), np.cumsum(np.where(known, values, 0.0))])
    number = np.concatenate([np.zeros(span), np.cumsum(known)])
    mean = (sums[span:] - sums[:-span]) / np.maximum(number[span:] - number[:-span], 1)
    return np.where(known, mean, np.nan)


def _heights(mean: Floats, past: int, learnt: int) -> Floats:
    """The quantiles of the ``past`` buckets before each, a column each; NaN before ``learnt`` are known."""
    found: list[list[float]] = []
    kept: list[float] = []
    line, size = mean.tolist(), -1
    for place, now in enumerate(line):
        if size != (size := len(kept)):
            exact = [height * (size - 1) for height in _HEIGHTS]
            between = [(int(at), min(int(at) + 1, size - 1), at - int(at)) for at in exact]
        if size < learnt:
            found.append([np.nan] * len(_HEIGHTS))
        else:
            found.append([kept[low] + part * (kept[high] - kept[low]) for low, high, part in between])
        if now == now:
            insort(kept, now)
        if place >= past and (old := line[place - past]) == old:
            del kept[bisect_left(kept, old)]
    heights = np.array(found, dtype=np.float64).reshape(len(mean), len(_HEIGHTS))
    return np.maximum(heights, _LEAST_HEIGHT)


def _highest_before(raw: Floats, span: int) -> Floats:
    """The largest of the ``span`` buckets before each; 0 before the first."""
    if not len(raw):
        return raw
    padded = np.concatenate([np.zeros(span), raw])
    # A filter of this origin looks back only; one bucket earlier, so that its own is not among them.
    highest = maximum_filter1d(padded, span, mode="nearest", origin=(span - 1) // 2)
    return np.asarray(highest[span - 1 : -1], dtype=np.float64)


def _rung(raw: Floats) -> Floats:
    """Which rung of the ladder each reaches: 0 from an alarm on, 1 from three times that, -1 below ..."""
    return np.asarray(np.floor(np.log(np.maximum(raw, 1e-9)) / np.log(_STEP)), dtype=np.float64)
