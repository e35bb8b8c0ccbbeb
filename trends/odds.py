"""Whether one side uses a word more than the other: how much, how surely, and how often by chance."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.special import betainc

PRIOR: Final = 1.0
"""Weight of the prior, in words of the smaller side."""
_USUAL: Final = 3.0
"""Authors whose votes are taken for usual before those of a word speak for themselves."""


def log_odds(votes: np.ndarray, heard: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """The z-score of each word's log-odds ratio between two sides; 0 for one that is used on none.

    ``votes`` has a row a side and a column a word, ``totals`` the votes of all words of each side; ``heard``
    is how many authors' votes are worth as much for certainty. The prior gives every word its share on both
    sides together, worth ``PRIOR`` of the smaller side.
    """
    strength = PRIOR * totals.min()
    prior = strength * votes.sum(axis=0) / totals.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        told = votes + prior
        others = (totals + strength)[:, None] - told
        change = np.log(told[0] / others[0]) - np.log(told[1] / others[1])
        score = change / np.sqrt((1 / (heard + prior) + 1 / others).sum(axis=0))
    found: np.ndarray = np.nan_to_num(score, nan=0.0)
    return found


def chances(votes: np.ndarray, heard: np.ndarray, totals: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """How probable it is that a word would be used here at least so much, were both sides alike.

    The tail of the binomial distribution of its authors over the sides, exact also where nobody uses it in
    the rest, where a normal approximation is blind. Votes are put on the scale of ``heard``; where few use a
    word, on the scale that is ``usual`` on that side (``heard`` by votes, of all words).
    """
    scale = (heard + _USUAL) / (votes + _USUAL / usual[:, None])
    reach = totals[:, None] * scale
    tail: np.ndarray = betainc(np.maximum(heard[0], 1e-9), heard[1] + 1, reach[0] / reach.sum(axis=0))
    return np.where(heard[0] > 0, tail, 1.0)


def false_rates(tails: np.ndarray, tests: int | None = None) -> np.ndarray:
    """The share of false discoveries among those up to each (q-values of Benjamini and Hochberg).

    ``tests`` is how many were made, where these are the smallest of them or some of those.
    """
    order = np.argsort(tails, kind="stable")
    ranked = tails[order] * (tests or len(tails)) / np.arange(1, len(tails) + 1)
    rates = np.empty_like(ranked)
    rates[order] = np.minimum(1.0, np.minimum.accumulate(ranked[::-1])[::-1])
    return rates
