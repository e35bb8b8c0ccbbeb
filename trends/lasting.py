"""For how long a post stays among the newest: until so many newer ones have pushed it down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

NEWER: Final = 20
"""Newer posts that push one out of sight: about a screen or two of a hashtag's list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """Seconds until ``NEWER`` newer posts stood above: the median and the middle half of ``posts``.

    ``None`` where it cannot be told, because so many have not been pushed down by the end of the window;
    then it is more than ``at_least_s``, the time that the median post was watched for.
    """

    median_s: float | None
    low_s: float | None
    high_s: float | None
    at_least_s: float
    posts: int


def lasting(at: Ints, *, until: int, newer: int = NEWER) -> Lasting:
    """How long posts written ``at`` (epoch seconds) stay among the ``newer`` newest, seen till ``until``.

    Quantiles of Kaplan and Meier (1958): a post that has not been pushed down yet counts for as long as it
    has been watched.
    """
    times = np.sort(at)
    if not len(times):
        return Lasting(median_s=None, low_s=None, high_s=None, at_least_s=0.0, posts=0)
    over = np.zeros(len(times), dtype=bool)
    over[: max(len(times) - newer, 0)] = True
    end = np.full(len(times), until, dtype=np.int64)
    end[over] = times[newer:]
    spent = (end - times).astype(np.float64)
    low, median, high = (_quantile(spent, over, share) for share in (0.25, 0.5, 0.75))
    at_least = float(np.median(until - times)) if median is None else median
    return Lasting(median_s=median, low_s=low, high_s=high, at_least_s=at_least, posts=len(times))


def _quantile(spent: npt.NDArray[np.float64], over: npt.NDArray[np.bool_], share: float) -> float | None:
    """When this share of them is pushed down; ``None`` if that was not seen."""
    order = np.lexsort((~over, spent))
    left = np.arange(len(spent), 0, -1)
    staying = np.cumprod(np.where(over[order], 1 - 1 / left, 1.0))
    gone = np.flatnonzero(staying <= 1 - share + 1e-12)
    return float(spent[order][gone[0]]) if len(gone) else None


def by_hour(at: Ints, hour: Ints, *, until: int, least: int = 10, newer: int = NEWER) -> dict[int, float]:
    """The median seconds by ``hour`` of day of the post, where at least ``least`` posts tell.

    ``hour`` is 0 to 23 in the time zone of whoever asks; one for each of ``at``.
    """
    order = np.argsort(at, kind="stable")
    times, hours = at[order], hour[order]
    over = max(len(times) - newer, 0)
    spent = times[newer:] - times[:over]
    found = {h: spent[hours[:over] == h] for h in np.unique(hours[:over]).tolist()}
    return {h: float(np.median(each)) for h, each in found.items() if len(each) >= least}
