"""The telling words and expressions of a text and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from nlp.text import Text
from nlp.tone import Known, in_latin_persian, look, look_joined, starts

UNKNOWN: Final = "und"
"""A text too short or too mixed to name its language is read if it holds a word or sign that is known."""


@dataclass(slots=True)
class Item:
    """A known word or expression: the places of its first and last word, and its offsets."""

    known: Known
    first: int
    last: int
    start: int
    end: int
    used: bool = False


# Where a clause ends: what is denied or stressed beyond it is something else.
BREAK: Final = re.compile(r"[.!?؟،,;؛:\n…()\"«»|]")
# Plural, comparison and copula, where they are written apart.
_APART: Final = "ها های هایی هاش تر ترین تری تره ام ای اند ایم اید ه"
_ENDINGS_APART: Final = frozenset(_APART.split())
_MOST_WORDS: Final = 5
BEING: Final = frozenset({"بودن"})  # to be


def items(text: Text) -> Iterator[Item]:
    """The known words and expressions, the longest from each place."""
    words = text.words
    english = text.language == "en" or (text.language == UNKNOWN and not in_latin_persian(words))
    begun = starts()
    place, count = 0, len(words)
    while place < count:
        word = words[place]
        joined, last = word.folded, place
        known = look(joined, english)
        if joined in _SHORT_NOT and place + 1 < count and words[place + 1].folded == "t":
            known, last = _NOT, place + 1
        if joined in begun:
            for ahead in range(place + 1, min(place + _MOST_WORDS, count)):
                joined += words[ahead].folded
                if longer := look_joined(joined, english):
                    if BREAK.search(text.written, words[ahead - 1].end, words[ahead].start):
                        break
                    known, last = longer, ahead
                if joined not in begun:
                    break
        if known is not None:
            if last + 1 < count and words[last + 1].folded in _ENDINGS_APART:
                joined = "".join(part.folded for part in words[place : last + 2])
                if longer := look(joined, english):
                    known, last = longer, last + 1
            yield Item(known, place, last, word.start, words[last].end)
        place = last + 1


# "don't" is two words to a reader: "don" and "t".
_CONTRACTED: Final = "don doesn didn isn wasn aren weren couldn wouldn shouldn won can haven hasn hadn ain"
_SHORT_NOT: Final = frozenset(_CONTRACTED.split())
_NOT: Final = Known(negates=True)


BESIDE: Final = 8
"""Telling words on either side that can matter to one: those within a few words are never more."""


def beside(items: list[Item], place: int) -> list[Item]:
    """The telling words around one, itself included."""
    return items[max(0, place - BESIDE) : place + BESIDE + 1]
