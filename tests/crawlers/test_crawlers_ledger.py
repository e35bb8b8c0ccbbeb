"""What a crawl notes of the time it read, as the details of its run tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawlers.ledger import Ledger

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_posts_of_the_time_that_was_read_are_told_apart_from_all_items() -> None:
    """Looks at older posts are items too; how many the new time had is what tells silence from a change."""
    ledger = Ledger(source="tea", run_id="run-1")
    assert ledger.details()["heard"] is None
    ledger.miss("paging", NOW - 3 * HOUR, NOW - 2 * HOUR, posts=9)
    assert ledger.details()["heard"] is None
    ledger.heard(NOW - 2 * HOUR, NOW, posts=0)
    ledger.heard(NOW - 9 * HOUR, NOW - 3 * HOUR, posts=4)
    ledger.items = 40

    assert (ledger.details()["heard"], ledger.details()["items"]) == (4, 40)
