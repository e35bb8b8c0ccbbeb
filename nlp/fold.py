"""One form for every spelling of a word; whatever is indexed, searched or compared is folded here.

The original text is what people are shown; a folded text is for machines.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

import regex

from nlp import cuts
from nlp.signs import HANDLE, HASHTAG, LINK, MENTION, Sign, scan

VERSION = "2"

_NO_WORDS = (LINK, MENTION, HANDLE)

_LETTERS = {
    "\u064a": "\u06cc",  # Arabic yeh -> Persian yeh
    "\u0649": "\u06cc",  # alef maksura -> Persian yeh
    "\u0626": "\u06cc",  # yeh with hamza
    "\u0643": "\u06a9",  # Arabic kaf -> Persian kaf
    "\u06aa": "\u06a9",  # swash kaf
    "\u0629": "\u0647",  # teh marbuta -> heh
    "\u06c0": "\u0647",  # heh with yeh above (ezafe)
    "\u06be": "\u0647",  # heh doachashmee
    "\u06c1": "\u0647",  # heh goal
    "\u06c2": "\u0647",  # heh goal with hamza
    "\u06c3": "\u0647",  # teh marbuta goal
    "\u06d5": "\u0647",  # ae
    "\u0623": "\u0627",  # alef with hamza above
    "\u0625": "\u0627",  # alef with hamza below
    "\u0671": "\u0627",  # alef wasla
    "\u0624": "\u0648",  # waw with hamza
}

_DROPPED = (
    (0x064B, 0x065F),  # Arabic vowel signs
    (0x0610, 0x061A),  # Arabic honorific signs
    (0x0670, 0x0670),  # superscript alef
    (0x06D6, 0x06DC),  # Quranic signs
    (0x06DF, 0x06E8),
    (0x06EA, 0x06ED),
    (0x0640, 0x0640),  # tatweel
    (0x0307, 0x0307),  # what case folding leaves of the Turkish dotted I
    (0x00AD, 0x00AD),  # soft hyphen
    (0x034F, 0x034F),  # grapheme joiner
    (0x061C, 0x061C),  # Arabic letter mark
    (0x200C, 0x200F),  # half-space, joiner, direction marks
    (0x202A, 0x202E),  # embeddings and overrides
    (0x20E3, 0x20E3),  # the keycap of an emoji digit
    (0x2060, 0x206F),  # word joiner, isolates
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFEFF, 0xFEFF),  # byte order mark
)


def _table() -> dict[int, str | None]:
    table: dict[int, str | None] = {}
    for code in range(0x80, 0x20000):
        if unicodedata.category(chr(code)) == "Nd":
            table[code] = str(unicodedata.decimal(chr(code)))
    table.update({ord(letter): folded for letter, folded in _LETTERS.items()})
    table.update({code: None for first, last in _DROPPED for code in range(first, last + 1)})
    table[0x200B] = " "  # a zero-width space parts words, unlike the half-space
    return table


_TABLE = _table()
_HALF_SPACE = "\u200c"
# Translating is slow, and most texts hold nothing to translate but the half-space. Beyond the first plane
# the search is for whole stretches, digits or not, because single signs there would slow it down.
_CHANGING = re.compile(
    f"[{''.join(re.escape(chr(code)) for code in _TABLE if code < 0x10000)}"
    "\U00010000-\U0001efff\U0001fbf0-\U0001fbf9]"
)

# Marks, jamo and Eastern Asian signs, as far as the table leaves them: without these a text is settled,
# and the quicker engine finds the same words.
_HARD = re.compile(
    r"[\u0300-\u036f\u0483-\u0489\u0530-\u05ff\u06dd-\u1fff\u2040\u2050-\u20f0\u2c00-\U000effff]"
)
# Neighbours of a dropped sign may compose, so only texts without marks and jamo are done in one round.
_UNSETTLED = regex.compile(r"[\p{M}\u1100-\u11ff\u0345]")


def fold(text: str) -> str:
    """The text in the one spelling that all its spellings share; folding it again changes nothing.

    Letter forms, vowel signs, tatweel, digits, case and width are folded, the half-space joins its
    parts, direction marks go. Persian alef with madda stays apart from alef: they are different letters.
    """
    if text.isascii():
        return text.lower()
    folded = _fold_once(text)
    while _HARD.search(folded) and _UNSETTLED.search(folded):
        again = _fold_once(folded)
        if again == folded:
            break
        folded = again
    return folded


def _fold_once(text: str) -> str:
    wide = unicodedata.normalize("NFKC", text).casefold().replace(_HALF_SPACE, "")
    if _CHANGING.search(wide):
        wide = wide.translate(_TABLE)
    return unicodedata.normalize("NFKC", wide)


# Han and Hiragana are written without spaces: each sign is a word, as in the engines' own analysers.
_WORD = regex.compile(r"[\p{Han}\p{Hiragana}]|[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}]]+", regex.V1)
_EASY_WORD = re.compile(r"[^\W_]+")
CAMEL = regex.compile(r"(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})")
"""Where the next word of CamelCase begins."""
_TAG_BREAK = regex.compile(r"[_\u200c]+")


def tokens(text: str) -> list[str]:
    """The words of a text in folded form, in order: what is indexed and what is searched.

    A hashtag gives its words (``#هوش_مصنوعی`` two, ``#BlackFriday`` black, friday and blackfriday);
    links, mentions and punctuation give none.
    """
    return words(plain(text, scan(text)))


def words(text: str) -> list[str]:
    """``tokens`` of a text that is plain already."""
    folded = fold(text)
    if _HARD.search(folded) is None:
        return _EASY_WORD.findall(folded)
    found: list[str] = _WORD.findall(folded)
    return found


def plain(text: str, signs: list[Sign]) -> str:
    """The text without links and mentions, its hashtags as their words; ``signs`` is its ``scan``."""
    if not signs:
        return text
    pieces: list[str] = []
    last = 0
    for kind, start, end in signs:
        if kind in _NO_WORDS:
            pieces.append(text[last:start])
        elif kind == HASHTAG:
            pieces.append(text[last:start])
            pieces.append(_tag_text(text[start + 1 : end]))
        else:
            continue
        last = end
    pieces.append(text[last:])
    return " ".join(pieces)


@lru_cache(maxsize=32_768)
def _tag_text(tag: str) -> str:
    return " ".join(_tag_pieces(tag))


def tag_words(tag: str) -> list[str]:
    """The words a tag (without its sign) is made of, folded; one written in one also as a whole.

    Parts are told by ``_``, the half-space and, in Latin and other cased scripts, capitals; without these, by
    known words that certainly meet (``nlp.cuts.sure``).
    """
    return [fold(piece) for piece in _tag_pieces(tag)]


def _tag_pieces(tag: str) -> list[str]:
    """``tag_words`` as they are written, for their letters tell the language."""
    found: list[str] = []
    for part in filter(None, _TAG_BREAK.split(tag)):
        pieces = [piece for piece in CAMEL.split(part) if piece] if not part.islower() else [part]
        if len(pieces) > 1:
            found.extend(pieces)
        elif parts := cuts.sure(fold(part)):
            found.extend(_as_written(part, parts))
        found.append(part)
    return found


def _as_written(whole: str, parts: tuple[str, ...]) -> list[str]:
    """The letters of the whole that the folded parts are; the parts where folding took some away."""
    if sum(map(len, parts)) != len(whole):
        return list(parts)
    ends = list(accumulate(map(len, parts)))
    return [whole[end - len(part) : end] for part, end in zip(parts, ends, strict=True)]
