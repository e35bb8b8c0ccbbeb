"""Queries as sentences, and what is wrong with them, in both languages."""

from __future__ import annotations

import pytest

from posts.errors import QueryError
from posts.query import parse
from posts.query_errors import SAID, query_error
from words.queries import sentence, told
from words.texts import entries


@pytest.mark.parametrize(
    ("query", "english", "persian"),
    [
        ("", "All posts.", "همهٔ پست‌ها."),
        (
            "tea lang:fa likes:>100",
            "Posts that contain “tea” and are in Persian and have more than 100 likes.",
            "پست‌هایی که «tea» را دارند و به زبان فارسی هستند و بیش از ۱۰۰ پسند دارند.",
        ),
        (
            '(tea OR "black cup") -job',
            "Posts that (contain “tea” or “black cup”) and do not contain “job”.",
            "پست‌هایی که («tea» یا «black cup» را دارند) و «job» را ندارند.",
        ),
        (
            "-(tea OR #ai)",
            "Posts that do not contain “tea” and do not carry the hashtag #ai.",
            "پست‌هایی که «tea» را ندارند و هشتگ #ai را ندارند.",
        ),
        (
            "-(tea is:reply)",
            "Posts that do not contain “tea” or are no replies.",
            "پست‌هایی که «tea» را ندارند یا پاسخ نیستند.",
        ),
        (
            "a b OR (c -d)",
            "Posts that (contain “a” and “b”) or (contain “c” and do not contain “d”).",
            "پست‌هایی که («a» و «b» را دارند) یا («c» را دارند و «d» را ندارند).",
        ),
        (
            "tea NEAR/3 (cold OR hot) a ONEAR/0 b",
            "Posts that contain “tea” and (“cold” or “hot”) with at most 3 words between"
            " and contain “a” and directly behind it “b”.",
            "پست‌هایی که «tea» و («cold» یا «hot») را با دست بالا ۳ واژه در میان دارند"
            " و «a» و درست پس از آن «b» را دارند.",
        ),
        (
            "=tea spelling:exact",
            "Posts that contain “tea” (so spelt). Words are searched exactly as they are typed.",
            "پست‌هایی که «tea» (با همین املا) را دارند. واژه‌ها درست چنان جسته می‌شوند که نوشته شده‌اند.",
        ),
        (
            "since:7d until:1405/08/10 date:2026-11-01..2026-11-03",
            "Posts that are from the last 7 days and are from before 10 Aban 1405"
            " and are from 1 November 2026 to 3 November 2026.",
            "پست‌هایی که از ۷ روز گذشته هستند و پیش از ۱۰ آبان ۱۴۰۵ هستند"
            " و از ۱ نوامبر ۲۰۲۶ تا ۳ نوامبر ۲۰۲۶ هستند.",
        ),
        (
            "likes:<10 views:<=1k followers:>=5 comments:3 shares:1..2",
            "Posts that have fewer than 10 likes and have at most 1,000 views and have at least 5 followers"
            " of the author and have exactly 3 replies and have 1 to 2 reposts.",
            "پست‌هایی که کمتر از ۱۰ پسند دارند و دست بالا ۱٬۰۰۰ بازدید دارند"
            " و دست‌کم ۵ دنبال‌کنندهٔ نویسنده دارند و درست ۳ پاسخ دارند و از ۱ تا ۲ بازنشر دارند.",
        ),
    ],
)
def test_a_query_is_a_sentence(query: str, english: str, persian: str) -> None:
    """Groups keep their parentheses; what is excluded is said of each part."""
    assert sentence(parse(query), "en") == english
    assert sentence(parse(query), "fa") == persian


@pytest.mark.parametrize(
    "query",
    [
        "te*", "color~1", "colored~2", "a NEAR/0 b", "a ONEAR/2 b", "#ai", "#ai*", "@sara", "lang:en",
        "source:x", "platform:mastodon", "author:sara", "entity:acme", "link:a.org", "link:a.org/b*",
        "domain:a.org",
        "format:article", "kind:news", "sentiment:negative", "intent:praise", "is:reply", "is:repost",
        "is:quote", "is:edited", "is:question", "has:media", "has:link", "has:poll", "likes:>5", "views:<5",
        "quotes:10..20", "since:2026-11-01", "until:7d", "date:2026-11-01", "tag:ai", "mention:sara",
        "intent:question",
        "since:2026-11-01T08:00", "sentiment:positive", "sentiment:neutral",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_condition_has_its_words_and_their_opposite(query: str, language: str) -> None:
    """Each says something of its own, and something else where it is excluded."""
    said, opposite = sentence(parse(query), language), sentence(parse(f"-({query})"), language)

    assert said != opposite
    assert sentence(parse(f"-(-({query}))"), language) == said
    assert len(said) > 15


def test_every_error_is_told_in_both_languages() -> None:
    """The English of the words is that of the errors, and each has its Persian."""
    told_of = {key.removeprefix("query.error.") for key in entries() if key.startswith("query.error.")}
    assert told_of == set(SAID)
    for key, (message, remedy) in SAID.items():
        assert entries()[f"query.error.{key}"]["en"] == message
        assert entries()[f"query.remedy.{key}"]["en"] == remedy


def test_an_error_is_told_with_its_parts() -> None:
    """Numbers have the digits of the language; what was typed stays."""
    error = query_error("near_far", "a NEAR/99 b", 2, word="NEAR/99", most=30)

    assert told(error, "en") == "`NEAR/99` looks too far. At most 30 words may stand between."
    assert told(error, "fa") == "`NEAR/99` بیش از اندازه دور است. دست بالا ۳۰ واژه می‌تواند در میان باشد."
    assert str(error).startswith(told(error, "en"))


def test_an_error_without_words_is_told_in_english() -> None:
    """Until somebody writes them."""
    assert told(QueryError("No.", query="a", position=0, remedy="Yes."), "fa") == "No. Yes."
