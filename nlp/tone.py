"""What single words and short expressions say of a mood, in English, Persian and Persian in Latin letters."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final

from nlp.emoji import normal
from nlp.fold import fold
from nlp.inflections import Verb, bare, forms
from nlp.text import Word

_FOLDER: Final = files("nlp") / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a word is known for.

    ``weight`` is its mood from -4 to 4. ``factor`` makes what follows stronger (above 1) or weaker (below).
    ``negates`` is set where it denies what follows, ``denied`` where the word itself holds its denial
    (``خوب‌نیست``), ``turns`` where it is a "but". ``verb`` is set for Persian verbs, ``means`` for words
    that have a mood together with certain verbs: infinitive to weight. ``anger`` is from 0 to 1,
    ``insult`` 2 for one that always is, 1 for one that is if it is said of a person; ``person`` is
    ``"other"``, ``"self"`` or nothing. ``thanks`` marks what is a formula beside a question, and ``why`` is
    the weight of a "why" that asks with a denied verb.
    """  # "is not good"

    weight: float = 0.0
    factor: float = 1.0
    negates: bool = False
    denied: bool = False
    turns: bool = False
    verb: Verb | None = None
    means: Mapping[str, float] | None = None
    anger: float = 0.0
    insult: int = 0
    person: str = ""
    thanks: bool = False
    why: float = 0.0


Entries = dict[str, Known]


