"""Which tags come into question, and what is told of each, on both engines against plain counting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from answers import posts as answered_posts
from answers.choice import choice, habits, hour_of_week
from answers.research import TagResearch, research
from posts.answer import Figure
from posts.errors import QueryError
from posts.post import Author, Metrics, Post
from posts.selection import Selection
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
FAMILY = "هوشمصنوعی"  # artificial intelligence
WEEK = Selection(since=NOW - timedelta(days=7), until=NOW)


def opened(asking: Any, figure: Figure) -> list[Post]:
    """The posts that a number opens."""
    return list(answered_posts.stream(asking, figure.selection))


def tag_of(asking: Any, key: str, selection: Selection = WEEK) -> TagResearch:
    """One hashtag as it is told."""
    (row,) = research(asking, selection, keys=(key,)).value.rows
    return row


@pytest.mark.parametrize("key", ["tea", FAMILY, "launch"])
def test_numbers_of_a_tag_open_their_posts(world: Any, key: str) -> None:
    """Posts, people, followers, impressions, weeks and parts, counted again from the posts they open."""
    row = tag_of(world.asking, key, Selection())
    posts = opened(world.asking, row.posts)
    newest = {post.author.key: post for post in sorted(posts, key=lambda p: p.created_at) if post.author}
    told = [post.author.followers for post in posts if post.author]

    assert row.posts.value == len(posts) > 0
    assert row.authors.value == len(newest) > 0
    assert row.reach.value == sum(post.author.followers for post in newest.values() if post.author)
    assert row.impressions.value == sum(count for count in told if count)
    assert row.known_followers == 1
    assert sum(figure.value or 0 for _, figure in row.languages) == len(posts)
    for figure in (part for kind in (row.platforms, row.languages, row.sentiments) for _, part in kind):
        assert figure.value == len(opened(world.asking, figure))
    for week in row.weeks:
        written = opened(world.asking, week.authors)
        assert week.authors.value == len({post.author.key for post in written if post.author})


def test_rates_are_of_originals(world: Any) -> None:
    """Posts an hour and shares an hour leave reposts out."""
    row = tag_of(world.asking, "tea")
    own = [post for post in opened(world.asking, row.posts) if not post.repost_of]
    shares = [post.metrics.shares for post in own if post.metrics.shares is not None]

    assert row.posts_per_hour == pytest.approx(len(own) / 168)
    assert row.shares_per_hour == pytest.approx(sum(shares) / 168)


def test_word_tag_and_unknown_seeds(world: Any) -> None:
    """A hashtag is itself; a word is looked for in names; an unknown one has its nearest."""
    named = research(world.asking, Selection(), seeds=("#Tea",)).value
    word = research(world.asking, Selection(), seeds=("مصنوعی",)).value  # artificial
    missing = research(world.asking, Selection(), seeds=("#teas",)).value

    assert (named.rows[0].key, named.rows[0].why) == ("tea", "named")
    assert FAMILY in {row.key for row in word.rows}
    assert missing.rows == ()
    assert missing.unknown[0].written == "#teas"
    assert "tea" in [key for key, _ in missing.unknown[0].nearest]


def test_selection_narrows_what_counts(world: Any) -> None:
    """A query narrows the posts of a tag; a tag that nobody uses has nothing to tell."""
    narrow = tag_of(world.asking, "tea", WEEK.narrowed(query="rasta"))
    nothing = tag_of(world.asking, "nobodysaysthis")

    assert narrow.posts.value == len(opened(world.asking, narrow.posts))
    assert (narrow.posts.value or 0) < (tag_of(world.asking, "tea").posts.value or 0)
    assert (nothing.posts.value, nothing.reach.value, nothing.shares_per_hour) == (0, None, None)
    assert (nothing.verdict.code, nothing.lift.ratio) == ("dead", None)


def test_choice_parts_posts_into_classes(world: Any) -> None:
    """Classes of a tag cover its originals; the numbers open posts with so many hashtags."""
    found = choice(world.asking, Selection(hashtag="tea")).value
    own = [post for post in opened(world.asking, found.tag.posts) if not post.repost_of]

    assert sum(each.posts.value or 0 for each in found.own.tags) == len(own)
    for each in found.own.tags:
        for post in opened(world.asking, each.posts):
            assert post.annotations is not None
            count = len({tag.normal for tag in post.annotations.hashtags})
            assert each.least <= count <= (each.most or count)
    assert len(found.around.hours) == 168
    with pytest.raises(QueryError):
        choice(world.asking, Selection())


def stream_of_two(build: Callable[..., Post]) -> list[Post]:
    """60 people: the large ones carry #lucky, which draws twice as much; and an audience with its own tag."""
    rng, made = np.random.default_rng(2), []
    for number in range(600):
        who = number % 60
        big, lucky = 4 * 2 ** (who % 5), rng.random() < 0.1 + 0.15 * (who % 5)
        text = f"bread and cheese {'#lucky' if lucky else '#plain'}"
        if who < 10:
            text += " at the harbour #sailing" if number // 60 % 2 else " #sailing"
        drawn = int(rng.poisson(10 * big * (2 if lucky else 1)))
        person = Author(key=f"mastodon:chatra.example:user{who}", handle=f"user{who}", followers=big)
        at = NOW - timedelta(hours=31, minutes=12 * number)
        made.append(
            build(
                number, at, who, text, author=person, metrics=Metrics(likes=drawn),
                collected_at=at + timedelta(hours=30),
            )
        )  # fmt: skip
    return made


@pytest.mark.parametrize("engine", ["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def test_planted_lift_draft_and_audience(
    engine: str, open_engine: Any, build_post: Any, build_asking: Any, fill: Any, tmp_path: Path
) -> None:
    """The lift of a tag of large accounts is the planted 2, not what raw means say; words and people lead."""
    with State(tmp_path / "state.sqlite") as state:
        store = open_engine(engine)
        fill(store, state, tmp_path, stream_of_two(build_post))
        asking = build_asking(store, state)
        lucky = tag_of(asking, "lucky").lift
        draft = research(asking, WEEK, draft="Tomorrow we shall meet at the harbour").value.rows
        audience = research(asking, WEEK, audience="harbour").value.rows
        unlike = habits(asking, WEEK).value

    assert lucky.low is not None
    assert lucky.high is not None
    assert lucky.low <= 2 <= lucky.high
    assert lucky.high / lucky.low < 1.3
    assert [(row.key, row.why) for row in draft] == [("sailing", "like the draft")]
    assert [(row.key, row.why) for row in audience] == [("sailing", "audience")]
    assert [each.least for each in unlike.tags] == [1, 2]
    assert sum(each.posts.value or 0 for each in unlike.lengths) == unlike.posts.value


def test_hour_of_week_is_the_projects() -> None:
    """Friday 23:59 in London is Saturday in Tehran."""
    at = np.array([int(datetime(2026, 11, 20, 23, 59, tzinfo=UTC).timestamp())])

    assert hour_of_week(at, "UTC").tolist() == [4 * 24 + 23]
    assert hour_of_week(at, "Asia/Tehran").tolist() == [5 * 24 + 3]
