"""Who carries the conversation: the authors at whom the attention of a selection ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from answers.asking import Asking, bounded, matching
from answers.coverage import answered
from answers.edges import Edges, edges_of
from answers.people import Person, people
from graph.influence import most_influential
from graph.network import KINDS, build_network
from posts.answer import Answer, Figure
from posts.post import EdgeKind, number
from posts.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Influencer:
    """An author in the network: ``score`` is the share of attention, 0 to 1.

    ``posts`` are theirs in the selection; ``reposts``, ``replies`` and ``mentions`` the posts of others
    (and of themselves) that passed theirs on, answered them or named them.
    """

    key: str
    handle: str | None
    name: str | None
    score: float
    posts: Figure
    reposts: Figure
    replies: Figure
    mentions: Figure
    quotes: Figure
    followers: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """The ranking, and how large the network was: authors, and pairs of them."""

    rows: tuple[Influencer, ...]
    nodes: int
    edges: int


def influence(asking: Asking, selection: Selection, *, size: int = 50) -> Answer[Influence]:
    """The most influential authors of a selection (without a window, of the last 7 days)."""
    selection = bounded(asking, selection)
    edges = edges_of(asking, selection)
    network = build_network(edges.src, edges.dst, edges.kind)
    ranked = most_influential(network, size=size)
    keys = author_keys(asking, [node for node, _ in ranked])
    known = people(asking, list(keys.values()))
    rows = tuple(
        _row(asking, selection, edges, keys[node], known.get(keys[node], Person()), score)
        for node, score in ranked
        if node in keys
    )
    found = Influence(rows=rows, nodes=network.number_of_nodes(), edges=network.number_of_edges())
    return answered(asking, selection, found, "influence")


def author_keys(asking: Asking, numbers: list[int]) -> dict[int, str]:
    """The keys of authors given by number: names are looked up only for those who are shown."""
    keys: dict[int, str] = {}
    for end in ("dst", "src"):
        missing = [node for node in numbers if node not in keys]
        if missing:
            request: dict[str, Any] = {
                "query": {"terms": {f"{end}_n": missing}}, "size": 0,
                "aggs": {"by": {"terms": {"field": end, "size": len(missing)}}},
            }  # fmt: skip
            for bucket in asking.store.search("edges", request)["aggregations"]["by"]["buckets"]:
                keys[number(bucket["key"])] = bucket["key"]
    return keys


def _row(
    asking: Asking, selection: Selection, edges: Edges, key: str, person: Person, score: float
) -> Influencer:
    toward = edges.dst == number(key)

    def received(kind: EdgeKind) -> Figure:
        posts = edges.post[toward & (edges.kind == KINDS[kind])]
        opens = selection.narrowed(edge=kind, toward=key)
        return Figure(value=int(np.unique(posts).size), selection=opens)

    own = selection.narrowed(author=key)
    return Influencer(
        key=key, handle=person.handle or _handle(key), name=person.name, score=score,
        posts=Figure(value=asking.store.count("posts", matching(asking, own)), selection=own),
        reposts=received("repost"), replies=received("reply"), mentions=received("mention"),
        quotes=received("quote"), followers=person.followers,
    )  # fmt: skip


def _handle(key: str) -> str:
    """``name@host`` of a key whose author has no post in the store; a pseudonym stays as it is."""
    parts = key.split(":")
    return f"{parts[2]}@{parts[1]}" if len(parts) == 3 else parts[-1]
