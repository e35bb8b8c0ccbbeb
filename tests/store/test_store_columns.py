"""Columns of more rows than one page holds: each row once, whatever the time it stands at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from store.elasticsearch_columns import PAGE, Stretch, joined
from store.protocol import Document, Store

BEGIN = datetime(2026, 10, 30, tzinfo=UTC)
AT_ONCE = PAGE + 200
"""Rows of one second: more than a page, so that no stretch of time can hold them."""


def _use(i: int) -> Document:
    """Two months, most rows in one second; every seventh row tells no author."""
    at = BEGIN if i < AT_ONCE else BEGIN + timedelta(hours=1 + 3 * (i - AT_ONCE), seconds=i % 60)
    document = {
        "id": f"u{i}",
        "post_id": f"p{i}",
        "tag": "ai",
        "written": ["ai"],
        "tag_n": i,
        "post_n": 2**62 + i,
    }
    if i % 7:
        document["author_n"] = i % 97
    return {**document, "created_at": at.strftime("%Y-%m-%dT%H:%M:%SZ")}


def test_columns_of_many_rows_hold_each_row_once(store: Store) -> None:
    """Rows belong together, dates are epoch seconds, what is missing is -1."""
    count = AT_ONCE + 300
    rows = [_use(i) for i in range(count)]
    for start in range(0, count, 4_000):
        store.write("uses", rows[start : start + 4_000], fresh=True)
    store.refresh("uses")

    found = store.columns("uses", {"match_all": {}}, ["tag_n", "author_n", "created_at", "post_n"])
    later = store.columns("uses", {"range": {"created_at": {"gt": BEGIN}}}, ["tag_n"])

    order = np.argsort(found["tag_n"])
    assert found["tag_n"][order].tolist() == list(range(count))
    assert found["post_n"][order].tolist() == [2**62 + i for i in range(count)]
    assert found["author_n"][order].tolist() == [i % 97 if i % 7 else -1 for i in range(count)]
    assert found["created_at"][order].tolist() == [
        int(datetime.fromisoformat(row["created_at"]).timestamp()) for row in rows
    ]
    assert sorted(later["tag_n"].tolist()) == list(range(AT_ONCE, count))


def test_neighbours_are_joined_up_to_a_page() -> None:
    """A full interval stays alone, gaps are passed over, nothing is left out."""
    intervals = [Stretch(begin=b, end=b + 10, rows=rows) for b, rows in ((0, 4), (10, 5), (40, 2), (50, 30))]

    assert list(joined(iter(intervals), 9)) == [
        Stretch(begin=0, end=20, rows=9),
        Stretch(begin=40, end=50, rows=2),
        Stretch(begin=50, end=60, rows=30),
    ]
    assert list(joined(iter(()), 9)) == []
