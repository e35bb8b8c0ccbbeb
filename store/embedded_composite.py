"""``composite`` on Tantivy: the keys of several sources in their order, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final

from tantivy import Query

from store.embedded_asking import Aggs, Asking
from store.embedded_histograms import filled
from store.embedded_query import every
from store.embedded_read import count_hits

_PAGE: Final = 1_000
_FEW: Final = 100
Found = tuple[dict[str, Any], int, Query]


def composite(asking: Asking, query: Query, agg: Aggs) -> dict[str, Any]:
    """The answer of ``composite``."""
    options = agg["options"]
    page = islice(
        _keys(asking, query, options["sources"], options["after"], options["size"]), options["size"]
    )
    buckets = []
    for key, number, inside in page:
        asking.count_buckets(1)
        bucket = {"key": key, "doc_count": number}
        buckets.append(bucket | (asking.inside(inside, agg["aggs"]) if agg["aggs"] else {}))
    return {"buckets": buckets, **({"after_key": buckets[-1]["key"]} if buckets else {})}


def _keys(
    asking: Asking, query: Query, sources: Sequence[Aggs], after: Sequence[Any] | None, size: int
) -> Iterator[Found]:
    """Keys, counts and what is inside of each, from behind ``after``."""
    first, *rest = sources
    name = first["name"]
    begin = after[0] if after else None
    if not rest:
        for value, number, inside in _values(asking, query, first, begin, size):
            yield {name: _told(first, value)}, number, inside
        return
    if after is not None:
        inside = every([query, _holding(asking, query, first, begin)])
        if count_hits(asking.searcher, inside):
            for key, number, deeper in _keys(asking, inside, rest, after[1:], size):
                yield {name: _told(first, begin), **key}, number, deeper
    for value, _, inside in _values(asking, query, first, begin, size):
        for key, number, deeper in _keys(asking, inside, rest, None, size):
            yield {name: _told(first, value), **key}, number, deeper


def _told(source: Aggs, value: Any) -> Any:
    return value * 1000 if source["type"] == "date_histogram" else value


def _holding(asking: Asking, query: Query, source: Aggs, value: Any) -> Query:
    """What stands under one value of a source."""
    if source["type"] == "terms":
        return asking.translator.term(source["options"]["field"], value)
    _, frame, found = filled(asking, query, source["options"], {})
    if frame is None or value not in found:
        return Query.empty_query()
    return asking.translator.between(source["options"]["field"], value, found[value]["end"], high_in=False)


def _values(
    asking: Asking, query: Query, source: Aggs, begin: Any, size: int
) -> Iterator[tuple[Any, int, Query]]:
    """The values of one source in their order, each with its count and what is inside."""
    name = source["options"]["field"]
    if source["type"] == "terms":
        for value, number in _terms(asking, query, source, begin, min(size, _PAGE)):
            yield value, number, every([query, asking.translator.term(name, value)])
        return
    _, _, found = filled(asking, query, source["options"], {})
    down = source["order"] == "desc"
    for value in sorted(found, reverse=down):
        if begin is None or (value < begin if down else value > begin):
            within = asking.translator.between(name, value, found[value]["end"], high_in=False)
            yield value, found[value]["doc_count"], every([query, within])


def _terms(asking: Asking, query: Query, source: Aggs, begin: Any, page: int) -> Iterator[tuple[Any, int]]:
    """Terms in their order: all at once where many are wanted, else page by page."""
    name, order = source["options"]["field"], source["order"]
    counts = asking.counts(query, name) if page > _FEW else None
    if counts is not None:
        down = order == "desc"
        behind = (k for k in counts if begin is None or (k < begin if down else k > begin))
        yield from ((key, counts[key]) for key in sorted(behind, reverse=down))
        return
    after = None if begin is None else f"{'str' if isinstance(begin, str) else 'i64'}:{begin}"
    while True:
        terms = {"terms": {"field": name, "order": order}}
        request: Aggs = {"sources": [{"k": terms}], "size": page}
        if after is not None:
            request["after"] = {"k": after}
        raw = asking.ask(query, {"c": {"composite": request}})["c"]
        for bucket in raw["buckets"]:
            yield bucket["key"]["k"], bucket["doc_count"]
        if len(raw["buckets"]) < page:
            return
        after = raw["after_key"]["k"]
