"""Which hashtags rose with another: more than chance would join them, and more than is usual of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import hypergeom

from trends.odds import false_rates
from trends.tail import surprise

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

LEAST_AUTHORS: Final = 3
"""Authors that must have used both tags."""
PRIOR: Final = 0.5
"""Authors that are added to a tag's past, for one that has none."""


@dataclass(frozen=True, slots=True)
class Companions:
    """One row a tag: the chance that it was joined so often, or rose so far, by accident, and its q-value.

    ``expected`` are authors that are usual in such a window, ``chance`` the larger of the two chances.
    """

    expected: Floats
    chance: Floats
    false_rate: Floats


def companions(
    joined: Ints, using: Ints, past: Ints, *, rising: int, everyone: int, windows: int
) -> Companions:
    """How surely each tag rose together with the one in question; all counts are of distinct authors.

    ``joined`` of the ``rising`` authors used it in posts of the rise, ``using`` of ``everyone`` in any post
    of the same window; ``past`` is the sum over the ``windows`` windows of the same length before. The first
    chance is Fisher's exact test (the tail of the hypergeometric distribution), the second the tail of the
    negative binomial (``trends.tail``); a tag rose together with it if both are small, so the larger counts
    (an intersection of tests needs no correction for the two). Benjamini and Hochberg over all tags.
    """
    mean = (past + PRIOR) / max(1, windows)
    rose = 10.0 ** -surprise(using, mean) if windows else np.ones(len(using))
    tied = hypergeom.sf(joined - 1, everyone, np.maximum(using, joined), rising)
    chance = np.maximum(np.asarray(tied, dtype=float), rose)
    return Companions(np.asarray(mean, dtype=float), chance, false_rates(chance) if len(chance) else chance)
