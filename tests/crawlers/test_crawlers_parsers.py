"""Parsers on whatever may come: they give posts or name what is wrong, and raise nothing else."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.entries import Feed, mark
from crawlers.pages.feeds import read_feed
from crawlers.pages.fields import Reading
from crawlers.pages.mastodon import parse_statuses, read_statuses
from crawlers.pages.mastodon_ids import newer
from crawlers.pages.mastodon_people import Seen
from crawlers.pages.mastodon_server import pages_of, read_server
from crawlers.pages.text import clean, plain
from posts.errors import NotUnderstood
from posts.post import decode, encode

AT = datetime(2026, 11, 1, tzinfo=UTC)
SEEN = Seen(server="social.example", domain="social.example", source="source", at=AT)
FEED = Feed(url="https://feeds.example/feed", source="source", at=AT)
FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PERSIAN = json.loads((FIXTURES / "mastodon" / "persian" / "input.json").read_text("utf-8"))
STATUS = PERSIAN["response"]["json"][0]
RSS = (FIXTURES / "feeds" / "persian" / "input.rss").read_bytes()
JSON_FEED = json.loads((FIXTURES / "feeds" / "json_persian" / "input.json").read_text("utf-8"))

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=6,
)


def whole(reading: Reading) -> None:
    """Every item is a post or accounted for, and every post can be written and read again."""
    accounted = len(reading.unreadable) + sum(reading.passed_over.values())
    assert len(reading.posts) + accounted >= min(reading.items, 1)
    for post in reading.posts:
        assert decode(encode(post)) == post


@given(changes=st.dictionaries(st.sampled_from(sorted(STATUS)), anything, min_size=1, max_size=3))
def test_a_status_with_anything_in_it_is_a_post_or_named(changes: dict[str, Any]) -> None:
    """Any value in any field of a status."""
    whole(parse_statuses([{**STATUS, **changes}], SEEN))


@given(
    part=st.sampled_from(["account", "card"]),
    changes=st.dictionaries(st.sampled_from([*sorted(STATUS["account"]), "title"]), anything, max_size=3),
)
def test_inner_objects_may_hold_anything(part: str, changes: dict[str, Any]) -> None:
    """Any value in any field of the account and the card."""
    whole(parse_statuses([{**STATUS, part: {**STATUS[part], **changes}}], SEEN))


@given(anything)
def test_an_answer_may_be_anything(value: object) -> None:
    """Any JSON for an answer of the timeline, the server and a JSON Feed."""
    body = json.dumps(value).encode("utf-8", "replace")
    for read in (
        lambda: read_statuses(body, SEEN),
        lambda: read_server(body, address="https://social.example", timeline="public"),
        lambda: read_feed(body, FEED),
    ):
        with suppress(NotUnderstood):
            read()


@given(
    at=st.integers(0, len(RSS) - 1),
    cut=st.integers(0, 60),
    put=st.binary(max_size=30) | st.just(b"&#xD800;\x00"),
)
def test_a_damaged_feed_is_read_or_named(at: int, cut: int, put: bytes) -> None:
    """A feed with a piece taken out and another put in."""
    with suppress(NotUnderstood):
        whole(read_feed(RSS[:at] + put + RSS[at + cut :], FEED))


@given(changes=st.dictionaries(st.sampled_from(sorted(JSON_FEED["items"][0])), anything, max_size=3))
def test_an_item_of_a_json_feed_may_hold_anything(changes: dict[str, Any]) -> None:
    """Any value in any field of an item."""
    value = {**JSON_FEED, "items": [{**JSON_FEED["items"][0], **changes}]}
    whole(read_feed(json.dumps(value).encode("utf-8", "replace"), FEED))


@given(st.text(max_size=200) | st.text("<>&;#x/aپ\u200c\ud800 \n=\"'", max_size=200))
def test_markup_becomes_text_that_can_be_kept(markup: str) -> None:
    """Plain text of any markup can be encoded, and cleaning it again changes nothing."""
    text = plain(markup).text

    assert text.encode() is not None
    assert clean(text) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree", id="paragraphs and lines"),
        pytest.param("<p>می\u200cروم</p>", "می\u200cروم", id="half-space"),  # "I go"
        pytest.param("a<script>x()</script>b<style>c</style>", "ab", id="scripts"),
        pytest.param("<ul><li>one</li><li>two</li></ul>", "one\ntwo", id="list"),
        pytest.param("fish &amp; chips &lt;b&gt;", "fish & chips <b>", id="entities"),
        pytest.param("a &#xD800; &#55296; b\x00", "a \ufffd \ufffd b", id="half a pair"),
        pytest.param("1 < 2", "1 < 2", id="no markup"),
        pytest.param(
            '<a href="https://a.example/b"><span class="invisible">https://</span>a.example/b</a>',
            "https://a.example/b",
            id="shortened address",
        ),
        pytest.param('<a href="javascript:x()">here</a>', "here", id="no web address"),
    ],
)
def test_markup_reads_as_people_see_it(markup: str, text: str) -> None:
    """Paragraphs, lines, hidden parts and entities."""
    assert plain(markup).text == text


def test_hostile_json_costs_the_item_and_not_the_page() -> None:
    """NaN and numbers of 5,000 digits refuse the item they stand in; depth refuses the page by name."""
    good = json.dumps(STATUS)
    body = f"[{good}, {good.replace('9001', '9002', 3).replace(': 3,', ': NaN,', 1)},"
    body += good.replace(": 3,", ": " + "9" * 5000 + ",", 1) + "]"

    reading = read_statuses(body.encode(), SEEN)

    assert (len(reading.posts), len(reading.unreadable)) == (1, 2)
    with pytest.raises(NotUnderstood):
        read_statuses(b"[" * 100_000 + b"]" * 100_000, SEEN)


def test_pages_lead_nowhere_else() -> None:
    """Only addresses on the page's own origin are followed, verbatim."""
    page = "https://social.example/api/v1/timelines/public"
    link = (
        '<https://social.example/api/v1/timelines/public?max_id=1&limit=40>; rel="next", '
        '<https://evil.example/?min_id=2>; rel="prev"'
    )

    assert pages_of(link, page=page) == {
        "next": "https://social.example/api/v1/timelines/public?max_id=1&limit=40"
    }


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("9", "10", "10"), ("117", "116", "117"), (None, "1", "1"), ("01H", "01G", "01H"), (None, None, None)],
)
def test_the_newer_of_two_ids(one: str | None, other: str | None, expected: str | None) -> None:
    """Ids are opaque: the longer is newer, then the later in order."""
    assert newer(one, other) == expected


