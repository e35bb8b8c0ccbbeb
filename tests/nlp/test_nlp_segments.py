"""Tags parted into their words: tests/nlp/cases/segments.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.cuts import LONGEST, cut, sure
from nlp.fold import fold, tokens
from nlp.hashtags import words
from nlp.segment import segment

TABLE = tomllib.loads((Path(__file__).parent / "cases" / "segments.toml").read_text("utf-8"))
PERSIAN = [tuple(tag.split("|")) for tag in TABLE["fa"].split()]
ENGLISH = [tuple(tag.split("|")) for tag in TABLE["en"].split()]
WHOLE = [*TABLE["fa_whole"].split(), *TABLE["en_whole"].split()]


def test_the_list_is_long_enough() -> None:
    """At least 150 Persian tags, each once."""
    assert len(set(PERSIAN)) == len(PERSIAN) >= 150


@pytest.mark.parametrize(("tags", "least"), [(PERSIAN, 0.93), (ENGLISH, 0.85)], ids=["fa", "en"])
def test_joined_tags_are_parted(tags: list[tuple[str, ...]], least: float) -> None:
    """Words written together are found again, in most tags all of them."""
    right = [tag for tag in tags if segment("".join(tag)) == tag]

    assert len(right) / len(tags) >= least


@pytest.mark.parametrize("tags", [PERSIAN, ENGLISH], ids=["fa", "en"])
def test_what_is_indexed_beside_a_tag_is_right(tags: list[tuple[str, ...]]) -> None:
    """Of the words that parting adds to the index hardly one in fifty is wrong."""
    added = [(word, tag) for tag in tags for word in sure("".join(tag))]

    assert len(added) > len(tags) / 2
    assert sum(word in tag for word, tag in added) / len(added) >= 0.94


def test_single_words_stay_whole() -> None:
    """Nothing is added to the index for a word that only looks like several."""
    assert [word for word in WHOLE if sure(word)] == []
    assert sum(segment(word) == (word,) for word in WHOLE) / len(WHOLE) >= 0.9


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("#هوش_مصنوعی_ایران", ("هوش", "مصنوعی", "ایران")),  # artificial intelligence, Iran
        ("هوش\u200cمصنوعی", ("هوش", "مصنوعی")),
        ("#BlackFridayDeals", ("black", "friday", "deals")),
        ("#blackfridaydeals", ("black", "friday", "deals")),
        ("#خبرفوری", ("خبر", "فوری")),  # breaking news
        ("#انتخابات۱۴۰۴", ("انتخابات", "1404")),  # elections of 1404
        ("#COVID19", ("covid", "19")),
        ("#GPT4", ("gpt4",)),
        ("#NASA", ("nasa",)),
        ("#日本語", ("日本語",)),
        ("#", ()),
    ],
)
def test_tags_are_parted_at_what_tells(tag: str, expected: tuple[str, ...]) -> None:
    """Underscore, half-space, capitals, numbers, and known words that meet."""
    assert expected == segment(tag)


def test_a_word_inside_a_tag_is_found() -> None:
    """What a tag in small letters is indexed by: its words, then the whole."""
    assert words("#blackfridaydeals") == ["black", "friday", "deals", "blackfridaydeals"]
    # sports news, important
    assert tokens("#اخبارورزشی مهم") == ["اخبار", "ورزشی", "اخبارورزشی", "مهم"]


def test_words_of_a_text_are_not_parted() -> None:
    """Only tags are written together on purpose."""
    assert tokens("blackfridaydeals") == ["blackfridaydeals"]


@given(st.text(alphabet="abegilnorstywاآبرتسشکلمنوهی", max_size=LONGEST + 5))
def test_a_cut_loses_no_letter(word: str) -> None:
    """The words put together are the word."""
    folded = fold(word)

    assert "".join(cut(folded).words) == folded
    assert "".join(sure(folded)) in ("", folded)
