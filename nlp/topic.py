"""Beside the point, by the user's own examples: «شیر» (milk, lion or tap), "apple", "jaguar".

A person says of a few posts that they are on topic and of a few that they are not; the words of both tell
of the rest. Naive Bayes over words and their beginnings (four letters, so that inflections help each
other), each counted by how rare it is in its language, learns further from posts that nobody labelled
(expectation and maximisation, Nigam, McCallum, Thrun and Mitchell 2000): words that come with the labelled
ones speak as well. Few examples make a weak judge: ``docs/scores-noise.md`` has how weak.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import msgspec
import numpy as np
import numpy.typing as npt
from scipy import sparse

from nlp import lexicon
from nlp.text import Cue, Text
from posts.errors import RasadError

Words = Sequence[str]
Floats = npt.NDArray[np.float64]

VERSION: Final = "1"
LEAST: Final = 5
"""So many examples of each side are the fewest to learn from."""
OFF_TOPIC: Final = 0.7
"""From this score on a post is marked: rather leave one unmarked than mark one that is to the point."""
OTHERS: Final = 2_000
"""So many posts without a label are learned from, the first ones."""

_BEGINNING: Final = 4
_SMOOTHING: Final = 0.5
_UNSURE: Final = 0.5
"""What an unlabelled post counts beside a labelled one."""
_ROUNDS: Final = 8
_TOLD, _LEAST_TOLD = 6, 0.2
_MOST_BYTES: Final = 16 * 2**20
_BEGINS: Final = "^"
# Natural logarithms of how likely a word is: from the commonest on it counts more the rarer it is.
_COMMON, _RARE = -3.0, -12.0


@dataclass(frozen=True, slots=True)
class Topic:
    """What speaks for being off topic (above 0) and on it (below), word by word and beginning by beginning.

    ``on`` and ``off`` are how many examples it was learned from.
    """

    weights: Mapping[str, float]
    on: int
    off: int

    def score(self, words: Words) -> float:
        """How likely the folded words are off topic, 0 to 1; 0.5 where nothing is known of them."""
        evidence = sum(self.weights.get(feature, 0.0) for feature in _features(words))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, evidence))))

    def cues(self, text: Text) -> tuple[Cue, ...]:
        """The words of a text that speak most for either side, in their order, with how much they do."""
        found: dict[str, Cue] = {}
        for word in text.words:
            if word.folded in found:
                continue
            weight = sum(self.weights.get(feature, 0.0) for feature in _of_word(word.folded))
            if abs(weight) >= _LEAST_TOLD:
                says, why = ("off-topic", "noise.topic.off") if weight > 0 else ("on-topic", "noise.topic.on")
                found[word.folded] = Cue(word.start, word.end, says, round(abs(weight), 3), why)
        strongest = sorted(found.values(), key=lambda cue: (-cue.weight, cue.start))[:_TOLD]
        return tuple(sorted(strongest, key=lambda cue: cue.start))

    def to_bytes(self) -> bytes:
        """What ``from_bytes`` makes it of again: JSON, so that reading it runs nothing."""
        told = {"topic": VERSION, "on": self.on, "off": self.off, "weights": dict(self.weights)}
        return msgspec.json.encode(told)


class _Stored(msgspec.Struct, forbid_unknown_fields=True):
    topic: str
    on: int
    off: int
    weights: dict[str, float]


def from_bytes(stored: bytes) -> Topic:
    """The topic that was stored; ``RasadError`` where it is damaged or of another version."""
    remedy = "Label a post anew, and it is learned again."
    if len(stored) > _MOST_BYTES:
        raise RasadError("is larger than any that was stored", subject="off-topic examples", remedy=remedy)
    try:
        read = msgspec.json.decode(stored, type=_Stored)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise RasadError(
            "what was learned is damaged", subject="off-topic examples", remedy=remedy
        ) from error
    if read.topic != VERSION:
        raise RasadError(
            "what was learned is of another version", subject="off-topic examples", remedy=remedy
        )
    if min(read.on, read.off) < LEAST or not all(map(math.isfinite, read.weights.values())):
        raise RasadError("what was learned is damaged", subject="off-topic examples", remedy=remedy)
    return Topic(read.weights, read.on, read.off)


def fit(on: Iterable[Words], off: Iterable[Words], others: Iterable[Words] = ()) -> Topic:
    """What the examples tell of other posts: folded words of those on topic, off topic and without a label.

    At least ``LEAST`` of each side with any words, else ``RasadError`` says how many are missing. ``others``
    are best such posts as will be judged, say the newest that match the query; they make up for few examples.
    The same posts in the same order give the same topic.
    """
    sides = [[words for words in side if words] for side in (on, off)]
    for name, side in zip(("on-topic", "off-topic"), sides, strict=True):
        if len(side) < LEAST:
            raise RasadError(
                f"{len(side)} examples are too few to learn from",
                subject=name,
                remedy=f"Label {LEAST - len(side)} more posts as {name}.",
            )
    labelled = [*sides[0], *sides[1]]
    unlabelled = list(islice((words for words in others if words), OTHERS))
    documents = [_features(words) for words in (*labelled, *unlabelled)]
    names, counts = _counted(documents, len(labelled))
    chances = np.full(len(documents), 0.5)
    chances[: len(labelled)] = [0.0] * len(sides[0]) + [1.0] * len(sides[1])
    evidence = _learned(counts, chances, len(labelled))
    weights = dict(zip(names, evidence.tolist(), strict=True))
    return Topic(weights, len(sides[0]), len(sides[1]))


def _learned(counts: Any, chances: Floats, labelled: int) -> Floats:
    """The logarithm of how much likelier each feature is off topic than on, times what it counts."""
    # Each side counts as much as the other, however many examples it has.
    sure = np.zeros(len(chances))
    off = chances[:labelled].sum()
    sure[:labelled] = np.where(chances[:labelled] > 0.5, labelled / 2 / off, labelled / 2 / (labelled - off))
    rarity = _rarity_of(counts)
    turned, unlabelled = counts.T.tocsr(), counts[labelled:]
    evidence = _odds(turned, chances, sure)
    for _ in range(_ROUNDS if len(chances) > labelled else 0):
        chances[labelled:] = 1 / (1 + np.exp(-np.clip(unlabelled @ evidence, -50, 50)))
        sure[labelled:] = _UNSURE
        evidence = _odds(turned, chances, sure)
    result: Floats = evidence * rarity
    return result


def _odds(turned: Any, chances: Floats, sure: Floats) -> Floats:
    """How much likelier each feature is off topic than on; ``turned`` has a row for each feature."""
    off = _SMOOTHING + turned @ (chances * sure)
    on = _SMOOTHING + turned @ ((1 - chances) * sure)
    result: Floats = np.log(off / off.sum()) - np.log(on / on.sum())
    return result


def _rarity_of(counts: Any) -> Floats:
    """What a feature counts where it stands at all."""
    result: Floats = np.asarray(counts.max(axis=0).todense()).ravel()
    return result


def _counted(documents: Sequence[Mapping[str, float]], labelled: int) -> tuple[list[str], Any]:
    """The features of the examples and those that several other posts have; a row a document."""
    known = {name for document in documents[:labelled] for name in document}
    once: set[str] = set()
    for document in documents[labelled:]:
        for name in document:
            (known if name in once else once).add(name)
    names = sorted(known)
    places = {name: place for place, name in enumerate(names)}
    rows, columns, values = [], [], []
    for row, document in enumerate(documents):
        for name, value in document.items():
            column = places.get(name)
            if column is not None:
                rows.append(row)
                columns.append(column)
                values.append(value)
    shape = (len(documents), len(names))
    return names, sparse.csr_matrix((values, (rows, columns)), shape=shape, dtype=np.float64)


def _features(words: Words) -> dict[str, float]:
    """Each word and beginning once, with what it counts."""
    return {name: value for word in words for name, value in _of_word(word).items()}


@lru_cache(maxsize=65_536)
def _of_word(word: str) -> dict[str, float]:
    if word[0].isdigit():
        return {}
    value = _rarity(word)
    if len(word) <= _BEGINNING:
        return {word: value}
    return {word: value, _BEGINS + word[:_BEGINNING]: value}


def _rarity(word: str) -> float:
    """What a word counts: nothing if it is as common as "and", 1 if the lists do not know it."""
    known = lexicon.of("en" if word.isascii() else "fa").words.get(word)
    if known is None:
        return 1.0
    return min(1.0, max(0.0, (_COMMON - known) / (_COMMON - _RARE)))
