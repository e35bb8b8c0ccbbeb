"""Every figure opens to exactly its posts, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import timedelta
from typing import Any

import pytest

from answers import posts as answered_posts
from answers.asking import Asking
from answers.facets import facets
from answers.hashtag import hashtag
from answers.influence import influence
from answers.overview import overview
from answers.sources import sources
from answers.trends import rising
from posts.answer import Answer, Figure
from posts.post import Post
from posts.selection import Selection, from_params

PEOPLE = {"authors", "best_authors"}
COMPUTED = {"expected", "top_author_share"}
"""Figures that are not counts; what they open is tested apart."""


def figures(value: Any, path: str = "") -> Iterator[tuple[str, Figure]]:
    """Every figure in a record, with the way to it."""
    if isinstance(value, Figure):
        yield path, value
    elif isinstance(value, tuple):
        for i, part in enumerate(value):
            yield from figures(part, f"{path}[{i}]")
    elif is_dataclass(value) and not isinstance(value, Post):
        for part in fields(value):
            yield from figures(getattr(value, part.name), f"{path}.{part.name}")


def told(post: Post) -> list[int]:
    m = post.metrics
    return [count for count in (m.likes, m.comments, m.shares, m.quotes) if count is not None]


def counted_again(asking: Asking, path: str, figure: Figure) -> int | None:
    """What the figure should be, counted one by one from the posts that its address opens."""
    opened = list(answered_posts.stream(asking, from_params(figure.selection.to_params())))
    name = path.rsplit(".", 1)[-1]
    if name in PEOPLE:
        return len({post.author.key for post in opened if post.author})
    if name == "engagement":
        counts = [count for post in opened for count in told(post)]
        return sum(counts) if counts else None
    assert answered_posts.count(asking, figure.selection) == len(opened)
    return len(opened)


def assert_opens(asking: Asking, answer: Answer[Any], *, least: int) -> None:
    found = [
        (path, figure) for path, figure in figures(answer.value) if path.rsplit(".", 1)[-1] not in COMPUTED
    ]
    wrong = {
        path: (figure.value, again)
        for path, figure in found
        if figure.value != (again := counted_again(asking, path, figure))
    }

    assert wrong == {}
    assert sum(1 for _, figure in found if figure.value) >= least


SELECTIONS = [
    pytest.param(Selection(), id="everything"),
    pytest.param(Selection(query="tea OR چای"), id="a query"),  # tea
    pytest.param(Selection(language="fa"), id="a language"),
    pytest.param(Selection(source="teapot"), id="a source of posts that two sources brought"),
    pytest.param(Selection(hashtag="tea"), id="a hashtag"),
    pytest.param(Selection(entity="brand:rasta"), id="a brand"),
    pytest.param(Selection(author="mastodon:chatra.example:user3"), id="an author"),
    pytest.param(Selection(platform="feed"), id="posts without authors"),
    pytest.param(Selection(edge="repost"), id="reposts"),
    pytest.param(Selection(query="tea", toward="mastodon:chatra.example:user5"), id="towards somebody"),
    pytest.param(Selection(query="nobody-says-this"), id="nothing"),
]


@pytest.mark.parametrize("selection", SELECTIONS)
def test_figures_of_the_overview_open_to_their_posts(world: Any, selection: Selection) -> None:
    """Totals, bars, brands, rising tags, platforms, languages, sources, and all of the period before."""
    assert_opens(world.asking, overview(world.asking, selection), least=0)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_figures_of_a_hashtag_open_to_their_posts(world: Any, selection: Selection) -> None:
    """Within any selection, also one that names another hashtag already."""
    asked = selection.narrowed(hashtag="tea", since=world.asking.now - timedelta(days=20))

    assert_opens(world.asking, hashtag(world.asking, asked), least=0)


@pytest.mark.parametrize("days", [1, 9.5])
@pytest.mark.parametrize("selection", SELECTIONS)
def test_figures_of_trends_open_to_their_posts(world: Any, selection: Selection, days: float) -> None:
    """Posts, authors and the best window's authors of every hashtag."""
    asked = selection.narrowed(since=world.asking.now - timedelta(days=days))

    assert_opens(world.asking, rising(world.asking, asked), least=0)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_computed_figures_of_trends_open_what_they_come_from(world: Any, selection: Selection) -> None:
    """The busiest author's share opens that author's posts, the expectation those of the weeks before."""
    rows = rising(world.asking, selection.narrowed(since=world.asking.now - timedelta(days=1))).value.rows

    for row in rows:
        share, usual = row.top_author_share, row.expected
        own = list(answered_posts.stream(world.asking, share.selection))
        assert share.value == pytest.approx(len(own) / (row.posts.value or 1)) or not row.authors.value
        assert len({post.author.key for post in own if post.author}) == min(1, row.authors.value or 0)
        assert usual.selection.until == row.posts.selection.since
        assert not usual.value or answered_posts.count(world.asking, usual.selection)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_figures_of_influence_open_to_their_posts(world: Any, selection: Selection) -> None:
    """Own posts, and those that repost, answer, name and quote each author in the network of the rest."""
    asked = selection.narrowed(since=world.asking.now - timedelta(days=15))

    assert_opens(world.asking, influence(world.asking, asked, size=6), least=0)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_figures_of_facets_open_to_their_posts(world: Any, selection: Selection) -> None:
    """Every value of every facet, what is noise, and what was read, with noise and without."""
    for noise in (None, "out", "only"):
        assert_opens(world.asking, facets(world.asking, selection.narrowed(noise=noise)), least=0)


def test_figures_of_sources_open_to_their_posts(world: Any) -> None:
    """All posts of a source, and those of its last day."""
    assert_opens(world.asking, sources(world.asking), least=5)


def test_there_is_something_to_open(world: Any) -> None:
    """Without filters every question has figures above zero, so the tests above are not empty."""
    month = Selection(since=world.asking.now - timedelta(days=30))

    assert_opens(world.asking, overview(world.asking, month), least=50)
    assert_opens(world.asking, hashtag(world.asking, month.narrowed(hashtag="tea")), least=40)
    assert_opens(world.asking, rising(world.asking, month.narrowed(since=None)), least=6)
    assert_opens(world.asking, influence(world.asking, month, size=12), least=35)
