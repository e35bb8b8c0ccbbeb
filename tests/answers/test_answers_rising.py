"""What rises of every kind, in chosen windows and at past hours, on both engines: planted and found again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.asking import Asking
from answers.trends import KINDS, RisingTag, rising, rising_without_ours
from posts.post import Link, Post
from posts.selection import Selection, from_params
from store.state import State
from tests.answers.conftest import ENGINES, NOW, OURS, World, author, reference
from tests.answers.test_answers_open import assert_opens

RECALL = "https://shop.example/recall"


def told(build: Callable[..., Post]) -> Iterator[Post]:
    """Twenty days of talk by twenty people, and in the last two hours twenty others about a recall."""
    for n in range(160):
        at = NOW - timedelta(hours=n * 3, minutes=7)
        yield build(n, at, n % 20, f"today the bread was fresh again #bread {n}")
    first = build(1000, NOW - timedelta(hours=2), 50, f"Rasta calls the green box back #recall {RECALL}")
    first = replace(first, links=(Link(url=RECALL),))
    yield first
    for n in range(1001, 1020):
        at = NOW - timedelta(minutes=5 * (n - 1000), seconds=9)
        text = f"they say Rasta calls the green box back #recall {RECALL}"
        yield replace(build(n, at, n - 950, text), links=(Link(url=RECALL),))
    for n in range(1020, 1030):
        yield build(n, NOW - timedelta(minutes=3 * (n - 1019)), n - 950, "", **reference("repost", first))
    yield replace(
        build(1040, NOW - timedelta(minutes=4), 1, "our statement #statement"),
        author=replace(author(1), key=OURS.author_keys[0], handle="rasta@chatra.example"),
    )


@pytest.fixture(scope="module", params=ENGINES)
def risen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    from tests.answers.conftest import asking_of, opened, post, take_in

    folder = tmp_path_factory.mktemp("risen")
    with opened(request, folder) as store, State(folder / "state.sqlite") as state:
        posts = list(told(post))
        take_in(store, state, folder, posts)
        yield World(asking_of(store, state), tuple(posts))


@pytest.mark.parametrize(
    ("kind", "key", "posts", "authors"),
    [
        ("hashtag", "recall", 20, 20),
        ("entity", "brand:rasta", 20, 20),
        ("phrase", "en:green box back", 20, 20),
        ("link", "shop.example/recall", 20, 20),
        ("domain", "shop.example", 20, 20),
        ("post", "mastodon:chatra.example:1000", 10, 10),
    ],
)
def test_each_kind_rises_by_its_people(risen: World, kind: Any, key: str, posts: int, authors: int) -> None:
    """Nobody used it before: new, with few or no chance among the rows, and its numbers open its posts."""
    answer = rising(risen.asking, Selection(), kind=kind, size=20)
    row = next(
        row for row in answer.value.rows if row.key == key or (kind == "phrase" and "green" in row.key)
    )

    assert (row.kind, row.status, row.posts.value, row.authors.value) == (kind, "new", posts, authors)
    assert row.false_rate < 0.1
    assert answer.value.risen >= 1
    assert_opens(risen.asking, answer, least=3)


def test_every_kind_answers_where_nothing_is(risen: World) -> None:
    """An empty window of each kind is an empty list."""
    long_ago = Selection(until=NOW - timedelta(days=300))

    assert [rising(risen.asking, long_ago, kind=kind).value.rows for kind in KINDS] == [()] * len(KINDS)


def test_windows_are_compared_alone(risen: World) -> None:
    """The last hour holds its own posts and is its own best window."""
    answer = rising(risen.asking, Selection(), window="1h")
    row = answer.value.rows[0]

    assert answer.selection.since == NOW - timedelta(hours=1)
    assert (row.key, row.posts.value, row.best_window_h) == ("recall", 12 - 1, 1)
    assert_opens(risen.asking, answer, least=3)


def test_a_formula_orders_the_same_rows(risen: World) -> None:
    """By Mastodon's rule the recall leads with 20 against none: (20 - 1)^2 / 1, or less where it is older."""
    row = rising(risen.asking, Selection(), formula="mastodon").value.rows[0]

    assert row.key == "recall"
    assert 0 < (row.formula_score or 0) <= 361


def test_our_own_posts_can_be_left_out(risen: World) -> None:
    """What only we said is in the list with us, and not without us; so open its numbers."""
    with_us = {row.key for row in rising(risen.asking, Selection()).value.rows}
    without = rising_without_ours(risen.asking, Selection())

    assert "statement" in with_us
    assert "statement" not in {row.key for row in without.value.rows}
    assert_opens(risen.asking, without, least=3)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_past_hour_stands_as_it_stood(
    engine: str, open_engine: Any, build_asking: Any, build_post: Any, fill: Any, tmp_path: Path
) -> None:
    """Posts that came later change no row of a list as of an hour before them, of any kind."""
    store, past = open_engine(engine), NOW - timedelta(hours=1)
    with State(tmp_path / "state.sqlite") as state:
        posts = list(told(build_post))
        fill(store, state, tmp_path, [post for post in posts if post.created_at < past])
        asking: Asking = build_asking(store, state)
        before = {kind: _rows(asking, past, kind) for kind in KINDS}
        fill(store, state, tmp_path, [post for post in posts if post.created_at >= past])

        assert {kind: _rows(asking, past, kind) for kind in KINDS} == before
        assert before["hashtag"][0].key == "recall"


def _rows(asking: Asking, until: Any, kind: Any) -> tuple[RisingTag, ...]:
    return rising(asking, Selection(until=until), kind=kind).value.rows


def test_few_voices_and_all_at_once_are_marked(risen: World) -> None:
    """Ten people with a post each are not few; what opens is what the address says."""
    row = rising(risen.asking, Selection()).value.rows[0]
    opened = from_params(row.posts.selection.to_params())

    assert row.concentrated == ""
    assert replace(row, top3_share=0.9).concentrated == "few"
    assert replace(row, at_once=0.9).concentrated == "at once"
    assert answered_posts.count(risen.asking, opened) == row.posts.value
