"""What stands in one window, tag by tag: posts, people, how they are shared out, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

AT_ONCE_S: Final = 300
STEPS: Final = 24
_HOUR_S: Final = 3_600
_LEADING_BITS: Final = 20


@dataclass(frozen=True, slots=True)
class Uses:
    """Uses of tags: which tag and which person by place (-1: nobody is told), and when (epoch seconds)."""

    where: Ints
    person: Ints
    at: Ints

    def only(self, chosen: Bools) -> Uses:
        if chosen.all():
            return self
        return Uses(self.where[chosen], self.person[chosen], self.at[chosen])

    def placed(self, places: Ints) -> Uses:
        """The uses of tags that have a place (0 or more) in ``places``, under that."""
        where = places[self.where]
        kept = where >= 0
        return Uses(where[kept], self.person[kept], self.at[kept])


@dataclass(frozen=True, slots=True)
class People:
    """By tag: distinct authors, the posts of the busiest and of the busiest three, and who is busiest."""

    authors: Ints
    top: Ints
    top3: Ints
    busiest: Ints


def places_of(keys: Ints, values: Ints) -> Ints:
    """Where each value stands among ``keys`` (rising, each once); every value is one of them.

    The leading bits of a value lead to the first key that has them, which is mostly the right one where
    keys are hashes: three times as quick as a search for each value.
    """
    if not len(values):
        return np.zeros(0, dtype=np.int64)
    low, high = int(keys[0]), int(keys[-1])
    shift = max(0, (high - low).bit_length() - _LEADING_BITS)
    heads = np.arange(((high - low) >> shift) + 1, dtype=np.int64) << shift
    places: Ints = np.searchsorted(keys, heads + low)[(values - low) >> shift]
    others = np.flatnonzero(keys[places] != values)
    places[others] = np.searchsorted(keys, values[others])
    return places


def people_of(uses: Uses, size: int) -> People:
    """Who stands behind each tag; the busiest is the lowest number of equals, -1 where nobody is told."""
    told = uses.person >= 0
    many = int(uses.person.max()) + 1 if len(uses.person) else 1
    pairs, posts = np.unique(uses.where[told] * max(many, 1) + uses.person[told], return_counts=True)
    owner = pairs // max(many, 1)
    order = np.lexsort((pairs, -posts, owner))
    starts = np.searchsorted(owner, np.arange(size))
    rank = np.arange(len(owner)) - starts[owner]
    ranked, busiest = posts[order], np.full(size, -1, dtype=np.int64)
    led = order[rank == 0]
    busiest[owner[led]] = pairs[led] % max(many, 1)
    return People(
        authors=np.bincount(owner, minlength=size).astype(np.int64),
        top=_added(owner, ranked, rank < 1, size), top3=_added(owner, ranked, rank < 3, size),
        busiest=busiest,
    )  # fmt: skip


def _added(owner: Ints, posts: Ints, chosen: Bools, size: int) -> Ints:
    return np.bincount(owner[chosen], weights=posts[chosen], minlength=size).astype(np.int64)


def peaks_of(uses: Uses, size: int) -> Ints:
    """The first second of each tag's busiest clock hour; the earliest of equals."""
    if not len(uses.at):
        return np.zeros(size, dtype=np.int64)
    hour = uses.at // _HOUR_S
    low, span = int(hour.min()), int(hour.max() - hour.min()) + 1
    cells, posts = np.unique(uses.where * span + (hour - low), return_counts=True)
    owner = cells // span
    order = np.lexsort((cells, -posts, owner))
    firsts = order[np.searchsorted(owner[order], np.arange(size))]
    return np.asarray((cells[firsts] % span + low) * _HOUR_S, dtype=np.int64)


def at_once(uses: Uses, size: int) -> Ints:
    """The most posts of each tag within five minutes."""
    if not len(uses.at):
        return np.zeros(size, dtype=np.int64)
    low, span = int(uses.at.min()), int(uses.at.max() - uses.at.min()) + AT_ONCE_S + 1
    key = np.sort(uses.where * span + (uses.at - low))
    within = np.searchsorted(key, key + AT_ONCE_S) - np.arange(len(key))
    most = np.zeros(size, dtype=np.int64)
    np.maximum.at(most, key // span, within)
    return most


def curve_of(uses: Uses, size: int, since: int, until: int) -> Ints:
    """Posts of each tag in 24 equal parts of the window."""
    cells = uses.where * STEPS + step_of(uses.at, since, until)
    return np.bincount(cells, minlength=size * STEPS).astype(np.int64).reshape(size, STEPS)


def step_of(at: Ints, since: int, until: int) -> Ints:
    """Which of the 24 parts a moment of the window falls into."""
    return (at - since) * STEPS // (until - since)
