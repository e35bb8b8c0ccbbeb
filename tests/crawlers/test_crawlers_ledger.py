"""What a crawl notes of the time it read, as the details of its run tell it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crawlers.ledger import Ledger
from posts.errors import NotSetUp

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


def test_what_is_wrong_and_what_mends_it_are_two_sentences() -> None:
    """A stop stands between them, and none is added where one stands already."""
    ledger = Ledger(source="tea", run_id="run-1")
    ledger.fail(NotSetUp("there is no token of yours for it", remedy="A token is free."))

    assert ledger.outcome() == ("not set up", "there is no token of yours for it. A token is free.")
    assert NotSetUp("It is over.", remedy="Wait.").told == "It is over. Wait."
    assert NotSetUp("it is over", subject="tea").told == "it is over"
