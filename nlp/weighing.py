"""A small trained layer over what the rules for intents found: weighs cues that are too weak one by one.

It is a logistic regression a label (``nlp.training.intents``), from cues and the shape of texts only: no word
of the posts it was trained on is in it. ``data/intents_layer.json`` holds its features' names and weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

import numpy as np

from nlp.patterns import Sentence
from nlp.text import Text

MOST: Final = 2.0
"""What one saying weighs at most."""
SHORT: Final = 6
LONG: Final = 20
_MARKS: Final = {"!": "exclaims", ":": "colon", "«": "quote", '"': "quote", "“": "quote", "\n": "lines"}
_TELLING: Final = re.compile(r'[?؟][?؟!]|![?؟]|[!:«"“\n]')


class _Named(dict[str, str]):
    """Names of features by what they are about, made once each."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def __missing__(self, name: str) -> str:
        self[name] = f"{self.kind} {name}"
        return self[name]


_SAID: Final = _Named("said")
_RULE: Final = _Named("rule")
_SIGN: Final = _Named("sign")


@dataclass(frozen=True, slots=True)
class Layer:
    """The labels in their order, the row of each feature, and the weights with the biases as the last row."""

    labels: tuple[str, ...]
    row: Mapping[str, int]
    weights: np.ndarray[Any, np.dtype[np.float64]]


@lru_cache(maxsize=1)
def layer() -> Layer:
    """The trained layer."""
    read = json.loads((files("nlp") / "data" / "intents_layer.json").read_text(encoding="utf-8"))
    rows = {name: number for number, name in enumerate(read["features"])}
    return Layer(tuple(read["labels"]), rows, np.array(read["weights"], dtype=float))


def features(
    said: Mapping[str, float],
    taken: Iterable[str],
    text: Text,
    sentences: Sequence[Sentence],
    mood: float | None,
) -> dict[str, float]:
    """What the layer looks at: what was said and how much, what the rules took, the shape, the mood."""
    found = {_SAID[name]: min(weight, MOST) for name, weight in said.items() if weight > 0}
    for name in taken:
        found[_RULE[name]] = 1.0
    for kind, _, _ in text.signs:
        found[_SIGN[kind]] = 1.0
    written, count = text.written, len(text.words)
    asked = sum(1 for sentence in sentences if sentence.asked[1])
    if asked:
        found["asked"] = min(float(asked), MOST)
        if sentences[-1].asked[1]:
            found["asked last"] = 1.0
    if count < SHORT or count > LONG:
        found["short" if count < SHORT else "long"] = 1.0
    for mark in _TELLING.findall(written):
        found[_MARKS.get(mark, "doubled mark")] = 1.0
    if mood:
        found["bad mood" if mood < 0 else "good mood"] = 2 * abs(mood)
    return found


def weigh(found: Mapping[str, float]) -> list[tuple[str, float]]:
    """Each label and how much speaks for it, as log-odds: above 0 it is more likely than not."""
    trained = layer()
    row = trained.row
    rows = [row[name] for name in found if name in row]
    values = [value for name, value in found.items() if name in row]
    sums = trained.weights[-1] + np.array(values) @ trained.weights[rows]
    return list(zip(trained.labels, sums.tolist(), strict=True))
