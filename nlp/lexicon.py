"""Words of English and Persian with how often they are written: who knows a word, and how common it is."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

_LANGUAGES: Final = {"Latin": "en", "Arabic": "fa"}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Natural logarithms of how likely a word is, and a word behind another (``one_two``)."""

    words: Mapping[str, float]
    pairs: Mapping[str, float]
    longest: int

    def __contains__(self, word: object) -> bool:
        return word in self.words


@lru_cache(maxsize=2)
def of(language: str) -> Lexicon:
    """The words of ``en`` or ``fa``, folded, from corpora that may be shipped and a list of our own."""
    total, counts, pairs = _counts(_data(f"frequencies.{language}.txt").splitlines())
    own = tomllib.loads(_data("words.toml"))
    for word in own[language].replace("\u200c", "").split():
        counts.setdefault(_folded(word), own["count"])
    for word in own[f"{language}_joined"].split():
        counts.pop(word, None)
    return Lexicon(
        words={word: math.log(count / total) for word, count in counts.items()},
        pairs={pair: math.log(count / counts[pair.partition("_")[0]]) for pair, count in pairs.items()},
        longest=max(map(len, counts)),
    )


def _data(name: str) -> str:
    return (files("nlp") / "data" / name).read_text(encoding="utf-8")


def _folded(word: str) -> str:
    """The few letters that our own list writes otherwise than folded texts do."""
    return word.translate({ord("ئ"): "ی", ord("ؤ"): "و", ord("أ"): "ا"})


def _counts(lines: Iterable[str]) -> tuple[int, dict[str, int], dict[str, int]]:
    total = 1
    words: dict[str, int] = {}
    pairs: dict[str, int] = {}
    for line in lines:
        head, _, rest = line.partition(" ")
        if head == "=":
            total = int(rest)
        elif head != "#":
            target = pairs if head.startswith("+") else words
            target.update(dict.fromkeys(rest.split(), int(head)))
    return total, words, pairs
