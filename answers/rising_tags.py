"""Hashtags for a list of what rises: their uses as columns, their spellings, and who used them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.narrowing import tagged
from answers.uses import filters_of, told_by_uses
from posts.answer import Figure
from posts.post import number
from posts.selection import Selection
from store.protocol import Collection
from trends.snapshot import HISTORY_DAYS

Ints = npt.NDArray[np.int64]

_SPELLINGS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Who used what when, one row a use: an item's number, its author's (-1: not told), epoch seconds.

    ``stream`` are the moments of all that was heard. Where only some items were looked at, ``shown`` are
    those that may be listed and ``tests`` how many were considered.
    """

    item: Ints
    author: Ints
    at: Ints
    stream: Ints
    shown: Ints | None = None
    tests: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One way in which a hashtag is written (without ``#``), and the posts that write it so."""

    name: str
    posts: Figure


def spellings(
    asking: Asking, selection: Selection, tags: list[int], *, posts: Ints | None
) -> dict[int, tuple[str, tuple[tuple[str, int], ...]]]:
    """The family key and the spellings with their posts, commonest first, of tags given by number.

    ``posts`` are the numbers of the posts of the selection, where its own fields do not tell.
    """
    if not tags:
        return {}
    filters = [*filters_of(selection), {"terms": {"tag_n": tags}}]
    query = {"bool": {"filter": filters}}
    counts: dict[str, Counter[str]] = {}
    if posts is None:
        inner = {"written": {"terms": {"field": "written", "size": _SPELLINGS}}}
        request = {
            "query": query, "size": 0,
            "aggs": {"tag": {"terms": {"field": "tag", "size": len(tags)}, "aggs": inner}},
        }  # fmt: skip
        for bucket in asking.store.search("uses", request)["aggregations"]["tag"]["buckets"]:
            written = bucket["written"]["buckets"]
            counts[bucket["key"]] = Counter({spelling["key"]: spelling["doc_count"] for spelling in written})
    else:
        wanted = set(posts.tolist())
        for use in asking.store.scan("uses", query, ["tag", "written", "post_n"]):
            if use["post_n"] in wanted:
                counts.setdefault(use["tag"], Counter()).update(use["written"])
    return {
        number(key): (key, tuple(sorted(found.items(), key=lambda row: (-row[1], row[0]))))
        for key, found in counts.items()
    }


def spelled(selection: Selection, key: str, members: tuple[tuple[str, int], ...]) -> tuple[Spelling, ...]:
    """The spellings of a family, each with the posts of the selection that write it so."""
    tag = tagged(selection, key)
    return tuple(
        Spelling(name=name, posts=Figure(value=posts, selection=tag.narrowed(spelling=name)))
        for name, posts in members
    )


def author_keys(asking: Asking, numbers: list[int], collection: Collection = "uses") -> dict[int, str]:
    """The keys of authors given by number, as the documents of a collection name them."""
    known = sorted({n for n in numbers if n >= 0})
    if not known:
        return {}
    request = {
        "query": {"terms": {"author_n": known}}, "size": 0,
        "aggs": {"author": {"terms": {"field": "author", "size": len(known)}}},
    }  # fmt: skip
    found = asking.store.search(collection, request)["aggregations"]["author"]["buckets"]
    return {number(bucket["key"]): bucket["key"] for bucket in found}


def with_past(selection: Selection) -> Selection:
    """The selection and the weeks before it, by which it is judged."""
    assert selection.since is not None
    return selection.narrowed(since=selection.since - timedelta(days=HISTORY_DAYS))


def tag_columns(asking: Asking, selection: Selection, posts: Ints | None) -> Columns:
    """Uses of all hashtags in the window and the weeks before it, within the fields that uses have.

    ``posts`` are the numbers of those that count, if not all do.
    """
    filters = filters_of(with_past(selection))
    fields = ["tag_n", "author_n", "created_at", *(["post_n"] if posts is not None else [])]
    found = asking.store.columns("uses", {"bool": {"filter": filters}}, fields)
    stream = found["created_at"]
    if posts is not None:
        kept = np.isin(found["post_n"], posts)
        found = {name: column[kept] for name, column in found.items()}
    return Columns(item=found["tag_n"], author=found["author_n"], at=found["created_at"], stream=stream)


def posts_that_count(asking: Asking, selection: Selection) -> Ints | None:
    """The numbers of the posts of the window and its past, or ``None`` where uses tell by themselves."""
    past = with_past(selection)
    if told_by_uses(past):
        return None
    return asking.store.columns("posts", matching(asking, past), ["n"])["n"]
