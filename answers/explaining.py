"""What a query means: how many posts it finds, and which spellings it looks for beside those typed."""

from __future__ import annotations

from dataclasses import dataclass

from answers import posts
from answers.asking import Asking
from posts.query import Query, parse
from posts.selection import Selection
from store import compile as compiling
from store.compile import Expansion


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """``query`` as it is read; ``expansions`` are searched as well; ``posts`` match the whole selection."""

    query: Query
    expansions: tuple[Expansion, ...]
    posts: int


def explain(asking: Asking, selection: Selection) -> Meaning:
    """What the selection's query means. ``QueryError`` if it cannot be read."""
    query, expansions = read(selection.query)
    return Meaning(query=query, expansions=expansions, posts=posts.count(asking, selection))


def read(text: str) -> tuple[Query, tuple[Expansion, ...]]:
    """The query as it is read, and what it looks for beside what was typed, before any engine is asked."""
    query = parse(text)
    return query, compiling.explain(query)
