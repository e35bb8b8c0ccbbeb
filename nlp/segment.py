"""The words of a hashtag: ``#BlackFridayDeals`` and ``#blackfridaydeals`` are black, friday, deals."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final

import regex

from nlp.cuts import cut
from nlp.fold import CAMEL, fold
from nlp.lexicon import of

_BREAK: Final = regex.compile(r"[_\u200c\u00b7\u30fb]+")
_DIGITS: Final = regex.compile(r"(?<=\D)(?=\d)|(?<=\d)(?=\D)")
_LEAST_DIGITS: Final = 2
"""A single digit belongs to its name (``gpt4``, ``g20`` is one of the others) unless that is a word."""


@lru_cache(maxsize=32_768)
def segment(tag: str) -> tuple[str, ...]:
    """The folded words of a tag, with or without its sign; whole where nothing tells how to part it.

    Parted at ``_``, half-space, capitals and numbers, and within what is left where words that are known
    meet (``nlp.cuts``).

    >>> segment("#هوش_مصنوعی_ایران")
    ('هوش', 'مصنوعی', 'ایران')
    >>> segment("#انتخابات۱۴۰۴")
    ('انتخابات', '1404')
    """
    return tuple(word for piece in _pieces(tag.lstrip("#＃")) for word in cut(piece).words)


def _pieces(tag: str) -> Iterator[str]:
    for part in _BREAK.split(tag):
        for piece in CAMEL.split(part) if not part.islower() else [part]:
            yield from _numbers(fold(piece))


def _numbers(piece: str) -> Iterator[str]:
    """The piece parted at its numbers."""
    if not any(map(str.isdigit, piece)):
        if piece:
            yield piece
        return
    parts = _DIGITS.split(piece)
    joined = parts[0]
    for before, part in pairwise(parts):
        number, word = (part, before) if part.isdigit() else (before, part)
        if len(number) >= _LEAST_DIGITS or word in of("en") or word in of("fa"):
            yield joined
            joined = part
        else:
            joined += part
    yield joined
