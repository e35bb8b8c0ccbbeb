"""A Persian word is found in all its spellings, whichever is typed; and little else with it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest

from nlp.fold import tokens
from nlp.spellings import MAX_RUNS, linked, of_phrase, of_word
from posts.query import parse
from store import compile as compiling
from store.compile import Expansion
from store.protocol import Document, Store

TABLE = Path(__file__).parents[1] / "nlp" / "cases" / "spellings.toml"
READ = tomllib.loads(TABLE.read_text("utf-8"))
INFLECTED = [
    f"{root} {ending}"
    for table in READ["inflection"]
    for root, ending in product(table["roots"], table["endings"])
]
COMPOUNDS = [word for table in READ["compound"] for word in table["words"]]
JOINED = [word for table in READ["joined"] for word in table["words"]]
SOME = [*INFLECTED[::8], *COMPOUNDS[::5], *JOINED[::7]]
"""A part of all words, for the engine that takes longer to ask."""
WAYS = ("", "\u200c", " ")


def _document(word: str, way: str) -> Document:
    return {
        "id": f"{word}|{WAYS.index(way)}", "n": 0, "platform": "x", "kind": "text", "source": ["s"],
        "language": "fa", "created_at": "2026-11-20T00:00:00Z", "collected_at": "2026-11-20T00:00:00Z",
        "hour": 0, "text": " ".join(tokens(f"متن {word.replace(' ', way)} پایان")), "post": "{}",
    }  # fmt: skip


@pytest.fixture(scope="module")
def spelt(open_engine: Callable[[str], Store]) -> Store:
    """Each word in its three ways, one post each: between «متن» (text) and «پایان» (end)."""
    store = open_engine("embedded")
    store.write("posts", [_document(word, way) for word in [*INFLECTED, *COMPOUNDS, *JOINED] for way in WAYS])
    return store


@pytest.fixture(scope="module")
def spelt_on_a_server(open_engine: Callable[[str], Store]) -> Store:
    """A part of the words in Elasticsearch."""
    store = open_engine("elasticsearch")
    store.ensure()
    store.write("posts", [_document(word, way) for word in SOME for way in WAYS])
    store.refresh("posts")
    return store


def _found(store: Store, typed: str) -> set[str]:
    body = {"query": compiling.query(parse(typed)), "size": 1000, "_source": False}
    return {hit["_id"] for hit in store.search("posts", body)["hits"]["hits"]}


def _score(store: Store, words: list[str], typed: list[str]) -> tuple[float, set[str]]:
    """The share of spellings that are found, and what is found beside them; typed is with ``{}``."""
    hits, missed, extra = 0, [], set()
    for word in words:
        wanted = {f"{word}|{way}" for way in range(3)}
        for form in typed:
            query = form.format(half=word.replace(" ", "\u200c"), joined=word.replace(" ", ""), spaced=word)
            found = _found(store, query)
            hits += len(found & wanted)
            missed += [f"{query} -> {lost}" for lost in wanted - found]
            extra |= {f"{query} -> {more}" for more in found - wanted}
    return hits / (3 * len(words) * len(typed)), extra


def test_the_list_is_long_enough() -> None:
    """No word twice."""
    assert len({*INFLECTED, *COMPOUNDS, *JOINED}) == len(INFLECTED) + len(COMPOUNDS) + len(JOINED) >= 300


def test_inflections_are_found_however_they_are_typed(spelt: Store) -> None:
    """Joined, half-spaced, spaced, and as a phrase."""
    recall, extra = _score(spelt, INFLECTED, ["{half}", "{joined}", "{spaced}", '"{spaced}"'])

    assert recall >= 0.98
    assert extra == set()


@pytest.mark.parametrize("words", [COMPOUNDS, JOINED], ids=["known-when-written", "held-out"])
def test_compounds_are_found_however_they_are_typed(spelt: Store, words: list[str]) -> None:
    """As a phrase, half-spaced and joined."""
    recall, extra = _score(spelt, words, ["{half}", '"{spaced}"', "{joined}"])

    assert recall >= 0.95
    assert extra == set()


@pytest.mark.es
def test_spellings_are_found_in_elasticsearch_too(spelt_on_a_server: Store) -> None:
    """The same words give the same posts."""
    recall, extra = _score(spelt_on_a_server, SOME, ["{half}", '"{spaced}"', "{joined}"])

    assert recall >= 0.95
    assert extra == set()


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("هوشمصنوعی", ("هوش", "مصنوعی")),  # artificial intelligence
        ("زمینلرزه", ("زمین", "لرزه")),  # earthquake
        ("رفتوآمد", ("رفت", "و", "آمد")),  # traffic
        ("ازادی", ("آزادی",)),  # freedom, without its madda
        ("آزادی", ("ازادی",)),
    ],
)
def test_other_spellings_of_a_typed_word(typed: str, run: tuple[str, ...]) -> None:
    """Joined compounds are searched spaced, and a madda is left out or put back."""
    assert run in of_word(typed).others


@pytest.mark.parametrize("word", ["میدان", "تنها", "دختر", "دانشگاه", "همه", "بیشتر", "tea", "آب", "۱۴۰۵"])
def test_words_that_only_look_put_together_stay_whole(word: str) -> None:
    """Square, only, girl, university, all, more, water."""
    assert of_word(word).runs == ((tokens(word)[0],),)


@pytest.mark.parametrize("phrase", ["در یا", "tea cup", "به هم", "کتاب و", "من را", "AI خوب"])
def test_neighbours_that_would_make_another_word_stay_apart(phrase: str) -> None:
    """In, or; to each other; book and; me; good: never one word."""
    assert of_phrase(phrase).others == ()


def test_spellings_are_limited() -> None:
    """A long phrase has no more spellings than an engine takes."""
    long = " ".join(["کتابهایشان"] * 9)  # their books

    assert of_phrase(long).runs[0] == ("کتابهایشان",) * 9
    assert len(of_phrase(long).runs) <= MAX_RUNS


def test_endings_alone_link_what_stands_beside_them() -> None:
    """Two words are one only where one of them is never a word of its own."""
    assert linked("کتاب", "ها")
    assert linked("می", "روم")
    assert not linked("چای", "سبز")  # green tea
    assert not linked("خوب", "است")  # is good
    assert not linked("از", "ها")
    assert not linked("tea", "ها")


def test_what_is_searched_beside_is_told() -> None:
    """With the reason; nothing where it is switched off."""
    query = '"هوش مصنوعی" می‌روم کتابها سبز =کتابها'  # AI, I go, books, green

    assert compiling.explain(parse(query)) == (
        Expansion("هوش مصنوعی", ("هوشمصنوعی",), "phrase"),
        Expansion("می‌روم", ("می روم",), "half-space"),
        Expansion("کتابها", ("کتاب ها",), "affix"),
    )
    assert compiling.explain(parse(f"{query} spelling:exact")) == ()
