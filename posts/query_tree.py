"""The parts of a query, each with its place in what was typed: code points from 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the text, or in a hashtag as its word; ``exact`` leaves out its other spellings."""

    text: str
    position: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, in this order."""

    text: str
    position: int = 0
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """Words of this form: ``*`` is any letters, ``?`` is one."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """Words that differ from this one in at most so many letters."""

    text: str
    position: int = 0
    edits: int = 1


@dataclass(frozen=True, slots=True)
class Hashtag:
    """The hashtag itself and its spellings, not the word; with ``*`` or ``?`` all tags of this form."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A post that names this handle."""

    handle: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """``name:value``, the value in its one form."""

    name: str
    value: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Range:
    """A count from ``low`` to ``high``, both included; ``None`` is open."""

    name: str
    low: int | None
    high: int | None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Near:
    """Two parts with at most ``between`` words between them; ``ordered``: the first stands first."""

    first: Spot
    second: Spot
    between: int
    ordered: bool = False
    position: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    part: Part


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Part, ...]


Leaf = Word | Phrase | Pattern | Fuzzy | Hashtag | Mention | Field | Range
Part = Leaf | Near | Not | And | Or
Spot = Word | Phrase | Or
"""What can stand near another: a word, a phrase, or some of these with OR between them."""


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: ``root`` is ``None`` for an empty one, which every post matches."""

    text: str
    root: Part | None

    @property
    def exact(self) -> bool:
        """Whether ``spelling:exact`` stands in it: then no other spellings are searched."""
        return any(part == Field("spelling", "exact", part.position) for part in fields(self.root))


def fields(part: Part | None) -> Iterator[Field]:
    """Every ``name:value`` of a part but those of counts."""
    match part:
        case Field():
            yield part
        case Not(inner):
            yield from fields(inner)
        case And(parts) | Or(parts):
            for inner in parts:
                yield from fields(inner)
