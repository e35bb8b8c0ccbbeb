"""States of sources: what happened last, what a person or server said, and silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.asking import Asking, SourceFacts
from answers.sources import SourceReport, sources, usual_silence
from store.protocol import Store
from store.state import State
from words.texts import text

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACTS = SourceFacts(name="chatra", platform="mastodon", every=timedelta(minutes=15))


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture
def ask(
    embedded_store: Store, state: State, build_asking: Callable[..., Asking]
) -> Callable[..., SourceReport]:
    """The report of the one source, of which the project says ``facts``."""

    def report(facts: SourceFacts = FACTS) -> SourceReport:
        asking = build_asking(embedded_store, state, sources=(facts,), now=NOW)
        found: SourceReport = sources(asking).value[0]
        return found

    return report


def run(
    state: State, outcome: str | None = "ok", *, ago: timedelta = timedelta(minutes=5), reason: str = ""
) -> None:
    at = NOW - ago
    state.begin_run(f"run-{at}", job="chatra", due_at=at, started_at=at)
    if outcome is not None:
        state.end_run(f"run-{at}", ended_at=at, outcome=outcome, reason=reason, got=3)


def test_a_run_whose_process_was_killed_is_not_under_way_for_ever(
    ask: Callable[..., SourceReport], state: State
) -> None:
    """Nobody may be there to say that it ended: when it can no longer be alive it counts as interrupted."""
    facts = replace(FACTS, longest_run=timedelta(minutes=3))
    run(state, outcome=None, ago=timedelta(minutes=2))
    alive = ask(facts)
    dead = ask(replace(facts, longest_run=timedelta(minutes=1)))

    assert (alive.state, "under way" in alive.reason) == ("ok", True)
    assert (dead.state, "interrupted" in dead.reason) == ("error", True)


def test_a_source_that_never_ran_and_brought_nothing_is_not_set_up(ask: Callable[..., SourceReport]) -> None:
    """It waits for its first run, which is due now."""
    report = ask()

    assert report.state == "not set up"
    assert "first run" in report.reason
    assert report.next_due_at == NOW
    assert report.last_run is None


@pytest.mark.parametrize("outcome", ["partial", "error", "refused", "put off", "not set up"])
def test_a_state_is_that_of_the_last_run_with_its_reason(
    ask: Callable[..., SourceReport], state: State, outcome: str
) -> None:
    """The server's own words stand as the reason, also while the next run is under way."""
    run(state, "ok", ago=HOUR)
    run(state, outcome, reason="429 from the server")
    run(state, None, ago=timedelta(0))

    report = ask()
    assert (report.state, report.reason) == (outcome, "429 from the server")
    assert report.last_run is not None
    assert report.last_run.state == "running"


def test_a_reason_of_rasad_s_own_can_be_said_in_persian(
    ask: Callable[..., SourceReport], state: State
) -> None:
    """Without words of the server the key of a text and its values are given."""
    run(state, "error")
    report = ask()

    assert report.why == "sources.ended_error"
    assert "2026-11-22 11:55 UTC" in report.reason
    assert "ناموفق" in text(report.why, "fa", **report.values)  # failed


def test_pauses_and_waits_come_before_the_last_run(ask: Callable[..., SourceReport], state: State) -> None:
    """Put off until a time, then paused by a person or the project file."""
    run(state, "error", reason="broken")
    state.put_off("chatra", NOW + 2 * HOUR, reason="too many requests")
    put_off = ask()
    state.pause("chatra")
    paused = ask()

    assert put_off.state == "put off"
    assert "2026-11-22 14:00 UTC" in put_off.reason
    assert "too many requests" in put_off.reason
    assert put_off.put_off_until == put_off.next_due_at == NOW + 2 * HOUR
    assert (paused.state, paused.next_due_at) == ("paused", None)
    state.pause("chatra", paused=False)
    state.put_off("chatra", NOW - HOUR)
    assert ask().state == "error"
    assert ask(SourceFacts(name="chatra", platform="mastodon", paused=True)).state == "paused"


def test_a_source_is_due_one_turn_after_its_last(ask: Callable[..., SourceReport], state: State) -> None:
    """Five minutes after a run of every quarter of an hour the next is due in ten."""
    run(state)

    assert ask().state == "ok"
    assert ask().next_due_at == NOW + timedelta(minutes=10)


def test_a_source_that_is_not_asked_any_more_is_silent(
    ask: Callable[..., SourceReport], state: State
) -> None:
    """Nothing is known of the last hours if the service was off: that is not ok."""
    run(state, ago=5 * HOUR)

    report = ask()
    assert report.state == "silent"
    assert "service running" in report.reason


@pytest.mark.parametrize(
    ("hours_since_newest", "expected"),
    [pytest.param(4, "ok", id="usual"), pytest.param(11, "silent", id="silent")],
)
def test_silence_is_far_longer_than_usual(
    ask: Callable[..., SourceReport],
    embedded_store: Store,
    state: State,
    tmp_path: Path,
    build_post: Callable[..., Any],
    fill: Callable[..., None],
    hours_since_newest: int,
    expected: str,
) -> None:
    """Two-hourly posts: after four hours nothing is odd, after eleven (five gaps are ten) it is."""
    newest = NOW - hours_since_newest * HOUR
    posts = [build_post(n, newest - n * 2 * HOUR, 1, "hello") for n in range(30)]
    fill(embedded_store, state, tmp_path, posts)
    run(state)

    report = ask()
    assert report.state == expected
    assert report.newest_post_at == newest
    assert report.posts.value == 30
    assert report.posts_last_day.value == sum(post.created_at >= NOW - 24 * HOUR for post in posts)


def test_posts_of_a_source_that_the_project_does_not_list_are_shown(
    embedded_store: Store,
    state: State,
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Any],
    fill: Callable[..., None],
) -> None:
    """An import has a row of its own, after the project's sources."""
    fill(embedded_store, state, tmp_path, [build_post(1, NOW - HOUR, 1, "hello", source="archive")])
    found = sources(build_asking(embedded_store, state, sources=(FACTS,), now=NOW)).value

    assert [report.source for report in found] == ["chatra", "archive"]
    assert (found[1].platform, found[1].state, found[1].posts.value) == ("mastodon", "ok", 1)


@pytest.mark.parametrize(
    ("gaps_h", "expect_per_day", "expected_h"),
    [
        pytest.param([0.1] * 50, None, 6, id="never below six hours"),
        pytest.param([2.0] * 50, None, 10, id="five times the median"),
        pytest.param([1.0] * 94 + [60.0] * 6, None, 90, id="a weekend is usual where it comes often enough"),
        pytest.param([2.0] * 4, None, None, id="too few gaps to know a habit"),
        pytest.param([], 4, 30, id="unless the project says what to expect"),
    ],
)
def test_the_usual_silence(gaps_h: list[float], expect_per_day: int | None, expected_h: float | None) -> None:
    """Six hours, five medians, 1.5 long gaps: the longest of them."""
    found = usual_silence([gap * 3600 for gap in gaps_h], expect_per_day=expect_per_day)

    assert (None if found is None else found / HOUR) == (
        None if expected_h is None else pytest.approx(expected_h)
    )
