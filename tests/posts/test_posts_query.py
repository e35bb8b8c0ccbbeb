"""What people type becomes a tree, or an error with its place and a repair."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posts.errors import QueryError
from posts.query import And, Field, Hashtag, Mention, Not, Or, Phrase, Word, moment, parse

A, B, C, D = (Word(sign) for sign in "abcd")


def _bare(part: Any) -> Any:
    """The part without positions."""
    match part:
        case And(parts):
            return And(tuple(_bare(p) for p in parts))
        case Or(parts):
            return Or(tuple(_bare(p) for p in parts))
        case Not(inner):
            return Not(_bare(inner))
        case Field(name, value):
            return Field(name, value)
        case None:
            return None
    return type(part)(getattr(part, "text", None) or part.handle)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", None, id="empty"),
        pytest.param(" \u200f\n ", None, id="nothing to see"),
        pytest.param("a", A, id="word"),
        pytest.param("a b", And((A, B)), id="words"),
        pytest.param("a AND b", And((A, B)), id="and"),
        pytest.param("a OR b c", Or((A, And((B, C)))), id="and binds closer than or"),
        pytest.param("(a OR b) c", And((Or((A, B)), C)), id="parentheses"),
        pytest.param("a (b OR c) d", And((A, Or((B, C)), D)), id="in the middle"),
        pytest.param("a -b", And((A, Not(B))), id="minus"),
        pytest.param("a NOT b", And((A, Not(B))), id="not"),
        pytest.param("-(a OR b)", Not(Or((A, B))), id="minus before a group"),
        pytest.param("-#x", Not(Hashtag("x")), id="minus before a tag"),
        pytest.param("or and not", And((Word("or"), Word("and"), Word("not"))), id="small letters are words"),
        pytest.param("ORB ANDY", And((Word("ORB"), Word("ANDY"))), id="operators are whole words"),
        pytest.param('"a b"', Phrase("a b"), id="phrase"),
        pytest.param("«هوش مصنوعی»", Phrase("هوش مصنوعی"), id="Persian quotation marks (AI)"),
        pytest.param("“a b”", Phrase("a b"), id="curly quotation marks"),
        pytest.param('"a b"c', And((Phrase("a b"), C)), id="phrase and word without a space"),
        pytest.param("#هوش_مصنوعی", Hashtag("هوش_مصنوعی"), id="Persian tag"),
        pytest.param("#هوش\u200cمصنوعی", Hashtag("هوش\u200cمصنوعی"), id="tag with a half-space"),
        pytest.param("\u200f#ایران", Hashtag("ایران"), id="mark of direction before it (Iran)"),
        pytest.param("＃ai", Hashtag("ai"), id="full width"),
        pytest.param("@sara", Mention("sara"), id="mention"),
        pytest.param("@sara@example.org", Mention("sara@example.org"), id="mention on a server"),
        pytest.param("می\u200cروم", Word("می\u200cروم"), id="half-space in a word (I go)"),
        pytest.param("e-mail", Word("e-mail"), id="hyphen in a word"),
        pytest.param("10:30", Word("10:30"), id="time of day"),
        pytest.param("خبر:فوری", Word("خبر:فوری"), id="colon in Persian (news: urgent)"),
        pytest.param("lang:fa", Field("lang", "fa"), id="language"),
        pytest.param("LANG:FA", Field("lang", "fa"), id="case of fields"),
        pytest.param(
            "author:mastodon:a.b:sara", Field("author", "mastodon:a.b:sara"), id="colons in a value"
        ),
        pytest.param("author:@sara", Field("author", "@sara"), id="author by name"),
        pytest.param('source:"my feed"', Field("source", "my feed"), id="quoted value"),
        pytest.param("tag:هوش_مصنوعی", Field("tag", "هوش_مصنوعی"), id="tag field"),
        pytest.param("is:reply has:media", And((Field("is", "reply"), Field("has", "media"))), id="marks"),
        pytest.param("since:۷d", Field("since", "7d"), id="Persian digit"),
        pytest.param("until:٢٠٢٦-١١-٠١", Field("until", "2026-11-01"), id="Arabic digits"),
        pytest.param("since:2026-11-01T08:00:00Z", Field("since", "2026-11-01T08:00:00Z"), id="moment"),
        pytest.param(
            '("هوش مصنوعی" OR #AI) -job lang:fa',
            And((Or((Phrase("هوش مصنوعی"), Hashtag("AI"))), Not(Word("job")), Field("lang", "fa"))),
            id="all together",
        ),
    ],
)
def test_parse_gives_the_tree(text: str, expected: Any) -> None:
    """Words are joined by AND, which binds closer than OR."""
    assert _bare(parse(text).root) == expected
    assert parse(text).text == text


@pytest.mark.parametrize(
    ("text", "position", "remedy"),
    [
        pytest.param("a )", 2, "Remove it", id="closes nothing"),
        pytest.param("a (b", 2, "Close it", id="never closed"),
        pytest.param("()", 0, "Remove", id="empty group"),
        pytest.param('a "b', 2, "Close it", id="open quotation"),
        pytest.param("«هوش", 0, "»", id="open Persian quotation"),
        pytest.param('""', 0, "Remove", id="empty phrase"),
        pytest.param("OR a", 0, '"OR"', id="or first"),
        pytest.param("a OR", 4, "Write a word", id="or last"),
        pytest.param("a AND OR b", 6, '"OR"', id="two operators"),
        pytest.param("NOT", 3, "Write a word", id="not alone"),
        pytest.param("- a", 0, "-word", id="minus alone"),
        pytest.param("--a", 0, "-word", id="two minuses"),
        pytest.param("# a", 0, "space", id="tag without a word"),
        pytest.param("@!", 0, "@name", id="no name"),
        pytest.param("hello wor*", 6, "OR", id="wildcard"),
        pytest.param("lan:fa", 0, "Did you mean lang:?", id="nearest field"),
        pytest.param("likes:>100", 0, "Fields are", id="unknown field"),
        pytest.param("http://example.org", 0, "quotation marks", id="link"),
        pytest.param("a lang:", 2, "lang:fa", id="no value"),
        pytest.param("lang:farsi", 0, "lang:fa", id="no language code"),
        pytest.param("is:funny", 0, "reply", id="unknown mark"),
        pytest.param("is:deleted", 0, "reply", id="deleted posts are gone"),
        pytest.param("since:yesterday", 0, "since:7d", id="no time"),
        pytest.param("since:1405-09-01", 0, "Gregorian", id="Jalali year"),
        pytest.param("until:2026-13-01", 0, "until:7d", id="no month"),
        pytest.param("(" * 30 + "a" + ")" * 30, 20, "flatter", id="too deep"),
        pytest.param("NOT " * 30 + "a", 80, "flatter", id="too many nots"),
        pytest.param("a " * 1_001, 80, "Shorten", id="too long"),
    ],
)
def test_parse_says_where_and_what_instead(text: str, position: int, remedy: str) -> None:
    """An error has its place in code points and a repair."""
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert caught.value.position == position
    assert remedy in caught.value.remedy
    assert "^" in str(caught.value)


def test_positions_are_code_points() -> None:
    """Parts know where they stand, also behind signs outside the first plane."""
    root = parse("😀 «الف ب» #t").root

    assert isinstance(root, And)
    assert [part.position for part in root.parts] == [0, 2, 10]  # type: ignore[union-attr]


def test_moment_counts_from_now_or_begins_the_day() -> None:
    """``7d`` is seven days ago; a day begins at the midnight of the zone."""
    now = datetime(2026, 11, 23, 12, tzinfo=UTC)
    tehran = ZoneInfo("Asia/Tehran")

    assert moment("7d", now=now) == now - timedelta(days=7)
    assert moment("90m", now=now) == now - timedelta(minutes=90)
    assert moment("2026-11-01", now=now, zone=tehran) == datetime(2026, 10, 31, 20, 30, tzinfo=UTC)


@given(st.text(alphabet='ab "()«»-#@:*ORNDT\u200f\u200c۷هس', max_size=40))
def test_every_text_is_a_tree_or_a_query_error(text: str) -> None:
    """No text raises anything else, and an error points into the text."""
    position = 0
    try:
        parse(text)
    except QueryError as error:
        position = error.position

    assert 0 <= position <= len(text)
