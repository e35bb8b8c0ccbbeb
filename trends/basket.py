"""A set of hashtags that together reach as many new people as may be: greedy cover, and how good it is.

How many distinct people a set reaches is submodular: a tag adds the less, the more are there already. Taking
the tag that adds most, again and again, reaches at least 1 - 1/e (63 %) of the best possible set (Nemhauser,
Wolsey, Fisher, Math. Program. 14, 1978); taken lazily, for a gain of earlier can only have shrunk (Minoux,
1978). What the best set could reach at most is told from the data: at each step of the greedy choice, what is
reached and the k largest gains that were left, the least of these sums (Leskovec et al., KDD 2007). That
mostly tells far more than 63 %.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import e
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Audience = Ints
"""The people of a tag, as distinct numbers."""

GUARANTEE: Final = 1 - 1 / e
"""The share of the best set's reach that greedy never falls below."""
STAY_POSTS: Final = 20
"""A post is out of sight when so many newer ones stand under its tag."""
STEPS: Final = 6
"""Points of the frontier, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Places of the tags that were chosen, best first, with the new people that each adds.

    ``bound`` is what no set of as many tags can be above; ``of_best`` is the share of it that is reached, at
    least ``GUARANTEE`` of the true best in any case, 1 where there is nobody to reach.
    """

    places: tuple[int, ...]
    gains: tuple[int, ...]
    bound: int

    @property
    def reached(self) -> int:
        return sum(self.gains)

    @property
    def of_best(self) -> float:
        return self.reached / self.bound if self.bound else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A set on the frontier: how many it reaches, and how long a post stays under each of its tags at
    least (seconds)."""

    chosen: Chosen
    stay_s: float


def choose(audiences: Sequence[Audience], k: int, *, reached: Audience | None = None) -> Chosen:
    """The greedy set of at most ``k`` tags; people ``reached`` already are worth nothing.

    Of equal gains the tag that stands first is taken. A tag that adds nobody is not.
    """
    cover = _Cover(audiences, reached)
    queue = [(-cover.gain(place), place) for place in range(len(audiences))]
    heapq.heapify(queue)
    places: list[int] = []
    gains: list[int] = []
    bound = cover.bound(k, places)
    while queue and len(places) < k:
        _, place = heapq.heappop(queue)
        gain = cover.gain(place)
        if queue and (-gain, place) > queue[0]:
            heapq.heappush(queue, (-gain, place))
            continue
        if not gain:
            break
        cover.take(place)
        places.append(place)
        gains.append(gain)
        bound = min(bound, sum(gains) + cover.bound(k, places))
    return Chosen(places=tuple(places), gains=tuple(gains), bound=bound)


class _Cover:
    """Who is reached so far, and what a tag would add."""

    def __init__(self, audiences: Sequence[Audience], reached: Audience | None) -> None:
        everyone = np.unique(np.concatenate([*audiences, np.zeros(0, dtype=np.int64)]))
        self._parts = [np.searchsorted(everyone, one) for one in audiences]
        self._new = np.ones(len(everyone), dtype=np.bool_)
        if reached is not None:
            self._new &= ~np.isin(everyone, reached)

    def gain(self, place: int) -> int:
        return int(np.count_nonzero(self._new[self._parts[place]]))

    def take(self, place: int) -> None:
        self._new[self._parts[place]] = False

    def bound(self, k: int, taken: Sequence[int]) -> int:
        """The most that any k tags can add now; also never more than are there."""
        gains = sorted((self.gain(n) for n in range(len(self._parts)) if n not in taken), reverse=True)
        return min(sum(gains[:k]), int(np.count_nonzero(self._new)))


def frontier(
    audiences: Sequence[Audience], stays: Sequence[float], k: int, *, reached: Audience | None = None
) -> tuple[Point, ...]:
    """From "big and short" to "small and long": sets of which none is below another in both.

    ``stays`` are the seconds that a post stays in sight under each tag. Each point is the greedy set of the
    tags under which it stays so long or longer; at most ``STEPS`` of them, spread over the reach.
    """
    points: list[Point] = []
    for stay in sorted(set(stays)):
        usable = [place for place, seconds in enumerate(stays) if seconds >= stay]
        found = choose([audiences[place] for place in usable], k, reached=reached)
        if not found.places:
            continue
        places = tuple(usable[place] for place in found.places)
        chosen = Chosen(places=places, gains=found.gains, bound=found.bound)
        points.append(Point(chosen=chosen, stay_s=min(stays[place] for place in places)))
    best: list[Point] = []
    for point in sorted(points, key=lambda one: (-one.stay_s, -one.chosen.reached)):
        if not best or point.chosen.reached > best[-1].chosen.reached:
            best.append(point)
    return _spread(best[::-1])


def _spread(points: Sequence[Point]) -> tuple[Point, ...]:
    """A handful of the points, first and last among them, as far apart in reach as may be."""
    if len(points) <= STEPS:
        return tuple(points)
    reach = np.array([point.chosen.reached for point in points], dtype=np.float64)
    wanted = np.linspace(reach[0], reach[-1], STEPS)
    places = sorted({int(np.argmin(np.abs(reach - one))) for one in wanted})
    return tuple(points[place] for place in places)


def stay(at: Ints, *, until: int, since: int) -> float | None:
    """How long a post stays in sight: the median time until ``STAY_POSTS`` newer ones stood under the tag.

    ``at`` are the moments of its posts from ``since`` to before ``until`` (epoch seconds). A post that was
    in sight to the end counts as seen until then at least; where half of them were, the pace of the whole
    window tells. ``None`` without a post.
    """
    if not len(at):
        return None
    moments = np.sort(at)
    if len(moments) <= 2 * STAY_POSTS:
        return float(until - since) * STAY_POSTS / len(moments)
    passed = (moments[STAY_POSTS:] - moments[:-STAY_POSTS]).astype(np.float64)
    lasting = np.full(STAY_POSTS, np.inf)
    return float(np.median(np.concatenate([passed, lasting])))


def held_back(
    weeks: Sequence[Sequence[Audience]],
    pick: Callable[[Sequence[Sequence[Audience]]], Sequence[int]],
    *,
    reached: Audience | None = None,
) -> tuple[int, ...]:
    """What sets that were picked from the weeks before reached in each later week: distinct new people.

    ``weeks`` hold the audiences of all tags in each week, oldest first.
    """
    found = []
    for place in range(1, len(weeks)):
        chosen = pick(weeks[:place])
        found.append(reach([weeks[place][tag] for tag in chosen], reached))
    return tuple(found)


def merged(weeks: Sequence[Sequence[Audience]]) -> list[Audience]:
    """The audience of each tag over all these weeks."""
    return [np.unique(np.concatenate(parts)) for parts in zip(*weeks, strict=True)]


def reach(audiences: Sequence[Audience], reached: Audience | None = None) -> int:
    """How many distinct people are in these audiences and were not ``reached`` before."""
    people = np.unique(np.concatenate([*audiences, np.zeros(0, dtype=np.int64)]))
    return len(people) if reached is None else int(np.count_nonzero(~np.isin(people, reached)))
