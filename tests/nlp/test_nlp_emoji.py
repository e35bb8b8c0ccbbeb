"""Emoji by UTS #51, against the properties of every character and against sequences of our own."""

from __future__ import annotations

import sys

import pytest
import regex

from nlp import emoji

EVERY = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code < 0xE000]
_FLAG_LETTERS = {chr(code) for code in range(0x1F1E6, 0x1F200)}


def _with(name: str) -> list[str]:
    known = regex.compile(rf"\p{{{name}}}")
    return [sign for sign in EVERY if known.match(sign)]


def _found(text: str) -> list[str]:
    found = emoji.find(text)
    assert [text[tag.start : tag.end] for tag in found] == [tag.text for tag in found]
    return [tag.text for tag in found]


def test_every_picture_is_found_alone() -> None:
    """What is shown as a picture by default is an emoji; the letters of flags are so in pairs only."""
    pictures = [sign for sign in _with("Emoji_Presentation") if sign not in _FLAG_LETTERS]

    assert len(pictures) > 1_100
    assert [sign for sign in pictures if _found(f"آ{sign}b") != [sign]] == []
    assert [sign for sign in _FLAG_LETTERS if _found(sign)] == []


def test_selectors_choose_between_letter_and_picture() -> None:
    """Any emoji with the picture selector is one, selector included; with the letter selector none is."""
    signs = [sign for sign in _with("Emoji") if not sign.isascii() and sign not in _FLAG_LETTERS]

    assert [sign for sign in signs if _found(f"{sign}\ufe0f") != [f"{sign}\ufe0f"]] == []
    assert [sign for sign in signs if _found(f"{sign}\ufe0e")] == []


def test_every_colour_of_skin_belongs_to_its_emoji() -> None:
    """A modifier behind a base is part of it, and the normal form is without it."""
    bases = _with("Emoji_Modifier_Base")

    assert len(bases) > 100
    assert [base for base in bases if _found(f"{base}\U0001f3fd") != [f"{base}\U0001f3fd"]] == []
    assert {emoji.find(f"{base}\U0001f3fd")[0].normal == base for base in bases} == {True}


def test_letters_and_digits_are_no_emoji() -> None:
    """Signs without the property are none; digits and signs of the keyboard are so only with a keycap."""
    others = "".join(set(EVERY) - set(_with("Emoji")) - set(_with("Emoji_Component")))

    assert _found(others) == []
    assert _found("0123456789#*") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("1\ufe0f\u20e3 #\u20e3 ۱\u20e3", ["1\ufe0f\u20e3", "#\u20e3"], id="keycaps"),
        pytest.param("🇮🇷🇦🇫 🇮", ["🇮🇷", "🇦🇫"], id="flags"),
        pytest.param("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", 1, id="flag-of-tags"),
        pytest.param("🏴\u200d☠\ufe0f 🏳\ufe0f\u200d🌈", 2, id="joined-flags"),
        pytest.param("👨🏽\u200d🚀 👩\u200d❤\ufe0f\u200d💋\u200d👨", 2, id="joined-people"),
        pytest.param("🧑🏻\u200d🤝\u200d🧑🏿", 1, id="two-colours"),
        pytest.param("⛹🏿\u200d♀\ufe0f ⛹\u200d♀", 2, id="joined-without-selector"),
        pytest.param("👁\u200d🗨 😶\u200d🌫\ufe0f 🐦\u200d⬛", 3, id="joined-things"),
        pytest.param("❤ ☺ ♥ ☹ ❤\ufe0f\u200d🔥", 5, id="hearts-and-faces-without-selector"),
        pytest.param("© ® ™ ☎ ✓ ↔", [], id="letters-by-default"),
        pytest.param("😂😂😂", ["😂"] * 3, id="repeated"),
        pytest.param("می\u200cرود❤\ufe0fعشق", ["❤\ufe0f"], id="between-persian-letters"),
        pytest.param("", [], id="empty"),
    ],
)
def test_sequences(text: str, expected: list[str] | int) -> None:
    """A sequence that is shown as one picture is one emoji."""
    assert expected in (_found(text), len(_found(text)))


def test_normal_form_joins_looks() -> None:
    """Colour of skin and selectors make no other emoji."""
    assert {tag.normal for tag in emoji.find("👍👍🏻👍🏿👍\ufe0f")} == {"👍"}
