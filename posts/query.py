"""What people type to find posts, as a tree that knows nothing of engines.

    ("هوش مصنوعی" OR #AI) -job lang:fa author:sara@example.org

Words are joined by AND; ``OR``, ``NOT`` or ``-``, parentheses, "phrases", ``#tags``, ``@mentions`` and
``field:value``. Positions are code points from 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A word in the text, or in a hashtag as its word."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand next to each other, in this order."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Hashtag:
    """The hashtag itself and its spellings, not the word."""

    text: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Mention:
    """A post that names this handle."""

    handle: str
    position: int = 0


@dataclass(frozen=True, slots=True)
class Field:
    """``name:value``: lang, platform, source, author, tag, entity, is, since, until."""

    name: str
    value: str
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


Part = Word | Phrase | Hashtag | Mention | Field | Not | And | Or


@dataclass(frozen=True, slots=True)
class Query:
    """A whole query: ``root`` is ``None`` for an empty one, which every post matches."""

    text: str
    root: Part | None
