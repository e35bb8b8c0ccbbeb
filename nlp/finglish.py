"""Persian names in Latin letters: which spellings are one name, and which are to be expected.

There is no standard. A consonant is written in a few ways, a long vowel in several, and short vowels, which
Persian leaves out, by ear or not at all: «ایران خودرو» (a car maker) is Iran Khodro, iran khodrow.
So a name is a pattern of its letters, with room for one short vowel wherever two consonants meet.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

from nlp import lexicon
from nlp.fold import fold
from nlp.names import parts

MOST_SPELLINGS: Final = 64
"""Spellings of one name that are made at most, the likeliest first."""
LEAST_ENGLISH: Final = 5
"""Letters of an English word that may be a name all the same."""
LEAST_LETTERS: Final = 3
"""A shorter name is like too many words."""

# The commonest way of each letter first; folded letters only.
_CONSONANTS: Final = {
    "ب": "b", "پ": "p", "ت": "t", "ط": "t", "ث": "s th", "س": "s c", "ص": "s", "ج": "j dj g",
    "چ": "ch c tch", "ح": "h", "خ": "kh x h", "د": "d", "ذ": "z", "ر": "r", "ز": "z s", "ژ": "zh j",
    "ش": "sh ch", "ض": "z", "ظ": "z", "غ": "gh q g",
    "ف": "f ph", "ق": "gh q g k", "ک": "k c ck q", "گ": "g gu", "ل": "l", "م": "m", "ن": "n", "ه": "h ",
}  # fmt: skip
_LONG: Final = {
    "آ": "a aa", "ا": "a aa o", "و": "o u oo v ou w ow av ov", "ی": "i y ee e ei ie ey ai iy",
    "ع": "a e  o i ' a' e'",
}  # fmt: skip
_FIRST: Final = {
    "ا": "a e o i u",
    "اس": "es as is s os",
    "ای": "i ee e ey ei ai ay iy",
    "او": "o u oo ow av ou avv",
    "ع": "a e o",
    "ی": "y",
    "و": "v w",
}
_LAST: Final = {
    "ه": "eh e a ah h",
    "و": "o u oo v ow ou w",
    "ی": "i y ee ie ei e",
    "یه": "ieh iyeh iye ie ye ia iya",
}
_SHORT: Final = "[aeiou]?"
_EZAFE: Final = "(?:e|ye|i)?"
"""What is spoken between two words, and written now and then."""
_GLIDES: Final = "وی"
_LIKELY_SHORT: Final = ("a", "e", "o", "")
_PERSIAN: Final = re.compile(r"[\u0620-\u06ff]")
_LATIN: Final = re.compile(r"[a-z']+")
_MOST_KNOWN: Final = 65_536
_NO_LETTER: Final = re.compile(r"[^a-z']+")


def same(one: str, other: str) -> bool:
    """Whether a Persian and a Latin spelling, in either order, may be one name; spaces make no difference.

    >>> same("ایران خودرو", "Iran Khodrow")
    True
    """
    persian, latin = (one, other) if _PERSIAN.search(one) else (other, one)
    if _PERSIAN.search(latin) or not _PERSIAN.search(persian):
        return False
    written = _NO_LETTER.sub("", fold(latin))
    if not _could_be(persian, written):
        return False
    found = pattern(persian)
    return found is not None and found.fullmatch(written) is not None


# Consonants that are always written, and always so: a quick look before a pattern is made.
_SURE: Final = (
    ("b", "ب"),
    ("p", "پف"),
    ("d", "دج"),
    ("t", "تطثچ"),
    ("r", "ر"),
    ("l", "ل"),
    ("m", "م"),
    ("n", "ن"),
)
_SURELY: Final = (
    ("بپ", "bp"),
    ("د", "d"),
    ("تط", "t"),
    ("ر", "r"),
    ("ل", "l"),
    ("م", "m"),
    ("ن", "n"),
    ("ف", "fp"),
)


def _could_be(persian: str, latin: str) -> bool:
    """Whether neither has a consonant that the other cannot have."""
    allowed, needed = _masks(persian)
    signs = _mask(latin)
    return not signs & ~allowed and all(signs & any_of for any_of in needed)


@lru_cache(maxsize=4_096)
def _masks(persian: str) -> tuple[int, tuple[int, ...]]:
    """The Latin consonants that a Persian name may show, and those of each letter one of which it shows."""
    allowed = sum(_BITS[sign] for sign, letters in _SURE if not set(letters).isdisjoint(persian))
    allowed |= _BITS["f"]
    needed = {
        sum(_BITS[sign] for sign in signs)
        for letters, signs in _SURELY
        for letter in letters
        if letter in persian
    }
    return allowed, tuple(needed)


@lru_cache(maxsize=4_096)
def _mask(latin: str) -> int:
    return sum(bit for sign, bit in _BITS.items() if sign in latin)


_BITS: Final = {sign: 1 << place for place, sign in enumerate("bpdtrlmnf")}


@lru_cache(maxsize=4_096)
def pattern(name: str) -> re.Pattern[str] | None:
    """What the Latin spellings of a Persian name match, in small letters, joined; ``None`` for none."""
    words = parts(name)
    if sum(map(len, words)) < LEAST_LETTERS or not all(map(_PERSIAN.search, words)):
        return None
    return re.compile(_EZAFE.join(map(_pattern, words)))


def _pattern(word: str) -> str:
    made = []
    for ways, consonant, meets in _letters(word):
        if meets:
            made.append(_SHORT)
        ways_made = "|".join(sorted(map(re.escape, ways), key=len, reverse=True))
        made.append(f"(?:{ways_made})" + ("{1,2}" if consonant and len(ways[0]) == 1 else ""))
    return "".join(made)


_MAYBE, _MEETS = 1, 2
"""A short vowel may stand before a letter: behind a glide, which may be a vowel itself; a consonant."""


def _letters(word: str) -> Iterator[tuple[tuple[str, ...], bool, int]]:
    """For each letter its ways, whether it is a consonant, and what it meets before it."""
    place, before = 0, 0
    while place < len(word):
        pair, letter = word[place : place + 2], word[place]
        last = place == len(word) - 1
        if place == 0 and (pair in _FIRST or letter in _FIRST) and len(word) > 1:
            known = pair if pair in _FIRST else letter
            yield tuple(_FIRST[known].split(" ")), letter in _GLIDES, 0
            before = _MAYBE if known[-1] in _GLIDES or known == "اس" else 0
            place += len(known)
            continue
        if pair == "یه" and place == len(word) - 2 and place:
            yield tuple(_LAST[pair].split(" ")), False, 0
            return
        if last and letter in _LAST and place:
            yield tuple(_LAST[letter].split(" ")), False, 0
        elif letter in _CONSONANTS:
            yield tuple(_CONSONANTS[letter].split(" ")), True, before
        elif letter in _LONG:
            yield tuple(_LONG[letter].split(" ")), False, 0
        else:
            yield ("",), False, 0
        before = _MEETS if letter in _CONSONANTS else _MAYBE if letter in _GLIDES else 0
        place += 1


@lru_cache(maxsize=4_096)
def spellings(name: str) -> tuple[str, ...]:
    """The Latin spellings to be expected of a Persian name, its words joined, the likeliest first.

    >>> "khodro" in spellings("خودرو")
    True
    """
    if pattern(name) is None:
        return ()
    choices: list[tuple[str, ...]] = []
    for word in parts(name):
        for ways, _, meets in _letters(word):
            if meets == _MEETS:
                choices.append(_LIKELY_SHORT)
            choices.append(tuple(filter(None, ways[:3])) or ("",))
    return tuple(islice(dict.fromkeys(_by_rank(choices)), MOST_SPELLINGS))


def _by_rank(choices: list[tuple[str, ...]]) -> Iterator[str]:
    """All texts of one choice each, those first whose choices stand nearest to the front."""
    most = sum(len(ways) - 1 for ways in choices)
    for rank in range(min(most, 4) + 1):
        yield from map("".join, _of_rank(choices, rank))


def _of_rank(choices: list[tuple[str, ...]], rank: int) -> Iterator[list[str]]:
    if not choices:
        if rank == 0:
            yield []
        return
    for place, way in enumerate(choices[0][: rank + 1]):
        for rest in _of_rank(choices[1:], rank - place):
            yield [way, *rest]


def seen(name: str, latin: Iterable[str]) -> tuple[str, ...]:
    """Those of Latin words (or tags) that may be this Persian name, in order: suggestions for its aliases."""
    return tuple(word for word in latin if same(name, word))


@dataclass(frozen=True, slots=True)
class Place:
    """A Persian name found in Latin words: from ``first`` to before ``last``, counted from 0."""

    name: str
    first: int
    last: int


class Finder:
    """Finds Persian names in the Latin words of texts; made once for the names that a project watches."""

    def __init__(self, names: Iterable[str]) -> None:
        """Names that are too short, or not Persian, are passed over."""
        kept = [name for name in dict.fromkeys(names) if pattern(name) is not None]
        self._most = max((len(parts(name)) for name in kept), default=0)
        # By how many words they are written in at most.
        self._names = {
            count: [name for name in kept if len(parts(name)) >= count] for count in range(1, self._most + 1)
        }
        self._known: dict[tuple[str, int], str | None] = {}

    def find(self, words: Sequence[str]) -> list[Place]:
        """The names in folded words, in order, the longest first where several begin; they never overlap.

        A name may be written in as many words as it has, or in fewer.
        """
        found: list[Place] = []
        first = 0
        while first < len(words):
            last = self._end(words, first)
            if last:
                name = self._name(words[first:last])
                found.append(Place(name or "", first, last))
            first = last or first + 1
        return found

    def _end(self, words: Sequence[str], first: int) -> int:
        """Where the longest name that begins at a word ends; 0 where none does."""
        for last in range(min(len(words), first + self._most), first, -1):
            if self._name(words[first:last]) is not None:
                return last
        return 0

    def _name(self, words: Sequence[str]) -> str | None:
        """The name that some words are, remembered: most words come again."""
        joined, count = "".join(words), len(words)
        if len(joined) < LEAST_LETTERS + 1 or _LATIN.fullmatch(joined) is None:
            return None
        if (joined, count) not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            english = joined in lexicon.of("en")
            fits = (name for name in self._names[count] if same(name, joined))
            # The words of English texts are names too (tehran), but then in their commonest spelling.
            common = len(joined) >= LEAST_ENGLISH
            sure = (name for name in fits if not english or (common and joined in spellings(name)))
            self._known[joined, count] = next(sure, None)
        return self._known[joined, count]
