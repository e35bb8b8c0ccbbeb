"""Answers against the planted posts, counted by plain Python from their list."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from answers import posts as answered_posts
from answers.hashtag import hashtag
from answers.influence import influence
from answers.overview import overview
from answers.trends import rising
from posts.errors import QueryError
from posts.post import Post
from posts.selection import Selection

TEHRAN = ZoneInfo("Asia/Tehran")
FAMILY = "هوشمصنوعی"  # artificial intelligence, all its spellings


def in_window(world: Any, days: float, *, ending: float = 0) -> list[Post]:
    until = world.asking.now - timedelta(days=ending)
    since = until - timedelta(days=days)
    return [post for post in world.truth if since <= post.created_at < until]


def test_totals_are_those_of_the_window_and_the_one_before(world: Any) -> None:
    """Posts, people and engagement of the last seven days, and of the seven before."""
    found = overview(world.asking, Selection()).value

    week, before = in_window(world, 7), in_window(world, 7, ending=7)
    assert found.posts.value == len(week)
    assert found.authors.value == len({post.author.key for post in week if post.author})
    assert found.engagement.value == sum(
        (post.metrics.likes or 0) + (post.metrics.shares or 0) for post in week
    )
    assert found.previous.posts.value == len(before)


def test_a_week_has_bars_of_days_in_the_project_s_time_zone(world: Any) -> None:
    """Eight bars, cut by Tehran's midnights, with empty ones, that add up to the total."""
    found = overview(world.asking, Selection()).value

    days = Counter(post.created_at.astimezone(TEHRAN).date() for post in in_window(world, 7))
    bars = {bucket.start.astimezone(TEHRAN).date(): bucket.posts.value for bucket in found.series}
    assert len(found.series) == 8
    assert {day: count for day, count in bars.items() if count} == dict(days)
    assert all(bucket.start.astimezone(TEHRAN).hour == 0 for bucket in found.series)


def test_two_days_have_bars_of_hours(world: Any) -> None:
    """Below three days bars are clock hours of Tehran, whose offset is half an hour."""
    since = world.asking.now - timedelta(days=2)
    found = overview(world.asking, Selection(since=since)).value

    assert len(found.series) == 49
    assert {bucket.start.astimezone(TEHRAN).minute for bucket in found.series} == {0}
    assert sum(bucket.posts.value or 0 for bucket in found.series) == found.posts.value


def test_share_of_voice_counts_posts_that_name_each_brand(world: Any) -> None:
    """Ours and the rival's namings in both alphabets; a post that names both counts for both."""
    found = overview(world.asking, Selection(since=world.asking.now - timedelta(days=29))).value

    ours, rival = found.share_of_voice
    texts = [f"{post.title or ''} {post.text}".lower() for post in in_window(world, 29)]
    named = [
        sum("rasta" in t or "رستا" in t for t in texts),
        sum("golbarg" in t or "گلبرگ" in t for t in texts),
    ]
    assert [ours.posts.value, rival.posts.value] == named
    assert ours.ours
    assert not rival.ours
    assert ours.share == pytest.approx(named[0] / sum(named))


def test_a_hashtag_is_a_family_of_spellings(world: Any) -> None:
    """Three spellings are one hashtag; its members say how often each was written."""
    asked = Selection(hashtag=FAMILY, since=world.asking.now - timedelta(days=29))
    found = hashtag(world.asking, asked).value

    written = Counter(
        tag
        for post in in_window(world, 29)
        for tag in post.text.replace("#", " #").split()
        if tag.startswith("#هوش")
    )
    assert {f"#{spelling.name}": spelling.posts.value for spelling in found.members} == dict(written)
    assert found.posts.value == sum(written.values())
    assert found.name == found.members[0].name
    assert found.members[0].posts.value == max(written.values())


def test_a_hashtag_that_nobody_used_is_empty(world: Any) -> None:
    """No posts, no members, its key for a name; without any hashtag the question is refused."""
    found = hashtag(world.asking, Selection(hashtag="nobody")).value

    assert (found.posts.value, found.name, found.members, found.related) == (0, "nobody", (), ())
    with pytest.raises(QueryError):
        hashtag(world.asking, Selection())


