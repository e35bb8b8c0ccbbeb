"""Formulas of other products in the open, each by its name, on plain numbers.

They stand beside ours so that a reader can compare; the rankings by the hour are in ``trends.rankings``. A
number that cannot be told (nothing to compare with) is ``None`` or ``nan``, never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

Floats = npt.NDArray[np.float64]

BREAKOUT_SDS: Final = 5.0
LAST_POSTS: Final = 100


def elastalert(
    now: float, before: float, *, height: float = 3.0, least: tuple[float, float] = (5, 1)
) -> bool:
    """ElastAlert's spike: the current window at least ``height`` times the one before, both ``least``."""
    return now >= least[0] and before >= least[1] and now >= height * before


def huginn(series: Sequence[float], *, sds: float = 3.0, events: int = 4) -> bool | None:
    """Huginn's peak: the newest value above the mean + 3 sd of those before it (14 days of them).

    ``None`` with fewer than 4 values. The sd is that of the population.
    """
    if len(series) < events:
        return None
    past = np.asarray(series[:-1], dtype=float)
    return bool(series[-1] > past.mean() + sds * past.std())


def meltwater(hours: Sequence[float], *, times: float = 2.0) -> bool | None:
    """Meltwater's spike: the last hour against the past 12 h, then against the day and the week before.

    It must be at least ``times`` the mean hour of each. ``None`` with less than a week before it.
    """
    if len(hours) < 169:
        return None
    past = np.asarray(hours[:-1], dtype=float)
    return all(hours[-1] >= times * past[-length:].mean() and hours[-1] > 0 for length in (12, 24, 168))


def socialmetrix(hours: Sequence[float]) -> float | None:
    """Socialmetrix's variation: by how many sd of the 7 days before the mean of the last 24 h is higher.

    From hourly values; the sd is that of the seven daily means. The product marks 1.5, 2 and 3. ``None`` with
    less than eight days, or where the seven are all alike.
    """
    if len(hours) < 8 * 24:
        return None
    *past, now = np.asarray(hours[-8 * 24 :], dtype=float).reshape(8, 24).mean(axis=1)
    spread = float(np.std(past))
    return float(now - np.mean(past)) / spread if spread > 0 else None


def rival_iq(rate: float, landscape: npt.ArrayLike, *, sds: float = BREAKOUT_SDS) -> bool | None:
    """Rival IQ's breakout: a post's engagement rate more than 5 sd above those of the landscape's week.

    ``landscape`` are the rates of the posts of all watched accounts in the week (sd of the sample). ``None``
    with fewer than two.
    """
    rates = np.asarray(landscape, dtype=float)
    return bool(rate > rates.mean() + sds * rates.std(ddof=1)) if len(rates) >= 2 else None


def crowdtangle(actual: float, others: npt.ArrayLike) -> float | None:
    """CrowdTangle's over-performing: actual / expected interactions of a post at its age.

    ``others`` are the interactions that the last 100 posts of the same account and type, newest last, had at
    that age; the top and the bottom quarter are dropped, expected is the mean of the rest. ``None`` where
    nothing is expected.
    """
    values = np.sort(np.asarray(others, dtype=float)[-LAST_POSTS:])
    middle = values[len(values) // 4 : len(values) - len(values) // 4]
    expected = float(middle.mean()) if len(middle) else 0.0
    return actual / expected if expected > 0 else None


def crowd_analyzer(followers: npt.ArrayLike, interactions: npt.ArrayLike, posts: npt.ArrayLike) -> Floats:
    """Crowd Analyzer's influencer: the mean of three ranks; 1 is the first, the smallest the best.

    By followers, by interactions and by interactions a post; equal values share the mean of their ranks.
    """
    liked, written = np.asarray(interactions, dtype=float), np.asarray(posts, dtype=float)
    each = np.divide(liked, written, out=np.zeros_like(liked), where=written > 0)
    ranks = [rankdata(-np.asarray(values, dtype=float)) for values in (followers, liked, each)]
    return np.asarray(np.mean(ranks, axis=0), dtype=float)


def hashtagify(both: npt.ArrayLike, with_a: npt.ArrayLike) -> Floats:
    """Hashtagify's correlation P(B in a post | A in it): posts with both / posts with A (``nan`` if none)."""
    joint, base = np.broadcast_arrays(np.asarray(both, dtype=float), np.asarray(with_a, dtype=float))
    share: Floats = np.divide(joint, base, out=np.full(joint.shape, np.nan), where=base > 0)
    return share


@dataclass(frozen=True, slots=True)
class Seen:
    """``reach``: followers with each author once; ``impressions``: with every post; ``told``: their posts.

    ``told`` is how many of ``posts`` tell their author's followers: the others are left out of both sums.
    """

    reach: int
    impressions: int
    told: int
    posts: int


def seen(author: npt.ArrayLike, followers: npt.ArrayLike) -> Seen:
    """Reach and impressions of posts by their authors' followers at the time of posting.

    ``followers`` below 0 are unknown. An author who posts several times counts for reach with the most
    followers of these times. An upper bound: nobody knows who was looking, nor how many follow two of them.
    """
    who, many = np.asarray(author), np.asarray(followers, dtype=np.int64)
    told = many >= 0
    _, place = np.unique(who[told], return_inverse=True)
    most = np.zeros(int(place.max()) + 1 if len(place) else 0, dtype=np.int64)
    np.maximum.at(most, place, many[told])
    return Seen(int(most.sum()), int(many[told].sum()), int(told.sum()), len(many))
