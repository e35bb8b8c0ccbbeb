"""Names in a question that nobody knows: told with the nearest one, where 0 posts would mislead."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final

from answers.asking import Asking
from nlp.language import codes
from posts.errors import QueryError
from posts.query import fields, parse
from posts.query_errors import query_error
from posts.selection import Selection
from store.compile import entity_keys

_COLUMNS: Final = {"source": "source", "platform": "platform", "lang": "language", "entity": "entities"}
_CRAWLED: Final = frozenset({"mastodon", "bluesky", "telegram", "eitaa", "feed"})
_MOST: Final = 1_000
_LISTED: Final = 12
_BRAND: Final = "brand:"
_NAMED: Final = re.compile(r'[^\s:]+:(?:"[^"]*"|«[^»]*»|[^\s()|]+)')


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
    for field in fields(parse(selection.query).root):
        if field.name in _COLUMNS:
            _check(asking, field.name, field.value, query=selection.query, position=field.position)


def _check(asking: Asking, name: str, value: str, *, query: str, position: int) -> None:
    known = _known(asking, name)
    if value in known or (name == "entity" and f"{_BRAND}{value.lower()}" in known):
        return
    known |= _in_posts(asking, name)
    if value in known or (name == "entity" and _is_named(asking, value)):
        return
    if name == "lang":
        known = _in_posts(asking, name) | {"fa", "en"}
    raise _unknown(name, value, known, query=query, position=position)


def _is_named(asking: Asking, value: str) -> bool:
    """Whether any post names somebody or something that is called so."""
    return asking.store.count("posts", {"terms": {"entities": entity_keys(value)}}) > 0


def _unknown(name: str, value: str, known: set[str], *, query: str, position: int) -> QueryError:
    """The error that names the nearest right name, or all there are; with the query as it was meant."""
    told = {"kind": {"lang": "language"}.get(name, name), "value": value}
    plain = {entry.removeprefix(_BRAND): entry for entry in known}
    near = get_close_matches(value.lower().removeprefix(_BRAND), plain, n=1, cutoff=0.5)
    if near:
        right = plain[near[0]]
        mended = _mended(query, position, name, right)
        return query_error("unknown_near", query, position, repair=mended, near=right, **told)
    names = sorted(known)
    if not names:
        return query_error("unknown_none", query, position, **told)
    listed = ", ".join(names[:_LISTED]) + (", ..." if len(names) > _LISTED else ".")
    return query_error("unknown_listed", query, position, names=listed, **told)


def _mended(query: str, position: int, name: str, right: str) -> str | None:
    """The query with the right name in the place of the wrong one."""
    wrong = _NAMED.match(query, position)
    if wrong is None:
        return None
    value = f'"{right}"' if any(sign.isspace() for sign in right) else right
    mended = f"{query[:position]}{name}:{value}{query[wrong.end() :]}"
    try:
        parse(mended)
    except QueryError:
        return None
    return mended


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
