"""Posts for a list of what rises: those that people pass on, answer and quote, by distinct people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

import numpy as np

from answers.asking import Asking, matching
from answers.posts import post_of
from answers.rising_kinds import Found, Item
from answers.rising_tags import Columns
from graph.network import KINDS
from posts.post import Post
from posts.selection import Selection
from trends.snapshot import HISTORY_DAYS

OPENED: Final = 200
"""Posts about a post that its numbers open: the newest."""
_ACTS: Final = ("repost", "reply", "quote")
_EXCERPT: Final = 90


def find_posts(asking: Asking, selection: Selection) -> Found:
    """Who passed on, answered or quoted which post when; the posts themselves match the selection."""
    assert selection.since is not None
    since = selection.since - timedelta(days=HISTORY_DAYS)
    window: dict[str, Any] = {"gte": since.isoformat()}
    if selection.until is not None:
        window["lt"] = selection.until.isoformat()
    kinds = [KINDS[kind] for kind in _ACTS]
    within = {"range": {"created_at": window}}
    query = {"bool": {"filter": [within, {"terms": {"kind_n": kinds}}]}}
    found = asking.store.columns("edges", query, ["target_n", "src_n", "created_at", "post_n"])
    stream = asking.store.columns("posts", {"bool": {"filter": [within]}}, ["created_at"])["created_at"]
    kept = found["target_n"] >= 0
    about = selection.narrowed(since=None, until=None)
    if about.narrowed(query=about.query.strip()) != Selection():
        meant = asking.store.columns("posts", matching(asking, about), ["n"])["n"]
        kept &= np.isin(found["target_n"], meant)
    acts = {name: column[kept] for name, column in found.items()}
    columns = Columns(item=acts["target_n"], author=acts["src_n"], at=acts["created_at"], stream=stream)
    return columns, lambda targets: _items(asking, acts, targets)


def _items(asking: Asking, acts: Mapping[str, np.ndarray], targets: list[int]) -> Mapping[int, Item]:
    """The posts by their numbers, as far as they are kept here, each with the posts about it."""
    posts = {n: post for n, post in _by_number(asking, targets)}
    return {n: Item(key=post.id, name=_excerpt(post), narrow=_narrow(asking, acts, n))
            for n, post in posts.items()}  # fmt: skip


def _narrow(asking: Asking, acts: Mapping[str, np.ndarray], target: int) -> Callable[[Selection], Selection]:
    def narrow(selection: Selection) -> Selection:
        inside = acts["target_n"] == target
        if selection.since is not None:
            inside = inside & (acts["created_at"] >= int(selection.since.timestamp()))
        if selection.until is not None:
            inside = inside & (acts["created_at"] < int(selection.until.timestamp()))
        order = np.argsort(-acts["created_at"][inside], kind="stable")[:OPENED]
        numbers = acts["post_n"][inside][order].tolist()
        request = {"query": {"terms": {"n": numbers}}, "size": OPENED, "_source": ["id"]}
        hits = asking.store.search("posts", request)["hits"]["hits"] if numbers else []
        return Selection(ids=tuple(sorted(hit["_source"]["id"] for hit in hits)))

    return narrow


def _by_number(asking: Asking, numbers: list[int]) -> list[tuple[int, Post]]:
    if not numbers:
        return []
    request = {"query": {"terms": {"n": numbers}}, "size": len(numbers), "_source": ["id", "n"]}
    hits = asking.store.search("posts", request)["hits"]["hits"]
    known = {hit["_source"]["id"]: int(hit["_source"]["n"]) for hit in hits}
    return [(known[id_], post_of(found)) for id_, found in asking.store.get("posts", sorted(known)).items()]


def _excerpt(post: Post) -> str:
    words = " ".join((post.title or post.text).split()) or post.id
    return words if len(words) <= _EXCERPT else f"{words[:_EXCERPT].rsplit(' ', 1)[0]} …"
