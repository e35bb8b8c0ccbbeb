"""Repair of texts on the way in."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.clean import CUT_MARK, MAX_TEXT, clean, clean_name, clean_text, is_cut, shorten
from posts.post import Author, Mentioned, Metrics, Post, encode

AT = datetime(2026, 11, 1, tzinfo=UTC)


def build_post(**parts) -> Post:
    return Post(id="x:h:1", platform="x", kind="text", source="s", created_at=AT, collected_at=AT, **parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("سلام\u200cدنیا\tو\nجهان", "سلام\u200cدنیا\tو\nجهان", id="half-space and newline stay"),
        pytest.param("a\ud83d\ude00b", "a\U0001f600b", id="halves of a pair are joined"),
        pytest.param("a\ud83db", "a\ufffdb", id="a lone half is marked"),
        pytest.param("a\x00b\x1b[31m\x7f\x9f", "ab[31m", id="controls go"),
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="one kind of line break"),
        pytest.param("\u202eabc\u2069", "\u202eabc\u2069", id="direction marks of a text stay"),
    ],
)
def test_text_is_repaired_and_otherwise_as_written(text: str, expected: str) -> None:
    """Controls and broken surrogates are repaired, everything else stays."""
    assert clean_text(text) == expected


def test_name_loses_marks_that_turn_the_page() -> None:
    """A name with an override would reorder what stands after it."""
    assert clean_name("\u202eevil\u2066 name") == "evil name"


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    """A repaired text can be written as UTF-8 and needs no second repair."""
    once = clean_text(text)

    assert clean_text(once) == once
    once.encode()


def test_every_text_of_a_post_is_reached() -> None:
    """Author, mentioned, tags and title are repaired like the text."""
    post = build_post(
        text="a\x00",
        title="t\ud800",
        hashtags=("x\u202e",),
        author=Author(key="x:h:a\x00", name="\u202eN", followers=-3),
        mentioned=(Mentioned(key="x:h:b\x01", handle="b\x01"),),
        metrics=Metrics(likes=1, reactions={"\x00+": 2, "-": -1}),
    )

    cleaned = clean(post)

    assert cleaned == build_post(
        text="a",
        title="t\ufffd",
        hashtags=("x",),
        author=Author(key="x:h:a", name="N"),
        mentioned=(Mentioned(key="x:h:b", handle="b"),),
        metrics=Metrics(likes=1, reactions={"+": 2}),
    )
    encode(cleaned)


def test_a_text_of_a_book_is_cut_with_a_mark() -> None:
    """More than 100,000 characters are cut, and the post can tell."""
    cut = shorten(build_post(text="م" * (MAX_TEXT + 1)))

    assert len(cut.text) == MAX_TEXT
    assert cut.text.endswith(CUT_MARK)
    assert is_cut(cut)
    assert not is_cut(shorten(build_post(text="م" * MAX_TEXT)))
