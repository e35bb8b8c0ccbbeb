"""Samples to label, copies of posts, and noise in a network, over both engines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal

import pytest

from answers import labelling
from answers import posts as answered_posts
from answers.copies import copies
from answers.facets import condition, noise
from answers.influence import influence
from answers.narrowing import also
from posts.labels import Label
from posts.post import Mentioned
from posts.selection import Selection
from store import labels
from store.state import State
from tests.answers.conftest import ENGINES, NOW, World, asking_of, author, opened, post, take_in


def test_a_draw_takes_posts_with_words(world: Any) -> None:
    """No reposts; for mood only where it was read; the same seed draws the same."""
    every = {post.id: post for post in answered_posts.stream(world.asking, Selection())}
    drawn = labelling.draw(world.asking, Selection(), "sentiment", 40)
    said = labelling.predicted(world.asking, Selection(), "sentiment")

    able = {
        post.id for post in every.values()
        if post.repost_of is None and post.annotations and post.annotations.sentiment
    }  # fmt: skip
    assert set(said) == able
    assert drawn.of == len(able)
    assert len(set(drawn.posts)) == 40
    assert set(drawn.posts) <= able
    assert labelling.draw(world.asking, Selection(), "sentiment", 40).posts == drawn.posts
    assert labelling.draw(world.asking, Selection(query="nobody-says-this"), "noise", 5).posts == ()


def test_a_draw_is_kept_and_shrinks(world: Any) -> None:
    """What has a label is no longer left; a draw that was kept is found again as it was."""
    drawn = labelling.draw(world.asking, Selection(query="tea"), "intent", 6)
    labelling.keep(world.asking.state, drawn)
    try:
        label = Label(post=drawn.posts[2], kind="intent", values=(), at=NOW, how="sample", draw=drawn.id)
        labels.add(world.asking.state, [label])

        assert labelling.draws(world.asking.state)[0] == drawn
        left = labelling.left(world.asking.state, drawn)
        assert left == (*drawn.posts[:2], *drawn.posts[3:])
        first = labelling.first_of(world.asking, ["x:h:none", *left])
        assert first is not None
        assert first.id == left[0]
    finally:
        labels.remove(world.asking.state, drawn.posts[2], "intent")
        labels.settle(world.asking.state, [drawn.posts[2]], {})
        world.asking.state.delete_note(labelling.NOTE)


def test_agreement_is_of_samples_that_models_read() -> None:
    """Corrections are no fair sample, and what no model has read agrees with nothing."""
    at = NOW - timedelta(hours=1)

    def label(post: str, said: tuple[str, ...] | None, how: Any = "sample") -> Label:
        return Label(post=post, kind="intent", values=("question", "complaint"), at=at, how=how, said=said)

    given = [
        label("1", ("complaint", "question")), label("2", ("question",)), label("3", None),
        label("4", ("question",), "correction"),
    ]  # fmt: skip
    assert labelling.agreements(given) == (labelling.Agreement(kind="intent", labels=2, agreed=1),)


LONG = "The whole of the tea house was full of people this morning and nobody left before the evening came."


@pytest.fixture(scope="module", params=ENGINES)
def repeated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Six posts of three people that say the same and name somebody, one of them deleted; four others."""
    folder = tmp_path_factory.mktemp("repeated")
    named = (Mentioned(key=author(9).key, handle=author(9).handle),)
    posts = [post(n, NOW - timedelta(hours=40 - n), n % 3, LONG, mentioned=named) for n in range(6)]
    posts += [post(n, NOW - timedelta(hours=30 - n), n, f"tea {n}", mentioned=named) for n in range(6, 10)]
    gone = replace(posts[4], deleted_at=NOW, collected_at=NOW)
    with opened(request, folder) as store, State(folder / "state.sqlite") as state:
        take_in(store, state, folder, posts)
        take_in(store, state, folder, [gone])
        yield World(asking_of(store, state), tuple(posts))


def test_copies_count_all_who_say_the_same(repeated: World) -> None:
    """The first and its copies, but for the deleted one; the link opens exactly them."""
    first, other = repeated.truth[0].id, repeated.truth[7].id
    found = copies(repeated.asking, Selection(ids=(first, other, "x:h:none")))

    assert list(found) == [first]
    told = found[first]
    assert (told.posts.value, told.authors.value) == (5, 3)
    opened_ = {post.id for post in answered_posts.stream(repeated.asking, told.posts.selection)}
    assert opened_ == {repeated.truth[n].id for n in (0, 1, 2, 3, 5)}


def test_noise_of_a_network(repeated: World) -> None:
    """With and without noise the numbers of a person open as many posts as they say."""
    counted: dict[str | None, float] = {}
    since = NOW - timedelta(days=7)
    choices: tuple[Literal["out", "only"] | None, ...] = (None, "out", "only")
    for choice in choices:
        rows = influence(repeated.asking, Selection(since=since, until=NOW, noise=choice)).value.rows
        row = next(row for row in rows if row.key == author(9).key)
        counted[choice] = row.mentions.value or 0

        assert answered_posts.count(repeated.asking, row.mentions.selection) == row.mentions.value
    assert counted == {None: 9, "out": 5, "only": 4}
    marked = noise(repeated.asking, Selection(noise="out"))
    assert marked.value == answered_posts.count(repeated.asking, marked.selection) == 4


def test_a_condition_is_added_without_needless_parentheses() -> None:
    """And with them where the query would mean something else."""
    assert also("tea", condition("sentiment", "negative")) == "tea sentiment:negative"
    assert also("tea OR cup", condition("language", "fa")) == "(tea OR cup) lang:fa"
    assert also("tea lang:fa", condition("emoji", "❤")) == 'tea lang:fa emoji:"❤"'
    assert also("tea یا", condition("noise", "spam")) == "(tea یا) noise:spam"  # or
    assert also("", "x") == "x"


@pytest.mark.parametrize("opened_engine", ENGINES)
def test_a_post_is_found_at_its_address(
    opened_engine: str, open_engine: Any, build_asking: Any, fill: Any, tmp_path: Any
) -> None:
    """By exactly this address: not by a longer one, and with stars and question marks as they are."""
    store = open_engine(opened_engine)
    with State(tmp_path / "state.sqlite") as state:
        posts = [
            post(number, NOW - timedelta(hours=1), 1, "tea", url=f"https://chatra.example/@user1/{number}")
            for number in ("users/user1/statuses/7", "8", "87", "a*b", "aXb")
        ]
        posts[0] = replace(posts[0], url="https://chatra.example/@user1/7")
        fill(store, state, tmp_path, posts)
        asking = build_asking(store, state)

        def at(end: str) -> tuple[str, ...]:
            return answered_posts.at_address(asking, f"https://chatra.example/@user1/{end}")

        assert at("7") == ("mastodon:chatra.example:users/user1/statuses/7",)
        assert at("8/") == ("mastodon:chatra.example:8",)
        assert at("a*b") == ("mastodon:chatra.example:a*b",)
        assert at("9") == at("?") == at("*") == ()
        assert answered_posts.at_address(asking, "https://") == ()
