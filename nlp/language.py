"""The language of a text: by script, by letters and commonest words, else by a trained model.

The model (py3langid) is loaded at the first text that needs it: Latin script with few known words.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from nlp import lexicon
from nlp.fold import plain, tokens, words
from nlp.signs import scan

VERSION = "2"
UNDETERMINED = "und"
FEWEST_LETTERS = 3

_ARABIC = re.compile(
    r"[\u0620-\u063f\u0641-\u064a\u066e\u066f\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
    r"\ufb50-\ufdfb\ufe70-\ufefc]+"
)
_ARABIC_WORD = re.compile(
    r"[\u0620-\u065f\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9\u200c]+"
)
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0259\u1e00-\u1eff]+")
_OTHER = re.compile(
    r"[\u0370-\u05ff\u0700-\u074f\u0780-\u07ff\u0900-\u1cff\u1f00-\u1fff\u2d00-\u2fff\u3041-\uabff\uac00-\ud7a3"
    r"\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)
# One sign of these says more than one letter of an alphabet.
_DENSE = 2

_SCRIPTS = (
    ("Cyrillic", 0x0400, 0x052F), ("el", 0x0370, 0x03FF), ("el", 0x1F00, 0x1FFF), ("hy", 0x0530, 0x058F),
    ("he", 0x0590, 0x05FF), ("syr", 0x0700, 0x074F), ("dv", 0x0780, 0x07BF), ("Devanagari", 0x0900, 0x097F),
    ("bn", 0x0980, 0x09FF), ("pa", 0x0A00, 0x0A7F), ("gu", 0x0A80, 0x0AFF), ("or", 0x0B00, 0x0B7F),
    ("ta", 0x0B80, 0x0BFF), ("te", 0x0C00, 0x0C7F), ("kn", 0x0C80, 0x0CFF), ("ml", 0x0D00, 0x0D7F),
    ("si", 0x0D80, 0x0DFF), ("th", 0x0E00, 0x0E7F), ("lo", 0x0E80, 0x0EFF), ("bo", 0x0F00, 0x0FFF),
    ("my", 0x1000, 0x109F), ("ka", 0x10A0, 0x10FF), ("ko", 0x1100, 0x11FF), ("am", 0x1200, 0x137F),
    ("km", 0x1780, 0x17FF), ("mn", 0x1800, 0x18AF), ("Kana", 0x3041, 0x30FF), ("Kana", 0xFF66, 0xFF9F),
    ("ko", 0x3130, 0x318F), ("ko", 0xAC00, 0xD7A3), ("Han", 0x3400, 0x9FFF), ("Han", 0xF900, 0xFAFF),
    ("Han", 0x20000, 0x3FFFF),
)  # fmt: skip

# Letters that only some languages of a script use, the surest first.
_CYRILLIC = (
    ("be", "ўЎ"), ("uk", "їЇєЄґҐ"), ("sr", "ђћЂЋ"), ("mk", "ѓќѕЃЌЅ"), ("sr", "љњџјЉЊЏЈ"), ("tg", "ӯӣҷӮӢҶ"),
    ("kk", "ұҰ"), ("ba", "ҙҫҘҪ"), ("tt", "җҖ"), ("kk", "қҚ"), ("tt", "әӘ"), ("mn", "өүӨҮ"), ("ru", "ыэёЫЭЁ"),
    ("uk", "іІ"),
)  # fmt: skip
_HARD_VOWEL = re.compile(r"ъ[^еёюя]", re.IGNORECASE)
# The commonest words of two languages that share their letters with Hindi.
_MARATHI = frozenset({"आहे", "आहेत", "आणि", "नाही", "मी", "आम्ही"})
_NEPALI = frozenset({"छ", "छन्", "छैन", "गर्न", "नेपाल", "हामी"})


def detect(text: str) -> str:
    """The code of the language of a text (``fa``, ``ckb``, ``en``, ...), ``und`` where it cannot be told.

    Links, mentions and the signs of hashtags do not count. Persian in Latin letters is ``und``.
    """
    bare = plain(text, scan(text))
    return of_words(bare, words(bare))


_SENTENCE = re.compile(r"[.!?؟۔…\n\r|:]+(?:\s|$)")
OTHER_SHARE = 0.25
OTHER_WORDS = 3
_OWN_WORDS = 4
"""Words of a sentence that is read by itself; shorter ones are read with all others of their script."""


def others(text: str) -> tuple[str, ...]:
    """The languages beside the main one that a good part of a text is written in, most letters first.

    A good part is a quarter of the letters and three words; names alone (``Samsung Galaxy Ultra``) are none.
    Sentences of four words and more are told apart also where they share a script.
    """
    bare = plain(text, scan(text))
    return others_of(bare, of_words(bare, words(bare)))


def others_of(bare: str, main: str) -> tuple[str, ...]:
    """``others`` of a text that is plain already and whose main language is known."""
    pieces: list[list[str]] = []
    sentences = _SENTENCE.split(bare)
    for letters in (_ARABIC_WORD, _LATIN, _OTHER) if not bare.isascii() else (_LATIN,):
        short: list[str] = []
        for sentence in sentences:
            found = letters.findall(sentence)
            if len(found) >= _OWN_WORDS:
                pieces.append(found)
            else:
                short += found
        pieces.append(short)
    long = [piece for piece in pieces if len(piece) >= OTHER_WORDS]
    if not long or (len(long) == 1 and len(list(filter(None, pieces))) == 1):
        return ()
    total = sum(len(word) for piece in pieces for word in piece)
    written: dict[str, list[str]] = {}
    for piece in long:
        if not _is_names(piece):
            whole = " ".join(piece)
            written.setdefault(of_words(whole, words(whole)), []).extend(piece)
    sizes = {code: sum(map(len, found)) for code, found in written.items()}
    good = [code for code in sizes if code not in (main, UNDETERMINED) and sizes[code] >= OTHER_SHARE * total]
    return tuple(sorted(good, key=lambda code: -sizes[code]))


def _is_names(piece: list[str]) -> bool:
    """Whether most words begin with a capital: names of products and people, in whatever language."""
    return sum(word[0].isupper() for word in piece) > len(piece) / 2


def of_words(bare: str, folded: list[str]) -> str:
    """``detect`` of a text that is plain already and whose words (``nlp.fold.words``) are known."""
    if bare.isascii():
        return _latin(bare, folded)
    arabic = "".join(_ARABIC.findall(bare))
    others = "".join(_OTHER.findall(bare)) if _OTHER.search(bare) else ""
    latin = sum(map(len, _LATIN.findall(bare)))
    # Names of products and companies stand in Latin letters in texts of every language.
    if max(len(arabic), len(others)) * _DENSE < latin:
        return _latin(bare, folded)
    if len(others) > len(arabic):
        return _of_script(others, folded)
    if len(arabic) < FEWEST_LETTERS:
        return UNDETERMINED
    return _arabic(arabic, folded, bare)


def _of_script(letters: str, folded: list[str]) -> str:
    counts: dict[str, int] = {}
    for letter in letters:
        code = ord(letter)
        for script, first, last in _SCRIPTS:
            if first <= code <= last:
                counts[script] = counts.get(script, 0) + 1
                break
    if not counts:
        return UNDETERMINED
    script = max(counts, key=counts.__getitem__)
    if script in ("Han", "Kana"):
        return "ja" if counts.get("Kana", 0) * 10 >= len(letters) else "zh"
    if len(letters) < FEWEST_LETTERS:
        return UNDETERMINED
    if script == "Cyrillic":
        return _cyrillic(letters)
    if script == "Devanagari":
        return _devanagari(folded)
    return script


def _devanagari(folded: list[str]) -> str:
    if not _MARATHI.isdisjoint(folded):
        return "mr"
    return "hi" if _NEPALI.isdisjoint(folded) else "ne"


def _cyrillic(letters: str) -> str:
    present = set(letters)
    for code, telling in _CYRILLIC:
        if not present.isdisjoint(telling):
            return code
    # In Russian the hard sign stands before a few vowels only; in Bulgarian it is a vowel.
    return "bg" if _HARD_VOWEL.search(letters) else "ru"


Points = dict[str, float]


# Kurdish and Uyghur write a vowel at the beginning of a word with this sign before it; others never do.
_SEATED_VOWEL = re.compile(r"(?<![\u0600-\u06ff])\u0626")


def _arabic(letters: str, folded: list[str], bare: str) -> str:
    table, known = _knowledge("arabic")
    scores: Points = {}
    for letter in table.keys() & set(letters):
        times = letters.count(letter)
        for code, points in table[letter]:
            scores[code] = scores.get(code, 0.0) + times * points
    _count_words(folded, known, scores)
    for _ in _SEATED_VOWEL.findall(bare) if "\u0626" in bare else ():
        for code in ("ckb", "ug"):
            scores[code] = scores.get(code, 0.0) + 1.5
    if _is_open(scores):
        _count_forms(folded, scores)
        _count_persian(folded, known, scores)
    if not scores:
        return UNDETERMINED
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= _LEAST_ARABIC else UNDETERMINED


_CLEAR = 5.0
_LEAST_ARABIC = 0.3


def _is_open(scores: Points) -> bool:
    """Whether nothing leads by so much that the forms of words could not change it."""
    ranked = sorted(scores.values(), reverse=True)[:2]
    return not ranked or ranked[0] < _CLEAR or ranked[0] < 2 * sum(ranked[1:])


def _count_forms(folded: list[str], scores: Points) -> None:
    forms = _forms()
    for word in folded:
        if len(word) < forms.shortest or word in forms.misleading:
            continue
        for code, beginnings, points in forms.beginnings:
            if word.startswith(beginnings):
                scores[code] = scores.get(code, 0.0) + points
                break
        else:
            for code, endings, points in forms.endings:
                if word.endswith(endings):
                    scores[code] = scores.get(code, 0.0) + points
                    break


_PERSIAN_SHARE = 0.6
_PERSIAN_WORD = 0.7


def _count_persian(folded: list[str], listed: Mapping[str, object], scores: Points) -> None:
    """Short titles hold none of the commonest words, and Persian is typed with Arabic letters too.

    So most of their words being known in Persian tells; one alone does not, for half of these are Arabic.
    """
    persian = lexicon.of("fa")
    known = [word for word in folded if word in persian and not word.startswith("ال")]
    if len(known) >= _PERSIAN_SHARE * len(folded):
        counted = sum(word not in listed for word in known)
        scores["fa"] = scores.get("fa", 0.0) + _PERSIAN_WORD * counted


def _count_words(folded: list[str], known: Mapping[str, list[tuple[str, float]]], scores: Points) -> None:
    for word in folded:
        for code, points in known.get(word, ()):
            scores[code] = scores.get(code, 0.0) + points


_FINGLISH = "finglish"
_LATIN_SURE = 2.0
_MODEL_SURE = 0.5
_ENGLISH_SURE = 0.3


def _latin(bare: str, folded: list[str]) -> str:
    table, known = _knowledge("latin")
    scores: Points = {}
    _count_words(folded, known, scores)
    if not bare.isascii():
        for letter in table.keys() & set(bare.lower()):
            for code, points in table[letter]:
                scores[code] = scores.get(code, 0.0) + points
    ranked = sorted(scores.values(), reverse=True)[:2]
    if (
        ranked
        and ranked[0] >= _LATIN_SURE
        and (len(ranked) == 1 or ranked[0] - ranked[1] >= _lead(ranked[0]))
    ):
        best = max(scores, key=scores.__getitem__)
        return UNDETERMINED if best == _FINGLISH else best
    runs = _LATIN.findall(bare)
    if sum(map(len, runs)) < FEWEST_LETTERS:
        return UNDETERMINED
    if scores.get(_FINGLISH, 0.0) >= 1.0 and scores[_FINGLISH] >= ranked[0]:
        return UNDETERMINED
    if bare.isascii() and (not scores or set(scores) == {"en"}) and _is_english(folded):
        return "en"
    return _by_model(" ".join(runs))


_ENGLISH_SHARE = 0.75
_ENGLISH_LEAST = 2
_ENGLISH_LETTERS = 3


def _is_english(folded: list[str]) -> bool:
    """Whether most words are English ones: at least two, for names are words of English texts too."""
    english = lexicon.of("en")
    words = [word for word in folded if word.isalpha()]
    known = [word for word in words if word in english]
    long = sum(len(word) >= _ENGLISH_LETTERS for word in known)
    return long >= _ENGLISH_LEAST and len(known) >= _ENGLISH_SHARE * len(words)


def _lead(best: float) -> float:
    return max(1.0, best * 0.25)


def _by_model(text: str) -> str:
    ranked: list[tuple[str, float]] = _model().rank(text)
    code, certainty = ranked[0]
    if certainty >= _MODEL_SURE:
        return code if code in _model_languages() else UNDETERMINED
    # Short English is spread over its creoles and neighbours that nobody here writes.
    among = [(code, share) for code, share in ranked if code in _model_languages()]
    first, share = among[0]
    return first if first == "en" and share >= _ENGLISH_SURE * sum(s for _, s in among) else UNDETERMINED


@lru_cache(maxsize=1)
def _model() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


Table = dict[str, list[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class _Forms:
    """How words of the languages in Arabic script begin and end."""

    beginnings: tuple[tuple[str, tuple[str, ...], float], ...]
    endings: tuple[tuple[str, tuple[str, ...], float], ...]
    misleading: frozenset[str]
    shortest: int = 4


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    return tomllib.loads((files("nlp") / "data" / "languages.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _forms() -> _Forms:
    read = _read()["arabic"]["forms"]

    def rows(kind: str) -> tuple[tuple[str, tuple[str, ...], float], ...]:
        return tuple((row["language"], tuple(row["written"].split()), row["points"]) for row in read[kind])

    return _Forms(rows("beginnings"), rows("endings"), frozenset(tokens(read["misleading"])))


@lru_cache(maxsize=1)
def _model_languages() -> frozenset[str]:
    return frozenset(_read()["latin"]["model"].split())


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """Every code that ``detect`` may give."""
    found = {code for code, *_ in (*_SCRIPTS, *_CYRILLIC) if code.islower()}
    found |= {code for script in ("arabic", "latin") for code in _read()[script]["words"]}
    others = {"ja", "zh", "hi", "mr", "ne", "bg", UNDETERMINED}
    return frozenset((found | _model_languages() | others) - {_FINGLISH})


@lru_cache(maxsize=2)
def _knowledge(script: str) -> tuple[Table, Table]:
    """For one script: letter and word, each to the languages that it speaks for and by how much."""
    read = _read()[script]
    least = 2 if script == "latin" else 1
    letters: Table = {}
    for code, worth in read["letters"].items():
        for letter, points in worth.items():
            letters.setdefault(letter, []).append((code, points))
    known: Table = {}
    for code, lists in read["words"].items():
        for entry in lists:
            for word in set(tokens(entry["words"])):
                if len(word) >= least:
                    known.setdefault(word, []).append((code, entry["points"]))
    return letters, known
