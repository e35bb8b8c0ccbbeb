"""Pages of hits from a snapshot of a Tantivy index, in an order that is the same on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from tantivy import DocAddress, Order, Query, Searcher

from store.embedded_query import Translator, every, missing, without
from store.embedded_read import count_hits, only, read
from store.mapping import FIELDS
from store.validate_sort import SCORE

_MARGIN: Final = 32
_READ_AT_MOST: Final = 5_000
_IDS_AT_ONCE: Final = 1_000
Found = tuple[Any, DocAddress]
"""What a hit is ordered by, and where it stands."""


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
            ranked = Ranking(self._searcher, self._translator, weighed)
            found = ranked.page(self._request["from"], size, self._request["after"])
        else:
            found = self._page(self._request["from"], size, self._request["after"])
        return [self._hit(value, address) for value, address in found]

    def _hit(self, value: Any, address: DocAddress) -> dict[str, Any]:
        source = self._request["_source"]
        document = read(self._searcher, address)
        hit: dict[str, Any] = {"_id": document["id"]}
        if source is not False:
            hit["_source"] = document if source is True else only(document, source)
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
        ids = ids_behind(self._searcher, query, order, identity, size)
        known = every([query, self._translator.any_of("id", ids)])
        return self._ordered(known, "id", order, 0, size) if ids else []

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

    def __init__(self, searcher: Searcher, translator: Translator, query: Query) -> None:
        self._searcher = searcher
        self._translator = translator
        self._query = query
        self._total = count_hits(searcher, query)

    def page(self, start: int, size: int, after: list[Any] | None) -> list[Found]:
        """A part of them: from a place on, or from behind a hit."""
        limit = start + size + _MARGIN
        while True:
            limit = max(1, min(limit, self._total))
            found = [(float(score), at) for score, at in self._searcher.search(self._query, limit).hits]
            part = self._part(found, start, size, after)
            if part is not None:
                return part
            limit *= 8

    def _part(
        self, found: Sequence[Found], start: int, size: int, after: list[Any] | None
    ) -> list[Found] | None:
        """The page, if it lies among the best that were found."""
        taken: list[Found] = []
        for score, group in groupby(found, key=lambda hit: hit[0]):
            if score == found[-1][0] and len(found) < self._total:
                return None  # the last score may go on beyond what is known
            members = [at for _, at in group]
            behind = after[1] if after is not None and after[0] == score else None
            if after is not None and score > after[0]:
                continue
            if behind is None and start >= len(members):
                start -= len(members)
                continue
            wanted = size - len(taken)
            taken += [(score, at) for at in self._by_id(members, behind, start, wanted)]
            start = 0
            if len(taken) == size:
                break
        return taken

    def _by_id(
        self, members: Sequence[DocAddress], behind: str | None, start: int, size: int
    ) -> list[DocAddress]:
        """A part of equally good hits in the order of their ids."""
        if len(members) <= _READ_AT_MOST:
            named = sorted(((str(read(self._searcher, at)["id"]), at) for at in members), key=itemgetter(0))
            ordered = [at for identity, at in named if behind is None or identity > behind]
            return ordered[start : start + size]
        # Of many, the ids of all hits are gone through until enough of these are among them.
        places = {(at.segment_ord, at.doc) for at in members}
        found: list[DocAddress] = []
        at_once = min(_IDS_AT_ONCE, 2 * (start + size) * self._total // len(members))
        while len(found) < start + size:
            ids = ids_behind(self._searcher, self._query, "asc", behind, at_once)
            if not ids:
                break
            behind = ids[-1]
            known = self._translator.any_of("id", ids)
            pairs = self._searcher.search(known, len(ids), count=False, order_by_field="id", order=Order.Asc)
            found += [at for _, at in pairs.hits if (at.segment_ord, at.doc) in places]
        return found[start : start + size]


def ids_behind(searcher: Searcher, query: Query, order: str, identity: str | None, size: int) -> list[str]:
    """The next ids of what matches, in their order."""
    source = {"k": {"terms": {"field": "id", "order": order}}}
    request: dict[str, Any] = {"sources": [source], "size": size}
    if identity is not None:
        request["after"] = {"k": f"str:{identity}"}
    found = searcher.aggregate(query, {"c": {"composite": request}})
    return [bucket["key"]["k"] for bucket in found["c"]["buckets"]]


def _order(order: str) -> Order:
    return Order.Desc if order == "desc" else Order.Asc
