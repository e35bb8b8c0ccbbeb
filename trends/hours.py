"""In which hours of the week posts draw more than their authors' usual, shrunken towards no difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_POSTS: Final = 3
"""Posts of an author below which nobody knows what is usual."""
LEAST_CELL: Final = 8
"""Posts in an hour of the week below which nothing is told of it."""
_MOST: Final = 5.0
"""Times the usual beyond which a post counts as so much: one that went viral is no matter of the hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """For each cell its ``posts`` and how many times as much as usual they draw (NaN: too few posts).

    ``spread`` is the standard deviation between cells beyond chance; at 0 no hour differs clearly.
    """

    posts: Ints
    ratio: Floats
    low: Floats
    high: Floats
    spread: float


def hours(drawn: Ints, author: Ints, cell: Ints, *, cells: int = 168) -> Hours:
    """What posts drew by ``cell`` (an hour of the week) against their own authors' mean.

    Each post's part of its author's mean is averaged within its cell and shrunken towards 1 by the variance
    between cells beyond chance (DerSimonian and Laird 1986); the interval is that of the shrunken
    mean, 95 %.
    """
    known = (author >= 0) & (drawn >= 0)
    people, who, count = np.unique(author[known], return_inverse=True, return_counts=True)
    mean = np.bincount(who, drawn[known], minlength=len(people)) / np.maximum(count, 1)
    used = (count[who] >= LEAST_POSTS) & (mean[who] > 0)
    part = np.minimum(drawn[known][used] / mean[who][used], _MOST)
    where = cell[known][used]
    if len(part):
        part = part / part.mean()
    posts = np.bincount(where, minlength=cells)
    return _shrunken(part, where, posts)


def _shrunken(part: Floats, where: Ints, posts: Ints) -> Hours:
    enough = posts >= LEAST_CELL
    nothing = np.full(len(posts), np.nan)
    if not enough.any():
        return Hours(posts=posts, ratio=nothing, low=nothing, high=nothing, spread=0.0)
    mean = np.bincount(where, part, minlength=len(posts)) / np.maximum(posts, 1)
    scatter = float(((part - mean[where]) ** 2).sum() / max(len(part) - int((posts > 0).sum()), 1))
    weight = posts[enough] / max(scatter, 1e-9)
    centre = float((mean[enough] * weight).sum() / weight.sum())
    excess = float((weight * (mean[enough] - centre) ** 2).sum()) - (int(enough.sum()) - 1)
    between = max(0.0, excess / max(float(weight.sum() - (weight**2).sum() / weight.sum()), 1e-9))
    held = between / (between + scatter / np.maximum(posts, 1)) if between else np.zeros(len(posts))
    ratio = np.where(enough, 1 + held * (mean / centre - 1), np.nan)
    half = 1.96 * np.sqrt(held * scatter / np.maximum(posts, 1)) / centre
    return Hours(posts=posts, ratio=ratio, low=ratio - half, high=ratio + half, spread=between**0.5)
