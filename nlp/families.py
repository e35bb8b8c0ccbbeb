"""What a family of hashtags is made of, what looks like it and is not, and what may belong to it.

Pure functions over the spellings of a family and their counts. Nothing here changes a family: a doubt or a
sibling is a suggestion, which a project takes up in its settings (``nlp.mending``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import regex

from nlp import finglish, hashtags, lexicon
from nlp.fold import fold
from nlp.madda import restored
from nlp.mending import spelling
from nlp.segment import segment


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A spelling of a family with its posts; ``joined_by`` says what makes it one with the commonest.

    Of ``half-space``, ``underscore``, ``letters``, ``case``, ``digits``, ``diacritics``, ``width``,
    ``madda``, ``invisible`` and, where a project joined them, ``mended``; empty for the commonest itself.
    """

    written: str
    count: int
    joined_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Two spellings of one family that may be two tags.

    ``why``: their ``words`` meet at other places, or their ``letters`` make different words.
    """

    one: str
    other: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sibling:
    """Another family that may be the same; ``why`` is what sets them apart.

    One of ``letter``, ``plural``, ``madda``, ``order`` (of words) and ``finglish``.
    """

    key: str
    count: int
    why: str


_SUBSTITUTES: Final = {
    "ؤ": "و",
    "ئ": "ی",
    "أ": "ا",
    "إ": "ا",
    "ٱ": "ا",
    "ة": "ه",
    "ۀ": "ه",
    "ہ": "ه",
    "ھ": "ه",
    "ە": "ه",
}
_SUBSTITUTES_MORE: Final = {"ي": "ی", "ى": "ی", "ك": "ک", "ڪ": "ک", "ۂ": "ه", "ۃ": "ه"}
_LETTERS: Final = {ord(letter): plain for letter, plain in (_SUBSTITUTES | _SUBSTITUTES_MORE).items()}
_MARKS: Final = regex.compile(r"[\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640]")
_INVISIBLE: Final = regex.compile(r"[\u00ad\u061c\u200d-\u200f\u202a-\u202e\u2060-\u206f\ufe0e\ufe0f\ufeff]")
_UNDERSCORES: Final = regex.compile(r"[_\u00b7\u30fb]")


def _digits(written: str) -> str:
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in written)


def _madda(written: str) -> str:
    return "_".join(map(restored, written.split("_")))


def _composed(written: str) -> str:
    return unicodedata.normalize("NFC", written)


# Each names what it takes away; in this order, because later ones read what earlier ones have left.
_STEPS: Final[dict[str, Callable[[str], str]]] = {
    "width": lambda written: unicodedata.normalize("NFKC", written),
    "invisible": lambda written: _INVISIBLE.sub("", written),
    "case": str.casefold,
    "digits": _digits,
    "letters": lambda written: written.translate(_LETTERS),
    "diacritics": lambda written: _MARKS.sub("", written),
    "half-space": lambda written: written.replace("\u200c", "_"),
    "madda": _madda,
    "underscore": lambda written: _UNDERSCORES.sub("", written),
}


def members(counts: Mapping[str, int]) -> tuple[Member, ...]:
    """The spellings of a family, commonest first, each with what makes it one with the commonest."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        Member(written=written, count=count, joined_by=joined_by(written, ranked[0][0]))
        for written, count in ranked
    )


def joined_by(one: str, other: str) -> tuple[str, ...]:
    """What two spellings differ in and folding takes away, in the order of ``_STEPS``.

    >>> joined_by("هوش_مصنوعي", "هوش_مصنوعی")
    ('letters',)
    """
    one, other = one.lstrip("#＃"), other.lstrip("#＃")
    if one == other:
        return ()
    if hashtags.key(one) != hashtags.key(other):
        return ("mended",)
    return tuple(name for name in _STEPS if _without(name, one) != _without(name, other))


def _without(left_out: str, written: str) -> str:
    """The spelling with everything taken away but what one step takes."""
    for name, step in _STEPS.items():
        if name != left_out:
            written = step(written)
        elif name == "half-space":
            # Where words meet is one thing; how it is written another.
            written = written.replace("_", "")
    return _composed(written)


# --- look-alikes ---

# Letters that are drawn alike, small or as capitals, in the common typefaces; the idea is that of UTS #39.
# Within Arabic script most of what looks alike is one letter after folding already.
_ALIKE: Final = {
    "a": "аα", "b": "вβ", "c": "сϲ", "d": "ԁ", "e": "еε", "g": "ɡ", "h": "һнη", "i": "іιıl1", "j": "јϳ",
    "k": "кκ", "m": "мμ", "n": "ո", "o": "оο0օ", "p": "рρ", "q": "ԛ", "s": "ѕ", "t": "тτ", "u": "υս",
    "v": "ѵν", "w": "ԝω", "x": "хχ", "y": "уγү", "z": "ζ", "ە": "ه", "ں": "ن", "ے": "ی",
}  # fmt: skip
_DRAWN: Final = {ord(letter): drawn for drawn, letters in _ALIKE.items() for letter in letters}


