"""What else gives a share with an interval: the methods that ``benchmarks.quantify`` compares ours with.

Each takes ``posts`` (B) counted by what was said, ``here`` (B, C) labels from the query and ``elsewhere``
(C, B) labels from another, with as many strata as classes in the same order; and gives bounds (C, 2) at 90 %.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

Z = float(stats.norm.ppf(0.95))
RESAMPLES = 200


def raw(posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What the classifier says, as if it were always right, with Wilson's interval for so many posts."""
    return _wilson(posts, posts.sum())


def labels_alone(
    posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The labels from the query without the classifier: Wilson's interval."""
    return _wilson(here.sum(axis=0), here.sum())


def exact_labels(
    posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """The same with the interval of Clopper and Pearson."""
    found, size = here.sum(axis=0), here.sum()
    low = np.where(found > 0, stats.beta.ppf(0.05, np.maximum(found, 1), size - found + 1), 0)
    high = np.where(found < size, stats.beta.ppf(0.95, found + 1, np.maximum(size - found, 1)), 1)
    return np.column_stack([low, high])


def powered(
    posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Prediction-powered inference with the best weight (PPI++: Angelopoulos, Duchi and Zrnic, 2023)."""
    size, every = here.sum(), posts.sum()
    truth, said = here.sum(axis=0) / size, here.sum(axis=1) / size
    both = np.diag(here) / size - truth * said
    spread = np.maximum(said * (1 - said), 1e-9)
    weight = np.clip(both / spread / (1 + size / every), 0, 1)
    share = truth + weight * (posts / every - said)
    noise = truth * (1 - truth) - 2 * weight * both + weight**2 * spread
    off = Z * np.sqrt(np.maximum(noise, 0) / size + weight**2 * spread / every)
    return np.clip(np.column_stack([share - off, share + off]), 0, 1)


def adjusted(
    posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Adjusted classify and count (Forman, 2008), labels and posts resampled, percentiles."""
    rows, seen = _resampled(posts, elsewhere, rng)
    shares = np.einsum("sb,sbc->sc", seen, np.linalg.pinv(rows))
    shares = np.clip(shares, 0, 1)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
    return np.quantile(shares, [0.05, 0.95], axis=0).T


def expected(
    posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Expectation-maximisation (Saerens, Latinne and Decaestecker, 2002), resampled likewise."""
    rows, seen = _resampled(posts, elsewhere, rng)
    shares = np.full((RESAMPLES, posts.size), 1 / posts.size)
    for _ in range(80):
        mixed = np.maximum(np.einsum("sc,scb->sb", shares, rows), 1e-12)
        shares = shares * np.einsum("sb,scb->sc", seen / mixed, rows)
    return np.quantile(shares, [0.05, 0.95], axis=0).T


def as_if_here(
    posts: np.ndarray, here: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Labels from elsewhere taken for labels from the query: what a post is that is said to be so."""
    each = elsewhere.T + 1 / posts.size
    sizes = each.sum(axis=1, keepdims=True)
    truth, parts = each / sizes, posts[:, None] / posts.sum()
    share = (parts * truth).sum(axis=0)
    off = Z * np.sqrt((parts**2 * truth * (1 - truth) / sizes).sum(axis=0))
    return np.clip(np.column_stack([share - off, share + off]), 0, 1)


RIVALS = {
    "classifier alone": raw,
    "here: labels alone (Wilson)": labels_alone,
    "here: labels alone (exact)": exact_labels,
    "here: PPI++": powered,
    "elsewhere: labels taken as if from here": as_if_here,
    "elsewhere: adjusted count, bootstrap": adjusted,
    "elsewhere: EM, bootstrap": expected,
}


def _wilson(found: np.ndarray, size: float) -> np.ndarray:
    share, extra = found / size, Z**2 / size
    middle = (share + extra / 2) / (1 + extra)
    off = Z * np.sqrt(share * (1 - share) / size + extra / (4 * size)) / (1 + extra)
    return np.column_stack([middle - off, middle + off])


def _resampled(
    posts: np.ndarray, elsewhere: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    whole = elsewhere.sum()
    drawn = rng.multinomial(int(whole), elsewhere.ravel() / whole, RESAMPLES) + 1e-3
    tables = drawn.reshape(RESAMPLES, *elsewhere.shape)
    seen = rng.multinomial(int(posts.sum()), posts / posts.sum(), RESAMPLES) / posts.sum()
    return tables / tables.sum(axis=2, keepdims=True), seen
