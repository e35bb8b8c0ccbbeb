"""Counts the words of the corpora that may be shipped: ``python -m nlp.training.frequencies FOLDER``.

``FOLDER`` holds ``wnut17``, ``broad_twitter_corpus``, ``vader_ground_truth``, ``xed`` and ``parstwiner`` as
their authors publish them. What comes out (``data/frequencies.*.txt``) is words and pairs of words with
their counts, rounded to two digits; no text can be made of it again.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import regex

from nlp.fold import tokens

LEAST_WORD: Final = {"en": 1, "fa": 2}
"""Persian words that are written once are mostly misspellings; English ones part tags better than worse."""
LEAST_PAIR: Final = 3
LEAST_ONCE: Final = 4
"""Letters of a word that is written once: shorter ones are no words."""

_ALONE: Final = frozenset({"a", "i", "و"})  # the last: and
_WORD: Final = regex.compile(r"\p{L}+")
# Corpora part «don't» and «Sara's» into pieces; written as a tag they are one word.
# What stands for names that were taken out.
_HIDDEN: Final = regex.compile(r"\[[A-Z]+\]")
_APOSTROPHE: Final = regex.compile(r"(\p{L}) ?['\u2019] ?(s|t|m|re|ve|ll|d)\b")


def english(folder: Path) -> Iterator[str]:
    """The English texts: tweets, and lines of films."""
    for name in ("train", "dev"):
        yield from _conll(folder / "wnut17" / f"{name}.conll")
    for name in ("a", "b", "e", "g", "h_train"):
        yield from _conll(folder / "broad_twitter_corpus" / f"{name}.conll")
    yield from _column(folder / "vader_ground_truth" / "tweets_GroundTruth.txt", 2)
    yield from _column(folder / "xed" / "en-annotated.tsv", 0)
    yield from _column(folder / "xed" / "neu_en.txt", 1)


def persian(folder: Path) -> Iterator[str]:
    """The Persian texts: tweets, and lines of films."""
    for name in ("train", "dev"):
        yield from _conll(folder / "parstwiner" / f"{name}.txt")
    yield from _column(folder / "xed" / "fa-projections.tsv", 0)


def _conll(path: Path) -> Iterator[str]:
    """A post for each block of lines with a word in the first column."""
    for block in path.read_text(encoding="utf-8").replace("\r", "").split("\n\n"):
        words = [line.split("\t")[0].strip() for line in block.splitlines()]
        yield " ".join(words).replace("# ", "#")


def _column(path: Path, number: int) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        yield line.split("\t")[number]


def counted(texts: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often each word stands in the texts, and each two next to each other."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        found = tokens(_APOSTROPHE.sub(r"\1\2", _HIDDEN.sub(",", text)))
        words.update(found)
        pairs.update(pairwise(found))
    return words, pairs


def written(words: Counter[str], pairs: Counter[tuple[str, str]], *, least: int) -> str:
    """The counts as lines ``count word word ...``, those of pairs as ``+count word_word ...``."""
    kept = {word: count for word, count in words.items() if count >= least and _is_word(word, count)}
    close = {
        f"{one}_{two}": count
        for (one, two), count in pairs.items()
        if count >= LEAST_PAIR and one in kept and two in kept
    }
    lines = [f"= {sum(words.values())}", *_lines("", kept), *_lines("+", close)]
    return "\n".join(lines) + "\n"


def _is_word(word: str, count: int) -> bool:
    if count == 1 and (len(word) < LEAST_ONCE or not word.isascii()):
        return False
    return _WORD.fullmatch(word) is not None and (len(word) > 1 or word in _ALONE)


def _lines(sign: str, counts: dict[str, int]) -> Iterator[str]:
    grouped: dict[int, list[str]] = {}
    for word, count in counts.items():
        grouped.setdefault(_rounded(count), []).append(word)
    for count in sorted(grouped, reverse=True):
        yield f"{sign}{count} {' '.join(sorted(grouped[count]))}"


def _rounded(count: int) -> int:
    """The count with two digits that tell."""
    return int(float(f"{count:.1e}"))


_HEADERS: Final = {
    "en": "WNUT17, Broad Twitter Corpus, VADER's tweets, XED",
    "fa": "ParsTwiNER, XED",
}
_SOURCES: Final[dict[str, Callable[[Path], Iterator[str]]]] = {"en": english, "fa": persian}


def main(folder: Path, target: Path) -> None:
    """Write the counts of both languages into the folder ``target``."""
    for code, texts in _SOURCES.items():
        header = (
            f"# Words and pairs of words with their counts in {_HEADERS[code]}: see SOURCES.md.\n"
            "# Made by python -m nlp.training.frequencies. The first line is the number of all words.\n"
        )
        found = written(*counted(texts(folder)), least=LEAST_WORD[code])
        (target / f"frequencies.{code}.txt").write_text(header + found, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parents[1] / "data")