@dataclass(frozen=True, slots=True)
class _List:
    """A language's entries by their folded, joined spelling, those of several words, and how these begin."""

    entries: Entries
    phrases: frozenset[str]
    starts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What emoji and faces made of signs say; ``face`` finds the faces."""

    emoji: dict[str, float]
    faces: dict[str, float]
    face: re.Pattern[str]
    angry: frozenset[str]
    insulting: frozenset[str]


_BORROWED: Final = 1.5
"""The weight from which an English word counts among Persian ones, or where the language is not sure."""


@lru_cache(maxsize=1 << 16)
def look(word: str, english: bool) -> Known | None:
    """What a folded word, or several joined, is known for; ``None`` for the many that are known for nothing.

    ``english`` says that the text is English, in which no Persian in Latin letters is expected.
    """
    if word >= "\u0600":
        return _persian(word)
    if not english and (known := _list("finglish").entries.get(word)):
        return known
    entries = _list("en").entries
    known = entries.get(word) or _shortened(word, entries)
    if known is not None and not english and abs(known.weight) < _BORROWED and known.factor == 1.0:
        return None
    return known


def look_joined(joined: str, english: bool) -> Known | None:
    """What several words, joined, are known for as one expression.

    It must be listed as one (``do a`` is not ``DOA``), apart from endings, or be a verb behind mi-.
    """
    if joined >= "\u0600":
        return _persian_phrase(joined)
    return look(joined, english) if joined in _phrases() else None


@cache
def _phrases() -> frozenset[str]:
    return _list("en").phrases | _list("finglish").phrases


@lru_cache(maxsize=1 << 16)
def _persian_phrase(joined: str) -> Known | None:
    words = _list("fa")
    known = words.entries.get(joined)
    if known is not None:
        return known if joined in words.phrases or (known.verb and joined.startswith(_GOING)) else None
    if any(rest in words.phrases for rest, _ in bare(joined)):
        return look(joined, False)
    return None


_GOING: Final = ("می", "نمی")  # mi-, nemi-


@cache
def starts() -> frozenset[str]:
    """Joined beginnings of expressions of several words: what is worth reading on from."""
    return _list("fa").starts | _list("en").starts | _list("finglish").starts | set(_GOING)


@cache
def leanings() -> dict[str, float]:
    """How English words lean beyond the list of moods: below 0 to the negative."""
    rows = (_FOLDER / "mood_en_leanings.tsv").read_text(encoding="utf-8").splitlines()
    parted = (row.split("\t") for row in rows if not row.startswith("#"))
    return {word: float(value) for word, value in parted}


def in_latin_persian(words: Iterable[Word]) -> bool:
    """Whether a text of uncertain language shows that it is Persian: by its letters or by its words."""
    telling = _telling()
    return any(word.folded >= "\u0600" or word.folded in telling for word in words)


@cache
def _telling() -> frozenset[str]:
    """Persian words in Latin letters that no English text has: frequent ones and long ones of the list."""
    frequent = _read("mood_finglish.toml")["frequent"]["written"]
    long = {word for word in _list("finglish").entries if len(word) > _LONGEST_ENGLISH}
    return frozenset(
        {"".join(_parts(word)) for word in _split(frequent)} | (long - _list("en").entries.keys())
    )


_LONGEST_ENGLISH: Final = 4


@cache
def pictures() -> Pictures:
    """The emoji and faces of ``mood_emoji.toml``."""
    read = _read("mood_emoji.toml")
    emoji = {normal(sign): float(weight) for weight, signs in read["emoji"].items() for sign in signs.split()}
    faces = {face: float(weight) for weight, written in read["faces"].items() for face in written}
    return Pictures(
        emoji=emoji,
        faces=faces,
        face=re.compile("|".join(map(_free, sorted(faces, key=len, reverse=True)))),
        angry=frozenset(map(normal, read["anger"]["emoji"].split())),
        insulting=frozenset(map(normal, read["insult"]["emoji"].split())),
    )


_GLUED: Final = frozenset({":)", ":(", "=)", ":))", ":((", "<3"})
"""Faces that are also typed right behind a word."""


def _free(face: str) -> str:
    """The pattern of a face that no letter, digit or address lends a part.

    What stands before is looked at behind the first sign, because patterns are found fast by that.
    """
    before = "[:/.=-]" if face in _GLUED else r"[\w:/.=-]"
    first = re.escape(face[0])
    return rf"{first}(?<!{before}{first}){re.escape(face[1:])}(?![\w/])"


_LONG: Final = re.compile(r"(.)\1{2,}")
_DOUBLE: Final = re.compile(r"(.)\1+")
_STRESS: Final = 1.2


def _shortened(word: str, entries: Entries) -> Known | None:
    """The entry of a word whose letters were repeated (``soooo``), a little stronger for it."""
    if not _LONG.search(word):
        return None
    known = entries.get(_LONG.sub(r"\1\1", word)) or entries.get(_DOUBLE.sub(r"\1", word))
    return known and _stressed(known)


def _stressed(known: Known) -> Known:
    return replace(known, weight=known.weight * _STRESS)


def _persian(word: str) -> Known | None:
    entries = _list("fa").entries
    if known := entries.get(word) or _inflected(word, entries):
        return known
    if _LONG.search(word) or _DOUBLE.search(word):
        for short in (_LONG.sub(r"\1\1", word), _DOUBLE.sub(r"\1", word)):
            if short != word and (known := entries.get(short) or _inflected(short, entries)):
                return _stressed(known)
    return None


_INNOCENT: Final = Known()


def _inflected(word: str, entries: Entries) -> Known | None:
    for rest, factor in bare(word):
        known = entries.get(rest)
        if known == _INNOCENT:
            return known
        if known is None or not (known.weight or known.means or known.insult or known.anger):
            continue
        if factor == 0.0:
            return replace(known, denied=True)
        return replace(known, weight=known.weight * factor) if factor != 1.0 else known
    for cut in range(2, len(word) - 2):
        verb = entries.get(word[cut:])
        if verb is None or verb.verb is None:
            continue
        for rest in (word[:cut], *(rest for rest, _ in bare(word[:cut]))):
            known = entries.get(rest)
            if known is not None and known.means is not None and verb.verb.infinitive in known.means:
                return Known(weight=known.means[verb.verb.infinitive], denied=verb.verb.negative)
    return None


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def _list(language: str) -> _List:
    gathered: dict[str, dict[str, Any]] = {}
    begun: set[str] = set()
    phrases: set[str] = set()
    if language == "en":
        for line in (_FOLDER / "mood_en.tsv").read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                word, weight = line.split("\t")
                gathered["".join(_parts(word))] = {"weight": float(weight)}
    for written, known in _entries(_read(f"mood_{language}.toml")):
        parts = _parts(written)
        begun.update("".join(parts[:count]) for count in range(1, len(parts)))
        joined = "".join(parts)
        if len(parts) > 1:
            phrases.add(joined)
        gathered.setdefault(joined, {}).update(known)
    if language == "fa":
        _add_verbs(gathered)
    for known in gathered.values():
        _fill(known)
    return _List(
        {joined: Known(**known) for joined, known in gathered.items()}, frozenset(phrases), frozenset(begun)
    )


_INSULTING: Final = -2.2
_ANGERING: Final = -1.5


def _fill(known: dict[str, Any]) -> None:
    """What is an insult or angry and has no weight of its own is given one."""
    if "weight" not in known and "means" not in known:
        if known.get("insult") == 2:
            known["weight"] = _INSULTING
        elif anger := known.get("anger"):
            known["weight"] = _ANGERING * anger


def _entries(read: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each expression of a file as written, with what it adds to its ``Known``."""
    for field, table, kind in (
        ("weight", "words", float), ("factor", "boosters", float), ("anger", "anger", float),
        ("insult", "insult", int), ("why", "why", float),
    ):  # fmt: skip
        for value, written in read.get(table, {}).items():
            for one in _split(written):
                yield one, {field: kind(value)}
    for table, field in (("negators", "negates"), ("but", "turns"), ("thanks", "thanks")):
        for one in _split(read.get(table, {}).get("written", "")):
            yield one, {field: True}
    for person, written in read.get("people", {}).items():
        for one in _split(written):
            yield one, {"person": person}
    means: dict[str, dict[str, float]] = {}
    for value, written in read.get("compounds", {}).items():
        for one in _split(written):
            name, infinitive = one.rsplit(" ", 1)
            means.setdefault(name, {})[fold(infinitive)] = float(value)
    for name, weights in means.items():
        yield name, {"means": weights}
    for infinitive, written in read.get("denials", {}).items():
        for one in _split(written):
            yield one, {"verb": Verb(fold(infinitive), negative=True)}


def _split(written: str) -> Iterable[str]:
    return filter(None, (one.strip() for one in re.split("[،,\n]", written)))


def _parts(written: str) -> list[str]:
    """The folded parts of an expression; it may be written apart or joined at each of them."""
    return [fold(part) for part in re.split(r"[\s'\u200c/-]+", written) if part]


def _add_verbs(gathered: dict[str, dict[str, Any]]) -> None:
    """All forms of the verbs; a form that is a word of the list too stays that word."""
    read = _read("mood_fa.toml")["verbs"]
    for infinitive, stems in read.items():
        past, present = (fold(part).split() for part in stems["stems"].split("|"))
        for form, verb in forms(fold(infinitive), past, present, prefixed="weight" in stems):
            known = gathered.setdefault(form, {})
            if not known or "verb" in known:
                known.setdefault("verb", verb)
                if weight := stems.get("weight"):
                    known.update(weight=float(weight), denied=verb.negative)
                if anger := stems.get("anger"):
                    known.update(anger=float(anger))
