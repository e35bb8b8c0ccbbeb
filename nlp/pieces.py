"""A text as the entity model sees it: a row of pieces, each with the place where it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, NamedTuple

from nlp.fold import fold
from nlp.signs import HANDLE, LINK, MENTION
from nlp.text import Text

# What an address or a picture is does not matter to the model, only that one stands there.
_STANDS_FOR: Final = {LINK: "http://", MENTION: "@name", HANDLE: "@name"}
PICTURE: Final = "\u263a"

_SIGNS: Final = re.compile(r"([^\s\w])\1*|_+(?<!\w_)|\w+")
# Names of accounts outside mentions (``@ some_name``) are one piece; in other scripts ``_`` parts words.
_ACCOUNT: Final = re.compile(r"(?<!\w)[A-Za-z0-9]*_[A-Za-z0-9_]*(?!\w)")
_LONG: Final = re.compile(r"(.)\1{2,}")


class Pieces(NamedTuple):
    """The pieces of a text: as the model reads them, where each starts and where it ends."""

    forms: list[str]
    starts: list[int]
    ends: list[int]


def cut(text: Text) -> Pieces:
    """The words of a text (those of hashtags one by one), its signs, links, mentions and emoji in order.

    Joined words («می‌خواهم») are one piece, repeated signs (``!!!``) are one, an underscore in a
    hashtag is none.
    """
    written = text.written
    wholes = [(start, end, _STANDS_FOR[kind]) for kind, start, end in text.signs if kind in _STANDS_FOR]
    wholes += [(start, end, PICTURE) for _, start, end in text.emoji]
    wholes += [(word.start, word.end, "") for word in text.words]
    if "_" in written:
        taken = [(start, end) for _, start, end in text.signs]
        wholes += [
            (match.start(), match.end(), "")
            for match in _ACCOUNT.finditer(written)
            if len(match[0].strip("_")) and not any(a < match.end() and match.start() < b for a, b in taken)
        ]
        wholes.sort(key=lambda whole: (whole[0], -whole[1]))
    else:
        wholes.sort()
    found = Pieces([], [], [])
    last = 0
    for start, end, form in wholes:
        if start < last:
            continue
        if start - last > 1 or (start > last and written[last] != " "):
            _add_signs(found, written, last, start)
        found.forms.append(form or surface(written[start:end]))
        found.starts.append(start)
        found.ends.append(end)
        last = end
    if last < len(written):
        _add_signs(found, written, last, len(written))
    return found


def _add_signs(found: Pieces, written: str, start: int, end: int) -> None:
    for match in _SIGNS.finditer(written, start, end):
        if match[0][0] != "_":
            found.forms.append(match[0][0])
            found.starts.append(match.start())
            found.ends.append(match.end())


@lru_cache(maxsize=65_536)
def surface(written: str) -> str:
    """A word with its capitals but otherwise folded: letter variants, half-spaces and long letters agree."""
    if written.isascii():
        form = written
    else:
        folded = fold(written)
        form = (
            folded
            if written.casefold() == written
            else "".join(
                letter
                for part in written
                for letter in (fold(part).upper() if part.isupper() else fold(part))
            )
        )
    # A ligature of vowel signs folds to a space.
    form = form.strip() or written
    return _LONG.sub(r"\1\1", form) if not form.isdigit() else form
