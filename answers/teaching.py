"""A light model on top of the lists of mood, trained from a project's labels and used only if it helps."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from answers.asking import Asking
from answers.posts import post_of
from nlp import light, mood
from nlp.extraction import written
from nlp.light import Comparison, LightModel
from nlp.text import Text, prepare
from store import labels as kept_labels

FEWEST: Final = 40
"""Labels from which a model is trained."""
FOLDS: Final = 5
KIND: Final = "sentiment"
_SEED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What came of training: the ``comparison`` on labels that the model was not shown; where it is to be
    used the ``model``, and what it says of each labelled post when that is ``held_out``."""

    labels: int
    comparison: Comparison | None = None
    model: LightModel | None = None
    held_out: Mapping[str, str] | None = None


def teach(asking: Asking) -> Taught:
    """Train from all labels of mood whose posts have a text, and compare; nothing is written.

    A model is to be used where it is right more often, and surely not by chance: where the lower bound of
    what it gains (90 %) is above 0.
    """
    examples = _examples(asking)
    if len(examples) < FEWEST or len({label for _, _, label in examples}) < 2:
        return Taught(labels=len(examples))
    texts = [text for _, text, _ in examples]
    truth = [label for _, _, label in examples]
    base = [mood.shares(mood.read(text)) for text in texts]
    comparison = light.cross_validated(texts, truth, base, seed=_SEED)
    if not comparison.better:
        return Taught(labels=len(examples), comparison=comparison)
    return Taught(
        labels=len(examples),
        comparison=comparison,
        model=light.fit(texts, truth, base, seed=_SEED),
        held_out=dict(zip((post for post, _, _ in examples), _held_out(texts, truth, base), strict=True)),
    )


def _examples(asking: Asking) -> list[tuple[str, Text, str]]:
    """The labelled posts that can be read: id, text and label."""
    given = {label.post: label.values[0] for label in kept_labels.all_of(asking.state, KIND)}
    found = asking.store.get("posts", list(given))
    examples = []
    for post_id in sorted(found):
        post = post_of(found[post_id])
        text, _ = written(post)
        language = post.annotations.language if post.annotations else None
        prepared = prepare(text, language)
        if text and mood.read(prepared).sentiment is not None:
            examples.append((post_id, prepared, given[post_id]))
    return examples


def _held_out(texts: Sequence[Text], truth: Sequence[str], base: Sequence[Mapping[str, float]]) -> list[str]:
    """What models say of each text that were trained without it."""
    order = list(range(len(texts)))
    random.Random(_SEED).shuffle(order)
    said = [""] * len(texts)
    for fold in range(FOLDS):
        left = set(order[fold::FOLDS])
        kept = [place for place in order if place not in left]
        model = light.fit(
            [texts[at] for at in kept], [truth[at] for at in kept], [base[at] for at in kept], seed=_SEED
        )
        for place in left:
            said[place], _ = model.predict(texts[place], base[place])
    return said
