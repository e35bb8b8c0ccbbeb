"""Trains the model of names."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from random import Random
from typing import Any

from spacy.tokens import Span
from spacy.training import Example
from thinc.api import Adam, fix_random_seed

from nlp.network import Shape, forget
from nlp.pieces import cut
from nlp.recogniser import Recogniser
from nlp.text import prepare
from nlp.training.augment import Names, Place, varied
from nlp.training.corpus import Labelled
from nlp.training.measure import Counts, count, mixed


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """How a model is trained (``config.toml``): its shape, how long, and how much at once.

    ``steps`` are of ``batch`` posts; every ``every`` steps it is measured, and training ends when it got no
    better ``patience`` times. ``drop`` is the share of numbers left out by chance, ``rate`` the step size
    and ``decay`` how much numbers shrink at each. A post of a set in ``often`` comes so often in a round.
    """

    shape: Shape = field(default_factory=Shape)
    steps: int = 4000
    batch: int = 48
    every: int = 400
    patience: int = 4
    drop: float = 0.3
    rate: float = 0.001
    decay: float = 0.01
    often: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A trained model, as it was when it did best on the development posts."""

    written: bytes
    step: int
    scores: Mapping[str, Counts]


def setup(name: str = "fast") -> Setup:
    """The setup of a shipped model."""
    whole = tomllib.loads((files("nlp.training") / "config.toml").read_text(encoding="utf-8"))
    told: dict[str, Any] = whole[name]
    shape = told.pop("shape", {})
    if "tables" in shape:
        shape["tables"] = tuple(shape["tables"])
    return Setup(shape=Shape(**shape), **told)


def train(
    how: Setup,
    seen: Mapping[str, list[Labelled]],
    unseen: Mapping[str, list[Labelled]],
    *,
    seed: int,
    tell: Callable[[str], None] = print,
) -> Trained:
    """A model trained on the posts ``seen``, the best of those measured on the posts ``unseen``."""
    fix_random_seed(seed)
    random = Random(seed)
    model = Recogniser(how.shape)
    names = _names(seen)
    sgd = Adam(how.rate, use_averages=True, L2=how.decay, L2_is_weight_decay=True, grad_clip=1.0)
    best = Trained(written=b"", step=0, scores={})
    batches = _batches(how, seen, random)
    for step in range(1, how.steps + 1):
        shown = [_example(model, *varied(post, random, names), post.language) for post in next(batches)]
        losses: dict[str, float] = {}
        model.ner.update(shown, drop=how.drop, sgd=sgd, losses=losses)
        if step % how.every == 0 or step == how.steps:
            with model.ner.model.use_params(sgd.averages):
                best = _better(best, model, step, unseen, losses["ner"] / how.batch, tell)
            forget(model.ner)
            if step - best.step >= how.every * how.patience:
                break
    return best


def _better(
    best: Trained,
    model: Recogniser,
    step: int,
    unseen: Mapping[str, list[Labelled]],
    loss: float,
    tell: Callable[[str], None],
) -> Trained:
    forget(model.ner)
    scores = {name: count(model, posts) for name, posts in unseen.items()}
    shown = " ".join(f"{name} {score.f:.3f}" for name, score in scores.items())
    tell(f"{step:6} loss {loss:.3f} {shown} mix {mixed(scores):.4f}")
    if best.step and mixed(scores) <= mixed(best.scores):
        return best
    return Trained(written=model.to_bytes(), step=step, scores=scores)


def _batches(how: Setup, seen: Mapping[str, list[Labelled]], random: Random) -> Iterator[list[Labelled]]:
    order: list[Labelled] = []
    while True:
        if len(order) < how.batch:
            order += _round(how, seen, random)
        yield order[: how.batch]
        del order[: how.batch]


def _round(how: Setup, seen: Mapping[str, list[Labelled]], random: Random) -> list[Labelled]:
    posts = []
    for name, some in seen.items():
        times = how.often.get(name, 1.0)
        for post in some:
            posts += [post] * (int(times) + (random.random() < times % 1))
    random.shuffle(posts)
    return posts


def _names(seen: Mapping[str, list[Labelled]]) -> Names:
    """The names in the posts by language and label, but for those of accounts."""
    found: Names = {}
    for some in seen.values():
        for post in some:
            for first, after, label in post.spans:
                if post.words[first - 1 : first] == ("@",):
                    continue
                found.setdefault(post.language, {}).setdefault(label, []).append(post.words[first:after])
    return found


def _example(model: Recogniser, text: str, places: list[Place], language: str) -> Example:
    """A text as the network is shown it; names that do not begin and end with a piece are left out."""
    forms, starts, ends = cut(prepare(text, language))
    first = {start: at for at, start in enumerate(starts)}
    after = {end: at + 1 for at, end in enumerate(ends)}
    there = model.doc(forms)
    there.set_ents(
        [
            Span(there, first[start], after[end], label)
            for start, end, label in places
            if start in first and end in after
        ]
    )
    return Example(model.doc(forms), there)
