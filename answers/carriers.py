"""Who carried a rise: to whom the others turned in it, and who was heard by most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.edges import edges_of, kind_number
from answers.influence import author_keys
from answers.people import Person, people
from answers.rise import Rise, opening
from posts.answer import Figure
from posts.post import number

Ints = npt.NDArray[np.int64]

TOP: Final = 5
"""Carriers whose share of all attention is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """An author: own posts in the rise, and the posts in which others turned to them.

    ``reposts`` are of their posts of the selection, ``replies`` and ``quotes`` answer and quote these,
    whether or not they speak of the topic themselves (of more than 200 the newest are opened). ``share`` is
    the part of all such acts.
    """

    key: str
    handle: str | None
    name: str | None
    followers: int | None
    posts: Figure
    reposts: Figure
    replies: Figure
    quotes: Figure
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Carriers:
    """Those with most attention, and those of the rise with most followers.

    Of ``acts`` (reposts, replies and quotes) the first five received ``top_share``; of all ``people`` who
    wrote in the rise or turned to somebody in it, ``brought`` are these five or turned to them (a share).
    """

    rows: tuple[Carrier, ...]
    loudest: tuple[Carrier, ...]
    acts: int
    people: int
    top_share: float | None
    brought: float | None


@dataclass(frozen=True, slots=True)
class _Acts:
    """One row an act: ``src`` turned to ``dst`` in a ``post``."""

    src: Ints
    dst: Ints
    kind: Ints
    post: Ints


def carriers(asking: Asking, rise: Rise, *, size: int) -> Carriers:
    """The authors at whom the attention of the rise ended, and the most followed of those who wrote in it."""
    acts = _acts(asking, rise)
    authors, received = np.unique(acts.dst, return_counts=True)
    order = np.lexsort((authors, -received))
    ranked = authors[order].tolist()
    followed = _followed(rise)
    keys = author_keys(asking, ranked[:size]) if ranked else {}
    named = [keys[author] for author in ranked[:size] if author in keys]
    loud = [key for key, _ in followed[:size]]
    known = people(asking, list(dict.fromkeys([*named, *loud])))
    ids = _ids(asking, acts, [number(key) for key in {*named, *loud}])
    made = {
        key: _carrier(rise, acts, key, known.get(key, Person()), ids)
        for key in dict.fromkeys([*named, *loud])
    }
    top = np.array(ranked[:TOP], dtype=np.int64)
    everyone = np.union1d(rise.authors, acts.src)
    followers = acts.src[np.isin(acts.dst, top)]
    brought = np.intersect1d(np.union1d(followers, top), everyone)
    return Carriers(
        rows=tuple(made[key] for key in named), loudest=tuple(made[key] for key in loud),
        acts=len(acts.dst), people=len(everyone),
        top_share=float(np.sort(received)[::-1][:TOP].sum() / len(acts.dst)) if len(acts.dst) else None,
        brought=len(brought) / len(everyone) if len(acts.dst) else None,
    )  # fmt: skip


def _acts(asking: Asking, rise: Rise) -> _Acts:
    """Reposts within the network of the selection; replies and quotes of its posts, of whenever these are."""
    passed_on = edges_of(asking, rise.selection.narrowed(edge="repost"))
    about = rise.selection.narrowed(since=None, until=None)
    targets = asking.store.columns("posts", matching(asking, about), ["n"])["n"]
    kinds = [kind_number("reply"), kind_number("quote")]
    query: dict[str, Any] = {"bool": {"filter": [_window(rise), {"terms": {"kind_n": kinds}}]}}
    columns = asking.store.columns("edges", query, ["src_n", "dst_n", "kind_n", "post_n", "target_n"])
    kept = np.isin(columns["target_n"], targets)
    more = [columns[name][kept] for name in ("src_n", "dst_n", "kind_n", "post_n")]
    own = (passed_on.src, passed_on.dst, passed_on.kind, passed_on.post)
    return _Acts(*(np.concatenate(pair) for pair in zip(own, more, strict=True)))


def _window(rise: Rise) -> dict[str, Any]:
    since, until = rise.selection.since, rise.selection.until
    assert since is not None
    assert until is not None
    return {"range": {"created_at": {"gte": since.isoformat(), "lt": until.isoformat()}}}


def _followed(rise: Rise) -> list[tuple[str, int]]:
    """Authors of the rise by their followers, as seen there."""
    found: dict[str, int] = {}
    for row in rise.rows:
        if row.author is not None and row.followers:
            found[row.author] = max(found.get(row.author, 0), row.followers)
    return sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))


def _ids(asking: Asking, acts: _Acts, authors: list[int]) -> dict[int, tuple[str, str]]:
    """The time and id of the replies and quotes toward these authors, by number."""
    answers = np.isin(acts.dst, authors) & (acts.kind != kind_number("repost"))
    posts = np.unique(acts.post[answers]).tolist()
    if not posts:
        return {}
    found = asking.store.scan("posts", {"terms": {"n": posts}}, ["n", "id", "created_at"])
    return {each["n"]: (each["created_at"], each["id"]) for each in found}


def _carrier(rise: Rise, acts: _Acts, key: str, person: Person, ids: dict[int, tuple[str, str]]) -> Carrier:
    toward = acts.dst == number(key)
    own = rise.selection.narrowed(author=key)

    def answering(kind: int) -> Figure:
        posts = [ids[n] for n in np.unique(acts.post[toward & (acts.kind == kind)]).tolist() if n in ids]
        return Figure(value=len(posts), selection=opening([name for _, name in sorted(posts, reverse=True)]))

    reposts = np.unique(acts.post[toward & (acts.kind == kind_number("repost"))]).size
    return Carrier(
        key=key, handle=person.handle, name=person.name, followers=person.followers,
        posts=Figure(value=sum(row.author == key for row in rise.rows), selection=own),
        reposts=Figure(value=int(reposts), selection=rise.selection.narrowed(edge="repost", toward=key)),
        replies=answering(kind_number("reply")), quotes=answering(kind_number("quote")),
        share=float(toward.sum() / max(1, len(toward))),
    )  # fmt: skip
