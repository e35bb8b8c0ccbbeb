"""Which shares of classes go with what was counted and labelled: the sums behind ``trends.quantify``.

Arrays throughout: C classes, B strata (what the classifier said), S points: C shares that sum to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Numbers = NDArray[np.float64]

LEVEL: Final = 0.90
"""How often the true share shall lie between the bounds."""
ALIKE: Final = 500
"""Posts of one query are alike: under label shift they tell no more than this many independent ones."""
FEWEST_OF_A_STRATUM: Final = 10
_DRAWS: Final = 4000
_CHAINS: Final = 300
_STEPS: Final = 20
_KEPT: Final = 10
_FIRST: Final = 1000
_WEIGHT: Final = 4.0
_EDGE: Final = 0.01
_TINY: Final = 1e-12


def post_stratified(posts: Numbers, labelled: Numbers, told: Numbers, rng: np.random.Generator) -> Numbers:
    """Draws (S, C) of the shares among all posts, from labels drawn at random within each stratum.

    ``posts`` (B) are counted, ``labelled`` (B, C) of them are known; ``told`` (B, C) is for how many labels
    these count (less where their chances differed). Each stratum has a Dirichlet prior of 1/B for each class,
    together one label a class, and the posts nobody looked at are drawn one by one: the Polya posterior
    (Ghosh and Meeden, Bayesian Methods for Finite Population Sampling, 1997, chapter 2). If all are labelled
    every draw is the exact share.
    """
    strata, classes = labelled.shape
    odds = rng.standard_gamma(1 / strata + told, size=(_DRAWS, strata, classes)) + _TINY
    rest = (posts - labelled.sum(axis=1)).astype(np.int64)
    guessed = rng.multinomial(rest, odds / odds.sum(axis=2, keepdims=True))
    drawn: Numbers = (guessed.sum(axis=1) + labelled.sum(axis=0)) / posts.sum()
    return drawn


def bounds(draws: Numbers, floor: float, ceiling: float) -> tuple[float, float]:
    """Between which bounds 90 % of the draws (S) of one share lie, as many beyond either.

    Where the shortest such interval would begin at the least value or end at the greatest, that edge
    (``floor``, ``ceiling``: what is known for certain) belongs to it: of a share that is probably 0 the
    interval must not begin above 0 (Brown, Cai and DasGupta, Statistical Science 16, 2001, 101, 4.1.2).
    """
    low, high = (float(value) for value in np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2]))
    ordered = np.sort(draws)
    inside = int(LEVEL * len(ordered))
    first = int(np.argmin(ordered[inside:] - ordered[: len(ordered) - inside]))
    if first <= _EDGE * len(ordered):
        low = floor
    if first >= (1 - LEVEL - _EDGE) * len(ordered):
        high = ceiling
    return low, high


@dataclass(frozen=True, slots=True, eq=False)
class Shift:
    """How likely shares are by labels from elsewhere: the normal likelihood of the share of each stratum.

    ``seen`` (B - 1) are the shares of the strata, ``rows`` (C, B - 1) how posts of each class fall into them,
    ``spreads`` (C, B - 1, B - 1) the covariance of a row as far as the labels tell it, ``sizes`` (C) for how
    many labels each row stands, ``posts`` how many independent posts were counted. The largest stratum is
    left out, being what the others leave.
    """

    seen: Numbers
    rows: Numbers
    spreads: Numbers
    sizes: Numbers
    posts: float

    def likelihood(self, points: Numbers) -> tuple[Numbers, Numbers]:
        """Of each point (S, C) the log-likelihood, and how far the counts lie off (a chi-square).

        Mean and covariance of the counts are exact: a class with share p adds p (p + A / n) V, where V is the
        Dirichlet covariance of its row of A labels, and n the posts: the row is not known, and its posts
        scatter. As if normal: a synthetic likelihood (Wood, Nature 466, 2010, 1102).
        """
        weights = points * (points + self.sizes / self.posts)
        spread = np.einsum("sc,cij->sij", weights, self.spreads) + _TINY * np.eye(len(self.seen))
        root = np.linalg.cholesky(spread)
        off = np.linalg.solve(root, (self.seen - points @ self.rows)[..., None])[..., 0]
        distance: Numbers = (off**2).sum(axis=1)
        return -np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1) - distance / 2, distance


def shift(posts: Numbers, labels: Numbers) -> Shift:
    """The likelihood by ``posts`` (B) counted here and ``labels`` (C, B) from elsewhere.

    The rows have a Dirichlet prior worth four labels that fall as all labels do: as if the classifier did not
    know the class. Of a stratum with few labels the counts are not as if normal: it is joined with others.
    """
    posts, labels = _joined(posts, labels)
    strata = len(posts)
    prior = _WEIGHT * (labels.sum(axis=0) + 1 / strata) / (labels.sum() + 1)
    sizes = labels.sum(axis=1) + prior.sum()
    rows = (labels + prior) / sizes[:, None]
    spreads = rows[:, :, None] * np.eye(strata) - rows[:, :, None] * rows[:, None, :]
    spreads = spreads / (sizes + 1)[:, None, None]
    others = np.argsort(-posts, kind="stable")[1:]
    return Shift(
        seen=posts[others] / posts.sum(),
        rows=rows[:, others],
        spreads=spreads[:, others][:, :, others],
        sizes=sizes,
        posts=float(min(posts.sum(), ALIKE)),
    )


def _joined(posts: Numbers, labels: Numbers) -> tuple[Numbers, Numbers]:
    """The two strata with the fewest labels as one, until all have ten or there are no more than classes."""
    while len(posts) > len(labels) and labels.sum(axis=0).min() < FEWEST_OF_A_STRATUM:
        fewest, next_fewest = np.argsort(labels.sum(axis=0), kind="stable")[:2]
        posts, labels = posts.copy(), labels.copy()
        posts[next_fewest] += posts[fewest]
        labels[:, next_fewest] += labels[:, fewest]
        posts, labels = np.delete(posts, fewest), np.delete(labels, fewest, axis=1)
    return posts, labels


def explore(likely: Shift, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
    """Points (S, C) from the posterior under a flat prior, and more points, all over and at the edges.

    Points spread over all shares and around the best fit are weighted, and from them chains walk in step
    (Metropolis). No walk reaches the edges, so these are in the second array.
    """
    classes = len(likely.rows)
    best = _fit(likely)
    near = 1 + 20 * best
    flat = np.ones(classes)
    points = np.vstack([rng.dirichlet(flat, _FIRST), rng.dirichlet(near, _FIRST)])
    points = np.maximum(points, _TINY)
    points /= points.sum(axis=1, keepdims=True)
    known, _ = likely.likelihood(points)
    known_by = np.logaddexp(stats.dirichlet.logpdf(points.T, flat), stats.dirichlet.logpdf(points.T, near))
    weights = np.exp(known - known_by - (known - known_by).max())
    weights /= weights.sum()
    walked = _walk(likely, points, known, weights, rng)
    edge = walked.copy()
    edge[np.arange(len(edge)), edge.argmin(axis=1)] = 0
    edge /= edge.sum(axis=1, keepdims=True)
    return walked, np.vstack([points, walked, edge, np.eye(classes), best[None]])


def _fit(likely: Shift) -> Numbers:
    """The shares whose mixture of rows comes nearest to what was seen (least squares, none below 0)."""
    ones = np.full((1, len(likely.rows)), 10.0)
    found, _ = optimize.nnls(np.vstack([likely.rows.T, ones]), np.append(likely.seen, 10.0))
    fitted: Numbers = found / found.sum()
    return fitted


def _walk(
    likely: Shift, points: Numbers, known: Numbers, weights: Numbers, rng: np.random.Generator
) -> Numbers:
    free = points.shape[1] - 1
    centred = points[:, :-1] - weights @ points[:, :-1]
    spread = (weights[:, None] * centred).T @ centred
    stride = np.linalg.cholesky(spread * (2.38**2 / free) + 1e-8 * np.eye(free))
    start = rng.choice(len(points), _CHAINS, p=weights)
    at, height = points[start], known[start]
    kept = []
    for step in range(_STEPS):
        moved = at[:, :-1] + rng.standard_normal((_CHAINS, free)) @ stride.T
        next_at = np.column_stack([moved, 1 - moved.sum(axis=1)])
        allowed = (next_at > 0).all(axis=1)
        next_at[~allowed] = at[~allowed]
        next_height, _ = likely.likelihood(next_at)
        taken = np.log(rng.random(_CHAINS)) < next_height - height
        at, height = np.where(taken[:, None], next_at, at), np.where(taken, next_height, height)
        if step >= _STEPS - _KEPT:
            kept.append(at)
    return np.vstack(kept)


def not_contradicted(likely: Shift, points: Numbers, labels: float) -> tuple[Numbers, Numbers]:
    """The least and the greatest share of each class (C) among points that the counts do not contradict.

    Those whose likelihood ratio to the best is within the 90 % bound; that bound is Student's with half as
    many degrees of freedom as there are labels for a class: the rows' spreads are estimated from so few.
    """
    heights, _ = likely.likelihood(points)
    freedom = max(2.0, labels / points.shape[1] / 2)
    allowed = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) ** 2 / 2
    within = points[heights >= heights.max() - allowed]
    return within.min(axis=0), within.max(axis=0)


def misfit(likely: Shift, points: Numbers) -> float:
    """How probable it is that counts lie so far off every mixture of the rows; 1 where nothing can be told.

    Only more strata than classes can contradict the assumption: a mixture of C rows reaches any C counts.
    """
    spare = len(likely.seen) + 1 - points.shape[1]
    if spare <= 0:
        return 1.0
    _, distances = likely.likelihood(points)
    return float(stats.chi2.sf(distances.min(), spare))


def disagreement(likely: Shift, points: Numbers, draws: Numbers) -> float:
    """How probable it is that labels from here (``draws``) and from elsewhere lie so far apart by chance."""
    free = draws.shape[1] - 1
    spread = np.cov(draws[:, :-1], rowvar=False).reshape(free, free) + 1e-8 * np.eye(free)
    every = np.vstack([points, draws])
    off = (every - draws.mean(axis=0))[:, :-1]
    here = -np.einsum("si,ij,sj->s", off, np.linalg.inv(spread), off) / 2
    elsewhere, _ = likely.likelihood(every)
    apart = 2 * (elsewhere.max() + here.max() - (elsewhere + here).max())
    return float(stats.chi2.sf(apart, free))


def together(likely: Shift, draws: Numbers, rng: np.random.Generator) -> Numbers:
    """The draws by labels from here, each as often as those from elsewhere make it likely.

    Their likelihood counts by half (a power prior: Ibrahim and Chen, Statistical Science 15, 2000, 46):
    that classes look alike in two queries is an assumption, and labels from here need none.
    """
    heights, _ = likely.likelihood(draws)
    weights = np.exp((heights - heights.max()) / 2)
    return draws[rng.choice(len(draws), len(draws), p=weights / weights.sum())]
