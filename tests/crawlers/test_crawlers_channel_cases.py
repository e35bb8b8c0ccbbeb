"""Pages of channels, each beside what is to be read in it, and pages that are damaged in any way."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.channel_counts import count
from crawlers.pages.channel_dialect import EITAA, TELEGRAM, Dialect
from crawlers.pages.channel_head import Channel
from crawlers.pages.channels import ChannelPage, read_channel
from posts.errors import NotUnderstood, Refused
from posts.post import check, decode, encode
from tests.crawlers.test_crawlers_cases import AT, FIXTURES, fields, same

DIALECTS: dict[str, Dialect] = {"telegram": TELEGRAM, "eitaa": EITAA}
CASES = sorted(path.parent for name in DIALECTS for path in FIXTURES.glob(f"{name}/*/expected.json"))
NAMES = [f"{case.parent.name}-{case.name}" for case in CASES]


def channel(platform: str, name: str) -> Channel:
    return Channel(dialect=DIALECTS[platform], name=name, source="source", at=AT)


def told(page: ChannelPage) -> dict[str, Any]:
    """A page as it stands in ``expected.json``: only what is set."""
    reading = page.reading
    profile = {} if page.profile is None else asdict(page.profile)
    alone = {"at": AT, "source": "source", "platform": None, "run_id": None, "following": None, "posts": None}
    return {
        "items": reading.items,
        "posts": [fields(post) for post in reading.posts],
        "unreadable": {item.subject: item.reason for item in reading.unreadable},
        "passed_over": dict(sorted(reading.passed_over.items())),
        "unread": dict(sorted(reading.unread.items())),
        "remarks": list(reading.remarks),
        "profile": {key: value for key, value in profile.items() if key not in alone},
        "numbers": sorted(page.times),
        "parts": sorted(page.parts),
        "opted_out": page.opted_out,
        "whole": page.whole,
        "first": page.first,
        "missing": list(page.missing),
    }


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_pages_give_the_expected_posts(case: Path) -> None:
    """Each page gives the posts beside it, field by field, or the error that names what it is."""
    expected = json.loads((case / "expected.json").read_text("utf-8"))
    body = next(case.glob("input.*")).read_bytes()
    asked = channel(case.parent.name, expected.pop("channel"))

    if "error" in expected:
        with pytest.raises((Refused, NotUnderstood)) as raised:
            read_channel(body, asked)
        assert {"error": type(raised.value).__name__, "message": raised.value.message} == expected
        return
    same(told(read_channel(body, asked)), expected)


def test_no_page_leaves_a_part_unread() -> None:
    """Whatever the platform writes is read or named as of no use, but for what is planted as new."""
    unread: set[str] = set()
    for case in CASES:
        with suppress(Refused):
            body = next(case.glob("input.*")).read_bytes()
            unread |= set(read_channel(body, channel(case.parent.name, "parscoffee")).reading.unread)

    assert unread == {"message.new_thing", "message.reaction", "message.views"}


def whole(page: ChannelPage) -> None:
    """Every message is a post or accounted for, and every post can be checked, written and read again."""
    reading = page.reading
    accounted = len(reading.posts) + len(reading.unreadable) + sum(reading.passed_over.values())
    assert accounted <= reading.items
    assert accounted >= min(1, reading.items)
    assert len(page.times) <= reading.items
    for post in reading.posts:
        assert decode(encode(post)) == post
        assert check(post, now=datetime(2100, 1, 1, tzinfo=UTC)) == post
        assert post.metrics.views is None or post.metrics.views >= 0


PAGES = [next(case.glob("input.*")).read_bytes() for case in CASES if case.name not in ("before",)]
BITS = [
    b"&#xD800;\x00", b'"><div class="tgme_widget_message" data-post="x/1">', b"</div></div></div>", b"<time>",
    b'<time datetime="2026-01-01T00:00:00Z">', b'class="tgme_widget_message_text"', 
    b'class="etme_widget_message"',
    b"<a href='?q=%23%00'>#x</a>",
    b"<a href='https://[t.me/x'>y</a>", b"<svg><math>", b"<!--", b"<![CDATA[", b"<plaintext>", b"<template>",
    b"\xd8\xa7\xd9", b"\xff\xfe", b'data-post="parscoffee/999999999999999"', "۱٫۲ هزار".encode(), b"<br>" * 9,
]  # fmt: skip


@given(
    page=st.sampled_from(PAGES),
    cuts=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 400)), min_size=1, max_size=4),
    put=st.lists(st.sampled_from(BITS) | st.binary(max_size=30), min_size=4, max_size=4),
)
def test_a_damaged_page_is_read_or_named(
    page: bytes, cuts: list[tuple[float, int]], put: list[bytes]
) -> None:
    """Pages with pieces taken out and others put in."""
    for (where, length), bit in zip(cuts, put, strict=False):
        at = int(where * len(page))
        page = page[:at] + bit + page[at + length :]
    for platform in DIALECTS:
        with suppress(NotUnderstood, Refused):
            whole(read_channel(page, channel(platform, "parscoffee")))


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace")))
def test_an_answer_may_be_anything(body: bytes) -> None:
    """Any bytes, and any bytes after the beginning of a page."""
    for answer in (body, b"<html><body><div class='tgme_widget_message' data-post='a/1'>" + body):
        for platform in DIALECTS:
            with suppress(NotUnderstood, Refused):
                whole(read_channel(answer, channel(platform, "parscoffee")))


@pytest.mark.parametrize("deep", [b"<div>", b'<div class="tgme_widget_message" data-post="a/1">', b"<b><i>"])
def test_a_page_may_be_nested_deeply(deep: bytes) -> None:
    """Twenty thousand elements inside each other end in a page or a name, not in a fault."""
    with suppress(NotUnderstood, Refused):
        whole(read_channel(deep * 20_000, channel("telegram", "parscoffee")))


@given(st.text("0123456789۰۱۲۳۴۵۶۷۸۹٠١٫٬.,/ KMkهزارمیلیون%\u200c", max_size=20) | st.text(max_size=80))
def test_a_count_is_a_count_or_unknown(text: str) -> None:
    """Never negative, never larger than readers agree on, and a label changes no number before it."""
    found = count(text)

    assert found is None or 0 <= found < 2**53
    assert found is None or count(f"{text} views", labelled=True) == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("882", 882),
        ("1.05K", 1_050),
        ("12M", 12_000_000),
        ("2.3B", 2_300_000_000),
        ("7.03k", 7_030),
        ("12 345", 12_345),
        ("12,345", 12_345),
        ("۳۴۵", 345),
        ("٣٤٥", 345),
        ("۱۲٬۳۴۵", 12_345),
        ("۱٫۲هزار", 1_200),  # thousand
        ("۱٫۲ هزار", 1_200),
        ("۱٫۲\u200cهزار", 1_200),
        ("۱/۲ هزار", 1_200),
        ("۳٫۴ میلیون", 3_400_000),  # million
        ("۱ ميليارد", 1_000_000_000),  # billion, with Arabic letters
        ("1,2K", 1_200),
        ("0", 0),
        ("", None),
        ("K", None),
        ("1.5", None),
        ("-3", None),
        ("3 apples", None),
        ("1e9", None),
        ("9" * 40, None),
    ],
)
def test_counts_as_channels_write_them(text: str, expected: int | None) -> None:
    """English and Persian digits, signs and units."""
    assert count(text) == expected
