"""Words that hold sentences together and say nothing of what they are about, by language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from nlp.fold import fold

_EVERYWHERE: Final = "en"
"""English words stand in texts of every language."""


@cache
def of(language: str) -> frozenset[str]:
    """The folded stop words of a language and of English; those of English where the language has no list."""
    lists = _lists()
    return frozenset(lists[_EVERYWHERE]) | frozenset(lists.get(language, ()))


def languages() -> tuple[str, ...]:
    """The languages that have a list of their own."""
    return tuple(sorted(_lists()))


@cache
def _lists() -> dict[str, tuple[str, ...]]:
    text = (files("nlp") / "data" / "stopwords.toml").read_text("utf-8")
    return {
        language: tuple(fold(word) for group in groups.values() for word in group.split())
        for language, groups in tomllib.loads(text).items()
    }
