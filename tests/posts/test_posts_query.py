"""What people type becomes a tree, or an error with its place and a repair."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from posts.errors import QueryError
from posts.query import (
    And,
    Field,
    Fuzzy,
    Hashtag,
    Mention,
    Near,
    Not,
    Or,
    Pattern,
    Phrase,
    Range,
    Word,
    moment,
    parse,
)

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
        case Near(first, second):
            return replace(part, first=_bare(first), second=_bare(second), position=0)
        case None:
            return None
    return replace(part, position=0)


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
        pytest.param("a NOT NOT b", And((A, Not(Not(B)))), id="not not"),
        pytest.param("a −b !c", And((A, Not(B), Not(C))), id="other signs of not"),
        pytest.param("a | b & c", Or((A, And((B, C)))), id="signs of or and and"),
        pytest.param("a|b||c", Or((A, B, C)), id="without spaces"),
        pytest.param("AT&T", Word("AT&T"), id="and inside a word is none"),
        pytest.param("a!", Word("a!"), id="an exclamation mark behind a word"),
        pytest.param("a یا b", Or((A, B)), id="Persian or"),
        pytest.param("a \u200fیا\u200f b", Or((A, B)), id="Persian or with marks of direction"),
        pytest.param("یا a", And((Word("یا"), A)), id="nothing before the Persian or: a word"),
        pytest.param("a یا", And((A, Word("یا"))), id="nothing behind it: a word"),
        pytest.param("(a یا) b", And((And((A, Word("یا"))), B)), id="nothing behind it in its parentheses"),
        pytest.param("a و b", And((A, Word("و"), B)), id="Persian and is a word"),
        pytest.param("a NEAR/3 b", Near(A, B, 3), id="near"),
        pytest.param("a ONEAR/۳ b", Near(A, B, 3, ordered=True), id="near in order, Persian digit"),
        pytest.param("a نزدیک/۳ b", Near(A, B, 3), id="Persian near"),
        pytest.param("a سپس/۳ b", Near(A, B, 3, ordered=True), id="Persian then"),
        pytest.param("نزدیک a", And((Word("نزدیک"), A)), id="the Persian word alone"),
        pytest.param('"a b" NEAR/0 (c OR d)', Near(Phrase("a b"), Or((C, D)), 0), id="near of parts"),
        pytest.param("a b NEAR/1 c OR d", Or((And((A, Near(B, C, 1))), D)), id="near binds closest"),
        pytest.param("-(a NEAR/1 b)", Not(Near(A, B, 1)), id="not near"),
        pytest.param("te* t?a", And((Pattern("te*"), Pattern("t?a"))), id="patterns"),
        pytest.param("#te*", Hashtag("te*"), id="pattern of tags"),
        pytest.param("abc~ abcde~۲", And((Fuzzy("abc"), Fuzzy("abcde", edits=2))), id="misspellings"),
        pytest.param('=a ="b c"', And((Word("a", exact=True), Phrase("b c", exact=True))), id="exact"),
        pytest.param("a=b", Word("a=b"), id="equals inside a word"),
        pytest.param("likes:>100", Range("likes", 101, None), id="more than"),
        pytest.param("likes:>=100", Range("likes", 100, None), id="at least"),
        pytest.param("likes:<100", Range("likes", None, 99), id="less than"),
        pytest.param("likes:<=1.5k", Range("likes", None, 1500), id="thousands"),
        pytest.param("views:2m", Range("views", 2_000_000, 2_000_000), id="millions"),
        pytest.param("likes:۱۰..۵۰", Range("likes", 10, 50), id="Persian digits of a range"),
        pytest.param("likes:10…50", Range("likes", 10, 50), id="dots that were made one sign"),
        pytest.param("likes:10..", Range("likes", 10, None), id="open range"),
        pytest.param("لایک:>۱٬۰۰۰", Range("likes", 1001, None), id="Persian field and separator"),
        pytest.param("زبان:فارسی", Field("lang", "fa"), id="Persian field and value"),
        pytest.param("lang:Farsi", Field("lang", "fa"), id="name of a language"),
        pytest.param("sentiment:منفی", Field("sentiment", "negative"), id="Persian sentiment"),
        pytest.param("mention:@sara", Mention("sara"), id="mention field"),
        pytest.param("link:http://a.b/c?d=e", Field("link", "http://a.b/c?d=e"), id="address"),
        pytest.param("since:1405/08/10", Field("since", "1405/08/10"), id="Jalali day"),
        pytest.param("date:۱۴۰۵/۰۸/۱۰", Field("date", "1405/08/10"), id="day"),
        pytest.param("spelling:exact a", And((Field("spelling", "exact"), A)), id="exact as a whole"),
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
        pytest.param("بازدیدها:خوب", Word("بازدیدها:خوب"), id="plural of a field in Persian (views: good)"),
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
    ("text", "position", "remedy", "repair"),
    [
        pytest.param("a )", 2, "Remove it", "a", id="closes nothing"),
        pytest.param("a (b", 2, "Close it", "a (b)", id="never closed"),
        pytest.param("((a OR b) c", 0, "Close it", "((a OR b) c)", id="one of two never closed"),
        pytest.param("()", 0, "Remove", None, id="empty group"),
        pytest.param("a () b", 2, "Remove", "a b", id="empty group beside others"),
        pytest.param('a "b', 2, "Close it", 'a "b"', id="open quotation"),
        pytest.param("«هوش", 0, "»", "«هوش»", id="open Persian quotation"),
        pytest.param('(a "b', 3, "Close it", '(a "b")', id="two mistakes"),
        pytest.param('""', 0, "Remove", None, id="empty phrase"),
        pytest.param("OR a", 0, '"OR"', "a", id="or first"),
        pytest.param("| a", 0, '"|"', "a", id="sign of or first"),
        pytest.param("a OR", 4, "Write a word", "a", id="or last"),
        pytest.param("a AND", 5, "Write a word", "a", id="and last"),
        pytest.param("(a OR) b", 5, "Write a word", "(a ) b", id="or last in parentheses"),
        pytest.param("a AND OR b", 6, '"OR"', "a AND b", id="two operators"),
        pytest.param("NOT", 3, "Write a word", None, id="not alone"),
        pytest.param("a NOT", 5, "Write a word", "a", id="not last"),
        pytest.param("- a", 0, "-word", "-a", id="minus alone"),
        pytest.param("a -", 2, "-word", "a", id="minus last"),
        pytest.param("--a", 0, "-word", "-a", id="two minuses"),
        pytest.param("# a", 0, "space", "a", id="tag without a word"),
        pytest.param("@!", 0, "@name", None, id="no name"),
        pytest.param("@sara!", 0, "@name", "@sara", id="sign behind a name"),
        pytest.param("*ism", 0, "Begin with letters", "ism", id="wildcard first"),
        pytest.param("a *", 2, "Begin with letters", "a", id="wildcard alone"),
        pytest.param("t*", 0, "at least 2", "t", id="too few letters"),
        pytest.param("e-mail*", 0, "letters and digits", "e mail*", id="pattern of two words"),
        pytest.param("ab*c*d*e*f*", 0, "At most 4", "ab*", id="too many wildcards"),
        pytest.param("ab~", 0, "3 letters", "ab", id="too short to be misspelt"),
        pytest.param("abcd~2", 0, "3 letters", "abcd~1", id="too short for two"),
        pytest.param("abcde~3", 0, "~2", "abcde~2", id="too far"),
        pytest.param('"a b"~3', 5, "NEAR/3", '"a b"', id="phrase with a tilde"),
        pytest.param("ab*~1", 0, "NEAR/3", "ab*", id="pattern with a tilde"),
        pytest.param("a NEAR b", 2, "NEAR/5", "a NEAR/5 b", id="near without a number"),
        pytest.param("a NEAR/31 b", 2, "At most 30", "a NEAR/30 b", id="too far apart"),
        pytest.param("a NEAR/3", 8, "Write a word", "a", id="near last"),
        pytest.param("NEAR/3 a", 0, '"NEAR/3"', "a", id="near first"),
        pytest.param("a NEAR/2 b NEAR/3 c", 11, "each two", "a NEAR/2 b b NEAR/3 c", id="three near"),
        pytest.param("#a NEAR/2 b", 3, "Words and phrases", None, id="tag near a word"),
        pytest.param("-a NEAR/2 b c", 3, "parentheses", "-(a NEAR/2 b) c", id="not one of two near"),
        pytest.param("=#a", 0, "Remove it", "#a", id="exact tag"),
        pytest.param("= a", 0, "Remove it", "a", id="equals alone"),
        pytest.param("lan:fa", 0, "Did you mean `lang:`?", "lang:fa", id="nearest field"),
        pytest.param("like:>5 a", 0, "Did you mean `likes:`?", "likes:>5 a", id="nearest count"),
        pytest.param("foo:bar a", 0, "Fields are", '"foo:bar" a', id="unknown field"),
        pytest.param("http://a.org", 0, "quotation marks", "link:http://a.org", id="link"),
        pytest.param("a lang:", 2, "lang:fa", "a", id="no value"),
        pytest.param("lang:klingon", 0, "lang:fa", None, id="no language code"),
        pytest.param("lang:parsian", 0, "lang:fa", "lang:fa", id="nearest language"),
        pytest.param("is:funny", 0, "reply", None, id="unknown mark"),
        pytest.param("is:replies", 0, "reply", "is:reply", id="nearest mark"),
        pytest.param("is:deleted", 0, "reply", "is:edited", id="deleted posts are gone"),
        pytest.param("since:now", 0, "since:7d", None, id="no time"),
        pytest.param("since:yesterday", 0, "since:7d", "since:1d", id="yesterday"),
        pytest.param("since:7days", 0, "since:7d", "since:7d", id="span with a word"),
        pytest.param("since:1405.08.10", 0, "1405/08/10", "since:1405-08-10", id="day with dots"),
        pytest.param("since:1405-13-01", 0, "1405/08/10", None, id="no Jalali month"),
        pytest.param("until:2026-13-01", 0, "until:7d", None, id="no month"),
        pytest.param("date:7d", 0, "date:2026-11-01", None, id="a span is no day"),
        pytest.param("likes:many", 0, "likes:>100", None, id="no count"),
        pytest.param("likes:100+", 0, "likes:>100", "likes:>=100", id="plus behind a count"),
        pytest.param("likes:50..10", 0, "smaller", "likes:10..50", id="range turned round"),
        pytest.param("نظر:عالی", 0, "comments:>100", '"نظر:عالی"', id="Persian word with a colon"),
        pytest.param("نویسندهه:@sara", 0, "نویسنده:", "نویسنده:@sara", id="slip in a Persian field (author)"),
        pytest.param("a پلتفورم:x", 2, "پلتفرم:", "a پلتفرم:x", id="slip in a Persian field (platform)"),
        pytest.param("a OR spelling:exact", 5, "beside", "a", id="not exact as a whole"),
        pytest.param("a\ud800b", 1, "Remove", "ab", id="half of a letter"),
        pytest.param("(" * 30 + "a" + ")" * 30, 20, "flatter", None, id="too deep"),
        pytest.param("NOT " * 30 + "a", 80, "flatter", None, id="too many nots"),
        pytest.param("a " * 1_001, 80, "Shorten", None, id="too long"),
    ],
)
def test_parse_says_where_and_what_instead(text: str, position: int, remedy: str, repair: str | None) -> None:
    """An error has its place in code points, a remedy, and a repair that can be read."""
    with pytest.raises(QueryError) as caught:
        parse(text)

    assert caught.value.position == position
    assert remedy in caught.value.remedy
    assert caught.value.repair == repair
    assert "^" in str(caught.value)
    if repair is not None:
        parse(repair)


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
    assert moment("1405/09/02", now=now, zone=tehran) == datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    assert moment("90m", now=now) == now - timedelta(minutes=90)
    assert moment("2026-11-01", now=now, zone=tehran) == datetime(2026, 10, 31, 20, 30, tzinfo=UTC)
