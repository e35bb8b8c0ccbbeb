"""A text made ready for its readers once: its signs, its words where they stand, its language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import msgspec
import regex

from nlp import cuts, emoji, language
from nlp.fold import CAMEL, fold, plain
from nlp.signs import HANDLE, HASHTAG, LINK, MENTION, Sign, scan

_NO_WORDS: Final = (LINK, MENTION, HANDLE)
# The half-space and other signs that folding drops stand inside words.
_INSIDE: Final = r"\u00ad\u034f\u061c\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f"
_WORD: Final = regex.compile(
    rf"[\p{{Han}}\p{{Hiragana}}]|[[\p{{L}}\p{{M}}\p{{N}}{_INSIDE}]--[\p{{Han}}\p{{Hiragana}}]]+", regex.V1
)
# Where no sign of a text is among these (marks, scripts without spaces), the quicker engine finds the same.
_HARD: Final = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0530-\u05ff\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u1fff\u2040\u2050-\u2054"
    r"\u20d0-\u20f0\u2c00-\ufe0d\ufe10-\ufefe\uff00-\U0001efff\U0001fb00-\U0010ffff]"
)
_EASY_WORD: Final = re.compile(rf"[{_INSIDE}]*[^\W_]+(?:[{_INSIDE}]+[^\W_]*)*")


class Word(msgspec.Struct, frozen=True, gc=False):
    """A word as it is compared and where it stands (code points into ``Text.written``).

    ``tag`` says that it is part of a hashtag. (No dataclass, because 26 of them are made for each post, and
    that took longer than all else that is read here.)
    """

    folded: str
    start: int
    end: int
    tag: bool = False


@dataclass(frozen=True, slots=True)
class Cue:
    """A place of a text that spoke for a reading: what it says (``"negative"``), and how much.

    ``why`` names the rule or list that knew it, as a key of ``words``.
    """

    start: int
    end: int
    says: str
    weight: float = 1.0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What is written, and what every reader of it needs.

    ``signs`` are hashtags, mentions, cashtags and links; ``words`` all words that are not part of a mention
    or link, folded, those of hashtags one by one; ``emoji`` with their offsets.
    """

    written: str
    language: str
    signs: tuple[Sign, ...]
    words: tuple[Word, ...]
    emoji: tuple[tuple[str, int, int], ...]


def prepare(written: str, lang: str | None = None) -> Text:
    """The text ready to be read; its language is detected where it is not known."""
    signs = scan(written)
    words = tuple(_words(written, signs))
    if lang is None:
        lang = language.of_words(plain(written, signs), [word.folded for word in words])
    return Text(
        written=written,
        language=lang,
        signs=tuple(signs),
        words=words,
        emoji=tuple((found.normal, found.start, found.end) for found in emoji.find(written)),
    )


_folded: Final = lru_cache(maxsize=65_536)(fold)


def _words(written: str, signs: list[Sign]) -> list[Word]:
    finder = _WORD if _HARD.search(written) else _EASY_WORD
    found: list[Word] = []
    last = 0
    for kind, start, end in signs:
        if kind in _NO_WORDS:
            _add(found, finder, written, last, start)
        elif kind == HASHTAG:
            _add(found, finder, written, last, start)
            found.extend(_tag_words(written, start + 1, end))
        else:
            continue
        last = end
    _add(found, finder, written, last, len(written))
    return found


def _add(found: list[Word], finder: Any, written: str, first: int, last: int) -> None:
    for match in finder.finditer(written, first, last):
        if folded := _folded(match[0]):
            start, end = match.span()
            found.append(Word(folded, start, end))


def _tag_words(written: str, start: int, end: int) -> Iterator[Word]:
    for match in _WORD.finditer(written.replace("\u200c", "_"), start, end):
        cut_at = [cut.start() for cut in CAMEL.finditer(written, *match.span())]
        for first, last in pairwise([match.start(), *cut_at, match.end()]):
            folded = _folded(written[first:last])
            # Where folding took signs away, the words have no places of their own.
            parts = () if cut_at or len(folded) != last - first else cuts.sure(folded)
            for part in parts or (folded,):
                end_of = first + len(part) if parts else last
                if part:
                    yield Word(part, first, end_of, True)
                first = end_of
