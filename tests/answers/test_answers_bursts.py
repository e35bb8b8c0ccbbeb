"""Bursts and slow changes of planted posts, on both engines: told, with numbers that open their posts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.asking import Asking
from answers.bursts import Burst, SlowChange, bursts
from posts.answer import Figure
from posts.post import Post
from posts.selection import Selection, from_params
from store.protocol import Store
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HIGH = NOW.replace(minute=30, second=0) - 3 * DAY
ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)]


def planted(post: Callable[..., Post]) -> Iterator[Post]:
    """Thirty days: #tea climbs from 5 to 16 a day, #sale bursts for two hours, #mine is one author's."""
    number = 0
    for day in range(30, 0, -1):
        for n in range(5 if day > 12 else 16):
            at = NOW - day * DAY + n * timedelta(minutes=83)
            yield post(number := number + 1, at, number % 40, "I drink #tea")
    for n in range(24):
        at = HIGH + n * timedelta(minutes=4, seconds=50)
        yield post(number := number + 1, at, n % 12, "buy now #sale")
        yield post(number := number + 1, at, 41, "me again #mine")


def opened(asking: Asking, figure: Figure) -> list[Post]:
    """The posts that a number's address opens."""
    return list(answered_posts.stream(asking, from_params(figure.selection.to_params())))


@pytest.mark.parametrize("engine", ENGINES)
def test_planted_bursts_and_changes_are_told(
    engine: str,
    open_engine: Callable[[str], Store],
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Post],
    fill: Callable[..., None],
) -> None:
    """The crowd's two hours, not the one author's; the climb with both levels; nothing else."""
    store = open_engine(engine)
    with State(tmp_path / "state.sqlite") as state:
        fill(store, state, tmp_path, list(planted(build_post)))
        asking = build_asking(store, state)
        sale, mine, tea = (bursts(asking, Selection(hashtag=tag)).value for tag in ("sale", "mine", "tea"))

        (burst,) = sale.episodes
        assert sale.changes == mine.episodes == mine.changes == tea.episodes == ()
        assert (burst.since, burst.until, burst.ongoing) == (HIGH, HIGH + 2 * HOUR, False)
        assert (burst.posts.value, burst.authors.value, burst.peak.value) == (24, 12, 13)
        assert (burst.expected.value, burst.ratio) == (0.0, None)
        assert burst.score > 3
        assert len(opened(asking, burst.posts)) == 24
        assert {post.created_at.hour for post in opened(asking, burst.peak)} == {HIGH.hour, HIGH.hour + 1}
        (climb,) = tea.changes
        assert (climb.kind, climb.before.value, climb.after.value) == ("climb", 5.0, 16.0)
        assert abs(climb.since - (NOW - 12 * DAY)) < 2 * DAY
        assert climb.low < 3.2 < climb.high
        assert climb.found > climb.since
        days = (climb.after.selection.until - climb.after.selection.since) / DAY  # type: ignore[operator]
        assert len(opened(asking, climb.after)) == pytest.approx(16 * days, abs=16)
        assert_waits_for_history(asking)


def assert_waits_for_history(asking: Asking) -> None:
    """In the first three days nothing can be told, and from when on it can is said."""
    begin = NOW - 30 * DAY
    young = bursts(asking, Selection(until=begin + 2 * DAY)).value
    nothing = bursts(asking, Selection(until=begin - 9 * DAY)).value

    assert (young.state, young.episodes, young.changes) == ("too little history", (), ())
    assert begin + 3 * DAY - HOUR < young.judged_from <= begin + 3 * DAY
    assert nothing.state == "too little history"


SELECTIONS = [
    pytest.param(Selection(), id="everything"),
    pytest.param(Selection(hashtag="launch"), id="a hashtag that bursts"),
    pytest.param(Selection(hashtag="launch", since=NOW - HOUR), id="a window that begins in a burst"),
    pytest.param(Selection(query="#launch -چای"), id="a query"),  # tea
    pytest.param(Selection(platform="feed"), id="posts without authors"),
    pytest.param(Selection(entity="brand:rasta", since=NOW - 25 * DAY), id="a brand in a long window"),
    pytest.param(Selection(query="nobody-says-this"), id="nothing"),
]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_figures_open_to_their_posts(world: Any, selection: Selection) -> None:
    """Posts, people and the highest hour of every burst, within the window that was asked for."""
    answer = bursts(world.asking, selection)

    for each in answer.value.episodes:
        assert is_dataclass(each)
        posts = opened(world.asking, each.posts)
        assert len(posts) == each.posts.value
        assert len({post.author.key for post in posts if post.author}) == each.authors.value
        assert len(opened(world.asking, each.peak)) == each.peak.value
        assert all(answer.selection.since <= post.created_at for post in posts)  # type: ignore[operator]
        assert each.expected.selection.until == each.since
    assert {part.name for part in fields(Burst)} & {part.name for part in fields(SlowChange)} == {
        "ratio",
        "since",
    }


def test_a_burst_that_goes_on_is_said_to(world: Any) -> None:
    """The twenty posts of the last two hours, up to now."""
    (burst,) = bursts(world.asking, Selection(hashtag="launch")).value.episodes

    assert burst.ongoing
    assert burst.until == NOW
    assert NOW - 3 * HOUR < burst.since <= min(p.created_at for p in world.truth if "aunch" in p.text)
    assert (burst.posts.value, burst.authors.value) == (20, 20)
