"""Hashtags beside each other: as they were planted, and every number opens its posts, on both engines."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.compare import Comparison, compare
from posts.errors import QueryError
from posts.post import Post
from posts.selection import Selection, from_params
from store.documents import counted_tags

SIDES = ("#Tea", "هوش‌مصنوعی", "رستا OR Rasta", "#launch")  # artificial intelligence, Rasta
MONTH = timedelta(days=30)


@pytest.fixture
def found(world: Any) -> Comparison:
    """A month of the planted world."""
    since = world.asking.now - MONTH
    return compare(world.asking, Selection(since=since), tags=SIDES).value


def opened(world: Any, selection: Selection) -> list[Post]:
    """The posts behind a number, by its address."""
    return list(answered_posts.stream(world.asking, from_params(selection.to_params())))


def test_sides_are_counted_as_planted(world: Any, found: Comparison) -> None:
    """Posts by hashtag and people, from the list of all."""
    tea = [
        post
        for post in opened(world, Selection(since=world.asking.now - MONTH))
        if "tea" in counted_tags(post)
    ]

    side = found.sides[0]
    assert (side.name.lower(), side.hashtag) == ("#tea", "tea")
    assert side.posts.value == len(tea) > 0
    assert side.authors.value == len({post.author.key for post in tea if post.author})
    assert sum(side.hours) == sum(int(bucket.posts.value or 0) for bucket in side.series) == len(tea)
    assert side.share == len(tea) / (found.posts.value or 0)
    assert side.share_bounds is not None
    assert side.share_bounds[0] < side.share < side.share_bounds[1]
    assert found.sides[2].hashtag is None
    assert not side.thin


def test_every_number_opens_its_posts(world: Any, found: Comparison) -> None:
    """Sides, their parts and their bars; pairs, and the people who are in both."""
    figures = [figure for side in found.sides for figure in (side.posts, *(f for _, f in side.languages))]
    figures += [figure for side in found.sides for _, figure in side.platforms]
    figures += [bucket.posts for side in found.sides for bucket in side.series]
    figures += [pair.posts for pair in found.pairs]
    wrong = {
        str(figure.selection): figure.value
        for figure in figures
        if figure.value != answered_posts.count(world.asking, figure.selection)
    }
    assert wrong == {}


@pytest.mark.parametrize("days", [3, 30])
def test_people_in_both_are_counted_exactly(world: Any, days: int) -> None:
    """And what they wrote on either side opens, where they are few enough to be named."""
    found = compare(world.asking, Selection(since=world.asking.now - timedelta(days=days)), tags=SIDES).value
    people = [
        {post.author.key for post in opened(world, side.posts.selection) if post.author}
        for side in found.sides
    ]
    told = {(pair.first, pair.second): pair for pair in found.pairs}

    assert set(told) == set(combinations(range(4), 2))
    assert any(pair.people for pair in found.pairs)
    for (first, second), pair in told.items():
        assert pair.people == len(people[first] & people[second])
        if pair.authors is not None and pair.people:
            wrote = {post.author.key for post in opened(world, pair.authors.selection) if post.author}
            assert wrote == people[first] & people[second]
    assert any(pair.authors is not None and pair.people for pair in found.pairs) == (days == 3)


def test_what_cannot_be_compared_is_told(world: Any) -> None:
    """One side, the same twice, seven, or a query that cannot be read."""
    for tags in (["tea"], ["tea", "#Tea"], [f"t{n}" for n in range(7)], ["tea", "(cup OR"]):
        with pytest.raises(QueryError):
            compare(world.asking, Selection(), tags=tags)


def test_too_little_is_faint(world: Any) -> None:
    """A hashtag that nobody used has no share to speak of."""
    side = compare(world.asking, Selection(), tags=["tea", "nowhere"]).value.sides[1]

    assert (side.posts.value, side.authors.value, side.thin) == (0, 0, True)
