"""Whether posts with a thing draw more than their own authors' other posts, and how surely.

Large accounts draw more whatever they write, so raw means tell who uses a hashtag, not what it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_AUTHORS: Final = 10
"""Authors with posts of both kinds below which nothing is told."""
_ROUNDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """``ratio`` is how many times as much posts with the thing draw as the same people's others.

    ``low`` and ``high`` hold the truth in 19 of 20 cases. All three are ``None`` where fewer than
    ``LEAST_AUTHORS`` have posts of both kinds. ``authors`` are those people, ``posts`` theirs with the
    thing and ``others`` theirs without that were compared.
    """

    ratio: float | None
    low: float | None
    high: float | None
    authors: int
    posts: int
    others: int


def lift(
    drawn: Ints, carries: Mask, author: Ints, cell: Ints | None = None, *, least: int = LEAST_AUTHORS
) -> Lift:
    """How many times as much posts with a thing draw as their authors' other posts.

    One row a post: ``drawn`` is what it drew (0 or more), ``carries`` whether it has the thing,
    ``author`` who wrote it (-1: not told, left out). Posts are compared within an author, and where
    ``cell`` is given within one cell of an author (posts of about one age at their last reading).

    The estimate is that of a Poisson regression with a fixed effect for every author and cell, which
    holds for the ratio of means whatever the scatter (Wooldridge 1999). Its equation is
    sum over cells of (drawn with - all drawn * p) = 0, p = n r / (n r + m), with n posts with the thing and m
    without it, r the ratio. The interval is a sandwich by author (Liang and Zeger 1986), with the t of the
    effective number of authors, so that a few giants do not feign certainty.
    """
    table = _cells(drawn, carries, author, author * 0 if cell is None else cell)
    told, first = np.unique(table.author, return_index=True)
    posts, others = int(table.n.sum()), int(table.m.sum())
    drew = table.with_.sum() > 0 and table.without.sum() > 0
    if len(told) < least or not drew:
        return Lift(ratio=None, low=None, high=None, authors=len(told), posts=posts, others=others)
    b, se, people = _fit(table, first)
    half = float(special.stdtrit(max(1.0, people - 1), 0.975)) * se
    low, ratio, high = (float(np.exp(np.clip(x, -50, 50))) for x in (b - half, b, b + half))
    return Lift(ratio=ratio, low=low, high=high, authors=len(told), posts=posts, others=others)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """A row a cell that has posts of both kinds, by author: their numbers, and what they drew."""

    author: Ints
    n: Floats
    m: Floats
    with_: Floats
    without: Floats


def _cells(drawn: Ints, carries: Mask, author: Ints, cell: Ints) -> _Table:
    known = (author >= 0) & (drawn >= 0)
    pairs = np.stack([author[known], cell[known]])
    found, place = np.unique(pairs, axis=1, return_inverse=True)
    place, size = place.reshape(-1), found.shape[1]
    kind = carries[known]
    y = drawn[known].astype(np.float64)

    def total(mask: Mask, weights: Floats | None = None) -> Floats:
        counted = np.bincount(place[mask], None if weights is None else weights[mask], minlength=size)
        return np.asarray(counted, dtype=np.float64)

    n, m = total(kind), total(~kind)
    both = (n > 0) & (m > 0)
    return _Table(
        author=found[0][both], n=n[both], m=m[both],
        with_=total(kind, y)[both], without=total(~kind, y)[both],
    )  # fmt: skip


def _fit(table: _Table, first: Ints) -> tuple[float, float, float]:
    """The logarithm of the ratio, its standard error, and how many authors that rests on."""
    drawn = table.with_ + table.without
    b = 0.0
    share = np.zeros_like(drawn)
    for _ in range(_ROUNDS):
        share = 1 / (1 + np.exp(np.log(table.m / table.n) - b))
        step = (table.with_ - drawn * share).sum() / max((drawn * share * (1 - share)).sum(), 1e-12)
        b = float(np.clip(b + np.clip(step, -1, 1), -20, 20))
        if abs(step) < 1e-9:
            break
    weight = np.add.reduceat(drawn * share * (1 - share), first)
    residual = np.add.reduceat(table.with_ - drawn * share, first)
    people = float(weight.sum() ** 2 / (weight**2).sum())
    correction = people / max(people - 1, 0.5)
    return b, float(np.sqrt((residual**2).sum() * correction) / weight.sum()), people
