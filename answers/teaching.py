"""Models trained from a project's labels: one of mood, on top of the lists, and one of what is off topic."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from answers.asking import Asking
from answers.posts import post_of
from nlp import light, mood, topic
from nlp.extraction import written
from nlp.light import Comparison
from nlp.text import Text, prepare
from posts.post import Post
from store import labels as kept_labels
from store import trained

FEWEST: Final = 40
"""Labels of mood from which a model is trained."""
FOLDS: Final = 5
MOOD, TOPIC = "sentiment", "topic"
"""The names of the models: of mood, and of what is off topic."""
_OFF: Final = "off-topic"
_SEED: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What came of training: the ``comparison`` on labels of mood that the model was not shown (``None`` for
    too few), and whether it is ``used``. ``on`` and ``off`` are the examples of posts on and off topic,
    ``topic`` whether they were enough to learn from."""

    labels: int
    comparison: Comparison | None = None
    used: bool = False
    on: int = 0
    off: int = 0
    topic: bool = False


def teach(asking: Asking, folder: Path) -> Taught:
    """Train from all labels whose posts have a text, and keep in ``folder`` the models that are to read.

    That of mood reads where it is right more often than the lists alone, and surely not by chance (the lower
    bound of its gain at 90 % is above 0); else the lists read, as before.
    """
    examples = _examples(asking)
    comparison, used = _teach_mood(asking, folder, examples)
    on, off, learned = _teach_topic(asking, folder)
    return Taught(labels=len(examples), comparison=comparison, used=used, on=on, off=off, topic=learned)


def forget(asking: Asking, folder: Path) -> bool:
    """Read by lists alone again; whether there was a model."""
    gone = [trained.drop(folder, name) for name in (MOOD, TOPIC)]
    kept_labels.drop_held_out(asking.state, kind=MOOD)
    return any(gone)


def _teach_mood(
    asking: Asking, folder: Path, examples: Sequence[tuple[str, Text, str]]
) -> tuple[Comparison | None, bool]:
    comparison = None
    if len(examples) >= FEWEST and len({label for _, _, label in examples}) > 1:
        texts = [text for _, text, _ in examples]
        truth = [label for _, _, label in examples]
        base = [mood.shares(mood.read(text)) for text in texts]
        comparison = light.cross_validated(texts, truth, base, seed=_SEED)
        if comparison.better:
            trained.keep(folder, MOOD, light.fit(texts, truth, base, seed=_SEED).to_bytes())
            said = _held_out(texts, truth, base)
            posts = (post for post, _, _ in examples)
            kept_labels.note_held_out(asking.state, dict(zip(posts, said, strict=True)), kind=MOOD)
            return comparison, True
    trained.drop(folder, MOOD)
    kept_labels.drop_held_out(asking.state, kind=MOOD)
    return comparison, False


def _teach_topic(asking: Asking, folder: Path) -> tuple[int, int, bool]:
    """How many examples there are on topic and off it, and whether they were enough."""
    sides: dict[bool, list[tuple[str, ...]]] = {True: [], False: []}
    given = {label.post: _OFF in label.values for label in kept_labels.all_of(asking.state, "noise")}
    found = asking.store.get("posts", list(given))
    for post_id in sorted(found):
        if words := _tokens(post_of(found[post_id])):
            sides[given[post_id]].append(words)
    on, off = len(sides[False]), len(sides[True])
    if min(on, off) < topic.LEAST:
        trained.drop(folder, TOPIC)
        return on, off, False
    others = (_tokens(post) for post in _newest(asking) if post.id not in given)
    trained.keep(folder, TOPIC, topic.fit(sides[False], sides[True], others).to_bytes())
    return on, off, True


def _newest(asking: Asking) -> list[Post]:
    body: dict[str, Any] = {
        "size": topic.OTHERS, "query": {"match_all": {}}, "sort": [{"created_at": "desc"}, {"id": "asc"}],
        "_source": ["post"],
    }  # fmt: skip
    return [post_of(hit["_source"]) for hit in asking.store.search("posts", body)["hits"]["hits"]]


def _tokens(post: Post) -> tuple[str, ...]:
    return post.annotations.tokens if post.annotations is not None else ()


def _examples(asking: Asking) -> list[tuple[str, Text, str]]:
    """The posts with a label of mood that can be read: id, text and label."""
    given = {label.post: label.values[0] for label in kept_labels.all_of(asking.state, MOOD)}
    found = asking.store.get("posts", list(given))
    examples = []
    for post_id in sorted(found):
        post = post_of(found[post_id])
        text, _ = written(post)
        prepared = prepare(text, post.annotations.language if post.annotations else None)
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
