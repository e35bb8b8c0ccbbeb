"""Answers as JSON: every number with the selection that opens its posts."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any


def plain(value: Any) -> Any:
    """A record of ``answers`` as JSON has it.

    A number that can be opened is ``{"value": 3, "opens": {...}}``, with the parts of the selection as an
    address has them; a post is told by its id, address, author, time and title or text. What is endless is
    ``null``.
    """
    from posts.answer import Figure
    from posts.post import Post

    if isinstance(value, Figure):
        return {"value": value.value, "opens": value.selection.to_params()}
    if isinstance(value, Post):
        return {
            "id": value.id, "url": value.url, "author": value.author.key if value.author else None,
            "created_at": value.created_at.isoformat(), "title": value.title, "text": value.text,
        }  # fmt: skip
    if is_dataclass(value):
        return {part.name: plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple | list):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return None if value in (float("inf"), float("-inf")) else value


def named(query: str, hashtag: str | None) -> tuple[str, str | None]:
    """A question for one hashtag alone is asked of its family: its query and hashtag.

    >>> named("#tea", None), named("#tea cup", None)
    (('', '#tea'), ('#tea cup', None))
    """
    alone = query.strip()
    if hashtag is None and alone.startswith("#") and len(alone.split()) == 1:
        return "", alone
    return query, hashtag
