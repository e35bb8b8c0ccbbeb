"""The request bodies that both engines answer alike, brought to one form; anything else is refused.

This is the wall before the engines: what passes here has one meaning in both. Queries are checked in
``store.validate_query``, aggregations in ``store.validate_aggs``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from store.mapping import FIELDS, WHEN
from store.protocol import Body, Collection
from store.validate_aggs import checked_aggs
from store.validate_query import Checker, is_integer, mapping, only, refuse, single

MAX_WINDOW: Final = 10_000
"""``from`` + ``size``: Elasticsearch's ``index.max_result_window``."""
_BODY_KEYS: Final = frozenset({"query", "aggs", "size", "from", "sort", "_source", "track_total_hits"})


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
    return {
        "query": checker.query("query", given.get("query") or {"match_all": {}}),
        "size": size,
        "from": start,
        "sort": _sort(checker, given.get("sort")),
        "_source": _source(checker, given.get("_source")),
        "aggs": checked_aggs(checker, given.get("aggs") or {}),
    }


def fields_known(collection: Collection, names: object, *, path: str = "fields") -> list[str]:
    """The names, all of them fields of the collection."""
    fields = FIELDS[_known(collection)]
    listed = [names] if isinstance(names, str) else list(names)  # type: ignore[call-overload]
    for name in listed:
        if name not in fields:
            raise refuse(path, f"{collection} has no field {name!r}.")
    return listed


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


def _source(checker: Checker, given: object) -> list[str] | bool:
    if given is None or given is True:
        return True
    if given is False:
        return False
    if not isinstance(given, str | list | tuple):
        raise refuse("_source", "Must be true, false or a list of fields.")
    return fields_known(checker.collection, given, path="_source")


def _sort(checker: Checker, given: object) -> list[tuple[str, str]]:
    """Pairs of field and order: at most one date or number, then the id."""
    parts = [] if given is None else given if isinstance(given, list | tuple) else [given]
    pairs = [_sort_part(checker, f"sort[{i}]", part) for i, part in enumerate(parts)]
    if not pairs:
        pairs = [(WHEN[checker.collection], "desc")]
    if pairs[-1][0] != "id":
        pairs.append(("id", "asc"))
    if len(pairs) > 2 or (len(pairs) == 2 and pairs[0][0] == "id"):
        raise refuse("sort", "One field, then the id.")
    return pairs


def _sort_part(checker: Checker, path: str, part: object) -> tuple[str, str]:
    name, options = (part, "asc") if isinstance(part, str) else single(path, part)
    if isinstance(options, Mapping):
        only(f"{path}.{name}", options, {"order"})
        options = options.get("order", "asc")
    if options not in ("asc", "desc"):
        raise refuse(f"{path}.{name}", "The order is 'asc' or 'desc'.")
    if name != "id" and checker.field(f"{path}.{name}", name).type not in ("integer", "date"):
        raise refuse(f"{path}.{name}", "Sorted by a date, a number, or the id.")
    return name, options
