"""Selections within selections: the posts behind one row, one slice or one bar."""

from __future__ import annotations

from datetime import datetime

from posts.query import parse
from posts.query_tree import And
from posts.selection import Selection


def tagged(selection: Selection, key: str) -> Selection:
    """The posts of the selection that carry the hashtag ``key``, beside one already asked for."""
    if selection.hashtag in (None, key):
        return selection.narrowed(hashtag=key)
    return selection.narrowed(hashtag=key, query=also(selection.query, f"#{selection.hashtag}"))


def naming(selection: Selection, entity: str) -> Selection:
    """The posts of the selection that name ``entity``, beside one already asked for."""
    if selection.entity in (None, entity):
        return selection.narrowed(entity=entity)
    return selection.narrowed(entity=entity, query=also(selection.query, f'entity:"{selection.entity}"'))


def also(query: str, condition: str) -> str:
    """A query of what ``query`` asks and ``condition`` too; in parentheses only where it needs them."""
    if not query.strip():
        return condition
    plain = f"{query} {condition}"
    before, joined = parse(query).root, parse(plain).root
    parts = before.parts if isinstance(before, And) else (before,)
    if isinstance(joined, And) and joined.parts[:-1] == parts:
        return plain
    return f"({query}) {condition}"


def within(selection: Selection, start: datetime, end: datetime) -> Selection:
    """The posts of the selection from ``start`` to before ``end``."""
    since = start if selection.since is None else max(start, selection.since)
    until = end if selection.until is None else min(end, selection.until)
    return selection.narrowed(since=since, until=until)


def before(selection: Selection) -> Selection:
    """The same selection in the period of equal length before it; it has both ends."""
    assert selection.since is not None
    assert selection.until is not None
    return selection.narrowed(
        since=selection.since - (selection.until - selection.since), until=selection.since
    )
