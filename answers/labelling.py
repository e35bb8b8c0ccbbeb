"""Labelling by lot: posts drawn from a query, to be labelled one after the other; and how models fared there.

A draw is kept in the project's state with the posts that it drew, so that it can be stopped and gone on
with, at a page or by a command. Its labels are ``sample`` labels that carry its id.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from answers.asking import Asking
from answers.posts import body, post_of
from posts.labels import FIELDS, KINDS, Label
from posts.post import Post
from posts.selection import Selection, from_params
from store import labels
from store.cursors import exact
from store.portions import portions
from store.state import State
from trends.draw import choose

NOTE: Final = "labelling.draws"
KEPT: Final = 20
"""So many of the newest draws can be gone on with."""
MOST: Final = 1_000
SEED: Final = 1
"""One for all draws, so that posts that two queries share are labelled once for both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Posts drawn by lot from those of a selection, to be labelled with a kind, in this order.

    ``of`` is how many there were to draw from; ``weights`` for how many of them each post stands
    (``trends.draw``).
    """

    id: str
    kind: str
    selection: Selection
    posts: tuple[str, ...]
    weights: tuple[float, ...]
    of: int
    seed: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of ``labels`` of a kind that models had read too, ``agreed`` are what these said."""

    kind: str
    labels: int
    agreed: int


def draw(asking: Asking, selection: Selection, kind: str, k: int, *, seed: int = SEED) -> Draw:
    """``k`` posts of the selection by lot (all, if there are fewer) that have no label of the kind yet.

    They are drawn by what models said of them (``trends.draw``), so that rare classes are looked at too.
    Reposts have no words of their own and are not drawn; for mood, neither are posts in which none could be
    read. The draw is not kept yet: see ``keep``.
    """
    said = predicted(asking, selection, kind)
    given = [label.post for label in labels.all_of(asking.state, kind)]
    chosen = choose(said, min(k, MOST), seed=seed, labelled=given)
    return Draw(
        id=f"{kind}-{asking.now:%Y%m%d%H%M%S}",
        kind=kind,
        selection=selection,
        posts=tuple(each.post for each in chosen),
        weights=tuple(round(each.weight, 6) for each in chosen),
        of=len(said),
        seed=seed,
        at=asking.now,
    )


def predicted(asking: Asking, selection: Selection, kind: str) -> dict[str, str]:
    """What models said of each post of the selection that can be labelled, by id.

    Of several values the first, as ``KINDS`` orders them; ``"none"`` for none. Where a person has labelled,
    what models said before.
    """
    query = {"bool": {"filter": [body(asking, selection), *_readable(kind)], "must_not": _MUTE}}
    field = "sentiment" if kind == "sentiment" else FIELDS[kind]
    found = {
        str(document["id"]): _first(kind, document.get(field))
        for document in asking.store.scan("posts", query, ["id", field])
    }
    for label in labels.all_of(asking.state, kind):
        if label.post in found and label.said is not None:
            found[label.post] = _first(kind, label.said)
    return found


def _first(kind: str, said: str | Collection[str] | None) -> str:
    values = {said} if isinstance(said, str) else set(said or ())
    return next((value for value in KINDS[kind] if value in values), "none")


_MUTE: Final[list[dict[str, Any]]] = [{"terms": {"is": ["repost", "textless"]}}]


def _readable(kind: str) -> list[dict[str, Any]]:
    return [{"exists": {"field": "sentiment"}}] if kind == "sentiment" else []


def keep(state: State, drawn: Draw) -> None:
    """Keep a draw, so that it can be gone on with; the oldest of many is forgotten, its labels are not."""
    kept = [drawn, *(each for each in draws(state) if each.id != drawn.id)][:KEPT]
    state.set_note(NOTE, json.dumps([_written(each) for each in kept]))


def draws(state: State) -> tuple[Draw, ...]:
    """The draws that are kept, the newest first."""
    try:
        return tuple(_read(each) for each in json.loads(state.note(NOTE) or "[]"))
    except (ValueError, KeyError, TypeError):
        return ()


def weight_of(drawn: Draw, post: str) -> float:
    """For how many posts one of a draw stands, against the others; 1 for a post that is not of it."""
    return drawn.weights[drawn.posts.index(post)] if post in drawn.posts else 1.0


def left(state: State, drawn: Draw) -> tuple[str, ...]:
    """The posts of the draw that have no label of its kind yet, in its order."""
    given = labels.of(state, list(drawn.posts))
    return tuple(
        post for post in drawn.posts if all(label.kind != drawn.kind for label in given.get(post, ()))
    )


def first_of(asking: Asking, posts: Iterable[str]) -> Post | None:
    """The first of these posts that is still there and has words."""
    for some in portions(list(posts), 50):
        found = asking.store.get("posts", some)
        for name in some:
            document = found.get(name)
            if document is not None and not {"deleted", "textless"}.intersection(document.get("is", ())):
                return post_of(document)
    return None


def posts_of(asking: Asking, posts: Sequence[str]) -> Iterator[Post]:
    """Those of these posts that are still there, in this order."""
    for some in portions(list(posts), 200):
        found = asking.store.get("posts", some)
        yield from (post_of(found[name]) for name in some if name in found)


def agreements(given: Iterable[Label]) -> tuple[Agreement, ...]:
    """How often models said what people say, of labels drawn by lot; corrections are no fair sample."""
    counts: dict[str, list[int]] = {}
    for label in given:
        if label.how == "sample" and label.said is not None:
            count = counts.setdefault(label.kind, [0, 0])
            count[0] += 1
            count[1] += set(label.said) == set(label.values)
    return tuple(Agreement(kind=kind, labels=of, agreed=said) for kind, (of, said) in counts.items())


def _written(drawn: Draw) -> dict[str, Any]:
    return {
        "id": drawn.id, "kind": drawn.kind, "selection": drawn.selection.to_params(),
        "posts": drawn.posts, "weights": drawn.weights, "of": drawn.of, "seed": drawn.seed,
        "at": exact(drawn.at),
    }  # fmt: skip


def _read(written: dict[str, Any]) -> Draw:
    return Draw(
        id=str(written["id"]), kind=str(written["kind"]), selection=from_params(written["selection"]),
        posts=tuple(map(str, written["posts"])), weights=tuple(map(float, written["weights"])),
        of=int(written["of"]), seed=int(written["seed"]),
        at=datetime.fromisoformat(written["at"]),
    )  # fmt: skip
