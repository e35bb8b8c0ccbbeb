"""The second stage: what models and lists read in a post, in batches behind intake.

A text that was read a while ago is not read again: the same words come many times.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from nlp import copies
from nlp.extraction import written
from nlp.settings import Reading
from nlp.text import Text, prepare
from posts.post import Annotations, Post

VERSION: Final = "1"
MOST_TEXTS: Final = 20_000
"""Texts whose readings are remembered, some 20 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is read in a text whoever posted it: fields of ``Annotations``, and which reader said each."""

    fields: Mapping[str, Any]
    versions: Mapping[str, str]


class Second:
    """Reads posts that the first stage has read."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.version = f"{VERSION}-{reading.version()}"
        self._known: OrderedDict[tuple[str, str], Found] = OrderedDict()

    def read(self, posts: Sequence[Post]) -> list[Annotations]:
        """What is read in each of the posts, beside what the first stage has read."""
        texts = [(written(post)[0], _language(post)) for post in posts]
        new = {key: prepare(*key) for key in dict.fromkeys(texts) if key not in self._known}
        fresh = dict(zip(new, self._read(list(new.values())), strict=True))
        found = [fresh.get(key) or self._known[key] for key in texts]
        self._remember(fresh)
        sketches = copies.sketches(_tokens(post) for post in posts)
        return [
            self._annotations(post, each, sketch)
            for post, each, sketch in zip(posts, found, sketches, strict=True)
        ]

    def _read(self, texts: Sequence[Text]) -> list[Found]:
        return [Found(fields={}, versions={}) for _ in texts]

    def _remember(self, fresh: Mapping[tuple[str, str], Found]) -> None:
        self._known.update(fresh)
        while len(self._known) > MOST_TEXTS:
            self._known.popitem(last=False)

    def _annotations(self, post: Post, found: Found, sketch: copies.Sketch) -> Annotations:
        read = post.annotations or Annotations()
        versions = {**read.versions, **found.versions, "copies": copies.VERSION}
        return replace(read, versions=versions, sketch=sketch, **found.fields)


def _tokens(post: Post) -> tuple[str, ...]:
    return post.annotations.tokens if post.annotations else ()


def _language(post: Post) -> str:
    return post.annotations.language if post.annotations else "und"
