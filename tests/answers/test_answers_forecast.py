"""What comes, on both engines: the past is counted right, opens its posts, and unheard hours are no zeros."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.asking import Asking
from answers.forecast import Outlook, ahead, record
from posts.selection import Selection, from_params
from store import heard as ledger
from store.heard import Stretch
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORIGIN = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
"""The last time that the clocks of Tehran struck."""


def outlook(asking: Asking, selection: Selection | None = None, **options: Any) -> Outlook:
    return ahead(asking, selection or Selection(), **options).value


def test_past_hours_are_those_of_the_projects_clock(world: Any) -> None:
    """Each bar of the past holds its posts and authors; the steps to come follow the last of them."""
    found = outlook(world.asking)
    counted: Counter[datetime] = Counter()
    authors: dict[datetime, set[str]] = {}
    for post in world.truth:
        start = ORIGIN - HOUR * -((post.created_at - ORIGIN) // HOUR)
        counted[start] += 1
        authors.setdefault(start, set()).update({post.author.key} if post.author else set())

    assert found.origin == ORIGIN
    assert found.past[-1].end == ORIGIN
    assert [each.posts.value for each in found.past] == [counted[each.start] for each in found.past]
    assert [each.authors.value for each in found.past] == [
        len(authors.get(each.start, ())) for each in found.past
    ]
    assert [step.start for step in found.steps] == [ORIGIN + n * HOUR for n in range(len(found.steps))]


def test_bars_of_the_past_open_their_posts(world: Any) -> None:
    """The busiest hours of a hashtag's past open exactly their posts."""
    found = outlook(world.asking, Selection(hashtag="tea"))
    busy = sorted(found.past, key=lambda each: -(each.posts.value or 0))[:3]

    assert busy[0].posts.value
    for each in busy:
        opened = from_params(each.posts.selection.to_params())
        assert answered_posts.count(world.asking, opened) == each.posts.value


@pytest.mark.parametrize("measure", ["posts", "authors"])
def test_days_begin_at_local_midnights(world: Any, measure: Any) -> None:
    """Today is the first of seven days; authors of days are not added up."""
    found = outlook(world.asking, horizon="day", measure=measure)

    assert found.origin == datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
    assert found.cannot is None
    assert [step.start for step in found.steps] == [
        found.origin + n * timedelta(days=1) for n in range(7)
    ]  # fmt: skip
    assert (found.total is None) == (measure == "authors")


def test_a_forecast_of_the_past_is_made_from_what_was_known(world: Any) -> None:
    """With an end in the past nothing after it counts, whatever came then."""
    until = NOW - timedelta(days=3)
    found = outlook(world.asking, Selection(until=until))

    assert found.origin <= until
    assert found.past[-1].end == found.origin


def test_reasons_are_told_where_nothing_can_be(world: Any) -> None:
    """Of a word that nobody writes there is a past, and a reason in place of steps."""
    found = outlook(world.asking, Selection(query="neverwritten"))

    assert found.cannot is not None
    assert found.cannot.reason == "silent"
    assert (found.steps, found.total) == ((), None)
    assert record(found)["cannot"]["reason"] == "silent"


def test_hours_that_were_not_listened_to_are_not_known(world: Any, tmp_path: Path) -> None:
    """Where most of what is usual was missed, the hour is no zero; where little was, it counts."""
    since, until = ORIGIN - 9 * HOUR, ORIGIN - 5 * HOUR
    with State(tmp_path / "state.sqlite") as state:
        for name in ("chatra", "teapot"):
            missed = Stretch(source=name, what="missing", since=since, until=until)
            ledger.add(state, [missed, Stretch(source=name, what="collected", since=until, until=NOW)])
        # Of a source with hardly a post of these, it does not matter.
        ledger.add(state, [Stretch(source="news", what="missing", since=until, until=NOW)])
        found = outlook(replace(world.asking, state=state))

    assert found.unheard == 4
    assert [each.start for each in found.past if not each.heard] == [since + n * HOUR for n in range(4)]


def test_before_anything_was_heard_there_is_no_past(world: Any) -> None:
    """No bars and no steps, and the reason is that the history is too short."""
    found = outlook(world.asking, Selection(until=NOW - timedelta(days=400)))

    assert (found.past, found.steps, found.history) == ((), (), 0)
    assert found.cannot is not None
    assert found.cannot.reason == "short"
