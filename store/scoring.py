"""What relevance means where hits are sorted by it, the same in both engines.

Words of a text weigh by BM25. Everything else (keywords, numbers, loose phrases) weighs 1 where it is
asked for and nothing where it only filters: engines weigh it by statistics of their own.

Where some posts have no words at all (reposts), scores differ by a factor that is the same for all hits of
a word, and by the mean length of texts: Lucene leaves such posts out of its statistics, Tantivy does not.
"""

from __future__ import annotations

from typing import Any

from store.mapping import FIELDS
from store.protocol import Collection

Query = dict[str, Any]


def scored(collection: Collection, query: Query) -> Query:
    """The checked query with ``constant_score`` around whatever weighs 1."""
    ((kind, inner),) = query.items()
    if kind == "bool":
        if not any(inner[clause] for clause in ("must", "filter", "should", "must_not")):
            return {"match_all": {}}
        weighed = {
            clause: [scored(collection, part) for part in inner[clause]] for clause in ("must", "should")
        }
        return {"bool": {**inner, **weighed}}
    return query if kind == "match_all" or _by_words(collection, kind, inner) else {"constant_score": query}


def _by_words(collection: Collection, kind: str, inner: dict[str, Any]) -> bool:
    if kind == "term":
        (name,) = inner
        return FIELDS[collection][name].type == "text"
    if kind == "match_phrase":
        (phrase,) = inner.values()
        return bool(phrase["slop"] == 0)
    return kind == "match"