def test_the_planted_burst_rises_first(world: Any) -> None:
    """Twenty people within the last two hours: new, on top, with the spellings and the peak hour."""
    answer = rising(world.asking, Selection())
    first = answer.value.rows[0]

    assert (first.key, first.status) == ("launch", "new")
    assert {member.name: member.posts.value for member in first.members} == {"launch": 10, "Launch": 10}
    assert (first.posts.value, first.authors.value) == (20, 20)
    assert first.expected.value == 0
    assert first.ratio is None
    assert first.top_author_share.value == pytest.approx(1 / 20)
    assert timedelta(0) <= world.asking.now - first.peak_at < timedelta(hours=3)
    assert answer.selection.since == world.asking.now - timedelta(days=1)
    assert overview(world.asking, Selection()).value.rising[0].key == "launch"


def test_answers_say_for_what_and_from_what_they_were_counted(world: Any) -> None:
    """Window, time zone, definition, moment, and the sources behind it, all or the one asked for."""
    answer = overview(world.asking, Selection())

    assert answer.selection.since == world.asking.now - timedelta(days=7)
    assert answer.selection.until == world.asking.now
    assert (answer.time_zone, answer.definition, answer.version) == ("Asia/Tehran", "overview", 1)
    assert answer.as_of == world.asking.now
    assert [one.source for one in answer.coverage] == ["chatra", "teapot", "news"]
    assert [one.source for one in overview(world.asking, Selection(source="news")).coverage] == ["news"]


def test_a_window_that_ends_before_it_begins_is_refused(world: Any) -> None:
    """The mistake is named instead of shown as zero posts."""
    now: datetime = world.asking.now

    with pytest.raises(QueryError, match="ends before it begins"):
        overview(world.asking, Selection(since=now, until=now - timedelta(days=1)))


def test_influence_counts_reposts_of_posts_that_match(world: Any) -> None:
    """A repost has no text: it belongs to a query when the post passed on matches it."""
    by_id = {post.id: post for post in world.truth}
    asked = Selection(query="Rasta", since=world.asking.now - timedelta(days=29))
    found = influence(world.asking, asked).value

    expected: Counter[str] = Counter()
    for post in in_window(world, 29):
        original = by_id.get(post.repost_of or "")
        named = original is not None and any(name in original.text.lower() for name in ("rasta",))
        if named and post.repost_of_author:
            expected[post.repost_of_author] += 1
    counted = {row.key: row.reposts.value for row in found.rows if row.reposts.value}
    assert counted == dict(expected)
    assert sum(row.score for row in found.rows) <= 1 + 1e-9
    assert [row.score for row in found.rows] == sorted((row.score for row in found.rows), reverse=True)


def test_influencers_have_names_and_followers(world: Any) -> None:
    """Whoever is shown is looked up by key: handle, name, followers as last seen."""
    found = influence(world.asking, Selection(since=world.asking.now - timedelta(days=29)), size=5).value

    assert len(found.rows) == 5
    for row in found.rows:
        number = int(row.key.rsplit("user", 1)[1])
        assert (row.handle, row.name) == (f"user{number}@chatra.example", f"User {number}")
        assert row.followers == number * 10
    assert found.nodes > 5
    assert found.edges > 5


def test_pages_follow_each_other_without_gaps(world: Any) -> None:
    """Three pages of ten are the first thirty of the newest; the total stands on each."""
    pages = [answered_posts.page(world.asking, Selection(), size=10, offset=at).value for at in (0, 10, 20)]

    newest = sorted(world.truth, key=lambda post: (-post.created_at.timestamp(), post.id))
    assert [post.id for page in pages for post in page.posts] == [post.id for post in newest[:30]]
    assert {page.total for page in pages} == {len(world.truth)}


@pytest.mark.parametrize(("sort", "key"), [("likes", "likes"), ("shares", "shares")])
def test_pages_sort_by_what_was_counted(world: Any, sort: Any, key: str) -> None:
    """Most first; what a platform does not tell comes last."""
    posts = answered_posts.page(world.asking, Selection(), size=400, sort=sort).value.posts

    counts = [getattr(post.metrics, key) for post in posts]
    told = [count for count in counts if count is not None]
    assert told == sorted(told, reverse=True)
    assert counts[: len(told)] == told


def test_a_deleted_post_is_in_no_answer(world: Any) -> None:
    """The planted deletion is neither counted nor shown, and all others are."""
    found = {post.id for post in answered_posts.stream(world.asking, Selection())}

    assert found == {post.id for post in world.truth}
    assert answered_posts.count(world.asking, Selection()) == len(found)
