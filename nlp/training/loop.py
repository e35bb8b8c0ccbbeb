"""Training of the entity model, and its measure."""

from __future__ import annotations

import logging
import random as chance
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.training import Example
from spacy.vocab import Vocab
from thinc.api import Adam, fix_random_seed

from nlp.pieces import cut
from nlp import gazetteer
from nlp.sights import Sights, norm
from nlp.network import LABELS, Shape, build, document, forget
from nlp.text import prepare
from nlp.training.augment import plain, varied
from nlp.training.corpus import Labelled

log = logging.getLogger(__name__)

Counts = dict[str, list[int]]


class Reader:
    """A network with its sights and the gazetteer."""

    def __init__(self, shape: Shape) -> None:
        self.sights = Sights()
        self.ner = build(shape, self.sights)
        self.known = gazetteer.shipped()

    def doc(self, forms: list[str]) -> Doc:
        marks = self.known.mark([norm(form) for form in forms], forms)
        return document(self.ner.vocab, self.sights.rows(forms, marks))

    def gold(self, text: str, places: list[tuple[int, int, str]], language: str) -> Example:
        pieces = cut(prepare(text, language))
        doc = self.doc(pieces.forms)
        there = self.doc(pieces.forms)
        first = {start: at for at, start in enumerate(pieces.starts)}
        after = {end: at + 1 for at, end in enumerate(pieces.ends)}
        there.set_ents([Span(there, first[s], after[e], label) for s, e, label in places if s in first and e in after and first[s] < after[e]])
        return Example(doc, there)

    def spans(self, docs: list[Doc], batch: int = 256) -> list[list[tuple[int, int, str]]]:
        for at in range(0, len(docs), batch):
            some = docs[at : at + batch]
            self.ner.set_annotations(some, self.ner.predict(some))
        return [[(span.start, span.end, span.label_) for span in doc.ents] for doc in docs]


def counts(reader: Reader, posts: list[Labelled]) -> Counts:
    """By label: found and right, found, there."""
    result = {label: [0, 0, 0] for label in LABELS}
    texts, wanted = zip(*(plain(post) for post in posts), strict=True)
    rows = [cut(prepare(text, posts[0].language)) for text in texts]
    forget(reader.ner)
    found = reader.spans([reader.doc(row.forms) for row in rows])
    for row, there, got in zip(rows, wanted, found, strict=True):
        places = {(row.starts[a], row.ends[b - 1], label) for a, b, label in got}
        for _, _, label in places:
            result[label][1] += 1
        for place in there:
            result[place[2]][2] += 1
            result[place[2]][0] += place in places
    return result


def f(*rows: list[int]) -> float:
    right, found, there = (sum(column) for column in zip(*rows, strict=True))
    return 2 * right / (found + there) if right else 0.0


def train(shape: Shape, train_sets: dict[str, list[Labelled]], dev_sets: dict[str, list[Labelled]], *, seed: int, steps: int, drop: float = 0.1, batch: int = 48, weights: dict[str, float] | None = None, rate: float = 0.001, every: int = 400, extra: dict[str, dict[str, list]] | None = None, patience: int = 6):
    fix_random_seed(seed)
    random = Random(seed)
    reader = Reader(shape)
    ner = reader.ner
    posts = [(name, post) for name, some in train_sets.items() for post in some]
    others = {}
    for name, some in train_sets.items():
        o = others.setdefault(some[0].language, {label: [] for label in LABELS})
        for post in some:
            for a, b, label in post.spans:
                o[label].append(post.words[a:b])
    def example(post):
        text, places = varied(post, random, others[post.language])
        return reader.gold(text, places, post.language)
    sgd = Adam(rate, use_averages=True, L2=0.01, L2_is_weight_decay=True, grad_clip=1.0)
    weights = weights or {}
    p = np.array([weights.get(name, 1.0) for name, _ in posts]); 
    order = []
    best = (0.0, -1, b"")
    for step in range(1, steps + 1):
        if len(order) < batch:
            keep = [i for i in range(len(posts)) for _ in range(int(p[i]) + (random.random() < p[i] % 1))]
            random.shuffle(keep)
            order += keep
        some = [example(posts[i][1]) for i in order[:batch]]
        del order[:batch]
        losses = {}
        ner.update(some, drop=drop, sgd=sgd, losses=losses)
        if step % every == 0 or step == steps:
            with ner.model.use_params(sgd.averages):
                fs = {name: f(*counts(reader, dev).values()) for name, dev in dev_sets.items()}
                mix = .5 * fs["parstwiner"] + .4 * fs["broad_twitter"] + .1 * fs["wnut17"]
                print(step, round(losses["ner"] / batch, 3), {k: round(v, 3) for k, v in fs.items()}, round(mix, 4), flush=True)
                if mix >= best[0]:
                    best = (mix, step, ner.model.to_bytes())
            if step - best[1] >= patience * every:
                break
    return reader, best
