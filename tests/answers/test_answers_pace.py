"""The pace of sources: what is usual at this hour, of a day, delays, costs, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from answers.asking import Asking, SourceFacts
from answers.pace import Budget, Pace, Reach, Usual, has_past, paces, requests_for, usual
from answers.posts import count
from posts.selection import Selection
from store import rereads
from store.protocol import Store
from store.state import State

NOW = datetime(2026, 11, 22, 12, 20, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FACTS = SourceFacts(name="chatra", platform="mastodon", timeline="public", every=timedelta(minutes=15))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture
def pace(
    embedded_store: Store,
    state: State,
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Any],
    fill: Callable[..., None],
) -> Callable[..., Pace]:
    """The pace of the one source when it has brought posts of these moments."""

    def report(
        *moments: datetime, facts: SourceFacts = FACTS, zone: str = "Asia/Tehran", now: datetime = NOW
    ) -> Pace:
        if moments:
            posts = [build_post(n, moment, 1, "tea") for n, moment in enumerate(moments)]
            fill(embedded_store, state, tmp_path, posts)
        asking = build_asking(embedded_store, state, sources=(facts,), now=now, time_zone=zone)
        found: Pace = paces(asking).value["chatra"]
        return found

    return report


def test_numbers_are_those_of_a_plain_count(world: Any) -> None:
    """On both engines and for each source: the last hour, four weeks of the same hour, and whole days."""
    asking = world.asking
    found = paces(asking).value
    zone = ZoneInfo(asking.time_zone)
    top = asking.now.replace(minute=0, second=0)
    today = asking.now.astimezone(zone).replace(hour=0, minute=0, second=0)

    def counts(name: str, begins: list[datetime], length: timedelta) -> list[int]:
        return [count(asking, Selection(source=name, since=at, until=at + length)) for at in begins]

    assert set(found) == {"chatra", "teapot", "news"}
    for name, told in found.items():
        oldest = told.oldest_post_at
        assert oldest == min(p.created_at for p in world.truth if name in _sources_of(world, p.id))
        hours = counts(
            name, [h for b in range(1, 30) if (h := top - b * DAY + 23 * HOUR) > oldest - HOUR], HOUR
        )
        days = counts(name, [d for b in range(1, 29) if (d := today - b * DAY) >= oldest], DAY)
        assert told.last_hour.value == hours[0] == count(asking, told.last_hour.selection)
        assert told.usual_hour == usual(hours[1:])
        assert told.usual_day == usual(days)
        assert told.expected_day == median(days)


def _sources_of(world: Any, post_id: str) -> list[str]:
    found: list[str] = world.asking.store.get("posts", [post_id])[post_id]["source"]
    return found


def test_a_habit_is_told_from_a_week_on(pace: Callable[..., Pace]) -> None:
    """Five at this hour every day: after six days nothing is known, after eight it is."""
    top = NOW.replace(minute=0)

    def five(days: int) -> list[datetime]:
        return [top - back * DAY - timedelta(minutes=n + 1) for back in range(days) for n in range(5)]

    young = pace(*five(7))
    old = pace(*five(9))

    assert (young.last_hour.value, young.usual_hour, young.expected_day) == (5, None, None)
    assert (old.last_hour.value, old.usual_hour) == (5, Usual(low=5, middle=5, high=5))
    assert old.expected_day == 5


def test_hours_without_posts_count(pace: Callable[..., Pace]) -> None:
    """A source that was quiet at this hour on most days is usually quiet then."""
    found = pace(NOW - 20 * DAY, NOW - 3 * DAY - HOUR, NOW - 4 * DAY - HOUR)

    assert found.usual_hour == Usual(low=0, middle=0, high=0)
    assert found.usual_day == Usual(low=0, middle=0, high=0)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ([1] * 6, None),
        ([2] * 7, Usual(low=2, middle=2, high=2)),
        ([0, 4, 4, 5, 6, 9, 40], Usual(low=4, middle=5, high=8)),
    ],
)
def test_the_usual_is_the_middle_half(counts: list[int], expected: Usual | None) -> None:
    """One day that was far out moves nothing."""
    assert usual(counts) == expected


def test_the_same_hour_is_that_of_the_clocks(pace: Callable[..., Pace]) -> None:
    """Where clocks were changed, 8 in the morning was another hour in UTC before."""
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2026, 11, 10, 13, tzinfo=berlin)
    # 12 to 13 o'clock in Berlin, on both sides of 25 October.
    moments = [now - back * DAY - timedelta(minutes=30) for back in range(29)]
    found = pace(*moments, zone="Europe/Berlin", now=now.astimezone(UTC))

    assert len({moment.astimezone(UTC).hour for moment in moments}) == 2
    assert found.usual_hour == Usual(low=1, middle=1, high=1)


def test_what_the_project_expects_comes_first(pace: Callable[..., Pace]) -> None:
    """A number that a person has set is no guess."""
    assert pace(facts=replace(FACTS, expect_per_day=12)).expected_day == 12


def end(state: State, ago: timedelta, asked: int, **details: Any) -> None:
    at = NOW - ago
    state.begin_run(f"run-{at}", job="chatra", due_at=at, started_at=at)
    state.end_run(f"run-{at}", ended_at=at, outcome="ok", asked=asked, details=details)


def test_costs_and_delays_come_from_the_runs(pace: Callable[..., Pace], state: State) -> None:
    """Requests of a day, the newest budget that still holds, the middle delay of runs that noted one."""
    limits = {"chatra.example": {"left": 290, "of": 300, "reset_s": 300.0}, "b.example": {"left": 7}}
    end(state, 30 * HOUR, 99)
    end(state, 20 * HOUR, 5, delay_s=60.0, limits={"old.example": {"left": 1, "of": 2, "reset_s": 60}})
    end(state, 2 * HOUR, 7, delay_s=None)
    end(state, HOUR, 3, delay_s=100.0)
    end(state, timedelta(minutes=2), 4, delay_s=300.0, limits=limits)
    found = pace()

    assert (found.requests, found.delay) == (19, timedelta(seconds=100))
    assert found.budgets == (
        Budget(host="b.example", left=7),
        Budget(host="chatra.example", left=290, of=300, new_at=NOW + timedelta(minutes=3)),
    )


def test_a_budget_that_is_over_is_not_shown(pace: Callable[..., Pace], state: State) -> None:
    """After its reset nobody knows what is left."""
    end(state, HOUR, 4, limits={"chatra.example": {"left": 290, "of": 300, "reset_s": 300.0}})

    assert pace().budgets == ()


def test_hostile_details_tell_nothing(pace: Callable[..., Pace], state: State) -> None:
    """What an older or another Rasad wrote into the runs is passed over."""
    end(state, HOUR, 4, limits={"a": 5, "b": {"left": "many"}}, delay_s="soon")
    state.move_cursors("chatra", {"oldest": "[1", "backfill_asked": "yesterday"}, at=NOW)
    found = pace()

    assert (found.budgets, found.delay, found.reach) == ((), None, Reach(state="none"))


def test_looks_that_are_due_are_counted(pace: Callable[..., Pace], state: State) -> None:
    """Of two posts of two hours ago one was looked at since."""
    posts = [(f"p{n}", "ref", NOW - 2 * HOUR) for n in range(2)]
    rereads.note(state, "chatra", posts, at=NOW - 2 * HOUR)
    rereads.note(state, "chatra", posts[:1], at=NOW - timedelta(minutes=50))

    assert pace().looks_due == 1


def day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)


def oldest(number: int, **parts: Any) -> str:
    return json.dumps({"reached": day(number).isoformat(), **parts})


@pytest.mark.parametrize(
    ("cursors", "expected"),
    [
        ({}, Reach(state="none")),
        ({"oldest": oldest(9)}, Reach(state="none", reached=day(9))),
        ({"backfill_asked": day(1).isoformat()}, Reach(state="under way", back_to=day(1))),
        (
            {"backfill_asked": day(5).isoformat(), "backfill_to": day(3).isoformat(), "oldest": oldest(4)},
            Reach(state="under way", back_to=day(3), reached=day(4)),
        ),
        (
            {"backfill_to": day(3).isoformat(), "oldest": oldest(2)},
            Reach(state="done", back_to=day(3), reached=day(2)),
        ),
        (
            {"backfill_to": day(3).isoformat(), "oldest": oldest(9, ended=True)},
            Reach(state="ended", back_to=day(3), reached=day(9)),
        ),
    ],
)
def test_the_way_back_is_told(
    pace: Callable[..., Pace], state: State, cursors: dict[str, str | None], expected: Reach
) -> None:
    """How far was asked, how far it came, and whether there is more."""
    state.move_cursors("chatra", cursors, at=NOW)

    assert pace().reach == expected


@pytest.mark.parametrize(
    ("platform", "timeline", "expected"),
    [
        ("mastodon", "public", True), ("mastodon", "stream", False), ("mastodon", "trends", False),
        ("telegram", "account", True), ("feed", None, False), ("bluesky", "thread", False),
    ],
)  # fmt: skip
def test_what_has_a_past(platform: str, timeline: str | None, expected: bool) -> None:
    """Pages that lead back, or only what is shown now."""
    assert has_past(platform, timeline) is expected


def test_a_back_fill_is_estimated_in_requests() -> None:
    """Ten days of 60 posts are 600 posts, 40 a page; what is not known is not guessed."""
    known = Pace(expected_day=60.0, oldest_post_at=NOW - 5 * DAY)

    assert requests_for(known, "mastodon", NOW - 15 * DAY, now=NOW) == 15
    assert requests_for(known, "mastodon", NOW - 2 * DAY, now=NOW) == 0
    assert requests_for(known, "feed", NOW - 15 * DAY, now=NOW) is None
    assert requests_for(Pace(), "mastodon", NOW - 15 * DAY, now=NOW) is None


def test_an_empty_project_has_a_pace_without_numbers(pace: Callable[..., Pace]) -> None:
    """Nothing is known, and nothing is 0 that is unknown."""
    found = pace()

    assert (found.oldest_post_at, found.usual_hour, found.expected_day, found.delay) == (None,) * 4
    assert (found.last_hour.value, found.requests, found.looks_due) == (0, 0, 0)


def test_percentiles_are_those_of_numpy() -> None:
    """Rounded outwards, so that the range holds them."""
    counts = [1, 2, 3, 4, 5, 6, 7, 9]
    low, high = np.percentile(counts, (25, 75))

    assert (low, high) == (2.75, 6.25)
    assert usual(counts) == Usual(low=2, middle=4.5, high=7)
