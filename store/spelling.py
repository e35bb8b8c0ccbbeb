"""Words that are spelled nearly as asked, as the engines tell them: with wildcards, or with mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable


def wild(pattern: str) -> Callable[[str], object]:
    r"""Whether a word fits ``*`` (any signs) and ``?`` (one sign); ``\`` takes the next sign as it is.

    >>> [bool(wild("هو?")(word)) for word in ("هوش", "هوشی")]  # intelligence, one more letter
    [True, False]
    """
    parts = re.findall(r"\\.|\\|.", pattern, re.DOTALL)
    made = "".join(
        ".*" if part == "*" else "." if part == "?" else re.escape(part[1:] if len(part) == 2 else part)
        for part in parts
    )
    return re.compile(made, re.DOTALL).fullmatch


def like(word: str, edits: int) -> Callable[[str], bool]:
    """Whether another word is at most so many ``edits`` away.

    An edit puts in, takes out or replaces a sign, or exchanges two neighbours.
    """
    return lambda other: _edits(word, other, edits) <= edits


def _edits(a: str, b: str, most: int) -> int:
    """How many edits lie between two words, or more than ``most``."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    above: list[int] = []
    before = list(range(len(b) + 1))
    for i, sign in enumerate(a, start=1):
        row = [i]
        for j, other in enumerate(b, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (sign != other))
            if i > 1 and j > 1 and sign == b[j - 2] and a[i - 2] == other:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        above, before = before, row
    return before[-1]
