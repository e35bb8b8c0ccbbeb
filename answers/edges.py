"""The network of a selection: who turned to whom in its posts, and in reposts of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from graph.network import KINDS
from posts.post import EdgeKind, number
from posts.selection import Selection

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Edges:
    """Acts as columns: ``src`` turned to ``dst`` in a ``post``, by number; kinds as in ``graph.network``."""

    src: Ints
    dst: Ints
    kind: Ints
    post: Ints


def edges_of(asking: Asking, selection: Selection) -> Edges:
    """The acts of the network of a selection.

    An act belongs to it when it happened within the window, and its post matches the rest of the
    selection, or, for a repost, the post passed on does (whenever that was written): a repost has no
    text of its own, so no query would find it. ``edge`` and ``toward`` narrow the acts.
    """
    query: dict[str, Any] = {"bool": {"filter": _filters(selection)}}
    fields = ["src_n", "dst_n", "kind_n", "post_n", "target_n"]
    columns = asking.store.columns("edges", query, fields)
    src, dst, kind, post, target = (columns[name] for name in fields)
    about = Selection(
        query=selection.query, source=selection.source, language=selection.language,
        hashtag=selection.hashtag, author=selection.author, entity=selection.entity, ids=selection.ids,
    )  # fmt: skip
    if about != Selection():
        found = asking.store.columns("posts", matching(asking, about), ["n"])["n"]
        passed_on = (kind == KINDS["repost"]) & (target >= 0) & np.isin(target, found)
        kept = np.isin(post, found) | passed_on
        src, dst, kind, post = src[kept], dst[kept], kind[kept], post[kept]
    if selection.noise is not None:
        # What is said of noise is said of the posts themselves, not of those that they pass on.
        marked = asking.store.columns("posts", matching(asking, Selection(noise="only")), ["n"])["n"]
        kept = np.isin(post, marked) == (selection.noise == "only")
        src, dst, kind, post = src[kept], dst[kept], kind[kept], post[kept]
    return Edges(src, dst, kind, post)


def posts_toward(asking: Asking, selection: Selection) -> Ints:
    """The numbers of the posts that ``edge`` and ``toward`` of a selection narrow it to."""
    return np.unique(edges_of(asking, selection).post)


def _filters(selection: Selection) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    bounds = {"gte": selection.since, "lt": selection.until}
    if any(bounds.values()):
        filters.append({"range": {"created_at": {k: v.isoformat() for k, v in bounds.items() if v}}})
    if selection.platform:
        filters.append({"term": {"platform": selection.platform}})
    if selection.edge:
        filters.append({"term": {"kind_n": kind_number(selection.edge)}})
    if selection.toward:
        filters.append({"term": {"dst_n": number(selection.toward)}})
    return filters or [{"match_all": {}}]


def kind_number(kind: EdgeKind) -> int:
    """The number of a kind in the columns."""
    return KINDS[kind]
