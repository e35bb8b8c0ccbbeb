"""Patterns, misspellings and words near each other mean the same in both engines and in plain Python."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import product
from random import Random
from typing import Any

import pytest

from posts.errors import UnsupportedQuery
from store import spans
from store.protocol import Document, Store
from store.validate import prepared_query

LETTERS = "abc" + "سلم"  # three letters of each script
SHORT = ["".join(letters) for length in (1, 2, 3) for letters in product("abس", repeat=length)]
TRICKY = ["c.t", "cat", "a+b", "a*b", "axb", "😀x", "x😀", "\\d", "1", "[a]", "a", "کتاب", "کتابها", "كتاب"]
SEED = 11


def _texts() -> list[str]:
    rng = Random(SEED)
    made = ["".join(rng.choice(LETTERS) for _ in range(rng.randrange(3, 8))) for _ in range(400)]
    near = [" ".join(rng.choice("abcd") for _ in range(rng.randrange(1, 9))) for _ in range(500)]
    return [*made, *SHORT, *TRICKY, *near]


def _document(i: int, text: str) -> Document:
    tag = text.split()[0]
    return {
        "id": f"w{i:04d}", "n": i, "platform": "x", "kind": "text", "source": ["s"], "language": "en",
        "created_at": "2026-11-20T00:00:00Z", "collected_at": "2026-11-20T00:00:00Z", "hour": 0,
        "text": text, "hashtags": [tag], "post": "{}",
    }  # fmt: skip


DOCUMENTS = [_document(i, text) for i, text in enumerate(_texts())]


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def words(request: pytest.FixtureRequest, open_engine: Callable[[str], Store]) -> Store:
    """The texts in each engine."""
    opened = open_engine(request.param)
    opened.write("posts", DOCUMENTS)
    return opened


def _found(store: Store, query: dict[str, Any]) -> set[str]:
    return {document["id"] for document in store.scan("posts", query, ["id"])}


def _expected(accepts: Any, *, field: str = "text") -> set[str]:
    """The documents one of whose words is accepted."""
    return {
        document["id"]
        for document in DOCUMENTS
        if any(accepts(word) for word in (document["text"].split() if field == "text" else document[field]))
    }


def _distance(one: str, other: str) -> int:
    """How many letters to add, leave out, change or swap with their neighbour (each place once)."""
    table = [[i + j if i * j == 0 else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


PATTERNS = [
    "a*", "ab*", "*ab", "a?b", "?b?", "a*b*", "س*", "س?م", "*س*م", "c.t", "c?t", "a+b", "a\\*b", "😀?", "?😀",
    "?x", "\\\\d", "[a]", "کتاب*", "کتاب??", "abc?*", "*a*b*c*", "????????", "a??????b", "*a???",
]  # fmt: skip


@pytest.mark.parametrize("field", ["text", "hashtags"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_find_whole_words(words: Store, pattern: str, field: str) -> None:
    """``*`` is any letters, ``?`` is one; every other sign is itself."""
    signs = re.findall(r"\\?.", pattern)
    regex = "".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign[-1]) for sign in signs)
    expected = _expected(lambda word: re.fullmatch(regex, word) is not None, field=field)

    assert _found(words, {"wildcard": {field: {"value": pattern}}}) == expected


@pytest.mark.parametrize("field", ["text", "hashtags"])
@pytest.mark.parametrize("begin", ["a", "ab", "سل", "کتاب", "c.", "[", "😀", "a*", "\\", "none"])
def test_prefixes_find_beginnings(words: Store, begin: str, field: str) -> None:
    """No sign of a beginning has a meaning of its own."""
    expected = _expected(lambda word: word.startswith(begin), field=field)

    assert _found(words, {"prefix": {field: {"value": begin}}}) == expected


@pytest.mark.parametrize("edits", [1, 2])
@pytest.mark.parametrize(
    "word", ["abc", "abca", "acbsل", "سلم", "سلام", "abcab", "کتاب", "کتابها", "لمس", "bcabc"]
)
def test_misspellings_are_found_by_their_distance(words: Store, word: str, edits: int) -> None:
    """All words at most so far away are found, also where they are more than the fifty of the default."""
    expected = _expected(lambda other: _distance(word, other) <= edits)

    assert _found(words, {"fuzzy": {"text": {"value": word, "fuzziness": edits}}}) == expected


def _near(first: list[str], second: list[str], between: int) -> set[str]:
    def accepts(text: list[str]) -> bool:
        runs = [(run.split(), other.split()) for run in first for other in second]
        return any(
            text[i : i + len(a)] == a and text[j : j + len(b)] == b
            for a, b in runs
            for i in range(len(text))
            for j in range(i + len(a), min(i + len(a) + between, len(text)) + 1)
        )

    return {document["id"] for document in DOCUMENTS if accepts(document["text"].split())}


@pytest.mark.parametrize("between", [0, 1, 3, 7])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (["a"], ["b"]), (["a"], ["a"]), (["a b"], ["b"]), (["a b"], ["b a"]), (["a", "b c"], ["d", "a a"]),
        (["a b c", "b"], ["c"]), (["a", "b", "c"], ["d"]), (["a a"], ["a a"]), (["none"], ["a"]),
    ],
)  # fmt: skip
def test_near_counts_the_words_between(
    words: Store, first: list[str], second: list[str], between: int
) -> None:
    """In this order, never overlapping, with at most so many words between."""
    clauses = spans.near(
        "text", [tuple(run.split()) for run in first], [tuple(run.split()) for run in second], between=between
    )

    assert _found(words, {"bool": {"should": clauses}}) == _near(first, second, between)


TERM = {"span_term": {"text": "a"}}
RUN = {"span_near": {"clauses": [TERM, TERM], "slop": 0, "in_order": True}}


@pytest.mark.parametrize(
    ("query", "subject"),
    [
        ({"prefix": {"text": {"value": ""}}}, "query.prefix.text.value"),
        ({"prefix": {"likes": {"value": "1"}}}, "query.prefix.likes"),
        ({"prefix": {"text": {"value": "a", "rewrite": "x"}}}, "query.prefix.text.rewrite"),
        ({"wildcard": {"text": {"value": "a", "boost": 2}}}, "query.wildcard.text.boost"),
        ({"wildcard": {"text": {"value": "a*b*c*d*e*"}}}, "query.wildcard.text"),
        ({"wildcard": {"text": {"value": "*a????"}}}, "query.wildcard.text"),
        ({"wildcard": {"text": {"value": "a\\"}}}, "query.wildcard.text"),
        ({"wildcard": {"text": {"value": "a" * 121}}}, "query.wildcard.text.value"),
        ({"fuzzy": {"text": {"value": "abc", "fuzziness": "AUTO"}}}, "query.fuzzy.text.fuzziness"),
        ({"fuzzy": {"text": {"value": "abc", "fuzziness": 3}}}, "query.fuzzy.text.fuzziness"),
        ({"fuzzy": {"text": {"value": "ab", "fuzziness": 2}}}, "query.fuzzy.text"),
        ({"fuzzy": {"text": {"value": "abc", "fuzziness": 1, "prefix_length": 1}}}, "query.fuzzy.text"),
        ({"fuzzy": {"text": {"value": "abc", "fuzziness": 1, "boost": 2}}}, "query.fuzzy.text.boost"),
        ({"span_near": {"clauses": [TERM, TERM], "slop": 31, "in_order": True}}, "query.span_near.slop"),
        ({"span_near": {"clauses": [TERM, TERM], "slop": 3}}, "query.span_near.in_order"),
        ({"span_near": {"clauses": [TERM], "slop": 3, "in_order": True}}, "query.span_near.clauses"),
        ({"span_near": {"clauses": [TERM, {"term": {"text": "a"}}], "slop": 3, "in_order": True}},
         "query.span_near.clauses[1].term"),
        ({"span_near": {"clauses": [{"span_or": {"clauses": [TERM, RUN]}}, TERM], "slop": 3,
                        "in_order": True}},
         "query.span_near.clauses[0].span_or.clauses"),
        ({"span_near": {"clauses": [{"span_term": {"platform": "a"}}, TERM], "slop": 3, "in_order": True}},
         "query.span_near.clauses[0].span_term"),
        ({"span_near": {"clauses": [{"span_or": {"clauses": [TERM] * 60}}, TERM], "slop": 30,
                        "in_order": True}},
         "query.span_near"),
    ],
)  # fmt: skip
def test_what_the_engines_might_read_otherwise_is_refused(query: dict[str, Any], subject: str) -> None:
    """The wall names the key, before any engine sees it."""
    with pytest.raises(UnsupportedQuery) as caught:
        prepared_query("posts", query)

    assert caught.value.subject == subject
