"""What a search body means, worked out document by document: slow, plain, and nothing of the engines' code.

Answers have the form of ``Store.search``. Relevance is not worked out.
"""

from __future__ import annotations

from typing import Any

from tests.store.oracle_buckets import aggregate
from tests.store.oracle_hits import matches, page

Body = dict[str, Any]
Document = dict[str, Any]


def search(documents: list[Document], body: Body) -> Body:
    """The answer to a body."""
    found = [document for document in documents if matches(body.get("query") or {"match_all": {}}, document)]
    hits = page(found, body, body.get("size", 10), body.get("from", 0))
    answer: Body = {"hits": {"total": {"value": len(found), "relation": "eq"}, "hits": hits}}
    if body.get("aggs"):
        answer["aggregations"] = aggregate(found, documents, body["aggs"])
    return answer
