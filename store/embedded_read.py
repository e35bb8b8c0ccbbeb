"""What is read from a snapshot of a Tantivy index: pages of hits, whole documents, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np
from tantivy import DocAddress, Index, Order, Query, Searcher

from posts.errors import StoreError
from store.embedded_query import SOURCE, Translator, every, missing, without
from store.mapping import FIELDS
from store.protocol import Document
from store.validate_sort import SCORE

_MARGIN: Final = 32
_READ_AT_MOST: Final = 2_000
Found = tuple[Any, DocAddress]
"""What a hit is ordered by, and where it stands."""

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
        size = self._request["size"]
        if not size or not self.total:
            return []
        if self._request["sort"][0][0] == SCORE:
            weighed = self._translator.weighing().query(self._request["scored"])
            ranked = Ranking(self._searcher, weighed)
            found = ranked.page(self._request["from"], size, self._request["after"])
        else:
            found = self._page(self._request["from"], size, self._request["after"])
        return [self._hit(value, address) for value, address in found]

    def _hit(self, value: Any, address: DocAddress) -> dict[str, Any]:
        source = self._request["_source"]
        document = read(self._searcher, address)
        hit: dict[str, Any] = {"_id": document["id"]}
        if source is not False:
            hit["_source"] = document if source is True else _only(document, source)
        (field, _), *rest = self._request["sort"]
        if field == SCORE:
            hit["_score"] = value
        elif value is not None and rest and FIELDS[self._translator.collection][field].type == "date":
            value *= 1000
        hit["sort"] = [value, document["id"]] if rest else [document["id"]]
        return hit

    def _page(self, start: int, size: int, after: list[Any] | None) -> list[Found]:
        (field, order), *rest = self._request["sort"]
        if not rest:
            if after is None:
                return self._ordered(self._query, field, order, start, size)
            return self._beyond(self._query, order, after[0], size)
        if after is None:
            return self._cut(self._query, start, size)
        value, identity = after
        equal = every([self._query, self._equal(field, value)])
        found = self._beyond(equal, rest[0][1], identity, size)
        found = [(value, address) for _, address in found]
        if len(found) < size and value is not None:
            behind = every([self._query, without(Query.all_query(), self._up_to(field, order, value))])
            found += self._cut(behind, 0, size - len(found))
        return found

    def _cut(self, query: Query, start: int, size: int) -> list[Found]:
        """A part of everything in order."""
        (field, order), (_, by_id) = self._request["sort"]
        pairs = self._ordered(query, field, order, start, size)
        groups: list[tuple[int | None, list[DocAddress]]] = []
        for value, address in pairs:
            if not groups or groups[-1][0] != value:
                groups.append((value, []))
            groups[-1][1].append(address)
        # Equal values stand in any order; those at either end may also go on beyond this page.
        found: list[Found] = []
        for place, (value, members) in enumerate(groups):
            if len(members) > 1 or not 0 < place < len(groups) - 1:
                before = self._before(query, field, order, value) if place == 0 and start else start
                equal = every([query, self._equal(field, value)])
                ordered = self._ordered(equal, "id", by_id, start - before, len(members))
                members = [address for _, address in ordered]
            found += [(value, address) for address in members]
        return found

    def _beyond(self, query: Query, order: str, identity: str, size: int) -> list[Found]:
        """The documents that stand behind an id in the order of ids."""
        limit = size + _MARGIN
        while True:
            pairs = self._ordered(query, "id", order, 0, limit)
            behind = [
                (value, address)
                for value, address in pairs
                if (value < identity if order == "desc" else value > identity)
            ]
            if len(behind) >= size or len(pairs) < limit:
                return behind[:size]
            limit *= 8

    def _ordered(self, query: Query, field: str, order: str, start: int, size: int) -> list[Found]:
        # Room for as many hits as are asked for is made before they are found.
        size = min(size, max(1, self.total - start))
        hits = self._searcher.search(
            query, size, count=False, order_by_field=field, offset=start, order=_order(order)
        ).hits
        return list(hits)

    def _equal(self, field: str, value: int | None) -> Query:
        if value is not None:
            return self._translator.term(field, value)
        return missing(field)

    def _before(self, query: Query, field: str, order: str, value: int | None) -> int:
        """How many hits stand before those of a value; missing values stand last in both orders."""
        if value is None:
            ahead = Query.exists_query(field)
        else:
            ahead = self._up_to(field, order, value, included=False)
        return count_hits(self._searcher, every([query, ahead]))

    def _up_to(self, field: str, order: str, value: int, *, included: bool = True) -> Query:
        if order == "desc":
            return self._translator.between(field, value, None, low_in=included)
        return self._translator.between(field, None, value, high_in=included)


class Ranking:
    """All hits of a query by relevance, then by id."""

    def __init__(self, searcher: Searcher, query: Query) -> None:
        self._searcher = searcher
        self._query = query
        self._total = count_hits(searcher, query)

    def page(self, start: int, size: int, after: list[Any] | None) -> list[Found]:
        """A part of them: from a place on, or from behind a hit."""
        limit = start + size + _MARGIN
        while True:
            limit = min(limit, max(1, self._total))
            found = [(float(score), at) for score, at in self._searcher.search(self._query, limit).hits]
            if len(found) < self._total:
                # The last score may go on beyond what is known.
                known = [(score, at) for score, at in found if score > found[-1][0]]
            else:
                known = found
            if after is not None:
                known = [(score, at) for score, at in known if score <= after[0]]
            if len(found) == self._total or len(known) >= start + size + _MARGIN // 2:
                ordered = self._by_id(known)
                if after is not None:
                    ordered = [hit for hit in ordered if (-hit[0], hit[1]) > (-after[0], after[1])]
                if len(found) == self._total or len(ordered) >= start + size:
                    return [(score, at) for score, _, at in ordered[start : start + size]]
            limit *= 8

    def _by_id(self, hits: Sequence[Found]) -> list[tuple[float, str, DocAddress]]:
        """The hits with their ids, equal scores in the order of these."""
        if len(hits) > _READ_AT_MOST:
            pairs = self._searcher.search(
                self._query, self._total, count=False, order_by_field="id", order=Order.Asc
            ).hits
            ids = {(at.segment_ord, at.doc): identity for identity, at in pairs}
        else:
            ids = {(at.segment_ord, at.doc): read(self._searcher, at)["id"] for _, at in hits}
        named = [(score, ids[at.segment_ord, at.doc], at) for score, at in hits]
        return sorted(named, key=lambda hit: (-hit[0], hit[1]))


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
