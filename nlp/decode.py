"""Reads names out of what the network says of words: spaCy's greedy transitions, for many texts at once.

The moves and what they depend on are those of spaCy's parser of names (begin, in, last, unit, out); every
move takes one word, so all texts of a batch go forward together. The result is that of the parser, in a
third of its time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

_SIGHTS: Final = 3
"""What a move depends on: the word, the first word of the open name, the word before."""

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """The last layers of a network, as matrices, and the moves in their order.

    ``words`` gives the parts of a word for each sight (``pads`` stand for a missing word), ``scores`` what
    speaks for each move. ``masks[open][last]`` is 0 for a move that is allowed while the name of label
    ``open`` is open (0: none), at the last word or before; ``opens`` is the label open after each move.
    """

    words: Any
    biases: Any
    pads: Any
    scores: Any
    offsets: Any
    masks: Any
    opens: Any
    kinds: tuple[str, ...]
    labels: tuple[str, ...]


def moves(model: Any, names: Sequence[str]) -> Moves:
    """The moves of a parser's model; ``names`` are theirs (``B-PER``, ``O``) in its order."""
    linear = model.get_ref("tok2vec").layers[-1]
    lower, upper = model.get_ref("lower"), model.get_ref("upper")
    weights = lower.get_param("W").transpose(0, 2, 1, 3)  # sights, pieces, hidden, in
    sights, pieces, hidden, inner = weights.shape
    flat = weights.reshape(sights * pieces * hidden, inner)
    pads = lower.get_param("pad")[0].transpose(0, 2, 1).reshape(sights, pieces * hidden).copy()
    pads[0] += lower.get_param("b").T.reshape(-1)
    biases = (flat @ linear.get_param("b")).reshape(sights, -1)
    biases[0] += lower.get_param("b").T.reshape(-1)
    # spaCy does not name its move that blocks a name, "U-", which stands before "O" and is never allowed.
    kinds, labels = zip(*(_parted(name) for name in [*names[:-1], "U-", names[-1]]), strict=True)
    masks, opens = _rules(kinds, labels)
    return Moves(
        words=np.ascontiguousarray((flat @ linear.get_param("W")).T),
        biases=biases.reshape(-1),
        pads=pads,
        scores=np.ascontiguousarray(upper.get_param("W").T),
        offsets=upper.get_param("b"),
        masks=masks,
        opens=opens,
        kinds=kinds,
        labels=labels,
    )


def _parted(name: str) -> tuple[str, str]:
    kind, _, label = name.partition("-")
    return kind, label


def _rules(kinds: Sequence[str], labels: Sequence[str]) -> tuple[Any, Any]:
    """Which moves are allowed when, and what is open after each."""
    known = sorted(set(labels) - {""})
    masks = np.full((len(known) + 1, 2, len(kinds)), -np.inf, dtype="f")
    opens = np.zeros(len(kinds), dtype=np.intp)
    for move, (kind, label) in enumerate(zip(kinds, labels, strict=True)):
        number = known.index(label) + 1 if label else 0
        if kind in ("B", "I"):
            opens[move] = number
            masks[0 if kind == "B" else number, 0, move] = 0
        elif kind == "O" or (kind == "U" and label):
            masks[0, :, move] = 0
        elif kind == "L":
            masks[number, :, move] = 0
    return masks, opens


def spans(how: Moves, vectors: Any, lengths: Sequence[int]) -> list[list[Span]]:
    """The names of texts: ``vectors`` of all their words one after the other, ``lengths`` in words."""
    sizes = np.asarray(lengths, dtype=np.intp)
    order = np.argsort(-sizes, kind="stable")
    starts = (np.cumsum(sizes) - sizes)[order]
    parts = _parts(how, vectors)
    taken = np.zeros(len(vectors), dtype=np.intp)
    opened = np.zeros(len(sizes), dtype=np.intp)
    first = np.zeros(len(sizes), dtype=np.intp)
    there = len(vectors)
    width = how.scores.shape[0]
    for at in range(int(sizes.max(initial=0))):
        going = int(np.searchsorted(-sizes[order], -at, side="left"))
        here, label = starts[:going] + at, opened[:going]
        inside = label > 0
        state = parts[0][here]
        state += parts[1][np.where(inside, first[:going], there)]
        state += parts[2][np.where(inside, here - 1, there)]
        best = state[:, :width]
        for piece in range(1, state.shape[1] // width):
            best = np.maximum(best, state[:, piece * width : (piece + 1) * width])
        last = (sizes[order[:going]] == at + 1).astype(np.intp)
        move = (best @ how.scores + how.offsets + how.masks[label, last]).argmax(axis=1)
        taken[here] = move
        now = how.opens[move]
        first[:going] = np.where(inside, first[:going], here)
        opened[:going] = now
    return _named(how, taken, np.cumsum(sizes) - sizes, sizes)


def _parts(how: Moves, vectors: Any) -> list[Any]:
    """By sight: what each word adds to a state, and in the last row what a missing word does."""
    products = vectors @ how.words
    products += how.biases
    size = products.shape[1] // _SIGHTS
    return [
        np.concatenate((products[:, sight * size : (sight + 1) * size], how.pads[sight][None]))
        for sight in range(_SIGHTS)
    ]


def _named(how: Moves, taken: Any, starts: Any, sizes: Any) -> list[list[Span]]:
    found: list[list[Span]] = [[] for _ in sizes]
    outside = how.kinds.index("O")
    begun = 0
    for at in np.flatnonzero(taken != outside).tolist():
        move = int(taken[at])
        if how.kinds[move] in ("B", "U"):
            begun = at
        if how.kinds[move] in ("L", "U"):
            text = int(np.searchsorted(starts, at, side="right")) - 1
            while not sizes[text]:
                text -= 1
            found[text].append((begun - int(starts[text]), at + 1 - int(starts[text]), how.labels[move]))
    return found
