"""The ledger: what stretches come to, and that writing old ones shorter changes no answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import heard
from store.heard import Resolved, Stretch
from store.state import State

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture(scope="module")
def used_state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[State]:
    """One file for all examples; each begins by emptying it."""
    with State(tmp_path_factory.mktemp("heard") / "state.sqlite") as opened:
        yield opened


def run(state: State, number: int) -> str:
    at = NOW - 100 * HOUR + number * MINUTE
    state.begin_run(f"run-{number}", job="chatra", due_at=at, started_at=at)
    return f"run-{number}"


def stretch(what: Any, since: float, until: float, **parts: Any) -> Stretch:
    """A stretch from so many to so many hours before now."""
    values = {"source": "chatra", "what": what, "since": NOW - since * HOUR, "until": NOW - until * HOUR}
    return Stretch(**(values | parts))


def told(found: Resolved) -> tuple[Any, ...]:
    """What an answer is made of: the spans, whose reasons, and the counted posts by their quarters."""
    spans = sorted((stretch.why, span) for span, stretch in found.missing)
    merged: list[Any] = []
    for why, (since, until) in spans:
        if merged and merged[-1][0] == why and since <= merged[-1][2]:
            merged[-1][2] = max(until, merged[-1][2])
        else:
            merged.append([why, since, until])
    counts: dict[Any, int] = {}
    for each in (*found.counted, *found.deleted):
        key = each.what, each.why, heard.quarter(each.since), heard.quarter(each.until)
        counts[key] = counts.get(key, 0) + (each.posts or 0)
    return found.collected, merged, counts


def resolved(state: State) -> Resolved:
    return heard.resolved(state).get("chatra", Resolved())


def hours_ago(spans: Any) -> list[tuple[float, float]]:
    now = NOW.timestamp()
    return [((now - since) / 3600, (now - until) / 3600) for since, until in spans]


def test_whoever_has_read_all_is_believed_and_who_contradicts_himself_is_not(state: State) -> None:
    """A later run's loss takes nothing away from what was read, an earlier one's is made good."""
    first, second, third = (run(state, number) for number in range(3))
    heard.add(
        state,
        [
            stretch("missing", 9, 8, why="paging", run_id=first),
            stretch("collected", 10, 8.5, run_id=second),
            stretch("missing", 8.75, 8.25, why="stream", run_id=third),
            stretch("collected", 5, 4, run_id=third),
            stretch("missing", 4.5, 4.25, why="gap", run_id=third),
        ],
    )
    found = resolved(state)

    assert hours_ago(found.collected) == [(10, 8.5), (5, 4.5), (4.25, 4)]
    assert [(s.why, *hours_ago([span])[0]) for span, s in found.missing] == [
        ("paging", 8.5, 8), ("stream", 8.5, 8.25), ("gap", 4.5, 4.25),
    ]  # fmt: skip


def test_counted_posts_are_missing_until_their_whole_time_was_read_later(state: State) -> None:
    """The run that counts the gap has read around it; only another look can show that nothing is missing."""
    first, second = run(state, 1), run(state, 2)
    heard.add(
        state,
        [
            stretch("collected", 9, 8, run_id=first),
            stretch("missing", 8.5, 8.5, why="gap", posts=3, run_id=first),
        ],
    )
    assert [each.posts for each in resolved(state).counted] == [3]
    heard.add(state, [stretch("collected", 8.5, 8.4, run_id=second)])
    assert [each.posts for each in resolved(state).counted] == [3]
    heard.add(state, [stretch("collected", 9, 8, run_id=second)])
    assert resolved(state).counted == ()


def test_what_one_query_misses_the_source_misses(state: State) -> None:
    """A source that asks for two things has heard only what both were read of."""
    heard.add(
        state,
        [
            stretch("collected", 9, 5, query="tea", run_id="a"),
            stretch("collected", 9, 7, query="chai", run_id="a"),
            stretch("missing", 7, 6, query="chai", why="rate limit", run_id="a"),
        ],
    )
    assert hours_ago(resolved(state).collected) == [(9, 7), (6, 5)]


def test_a_year_of_crawls_stays_small(state: State) -> None:
    """A crawl every 15 minutes, each overlapping the last, an outage a day: a few rows a day are kept."""
    made = 0
    for number in range(3 * 96):
        at = NOW - 3 * 24 * HOUR + number * 15 * MINUTE
        made += 1
        what: Any = "missing" if number % 96 == 50 else "collected"
        told_of = Stretch(source="chatra", what=what, since=at - 20 * MINUTE, until=at, run_id=f"r{number}",
                          why="paging" if what == "missing" else "", posts=None)  # fmt: skip
        heard.add(state, [told_of])
        before = told(resolved(state))
        heard.compact(state, "chatra", now=at, few=20)
        assert told(resolved(state)) == before
    assert made == 288
    assert len(heard.stretches(state, source="chatra")) < 96 + 2 * 3 + 5
    assert heard.compact(state, "chatra", now=NOW + 9 * 24 * HOUR, few=0) > 80
    assert len(heard.stretches(state, source="chatra")) <= 2 * 3 + 1


moments = st.integers(min_value=0, max_value=72 * 60)
kinds = st.sampled_from(
    [("collected", None), ("collected", 4), ("missing", None), ("missing", 2), ("deleted", 1)]
)


@given(
    st.lists(
        st.tuples(kinds, moments, st.integers(0, 400), st.sampled_from(["paging", "gap"]), st.integers(0, 4)),
        max_size=25,
    ),
    st.integers(0, 60),
)
def test_compacting_changes_no_answer(used_state: State, rows: list[Any], later: int) -> None:
    """Whatever was written, at whatever time it is compacted, once or again."""
    with used_state.together() as db:
        db.execute("DELETE FROM heard")
    for number in range(1, 5):  # of run 0 there is no record
        run(used_state, number)
    begin = NOW - 72 * HOUR
    heard.add(
        used_state,
        [
            Stretch(
                source="chatra", what=what, since=begin + since * MINUTE, posts=posts, run_id=f"run-{of}",
                until=begin + (since + (0 if what == "deleted" else length)) * MINUTE,
                why=why if what == "missing" else "",
            )
            for (what, posts), since, length, why, of in rows
        ],
    )  # fmt: skip
    before = told(resolved(used_state))
    for now in (NOW - 48 * HOUR + later * HOUR, NOW + 24 * HOUR):
        heard.compact(used_state, "chatra", now=now, few=0)
        assert told(resolved(used_state)) == before


def test_rows_of_a_window_come_to_what_all_rows_come_to(state: State) -> None:
    """A question about a day reads only the stretches that reach into it."""
    rng = random.Random(5)
    heard.add(
        state,
        [
            stretch(rng.choice(["collected", "missing"]), since, since - rng.random(), run_id=f"r{number}")
            for number, since in enumerate(rng.uniform(1, 90) for _ in range(60))
        ],
    )
    window = ((NOW - 50 * HOUR).timestamp(), (NOW - 26 * HOUR).timestamp())
    part = heard.resolved(state, since=NOW - 50 * HOUR, until=NOW - 26 * HOUR)["chatra"]
    cut = [tuple(max(s, window[0]) for s in span) for span in part.collected if span[1] > window[0]]
    whole = [span for span in resolved(state).collected if span[1] > window[0] and span[0] < window[1]]
    assert [(int(a), min(b, window[1])) for a, b in cut] == [
        (int(max(a, window[0])), min(b, window[1])) for a, b in whole
    ]
