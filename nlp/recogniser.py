"""The shipped model of names: reads texts in batches and tells where people, places and organisations stand."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from spacy.tokens import Doc

from nlp.gazetteer import Gazetteer, shipped
from nlp.sights import MOST_WORDS, Sights, norm
from nlp.network import Shape, build, document, fast_encoder, forget, quicken
from nlp.pieces import Pieces

Mode = Literal["fast", "careful"]
BATCH: Final = 256
_MAGIC: Final = b"rasad-entities-1\n"


class Recogniser:
    """A network with its sights and the gazetteer it knows."""

    def __init__(self, shape: Shape, known: Gazetteer | None = None, version: str = "untrained") -> None:
        self.shape = shape
        self.known = known or shipped()
        self.version = version
        self.sights = Sights()
        self.ner = build(shape, self.sights)

    def doc(self, forms: Sequence[str]) -> Doc:
        """The document of a text's pieces."""
        marks = self.known.mark([norm(form) for form in forms], forms)
        return document(self.ner.vocab, self.sights.rows(forms, marks))

    def spans(self, texts: Sequence[Sequence[str]]) -> list[list[tuple[int, int, str]]]:
        """The names of each text, given by its pieces: first piece, piece after the last, label."""
        found: list[list[tuple[int, int, str]]] = []
        for at in range(0, len(texts), BATCH):
            if len(self.sights) > MOST_WORDS:
                self.sights.forget()
            docs = [self.doc(forms) for forms in texts[at : at + BATCH]]
            self.ner.set_annotations(docs, self.ner.predict(docs))
            found += [[(span.start, span.end, span.label_) for span in doc.ents] for doc in docs]
        return found
