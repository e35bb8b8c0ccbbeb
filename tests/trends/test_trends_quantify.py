"""Shares corrected for a classifier's errors: exact where they must be, and right as often as they say."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.posterior import shift
from trends.quantify import Label, Quantified, Stratum, YesNo, quantify, yes_no

MOODS = ("negative", "neutral", "positive")
CONFUSION = {
    "negative": (0.85, 0.10, 0.05),
    "neutral": (0.20, 0.55, 0.25),
    "positive": (0.03, 0.12, 0.85),
}


def _labels(table: dict[tuple[Stratum, str], int], *, here: bool = True) -> list[Label]:
    return [Label(*key, here) for key, count in table.items() for _ in range(count)]


def _bounds(found: Quantified) -> tuple[float, float, float]:
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    return found.low, found.share, found.high


def test_all_posts_labelled_is_exact_whatever_the_classifier_says() -> None:
    """Nothing is left to guess, so the interval has no width, even of eight posts."""
    found = quantify(
        {"good": 5, "bad": 3},
        _labels({("good", "good"): 2, ("good", "bad"): 3, ("bad", "good"): 1, ("bad", "bad"): 2}),
        ("good", "bad"),
    )
    assert found["good"] == Quantified(
        share=3 / 8, low=3 / 8, high=3 / 8, raw=5 / 8, method="post-stratified", labels=8
    )
    assert found["bad"] == Quantified(
        share=5 / 8, low=5 / 8, high=5 / 8, raw=3 / 8, method="post-stratified", labels=8
    )


def test_what_is_known_for_certain_bounds_the_share() -> None:
    """Of 80 posts 60 are labelled: the other twenty can change the share by a quarter at most."""
    found = quantify({"a": 40, "b": 40}, _labels({("a", "a"): 30, ("b", "b"): 29, ("b", "a"): 1}), ("a", "b"))
    low, share, high = _bounds(found["a"])
    assert 31 / 80 <= low <= share <= high <= 51 / 80
    assert high - low < 0.05


def test_a_classifier_that_is_always_right_leaves_its_share() -> None:
    """With many labels that all agree; from here and from elsewhere alike."""
    counts = {"a": 700, "b": 300}
    for here in (True, False):
        found = quantify(counts, _labels({("a", "a"): 200, ("b", "b"): 200}, here=here), ("a", "b"))
        low, share, high = _bounds(found["a"])
        assert share == pytest.approx(0.7, abs=0.012)
        assert low <= 0.7 <= high
        assert high - low < (0.03 if here else 0.12)


def test_a_useless_classifier_costs_nothing_here_and_is_refused_elsewhere() -> None:
    """Labels of the query alone then give their own share and about their own interval (Wilson's)."""
    table: dict[tuple[Stratum, str], int] = {
        ("a", "a"): 15, ("a", "b"): 35, ("b", "a"): 15, ("b", "b"): 35,
    }  # fmt: skip
    low, share, high = _bounds(quantify({"a": 5000, "b": 5000}, _labels(table), ("a", "b"))["a"])
    assert share == pytest.approx(0.3, abs=0.01)
    assert (low, high) == (pytest.approx(0.231, abs=0.015), pytest.approx(0.380, abs=0.015))
    refused = quantify({"a": 9000, "b": 1000}, _labels(table, here=False), ("a", "b"))["a"]
    assert refused == Quantified(raw=0.9, labels=100, why="does not separate")


def test_symmetric_confusion_is_undone_as_by_hand() -> None:
    """Wrong in one of ten either way: 34 % said are 30 % true, for .3 * .9 + .7 * .1 = .34."""
    table: dict[tuple[Stratum, str], int] = {
        ("a", "a"): 900, ("b", "a"): 100, ("a", "b"): 100, ("b", "b"): 900,
    }  # fmt: skip
    found = quantify({"a": 3400, "b": 6600}, _labels(table, here=False), ("a", "b"))["a"]
    low, share, high = _bounds(found)
    assert found.method == "label shift"
    assert found.raw == 0.34
    assert share == pytest.approx(0.30, abs=0.01)
    assert low < 0.30 < high


def test_the_example_of_the_handbook() -> None:
    """docs/quantification.md: 352 of 1,200 by hand, 24 % to 36 %."""
    table: dict[tuple[Stratum, str], int] = {
        ("negative", "negative"): 22, ("negative", "neutral"): 6, ("negative", "positive"): 2,
        ("neutral", "negative"): 2, ("neutral", "neutral"): 15, ("neutral", "positive"): 3,
        ("positive", "negative"): 8, ("positive", "neutral"): 7, ("positive", "positive"): 35,
    }  # fmt: skip
    counts = {"negative": 300, "neutral": 200, "positive": 700}
    found = quantify(counts, _labels(table), MOODS)["negative"]
    low, share, high = _bounds(found)
    assert share == pytest.approx(352 / 1200, abs=0.005)
    assert (low, high) == (pytest.approx(0.24, abs=0.006), pytest.approx(0.36, abs=0.006))
    assert (found.raw, found.labels) == (0.25, 100)


def test_both_kinds_of_labels_together_are_narrower_than_either() -> None:
    """Where they agree; and the number of labels is that of both."""
    counts = {"a": 3400, "b": 6600}
    here = _labels({("a", "a"): 14, ("a", "b"): 3, ("b", "a"): 2, ("b", "b"): 31})
    elsewhere = _labels({("a", "a"): 90, ("b", "a"): 10, ("a", "b"): 10, ("b", "b"): 90}, here=False)
    apart = [quantify(counts, each, ("a", "b"))["a"] for each in (here, elsewhere)]
    found = quantify(counts, [*here, *elsewhere], ("a", "b"))["a"]
    assert (found.method, found.labels) == ("both", 250)
    low, _, high = _bounds(found)
    assert all(high - low < _bounds(each)[2] - _bounds(each)[0] for each in apart)


def test_labels_that_contradict_each_other_are_not_mixed() -> None:
    """Elsewhere the classifier is right; here most of what it calls "a" is not: only here counts."""
    counts = {"a": 600, "b": 400}
    elsewhere = _labels({("a", "a"): 90, ("b", "a"): 10, ("a", "b"): 10, ("b", "b"): 90}, here=False)
    here = {("a", "a"): 6, ("a", "b"): 30, ("b", "b"): 24}
    found = quantify(counts, [*_labels(here), *elsewhere], ("a", "b"))["a"]
    assert (found.method, found.labels) == ("post-stratified", 60)
    few = {("a", "a"): 1, ("a", "b"): 9, ("b", "b"): 6}
    found = quantify(counts, [*_labels(few), *elsewhere], ("a", "b"))["a"]
    assert (found.share, found.why) == (None, "labels do not fit")


def test_counts_that_no_mixture_gives_are_refused() -> None:
    """Elsewhere nobody is unsure; here half of all posts are: they are of another kind."""
    labels = _labels(
        {
            (("a", 1), "a"): 80, (("a", 0), "a"): 6, (("b", 1), "b"): 80, (("b", 0), "b"): 6,
            (("a", 1), "b"): 6, (("b", 1), "a"): 6, (("a", 0), "b"): 5, (("b", 0), "a"): 5,
        },
        here=False,
    )  # fmt: skip
    counts: dict[Stratum, int] = {("a", 1): 250, ("a", 0): 250, ("b", 1): 250, ("b", 0): 250}
    assert quantify(counts, labels, ("a", "b"))["a"].why == "labels do not fit"


@pytest.mark.parametrize(
    ("table", "here", "why"),
    [
        ({}, True, "too few labels"),
        ({("a", "a"): 10, ("b", "b"): 9}, True, "too few labels"),
        ({("a", "a"): 19, ("b", "b"): 20}, False, "too few labels"),
        ({("a", "a"): 96, ("b", "b"): 4}, False, "a class is hardly labelled"),
    ],
)
def test_what_cannot_be_told_is_refused_with_its_reason(
    table: dict[tuple[Stratum, str], int], here: bool, why: str
) -> None:
    """No share and no bounds then, but still what the classifier says."""
    found = quantify({"a": 60, "b": 40}, _labels(table, here=here), ("a", "b"))["a"]
    assert (found.share, found.low, found.high) == (None, None, None)
    assert (found.why, found.raw, found.method) == (why, 0.6, "none")


def test_no_posts_have_no_shares() -> None:
    """Nor has the classifier said anything then."""
    assert quantify({}, (), ("a", "b"))["a"] == Quantified(why="no posts")


def test_labels_that_cannot_be_are_mistakes_of_the_caller() -> None:
    """A class that nobody asked for, or more labels from here than posts."""
    with pytest.raises(ValueError, match="not among"):
        quantify({"a": 5}, [Label("a", "c")], ("a", "b"))
    with pytest.raises(ValueError, match="more labels"):
        quantify({"a": 1}, [Label("a", "a"), Label("a", "a")], ("a", "b"))


def test_posts_that_the_classifier_did_not_read_are_counted_all_the_same() -> None:
    """They are a stratum of their own: labels tell what is in it."""
    table: dict[tuple[Stratum, str], int] = {("a", "a"): 30, ("b", "b"): 30, ("unread", "b"): 40}
    found = quantify({"a": 100, "b": 100, "unread": 200}, _labels(table), ("a", "b"))
    assert found["b"].raw == 0.25
    assert _bounds(found["b"])[1] == pytest.approx(0.75, abs=0.01)


def test_kinds_that_are_true_or_not_are_two_classes() -> None:
    """One question at a time: the share of "yes"."""
    labels = [YesNo(True, True)] * 30 + [YesNo(True, False)] * 20 + [YesNo(False, False)] * 50
    found = yes_no(100, 1000, labels)
    assert found == quantify(
        {"yes": 100, "no": 900},
        _labels({("yes", "yes"): 30, ("yes", "no"): 20, ("no", "no"): 50}),
        ("no", "yes"),
    )["yes"]  # fmt: skip
    assert found.raw == 0.1
    assert _bounds(found)[0] > 0.03


def test_weighted_labels_undo_how_they_were_drawn() -> None:
    """Elsewhere "b" was drawn four times as often as "a": weights say so, and the rows are as without."""
    fair = _labels({("a", "a"): 80, ("b", "a"): 20, ("a", "b"): 20, ("b", "b"): 80}, here=False)
    heavy = [Label("a", truth, False, 1.6) for truth, count in (("a", 80), ("b", 20)) for _ in range(count)]
    light = [Label("b", truth, False, 0.4) for truth, count in (("a", 80), ("b", 320)) for _ in range(count)]
    share = [
        _bounds(quantify({"a": 500, "b": 500}, each, ("a", "b"))["a"])[1] for each in (fair, heavy + light)
    ]
    assert share[1] == pytest.approx(share[0], abs=0.03)


def test_the_likelihood_has_the_moments_of_the_counts() -> None:
    """Mean and covariance of what is counted, against two hundred thousand made queries of 200 posts."""
    labels = np.array([[20.0, 5.0, 8.0], [2.0, 9.0, 4.0]])
    likely = shift(np.array([120.0, 50.0, 30.0]), labels)
    prior = 4 * (labels.sum(axis=0) + 1 / 3) / (labels.sum() + 1)
    rng = np.random.default_rng(3)
    point = np.array([0.3, 0.7])
    of_class = np.rint(point * 200).astype(int)
    rows = [rng.dirichlet(row + prior, 200_000) for row in labels]
    counts = sum(rng.multinomial(size, row) for size, row in zip(of_class, rows, strict=True))
    others = counts[:, 1:] / 200
    weights = point * (point + likely.sizes / likely.posts)
    assert others.mean(axis=0) == pytest.approx(point @ likely.rows, abs=0.001)
    assert np.cov(others.T) == pytest.approx(np.einsum("c,cij->ij", weights, likely.spreads), rel=0.03)


tables = st.dictionaries(
    st.tuples(st.sampled_from(MOODS), st.sampled_from(MOODS)), st.integers(0, 25), min_size=4
)


@given(tables, st.booleans(), st.lists(st.integers(0, 400), min_size=3, max_size=3), st.data())
def test_answers_are_in_order_sum_to_one_and_do_not_depend_on_order(
    table: dict[tuple[Stratum, str], int], here: bool, more: list[int], data: st.DataObject
) -> None:
    """Whatever was labelled: 0 <= low <= share <= high <= 1, and the same in any order of everything."""
    labels = _labels(table, here=here)
    said = Counter(label.stratum for label in labels)
    counts = {mood: said[mood] + extra for mood, extra in zip(MOODS, more, strict=True)}
    found = quantify(counts, labels, MOODS)
    for each in found.values():
        if each.share is None:
            assert each.why
        else:
            low, share, high = _bounds(each)
            assert 0 <= low <= share <= high <= 1
    if all(each.share is not None for each in found.values()):
        assert sum(_bounds(each)[1] for each in found.values()) == pytest.approx(1)
    order = data.draw(st.sampled_from(list(permutations(MOODS))))
    again = quantify({mood: counts[mood] for mood in order}, labels[::-1], order)
    assert again == found


def _stream(rng: np.random.Generator, size: int, shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """True classes of made posts, and what a weak classifier says of them."""
    truth = rng.choice(3, size, p=shares)
    rows = np.array([CONFUSION[mood] for mood in MOODS])
    said = (rng.random(size)[:, None] > rows[truth].cumsum(axis=1)).sum(axis=1)
    return truth, said.clip(max=2)


@pytest.mark.parametrize("here", [True, False])
def test_the_true_share_lies_between_the_bounds(here: bool) -> None:
    """In at least 85 of 100 shares of two hundred made queries whose shares are shifted, by 100 labels."""
    rng = np.random.default_rng(17)
    held, told = Counter[str](), Counter[str]()
    for _ in range(200):
        truth, said = _stream(rng, 1000, rng.dirichlet([1, 1, 1]))
        of, by = (truth, said) if here else _stream(rng, 1000, np.array([0.3, 0.3, 0.4]))
        picked = rng.choice(1000, 100, replace=False)
        labels = [Label(MOODS[by[at]], MOODS[of[at]], here) for at in picked]
        counts = {mood: int((said == at).sum()) for at, mood in enumerate(MOODS)}
        for at, (mood, found) in enumerate(sorted(quantify(counts, labels, MOODS).items())):
            if found.share is not None:
                low, _, high = _bounds(found)
                told[mood] += 1
                held[mood] += low <= (truth == at).mean() <= high
    assert min(told.values()) >= (200 if here else 120)
    assert all(held[mood] >= 0.85 * told[mood] for mood in MOODS), (held, told)
