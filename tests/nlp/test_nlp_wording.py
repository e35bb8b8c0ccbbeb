"""Stop words, inflections, and how a phrase known by its folded words is written."""

from __future__ import annotations

import tomllib
from collections import Counter
from importlib.resources import files

import pytest

from nlp import stopwords
from nlp.fold import fold, tokens
from nlp.stems import heads, stems
from nlp.surface import commonest
from nlp.text import prepare

LISTS = tomllib.loads((files("nlp") / "data" / "stopwords.toml").read_text("utf-8"))


@pytest.mark.parametrize("language", LISTS)
def test_each_stop_word_stands_once_and_is_one_word(language: str) -> None:
    """Two spellings of one word would be one entry too many; two words would never be met in a text."""
    words = [word for group in LISTS[language].values() for word in group.split()]

    assert [word for word, count in Counter(map(fold, words)).items() if count > 1] == []
    assert [word for word in words if tokens(word) != [fold(word)]] == []


@pytest.mark.parametrize(
    ("language", "quiet", "telling"),
    [
        # she, plurals, is, that, I want, isn't it, goes; tea, mind, Tehran, good, price, day
        ("fa", "او می ها هایی است اینکه می‌خواهم نمیخوام میشه می‌شود كه هستند", "چای هوش تهران خوب قیمت روز"),
        ("en", "the of The is don t would and https", "tea recall good day price"),
        # in, this, which, was; peace, city, school
        ("ar", "في هذا التي كان", "السلام مدينة مدرسة"),
        # of, with, and, this; city, water, school
        ("ckb", "لە لەگەڵ و ئەم", "شار ئاو قوتابخانە"),
    ],
)
def test_stop_words_say_nothing_and_others_do(language: str, quiet: str, telling: str) -> None:
    """However they are spelt; words of content are no stop words."""
    known = stopwords.of(language)

    assert [word for word in quiet.split() if fold(word) not in known] == []
    assert [word for word in telling.split() if fold(word) in known] == []


def test_english_words_are_quiet_everywhere() -> None:
    """They stand in texts of every language; one without a list has these."""
    assert "the" in stopwords.of("fa")
    assert stopwords.of("tr") == stopwords.of("en")
    assert stopwords.languages() == ("ar", "ckb", "en", "fa")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("کتابها", ("کتاب",)),  # books: book
        ("خانهای", ("خان", "خانه")),  # a house, or of khans
        ("کتابخانه", ()),  # a library is no book
        ("بهترین", ()),  # best
        ("تنها", ()),  # alone
        ("میخواهم", ()),  # I want
        ("tea", ()),
    ],
)
def test_stems(word: str, found: tuple[str, ...]) -> None:
    """Plural, possessive and ezafe go; compounds, comparatives and verbs stay whole."""
    assert stems(word) == found


def test_inflections_meet_under_the_commonest() -> None:
    """The stem need not be used itself; an inflection that may come from two words is the commoner's."""
    counts = {
        "خانه": 4,
        "خانهای": 2,
        "خان": 1,
        "کتابها": 2,
        "کتابهای": 3,
        "باران": 9,
    }  # house, khan, book, rain

    assert heads(counts) == {
        "خانه": "خانه", "خانهای": "خانه", "کتابها": "کتابهای", "کتابهای": "کتابهای",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "words", "written"),
    [
        # I want tea: as most write it
        (["من می‌خواهم چای", "میخواهم", "می‌خواهم!"], ["میخواهم"], "می‌خواهم"),
        (["Iced Tea here", "iced tea", "iced tea"], ["iced", "tea"], "iced tea"),
        (["B ICED-TEA"], ["iced", "tea"], "ICED-TEA"),
        # artificial intelligence, in a hashtag and outside
        (["#هوش_مصنوعی", "#هوش_مصنوعی", "هوش مصنوعي"], ["هوش", "مصنوعی"], "هوش مصنوعي"),
        (["#هوش_مصنوعی"], ["هوش", "مصنوعی"], "هوش مصنوعی"),
        (["#BlackFriday sale"], ["black", "friday"], "Black Friday"),
        (["I like tea. Rasta sells"], ["tea", "rasta"], None),
        (["tea. Rasta", "tea Rasta", "tea Rasta"], ["tea", "rasta"], "tea Rasta"),
        (["tea\nRasta"], ["tea", "rasta"], None),
        # Where hashtags begin and end, a phrase does not go on.
        (["it leaks #tea"], ["leaks", "tea"], None),
        (["#leaks tea"], ["leaks", "tea"], None),
        (["#leaks #tea"], ["leaks", "tea"], None),
        (["nothing of it"], ["iced", "tea"], "iced tea"),
        ([], ["tea"], "tea"),
    ],
)
def test_phrases_as_they_are_written(texts: list[str], words: list[str], written: str | None) -> None:
    """The commonest writing, outside of hashtags first; none where mostly a sentence ends in it."""
    assert commonest(map(prepare, texts), words) == written
