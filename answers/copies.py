"""Posts that say nearly the same: how many there are of each, and by how many people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from answers.asking import Asking, matching
from posts.answer import Figure
from posts.selection import Selection

_AT_MOST: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """The posts that say nearly what the post ``original`` said first, itself among them."""

    original: str
    posts: Figure
    authors: Figure


def copies(asking: Asking, selection: Selection) -> dict[str, Copies]:
    """For each post that the selection names by its id as the first to say a thing: who says so too.

    Of any time and source; posts that nobody repeats are left out.
    """
    originals: Sequence[str] = selection.ids[:_AT_MOST]
    if not originals:
        return {}
    query = {
        "bool": {
            "filter": [{"terms": {"copy_of": list(originals)}}],
            "must_not": [{"term": {"is": "deleted"}}],
        }
    }
    aggs = {"of": {"terms": {"field": "copy_of", "size": _AT_MOST}}}
    found = asking.store.search("posts", {"query": query, "size": 0, "aggs": aggs})
    repeated = [bucket["key"] for bucket in found["aggregations"]["of"]["buckets"]]
    return {original: _told(asking, original) for original in repeated}


def opening(original: str) -> Selection:
    """The posts that say nearly what this one said first."""
    return Selection(query=f'copy:"{original}"')


def _told(asking: Asking, original: str) -> Copies:
    chosen = opening(original)
    request = {
        "query": matching(asking, chosen), "size": 0,
        "aggs": {"authors": {"cardinality": {"field": "author_n", "precision_threshold": 40_000}}},
    }  # fmt: skip
    found = asking.store.search("posts", request)
    return Copies(
        original=original,
        posts=Figure(value=found["hits"]["total"]["value"], selection=chosen),
        authors=Figure(value=found["aggregations"]["authors"]["value"], selection=chosen, exact=True),
    )
