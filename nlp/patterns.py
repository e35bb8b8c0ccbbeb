"""Phrases of lists found in a text in one pass over its words: tries with gaps, alternatives and endings.

An entry of a list is words with a space between them. It may say:

====================  ========================================================================================
``a/b``               either word
``(a)``, ``(a/b)``    a word that may be missing
``~``, ``~4``         up to two (four) other words here
``order+``            the word, also with endings: plural and 's, Persian plural, possessives, ezafe, object
``deliver*``          any word that begins so
``<thing>``           any word of the list's class ``thing``; ``<n>`` is a number,
                      ``<imperative>`` a Persian one to several people
``^`` in front        a sentence begins here (greetings and "please" apart); ``$`` behind: it ends here
``?`` behind          its sentence is a question by its mark
====================  ========================================================================================

A half-space or an apostrophe stands for parts that are joined, half-spaced or apart: ``don't`` is ``dont``.
Words are compared folded; one that is drawn out (``soooo``) is also looked up as if it were not. Persian «می»
and endings that stand apart are joined to their words first, so that «می خواهم» is «می‌خواهم» (I want).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final, NamedTuple

from nlp.entries import PERSIAN, Symbols, choices, folded, forms
from nlp.signs import LINK
from nlp.text import Text, Word

_GAP: Final = 2
_KNOWN_WORDS: Final = 30_000
_DRAWN: Final = re.compile(r"(.)\1+")
_LONG: Final = re.compile(r"(.)\1\1")
_STOPS: Final = re.compile(r"[!?؟…\n؛;]+|[.:]+(?=\s|$)")
_ASKS: Final = frozenset("?؟")
_CLOSING: Final = frozenset('»”"')

# does, does not: written apart they belong to the verb behind them
_BEFORE: Final = folded("می نمی")
# plural, more, most, am, is, his, your, our, their: written apart they belong to the word before them
_BEHIND: Final = folded(
    "ها های هایی هام هات هاش هامون هاتون هاشون تر ترین ام ای اید ایم اند اش ات مون تون شون"
)
_APART: Final = _BEFORE | _BEHIND


class Place(NamedTuple):
    """Where a phrase was found: words ``first`` to ``last`` (exclusive) of the words read, and its list."""

    first: int
    last: int
    list: Listed


class Listed(NamedTuple):
    """A list of phrases: what they say, how much, and under which name people are told of it.

    ``polar`` ones say the contrary, or nothing, where they are denied.
    """

    says: str
    why: str
    weight: float = 1.0
    polar: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words ``first`` to ``last`` (exclusive), the first ``opening`` of them greetings, and where they stand.

    ``asked`` is the stretch of its question mark, ``(0, 0)`` where it has none.
    """

    first: int
    last: int
    opening: int
    start: int
    end: int
    asked: tuple[int, int] = (0, 0)


