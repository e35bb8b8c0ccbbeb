"""The rankings on a project's own past: the rises are the true ones, and every count of posts opens them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.backtest import Backtest, backtest
from posts.selection import Selection, from_params
from trends.rankings import RANKINGS

DAY = timedelta(days=1)
DAYS = 20
LEAST = 5
NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)


@pytest.fixture(scope="module")
def judged(world: Any) -> Backtest:
    """Two authors in a day are a rise, and five rises enough: the world is small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("answers.backtest.LEAST_EPISODES", LEAST)
        return backtest(world.asking, Selection(), days=DAYS, least=2).value


def test_judged_hours_end_a_day_before_now(judged: Backtest) -> None:
    """What the last day's posts will become is not known yet."""
    assert judged.until == NOW.replace(minute=0, second=0) - DAY
    assert judged.until - judged.since == DAYS * DAY
    assert judged.days == DAYS


def test_rises_are_those_that_the_posts_tell(world: Any, judged: Backtest) -> None:
    """Each has two authors in the day behind its beginning, more than its usual, and opens its posts."""
    assert len(judged.rises) >= LEAST
    for rise in judged.rises:
        opened = from_params(rise.posts.selection.to_params())
        posts = list(answered_posts.stream(world.asking, opened))
        assert len(posts) == rise.posts.value
        assert len({post.author.key for post in posts if post.author}) == rise.authors.value
        day = [post for post in posts if post.created_at < rise.start + DAY]
        assert len({post.author.key for post in day if post.author}) >= 2
        assert rise.start < rise.peak <= rise.end


def test_every_ranking_is_judged_ours_first(judged: Backtest) -> None:
    """With the same rises for all, and ours compared with each of the others."""
    assert [row.name for row in judged.rankings] == list(RANKINGS)
    assert [row.against is None for row in judged.rankings] == [True] + [False] * (len(RANKINGS) - 1)
    for row in judged.rankings:
        first = [rise.listed[row.name] for rise in reversed(judged.rises)]
        assert row.score.listed.value == pytest.approx(sum(map(bool, first)) / len(first))
        for rise in judged.rises:
            listed = rise.listed[row.name]
            assert listed is None or rise.start <= listed <= rise.end


def test_few_rises_are_not_enough_to_compare_by(world: Any) -> None:
    """Of one hashtag there are rises, but no ranking is judged by them."""
    found = backtest(world.asking, Selection(hashtag="launch"), least=3).value

    assert (found.cannot, found.rankings) == ("few", ())


def test_a_short_past_cannot_be_judged(world: Any) -> None:
    """Three weeks before the world's end hardly a week had been heard."""
    found = backtest(world.asking, Selection(until=NOW - 20 * DAY)).value

    assert found.cannot == "short"
    assert found.rises == ()


@pytest.mark.parametrize("wrong", [{"days": 0}, {"least": 0}])
def test_impossible_wishes_are_refused(world: Any, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        backtest(world.asking, Selection(), **wrong)
