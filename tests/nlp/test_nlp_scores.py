"""The score cards: exact figures by hand, and that the card in the repository is that of this reader."""

from __future__ import annotations

import json

import pytest

from nlp import scores
from nlp.cards import intents
from nlp.cards.measure import classes, macro
from nlp.training.aims import KINDS

FAR = 0.03
"""How far a mean F may lie from the one on the card before the card has to be made again."""


def test_precision_recall_and_f_are_counted_by_class() -> None:
    """Two of three found are right, two of four were found: P .667, R .5, F .571."""
    wanted = [{"a"}, {"a"}, {"a", "b"}, {"a"}, {"b"}, set()]
    found = [{"a"}, {"a"}, {"b"}, set(), {"a", "b"}, set()]

    a, b = classes(wanted, found, ("a", "b", "c"))

    assert (a.name, a.precision, a.recall, a.f, a.support) == ("a", 0.667, 0.5, 0.571, 4)
    assert (b.precision, b.recall, b.f, b.low, b.support) == (1.0, 1.0, 1.0, 0.0, 2)
    assert a.low < a.f < a.high
    assert macro([a, b]) == round((0.571 + 1.0) / 2, 3)


def test_classes_that_are_only_found_count_against_precision_alone() -> None:
    """A class that nobody wanted has no recall and no part in the mean."""
    (only,) = classes([set(), set()], [{"a"}, set()], ("a",))

    assert (only.precision, only.recall, only.f, only.support) == (0.0, 0.0, 0.0, 0)
    assert macro([only]) == 0.0


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Four in five right in 200 posts: the interval is about the binomial one, and the same again."""
    wanted = [{"a"}] * 160 + [set()] * 40
    found: list[set[str]] = [{"a"}] * 200

    (one,) = classes(wanted, found, ("a",))

    assert one.f == round(2 * 160 / 360, 3)
    assert (one.low, one.high) == (pytest.approx(0.855, abs=0.01), pytest.approx(0.919, abs=0.01))
    assert classes(wanted, found, ("a",)) == [one]


def test_the_card_is_that_of_this_reader(capsys: pytest.CaptureFixture[str]) -> None:
    """What is written in nlp/cards is what the reader gives, and better than both baselines everywhere."""
    written = json.loads((scores.FOLDER / "intents.json").read_text(encoding="utf-8"))
    now = intents.card()

    assert [(part["set"], part["half"]) for part in written["parts"]] == [
        ("fa", "dev"), ("fa", "test"), ("en", "dev"), ("en", "test"),
        ("en, own", "dev"), ("en, own", "test"), ("tweets", "test"),
    ]  # fmt: skip
    for kept, made in zip(written["parts"], now["parts"], strict=True):
        means = made["macro_f"]
        for kind in KINDS:
            assert kept["macro_f"]["rules"][kind] == pytest.approx(means["rules"][kind], abs=FAR), (
                "make the card again: python -m nlp.scores intents --write"
            )
            assert means["rules"][kind] > max(
                means[name][kind] for name in ("question mark only", "majority")
            )
    assert scores.main(["intents"]) == 0
    assert capsys.readouterr().out.startswith("### fa, dev: ")


def test_an_unknown_card_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is no card ends with the list of those there are."""
    with pytest.raises(SystemExit) as ended:
        scores.main(["nonsense"])

    assert ended.value.code == 2
    assert "intents" in capsys.readouterr().err
