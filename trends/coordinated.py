"""Who shares the same thing at the same time: pairs of accounts within seconds, and that repeatedly.

The rule of CooRTweet (Righetti and Balluff 2025): for each object all pairs of shares by different accounts
within a window; only accounts that take part often enough count.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from trends.pairs import people

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

WINDOW_S: Final = 60
LEAST: Final = 2
"""Objects that an account must have shared together with others."""


def together(thing: Ints, author: Ints, at: Ints, *, window: int = WINDOW_S, least: int = LEAST) -> Bools:
    """Which shares (rows) were made within ``window`` seconds of another account's of the same thing.

    Of accounts only that did so with at least ``least`` things, together with others that did. Rows without
    an author (-1) are nobody's.

    >>> thing, author, at = np.array([7, 7, 7]), np.array([1, 2, 3]), np.array([0, 30, 500])
    >>> together(thing, author, at, least=1).tolist()
    [True, True, False]
    """
    chosen = author >= 0
    while True:
        rows = np.flatnonzero(chosen)
        marked = np.zeros(len(thing), dtype=bool)
        marked[rows] = _paired(thing[rows], author[rows], at[rows], window)
        enough = np.isin(author, _often(thing[marked], author[marked], least))
        if not (chosen & ~(marked & enough)).any():
            return chosen
        chosen = marked & enough


def _paired(thing: Ints, author: Ints, at: Ints, window: int) -> Bools:
    """Rows that have one of the same thing by another account within the window."""
    order = np.lexsort((author, at, thing))
    thing, author, at = thing[order], author[order], at[order]
    size = len(order)
    changes = np.ones(size, dtype=bool)
    changes[1:] = (thing[1:] != thing[:-1]) | (author[1:] != author[:-1])
    run = np.cumsum(changes) - 1
    firsts = np.append(np.flatnonzero(changes), size)
    found = np.zeros(size, dtype=bool)
    # The nearest share by somebody else is the last before this run of one account, or the first behind it.
    for other in (firsts[run] - 1, firsts[run + 1] if size else firsts[:0]):
        there = (other >= 0) & (other < size)
        here, near = np.flatnonzero(there), other[there]
        found[here] |= (thing[near] == thing[here]) & (np.abs(at[near] - at[here]) <= window)
    result = np.zeros(size, dtype=bool)
    result[order] = found
    return result


def _often(thing: Ints, author: Ints, least: int) -> Ints:
    """Accounts with at least so many different things."""
    accounts, things = people(author, thing)
    return accounts[things >= least]
