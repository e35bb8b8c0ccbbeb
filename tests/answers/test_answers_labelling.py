"""Samples to label, copies of posts, and noise in a network, over both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from answers import labelling
from answers import posts as answered_posts
from answers.copies import copies
from answers.facets import condition, noise
from answers.influence import influence
from answers.narrowing import also
from posts.labels import Label
from posts.selection import Selection
from store import labels
from tests.answers.conftest import NOW


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


def test_copies_count_all_who_say_the_same(world: Any) -> None:
    """Counted again from the posts; the link opens exactly them."""
    every = list(answered_posts.stream(world.asking, Selection()))
    groups: dict[str, set[str]] = {}
    for post in every:
        if post.annotations and post.annotations.copy_of:
            groups.setdefault(post.annotations.copy_of, {post.annotations.copy_of}).add(post.id)
    names = {post.id: post.author.key if post.author else None for post in every}
    found = copies(world.asking, Selection(ids=(*sorted(groups)[:5], "x:h:none")))

    assert len(found) == min(len(groups), 5) > 0
    for original, told in found.items():
        alive = {post for post in groups[original] if post in names}
        opened = {post.id for post in answered_posts.stream(world.asking, told.posts.selection)}
        assert opened == alive
        assert told.posts.value == len(alive)
        assert told.authors.value == len({names[post] for post in alive} - {None})


def test_noise_of_a_network(world: Any) -> None:
    """Without noise the numbers of people open as many posts as they say."""
    since = NOW - timedelta(days=30)
    rows = influence(world.asking, Selection(since=since, until=NOW, noise="out")).value.rows

    assert rows
    for row in rows[:5]:
        for figure in (row.reposts, row.mentions, row.replies):
            assert answered_posts.count(world.asking, figure.selection) >= bool(figure.value)
            opened = answered_posts.stream(world.asking, figure.selection)
            assert all(not (post.annotations and post.annotations.noise) for post in opened)
    marked = noise(world.asking, Selection(noise="out"))
    assert marked.value == answered_posts.count(world.asking, marked.selection) > 0


def test_a_condition_is_added_without_needless_parentheses() -> None:
    """And with them where the query would mean something else."""
    assert also("tea", condition("sentiment", "negative")) == "tea sentiment:negative"
    assert also("tea OR cup", condition("language", "fa")) == "(tea OR cup) lang:fa"
    assert also("tea lang:fa", condition("emoji", "❤")) == 'tea lang:fa emoji:"❤"'
    assert also("tea یا", condition("noise", "spam")) == "(tea یا) noise:spam"  # or
    assert also("", "x") == "x"
