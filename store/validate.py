"""The request bodies that both engines answer alike, brought to one form; anything else is refused.

This is the wall before the engines: what passes here has one meaning in both. Queries are checked in
``store.validate_query``, aggregations in ``store.validate_aggs``.
"""

from __future__ import annotations

from typing import Any, Final

from store import validate_sort
from store.mapping import FIELDS
from store.protocol import Body, Collection
from store.scoring import scored
from store.validate_aggs import checked_aggs
from store.validate_query import Checker, is_integer, mapping, only, refuse
from store.validate_sort import SCORE, checked_after, checked_sort, checked_source

MAX_WINDOW: Final = 10_000
"""``from`` + ``size``: Elasticsearch's ``index.max_result_window``."""
_BODY_KEYS: Final = frozenset(
    {"query", "aggs", "size", "from", "sort", "search_after", "_source", "track_total_hits"}
)


def prepared_query(collection: Collection, query: Body) -> dict[str, Any]:
    """The query in the one form that the engines read; ``UnsupportedQuery`` if it is outside the subset."""
    return Checker(_known(collection)).query("query", query)


def prepared(collection: Collection, body: Body) -> dict[str, Any]:
    """The search body in its one form, everything set that has a default."""
    checker = Checker(_known(collection))
    given = dict(mapping("body", body))
    if "aggregations" in given and "aggs" not in given:
        given["aggs"] = given.pop("aggregations")
    only("", given, _BODY_KEYS)
    if given.get("track_total_hits", True) is not True:
        raise refuse("track_total_hits", "Totals are always exact.")
    size, start = given.get("size", 10), given.get("from", 0)
    for name, number in (("size", size), ("from", start)):
        if not is_integer(number) or number < 0:
            raise refuse(name, f"{number!r} is no count.")
    if start + size > MAX_WINDOW:
        raise refuse("size", f"`from` + `size` goes beyond {MAX_WINDOW:,}.", remedy="Use scan().")
    query = checker.query("query", given.get("query") or {"match_all": {}})
    sort = checked_sort(checker, given.get("sort"))
    return {
        "collection": collection,
        "query": query,
        "scored": scored(collection, query) if sort[0][0] == SCORE else None,
        "size": size,
        "from": start,
        "sort": sort,
        "after": checked_after(checker, given.get("search_after"), sort, start),
        "_source": checked_source(checker, given.get("_source")),
        "aggs": checked_aggs(checker, given.get("aggs") or {}),
    }


def fields_known(collection: Collection, names: object) -> list[str]:
    """The names, all of them fields of the collection."""
    return validate_sort.fields_known(_known(collection), names)


def columns_known(collection: Collection, names: object) -> list[str]:
    """The names, all of them fields that ``columns`` can give."""
    listed = fields_known(collection, names)
    for name in listed:
        if FIELDS[collection][name].type not in ("integer", "date"):
            raise refuse(f"fields.{name}", "Columns are integers and dates.")
    return listed


def _known(collection: Collection) -> Collection:
    if collection not in FIELDS:
        raise refuse("collection", f"There is no {collection!r}.", remedy=f"One of {sorted(FIELDS)}.")
    return collection
