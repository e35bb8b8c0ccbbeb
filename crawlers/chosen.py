"""Which posts of a stream are wanted: those that a query of the search box would find."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from nlp.pipeline import load
from posts.post import Post
from posts.selection import Selection
from store import compile as compiler
from store.documents import documents
from store.predicate import predicate


def chooser(query: str | None, *, now: datetime) -> Callable[[Iterable[Post]], list[Post]]:
    """What leaves the wanted posts of some, in their order; without a query all of them.

    Posts are read (words, tags, language) as intake reads them; what the project's entities are is not
    known here, so ``entity:`` finds nothing.
    """
    if not query or not query.strip():
        return list
    matches = predicate(compiler.selection(Selection(query=query), now=now))
    pipeline = load()

    def chosen(posts: Iterable[Post]) -> list[Post]:
        offered = list(posts)
        read = pipeline.annotate(offered)
        return [post for post, told in zip(offered, read, strict=True) if matches(documents(told).post)]

    return chosen
