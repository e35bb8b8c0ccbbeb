"""What posts say, read as words from the store: all of them, or a sample that is the same on every engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from answers.asking import Asking
from nlp import stems, stopwords
from posts.post import number
from trends.wording import Said, Wording, telling

MOST_READ: Final = 10_000
"""Posts that are read of each side and language; of more, as many of them by the hash of their ids."""
_HASHES: Final = 2**63
_INFLECTED: Final = ("fa",)
"""Languages whose inflections are known."""

Clause = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Posts with words: their ids in the order of their hashes, what they say, and how many there are."""

    ids: tuple[str, ...]
    said: Said
    posts: int


def narrowed(*filters: Clause, without: Collection[Clause] = ()) -> Clause:
    """The request query of what matches all filters and nothing of ``without``."""
    clause: Clause = {"filter": list(filters)}
    if without:
        clause["must_not"] = list(without)
    return {"bool": clause}


def spoken(asking: Asking, query: Clause, *, most: int = MOST_READ) -> Spoken:
    """The words of the posts of a request query that write something themselves.

    A repost says nothing of its own. Of more than ``most`` posts those with the smallest hashes of their ids
    are read, about ``most`` of them: a sample that chance makes once for all, whatever the engine. A post
    without an author speaks for its source.
    """
    own = narrowed(query, without=[{"term": {"is": "repost"}}])
    posts = asking.store.count("posts", own)
    if posts > most:
        own = narrowed(own, {"range": {"n": {"lt": _HASHES // posts * most}}})
    fields = ["id", "n", "author_n", "source", "text"]
    found = [row for row in asking.store.scan("posts", own, fields) if row.get("text")]
    found.sort(key=lambda row: (row["n"], row["id"]))
    voices = [row["author_n"] if "author_n" in row else number(f"source:{row['source'][0]}") for row in found]
    said = Said(
        texts=[row["text"] for row in found], voices=np.array(voices, dtype=np.int64), stands_for=posts
    )
    return Spoken(ids=tuple(row["id"] for row in found), said=said, posts=posts)


def tell_apart(here: Spoken, rest: Spoken, language: str, hidden: Collection[str]) -> tuple[Wording, ...]:
    """The words and phrases of a language that tell one side from the other, the surest first."""
    heads: dict[str, str] = {}
    if language in _INFLECTED:
        counts = Counter(word for side in (here, rest) for text in side.said.texts for word in text.split())
        heads = stems.heads(counts)
    return telling(
        here.said, rest.said, quiet=stopwords.of(language), heads=heads,
        hidden={*hidden, *(heads.get(word, word) for word in hidden)},
    )  # fmt: skip
