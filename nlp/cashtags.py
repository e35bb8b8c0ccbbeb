"""Ticker symbols in a text: ``$TSLA``, ``$BRK.A``."""

from __future__ import annotations

from nlp.signs import CASHTAG, scan
from posts.post import Tag


def find(text: str) -> list[Tag]:
    """The cashtags of a text, in order, ``text`` without the ``$`` and ``normal`` in capitals."""
    return [
        Tag(text[start + 1 : end], text[start + 1 : end].upper(), start, end)
        for kind, start, end in scan(text)
        if kind == CASHTAG
    ]
