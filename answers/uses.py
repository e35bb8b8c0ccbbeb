"""What uses of hashtags know of a selection by themselves, and the keys behind their numbers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from answers.asking import Asking
from posts.post import number
from posts.selection import Selection

CARRIED: Final = ("platform", "source", "language", "author")
"""The parts of a selection, beside its window, that every use carries."""


def filters_of(selection: Selection) -> list[dict[str, Any]]:
    """The clauses for uses in the selection as far as uses tell."""
    bounds = {"gte": selection.since, "lt": selection.until}
    window = {name: at.isoformat() for name, at in bounds.items() if at}
    own = {field: getattr(selection, field) for field in CARRIED}
    return [
        {"range": {"created_at": window}},
        *({"term": {field: value}} for field, value in own.items() if value is not None),
    ]


def told_by_uses(selection: Selection) -> bool:
    """Whether uses alone tell which of them are in the selection, without asking for its posts."""
    kept = {field: getattr(selection, field) for field in CARRIED}
    plain = Selection(since=selection.since, until=selection.until, **kept)
    return selection.narrowed(query=selection.query.strip()) == plain


def keys_of(asking: Asking, tags: Collection[int]) -> dict[int, str]:
    """The family keys of hashtags given by number."""
    if not tags:
        return {}
    request = {
        "query": {"terms": {"tag_n": sorted(tags)}}, "size": 0,
        "aggs": {"tag": {"terms": {"field": "tag", "size": len(tags)}}},
    }  # fmt: skip
    buckets = asking.store.search("uses", request)["aggregations"]["tag"]["buckets"]
    return {number(bucket["key"]): bucket["key"] for bucket in buckets}
