"""Names in a question that nobody knows: told with the nearest one, where 0 posts would mislead."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from answers.asking import Asking
from nlp.language import codes
from posts.errors import QueryError
from posts.query import And, Field, Not, Or, Part, parse
from posts.selection import Selection

_COLUMNS: Final = {"source": "source", "platform": "platform", "lang": "language", "entity": "entities"}
_CRAWLED: Final = frozenset({"mastodon", "feed"})
_MOST: Final = 1_000
_LISTED: Final = 12
_BRAND: Final = "brand:"


def check_names(asking: Asking, selection: Selection) -> None:
    """``QueryError`` for a source, platform, language or entity that is neither set up nor in any post.

    A name that is known and has no posts here is no mistake: its answer is 0. Hashtags and authors are
    free, anybody may come up with one.
    """
    given = {
        "source": selection.source, "platform": selection.platform, "lang": selection.language,
        "entity": selection.entity,
    }  # fmt: skip
    for name, value in given.items():
        if value is not None:
            _check(asking, name, value, query=f"{name}:{value}", position=0)
    for field in _fields(parse(selection.query).root):
        if field.name in _COLUMNS:
            _check(asking, field.name, field.value, query=selection.query, position=field.position)


def _check(asking: Asking, name: str, value: str, *, query: str, position: int) -> None:
    known = _known(asking, name)
    if value in known or (name == "entity" and f"{_BRAND}{value.lower()}" in known):
        return
    known |= _in_posts(asking, name)
    if value in known or (name == "entity" and f"{_BRAND}{value.lower()}" in known):
        return
    kind = {"lang": "language"}.get(name, name)
    raise QueryError(
        f"There is no {kind} '{value}' here.", query=query, position=position,
        remedy=_nearest(value, known if name != "lang" else _in_posts(asking, name) | {"fa", "en"}),
    )  # fmt: skip


def _nearest(value: str, known: set[str]) -> str:
    plain = {entry.removeprefix(_BRAND): entry for entry in known}
    near = get_close_matches(value.lower().removeprefix(_BRAND), plain, n=1, cutoff=0.5)
    if near:
        return f"Did you mean {plain[near[0]]}?"
    names = sorted(known)
    more = ", ..." if len(names) > _LISTED else "."
    return f"There are: {', '.join(names[:_LISTED])}{more}" if names else "There is none yet."


def _known(asking: Asking, name: str) -> set[str]:
    """What the project's settings and the program itself know."""
    if name == "source":
        return {source.name for source in asking.sources}
    if name == "platform":
        return {source.platform for source in asking.sources} | _CRAWLED
    if name == "lang":
        return set(codes())
    return {brand.id for brand in (*asking.rivals, asking.ours) if brand is not None}


def _in_posts(asking: Asking, name: str) -> set[str]:
    """What is in the posts that are kept; sources that were taken out of the project, too."""
    by = {"terms": {"field": _COLUMNS[name], "size": _MOST}}
    request = {"query": {"match_all": {}}, "size": 0, "aggs": {"by": by}}
    return {
        bucket["key"] for bucket in asking.store.search("posts", request)["aggregations"]["by"]["buckets"]
    }


def _fields(part: Part | None) -> Iterator[Field]:
    """Every ``name:value`` of a query."""
    match part:
        case Field():
            yield part
        case Not(inner):
            yield from _fields(inner)
        case And(parts) | Or(parts):
            for inner in parts:
                yield from _fields(inner)
