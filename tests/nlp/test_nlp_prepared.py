"""A text made ready for its readers: its words stand where they say, whichever engine found them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import text as prepared
from nlp.fold import fold, tokens
from nlp.text import Word, prepare

WRITTEN = st.text(
    alphabet=st.one_of(
        st.sampled_from("اآأبپتيیكکگهةۀئ۱۲abcXYZİé#＃@_$.:/-‌‍‏⁦ـًَُٔ ½Ⅳ²ⓐ日本あ한हि0\n😂❤️"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(WRITTEN)
def test_words_are_folded_and_stand_where_they_say(written: str) -> None:
    """Each word is the folded form of its place; words come in order and never overlap."""
    words = prepare(written, "fa").words

    assert [fold(written[word.start : word.end]) for word in words] == [word.folded for word in words]
    assert all(0 <= word.start < word.end <= len(written) for word in words)
    assert all(one.end <= two.start for one, two in itertools.pairwise(words))


@settings(deadline=None)
@given(WRITTEN)
def test_the_quick_engine_finds_the_same_words(written: str) -> None:
    """Where a text is taken for easy, the thorough engine finds just these words."""
    if prepared._HARD.search(written):
        return
    quick, thorough = (
        [(fold(found[0]), found.start(), found.end()) for found in engine.finditer(written) if fold(found[0])]
        for engine in (prepared._EASY_WORD, prepared._WORD)
    )

    assert quick == thorough


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("می‌خواهم #هوش_مصنوعی", [("میخواهم", 0, 8, False), ("هوش", 10, 13, True), ("مصنوعی", 14, 20, True)]),
        ("#blackfriday now", [("black", 1, 6, True), ("friday", 6, 12, True), ("now", 13, 16, False)]),
        ("#BlackFriday", [("black", 1, 6, True), ("friday", 6, 12, True)]),
        ("#اخبارورزشی", [("اخبار", 1, 6, True), ("ورزشی", 6, 11, True)]),  # sports news
        ("#اَخبارورزشی", [("اخبارورزشی", 1, 12, True)]),  # with a vowel sign: places cannot be told
        ("@sara https://example.com/a ok", [("ok", 28, 30, False)]),
    ],
)
def test_words_of_tags_are_told_one_by_one(written: str, expected: list[tuple[str, int, int, bool]]) -> None:
    """Parted at underscores, capitals, and where known words meet; names and addresses have none."""
    assert [Word(*word) for word in expected] == list(prepare(written, "fa").words)


@pytest.mark.parametrize("written", ["سلام دنیا", "می‌روم خانه", "go home now", "۱۲۳ تومان"])
def test_words_are_those_that_are_indexed(written: str) -> None:
    """Without tags, readers see the words that searches see."""
    assert [word.folded for word in prepare(written).words] == tokens(written)
