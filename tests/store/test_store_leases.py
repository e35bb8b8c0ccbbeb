"""Leases: taken, renewed, given back, and taken over once they are over; never held by two at once."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from posts.errors import StoreError
from store import open_store
from store.protocol import Lease, Store, StoreSettings

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def _later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_free_lease_is_granted_and_another_is_told_who_holds_it(store: Store) -> None:
    """The first who asks has it until its end; others learn who and how long."""
    assert store.lease("feed:news", "a", 60, NOW) == Lease(
        name="feed:news", holder="a", until=_later(60), granted=True
    )
    assert store.lease("feed:news", "b", 60, _later(59)) == Lease(
        name="feed:news", holder="a", until=_later(60), granted=False
    )
    assert store.lease("feed:other", "b", 60, NOW).granted


def test_holder_renews(store: Store) -> None:
    """Asking again moves the end, also of a lease that was over already."""
    store.lease("x", "a", 60, NOW)

    assert store.lease("x", "a", 60, _later(30)).until == _later(90)
    assert not store.lease("x", "b", 60, _later(89)).granted
    assert store.lease("x", "a", 10, _later(500)).until == _later(510)


def test_lease_that_is_over_is_taken_over(store: Store) -> None:
    """At its end it may be taken; the old holder then learns of the new one."""
    store.lease("x", "a", 60, NOW)

    assert store.lease("x", "b", 60, _later(60)).granted
    assert store.lease("x", "a", 60, _later(61)) == Lease(
        name="x", holder="b", until=_later(120), granted=False
    )


def test_lease_that_is_given_back_is_free(store: Store) -> None:
    """With no time it is given back; nobody gives back what another holds."""
    store.lease("x", "a", 60, NOW)
    refused = store.lease("x", "b", 0, NOW)
    given = store.lease("x", "a", 0, NOW)

    assert (refused.granted, refused.holder) == (False, "a")
    assert given.granted
    assert store.lease("x", "b", 60, NOW).granted
    assert store.lease("nobody's", "a", 0, NOW).granted
    assert store.lease("nobody's", "b", 60, NOW).granted


def test_leases_outlive_the_store(store_settings: StoreSettings) -> None:
    """What one process has taken another sees, before anything else was written."""
    first, second = open_store(store_settings), open_store(store_settings)
    assert first.lease("خبر", "a", 60, NOW).granted  # Persian: news
    first.close()

    assert second.lease("خبر", "b", 60, NOW).holder == "a"
    second.close()


def test_only_one_of_many_wins(store_settings: StoreSettings) -> None:
    """Clients that race for ten leases share them out: each has one holder, whom all the others name."""
    stores = [open_store(store_settings) for _ in range(4)]
    found: list[Lease] = []
    start = threading.Barrier(len(stores))

    def race(place: int) -> None:
        start.wait(30)
        for number in range(10):
            found.append(stores[place].lease(f"s{number}", f"holder {place}", 60, NOW))

    threads = [threading.Thread(target=race, args=(place,)) for place in range(len(stores))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for store in stores:
        store.close()

    assert len(found) == 40
    assert Counter(lease.name for lease in found if lease.granted) == {f"s{n}": 1 for n in range(10)}
    assert len({(lease.name, lease.holder) for lease in found}) == 10


def test_race_for_a_lease_that_is_over_has_one_winner(store_settings: StoreSettings) -> None:
    """Two clients that take over at the same moment: one has it, the other is told."""
    stores = [open_store(store_settings) for _ in range(2)]
    winners = []
    for number in range(10):
        stores[0].lease("x", "old", 1, _later(100 * number))
        start = threading.Barrier(2)
        found: list[Lease] = []

        def race(place: int, at: datetime, start: threading.Barrier, found: list[Lease]) -> None:
            start.wait(30)
            found.append(stores[place].lease("x", f"new {place}", 60, at))

        threads = [
            threading.Thread(target=race, args=(place, _later(100 * number + 2), start, found))
            for place in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        winners.append(sum(lease.granted for lease in found))
    for store in stores:
        store.close()

    assert winners == [1] * 10


def test_leases_are_no_posts(store: Store) -> None:
    """They stand beside the collections, which go on as if there were none."""
    store.lease("x", "a", 60, NOW)

    assert store.count("posts", {"match_all": {}}) == 0
    assert store.health().ok


def test_broken_file_of_leases_is_named(embedded_store: Store, embedded_settings: StoreSettings) -> None:
    """A file that cannot be read is an error, not a free lease."""
    (embedded_settings.folder / "leases.json").write_text("{")

    with pytest.raises(StoreError, match=r"leases\.json"):
        embedded_store.lease("x", "a", 60, NOW)
