"""Hashtags in a text, and the key under which their spellings are one family."""

from __future__ import annotations

from functools import lru_cache

import regex

from nlp.fold import fold, tag_words
from nlp.madda import restored
from nlp.signs import HASHTAG, scan
from posts.post import Tag

# Signs that join words inside a tag and that one writer sets and another leaves out.
_JOINTS = regex.compile(r"[_\u00b7\u30fb\s]+")


def find(text: str) -> list[Tag]:
    """The hashtags of a text, in order, by UAX #31 and the practice of the platforms."""
    return [_tag(text, start, end) for kind, start, end in scan(text) if kind == HASHTAG]


def _tag(text: str, start: int, end: int) -> Tag:
    written = text[start + 1 : end]
    return Tag(written, key(written), start, end)


@lru_cache(maxsize=65_536)
def key(text: str) -> str:
    """The family key of a tag, with or without its sign: ``#هوش_مصنوعی`` and ``هوش‌مصنوعی`` share one.

    A word of it whose alef madda was left out is read with it (``nlp.madda``): ``#ازادی`` is ``#آزادی``.
    """
    # The sign may stand behind what folding and joining take away.
    folded = fold(text.lstrip("#＃").replace("\u200c", "_"))
    if folded.isascii():
        joined: str = _JOINTS.sub("", folded).lstrip("#＃")
        return joined
    joined = "".join(map(restored, _JOINTS.split(folded))).lstrip("#＃")
    # Marks that stood behind a joint now stand behind a letter, and the whole may be such a word itself.
    return joined if joined == folded else key(joined)


def words(text: str) -> list[str]:
    """The folded words of a tag: ``#BlackFriday`` gives black, friday and blackfriday."""
    return tag_words(text.lstrip("#＃"))
