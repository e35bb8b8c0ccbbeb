"""What posts are made up of: how many of each mood, intent, format, noise, name, and how many have none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from answers.asking import Asking
from answers.coverage import answered
from answers.narrowing import also, naming
from answers.posts import body, count
from posts.answer import Answer, Figure
from posts.labels import SENTIMENTS
from posts.selection import Selection
from store.deepening import Behind, behind

FIELDS: Final = {
    "sentiment": "sentiment",
    "intent": "intents",
    "emotion": "emotions",
    "purpose": "purposes",
    "action": "actions",
    "format": "format",
    "noise": "noise",
    "entity": "entities",
    "emoji": "emoji",
    "language": "language",
    "platform": "platform",
}
"""The facets in the order in which they are shown, each with its field in the engine."""
_NAMED: Final = {"language": "language", "platform": "platform"}
_ASKED_AS: Final = {"language": "lang"}
"""What a query calls a facet where it has another name there."""
ANY_MOOD: Final = f"({' OR '.join(f'sentiment:{value}' for value in SENTIMENTS)})"
"""The query of posts in which a mood was read."""
_MOST: Final = 50
FEWEST_NAMED: Final = 3
"""Posts from which on a name is shown that nobody watches for: what models find once may be anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """The values of one kind, each with its posts, the commonest first. A post may have several."""

    kind: str
    parts: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What ``posts`` are made up of; ``noise`` are those that are marked as such, or that were left out.

    ``read`` are the posts in which models have looked for mood: shares are of these (``None`` for a place
    in a network, which has no facets). ``behind`` tells how
    many posts of the whole project wait for that.
    """

    posts: Figure
    noise: Figure
    read: Figure | None
    facets: tuple[Facet, ...]
    behind: Behind | None


def facets(asking: Asking, selection: Selection, *, size: int = 12) -> Answer[Facets]:
    """The facets of exactly the posts that the selection opens; at most ``size`` values of each.

    A place in a network has none: a query that narrowed it would narrow the network too.
    """
    query = body(asking, selection)
    aggs: dict[str, Any] = {
        kind: {"terms": {"field": field, "size": _MOST if kind not in ("entity", "emoji") else 1_000}}
        for kind, field in FIELDS.items()
    }
    aggs["marked"] = {"terms": {"field": "is", "size": _MOST}}
    aggs["read"] = {"value_count": {"field": "sentiment"}}
    found = asking.store.search("posts", {"query": query, "size": 0, "aggs": aggs})
    counted = found["aggregations"]
    marked = {bucket["key"]: bucket["doc_count"] for bucket in counted["marked"]["buckets"]}
    marked_as_noise = marked.get("noise", 0)
    networked = selection.edge is not None or selection.toward is not None
    value = Facets(
        posts=Figure(value=found["hits"]["total"]["value"], selection=selection),
        noise=noise(asking, selection)
        if selection.noise == "out"
        else Figure(value=marked_as_noise, selection=selection.narrowed(noise="only")),
        read=None
        if networked
        else Figure(value=int(counted["read"]["value"]), selection=_with_mood(selection)),
        facets=tuple(
            Facet(kind=kind, parts=_parts(selection, kind, counted[kind]["buckets"], size))
            for kind in FIELDS
            if not networked
        ),
        behind=behind(asking.store, asking.state),
    )
    return answered(asking, selection, value, "facets")


def noise(asking: Asking, selection: Selection) -> Figure:
    """The posts of the selection that are marked as noise, whether it leaves them out or not."""
    marked = selection.narrowed(noise="only")
    return Figure(value=count(asking, marked), selection=marked)


def opening(selection: Selection, kind: str, value: str) -> Selection:
    """The posts of the selection that have this value."""
    if kind == "entity":
        return naming(selection, value)
    if kind in _NAMED:
        return selection.narrowed(**{kind: value})
    return selection.narrowed(query=also(selection.query, condition(kind, value)))


def condition(kind: str, value: str) -> str:
    """What a query says of the posts that have this value."""
    plain = value.isalnum() and value.isascii()
    return f"{_ASKED_AS.get(kind, kind)}:{value}" if plain else f'{_ASKED_AS.get(kind, kind)}:"{value}"'


def _with_mood(selection: Selection) -> Selection:
    return selection.narrowed(query=also(selection.query, ANY_MOOD))


def _parts(
    selection: Selection, kind: str, buckets: list[dict[str, Any]], size: int
) -> tuple[tuple[str, Figure], ...]:
    ranked = sorted(
        (-found["doc_count"], found["key"])
        for found in buckets
        if kind != "entity" or found["doc_count"] >= FEWEST_NAMED or found["key"].startswith("brand:")
    )[:size]
    return tuple(
        (value, Figure(value=-less, selection=opening(selection, kind, value))) for less, value in ranked
    )
