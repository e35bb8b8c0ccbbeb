"""What the entity model looks at in a word, worked out once per word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np
from spacy.strings import get_string_id

from nlp.fold import fold

MOST_WORDS: Final = 50_000
"""How many words are remembered, some 40 MB, before the sights begins anew."""
SIGHTS: Final = 5
"""Of each word: its letters, its beginning, its end, its shape, and what the gazetteer says of it."""
PARTS: Final = 16
"""The most stretches of letters that are looked at in one word."""
_LONG: Final = 100


@lru_cache(maxsize=65_536)
def norm(form: str) -> str:
    """A piece in lower case, its digits as zeros: 2012 and 2013 are one word to the network."""
    folded = fold(form)
    return "0" * len(folded) if folded.isdecimal() else folded


def written(forms: Sequence[str]) -> str:
    """How a text uses capitals, which say little in one without them, or with nothing else.

    ``"l"``: none, ``"u"``: most words are all capitals, ``"t"``: most words begin with one, ``""``: as usual.
    """
    words = [form for form in forms if form[0].isascii() and form[0].isalpha()]
    begun = sum(form[0].isupper() for form in words)
    if not words or not begun:
        return "l" if words else ""
    if 3 * sum(form.isupper() for form in words) > 2 * len(words):
        return "u"
    return "t" if 3 * begun > 2 * len(words) else ""


class Sights:
    """Gives each word a row of numbers: ``SIGHTS`` hashes, then up to ``PARTS`` hashes of stretches of it.

    ``age`` changes when all rows are given anew.
    """

    def __init__(self) -> None:
        self.age = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew. Rows given before are no longer valid."""
        self.age += 1
        self._places: dict[tuple[str, str, str], int] = {}
        self.features = np.zeros((4096, SIGHTS + PARTS), dtype=np.uint64)

    def __len__(self) -> int:
        return len(self._places)

    def rows(self, forms: Sequence[str], marks: Sequence[str]) -> Any:
        """The row of each word of a text and of what the gazetteer says of it."""
        places = self._places
        case = written(forms)
        found = [places.get((form, mark, case), -1) for form, mark in zip(forms, marks, strict=True)]
        if -1 in found:
            for at, row in enumerate(found):
                if row < 0:
                    found[at] = self._row((forms[at], marks[at], case))
        return np.array(found, dtype=np.intp)

    def _row(self, key: tuple[str, str, str]) -> int:
        row = self._places.get(key)
        if row is None:
            row = self._places[key] = len(self._places)
            if row == len(self.features):
                self.features = np.concatenate((self.features, np.zeros_like(self.features)))
            self.features[row] = _features(*key)
        return row


def _features(form: str, mark: str, case: str) -> tuple[int, ...]:
    beginning = _by_letters(norm(form))
    return (*beginning[:3], get_string_id(shape(form) + case), get_string_id(mark), *beginning[3:])


@lru_cache(maxsize=16_384)
def _by_letters(letters: str) -> tuple[int, ...]:
    """The hashes that depend on the letters alone, the first three and those of stretches, 0 where none."""
    bounded = f"<{letters}>"
    stretches = [bounded[at : at + 3] for at in range(len(bounded) - 2)]
    stretches += [bounded[at : at + 4] for at in range(len(bounded) - 3)]
    if len(stretches) > PARTS:
        stretches = [stretches[at * len(stretches) // PARTS] for at in range(PARTS)]
    sights = (letters, letters[:3], letters[-3:], *stretches)
    return (*map(get_string_id, sights), *[0] * (PARTS - len(stretches)))


class _Shapes(dict[int, str]):
    """What kind of sign each sign is."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        kind = ("X" if sign.isupper() else "x") if sign.isalpha() else "d" if sign.isdigit() else sign
        self[code] = kind
        return kind


_SHAPES: Final = _Shapes()
_RUN: Final = re.compile(r"(.)\1{4,}", re.DOTALL)


def shape(form: str) -> str:
    """The shape of a word as spaCy tells it: ``Xxxxx`` for Tabriz, no kind more than four times in a row."""
    if len(form) >= _LONG:
        return "LONG"
    return _RUN.sub(lambda run: run[1] * 4, form.translate(_SHAPES))
