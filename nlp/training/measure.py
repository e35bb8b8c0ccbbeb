"""How well names are found: exact places and labels, counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from nlp.gazetteer import LABELS
from nlp.pieces import cut
from nlp.recogniser import Recogniser
from nlp.text import prepare
from nlp.training.augment import Place, plain
from nlp.training.corpus import Labelled

WEIGHTS: Final = {"parstwiner": 0.5, "broad_twitter": 0.4, "wnut17": 0.1}
"""How much each set counts when one model is chosen among several."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Names of one kind: found where they are, found at all, there."""

    right: int = 0
    found: int = 0
    there: int = 0

    @property
    def p(self) -> float:
        """Precision, 0 to 1."""
        return self.right / self.found if self.found else 0.0

    @property
    def r(self) -> float:
        """Recall, 0 to 1."""
        return self.right / self.there if self.there else 0.0

    @property
    def f(self) -> float:
        """The harmonic mean of both, 0 to 1."""
        return 2 * self.right / (self.found + self.there) if self.right else 0.0


@dataclass(frozen=True, slots=True)
class Counts:
    """Tallies by label."""

    labels: Mapping[str, Tally] = field(default_factory=dict)

    @property
    def all(self) -> Tally:
        """Of all labels together."""
        some = self.labels.values()
        return Tally(sum(t.right for t in some), sum(t.found for t in some), sum(t.there for t in some))

    @property
    def f(self) -> float:
        """F of all labels together."""
        return self.all.f


def compare(found: list[set[Place]], there: list[set[Place]]) -> Counts:
    """What was found in each text against what is there."""
    tallies = {}
    for label in LABELS:
        right = sum(len({p for p in a & b if p[2] == label}) for a, b in zip(found, there, strict=True))
        tallies[label] = Tally(
            right,
            sum(p[2] == label for some in found for p in some),
            sum(p[2] == label for some in there for p in some),
        )
    return Counts(tallies)


def count(model: Recogniser, posts: list[Labelled]) -> Counts:
    """How well a model alone finds the names of posts, their words parted by spaces."""
    texts, there = zip(*(plain(post) for post in posts), strict=True)
    rows = [cut(prepare(text, post.language)) for text, post in zip(texts, posts, strict=True)]
    spans = model.spans([row.forms for row in rows])
    found = [
        {(row.starts[first], row.ends[after - 1], label) for first, after, label in some}
        for row, some in zip(rows, spans, strict=True)
    ]
    return compare(found, [set(places) for places in there])


def mixed(scores: Mapping[str, Counts]) -> float:
    """One figure for several sets, 0 to 1."""
    total = sum(WEIGHTS.get(name, 0.1) for name in scores)
    return sum(WEIGHTS.get(name, 0.1) * score.f for name, score in scores.items()) / total
