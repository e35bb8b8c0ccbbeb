"""What is found in single texts, by tables: tests/nlp/cases."""

from __future__ import annotations

import itertools
import tomllib
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp import cashtags, fold, hashtags, links, mentions
from nlp.signs import scan

CASES = Path(__file__).parent / "cases"


def read(name: str) -> dict[str, Any]:
    return tomllib.loads((CASES / f"{name}.toml").read_text(encoding="utf-8"))


def cases(name: str) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in read(name)["case"]]


# Letters, marks and signs of the scripts that are read most, and everything else now and then.
WRITTEN = st.text(
    alphabet=st.one_of(
        st.sampled_from("اآأإٱبپتثجچكکگلمنوهةۀھہەيیىئؤءٹڈێۆ۱۲٣٤abcXYZİıßéñ#＃@＠$_.·/:-‌‍‏⁦ـًٌَُِّٓٔ 0189\n"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=40,
)


@pytest.mark.parametrize("case", cases("hashtags"))
def test_hashtags_are_found(case: dict[str, Any]) -> None:
    """The hashtags of a text are those of the table, and each stands where it says."""
    found = hashtags.find(case["text"])

    assert case["expected"] == [tag.text for tag in found]
    assert [case["text"][tag.start + 1 : tag.end] for tag in found] == [tag.text for tag in found]


@pytest.mark.parametrize("case", cases("mentions"))
def test_mentions_are_found(case: dict[str, Any]) -> None:
    """The mentions of a text are those of the table, and each stands where it says."""
    found = mentions.find(case["text"], federated=case.get("federated", False))

    assert case["expected"] == [tag.text for tag in found]
    assert [case["text"][tag.start + 1 : tag.end] for tag in found] == [tag.text for tag in found]


@pytest.mark.parametrize("case", cases("cashtags"))
def test_cashtags_are_found(case: dict[str, Any]) -> None:
    """The cashtags of a text are those of the table."""
    assert case["expected"] == [tag.text for tag in cashtags.find(case["text"])]


@pytest.mark.parametrize("case", cases("links"))
def test_links_are_found(case: dict[str, Any]) -> None:
    """The links of a text are those of the table, and each stands where it says."""
    found = links.find(case["text"])

    assert case["expected"] == [link.text for link in found]
    assert [case["text"][link.start : link.end] for link in found] == [link.text for link in found]


@pytest.mark.parametrize("case", cases("tokens"))
def test_tokens_are_the_folded_words(case: dict[str, Any]) -> None:
    """The words of a text are those of the table."""
    assert case["expected"] == fold.tokens(case["text"])


@pytest.mark.parametrize("family", read("keys")["family"], ids=lambda family: family["key"])
def test_spellings_share_a_key(family: dict[str, Any]) -> None:
    """All spellings of a family have its key."""
    assert [family["key"]] * len(family["spellings"]) == [hashtags.key(s) for s in family["spellings"]]


@pytest.mark.parametrize(("one", "other"), read("keys")["apart"])
def test_other_words_keep_their_own_key(one: str, other: str) -> None:
    """Words that are not the same word have different keys."""
    assert hashtags.key(one) != hashtags.key(other)


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        pytest.param("#هوش_مصنوعی", ["هوش", "مصنوعی"], id="underscore"),
        pytest.param("هوش\u200cمصنوعی", ["هوش", "مصنوعی"], id="half-space"),
        pytest.param("#BlackFriday", ["black", "friday", "blackfriday"], id="capitals"),
        pytest.param("#Black_FridaySale", ["black", "friday", "sale", "fridaysale"], id="both"),
        pytest.param("#GPT4", ["gpt4"], id="digits"),
    ],
)
def test_words_of_a_tag(tag: str, expected: list[str]) -> None:
    """A tag parts at underscores, half-spaces and capitals."""
    assert expected == hashtags.words(tag)


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://www.Example.COM:8080/a?b#c", "example.com"),
        ("example.org/a", "example.org"),
        ("http://sara:secret@example.org/", "example.org"),
        ("http://xn--mgba3a4f16a.xn--mgba3a4f16a/", "ایران.ایران"),
        ("//cdn.example.org", "cdn.example.org"),
        ("http://[2001:db8::1]/a", "[2001:db8::1]"),
        ("", ""),
    ],
)
def test_domain_of_an_address(url: str, domain: str) -> None:
    """The domain is the host without www and port, in Unicode."""
    assert domain == links.domain(url)


