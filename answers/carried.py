"""The uses of hashtags in a selection, as columns of numbers; and what people say under one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.meant import own_words
from answers.spoken import narrowed
from answers.uses import filters_of, told_by_uses
from nlp import stopwords
from posts.selection import Selection
from store.mapping import epoch
from trends.association import Uses

Ints = npt.NDArray[np.int64]

READ: Final = 4_000
"""Posts of a hashtag whose words are read; of more, as many by the hash of their ids."""
VOICES: Final = 800
"""People that are compared with each other; of more, those with the smallest hashes."""
_HASHES: Final = 2**63


def uses_of(asking: Asking, selection: Selection) -> Uses:
    """Every use of a hashtag in the posts of the selection, which has a window."""
    assert selection.since is not None
    assert selection.until is not None
    columns = asking.store.columns(
        "uses", {"bool": {"filter": filters_of(selection)}}, ["tag_n", "author_n", "post_n", "created_at"]
    )
    uses = Uses(
        tag=columns["tag_n"], author=columns["author_n"], post=columns["post_n"], at=columns["created_at"]
    )
    if told_by_uses(selection):
        return uses
    return uses.kept(np.isin(uses.post, posts_of(asking, selection)))


def posts_of(asking: Asking, selection: Selection) -> Ints:
    """The numbers of the posts of the selection."""
    return asking.store.columns("posts", matching(asking, selection), ["n"])["n"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was written under a hashtag: one place a post, oldest first; ``author`` is -1 for nobody.

    ``said`` are words, other hashtags (``#key``) and names (``@id``) of each post; ``neutral`` those among
    them that no language owns. ``negative`` is 1, 0, or -1 where the mood is not known.
    """

    ids: tuple[str, ...]
    author: Ints
    at: Ints
    negative: Ints
    language: tuple[str, ...]
    said: tuple[frozenset[str], ...]


def heard(asking: Asking, selection: Selection, key: str) -> Heard:
    """What the posts of the selection that carry the tag say beside it. (A repost carries none.)"""
    query = narrowed(matching(asking, selection.narrowed(hashtag=key)))
    posts = asking.store.count("posts", query)
    if posts > READ:
        query = narrowed(query, {"range": {"n": {"lt": _HASHES // posts * READ}}})
    fields = ["id", "n", "author_n", "created_at", "text", "sentiment", "hashtags", "entities", "language"]
    rows = list(asking.store.scan("posts", query, fields))
    rows.sort(key=lambda row: (_moment(row), row["n"], row["id"]))
    hidden = own_words(asking, Selection(hashtag=key))
    return Heard(
        ids=tuple(row["id"] for row in rows),
        author=np.array([row.get("author_n", -1) for row in rows], dtype=np.int64),
        at=np.array([_moment(row) for row in rows], dtype=np.int64),
        negative=np.array([_negative(row.get("sentiment")) for row in rows], dtype=np.int64),
        language=tuple(row.get("language") or "und" for row in rows),
        said=tuple(_said(row, key, hidden) for row in rows),
    )


def _moment(row: dict[str, Any]) -> int:
    at = row["created_at"]
    return at if isinstance(at, int) else epoch(at)


def _negative(sentiment: str | None) -> int:
    return -1 if sentiment is None else int(sentiment == "negative")


def _said(row: dict[str, Any], key: str, hidden: Collection[str]) -> frozenset[str]:
    quiet = stopwords.of(row.get("language") or "und")
    words = {
        word
        for word in (row.get("text") or "").split()
        if len(word) > 1 and word not in quiet and word not in hidden and not word.isdigit()
    }
    tags = {f"#{other}" for other in row.get("hashtags") or () if other != key}
    return frozenset(words | tags | {f"@{name}" for name in row.get("entities") or ()})
