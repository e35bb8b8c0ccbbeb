"""The score card of moods is that of the reader and the data that are here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nlp import mood
from nlp.cards import mood as card
from nlp.scores import FOLDER
from nlp.tone import leanings
from nlp.training import moods

MADE: dict[str, Any] = json.loads((FOLDER / "mood.json").read_text(encoding="utf-8"))
FAR = 0.01
"""How far a figure may lie from the card's, as the reader of languages and signs gets better beneath it."""
AGAIN = "python -m nlp.scores mood --write > docs/scores-mood.md"


def test_card_is_of_this_reader() -> None:
    assert (MADE["reader"], MADE["cuts"]) == (mood.VERSION, [mood.BELOW, mood.ABOVE]), AGAIN


def test_card_is_of_this_data() -> None:
    assert {name: MADE["data"][name] for name in moods.FILES} == moods.hashes(), AGAIN
    for name in card.LABELLED:
        assert MADE["data"][f"labelled/{name}.tsv"] == card._digest(name), AGAIN


def assert_near(found: dict[str, Any], told: dict[str, Any]) -> None:
    assert found["lines"] == told["lines"]
    assert found["macro_recall"] == pytest.approx(told["macro_recall"], abs=FAR), AGAIN
    for one, other in zip(found["labels"], told["labels"], strict=True):
        assert one["name"] == other["name"]
        assert one["f"] == pytest.approx(other["f"], abs=FAR), AGAIN


@pytest.mark.parametrize("name", card.LABELLED)
@pytest.mark.parametrize("half", card.HALVES)
def test_figures_of_labelled_posts_are_reproduced(name: str, half: str) -> None:
    assert_near(card.labelled(name, half), MADE["labelled"][f"{name}, {half}"])


def test_figures_of_lists_are_reproduced() -> None:
    assert_near(card.lines(moods.xed_fa(), mood.read), MADE["sets"]["XED Persian"])
    found = card.lines(moods.vader(), mood.by_lists)
    assert_near(found, MADE["sets"]["tweets of VADER, lists alone"])


def test_table_is_that_of_the_card() -> None:
    written = (Path(__file__).parents[2] / "docs" / "scores-mood.md").read_text(encoding="utf-8")

    assert written == card.table(MADE), AGAIN


def test_moods_are_read_as_well_as_promised() -> None:
    """VADER's own macro recall on its tweets is 0.703 at its cuts; Persian is told as it is."""
    assert MADE["sets"]["tweets of VADER, words that lean learnt from XED"]["macro_recall"] >= 0.75
    assert MADE["labelled"]["fa, test"]["macro_recall"] >= 0.6


def test_words_that_lean_are_many_and_lean_little() -> None:
    lean = leanings()

    assert len(lean) > 1000
    assert all(abs(value) < 4 for value in lean.values())
    assert lean["sorry"] < 0 < lean["wonderful"]


def test_lines_have_moods_of_all_kinds() -> None:
    for lines, count in ((moods.vader(), 4200), (moods.xed_en(), 23195), (moods.xed_fa(), 548)):
        assert len(lines) == count
        assert {line.label for line in lines} == set(moods.LABELS)