@pytest.mark.parametrize(
    ("local", "remote", "open_to", "told"),
    [
        ("public", "public", (True, True), ""),
        ("public", "authenticated", (True, False), "remote posts to signed-in users only"),
        ("disabled", "disabled", (False, False), "local posts to nobody and remote posts to nobody"),
    ],
)
def test_what_a_server_shows_is_read(local: str, remote: str, open_to: tuple[bool, bool], told: str) -> None:
    """timelines_access of 4.5 decides, with a sentence where not all is shown."""
    answer = {"configuration": {"timelines_access": {"live_feeds": {"local": local, "remote": remote}}}}

    server = read_server(json.dumps(answer).encode(), address="https://a.example", timeline="public")

    assert (server.access.local, server.access.remote) == open_to
    assert told in server.access.why
    assert server.domain == "a.example"


ITEM = (
    '<rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>{title}</title>'
    "<pubDate>Thu, 01 Oct 2026 08:30:00 GMT</pubDate><description><![CDATA[{text}]]></description>"
    "</item></channel></rss>"
)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(ITEM.encode(), "text/xml; charset=iso-8859-1", id="header names a default"),
        pytest.param(b'<?xml version="1.0" encoding="utf-8"?>' + ITEM.encode(), "", id="declared"),
        pytest.param(ITEM.encode(), "", id="nothing said"),
        pytest.param(b"\xef\xbb\xbf" + ITEM.encode(), "text/xml", id="byte order mark"),
        pytest.param(('<?xml version="1.0" encoding="utf-16"?>' + ITEM).encode("utf-16"), "", id="utf-16"),
        pytest.param(ITEM.encode(), "text/xml; charset=windows-1256", id="header alone"),
        pytest.param(
            b'<?xml version="1.0" encoding="windows-1256"?>' + ITEM.encode(), "text/xml", id="declared 1256"
        ),
    ],
)
def test_persian_survives_every_encoding(body: bytes, content_type: str, request: Any) -> None:
    """The declaration, the header or the bytes tell the encoding, and the text is the same."""
    title = "قهوه پارس"  # a brand of coffee
    wide = "utf-16" in request.node.callspec.id
    code = (
        "windows-1256"
        if "1256" in request.node.callspec.id or "alone" in request.node.callspec.id
        else "utf-8"
    )
    filled = (
        body.decode("utf-16").replace("{title}", title).encode("utf-16")
        if wide
        else body.replace(b"{title}", title.replace("ی", "ي").encode(code))
    )

    reading = read_feed(filled, FEED, content_type=content_type)

    assert [post.title for post in reading.posts] == [title]
    assert reading.remarks == ()


@pytest.mark.parametrize("text", ["<!DOCTYPE html><html>how to</html>", '<!ENTITY xxe SYSTEM "file:///">'])
def test_a_feed_may_write_about_markup(text: str) -> None:
    """Only what stands before the first element makes a page or an attack of a feed."""
    body = ITEM.replace("{title}", "XML").replace("{text}", text)

    assert len(read_feed(body.encode(), FEED).posts) == 1


def test_a_feed_without_dates_keeps_the_time_it_was_first_seen() -> None:
    """The second reading gives the time of the first, not its own."""
    body = ITEM.replace("<pubDate>Thu, 01 Oct 2026 08:30:00 GMT</pubDate>", "").encode()
    (first,) = read_feed(body, FEED).posts
    later = Feed(
        url=FEED.url,
        source="source",
        at=datetime(2026, 11, 2, tzinfo=UTC),
        first_seen={mark(first.id): AT},
    )

    (second,) = read_feed(body, later).posts

    assert (first.created_at, first.first_seen_at) == (AT, AT)
    assert (second.created_at, second.first_seen_at) == (AT, AT)
