"""Shares corrected by labels, on both engines: the truth lies in the interval, and all labels tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answers import labelling
from answers import posts as answered_posts
from answers.asking import Asking
from answers.shares import shares
from posts.errors import RecordError
from posts.labels import Label
from posts.post import Post
from posts.selection import Selection
from store import labels
from store.protocol import Store
from store.state import State

NOW = datetime(2026, 11, 22, 17, 20, 31, tzinfo=UTC)
SAID = ("this tea is wonderful, I love it", "this tea is awful, I hate it", "tea is made of leaves")


def truth(post: str) -> str:
    """What a post truly is: every seventh is meant otherwise than it sounds."""
    place = int(post.rsplit(":", 1)[-1])
    plain = ("positive", "negative", "neutral")[place % 3]
    return "negative" if place % 7 == 0 else plain


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def asked(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    open_engine: Callable[[str], Store],
) -> tuple[Store, Path]:
    """A store of 240 posts in two languages of hashtags; half of them about #shop."""
    folder = tmp_path_factory.mktemp("shares")
    return open_engine(request.param), folder


@pytest.fixture
def asking(
    asked: tuple[Store, Path],
    tmp_path: Path,
    build_asking: Callable[..., Asking],
    build_post: Callable[..., Post],
    fill: Callable[..., None],
) -> Iterator[Asking]:
    """Who asks, with a state of its own."""
    store, folder = asked
    with State(tmp_path / "state.sqlite") as state:
        if not store.count("posts", {"match_all": {}}):
            texts = [SAID[n % 3] + (" #shop" if n % 2 else "") for n in range(240)]
            fill(store, state, folder, [
                build_post(n, NOW - timedelta(minutes=n + 5), n % 9, text) for n, text in enumerate(texts)
            ])  # fmt: skip
        yield build_asking(store, state)


def to_label(asking: Asking, selection: Selection, kind: str, size: int) -> list[tuple[Post, float]]:
    """The posts that are drawn next, each with its weight."""
    drawn = labelling.draw(asking, selection, kind, size)
    posts = labelling.posts_of(asking, drawn.posts)
    return [(post, labelling.weight_of(drawn, post.id)) for post in posts]


def judge(asking: Asking, posts: list[tuple[Post, float]], draw: str) -> None:
    labels.add(
        asking.state,
        [
            Label(post=post.id, kind="sentiment", values=(truth(post.id),), at=NOW, how="sample", draw=draw,
                  weight=weight)
            for post, weight in posts
        ],
    )  # fmt: skip
    # What the readers said there, as the second reading notes it.
    said = {post.id: post.annotations.sentiment.label for post, _ in posts}  # type: ignore[union-attr]
    labels.note_said(
        asking.state,
        [
            (label, (said[label.post],), "lists")
            for label in labels.all_of(asking.state)
            if label.post in said
        ],
    )


def true_shares(asking: Asking, selection: Selection) -> dict[str, float]:
    posts = list(answered_posts.stream(asking, selection))
    return {value: count / len(posts) for value, count in Counter(truth(post.id) for post in posts).items()}


def test_nothing_is_corrected_without_labels(asking: Asking) -> None:
    """Without labels there is what the readers say, and no share."""
    found = shares(asking, Selection()).value

    assert [(share.value, share.said.value, share.share.why) for share in found.values] == [
        ("negative", 80, "too few labels"),
        ("neutral", 80, "too few labels"),
        ("positive", 80, "too few labels"),
    ]
    assert all(share.share.share is None for share in found.values)
    assert [share.share.raw for share in found.values] == pytest.approx([1 / 3] * 3)


def test_labels_of_the_query_tell_the_truth(asking: Asking) -> None:
    """What is true lies between the bounds, which are narrower than guesses; the numbers open their posts."""
    selection = Selection()
    judge(asking, to_label(asking, selection, "sentiment", 90), "all")

    found = shares(asking, selection).value

    true = true_shares(asking, selection)
    assert (found.here, found.elsewhere) == (90, 0)
    for share in found.values:
        told = share.share
        assert told.method in ("post-stratified", "both")
        assert told.low is not None
        assert told.high is not None
        assert told.low <= true[share.value] <= told.high
        assert told.high - told.low < 0.2
        assert answered_posts.count(asking, share.said.selection) == share.said.value


def test_all_labels_tell_it_exactly(asking: Asking) -> None:
    """Where every post is labelled nothing is left to guess."""
    selection = Selection(query="#shop", since=NOW - timedelta(minutes=70))
    judge(asking, to_label(asking, selection, "sentiment", 500), "all of them")

    found = shares(asking, selection).value

    true = true_shares(asking, selection)
    assert {share.value: (share.share.low, share.share.high) for share in found.values} == {
        value: (pytest.approx(part), pytest.approx(part)) for value, part in true.items()
    }
    assert to_label(asking, selection, "sentiment", 5) == []


def test_labels_from_elsewhere_serve_another_query(asking: Asking) -> None:
    """Labels drawn among posts about #shop tell something about the others."""
    judge(asking, to_label(asking, Selection(query="#shop"), "sentiment", 110), "shop")

    found = shares(asking, Selection(query="-#shop")).value

    true = true_shares(asking, Selection(query="-#shop"))
    assert (found.here, found.elsewhere) == (0, 110)
    told = [share for share in found.values if share.share.share is not None]
    assert told
    for share in told:
        assert share.share.method == "label shift"
        assert (share.share.low or 0) <= true[share.value] <= (share.share.high or 1)


def test_other_kinds_stand_each_for_itself(asking: Asking) -> None:
    """Of intents every value has its own share; a kind that there is not is told."""
    drawn = to_label(asking, Selection(), "intent", 60)
    labels.add(asking.state, [
        Label(post=post.id, kind="intent", values=("praise",), at=NOW, how="sample", weight=weight)
        for post, weight in drawn
    ])  # fmt: skip
    said = {post.id: post.annotations.intents for post, _ in drawn}  # type: ignore[union-attr]
    labels.note_said(
        asking.state,
        [(label, said[label.post], "rules") for label in labels.all_of(asking.state, "intent")],
    )

    found = {share.value: share for share in shares(asking, Selection(), "intent").value.values}

    praise, complaint = found["praise"].share, found["complaint"].share
    assert praise.share is not None
    assert praise.share > 0.9
    assert complaint.share is not None
    assert complaint.share < 0.1
    with pytest.raises(RecordError, match="there is no kind 'taste'"):
        shares(asking, Selection(), "taste")


def test_draws_go_on_where_they_ended(asking: Asking) -> None:
    """Two draws are one larger one, and nobody is asked twice."""
    first = to_label(asking, Selection(), "sentiment", 20)
    judge(asking, first, "first")
    second = to_label(asking, Selection(), "sentiment", 20)

    assert len({post.id for post, _ in (*first, *second)}) == 40
