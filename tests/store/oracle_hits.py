"""Which documents match, and in which order: the oracle's part for hits."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

Body = dict[str, Any]
Document = dict[str, Any]

DATES = {"created_at", "collected_at"}


def values(document: Document, field: str) -> list[Any]:
    """The values of a field, dates in epoch seconds."""
    value = document.get(field)
    if value is None:
        return []
    if field in DATES:
        return [seconds(value)]
    return value if isinstance(value, list) else [value]


def seconds(moment: str | datetime) -> float:
    """Epoch seconds of a date."""
    parsed = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return parsed.timestamp()


# queries


def matches(query: Body, document: Document) -> bool:
    """Whether a document matches."""
    ((kind, inner),) = query.items()
    if kind == "match_all":
        return True
    if kind == "bool":
        return _bool(inner, document)
    if kind == "exists":
        return bool(values(document, inner["field"]))
    if kind == "ids":
        return document["id"] in inner["values"]
    ((field, value),) = inner.items()
    tokens = document.get("text", "").split()
    held = tokens if field == "text" else values(document, field)
    if kind == "term":
        return (value["value"] if isinstance(value, dict) else value) in held
    if kind == "terms":
        return any(each in held for each in value)
    if kind == "range":
        return bool(held) and all(_within(field, held[0], bound, limit) for bound, limit in value.items())
    given = value if isinstance(value, dict) else {"query": value}
    words = given["query"].split()
    if kind == "match":
        found = [word in tokens for word in words]
        return bool(words) and (all(found) if given.get("operator", "or").lower() == "and" else any(found))
    assert kind == "match_phrase", kind
    return _phrase(words, tokens, given.get("slop", 0))


def _bool(inner: Body, document: Document) -> bool:
    parts = {}
    for clause in ("must", "filter", "should", "must_not"):
        given = inner.get(clause, [])
        parts[clause] = [matches(q, document) for q in (given if isinstance(given, list) else [given])]
    alone = bool(parts["should"]) and not parts["must"] and not parts["filter"]
    wanted = max(inner.get("minimum_should_match", int(alone)), int(alone))
    return (
        all(parts["must"])
        and all(parts["filter"])
        and not any(parts["must_not"])
        and sum(parts["should"]) >= wanted
    )


def _within(field: str, value: Any, bound: str, limit: Any) -> bool:
    limit = seconds(limit) if field in DATES else limit
    return {"gt": value > limit, "gte": value >= limit, "lt": value < limit, "lte": value <= limit}[bound]


def _phrase(words: list[str], tokens: list[str], slop: int) -> bool:
    places = [[i for i, token in enumerate(tokens) if token == word] for word in words]
    if not words:
        return False
    for chosen in itertools.product(*places):
        moved = [place - i for i, place in enumerate(chosen)]
        if len(set(chosen)) == len(chosen) and max(moved) - min(moved) <= slop:
            return True
    return False


# hits


def page(found: list[Document], body: Body, size: int, start: int = 0) -> list[Body]:
    """The hits of a page in their order."""
    field, direction, by_id = _sort(body.get("sort"))

    def value_of(document: Document) -> Any:
        held = values(document, field)
        return held[0] if held else None

    ordered = sorted(found, key=lambda d: d["id"], reverse=by_id == "desc")
    if field != "id":
        having = [d for d in ordered if value_of(d) is not None]
        having.sort(key=value_of, reverse=direction == "desc")
        ordered = having + [d for d in ordered if value_of(d) is None]
    hits = []
    for document in ordered:
        hit: Body = {"_id": document["id"], "sort": [document["id"]]}
        if field != "id":
            value = value_of(document)
            hit["sort"] = [
                int(value * 1000) if value is not None and field in DATES else value,
                document["id"],
            ]
        source = body.get("_source", True)
        if source is not False:
            names = list(document) if source is True else source
            hit["_source"] = {name: document[name] for name in names if name in document}
        hits.append(hit)
    if body.get("search_after") is not None:
        after = next(i for i, hit in enumerate(hits) if hit["sort"] == list(body["search_after"])) + 1
        return hits[after : after + size]
    return hits[start : start + size]


def _sort(sort: Any) -> tuple[str, str, str]:
    pairs = []
    for part in sort if isinstance(sort, list) else [sort] if sort else []:
        name, order = (part, "asc") if isinstance(part, str) else next(iter(part.items()))
        pairs.append((name, order["order"] if isinstance(order, dict) else order))
    if not pairs:
        pairs = [("created_at", "desc")]
    if pairs[0][0] == "id":
        return "id", "", pairs[0][1]
    return pairs[0][0], pairs[0][1], pairs[1][1] if len(pairs) > 1 else "asc"
