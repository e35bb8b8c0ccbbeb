"""Entries of phrase lists (``nlp.patterns`` says what they hold) taken apart, and which words fill them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from nlp.fold import fold, tokens

PERSIAN: Final = re.compile(r"[\u0600-\u06ff]")
_HALF_SPACE: Final = "\u200c"
_NUMBER: Final = "<n>"
_IMPERATIVE: Final = "<imperative>"


def folded(words: str) -> frozenset[str]:
    """The words of a line, folded."""
    return frozenset(map(fold, words.split()))


# What may stand behind a noun or an adjective: it, my, your, his, the, is, plural with owners, our, their
_ENDINGS_FA: Final = folded(
    "ی م ت ش و ه ا ها های هایی هام هات هاش هاتون هامون هاشون هایتان هایمان هایشان ام ات اش مون تون شون "
    "مان تان شان رو مو تو شو ای یی یتون یت یم تونو مونو ان اس ست"
)
_ENDINGS_EN: Final = ("s", "es", "d", "ed", "ing")
# take, do not go: a Persian imperative to several people or to one politely. Behind the stem of a past, which
# ends in t or d, the same ending says that they did; and others only look alike (did not arrive, bitter).
_ORDERS: Final = re.compile(r"[بن]\w{1,7}(?<![تد])ید|[بن]فرستید|[بن]دید")
_NO_ORDERS: Final = folded(
    "بعید نوید ناامید نومید نرسید نشنید نپرسید نفهمید ندید نشید برسید بخشید نترسید نخندید نگید بریدید نمیگید"
)


@dataclass(slots=True)
class Symbols:
    """Which places of phrases a word can fill."""

    whole: dict[str, set[int]] = field(default_factory=dict)
    begins: dict[str, set[int]] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    orders: set[int] = field(default_factory=set)
    ids: dict[frozenset[str], int] = field(default_factory=dict)

    def number(self, words: frozenset[str]) -> int:
        """The number of a place that any of these words (``a``, ``a*``, ``<n>``) fills."""
        if (known := self.ids.get(words)) is not None:
            return known
        made = self.ids[words] = len(self.ids)
        for word in words:
            if word == _NUMBER:
                self.numbers.add(made)
            elif word == _IMPERATIVE:
                self.orders.add(made)
            elif word.endswith("*"):
                self.begins.setdefault(word[:-1], set()).add(made)
            else:
                self.whole.setdefault(word, set()).add(made)
        return made

    def of(self, word: str) -> set[int]:
        """The places that a word fills as it is written."""
        found = set(self.whole.get(word, ()))
        for length in range(2, len(word) + 1):
            found |= self.begins.get(word[:length], set())
        if word.isdigit():
            found |= self.numbers
        elif _ORDERS.fullmatch(word) and word not in _NO_ORDERS and not word.startswith("نمی"):  # does not
            found |= self.orders
        return found


def forms(words: Iterable[str], classes: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """The folded words, those with ``+`` also with their endings; a class gives its words."""
    for word in words:
        if word in (_NUMBER, _IMPERATIVE):
            yield word
        elif word.startswith("<"):
            yield from classes[word.strip("<>")]
        elif word.endswith("+"):
            stem = fold(word[:-1])
            yield stem
            endings = _ENDINGS_FA if PERSIAN.search(stem) else _ENDINGS_EN
            yield from (stem + ending for ending in endings)
        elif word.endswith("*"):
            yield fold(word[:-1]) + "*"
        else:
            yield fold(word)


def choices(part: str) -> list[tuple[str, ...]]:
    """The ways to write one part of an entry: left out, apart or joined; words without a seam are one way."""
    may_miss = part.startswith("(")
    bare = part.strip("()")
    if bare.startswith("~"):
        return [(bare,), ()] if may_miss else [(bare,)]
    ways: list[tuple[str, ...]] = []
    plain: list[str] = []
    for word in bare.split("/"):
        if _HALF_SPACE in word or "'" in word:
            ways.extend(_seams(word))
        else:
            plain.append(word)
    if plain:
        ways.append(("/".join(plain),))
    return [*ways, ()] if may_miss else ways


def _seams(word: str) -> list[tuple[str, ...]]:
    """The ways to write a word with a half-space or an apostrophe."""
    ending = word[-1] if word[-1] in "+*" else ""
    bare = word.rstrip("+*")
    apart = tuple(tokens(bare.replace(_HALF_SPACE, " ")))
    ways = dict.fromkeys((tuple(tokens(bare)), apart, ("".join(apart),)))
    return [(*way[:-1], way[-1] + ending) for way in ways]
