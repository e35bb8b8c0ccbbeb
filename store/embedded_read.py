"""What is read from a snapshot of a Tantivy index: pages of hits, whole documents, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from tantivy import DocAddress, Index, Order, Query, Searcher

from posts.errors import StoreError
from store.embedded_query import SOURCE, Translator, every
from store.protocol import Document

_decode = msgspec.json.Decoder().decode


class Page:
    """The hits of one request, in an order that is the same on both engines."""

    def __init__(
        self, searcher: Searcher, translator: Translator, query: Query, request: dict[str, Any]
    ) -> None:
        self._searcher = searcher
        self._translator = translator
        self._query = query
        self._request = request
        self.total = count_hits(searcher, query)

    def hits(self) -> list[dict[str, Any]]:
        start: int = self._request["from"]
        size = min(self._request["size"], self.total - start)
        if size <= 0:
            return []
        source = self._request["_source"]
        hits = []
        for address in self._addresses(start, size):
            document = read(self._searcher, address)
            hit: dict[str, Any] = {"_id": document["id"]}
            if source is not False:
                hit["_source"] = document if source is True else _only(document, source)
            hits.append(hit)
        return hits

    def _addresses(self, start: int, size: int) -> list[DocAddress]:
        (field, order), *rest = self._request["sort"]
        if not rest:
            return self._ordered(self._query, field, order, start, size)
        by_id: str = rest[0][1]
        pairs = self._searcher.search(
            self._query, size, count=False, order_by_field=field, offset=start, order=_order(order)
        ).hits
        groups: list[tuple[int | None, list[DocAddress]]] = []
        for value, address in pairs:
            if not groups or groups[-1][0] != value:
                groups.append((value, []))
            groups[-1][1].append(address)
        # Equal values stand in any order; those at either end may also go on beyond this page.
        found: list[DocAddress] = []
        for place, (value, members) in enumerate(groups):
            if len(members) == 1 and 0 < place < len(groups) - 1:
                found += members
                continue
            before = self._before(field, order, value) if place == 0 and start else start
            equal = every([self._query, self._equal(field, value)])
            found += self._ordered(equal, "id", by_id, start - before, len(members))
        return found

    def _ordered(self, query: Query, field: str, order: str, start: int, size: int) -> list[DocAddress]:
        found = self._searcher.search(
            query, size, count=False, order_by_field=field, offset=start, order=_order(order)
        )
        return [address for _, address in found.hits]

    def _equal(self, field: str, value: int | None) -> Query:
        if value is not None:
            return self._translator.term(field, value)
        return self._translator.query(
            {
                "bool": {
                    "must": [], "filter": [], "should": [], "minimum_should_match": 0,
                    "must_not": [{"exists": {"field": field}}],
                }
            }
        )  # fmt: skip

    def _before(self, field: str, order: str, value: int | None) -> int:
        """How many hits stand before those of a value; missing values stand last in both orders."""
        if value is None:
            ahead = Query.exists_query(field)
        elif order == "desc":
            ahead = self._translator.between(field, value, None, low_in=False)
        else:
            ahead = self._translator.between(field, None, value, high_in=False)
        return count_hits(self._searcher, every([self._query, ahead]))


def _order(order: str) -> Order:
    return Order.Desc if order == "desc" else Order.Asc


def count_hits(searcher: Searcher, query: Query) -> int:
    """How many documents match."""
    return int(searcher.search(query, 1).count)  # type: ignore[attr-defined]


def find(searcher: Searcher, query: Query, limit: int) -> list[DocAddress]:
    """Where the first documents stand that match, in no order that means something."""
    return [address for _, address in searcher.search(query, limit, count=False).hits]


def find_all(searcher: Searcher, query: Query) -> list[DocAddress]:
    """Where all documents stand that match."""
    # Counted first: room for as many hits as are asked for is made before they are found.
    number = count_hits(searcher, query)
    return find(searcher, Query.const_score_query(query, 1.0), number) if number else []


def read(searcher: Searcher, address: DocAddress) -> Document:
    """The document as it was written."""
    document: Document = _decode(searcher.doc(address)[SOURCE][0])
    return document


def read_all(
    searcher: Searcher, addresses: Sequence[DocAddress], wanted: Sequence[str] | None
) -> Iterator[Document]:
    """The documents one after the other; of each only the wanted fields."""
    for address in addresses:
        document = read(searcher, address)
        yield document if wanted is None else _only(document, wanted)


def _only(document: Document, wanted: Sequence[str]) -> Document:
    return {name: document[name] for name in wanted if name in document}


def read_column(searcher: Searcher, name: str, addresses: list[DocAddress]) -> np.ndarray:
    """One number of each document, -1 where it is missing."""
    values = searcher.fast_field_values(name, addresses) if addresses else []
    try:
        return np.array(values, dtype=np.int64)
    except TypeError:
        return np.array([-1 if value is None else value for value in values], dtype=np.int64)


def open_raw(folder: Path) -> tuple[int, Callable[[], Iterator[Document]]]:
    """How many documents an index holds, and what reads them all, whatever schema it was made with."""
    if not (folder / "meta.json").exists():
        return 0, lambda: iter(())
    try:
        index = Index.open(str(folder))
        index.config_reader("manual")
        index.reload()
    except (ValueError, OSError) as error:
        raise StoreError(str(error), subject=str(folder), remedy="Restore it from a backup.") from error
    searcher = index.searcher()

    def read_every() -> Iterator[Document]:
        addresses = find_all(searcher, Query.all_query())
        addresses.sort(key=lambda address: (address.segment_ord, address.doc))
        return read_all(searcher, addresses, None)

    return int(searcher.num_docs), read_every
