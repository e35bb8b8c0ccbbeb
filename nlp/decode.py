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

LONGEST: Final = 256
"""Words: all texts of a batch go on for as many steps as the longest has words."""

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


def moves(model: Any, names: Sequence[str], lean: float = 0.0) -> Moves:
    """The moves of a parser's model; ``names`` are theirs (``B-PER``, ``O``) in its order.

    ``lean`` is taken from what speaks for there being no name.
    """
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
    offsets = upper.get_param("b").copy()
    offsets[kinds.index("O")] -= lean
    return Moves(
        words=np.ascontiguousarray((flat @ linear.get_param("W")).T),
        biases=biases.reshape(-1),
        pads=pads,
        scores=np.ascontiguousarray(upper.get_param("W").T),
        offsets=offsets,
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


def spans(hows: Sequence[Moves], vectors: Sequence[Any], lengths: Sequence[int]) -> list[list[Span]]:
    """The names of texts, by one model or by several that add what speaks for each move.

    ``vectors`` are each model's of all words one after the other, ``lengths`` those of the texts in words.
    A text of more than ``LONGEST`` words is read in stretches of so many, none of which a name leaves.
    """
    stretches = [(text, at) for text, length in enumerate(lengths) for at in range(0, length, LONGEST)]
    found: list[list[Span]] = [[] for _ in lengths]
    read = _read(hows, vectors, [min(LONGEST, lengths[text] - at) for text, at in stretches])
    for (text, at), names in zip(stretches, read, strict=True):
        found[text] += [(first + at, after + at, label) for first, after, label in names]
    return found


def _read(hows: Sequence[Moves], vectors: Sequence[Any], lengths: Sequence[int]) -> list[list[Span]]:
    sizes = np.asarray(lengths, dtype=np.intp)
    order = np.argsort(-sizes, kind="stable")
    starts = (np.cumsum(sizes) - sizes)[order]
    there = int(sizes.sum())
    parts = [_parts(how, some) for how, some in zip(hows, vectors, strict=True)]
    taken = np.zeros(there, dtype=np.intp)
    opened = np.zeros(len(sizes), dtype=np.intp)
    first = np.zeros(len(sizes), dtype=np.intp)
    how = hows[0]
    for at in range(int(sizes.max(initial=0))):
        going = int(np.searchsorted(-sizes[order], -at, side="left"))
        here, label = starts[:going] + at, opened[:going]
        inside = label > 0
        places = (here, np.where(inside, first[:going], there), np.where(inside, here - 1, there))
        last = (sizes[order[:going]] == at + 1).astype(np.intp)
        scores = how.masks[label, last]
        for each, some in zip(hows, parts, strict=True):
            scores += _scores(each, some, places)
        move = scores.argmax(axis=1)
        taken[here] = move
        first[:going] = np.where(inside, first[:going], here)
        opened[:going] = how.opens[move]
    return _named(how, taken, np.cumsum(sizes) - sizes, sizes)


def _scores(how: Moves, parts: list[Any], places: tuple[Any, ...]) -> Any:
    """What one model says for each move, where the three sights of each text are."""
    state = parts[0][places[0]]
    for part, place in zip(parts[1:], places[1:], strict=True):
        state += part[place]
    width = how.scores.shape[0]
    best = state[:, :width]
    for piece in range(1, state.shape[1] // width):
        best = np.maximum(best, state[:, piece * width : (piece + 1) * width])
    scores = best @ how.scores
    scores += how.offsets
    return scores


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
