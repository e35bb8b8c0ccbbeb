"""Who an author key is, as last seen in a post of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from answers.asking import Asking, matching
from answers.posts import newest
from posts.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What a page shows of an author."""

    handle: str | None = None
    name: str | None = None
    followers: int | None = None


def people(asking: Asking, keys: Sequence[str]) -> dict[str, Person]:
    """The authors among ``keys`` who have a post in the store.

    One question finds most of them, then one for each that wrote nothing lately.
    """
    if not keys:
        return {}
    everything = matching(asking, Selection())
    found: dict[str, Person] = {}
    asked = {"bool": {"filter": [everything, {"terms": {"author": list(keys)}}]}}
    _see(found, asking, asked, min(1_000, 10 * len(keys)))
    for key in keys:
        if key not in found:
            asked = {"bool": {"filter": [everything, {"term": {"author": key}}]}}
            _see(found, asking, asked, 1)
    return found


def _see(found: dict[str, Person], asking: Asking, query: dict[str, Any], size: int) -> None:
    for post in newest(asking, query, size):
        author = post.author
        if author is not None and author.key not in found:
            found[author.key] = Person(handle=author.handle, name=author.name, followers=author.followers)
