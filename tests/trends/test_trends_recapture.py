"""Shares that were heard: the estimates hold in worlds whose truth is known, and claim nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trends.intervals import common, length, near, subtract, union
from trends.recapture import UNKNOWN, Amount, Share, captured, heard, lost, recapture, together

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12).map(union)


@given(spans, spans)
def test_spans_are_sets_of_seconds(a: tuple[tuple[int, int], ...], b: tuple[tuple[int, int], ...]) -> None:
    """Joining, cutting and laying over each other is what it is for the seconds themselves."""
    seconds = [{s for since, until in each for s in range(since, until)} for each in (a, b)]

    def set_of(found: tuple[tuple[int, int], ...]) -> set[int]:
        assert list(found) == sorted(found)
        assert all(since < until for since, until in found)
        assert sum(until - since for since, until in found) == length(found)
        return {s for since, until in found for s in range(since, until)}

    assert set_of(union([*a, *b])) == seconds[0] | seconds[1]
    assert set_of(subtract(a, b)) == seconds[0] - seconds[1]
    assert set_of(common(a, b)) == seconds[0] & seconds[1]
    for span in b:
        assert near(a, span) == tuple(each for each in a if each[0] < span[1] and each[1] > span[0])


def test_the_classic_example() -> None:
    """Chapman's estimate of 200 marked, 150 seen, 30 of them marked."""
    found = recapture(200, 150, 30)
    assert found is not None
    assert found.value == pytest.approx(201 * 151 / 31 - 1)
    assert 700 < found.low < 780
    assert 1280 < found.high < 1480


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_bounds_are_in_order_and_never_below_what_was_seen(first: int, second: int, both: int) -> None:
    """Whatever the counts; without a common post there may be any number."""
    both = min(both, first, second)
    found = recapture(first, second, both)
    if both == 0:
        assert found is None
        assert captured(first, second, both) == UNKNOWN
        return
    assert found is not None
    assert first + second - both <= found.low <= found.value <= found.high
    share = captured(first, second, both)
    assert share.share is not None
    assert 0 < (share.low or 0) <= share.share <= (share.high or 2) <= 1


def test_a_capture_within_the_other_does_not_prove_that_all_was_heard() -> None:
    """All of twenty posts of a hashtag are in the timeline: it may still have missed one in ten."""
    share = captured(1000, 20, 20)
    assert share.share == 1
    assert 0.85 < (share.low or 0) < 0.95


@pytest.mark.parametrize(("p", "q"), [(0.8, 0.9), (0.5, 0.3), (0.95, 0.2)])
def test_the_interval_contains_the_truth(p: float, q: float) -> None:
    """In at least 92 of 100 of four hundred worlds of 300 posts."""
    rng = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        a, b = rng.random(300) < p, rng.random(300) < q
        share = captured(int(a.sum()), int(b.sum()), int((a & b).sum()))
        held += (share.low or 0) <= a.mean() <= (share.high or 0)
    assert held >= 0.92 * 400


def test_dependent_captures_tell_only_the_most() -> None:
    """One place read twice: what hides from both leaves no trace."""
    assert captured(80, 90, 70, dependent=True) == Share(high=captured(80, 90, 70).high, method="recapture")
    share = heard(80, capture=captured(80, 90, 70, dependent=True))
    assert (share.share, share.low) == (None, None)
    assert share.high == captured(80, 90, 70).high


def test_nothing_known_to_be_missing_is_read_and_nothing_posted_is_no_share() -> None:
    """100 % is only said where all was read, and of nothing there is no part."""
    assert heard(12) == Share(share=1.0, low=1.0, high=1.0, method="read")
    assert heard(0) == UNKNOWN
    assert heard(6, counted=2) == Share(share=0.75, low=0.75, high=0.75, method="counted")
    assert heard(0, counted=2) == Share(share=0.0, low=0.0, high=0.0, method="counted")
    assert heard(0, missed=Amount(value=1, low=0, high=3)) == UNKNOWN


def test_what_was_missed_is_laid_over_what_is_hidden() -> None:
    """Behind the posts that would have been collected there are hidden ones, too."""
    capture = Share(share=0.5, low=0.5, high=0.5, method="recapture")
    missed = Amount(value=10, low=10, high=10)
    assert lost(40, missed=missed, capture=capture, told_by=50).value == 60
    found = heard(40, missed=missed, capture=capture, told_by=50)
    assert (found.share, found.low, found.high) == (0.4, 0.4, 0.4)
    assert found.method == "recapture and rate"
    assert lost(40, missed=missed, capture=capture, told_by=50, elsewhere=25).value == 35
    assert lost(40, counted=7, missed=missed, capture=capture, elsewhere=99).value == 7
    wider = heard(40, missed=missed, capture=capture)
    assert (wider.low or 0) < 0.4 < (wider.high or 0)


def test_errors_that_are_independent_add_up_as_squares() -> None:
    """Two intervals of three to each side make one of about four."""
    found = together([Amount(value=5, low=2, high=8), Amount(value=7, low=4, high=10)])
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (12, 7.757, 16.243)
