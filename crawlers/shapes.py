"""What the entries of a feed are made of: a feed that loses a part of it is broken, not quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from posts.post import Post

_PARTS: Final[dict[str, Callable[[Post], bool]]] = {
    "date": lambda post: post.first_seen_at is None,
    "title": lambda post: post.title is not None,
    "link": lambda post: post.url is not None,
    "text": lambda post: post.text != "",
}


def shape_of(posts: Sequence[Post]) -> list[str]:
    """The parts that at least half of the entries have."""
    return [name for name, has in _PARTS.items() if posts and 2 * sum(map(has, posts)) >= len(posts)]


def vanished(before: Iterable[str], now: Iterable[str]) -> list[str]:
    """The parts that were there and are not, in the order in which they are told."""
    gone = set(before) - set(now)
    return [name for name in _PARTS if name in gone]
