"""The shipped model of names: tells where people, places and organisations stand in texts."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import numpy as np
from spacy.tokens import Doc

from nlp.decode import Span, moves
from nlp.decode import spans as decoded
from nlp.gazetteer import Gazetteer, shipped
from nlp.network import Shape, build, document, forget, vectors
from nlp.sights import MOST_WORDS, Sights, norm

BATCH: Final = 256
LEAN: Final = 0.4
"""How much is taken from "no name": training makes the model more sure of it than names of unknown people
allow. Chosen on the development posts, where every value from 0.2 to 0.8 does about as well."""
_MAGIC: Final = b"rasad-names-1\n"


class Recogniser:
    """A network with what it knows of words, and the gazetteer that it was trained with.

    ``version`` names the model: that of the file it was read from, ``"untrained"`` of a new one.
    """

    def __init__(self, shape: Shape, known: Gazetteer | None = None, sights: Sights | None = None) -> None:
        self.shape = shape
        self.version = "untrained"
        self.known = known or shipped()
        self.sights = Sights() if sights is None else sights
        self.ner = build(shape, self.sights)

    def doc(self, forms: Sequence[str]) -> Doc:
        """A text's pieces as spaCy trains with them."""
        return document(self.ner.vocab, self._rows(forms, None))

    def spans(
        self, texts: Sequence[Sequence[str]], marks: Sequence[Sequence[str]] | None = None
    ) -> list[list[Span]]:
        """The names of each text, given by its pieces: first piece, piece after the last, label."""
        return spans([self], texts, marks)

    def rows(self, texts: Sequence[Sequence[str]], marks: Sequence[Sequence[str]] | None) -> list[Any]:
        """The rows of the words of some texts in ``sights``."""
        if len(self.sights) > MOST_WORDS:
            self.sights.forget()
        said: Sequence[Sequence[str] | None] = marks or [None] * len(texts)
        return [self._rows(forms, mark) for forms, mark in zip(texts, said, strict=True)]

    def _rows(self, forms: Sequence[str], marks: Sequence[str] | None) -> Any:
        if marks is None:
            marks = self.known.mark([norm(form) for form in forms], forms)
        return self.sights.rows(forms, marks)

    def to_bytes(self) -> bytes:
        """The model as it is shipped: its shape and its numbers, at half precision."""
        arrays = [
            np.asarray(node.get_param(name)).astype(np.float16)
            for node in self.ner.model.walk()
            for name in node.param_names
            if node.has_param(name)
        ]
        head = json.dumps({"shape": asdict(self.shape), "known": self.known.version}).encode()
        body = zlib.compress(b"".join(array.tobytes() for array in arrays), 9)
        return _MAGIC + head + b"\n" + body

    def take(self, written: bytes) -> None:
        """Take over the numbers of a model of the same shape."""
        body = zlib.decompress(written.split(b"\n", 2)[2])
        at = 0
        for node in self.ner.model.walk():
            for name in node.param_names:
                if node.has_param(name):
                    old = node.get_param(name)
                    new = np.frombuffer(body, np.float16, old.size, at).reshape(old.shape).astype("f")
                    node.set_param(name, new)
                    at += 2 * old.size
        if at != len(body):
            raise ValueError("the model's file is not of its shape")
        self.version = hashlib.blake2b(written, digest_size=2).hexdigest()
        forget(self.ner)


def spans(
    models: Sequence[Recogniser],
    texts: Sequence[Sequence[str]],
    marks: Sequence[Sequence[str]] | None = None,
) -> list[list[Span]]:
    """``Recogniser.spans`` of several models together, which share the ``sights`` of the first."""
    found: list[list[Span]] = []
    hows = [moves(model.ner.model, model.ner.move_names, LEAN) for model in models]
    for at in range(0, len(texts), BATCH):
        some = slice(at, at + BATCH)
        rows = models[0].rows(texts[some], marks[some] if marks else None)
        read = [np.concatenate(vectors(model.ner, rows)) for model in models]
        found += decoded(hows, read, [len(row) for row in rows])
    return found


def from_bytes(written: bytes, sights: Sights | None = None) -> Recogniser:
    """A model as ``Recogniser.to_bytes`` wrote it; several may share what they know of words."""
    magic, head, _ = written.split(b"\n", 2)
    if magic + b"\n" != _MAGIC:
        raise ValueError("no model of names")
    shape: dict[str, Any] = json.loads(head)["shape"]
    made = Recogniser(Shape(**{**shape, "tables": tuple(shape["tables"])}), sights=sights)
    made.take(written)
    return made
