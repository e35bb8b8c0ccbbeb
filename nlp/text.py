"""A text made ready for its readers once: its signs, its words where they stand, its language."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import regex

from nlp import emoji, language
from nlp.fold import fold, plain, words
from nlp.signs import HANDLE, HASHTAG, LINK, MENTION, Sign, scan

_NO_WORDS: Final = (LINK, MENTION, HANDLE)
# The half-space and other signs that folding drops stand inside words.
_INSIDE: Final = r"\u00ad\u034f\u061c\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufe0e\ufe0f"
_WORD: Final = regex.compile(
    rf"[\p{{Han}}\p{{Hiragana}}]|[[\p{{L}}\p{{M}}\p{{N}}{_INSIDE}]--[\p{{Han}}\p{{Hiragana}}]]+", regex.V1
)
_CAMEL: Final = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is compared and where it stands (code points into ``Text.written``).

    ``tag`` says that it is part of a hashtag.
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
    if lang is None:
        bare = plain(written, signs)
        lang = language.of_words(bare, words(bare))
    return Text(
        written=written,
        language=lang,
        signs=tuple(signs),
        words=tuple(_words(written, signs)),
        emoji=tuple((found.normal, found.start, found.end) for found in emoji.find(written)),
    )


def _words(written: str, signs: list[Sign]) -> list[Word]:
    found: list[Word] = []
    last = 0
    for kind, start, end in signs:
        if kind in _NO_WORDS:
            _add(found, written, last, start)
        elif kind == HASHTAG:
            _add(found, written, last, start)
            _add_tag(found, written, start + 1, end)
        else:
            continue
        last = end
    _add(found, written, last, len(written))
    return found


def _add(found: list[Word], written: str, start: int, end: int) -> None:
    for match in _WORD.finditer(written, start, end):
        if folded := fold(match[0]):
            found.append(Word(folded, match.start(), match.end()))


def _add_tag(found: list[Word], written: str, start: int, end: int) -> None:
    for match in _WORD.finditer(written.replace("\u200c", "_"), start, end):
        cuts = [match.start(), *(cut.start() for cut in _CAMEL.finditer(written, *match.span())), match.end()]
        for first, last in pairwise(cuts):
            if folded := fold(written[first:last]):
                found.append(Word(folded, first, last, tag=True))
