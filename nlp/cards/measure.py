"""How well labels are found: precision, recall and F of each class, with an interval for F."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np

ROUNDS: Final = 1_000
"""Samples of the bootstrap."""
SEED: Final = 20_261_126
_FLOATS = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One class: of those found the share that is right (``precision``), of those that are there the share
    that was found (``recall``), their harmonic mean ``f`` with its 95 % interval, each from 0 to 1, and in
    how many posts it is (``support``).

    The interval is that of the percentile bootstrap over posts (Efron 1979), ``ROUNDS`` samples.
    """

    name: str
    precision: float
    recall: float
    f: float
    low: float
    high: float
    support: int


def classes(
    wanted: Sequence[Collection[str]], found: Sequence[Collection[str]], names: Sequence[str]
) -> list[Class]:
    """The scores of those of the classes that occur in what was wanted or found; posts may have several."""
    scored: list[Class] = []
    for name in names:
        hits = _hits(wanted, found, name)
        if hits.any():
            scored.append(_class(name, hits))
    return scored


def macro(scored: Sequence[Class]) -> float:
    """The mean F of the classes that occur, 0 where none does."""
    there = [one.f for one in scored if one.support]
    return round(sum(there) / len(there), 3) if there else 0.0


def _hits(wanted: Sequence[Collection[str]], found: Sequence[Collection[str]], name: str) -> _FLOATS:
    """For each post: rightly found, wrongly found, missed (0 or 1)."""
    return np.array(
        [
            (name in want and name in got, name not in want and name in got, name in want and name not in got)
            for want, got in zip(wanted, found, strict=True)
        ],
        dtype=float,
    )


@lru_cache(maxsize=4)
def _samples(count: int) -> _FLOATS:
    """How often each of ``count`` posts is drawn in each round."""
    draws = np.random.default_rng(SEED).multinomial(count, np.full(count, 1 / count), size=ROUNDS)
    return draws.astype(float)


def _class(name: str, hits: _FLOATS) -> Class:
    right, wrong, missed = hits.sum(axis=0)
    sampled = _samples(len(hits)) @ hits
    low, high = np.percentile(_f(sampled), (2.5, 97.5))
    return Class(
        name=name,
        precision=_share(right, right + wrong),
        recall=_share(right, right + missed),
        f=round(float(_f(hits.sum(axis=0)[None])[0]), 3),
        low=round(float(low), 3),
        high=round(float(high), 3),
        support=int(right + missed),
    )


def _f(counts: _FLOATS) -> _FLOATS:
    whole = 2 * counts[:, 0] + counts[:, 1] + counts[:, 2]
    return np.divide(2 * counts[:, 0], whole, out=np.zeros(len(counts)), where=whole > 0)


def _share(part: float, whole: float) -> float:
    return round(float(part / whole), 3) if whole else 0.0
