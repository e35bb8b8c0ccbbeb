"""What people type finds the posts it names, on both engines alike."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from nlp import hashtags
from nlp.fold import fold, tokens
from posts.errors import QueryError
from posts.query import parse
from posts.selection import Selection
from store import compile as compiled
from store import open_store
from store.protocol import Document, Store
from store.validate import prepared_query

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

TEXTS: dict[str, dict[str, Any]] = {
    "ai": {"text": "#AI is here", "author": "mastodon:example.org:sara", "handle": "Sara@example.org"},
    "tag": {"text": "فردای #هوش_مصنوعی روشن است", "language": "fa"},  # tomorrow of #AI is bright
    "halfspace": {"text": "#هوش‌مصنوعی و کار", "language": "fa"},  # #AI and work
    "words": {"text": "هوش مصنوعي در ايران", "language": "fa"},  # AI in Iran, Arabic letters
    "job": {"text": "AI job offer", "is": ["reply"], "source": ["jobs"]},
    "mention": {"text": "thanks", "handles": ["ali@example.org"], "mentions": ["mastodon:example.org:ali"]},
    "old": {"text": "AI", "created_at": "2026-10-01T00:00:00Z", "has": ["media"], "entities": ["brand:acme"]},
    "gone": {"text": "AI", "is": ["deleted"]},
    "digits": {"text": "سال ۱۴۰۵", "platform": "feed"},  # year 1405
}


def _document(name: str, fields: dict[str, Any]) -> Document:
    text = fields["text"]
    document = {
        "id": name,
        "platform": "mastodon",
        "language": "en",
        "created_at": "2026-11-20T00:00:00Z",
        **fields,
        "text": " ".join(tokens(text)),
        "hashtags": [tag.normal for tag in hashtags.find(text)],
    }
    if "handle" in document:
        document["handle"] = fold(document["handle"])
    return document


@pytest.fixture(scope="module", params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def texts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The texts above in each engine, under a name of their own."""
    from store.protocol import StoreSettings

    folder = tmp_path_factory.mktemp("texts")
    url = request.getfixturevalue("elasticsearch_url") if request.param == "elasticsearch" else None
    opened = open_store(
        StoreSettings(folder=folder / "index", url=url, prefix=f"test-{folder.name}-{id(folder)}")
    )
    opened.write("posts", [_document(name, fields) for name, fields in TEXTS.items()])
    yield opened
    opened.delete("posts", {"match_all": {}})
    opened.close()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param(
            "", "ai tag halfspace words job mention old digits", id="everything but what is deleted"
        ),
        pytest.param("AI", "ai job old", id="a word finds the tag's word too"),
        pytest.param("ai", "ai job old", id="case"),
        pytest.param("#AI", "ai", id="a tag finds the tag only"),
        pytest.param("#هوش_مصنوعی", "tag halfspace", id="a tag finds its spellings"),
        pytest.param("#هوشمصنوعی", "tag halfspace", id="a tag without a joint"),
        pytest.param("tag:هوش_مصنوعی", "tag halfspace", id="tag field"),
        pytest.param("مصنوعی", "tag halfspace words", id="Arabic letters, words of a tag"),
        pytest.param('"هوش مصنوعی"', "tag halfspace words", id="phrase, also in a tag"),
        pytest.param("«مصنوعی هوش»", "", id="phrase in another order"),
        pytest.param("مصنوعی هوش", "tag halfspace words", id="words in any order"),
        pytest.param("1405", "digits", id="Persian digits in the post"),
        pytest.param("۱۴۰۵", "digits", id="Persian digits in the query"),
        pytest.param("AI -job", "ai old", id="minus"),
        pytest.param("-AI", "tag halfspace words mention digits", id="only minus"),
        pytest.param("job OR ۱۴۰۵", "job digits", id="or"),
        pytest.param('("هوش مصنوعی" OR #AI) -bright lang:fa', "tag halfspace words", id="all together"),
        pytest.param("lang:fa", "tag halfspace words", id="language"),
        pytest.param("platform:feed", "digits", id="platform"),
        pytest.param("source:jobs", "job", id="source"),
        pytest.param("is:reply", "job", id="mark"),
        pytest.param("has:media", "old", id="media"),
        pytest.param("entity:Acme", "old", id="entity by name"),
        pytest.param("entity:brand:acme", "old", id="entity by id"),
        pytest.param("author:@sara@example.org", "ai", id="author by name"),
        pytest.param("author:mastodon:example.org:Sara", "ai", id="author by key"),
        pytest.param("@ali@example.org", "mention", id="mention"),
        pytest.param("since:7d", "ai tag halfspace words job mention digits", id="since"),
        pytest.param("AI until:2026-11-01", "old", id="until"),
    ],
)
def test_typed_queries_find(texts: Store, typed: str, expected: str) -> None:
    """Persian and English queries find exactly these posts."""
    query = compiled.query(parse(typed), now=NOW)

    assert {d["id"] for d in texts.scan("posts", query, ["id"])} == set(expected.split())


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(Selection(), 8, id="nothing set"),
        pytest.param(Selection(query="AI", since=datetime(2026, 11, 1, tzinfo=UTC)), 2, id="query and since"),
        pytest.param(Selection(until=datetime(2026, 11, 1, tzinfo=UTC)), 1, id="until"),
        pytest.param(Selection(until=datetime(2026, 10, 1, tzinfo=UTC)), 0, id="until is just before"),
        pytest.param(Selection(since=datetime(2026, 10, 1, tzinfo=UTC)), 8, id="since counts from"),
        pytest.param(Selection(hashtag="ai"), 1, id="hashtag"),
        pytest.param(Selection(author="mastodon:example.org:sara"), 1, id="author"),
        pytest.param(Selection(entity="brand:acme", platform="mastodon", language="en"), 1, id="several"),
        pytest.param(Selection(source="jobs"), 1, id="source"),
        pytest.param(Selection(ids=("ai", "gone", "job")), 2, id="ids"),
    ],
)
def test_selections_count(texts: Store, selection: Selection, expected: int) -> None:
    """A selection narrows by all that is set; deleted posts never count."""
    assert texts.count("posts", compiled.selection(selection, now=NOW)) == expected


@pytest.mark.parametrize(
    ("typed", "position", "key"),
    [
        ("a !!!", 2, "no_letters"),
        ('"…"', 0, "no_letters"),
        ("😀", 0, "no_letters"),
        ("#_", 0, "no_hashtag"),
        ("#a_*", 0, "wild_short"),
        ("ـــab*", 0, ""),
        ("abـ~", 0, "fuzzy_short"),
        ("link:/", 0, "no_host"),
        ("domain:.", 0, "no_host"),
        ("(" + " OR ".join(f"w{number}" for number in range(20)) + ") NEAR/30 (a OR b OR c)", 0, "too_wide"),
        ("a (b OR (" * 9 + "c" + "))" * 9, 0, ""),
        ("(a OR b " * 15 + "c" + ")" * 15, 0, "too_deep"),
    ],
)
def test_parts_that_find_nothing_or_too_much_are_told(typed: str, position: int, key: str) -> None:
    """What folds to nothing would find nothing, what no engine answers would fail; it is said instead."""
    error = None
    try:
        prepared_query("posts", compiled.query(parse(typed)))
    except QueryError as caught:
        error = caught

    assert (error.key if error else "") == key
    if error is not None:
        assert error.position == position
