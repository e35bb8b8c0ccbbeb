"""Posts, hashtags and accounts that gain: exact numbers from two looks at a few posts, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.accounts import Sight, accounts
from answers.asking import Asking
from answers.movers import Gains, movers
from answers.overview import overview
from posts.post import Author, Metrics, Post
from posts.profile import Profile
from posts.selection import Selection
from store.protocol import Store
from store.spool import Spool
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def looks(build_post: Callable[..., Post]) -> Iterator[Post]:
    """Four posts of two people over ten days, each looked at up to three times."""

    def look(
        number: int, ago: timedelta, by: int, text: str, *, followers: int | None, **counts: int
    ) -> Post:
        made: Post = build_post(number, NOW - 10 * DAY, by, text, metrics=Metrics(**counts))
        author = made.author
        assert author is not None
        return replace(made, collected_at=NOW - ago, author=replace(author, followers=followers))

    # Long ago, just before the window, and within it.
    yield look(1, 9 * DAY, 1, "one #tea", followers=100, likes=5, views=100)
    yield look(1, 30 * HOUR, 1, "one #tea", followers=108, likes=50, views=200)
    yield look(1, 20 * HOUR, 1, "one #tea", followers=110, likes=57, views=260)
    yield look(1, 2 * HOUR, 1, "one #tea", followers=130, likes=60)
    yield look(2, 3 * DAY, 2, "two #tea #Morning", followers=40, likes=1)
    yield look(2, 3 * HOUR, 2, "two #tea #Morning", followers=35, likes=31, shares=4)
    yield look(3, 4 * HOUR, 2, "three", followers=35, likes=900)
    yield look(4, 5 * HOUR, 3, "four #loss", followers=7, likes=8)
    yield look(4, 1 * HOUR, 3, "four #loss", followers=7, likes=2)


@pytest.fixture
def told(
    store: Store,
    tmp_path: Path,
    fill: Any,
    build_post: Callable[..., Post],
    build_asking: Callable[..., Asking],
) -> Iterator[Asking]:
    """Who asks about the four posts, which came in three files."""
    copies = sorted(looks(build_post), key=lambda copy: copy.collected_at)
    with State(tmp_path / "state.sqlite") as state:
        for start in range(0, len(copies), 3):
            fill(store, state, tmp_path, copies[start : start + 3])
        yield build_asking(store, state)


def test_posts_that_gain_come_first(told: Asking) -> None:
    """What was gained between two looks counts, not what a post had when it was first seen; losses do not."""
    found = movers(told, Selection()).value

    assert found.by == "likes"
    assert [(row.post.text, row.gained.value, row.gains) for row in found.posts] == [
        ("two #tea #Morning", 30, Gains(likes=30)),
        ("one #tea", 10, Gains(likes=10, views=60)),
    ]
    for row in found.posts:
        assert [post.id for post in answered_posts.stream(told, row.gained.selection)] == [row.post.id]


def test_hashtags_gain_with_their_posts(told: Asking) -> None:
    """The gain of a hashtag is that of all posts that carry it, and opens them."""
    found = movers(told, Selection()).value.hashtags

    assert [(row.name, row.gained.value, row.posts) for row in found] == [("tea", 40, 2), ("Morning", 30, 1)]
    opened = [sorted(p.text for p in answered_posts.stream(told, row.gained.selection)) for row in found]
    assert opened == [["one #tea", "two #tea #Morning"], ["two #tea #Morning"]]


@pytest.mark.parametrize(
    ("selection", "by", "gained"),
    [
        pytest.param(Selection(since=NOW - 2 * DAY), "likes", [("one", 55), ("two", 30)], id="longer window"),
        pytest.param(Selection(until=NOW - 15 * HOUR), "likes", [("one", 52)], id="earlier window"),
        pytest.param(Selection(query="one"), "likes", [("one", 10)], id="words"),
        pytest.param(Selection(hashtag="morning"), "likes", [("two", 30)], id="hashtag"),
        pytest.param(Selection(author="mastodon:chatra.example:user1"), "likes", [("one", 10)], id="author"),
        pytest.param(Selection(platform="feed"), "likes", [], id="platform"),
        pytest.param(Selection(query="nothing"), "likes", [], id="no post"),
        pytest.param(Selection(), "views", [("one", 60)], id="views"),
        pytest.param(Selection(), "shares", [], id="seen once"),
    ],
)
def test_movers_of_a_selection(told: Asking, selection: Selection, by: Any, gained: list[Any]) -> None:
    """The window is that of the gains, however old the posts; all else narrows to posts."""
    found = movers(told, selection, by=by).value.posts

    assert [(row.post.text.split()[0], row.gained.value) for row in found] == gained


def test_what_nobody_likes_is_ordered_by_what_is_told(
    store: Store,
    tmp_path: Path,
    fill: Any,
    build_post: Callable[..., Post],
    build_asking: Callable[..., Asking],
) -> None:
    """Where no likes were gained, the first other count of which something was orders the list."""
    seen = build_post(1, NOW - DAY, 1, "film", metrics=Metrics(views=10))
    again = replace(seen, collected_at=NOW - HOUR, metrics=Metrics(views=90))
    with State(tmp_path / "state.sqlite") as state:
        fill(store, state, tmp_path, [seen])
        fill(store, state, tmp_path, [again])
        found = movers(build_asking(store, state), Selection()).value

    assert (found.by, [row.gained.value for row in found.posts]) == ("views", [80])


def test_the_overview_shows_the_last_day(told: Asking) -> None:
    """Whatever the window, its movers are those of its last day."""
    found = overview(told, Selection(since=NOW - 20 * DAY, until=NOW)).value.movers

    assert [row.gained.value for row in found.posts] == [30, 10]


def test_accounts_grow(told: Asking) -> None:
    """From the last snapshot of the day before the period to the last in it; one snapshot tells no growth."""
    found = accounts(told, Selection(since=NOW - DAY, until=NOW)).value

    assert (found.accounts, found.gained) == (3, 22)
    rows = [(row.handle, row.followers.value, row.gained.value) for row in found.rows]
    assert rows == [("user1@chatra.example", 130, 22), ("user2@chatra.example", 35, None),
                    ("user3@chatra.example", 7, None)]  # fmt: skip
    assert found.rows[0].rate == 22 / 108
    assert found.rows[0].snapshots == (
        Sight(at=NOW - 30 * HOUR, followers=108), Sight(at=NOW - 20 * HOUR, followers=110),
        Sight(at=NOW - 2 * HOUR, followers=130),
    )  # fmt: skip


def test_accounts_of_a_selection(told: Asking) -> None:
    """Only the accounts whose posts of the period match; their figures open these posts."""
    month = Selection(since=NOW - 30 * DAY, until=NOW)
    rows = accounts(told, month.narrowed(query="two OR three")).value.rows

    assert [(row.key, row.gained.value, row.posts.value) for row in rows] == [
        ("mastodon:chatra.example:user2", -5, 2)
    ]
    opened = answered_posts.stream(told, rows[0].posts.selection)
    assert sorted(post.text for post in opened) == ["three", "two #tea #Morning"]
    assert accounts(told, month.narrowed(platform="feed")).value.rows == ()
    assert [row.gained.value for row in accounts(told, month).value.rows] == [30, -5, None]
    assert accounts(told, Selection(until=NOW - 20 * DAY)).value.accounts == 0


def test_watched_accounts_tell_of_themselves(
    store: Store,
    tmp_path: Path,
    fill: Any,
    build_asking: Callable[..., Asking],
) -> None:
    """One that has written nothing here has a handle and a history, and says how much it has written."""
    seen = Profile(
        key="telegram:t.me:sara", platform="telegram", source="s", at=NOW - 2 * DAY, handle="sara",
        followers=90, posts=7,
    )  # fmt: skip
    profiles = [
        seen,
        replace(seen, at=NOW - DAY, followers=95, following=3),
        replace(seen, at=NOW - HOUR, followers=99, posts=9),
    ]
    Spool(tmp_path / "spool").write((), source="s", profiles=profiles)
    with State(tmp_path / "state.sqlite") as state:
        fill(store, state, tmp_path, [])
        asking = build_asking(store, state)
        (row,) = accounts(asking, Selection()).value.rows

    assert (row.key, row.platform, row.handle) == ("telegram:t.me:sara", "telegram", "sara")
    assert (row.followers.value, row.gained.value, row.posts.value) == (99, 9, 0)
    assert (row.following, row.written) == (3, 9)
    assert [sight.followers for sight in row.snapshots] == [90, 95, 99]


def test_hidden_names_stay_hidden(
    store: Store,
    tmp_path: Path,
    fill: Any,
    build_post: Callable[..., Post],
    build_asking: Callable[..., Asking],
) -> None:
    """An account under a pseudonym has its growth and no name."""
    hidden = Author(key="mastodon:p-0123456789abcdef", followers=10)
    seen = build_post(1, NOW - DAY, None, "tea", author=hidden)
    with State(tmp_path / "state.sqlite") as state:
        fill(
            store,
            state,
            tmp_path,
            [seen, build_post(2, NOW - HOUR, None, "", author=replace(hidden, followers=11))],
        )
        (row,) = accounts(build_asking(store, state), Selection()).value.rows

    assert (row.key, row.handle, row.name, row.gained.value) == ("mastodon:p-0123456789abcdef", None, None, 1)
