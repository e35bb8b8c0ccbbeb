"""A text cut where something in it speaks for something, so that a page can mark these places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from answers.explained import Told
from dashboard.cards import direction
from dashboard.parts import Item, build_component, mount

_marked = build_component("marked")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place of a text, how it is marked, and what is told of it there."""

    start: int
    end: int
    look: str
    hint: str = ""


def draw_marked(told: Told, marks: Iterable[Mark], *, key: str) -> None:
    """The text with its places marked; what speaks of all of it marks nothing."""
    whole = len(told.text)
    placed = [mark for mark in marks if 0 <= mark.start < mark.end <= whole and mark.end - mark.start < whole]
    data = {
        "pieces": pieces(told.text, placed),
        "direction": direction(told.text),
        "language": told.language if told.language != "und" else None,
    }
    mount(_marked, data, key=key)


def pieces(text: str, marks: Sequence[Mark]) -> list[Item]:
    """The text in pieces, each with how it is marked and what is told of it; together they are the text.

    >>> pieces("good tea", [Mark(0, 4, "good", "praise")])
    [{'text': 'good', 'kinds': ['good'], 'hint': 'praise'}, {'text': ' tea', 'kinds': [], 'hint': ''}]
    """
    cuts = sorted({0, len(text), *(mark.start for mark in marks), *(mark.end for mark in marks)})
    found: list[Item] = []
    for start, end in pairwise(cuts):
        over = [mark for mark in marks if mark.start <= start and end <= mark.end]
        looks = list(dict.fromkeys(mark.look for mark in over))
        hints = "\n".join(dict.fromkeys(mark.hint for mark in over if mark.hint))
        found.append({"text": text[start:end], "kinds": looks, "hint": hints})
    return found