def test_spellings_of_an_address_share_a_key() -> None:
    """Scheme, www, tracking, fragment and the last slash do not make another address."""
    written = (
        "https://www.example.org/a/?utm_source=x&id=4#top",
        "http://example.org/a?id=4",
        "EXAMPLE.org/a?id=4&fbclid=z",
    )

    assert {"example.org/a?id=4"} == {links.key(url) for url in written}


def test_normal_forms() -> None:
    """A mention's normal form is in lower case, a cashtag's in capitals."""
    assert mentions.find("@SaraK")[0].normal == "sarak"
    assert cashtags.find("$tsla")[0].normal == "TSLA"


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("كتاب عليّ", "کتاب علی"),
        ("مي\u200cروم", "میروم"),
        ("ســلام", "سلام"),
        ("۱۲۳ ٤٥٦ ７８９ ४५", "123 456 789 45"),
        ("ＡＢＣ Straße", "abc strasse"),
        ("\u202bسلام\u202c\u200f", "سلام"),
        ("خانۀ خانهٔ خانة", "خانه خانه خانه"),
        ("مسؤول أحمد إيران", "مسوول احمد ایران"),
        ("آزادی", "آزادی"),
        ("ﻛﺘﺎﺏ ﻻ", "کتاب لا"),
        ("İSTANBUL", "istanbul"),
    ],
)
def test_fold_table(written: str, folded: str) -> None:
    """Each spelling folds to the one beside it."""
    assert folded == fold.fold(written)


@settings(deadline=None)
@given(WRITTEN)
def test_fold_is_idempotent(text: str) -> None:
    """Folding a folded text changes nothing."""
    folded = fold.fold(text)

    assert folded == fold.fold(folded)


@settings(deadline=None)
@given(WRITTEN)
@example("\r#")
@example("_#a")
def test_key_is_idempotent_and_blind_to_composition(text: str) -> None:
    """The key of a key is itself, and composed and decomposed spellings share it."""
    key = hashtags.key(text)

    assert key == hashtags.key(key)
    assert key == hashtags.key(unicodedata.normalize("NFC", text))


@settings(deadline=None)
@given(WRITTEN)
def test_tokens_hold_nothing_but_folded_words(text: str) -> None:
    """Every token is folded, not empty and without white space, and reading them again finds the same."""
    found = fold.tokens(text)

    assert found == [fold.fold(word) for word in found]
    assert all(word and not any(map(str.isspace, word)) for word in found)


@settings(deadline=None)
@given(WRITTEN)
def test_signs_never_overlap(text: str) -> None:
    """Signs come in order, none reaching into the next, all inside the text."""
    spans = [(start, end) for _, start, end in scan(text)]

    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))


PROMPT: list[Callable[[str], object]] = [hashtags.find, links.find, mentions.find, fold.tokens]


@pytest.mark.parametrize("reader", PROMPT)
@pytest.mark.parametrize(
    "text",
    [
        "#" * 50_000,
        "@a" * 30_000,
        "a." * 50_000,
        "http://a.com/" + "(" * 30_000,
        "$" * 50_000,
        "#" + "1" * 50_000,
    ],
    ids=["signs", "ats", "dots", "parentheses", "dollars", "digits"],
)
@pytest.mark.timeout(20)
def test_hostile_texts_take_no_long_time(reader: Callable[[str], object], text: str) -> None:
    """Texts made to be slow are read in time that grows with their length only."""
    reader(text)