class _Ways(dict[int, "_Node"]):
    """Where the next word of a phrase leads, by the place that it fills; ``places`` are all these."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        super().__init__()
        self.places: frozenset[int] = frozenset()

    def to(self, place: int) -> _Node:
        if place not in self:
            self[place] = _Node()
            self.places |= {place}
        return self[place]


class _Node:
    """A word of phrases: what ends here, and what may follow at once or behind a gap."""

    __slots__ = ("ends", "far", "next")

    def __init__(self) -> None:
        self.next = _Ways()
        self.far: dict[int, _Ways] = {}
        self.ends: list[tuple[Listed, bool, bool, bool]] = []


class _Known(NamedTuple):
    """What is known of a word: the places that it can fill, and the phrases that it begins.

    ``sure`` are nodes to follow whatever comes; ``plain`` those that a word of ``after`` must follow at once.
    """

    places: frozenset[int]
    sure: tuple[_Node, ...]
    plain: tuple[_Node, ...]
    after: frozenset[int]


class _Vocabulary(dict[str, _Known]):
    """What is known of a folded word; each is looked up once, words that are drawn out in other spelling."""

    def __init__(self, symbols: Symbols, root: _Node) -> None:
        super().__init__()
        self.symbols = symbols
        self.root = root

    def __missing__(self, word: str) -> _Known:
        found = self.symbols.of(word)
        if not found and (_LONG.search(word) or (PERSIAN.search(word) and _DRAWN.search(word))):
            found = self.symbols.of(_DRAWN.sub(r"\1\1", word)) or self.symbols.of(_DRAWN.sub(r"\1", word))
        first = [self.root.next[place] for place in sorted(found & self.root.next.places)]
        plain = tuple(node for node in first if not node.ends and not node.far)
        known = _Known(
            frozenset(found),
            tuple(node for node in first if node.ends or node.far),
            plain,
            frozenset().union(*(node.next.places for node in plain)),
        )
        if len(self) < _KNOWN_WORDS:
            self[word] = known
        return known


class Lists:
    """Lists of phrases, ready to be looked for; made of ``[[list]]`` tables."""

    def __init__(self, read: Mapping[str, Any]) -> None:
        self._symbols = Symbols()
        self._root = _Node()
        self._classes: dict[str, frozenset[str]] = {}
        for name, words in read.get("classes", {}).items():
            self._classes[name] = frozenset(forms(words.split(), self._classes))
        self._openers = self._classes.get("opener", frozenset())
        for table in read["list"]:
            listed = Listed(
                table["says"], table["why"], float(table.get("weight", 1.0)), table.get("polar", False)
            )
            for entry in table["written"]:
                for line in filter(None, map(str.strip, entry.splitlines())):
                    self._add(line, listed)
        self._vocabulary = _Vocabulary(self._symbols, self._root)

    def _add(self, entry: str, listed: Listed) -> None:
        parts = entry.split(" ")
        starts, ends, asks = parts[0] == "^", parts[-1] == "$", parts[-1] == "?"
        parts = parts[starts : len(parts) - (ends or asks)]
        for chosen in product(*(choices(part) for part in parts)):
            node, gap = self._root, 0
            for part in (part for choice in chosen for part in choice):
                if part.startswith("~"):
                    gap += int(part[1:] or _GAP)
                    continue
                place = self._symbols.number(frozenset(forms(part.split("/"), self._classes)))
                node, gap = (node.far.setdefault(gap, _Ways()) if gap else node.next).to(place), 0
            node.ends.append((listed, starts, ends, asks))

    def find(self, words: Sequence[Word], sentences: Iterable[Sentence]) -> list[Place]:
        """All phrases, in the order in which they begin; none reaches from one sentence into the next."""
        vocabulary = self._vocabulary
        known = [vocabulary[word.folded] for word in words]
        places = [word.places for word in known]
        found: list[Place] = []
        for sentence in sentences:
            last = sentence.last
            for at in range(sentence.first, last):
                word = known[at]
                for node in word.sure:
                    _follow(node, at, at + 1, sentence, places, found)
                if word.plain and at + 1 < last and not word.after.isdisjoint(places[at + 1]):
                    for node in word.plain:
                        _follow(node, at, at + 1, sentence, places, found)
        return found

    def sentences(self, text: Text, words: Sequence[Word]) -> list[Sentence]:
        """The sentences of a text, as stretches of its words."""
        made: list[Sentence] = []
        first, count = 0, len(words)
        for start, end, asked in _stops(text):
            last = first
            while last < count and words[last].start < start:
                last += 1
            if last > first or asked:
                made.append(self._sentence(words, first, last, (start, end) if asked else (0, 0)))
            first = last
        if first < count:
            made.append(self._sentence(words, first, count, (0, 0)))
        return made

    def _sentence(self, words: Sequence[Word], first: int, last: int, asked: tuple[int, int]) -> Sentence:
        opening = first
        while opening < last and words[opening].folded in self._openers:
            opening += 1
        start = words[first].start if first < last else asked[0]
        return Sentence(first, last, opening - first, start, asked[1] or words[last - 1].end, asked)


def _follow(
    node: _Node,
    first: int,
    at: int,
    sentence: Sentence,
    places: Sequence[frozenset[int]],
    found: list[Place],
) -> None:
    for listed, starts, ends, asks in node.ends:
        if (
            (not starts or first <= sentence.first + sentence.opening)
            and (not ends or at == sentence.last)
            and (not asks or sentence.asked[1])
        ):
            found.append(Place(first, at, listed))
    if at >= sentence.last:
        return
    for place in places[at] & node.next.places:
        _follow(node.next[place], first, at + 1, sentence, places, found)
    for gap, further in node.far.items():
        for there in range(at, min(at + gap + 1, sentence.last)):
            for place in places[there] & further.places:
                _follow(further[place], first, there + 1, sentence, places, found)


def _stops(text: Text) -> Iterator[tuple[int, int, bool]]:
    """Where sentences end, and whether by a question mark; signs inside links end none."""
    links = [(start, end) for kind, start, end in text.signs if kind == LINK]
    for match in _STOPS.finditer(text.written):
        start, end = match.span()
        if links and any(first <= start < last for first, last in links):
            continue
        # A question that is quoted is somebody else's.
        quoted = end < len(text.written) and text.written[end] in _CLOSING
        yield start, end, not quoted and not _ASKS.isdisjoint(match[0])


def joined(words: Sequence[Word]) -> Sequence[Word]:
    """The words with Persian «می» and endings that stand apart joined to theirs."""
    if _APART.isdisjoint([word.folded for word in words]):
        return words
    made: list[Word] = []
    for word in words:
        before = made[-1] if made else None
        if (
            before is not None
            and word.start - before.end == 1
            and not word.tag
            and (before.folded in _BEFORE or word.folded in _BEHIND)
        ):
            made[-1] = Word(before.folded + word.folded, before.start, word.end)
        else:
            made.append(word)
    return made


def longest(found: Sequence[Place]) -> Sequence[Place]:
    """The phrases in their order, of those that share words and say the same the longest.

    One that says ``""`` only keeps those inside it from speaking: "no problem" is no problem.
    """
    reached: dict[str, int] = {}
    for place in found:
        says = place.list.says
        if not says or place.first < reached.get(says, 0):
            return _settled(found)
        reached[says] = place.last
    return found


def _settled(found: Sequence[Place]) -> list[Place]:
    kept: dict[str, list[Place]] = {"": []}
    for place in sorted(found, key=_length):
        says, first, last = place.list.says, place.first, place.last
        if says:
            alike = kept.setdefault(says, [])
            if any(other.first < last and first < other.last for other in alike):
                continue
            if any(other.first <= first and last <= other.last for other in kept[""]):
                continue
        kept[says].append(place)
    return sorted((place for says, places in kept.items() if says for place in places), key=_start)


def _length(place: Place) -> tuple[int, bool, float]:
    """The longest first, of equally long ones that which silences, then the weightiest."""
    return place.first - place.last, bool(place.list.says), -place.list.weight


def _start(place: Place) -> tuple[int, int]:
    return place.first, place.last
