"""Pairs of numbers that are different: who used what, each once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


def pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The different pairs, sorted by the first and then the second.

    >>> [column.tolist() for column in pairs(np.array([2, 1, 2]), np.array([5, 6, 5]))]
    [[1, 2], [6, 5]]
    """
    order = np.lexsort((second, first))
    one, other = first[order], second[order]
    new = np.ones(len(order), dtype=bool)
    new[1:] = (one[1:] != one[:-1]) | (other[1:] != other[:-1])
    return one[new], other[new]


def people(thing: Ints, author: Ints) -> tuple[Ints, Ints]:
    """The different things, sorted, and how many different authors each has."""
    things, counts = np.unique(pairs(thing, author)[0], return_counts=True)
    return things, counts.astype(np.int64)
