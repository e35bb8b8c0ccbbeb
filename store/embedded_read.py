"""What is read from a snapshot of a Tantivy index: counts, whole documents, columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from tantivy import DocAddress, Index, Query, Searcher

from posts.errors import StoreError
from store.embedded_query import SOURCE
from store.loading import collector_paused
from store.protocol import Document

_PART: Final = 5_000

_decode = msgspec.json.Decoder().decode


def count_hits(searcher: Searcher, query: Query) -> int:
    """How many documents match."""
    return int(searcher.search(query, 1).count)  # type: ignore[attr-defined]


def find(searcher: Searcher, query: Query, limit: int) -> list[DocAddress]:
    """Where the first documents stand that match, in no order that means something."""
    return list(map(itemgetter(1), searcher.search(query, limit, count=False).hits))


def find_all(searcher: Searcher, query: Query) -> list[DocAddress]:
    """Where all documents stand that match."""
    # Counted first: room for as many hits as are asked for is made before they are found.
    number = count_hits(searcher, query)
    if not number:
        return []
    with collector_paused():
        return find(searcher, Query.const_score_query(query, 1.0), number)


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
        yield document if wanted is None else only(document, wanted)


def only(document: Document, wanted: Sequence[str]) -> Document:
    return {name: document[name] for name in wanted if name in document}


def read_column(searcher: Searcher, name: str, addresses: list[DocAddress]) -> np.ndarray:
    """One number of each document, -1 where it is missing."""
    column = np.empty(len(addresses), dtype=np.int64)
    # In parts, so that the numbers of one take the memory of those before.
    for start in range(0, len(addresses), _PART):
        values = searcher.fast_field_values(name, addresses[start : start + _PART])
        try:
            column[start : start + _PART] = np.array(values, dtype=np.int64)
        except TypeError:
            column[start : start + _PART] = [-1 if value is None else value for value in values]
    return column


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
