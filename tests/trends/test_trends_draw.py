"""Which posts are to be labelled: every one by its chance, the same again, and more going on from there."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.draw import at_random, choose
from trends.quantify import Stratum

POSTS: dict[str, Stratum] = {f"p{at}": "a" if at % 10 else "b" for at in range(500)}


def test_a_draw_is_the_same_again_and_another_with_another_seed() -> None:
    """In whichever order the posts come."""
    first = choose(POSTS, 40, seed=1)
    assert first == choose(dict(reversed(POSTS.items())), 40, seed=1)
    assert {each.post for each in first} != {each.post for each in choose(POSTS, 40, seed=2)}


def test_rare_strata_get_their_part_by_the_root_of_their_size() -> None:
    """450 and 50 posts: three to one. Chances and weights say so."""
    drawn = choose(POSTS, 40, seed=1)
    assert Counter(each.stratum for each in drawn) == {"a": 30, "b": 10}
    assert {(each.stratum, each.chance, round(each.weight, 9)) for each in drawn} == {
        ("a", 30 / 450, 1.2),
        ("b", 10 / 50, 0.4),
    }
    assert sum(each.weight for each in drawn) == pytest.approx(40)


def test_every_post_of_a_stratum_is_drawn_as_often_as_any_other() -> None:
    """Over a thousand seeds each of the fifty is among the ten about two hundred times."""
    times = Counter(
        each.post for seed in range(1000) for each in choose(POSTS, 40, seed=seed) if each.stratum == "b"
    )
    assert len(times) == 50
    assert all(140 < count < 260 for count in times.values())


posts = st.dictionaries(
    st.text(min_size=1, max_size=3), st.sampled_from(["a", "b", ("b", 1), "c"]), max_size=40
)


@given(posts, st.integers(0, 20), st.integers(0, 20), st.integers(0, 3))
def test_more_draws_together_are_one(predicted: dict[str, Stratum], k: int, more: int, seed: int) -> None:
    """Drawn in two goes or in one: the same posts, and all of them count as drawn at random."""
    first = {each.post for each in choose(predicted, k, seed=seed)}
    second = {each.post for each in choose(predicted, more, seed=seed, labelled=first)}
    assert not first & second
    assert len(first) + len(second) == min(k + more, len(predicted))
    assert first | second == {each.post for each in choose(predicted, k + more, seed=seed)}
    assert at_random(predicted, first | second, seed=seed) == first | second


@given(posts, st.sets(st.text(min_size=1, max_size=3)), st.integers(0, 20))
def test_what_people_happened_to_see_is_no_sample(
    predicted: dict[str, Stratum], seen: set[str], k: int
) -> None:
    """Only posts whose turn it was count; those seen out of turn count once the gap is filled."""
    sample = at_random(predicted, seen, seed=1)
    assert sample <= seen & predicted.keys()
    drawn = {each.post for each in choose(predicted, k, seed=1, labelled=seen)}
    assert not drawn & seen
    assert at_random(predicted, seen | drawn, seed=1) >= sample | drawn
    if k >= len(predicted):
        assert at_random(predicted, seen | drawn, seed=1) == predicted.keys()


def test_corrections_of_what_annoyed_somebody_are_left_out() -> None:
    """Two hundred posts corrected wherever they were met, forty drawn: hardly more than these are left."""
    drawn = {each.post for each in choose(POSTS, 40, seed=1)}
    met = {f"p{at}" for at in range(300, 500)}
    sample = at_random(POSTS, drawn | met, seed=1)
    assert drawn <= sample
    assert len(sample) < 50


def test_a_part_of_a_query_keeps_the_order_of_the_whole() -> None:
    """Labels of a query are still a random sample of a part of it."""
    drawn = {each.post for each in choose(POSTS, 100, seed=1)}
    part = {post: said for post, said in POSTS.items() if int(post[1:]) < 250}
    assert at_random(part, drawn, seed=1) == drawn & part.keys()