def skeleton(key: str) -> str:
    """What a key looks like: the same for keys that are drawn alike (``paypal`` and ``раураl``).

    >>> skeleton("раураl") == skeleton("paypal") == skeleton("paypa1")
    True
    """
    return fold(key).translate(_DRAWN).replace("rn", "m").replace("vv", "w")


def look_alikes(key: str, keys: Iterable[str]) -> tuple[str, ...]:
    """Those of other keys that look like this one and are written with different letters, in order."""
    drawn = skeleton(key)
    return tuple(sorted({other for other in keys if other != key and skeleton(other) == drawn}))


# --- doubts ---

OFTEN: Final = 0.2
"""The share of the commonest spelling from which on another is not a slip."""


def doubts(counts: Mapping[str, int]) -> tuple[Doubt, ...]:
    """Pairs of frequent spellings that may be two tags: their words meet at other places, or letters differ.

    ``now_here`` and ``nowhere``: both ways are words. ``هوش_مصنوعی`` and ``هوشمصنوعی`` (artificial
    intelligence) are no doubt, because the joined form is no word of its own.
    """
    ways: dict[str, tuple[int, str]] = {}
    for written, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        known, first = ways.get(spelling(written), (0, written))
        ways[spelling(written)] = (known + count, first)
    often = OFTEN * max((count for count, _ in ways.values()), default=0)
    kept = sorted((way for way in ways if ways[way][0] >= often), key=lambda way: (-ways[way][0], way))
    found = []
    for place, way in enumerate(kept):
        for other in kept[place + 1 :]:
            why = _doubtful(way, other)
            if why:
                found.append(Doubt(one=ways[way][1], other=ways[other][1], why=why))
    return tuple(found)


def _doubtful(one: str, other: str) -> str:
    if one.replace("_", "") != other.replace("_", ""):
        return "letters" if _are_words(one) and _are_words(other) and not _slip(one, other) else ""
    return "words" if one != other and _are_words(one) and _are_words(other) else ""


def _slip(one: str, other: str) -> bool:
    """Whether two spellings differ in a madda, a hamza on alef or a he only, which writers leave out."""
    plain = str.maketrans("آأإٱةۀہھە", "ااااههههه")
    return one.translate(plain) == other.translate(plain)


def _are_words(way: str) -> bool:
    return all(part in lexicon.of("en") or fold(part) in lexicon.of("fa") for part in way.split("_"))


# --- siblings ---

LEAST_LETTERS: Final = 5
"""Shorter keys that differ in one letter are mostly different words."""
_PLURALS: Final = ("ها", "های", "ات", "ان", "es", "s")


def siblings(key: str, counts: Mapping[str, int], *, least: int = 2) -> tuple[Sibling, ...]:
    """Other families that may be the same, with at least so many posts, commonest first: suggestions."""
    found = [
        Sibling(key=other, count=count, why=why)
        for other, count in counts.items()
        if other != key and count >= least and (why := _kinship(key, other))
    ]
    return tuple(sorted(found, key=lambda sibling: (-sibling.count, sibling.key)))


def _kinship(one: str, other: str) -> str:
    short, long = sorted((one, other), key=len)
    if len(short) == len(long) and short.replace("آ", "ا") == long.replace("آ", "ا"):
        return "madda"
    if len(short) > 2 and any(long == short + ending for ending in _PLURALS):
        return "plural"
    if len(short) >= LEAST_LETTERS and _one_letter_apart(short, long) and not (_known(one) and _known(other)):
        return "letter"
    if one.isascii() != other.isascii() and finglish.same(one, other):
        return "finglish"
    if len(short) == len(long) and sorted(short) == sorted(long):
        words = segment(short)
        return "order" if len(words) > 1 and sorted(words) == sorted(segment(long)) else ""
    return ""


def _known(key: str) -> bool:
    """Whether a key is a word, and so hardly a slip of another."""
    return key in lexicon.of("en") or key in lexicon.of("fa")


def _one_letter_apart(short: str, long: str) -> bool:
    """Whether one letter was changed, left out, or two neighbours changed places; in no number."""
    if len(long) - len(short) > 1 or any(map(str.isdigit, short + long)):
        return False
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if len(short) < len(long):
        return short[start:] == long[start + 1 :]
    swapped = long[:start] + long[start : start + 2][::-1] + long[start + 2 :]
    return short[start + 1 :] == long[start + 1 :] or short == swapped
