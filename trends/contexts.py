"""Whether a hashtag means two things to two crowds (collision), or was taken over by newcomers (hijack).

Both are told from *voices*: each person once, with the set of what they say beside the tag (words, other
tags, names). **Two contexts**: the graph of voices and what they say is cut in two where fewest ties are cut,
by its second singular vector (Dhillon, "Co-clustering documents and words using bipartite spectral graph
partitioning", KDD 2001). How much the halves have in common is the ``mixing``: 0 where they share no word, 1
where words do not care about the halves. Any graph can be cut somewhere, so a cut counts only where the
halves hardly mix and where none of many graphs with the same degrees, drawn by chance, can be cut so well.
**A change of hands**: the moment at which what newcomers say differs most from what was said before, by the
mutual information of word and side; by chance as often as voices that are dealt over the same moments anew
differ as much somewhere (a permutation test, valid whatever was looked through to find the moment).
How far apart they are is told by the divergence of Jensen and Shannon (Lin, IEEE Trans. Inf. Theory 37,
1991), less what chance gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]

LEAST: Final = 10
"""People on each side before two crowds, or a before and an after, are told apart."""
LEAST_SHARE: Final = 0.15
"""The share of all people that a second context has at least."""
LEAST_SAID: Final = 3
"""People who say something before it ties them together."""
MIXING: Final = 0.1
"""The most that two contexts have in common, where 1 is one crowd."""
SAME: Final = 0.5
"""Two voices that share so much of what they say say the same."""
CUTS: Final = 39
"""Graphs by chance that the cut is compared with."""
DEALS: Final = 199
"""Times that voices are dealt anew."""
CHANCE: Final = 0.01
"""How often chance may give as large a change of words."""
NEWCOMERS: Final = 0.75
"""The share of those who carry a tag now that had not before, where it has changed hands."""
APART: Final = 0.25
"""The divergence of what is said before and after, less what chance gives, from which on it differs."""
_CANDIDATES: Final = 24
_STEPS: Final = 60
_SEED: Final = 20_261_127


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Two contexts: the side of each voice (0 or 1, -1 where it says nothing that tells), how much they mix,
    and the least mixing that chance gave."""

    sides: Ints
    mixing: float
    by_chance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A change of hands: voices that came first at ``at`` or later are the newcomers.

    ``newcomers`` is their share of those who carry the tag since, ``apart`` the divergence of words (0 to 1,
    less chance), ``chance`` the p-value.
    """

    at: int
    newcomers: float
    apart: float
    chance: float


def table(voices: Sequence[frozenset[str]]) -> tuple[sparse.csr_matrix, tuple[str, ...]]:
    """Who says what, as zeros and ones; of what at least ``LEAST_SAID`` people say, in order."""
    counts: dict[str, int] = {}
    for said in voices:
        for word in said:
            counts[word] = counts.get(word, 0) + 1
    words = tuple(sorted(word for word, count in counts.items() if count >= LEAST_SAID))
    place = {word: n for n, word in enumerate(words)}
    rows = [(n, place[word]) for n, said in enumerate(voices) for word in sorted(said) if word in place]
    where = np.array(rows, dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(where), dtype=np.float64)
    return sparse.csr_matrix((ones, (where[:, 0], where[:, 1])), shape=(len(voices), len(words))), words


def two_contexts(voices: Sequence[frozenset[str]]) -> Split | None:
    """The two contexts of these people, ``None`` where it is not sure that there are two."""
    everything, _ = table(voices)
    talking = np.flatnonzero(np.asarray(everything.sum(axis=1)).ravel() > 0)
    saying = _sayings(everything[talking])
    leaders = np.unique(saying)
    if len(leaders) < 2 * LEAST:
        return None
    said = everything[talking][leaders]
    halves, mixing = _cut(said)
    if halves is None or mixing > MIXING:
        return None
    rng = np.random.default_rng(_SEED)
    by_chance = 1.0
    for _ in range(CUTS):
        by_chance = min(by_chance, _cut(_drawn(said, rng))[1])
        if by_chance <= mixing:
            return None
    sides = np.full(len(voices), -1, dtype=np.int64)
    sides[talking] = halves[np.searchsorted(leaders, saying)]
    return Split(sides=sides, mixing=mixing, by_chance=by_chance)


def _sayings(said: sparse.csr_matrix) -> Ints:
    """For each voice the first one that says nearly the same: repeated, a saying is still one saying."""
    sizes = np.asarray(said.sum(axis=1)).ravel()
    shared = (said @ said.T).toarray()
    alike = shared / np.maximum(sizes[:, None] + sizes[None, :] - shared, 1) >= SAME
    leader = np.full(len(sizes), -1, dtype=np.int64)
    for place in range(len(sizes)):
        if leader[place] < 0:
            leader[(leader < 0) & alike[place]] = place
    return leader


def _drawn(said: sparse.csr_matrix, rng: np.random.Generator) -> sparse.csr_matrix:
    """A graph with the same degrees, drawn by chance (the configuration model; double ties are one)."""
    pairs = said.tocoo()
    drawn = sparse.csr_matrix((pairs.data, (rng.permutation(pairs.row), pairs.col)), shape=said.shape)
    drawn.data[:] = 1.0
    return drawn


def _cut(said: sparse.csr_matrix) -> tuple[Ints | None, float]:
    """The best cut in two and its mixing; no cut where it would leave too few on a side."""
    people = said.shape[0]
    least = max(LEAST, int(np.ceil(LEAST_SHARE * people)))
    tied = sparse.bmat([[None, said], [said.T, None]], format="csr")
    _, parts = connected_components(tied, directed=False)
    sizes = np.bincount(parts[:people])
    large = np.flatnonzero(sizes >= least)
    if len(large) > 1:
        # Several crowds without a tie: the largest on one side, the next on the other.
        ranked = large[np.argsort(-sizes[large], kind="stable")]
        sides = np.full(people, -1, dtype=np.int64)
        sides[parts[:people] == ranked[0]], sides[parts[:people] == ranked[1]] = 0, 1
        return sides, 0.0
    if not len(large):
        return None, 1.0
    inside = np.flatnonzero(parts[:people] == large[0])
    if len(inside) < 2 * least:
        return None, 1.0
    halves, mixing = _sweep(said[inside], least)
    sides = np.full(people, -1, dtype=np.int64)
    sides[inside] = halves
    return sides, mixing


def _sweep(said: sparse.csr_matrix, least: int) -> tuple[Ints, float]:
    """The cut with the least mixing along the second singular vector."""
    order = np.argsort(_second(said), kind="stable")
    before = np.cumsum(said[order].toarray(), axis=0)[least - 1 : len(order) - least]
    total = np.asarray(said.sum(axis=0)).ravel()
    crossing = np.minimum(before, total - before).sum(axis=1)
    ties = before.sum(axis=1)
    smaller = np.minimum(ties, total.sum() - ties) / total.sum()
    mixing = crossing / total.sum() / np.maximum(smaller, 1e-9)
    best = int(np.argmin(mixing))
    sides = np.zeros(len(order), dtype=np.int64)
    sides[order[best + least :]] = 1
    return sides, float(mixing[best])


def _second(said: sparse.csr_matrix) -> Floats:
    """The second left singular vector of the ties, weighed by degrees, by orthogonal iteration."""
    rows = np.sqrt(np.asarray(said.sum(axis=1)).ravel())
    columns = np.sqrt(np.maximum(np.asarray(said.sum(axis=0)).ravel(), 1e-9))
    scaled = sparse.diags(1 / np.maximum(rows, 1e-9)) @ said @ sparse.diags(1 / columns)
    first = rows / np.linalg.norm(rows)
    block = np.random.default_rng(_SEED).standard_normal((said.shape[0], 4))
    for _ in range(_STEPS):
        block = block - np.outer(first, first @ block)
        block, _ = np.linalg.qr(scaled @ (scaled.T @ block))
    inner = block.T @ (scaled @ (scaled.T @ block))
    _, vectors = np.linalg.eigh(inner)
    found: Floats = (block @ vectors[:, -1]) / np.maximum(rows, 1e-9)
    return found


def turn(first: Ints, last: Ints, voices: Sequence[frozenset[str]]) -> Turn | None:
    """The moment at which a tag changed hands, ``None`` where too few or no such change.

    ``first`` and ``last`` are each person's first and last use (epoch seconds), ``voices`` what they say.
    The change is one of words (``CHANCE``, ``APART``) and of people (``NEWCOMERS``).
    """
    said, _ = table(voices)
    talking = np.flatnonzero(np.asarray(said.sum(axis=1)).ravel() > 0)
    if len(talking) < 2 * LEAST:
        return None
    order = talking[np.argsort(first[talking], kind="stable")]
    shares = sparse.diags(1 / np.asarray(said[order].sum(axis=1)).ravel()) @ said[order]
    places = np.unique(np.linspace(LEAST, len(order) - LEAST, _CANDIDATES).astype(np.int64))
    found = _information(shares, places)
    rng = np.random.default_rng(_SEED)
    strongest = found.max()
    dealt, as_strong = [], 0
    for _ in range(DEALS):
        dealt.append(shares[rng.permutation(len(order))])
        as_strong += int(_information(dealt[-1], places).max() >= strongest)
        if as_strong + 1 > CHANCE * (DEALS + 1):
            return None  # however the rest is dealt
    chance = (as_strong + 1) / (DEALS + 1)
    place = _refined(shares, places, int(np.argmax(found)))
    moment = int(first[order[place]])
    since = last >= moment
    newcomers = float(np.count_nonzero(first[since] >= moment) / np.count_nonzero(since))
    usual = float(np.mean([_divergence(one, place) for one in dealt]))
    apart = _divergence(shares, place) - usual
    if newcomers < NEWCOMERS or apart < APART:
        return None
    return Turn(at=moment, newcomers=newcomers, apart=apart, chance=chance)


def _refined(shares: sparse.csr_matrix, places: Ints, best: int) -> int:
    """The place of the change among all between the neighbours of the best one."""
    low, high = places[max(0, best - 1)], places[min(len(places) - 1, best + 1)]
    near = np.arange(low, high + 1)
    return int(near[int(np.argmax(_information(shares, near)))])


def _information(shares: sparse.csr_matrix, places: Ints) -> Floats:
    """The mutual information of word and side (bits) for a cut before each of the places."""
    people = shares.shape[0]
    marks = (np.arange(people)[None, :] < places[:, None]).astype(np.float64)
    before = marks @ shares
    total = np.asarray(shares.sum(axis=0)).ravel()
    weight = places / people
    inside = weight * _entropy(before) + (1 - weight) * _entropy(total[None, :] - before)
    found: Floats = _entropy(total[None, :]) - inside
    return found


def _divergence(shares: sparse.csr_matrix, place: int) -> float:
    """The divergence of Jensen and Shannon of both sides, bits: 0 for the same words, 1 for none shared."""
    before = np.asarray(shares[:place].sum(axis=0)).reshape(1, -1) / place
    after = np.asarray(shares[place:].sum(axis=0)).reshape(1, -1) / (shares.shape[0] - place)
    halves = (_entropy(before)[0] + _entropy(after)[0]) / 2
    return float(_entropy((before + after) / 2)[0] - halves)


def _entropy(weights: npt.ArrayLike) -> Floats:
    """The entropy of each row, bits."""
    rows = np.maximum(np.asarray(weights, dtype=np.float64), 0.0)
    sums = np.maximum(rows.sum(axis=1, keepdims=True), 1e-12)
    parts = rows / sums
    logs = np.log2(parts, out=np.zeros_like(parts), where=parts > 0)
    found: Floats = -(parts * logs).sum(axis=1)
    return found


def telling(voices: Sequence[frozenset[str]], side: Marks, other: Marks, *, size: int = 6) -> tuple[str, ...]:
    """What those of a side say more than those of the other, by the difference of their shares."""
    said, words = table(voices)
    here, there = (np.asarray(said[np.flatnonzero(one)].sum(axis=0)).ravel() for one in (side, other))
    lead = here / max(1, int(side.sum())) - there / max(1, int(other.sum()))
    order = sorted(range(len(words)), key=lambda n: (-round(float(lead[n]), 9), words[n]))
    return tuple(words[n] for n in order[:size] if lead[n] > 0)
