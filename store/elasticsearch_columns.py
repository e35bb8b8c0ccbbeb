"""Integer columns read off an Elasticsearch: many rows, few bytes of each, by stretches of time.

A page behind another costs the server a pass over all rows that are left, so that reading a million of
them page by page grows with the square. Here a histogram says first how many rows each stretch of time
holds, and each stretch is one page that the server finds by its date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from store.loading import collector_paused

PAGE: Final = 10_000
"""The most rows that Elasticsearch gives at once."""
_AT_ONCE: Final = 2
"""Pages that are asked for side by side: one is found while another is read."""
_STRETCHES: Final = 5_000
_SHORTEST_S: Final = 60

Ask = Callable[..., dict[str, Any]]
"""Sends a search of one snapshot and returns its answer."""
Table = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A span of time from ``begin`` to before ``end`` (epoch milliseconds) that holds ``rows``."""

    begin: int
    end: int
    rows: int


def read_table(ask: Ask, query: Mapping[str, Any], fields: Sequence[str], when: str) -> Table:
    """The values of ``fields`` of all rows that match, one row each, -1 where one is missing.

    ``when`` is the date that every row has; dates come as epoch milliseconds.
    """
    # Read off as what is sorted by, which is quicker than values fetched for each hit.
    order = [{name: {"order": "asc", "missing": -1}} for name in fields]
    request = {
        "sort": order, "size": PAGE, "source": False, "stored_fields": "_none_", "track_total_hits": False,
        "filter_path": "hits.hits.sort",
    }  # fmt: skip

    def read(part: Mapping[str, Any]) -> Table:
        tables = [np.empty((0, len(fields)), dtype=np.int64)]
        after: list[int] | None = None
        while True:
            hits = ask(query=part, search_after=after, **request).get("hits", {}).get("hits", [])
            if hits:
                tables.append(np.array([hit["sort"][: len(fields)] for hit in hits], dtype=np.int64))
            if len(hits) < PAGE:
                return np.concatenate(tables)
            after = hits[-1]["sort"]

    with collector_paused():
        first = ask(query=query, **request).get("hits", {}).get("hits", [])
        if len(first) < PAGE:
            rows = [hit["sort"][: len(fields)] for hit in first]
            return np.array(rows, dtype=np.int64).reshape(-1, len(fields))
        parts = [_within(query, when, stretch) for stretch in _stretches(ask, query, when)]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return np.concatenate(list(pool.map(read, parts)))


def _within(query: Mapping[str, Any], when: str, stretch: Stretch) -> dict[str, Any]:
    bounds = {"gte": stretch.begin, "lt": stretch.end, "format": "epoch_millis"}
    return {"bool": {"filter": [query, {"range": {when: bounds}}]}}


def _stretches(ask: Ask, query: Mapping[str, Any], when: str) -> list[Stretch]:
    """The time of all rows in stretches of up to a page each, where an interval holds no more by itself."""
    ends = ask(
        query=query, size=0, track_total_hits=False,
        aggs={"first": {"min": {"field": when}}, "last": {"max": {"field": when}}},
    )["aggregations"]  # fmt: skip
    first, last = int(ends["first"]["value"]), int(ends["last"]["value"])
    length_s = max(_SHORTEST_S, -(-(last - first + 1) // (1000 * _STRETCHES)))
    histogram = {"field": when, "fixed_interval": f"{length_s}s", "min_doc_count": 1}
    found = ask(
        query=query, size=0, track_total_hits=False, aggs={"rows": {"date_histogram": histogram}}
    )["aggregations"]["rows"]["buckets"]  # fmt: skip
    intervals = (
        Stretch(begin=bucket["key"], end=bucket["key"] + length_s * 1000, rows=bucket["doc_count"])
        for bucket in found
    )
    return list(joined(intervals, PAGE - 1))


def joined(intervals: Iterator[Stretch], most: int) -> Iterator[Stretch]:
    """Neighbours together as long as they hold at most ``most`` rows."""
    whole: Stretch | None = None
    for interval in intervals:
        if whole is not None and whole.rows + interval.rows > most:
            yield whole
            whole = None
        begin, rows = (interval.begin, 0) if whole is None else (whole.begin, whole.rows)
        whole = Stretch(begin=begin, end=interval.end, rows=rows + interval.rows)
    if whole is not None:
        yield whole
