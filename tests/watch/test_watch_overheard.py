"""The demo's ledger: true of the demo's world, and going on as its posts do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.demo import world
from store import heard
from store.state import State
from watch import overheard

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCES = ("chatra", "teapot", "bazaar-news", "leaf-journal")


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


def test_the_planted_outage_is_true(state: State) -> None:
    """In the time in which the feed "could not be reached" there is no post of it; all else was heard."""
    posts = world.posts(1, NOW)
    overheard.begin(state, SOURCES, posts, now=NOW)
    found = heard.resolved(state)
    ((since, until), reason) = found["bazaar-news"].missing[0]
    gone = world.truth(1, NOW)["deleted"]["id"]
    (lost,) = [post for post in posts if post.id == gone and post.deleted_at is None]

    assert (reason.why, until - since > 4 * 3600) == ("downtime", True)
    assert NOW.timestamp() - since < 6 * 86400
    inside = [p for p in posts if p.source == "bazaar-news" and since <= p.created_at.timestamp() < until]
    assert inside == []
    assert {name for name in SOURCES if found[name].missing} == {"bazaar-news"}
    assert [each.since for each in found[lost.source].deleted] == [lost.created_at]


def test_the_ledger_goes_on_every_quarter_of_an_hour_and_stays_small(state: State) -> None:
    """Told once a quarter, without a gap; a week later what was never made is unknown."""
    overheard.begin(state, SOURCES, [], now=NOW)
    for minutes in range(0, 3 * 24 * 60, 5):
        now = NOW + timedelta(minutes=minutes)
        overheard.go_on(state, SOURCES, since=now - timedelta(days=7), now=now)
    (span,) = heard.resolved(state)["chatra"].collected
    last = NOW + timedelta(days=3) - timedelta(minutes=15)
    assert span == ((NOW - timedelta(days=30)).timestamp(), last.timestamp())
    assert len(heard.stretches(state, source="chatra")) < 300

    back = NOW + timedelta(days=20)
    overheard.go_on(state, SOURCES, since=back - timedelta(days=7), now=back)
    assert heard.resolved(state)["chatra"].collected == (
        span,
        ((back - timedelta(days=7)).timestamp(), back.timestamp()),
    )
