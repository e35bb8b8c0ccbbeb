"""Whole indices of a month or year whose time is over, dropped at once instead of document by document."""

from __future__ import annotations

import re
from typing import Final

from store.elasticsearch import ElasticsearchStore
from store.elasticsearch_errors import told
from store.protocol import Collection

_PERIOD: Final = re.compile(r"-(\d{4})(?:\.(\d{2}))?\Z")


def ended_before(index: str, before: str) -> bool:
    """Whether all dates that the index of this name can hold are earlier than ``before``.

    >>> ended_before("rasad-tea-posts-2026.09", "2026-10-01T00:00:00Z")
    True
    >>> ended_before("rasad-tea-posts-g2-2026", "2026-10-01T00:00:00Z")
    False
    """
    found = _PERIOD.search(index)
    if found is None:
        return False
    year, month = int(found[1]), int(found[2] or 12)
    following = f"{year + month // 12:04d}-{month % 12 + 1:02d}-01T00:00:00Z"
    return following <= before


def drop_before(store: ElasticsearchStore, collection: Collection, before: str) -> int:
    """Drop the indices of a collection that end before a date; how many documents they held."""
    dropped = 0
    with told(store._url):
        indices = store._client.indices
        for name in store.indices(collection):
            if ended_before(name, before):
                dropped += int(store._client.count(index=name)["count"])
                indices.delete(index=name)
    return dropped
