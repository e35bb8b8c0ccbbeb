"""Shares of classes in a query, corrected for the classifier's own errors by what people labelled.

A classifier that is wrong in a known way still counts well. Its posts fall into *strata* (what it said, and
how surely); people say of some posts what they truly are. Two situations are told apart:

- Labels **from the query**: drawn at random from the very posts that are counted (``trends.draw``). Within
  a stratum the labelled posts stand for the others, whatever the classifier is worth: post-stratification,
  with a Dirichlet prior for each stratum and the posts that nobody looked at imputed one by one (the Polya
  posterior: Ghosh and Meeden, Bayesian Methods for Finite Population Sampling, 1997, chapter 2). Where
  every post is labelled the share is exact.
- Labels **from elsewhere**: drawn at random in other queries or at other times. It is assumed that posts of
  one true class fall into the strata as they do there, while the classes' shares may differ (label shift:
  Saerens, Latinne and Decaestecker, Neural Computation 14, 2002, 21). The shares are those that, mixed, give
  the counts that were seen (Forman, Data Mining and Knowledge Discovery 17, 2008, 164), with a posterior as
  in Ziegler and Czyz (arXiv 2302.09159, 2023), whose likelihood is here the normal one with the exact mean
  and covariance of the counts (a synthetic likelihood: Wood, Nature 466, 2010, 1102), so that no long
  simulation is needed.

Where both are there and do not contradict each other they are multiplied. What a person corrected on posts
that they happened to see is no random sample (people correct what annoys them) and must not be given here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy import stats

from trends.posterior import (
    Numbers,
    bounds,
    disagreement,
    explore,
    misfit,
    not_contradicted,
    post_stratified,
    shift,
    together,
)

Stratum = str | tuple[str, int]
"""What the classifier said: a class, or a class and how surely (0, 1, 2 ...)."""
Method = Literal["none", "post-stratified", "label shift", "both"]
Why = Literal[
    "", "no posts", "too few labels", "a class is hardly labelled", "does not separate", "labels do not fit"
]

FEWEST_HERE: Final = 20
"""Labels from the query that are enough by themselves (all, where it has fewer posts)."""
FEWEST_TOGETHER: Final = 10
"""Labels from the query from which on they are laid beside those from elsewhere."""
FEWEST_ELSEWHERE: Final = 40
FEWEST_OF_A_CLASS: Final = 5
"""Labels from elsewhere that are needed, and of each class."""
FULL_STRATUM: Final = 20
"""Labels for each stratum below which strata of one class are taken as one."""
WIDEST: Final = 0.6
"""An interval wider than this tells nothing."""
SEPARATES: Final = 0.001
UNLIKELY: Final = 0.001
DIFFERENT: Final = 0.05
"""Chances below which a classifier is taken to know the classes, counts not to fit the labels from elsewhere,
and labels from here and elsewhere not to fit each other."""
_YES: Final = "yes"
_NO: Final = "no"


@dataclass(frozen=True, slots=True)
class Label:
    """What a person said that a post truly is, and what the classifier had said of it.

    ``here`` says that the post was drawn from the very query that is counted. ``weight`` is for how many
    posts it stands, against the others of its draw (``trends.draw``); 1 where all had the same chance.
    """

    stratum: Stratum
    truth: str
    here: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class YesNo:
    """The same of a kind that is true of a post or not: what was said of it, and what is true."""

    said: bool
    truth: bool
    here: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantified:
    """The share of one class among the posts of a query, from 0 to 1, and between which bounds at 90 %.

    ``raw`` is what the classifier alone says, uncorrected. ``labels`` are those that it rests on. Where the
    share cannot be told it and its bounds are ``None`` and ``why`` says the reason; else that is empty.
    """

    share: float | None = None
    low: float | None = None
    high: float | None = None
    raw: float | None = None
    method: Method = "none"
    labels: int = 0
    why: Why = ""


def quantify(
    counts: Mapping[Stratum, int], labels: Iterable[Label], classes: Sequence[str]
) -> dict[str, Quantified]:
    """The share of each class among the posts of a query, with an interval, as far as it can be told.

    ``counts`` are all posts of the query by what the classifier said; posts that it said nothing of have a
    stratum of their own, under any name that is no class. ``labels`` are those drawn at random, here or
    elsewhere. The same arguments give the same answer, in whichever order they come.
    """
    table = _table(counts, tuple(labels), tuple(sorted(classes)))
    if not table.posts.sum():
        return _refused(table, "no posts")
    rng = np.random.default_rng(0)
    enough = table.here >= min(FEWEST_HERE, table.posts.sum())
    lacking = _lacking(table)
    if lacking and not enough:
        return _refused(table, lacking)
    afar = table.merged(int(table.far.sum()))
    if table.here < FEWEST_TOGETHER and not enough:
        return _by_shift(afar, rng)
    near = table.merged(table.here)
    draws = post_stratified(near.posts, near.known, near.told, rng)
    if lacking:
        return _by_draws(near, draws, "post-stratified")
    likely = shift(afar.posts, afar.afar)
    _, points = explore(likely, rng)
    if misfit(likely, points) > UNLIKELY and disagreement(likely, points, draws) > DIFFERENT:
        return _by_draws(near, together(likely, draws, rng), "both")
    return _by_draws(near, draws, "post-stratified") if enough else _refused(table, "labels do not fit")


def yes_no(yes: int, posts: int, labels: Iterable[YesNo]) -> Quantified:
    """The share of posts of which something is true (anger, a complaint), each said to be so or not.

    For kinds of which a post may have several: each is a question of its own. ``yes`` of ``posts`` are said
    to be so.
    """
    known = [
        Label(_YES if each.said else _NO, _YES if each.truth else _NO, each.here, each.weight)
        for each in labels
    ]
    return quantify({_YES: yes, _NO: posts - yes}, known, (_YES, _NO))[_YES]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Table:
    """What was counted and labelled, as arrays: strata (B) and classes (C) in the order of their names.

    ``known`` (B, C) are labels from here; ``told`` for how many equally likely ones they count in their
    stratum; ``afar`` (C, B) the same of those from elsewhere in their class; ``far`` (C) how many these are.
    """

    labels: Sequence[Label]
    classes: tuple[str, ...]
    strata: tuple[Stratum, ...]
    posts: Numbers
    known: Numbers
    told: Numbers
    afar: Numbers
    far: Numbers

    @property
    def here(self) -> int:
        return int(self.known.sum())

    def raw(self, name: str) -> float | None:
        said = sum(
            count for stratum, count in zip(self.strata, self.posts, strict=True) if _said(stratum) == name
        )
        return float(said / self.posts.sum()) if self.posts.sum() else None

    def merged(self, labels: int) -> _Table:
        """The same by what was said alone, where so many labels are too few to tell surer from less sure."""
        said = {stratum: _said(stratum) for stratum in self.strata}
        if labels >= FULL_STRATUM * len(self.strata) or all(each == said[each] for each in said):
            return self
        counts = Counter[Stratum]()
        for stratum, posts in zip(self.strata, self.posts, strict=True):
            counts[said[stratum]] += int(posts)
        each = [Label(said[label.stratum], label.truth, label.here, label.weight) for label in self.labels]
        return _table(counts, each, self.classes)


def _said(stratum: Stratum) -> str:
    return stratum if isinstance(stratum, str) else stratum[0]


def _table(counts: Mapping[Stratum, int], labels: Sequence[Label], classes: tuple[str, ...]) -> _Table:
    if strange := {label.truth for label in labels} - set(classes):
        raise ValueError(f"labels of classes that are not among {classes}: {sorted(strange)}")
    strata = tuple(sorted({*counts, *(label.stratum for label in labels)}, key=_order))
    place = {stratum: at for at, stratum in enumerate(strata)}
    # [here, elsewhere][labels, weights, squares][stratum, class]
    sums = np.zeros((2, 3, len(strata), len(classes)))
    for label in labels:
        at = place[label.stratum], classes.index(label.truth)
        sums[(int(not label.here), slice(None), *at)] += 1.0, label.weight, label.weight**2
    posts = np.array([counts.get(stratum, 0) for stratum in strata], dtype=np.float64)
    if (sums[0, 0].sum(axis=1) > posts).any():
        raise ValueError("more labels from the query than it has posts: those of others are not from here")
    return _Table(
        labels=labels,
        classes=classes,
        strata=strata,
        posts=posts,
        known=sums[0, 0],
        told=_effective(sums[0]),
        afar=_effective(sums[1].transpose(0, 2, 1)),
        far=sums[1, 0].sum(axis=0),
    )


def _order(stratum: Stratum) -> tuple[str, int]:
    return (stratum, -1) if isinstance(stratum, str) else stratum


def _effective(sums: Numbers) -> Numbers:
    """For how many equally likely labels weighted ones count, row by row (Kish, Survey Sampling, 1965)."""
    _, weights, squares = sums
    whole = np.maximum(squares.sum(axis=1, keepdims=True), np.finfo(float).tiny)
    counted: Numbers = weights * weights.sum(axis=1, keepdims=True) / whole
    return counted


def _lacking(table: _Table) -> Why:
    """Why labels from elsewhere cannot be used; empty if they can."""
    if table.far.sum() < FEWEST_ELSEWHERE:
        return "too few labels"
    if table.far.min() < FEWEST_OF_A_CLASS:
        return "a class is hardly labelled"
    seen = table.afar[:, table.afar.sum(axis=0) > 0]
    if seen.shape[1] < 2 or stats.chi2_contingency(seen, correction=False).pvalue > SEPARATES:
        return "does not separate"
    return ""


def _refused(table: _Table, why: Why) -> dict[str, Quantified]:
    labels = int(table.here + table.far.sum())
    return {name: Quantified(raw=table.raw(name), labels=labels, why=why) for name in table.classes}


def _by_draws(table: _Table, draws: Numbers, method: Method) -> dict[str, Quantified]:
    labels = table.here + (int(table.far.sum()) if method == "both" else 0)
    whole, known = table.posts.sum(), table.known.sum(axis=0)
    found = {}
    for at, name in enumerate(table.classes):
        floor, ceiling = known[at] / whole, 1 - (table.here - known[at]) / whole
        low, high = bounds(draws[:, at], float(floor), float(ceiling))
        found[name] = _told(table, name, float(draws[:, at].mean()), low, high, method, labels)
    return found


def _by_shift(table: _Table, rng: np.random.Generator) -> dict[str, Quantified]:
    likely = shift(table.posts, table.afar)
    walked, points = explore(likely, rng)
    if misfit(likely, points) <= UNLIKELY:
        return _refused(table, "labels do not fit")
    labels = int(table.far.sum())
    lows, highs = not_contradicted(likely, points, labels)
    means = walked.mean(axis=0)
    return {
        name: _told(table, name, float(means[at]), float(lows[at]), float(highs[at]), "label shift", labels)
        for at, name in enumerate(table.classes)
    }


def _told(
    table: _Table, name: str, share: float, low: float, high: float, method: Method, labels: int
) -> Quantified:
    low, high = min(low, share), max(high, share)
    if high - low > WIDEST and table.here < table.posts.sum():
        return Quantified(raw=table.raw(name), labels=labels, why="too few labels")
    return Quantified(share=share, low=low, high=high, raw=table.raw(name), method=method, labels=labels)
