"""Persian names in Latin letters: tests/nlp/cases/finglish.toml."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from nlp import lexicon
from nlp.finglish import MOST_SPELLINGS, Finder, Place, pattern, same, seen, spellings

NAMES: dict[str, list[str]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "finglish.toml").read_text(encoding="utf-8")
)["names"]
PAIRS = [(name, latin) for name, found in NAMES.items() for latin in found]


def test_the_list_is_long_enough() -> None:
    """At least 60 names in at least 150 spellings."""
    assert len(NAMES) >= 60
    assert len(set(PAIRS)) == len(PAIRS) >= 150


def test_names_are_recognised() -> None:
    """Nearly every spelling is taken for its name, in whichever order the two are given."""
    right = [(name, latin) for name, latin in PAIRS if same(name, latin) and same(latin, name)]

    assert len(right) / len(PAIRS) >= 0.97


def test_no_name_is_taken_for_another() -> None:
    """The spellings of one name are not those of another."""
    assert [
        (name, latin) for name in NAMES for other, latin in PAIRS if name != other and same(name, latin)
    ] == []


def test_english_words_are_no_names() -> None:
    """Of a fifth of all English words hardly one is taken for a name."""
    known = {latin.lower() for _, latin in PAIRS}
    words = [word for word in lexicon.of("en").words if len(word) > 3 and word not in known][::5]
    wrong = {word for name in NAMES for word in words if same(name, word)}

    assert len(words) > 4_000
    assert len(wrong) <= 8


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("خودرو", "khodro", True),  # car
        ("خودرو", "xodrow", True),
        ("خودرو", "khord", False),
        ("ایران خودرو", "#IranKhodro", True),  # a car maker
        ("ایران\u200cخودرو", "iran-khodro", True),
        ("khodro", "khodro", False),
        ("خودرو", "خودرو", False),
        ("نه", "na", False),  # no: too short
        ("", "", False),
    ],
)
def test_two_spellings_are_one_name(one: str, other: str, expected: bool) -> None:
    """One is Persian, the other Latin, and long enough to tell."""
    assert expected == same(one, other)


def test_spellings_to_be_expected() -> None:
    """They are what is recognised, the common ones among them, and not too many."""
    found = {name: spellings(name) for name in NAMES}

    assert all(len(made) <= MOST_SPELLINGS and len(set(made)) == len(made) for made in found.values())
    assert [latin for name, made in found.items() for latin in made if not same(name, latin)] == []
    hits = [latin for name, latin in PAIRS if re.sub("[^a-z]", "", latin.lower()) in found[name]]
    assert len(hits) / len(PAIRS) >= 0.4
    assert "khodro" in spellings("خودرو")  # car


def test_aliases_seen_in_texts() -> None:
    """Words that may be the name are picked out in order."""
    assert seen("دیجی\u200cکالا", ["digital", "Digikala", "kala", "dijikala"]) == (
        "Digikala",
        "dijikala",
    )  # a shop


def test_only_persian_names_have_a_pattern() -> None:
    """A Latin or mixed name has none."""
    assert pattern("Samsung") is None
    assert pattern("گلکسی S24") is None  # Galaxy


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("man iran khodrow kharidam", [Place("ایران خودرو", 1, 3)]),
        ("irankhodro gerun shod", [Place("ایران خودرو", 0, 1)]),
        ("tapsi ya esnap", [Place("تپسی", 0, 1), Place("اسنپ", 2, 3)]),
        ("snap a photo", []),  # an English word
        ("iran is a country", []),
        ("خودرو ایران", []),
        ("", []),
    ],
)
def test_names_are_found_among_words(words: str, expected: list[Place]) -> None:
    """In as many words as the name has or in fewer; English words are no names."""
    finder = Finder(["ایران خودرو", "تپسی", "اسنپ", "نه", "Samsung"])  # a car maker, two taxis, no

    assert expected == finder.find(words.split())
