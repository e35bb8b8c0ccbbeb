"""Documents that are to be carried somewhere, wherever they lie: in an engine, an archive, an old index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from store.mapping import COLLECTIONS
from store.protocol import Body, Collection, Document, Store

_ALL: Final[Body] = {"match_all": {}}


class Reading:
    """Documents to be read: how many there are of each collection, and what gives them."""

    def __init__(
        self, counts: Mapping[Collection, int], read: Callable[[Collection], Iterable[Document]]
    ) -> None:
        self.counts = counts
        self.read = read

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def reading_of(store: Store) -> Reading:
    """All that an engine holds."""
    store.refresh()
    return Reading(
        {name: store.count(name, _ALL) for name in COLLECTIONS}, lambda name: store.scan(name, _ALL)
    )
