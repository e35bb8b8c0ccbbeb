"""Digits and numbers in both languages."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.bidi import isolate, isolate_auto, isolate_left, stripped
from words.digits import compact, latin, number, percent, persian


def test_digits_change_and_nothing_else() -> None:
    """Latin and Arabic digits become Persian, all become Latin, letters stay."""
    assert persian("AI 2026 ٣") == "AI ۲۰۲۶ ۳"
    assert latin("۱٬۲۳۴٫۵٪ و ٦") == "1,234.5% و 6"


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_a_persian_number_is_the_english_one_in_other_signs(value: int) -> None:
    """Read back, the Persian number is the same."""
    read = latin(number(value, "fa")).replace("\u200e", "").replace(",", "").replace("\u2212", "-")
    assert int(read) == value


@pytest.mark.parametrize(
    ("value", "decimals", "english", "farsi"),
    [
        (0, 0, "0", "۰"),
        (12345.678, 1, "12,345.7", "۱۲٬۳۴۵٫۷"),
        (-5, 0, "\u22125", "\u200e\u2212۵"),
        (-0.001, 1, "0.0", "۰٫۰"),
        (None, 0, "–", "–"),
        (math.nan, 2, "–", "–"),
    ],
)
def test_numbers(value: float | None, decimals: int, english: str, farsi: str) -> None:
    """Separators, the minus sign before its number in both directions, a dash for what is unknown."""
    assert number(value, "en", decimals) == english
    assert number(value, "fa", decimals) == farsi


def test_signs_and_percent() -> None:
    """A change has its sign, a share is shown in hundredths."""
    assert percent(0.125, "en", 1) == "12.5%"
    assert percent(0.5, "fa") == "۵۰٪"
    assert percent(0.5, "en", signed=True) == "+50%"
    assert percent(0, "en", signed=True) == "0%"
    assert percent(None, "fa") == "–"


@pytest.mark.parametrize(
    ("value", "english", "farsi"),
    [
        (999, "999", "۹۹۹"),
        (1000, "1K", "۱ هزار"),
        (12345, "12.3K", "۱۲٫۳ هزار"),
        (999_499, "999K", "۹۹۹ هزار"),
        (999_500, "1M", "۱ میلیون"),
        (1_250_000, "1.2M", "۱٫۲ میلیون"),
        (2 * 10**9, "2B", "۲ میلیارد"),
        (-1500, "\u22121.5K", "\u200e\u2212۱٫۵ هزار"),
        (0.5, "0.5", "۰٫۵"),
        (None, "–", "–"),
    ],
)
def test_compact_numbers(value: float | None, english: str, farsi: str) -> None:
    """Large numbers are short, and never four digits long before their unit."""
    assert compact(value, "en") == english
    assert compact(value, "fa") == farsi


def test_isolates_come_in_pairs_and_come_off() -> None:
    """What is isolated begins and ends with its marks, and is itself without them."""
    for wrap, mark in ((isolate, "\u2067"), (isolate_left, "\u2066"), (isolate_auto, "\u2068")):
        assert wrap("۲۴ آبان") == f"{mark}۲۴ آبان\u2069"
        assert stripped(wrap("x\u202e")) == "x"
