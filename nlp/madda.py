"""Words whose alef madda is often left out, as phones make it hard to type: «ازادی» for «آزادی» (freedom).

Alef and alef madda are different letters and fold apart, because «آن» (that) and «ان», «آش» (soup) and
«اش» (his) are different words. Only where the plain form is no word of its own are the two one.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _plain() -> dict[str, str]:
    read = tomllib.loads((files("nlp") / "data" / "madda.toml").read_text(encoding="utf-8"))
    words = read["words"].split()
    return {word.replace("آ", "ا"): word for word in words}


@lru_cache(maxsize=1)
def _whole() -> dict[str, str]:
    return {word: plain for plain, word in _plain().items()}


def restored(word: str) -> str:
    """The folded word with the madda that its writer left out; itself where it lacks none."""
    return _plain().get(word, word)


def other(word: str) -> str | None:
    """The other way to write a folded word: with or without its madda; ``None`` where there is none."""
    return _plain().get(word) or _whole().get(word)
