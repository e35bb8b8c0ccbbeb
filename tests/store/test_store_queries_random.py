"""No text breaks the reading of queries: each is a request that the wall lets through, or is told about."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.errors import QueryError
from posts.query import parse
from posts.query_errors import SAID
from store import compile as compiling
from store.validate import prepared_query
from words import queries

PIECES = (
    "a", "tea", "چای", "می‌روم", "کتاب ها", "هوشمصنوعی", " ", " ", " ", "(", ")", '"', "«", "»", "“",
    "-", "!", "=", "#", "@", ":", "*", "?", "~", "~1", "~2", "|", "&", " OR ", " AND ", " NOT ", " یا ",
    " NEAR/3 ", " ONEAR/0 ", " نزدیک/۲ ", "NEAR", "lang:", "likes:", "likes:>", "10..50", "since:",
    "7d", "1405/08/10", "link:", "domain:", "author:", "tag:", "is:", "spelling:exact", "زبان:", "از:",
    "\u200f", "\u202b", "\u200c", "\ud800", "😀", "\x00", "\n", "ـ", "\u0301", "漢", "&&", "||", "..",
    ">", "k", "https://", "example.org/", "\\", "{", "}", "%", "é", "۷",
)  # fmt: skip
"""Tea, tea, I go, books, artificial intelligence ..., and all that means something in a query."""


def _read(text: str) -> QueryError | None:
    try:
        query = parse(text)
        prepared_query("posts", compiling.query(query))
        compiling.explain(query)
        assert all(queries.sentence(query, language) for language in ("en", "fa"))
    except QueryError as error:
        return error
    return None


def _check(text: str) -> None:
    """The text is read, or told about; its repair is read."""
    error = _read(text)
    if error is None:
        return
    assert 0 <= error.position <= max(len(text), 80)
    assert error.key in SAID
    assert all(queries.told(error, language) for language in ("en", "fa"))
    str(error).encode()
    if error.repair is not None:
        assert parse(error.repair).root is not None


def _try(seed: int, texts: int) -> None:
    rng = Random(seed)
    for _ in range(texts):
        _check("".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 25))))


@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_random_texts_are_read_or_told(seed: int) -> None:
    """Ten times a hundred texts of signs that mean something, in any order."""
    _try(seed, 100)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1_000, 1_020))
def test_twenty_thousand_random_texts_are_read_or_told(seed: int) -> None:
    """Twenty times a thousand of them."""
    _try(seed, 1_000)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=20).map("".join))
def test_every_text_is_read_or_told(text: str) -> None:
    """The same for what Hypothesis comes up with."""
    _check(text)


@given(st.text(st.characters(), max_size=60))
def test_every_letter_is_read_or_told(text: str) -> None:
    """The same for all of Unicode, halves of letters included."""
    _check(text)
