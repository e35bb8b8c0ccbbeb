"""Checked requests as an Elasticsearch takes them, and its hits in the form of both engines."""

from __future__ import annotations

from typing import Any, Final

from store.mapping import FIELDS
from store.validate_sort import SCORE, Sort

_MISSING: Final = {"asc": 2**63 - 1, "desc": -(2**63)}
"""What Elasticsearch sorts numbers by where there is none, which stands last in both orders."""
_ALL_NEAR_WORDS: Final = {"prefix_length": 0, "transpositions": True, "rewrite": "constant_score"}
"""What makes `fuzzy` find every word that is near, not the best fifty of each shard."""

Query = dict[str, Any]


def native(checked_query: Query) -> Query:
    """A checked query without what Elasticsearch takes for granted."""
    ((kind, inner),) = checked_query.items()
    if kind == "constant_score":
        return {"constant_score": {"filter": native(inner)}}
    if kind == "fuzzy":
        return {"fuzzy": {name: {**value, **_ALL_NEAR_WORDS} for name, value in inner.items()}}
    if kind != "bool":
        return checked_query
    parts: Query = {
        clause: [native(part) for part in inner[clause]]
        for clause in ("must", "filter", "should", "must_not")
        if inner[clause]
    }
    if inner["minimum_should_match"]:
        parts["minimum_should_match"] = inner["minimum_should_match"]
    return {"bool": parts}


def page_of(request: dict[str, Any]) -> dict[str, Any]:
    """The hits that a checked request asks for."""
    page: dict[str, Any] = {
        "query": native(request["scored"] or request["query"]),
        "size": request["size"],
        "sort": sort_of(request["sort"]),
        "source": request["_source"],
        "track_total_hits": True,
    }
    if request["scored"] is not None:
        # Words weigh by all months together, not by the month they stand in.
        page["search_type"] = "dfs_query_then_fetch"
    if request["after"] is None:
        page["from_"] = request["from"]
    else:
        page["search_after"] = _after(request)
    return page


def sort_of(sort: Sort) -> list[dict[str, Any]]:
    """The order of hits."""
    return [{field: {"order": order}} for field, order in sort]


def _after(request: dict[str, Any]) -> list[Any]:
    (field, order), *rest = request["sort"]
    value, *identity = request["after"]
    if rest and field != SCORE:
        if value is None:
            value = _MISSING[order]
        elif FIELDS[request["collection"]][field].type == "date":
            value *= 1000
    return [value, *identity]


def hits_of(request: dict[str, Any], raw: dict[str, Any]) -> dict[str, Any]:
    """Total and hits as both engines tell them."""
    (field, order), *_ = request["sort"]
    hits = []
    for found in raw["hits"]:
        hit = {key: found[key] for key in ("_id", "_source") if key in found}
        # A snapshot adds a place of its own to what is sorted by.
        value, *identity = found["sort"][: len(request["sort"])]
        if field == SCORE:
            hit["_score"] = value
        elif value == _MISSING[order]:
            value = None
        hits.append({**hit, "sort": [value, *identity]})
    return {"total": {"value": raw["total"]["value"], "relation": "eq"}, "hits": hits}
