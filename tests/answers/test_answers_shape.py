"""A source that changes its shape is named the same day; a quiet night is none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers.asking import Asking, SourceFacts
from answers.health import changed_sources
from answers.sources import SourceReport, sources
from store.protocol import Store
from store.state import State
from words.texts import text

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
FACTS = SourceFacts(name="chatra", platform="mastodon", every=HOUR)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture
def ask(
    embedded_store: Store, state: State, build_asking: Callable[..., Asking]
) -> Callable[[], SourceReport]:
    """The report of the one source."""

    def report() -> SourceReport:
        asking = build_asking(embedded_store, state, sources=(FACTS,), now=NOW)
        found: SourceReport = sources(asking).value[0]
        return found

    return report


def crawled(
    state: State,
    items: list[int],
    *,
    heard: list[int | None] | None = None,
    status: str = "200",
    refused: int = 0,
    unread: tuple[str, ...] = (),
    ago: int = 0,
) -> None:
    """Runs of each hour, the last so many hours ago, that read so many items each."""
    for number, read in enumerate(items):
        at = NOW - (ago + len(items) - number) * HOUR
        details: dict[str, Any] = {
            "items": read, "heard": heard[number] if heard else None, "answers": {status: 2},
            "unread": dict.fromkeys(unread, 1),
        }  # fmt: skip
        state.begin_run(f"run-{at}", job="chatra", due_at=at, started_at=at)
        state.end_run(f"run-{at}", ended_at=at, outcome="ok", refused=refused, details=details)


DAYTIME = [3, 9, 4, 1, 2, 7, 5, 3, 2, 6]


def test_a_source_that_always_had_posts_and_answers_with_none_is_named(
    ask: Callable[[], SourceReport], state: State
) -> None:
    """Three answers "200 OK" without a post, after two days without such a one."""
    crawled(state, DAYTIME * 5, ago=3)
    crawled(state, [0, 0], ago=1)
    assert ask().state == "ok"
    crawled(state, [0])
    report = ask()

    assert (report.state, report.why) == ("partial", "sources.shape_empty")
    assert "3 times in a row" in report.reason
    assert "2026-11-22 09:00 UTC" in report.reason
    assert "پیاپی" in text(str(report.why), "fa", **report.values)  # in a row
    concerns = changed_sources(state, now=NOW)
    assert [(each.why, each.serious, each.values["source"]) for each in concerns] == [
        ("health.shape_empty", False, "chatra")
    ]
    assert changed_sources(state, now=NOW + timedelta(days=2)) == []


def test_a_quiet_night_is_no_change(ask: Callable[[], SourceReport], state: State) -> None:
    """Every night has had eight hours without a post: another one, and a little more, is no news."""
    night = [0] * 8
    crawled(state, (DAYTIME[:8] * 2 + night) * 3 + DAYTIME[:8], ago=12)
    crawled(state, [0] * 12)
    assert ask().state == "ok"


@pytest.mark.parametrize(
    "before",
    [pytest.param(DAYTIME, id="young"), pytest.param([*DAYTIME * 4, 0, 0, *DAYTIME], id="not always")],
)
def test_who_has_no_such_past_is_not_named(
    ask: Callable[[], SourceReport], state: State, before: list[int]
) -> None:
    """The first evening of a source, and one that has had empty answers now and then."""
    crawled(state, before, ago=4)
    crawled(state, [0] * 4)
    assert ask().state == "ok"


def test_not_modified_says_nothing(ask: Callable[[], SourceReport], state: State) -> None:
    """A feed that answers 304 has not changed: neither is it empty nor does it end a row of empty ones."""
    crawled(state, DAYTIME * 5, ago=8)
    crawled(state, [0] * 4, status="304", ago=4)
    assert changed_sources(state, now=NOW) == []
    crawled(state, [0, 0], ago=2)
    crawled(state, [0], status="304", ago=1)
    crawled(state, [0])
    assert ask().why == "sources.shape_empty"


def test_posts_that_are_only_looked_at_again_are_not_new_ones(
    ask: Callable[[], SourceReport], state: State
) -> None:
    """Where a crawl tells how many posts the new time had, looks at old ones do not hide its emptiness."""
    crawled(state, DAYTIME * 5, heard=[*DAYTIME * 5], ago=3)
    crawled(state, [40, 40, 40], heard=[0, 0, 0])
    assert ask().why == "sources.shape_empty"


def test_items_that_cannot_be_read_any_more_are_named(ask: Callable[[], SourceReport], state: State) -> None:
    """A mandatory field is gone: half of the items are refused, and hardly any were."""
    crawled(state, DAYTIME * 4, ago=1)
    crawled(state, [10], refused=5)
    report = ask()

    assert (report.state, report.why) == ("partial", "sources.shape_refused")
    assert "5 of 10 items" in report.reason
    assert [each.why for each in changed_sources(state, now=NOW)] == ["health.shape_refused"]


def test_items_that_were_always_refused_are_no_change(ask: Callable[[], SourceReport], state: State) -> None:
    """The run itself tells of them; they are no news."""
    crawled(state, [10] * 40, refused=4, ago=1)
    crawled(state, [10], refused=5)
    assert ask().state == "ok"


def test_fields_that_nobody_reads_are_named_for_a_day(ask: Callable[[], SourceReport], state: State) -> None:
    """What was there yesterday, too, is known; what is new is told until tomorrow, even after a quiet run."""
    crawled(state, DAYTIME * 4, unread=("old",), ago=3)
    crawled(state, [4], unread=("old", "translation", "account.mood"), ago=2)
    crawled(state, [3, 3], unread=("old",))
    report = ask()

    assert (report.state, report.why) == ("partial", "sources.shape_fields")
    assert "2 fields" in report.reason
    assert "account.mood, translation" in report.reason
    assert "old" not in report.values["fields"]
    later = changed_sources(state, now=NOW + timedelta(hours=23))
    assert later == []
