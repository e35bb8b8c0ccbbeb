"""Posts like a machine: timers are told, people are not, and each reason says what was measured."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import made_accounts as made
from trends import botlike
from trends.botlike import BotLike, Reason, signs
from words import texts

SKETCH = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)


def test_too_few_posts_tell_nothing() -> None:
    """Under thirty posts there is no score, and none is not 0."""
    assert signs(range(29)) == BotLike(None)
    assert not signs(range(29)).machine
    assert signs([]) == BotLike(None)


def test_a_timer_is_told_by_its_intervals() -> None:
    """Every two hours and 37 minutes for ten days: the same intervals, and no rest."""
    found = signs([made.START + 9_420 * place for place in range(100)])

    assert found.machine
    assert found.reasons[:2] == (Reason("intervals", 1.0, 0.7), Reason("restless", 0.23, 0.5))
    assert found.score == 0.85


def test_the_order_of_times_does_not_matter() -> None:
    """What comes in any order is judged as if in order."""
    times = made.person(np.random.default_rng(3), days=20, a_day=20)

    assert signs(times[::-1]) == signs(times)


def test_the_minute_and_the_second_are_told() -> None:
    """At 17 minutes past, in hours by chance, always in the second second."""
    hours = np.random.default_rng(1).choice(24 * 30, 60, replace=False)
    found = signs(made.START // 3_600 * 3_600 + hours * 3_600 + 17 * 60 + 2)

    assert {reason.what: reason.value for reason in found.reasons if reason.weight == 0.7} == {
        "minute": 1.0,
        "second": 1.0,
    }
    assert found.machine


def test_whole_minutes_are_no_reason() -> None:
    """Where a platform tells only minutes, every second is 0 and says nothing."""
    times = made.person(np.random.default_rng(5), days=30, a_day=10) // 60 * 60

    assert signs(times).reasons == ()
    assert signs(times).score == 0.0


def test_the_same_text_again_is_told() -> None:
    """Thirty posts at people's hours, two thirds of them the same: repeats alone reach the mark."""
    times = made.person(np.random.default_rng(7), days=30, a_day=10)[:30]
    other = [tuple(range(place * 100, place * 100 + 10)) for place in range(10)]
    found = signs(times, [SKETCH] * 20 + other)

    assert found == BotLike(0.6, (Reason("repeats", 0.633, 0.6),))
    assert signs(times, other * 3).reasons == (Reason("repeats", 0.667, 0.6),)
    assert signs(times, [SKETCH, *other]).reasons == ()
    assert signs(times, [()] * 30).reasons == ()


def test_copies_of_others_and_the_rate_are_told() -> None:
    """They add to other reasons and reach the mark together, not alone."""
    rng = np.random.default_rng(2)
    many = np.sort(
        np.concatenate([made.START + day * 86_400 + rng.integers(30_000, 80_000, 150) for day in range(3)])
    )

    assert signs(many).reasons == (Reason("rate", 150.0, 0.4),)
    assert signs(many, copied=[True] * 450).reasons == (
        Reason("rate", 150.0, 0.4),
        Reason("copies", 1.0, 0.4),
    )
    assert signs(many, copied=[True] * 450).machine
    assert not signs(many).machine
    assert signs(many, copied=[True] * 14).reasons == signs(many).reasons


def test_people_are_not_taken_for_machines() -> None:
    """Of 120 made people, by day, by night, on shifts and in a newsroom, none posts like a machine."""
    rng = np.random.default_rng(11)
    kinds = [make for name, make in made.PEOPLE.items() if "plans" not in name]
    taken = [signs(make(rng, days=25, a_day=15)).machine for make in kinds for _ in range(20)]

    assert len(taken) == 120
    assert sum(taken) == 0


@pytest.mark.parametrize(
    "name", ["timer", "timer, give or take 10 %", "by the clock", "by the clock, by day", "feed passed on"]
)
def test_programs_on_a_timer_are_told(name: str) -> None:
    """Twenty made programs of a kind, all told."""
    rng = np.random.default_rng(12)

    assert sum(signs(made.PROGRAMS[name](rng, days=25, a_day=15)).machine for _ in range(20)) == 20


def test_every_reason_has_its_words() -> None:
    """People are told each reason in both languages."""
    assert [what for what in get_args(botlike.What) if not texts.known(f"noise.machine.{what}")] == []


@given(
    st.lists(st.integers(946_684_800, 4_000_000_000), max_size=60),
    st.lists(st.sampled_from([(), SKETCH, SKETCH[::-1]]), max_size=40),
    st.lists(st.booleans(), max_size=40),
)
def test_any_times_are_judged(times: list[int], sketches: list[tuple[int, ...]], copied: list[bool]) -> None:
    """The score is 0 to 1, nothing without reasons, and what the reasons leave over."""
    found = signs(times, sketches, copied)
    if len(times) < botlike.FEWEST:
        assert found == BotLike(None)
        return
    assert found.score is not None
    assert 0 <= found.score <= 1
    left = np.prod([1 - reason.weight for reason in found.reasons])
    assert found.score == pytest.approx(1 - left, abs=0.002)
    assert all(0 < reason.weight < 1 for reason in found.reasons)
    assert list(found.reasons) == sorted(found.reasons, key=lambda reason: -reason.weight)
