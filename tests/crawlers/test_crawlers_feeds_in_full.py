"""Pages of articles, sitemaps and what a feed says of its renewal: each beside what is to be read in it."""

from __future__ import annotations

import gzip
import json
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.deadline import within
from crawlers.pages.articles import MAX_BYTES, Article, decoded, read_article
from crawlers.pages.entries import Feed, seconds_of
from crawlers.pages.feeds import read_feed
from crawlers.pages.renewal import fresh_for, renewed_every
from crawlers.pages.sitemaps import Sitemap, is_sitemap, read_sitemap, unzipped
from crawlers.shapes import shape_of, vanished
from crawlers.ways.known import Known
from posts.errors import NotUnderstood
from posts.post import decode, encode

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
AT = datetime(2026, 11, 1, tzinfo=UTC)
SITE = Feed(url="https://site.example/sitemap.xml", source="source", at=AT)
PAGE = "https://site.example/page"
SITEMAPS = sorted(path.parent for path in FIXTURES.glob("sitemaps/*/expected.json"))
ARTICLES = sorted(path.parent for path in FIXTURES.glob("articles/*/expected.json"))
NEWS = (FIXTURES / "sitemaps" / "news" / "input.xml").read_bytes()
ARTICLE = (FIXTURES / "articles" / "news" / "input.html").read_bytes()


def set_only(value: Any) -> Any:
    """A record as it stands in ``expected.json``: only what is set."""
    if isinstance(value, dict):
        told = {key: set_only(part) for key, part in value.items()}
        return {key: part for key, part in told.items() if part not in (None, [], {}, "", False)}
    return [set_only(part) for part in value] if isinstance(value, list) else value


def told_sitemap(case: Path) -> dict[str, Any]:
    body = unzipped(next(case.glob("input.*")).read_bytes(), subject="source")
    assert is_sitemap(body)
    found = read_sitemap(body, SITE)
    plain = json.loads(msgspec.json.encode(found.reading.posts))
    same = {"source": "source", "platform": "feed", "kind": "news", "collected_at": "2026-11-01T00:00:00Z"}
    return {
        "items": found.reading.items,
        "posts": [{k: v for k, v in set_only(post).items() if same.get(k) != v} for post in plain],
        "bare": sorted(found.bare),
        "children": [[child.url, str(child.changed_at)] for child in found.children],
        "unreadable": {item.subject: item.reason for item in found.reading.unreadable},
        "passed_over": dict(found.reading.passed_over),
        "unread": dict(found.reading.unread),
        "remarks": list(found.reading.remarks),
    }


def told_article(case: Path) -> dict[str, Any]:
    found = read_article((case / "input.html").read_bytes(), url=PAGE, language="fa")
    told: dict[str, Any] = set_only(json.loads(msgspec.json.encode(asdict(found))))
    return told


@pytest.mark.parametrize("case", SITEMAPS, ids=lambda case: case.name)
def test_sitemaps_give_what_stands_beside_them(case: Path) -> None:
    """Posts, addresses without titles, other sitemaps, and what is none of these, field by field."""
    assert told_sitemap(case) == json.loads((case / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("case", ARTICLES, ids=lambda case: case.name)
def test_pages_give_what_stands_beside_them(case: Path) -> None:
    """The text to its last half-space, and what the page says of itself."""
    assert told_article(case) == json.loads((case / "expected.json").read_text("utf-8"))


def test_there_are_cases_of_every_shape() -> None:
    """A case whose expectation is missing is not passed over in silence."""
    for kind, cases in (("sitemaps", SITEMAPS), ("articles", ARTICLES)):
        assert cases == sorted(path for path in (FIXTURES / kind).iterdir() if path.is_dir())
        assert len(cases) >= 6


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("1:02:03", 3723.0), ("62:03", 3723.0), ("3723", 3723.0), ("۱:۰۲:۰۳", 3723.0), (12.5, 12.5),
     ("7.5", 7.5), ("soon", None), ("", None), ("0", None), (True, None), (-3, None), ("1:2:3:4", None),
     (None, None)],
)  # fmt: skip
def test_how_long_something_plays(written: object, seconds: float | None) -> None:
    """Clocks, seconds and numbers, in digits of either script."""
    assert seconds_of(written) == seconds


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"ttl": "60"}, 3600.0),
        ({"sy_updateperiod": "hourly", "sy_updatefrequency": "2"}, 1800.0),
        ({"sy_updateperiod": "daily"}, 86_400.0),
        ({"sy_updateperiod": "yearly"}, 86_400.0),
        ({"ttl": "60", "sy_updateperiod": "hourly", "sy_updatefrequency": "2"}, 3600.0),
        ({"ttl": "soon", "sy_updateperiod": "often"}, None),
        ({"ttl": "0"}, None),
        ({"ttl": "-5"}, None),
        ({}, None),
    ],
)
def test_how_often_a_feed_is_renewed(told: dict[str, str], seconds: float | None) -> None:
    """ttl in minutes, the syndication module's periods, the longer of both, never more than a day."""
    assert renewed_every(told) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("max-age=300", 300.0), ("public, max-age=300", 300.0), ("s-maxage=10, max-age=20", 20.0),
     ("no-cache, max-age=300", None), ("max-age=300, no-store", None), ("max-age=99999999", 86_400.0),
     ("private", None), ("max-age=soon", None), ("", None), ("max-age=0", 0.0)],
)  # fmt: skip
def test_how_long_an_answer_stays_good(header: str, seconds: float | None) -> None:
    """Cache-Control's max-age, unless the answer is not to be kept at all."""
    assert fresh_for(header) == seconds


@pytest.mark.parametrize(
    ("robots", "opted_out"),
    [("noindex", True), ("NOARCHIVE, nofollow", True), ("none", True), ("rasad: noindex", True),
     ("otherbot: noindex", False), ("nofollow", False), ("all", False), ("", False),
     ("otherbot: noindex\nnoindex", True), ("unavailable_after: 25 Jun 2030 15:00:00 PST", False)],
)  # fmt: skip
def test_pages_may_ask_not_to_be_kept(robots: str, *, opted_out: bool) -> None:
    """X-Robots-Tag for everybody or for us; what is said to others does not count."""
    found = read_article(ARTICLE, url=PAGE, robots=robots)

    assert (found.why == "opted out", found.text == "") == (opted_out, opted_out)


@pytest.mark.parametrize(
    ("meta", "opted_out"),
    [('<meta name="robots" content="noindex">', True), ('<meta NAME="Robots" CONTENT="NOARCHIVE">', True),
     ('<meta name="rasad" content="noindex">', True), ('<meta name="otherbot" content="noindex">', False),
     ('<meta name="robots" content="max-snippet:-1">', False)],
)  # fmt: skip
def test_heads_may_ask_not_to_be_kept(meta: str, *, opted_out: bool) -> None:
    """The same in the head of the page."""
    page = ARTICLE.replace(b"<title>", meta.encode() + b"<title>").replace(b"index, follow", b"all")

    assert (read_article(page, url=PAGE).why == "opted out") == opted_out


def test_a_page_that_holds_the_letters_half_spaces_hide_behind_is_read_as_it_is() -> None:
    """A text in Linear A beside Persian keeps both."""
    strange = "".join(map(chr, range(0x10600, 0x10604)))
    page = ARTICLE.decode().replace("فروشنده‌ها", f"فروشنده‌ها {strange}")  # "sellers"

    text = read_article(page.encode(), url=PAGE).text

    assert f"فروشنده‌ها {strange} می‌گویند" in text


HOSTILE = {
    "nested": b"<html><body><article>" + b"<div>" * 100_000 + b"deep" + b"</div>" * 100_000,
    "nested spans": b"<html><body><p>" + b"<span>" * 30_000 + b"deep",
    "too large": b"<html><body><p>" + b"word, " * (3 * 2**20),
    "one paragraph": b"<html><body><p>" + b"word, and " * 200_000,
    "links": b"<html><body>" + b"<a href=/x>link text here</a> " * 9_900,
    "wide": b"<html><body><article>" + b"<p>hello world, this is text" * 19_000,
    "unclosed": b"<html><body>" + b"<p><b><i>x" * 6_000,
    "attributes": b"<html><body><p " + b" ".join(b'a%d="x"' % n for n in range(50_000)) + b">text",
    "attributes without values": b"<html><body><p a=\"b='>' " + b"b " * 500_000,
    "attributes behind a sign": b'<html><body><p a"b=">" ' + b" ".join(b"c%d" % n for n in range(90_000)),
    "attributes side by side": b"<html><body><p " + b"".join(b'a%d="x"' % n for n in range(90_000)) + b">",
    "table": b"<html><body><table>" + b"<tr><td>x" * 9_900,
    "nothing": b"",
    "no markup": b"hello",
    "binary": bytes(range(256)) * 4_000,
    "zeros": b"\x00" * 1_000_000,
    "entities": b"<!DOCTYPE html [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><html><body><p>&b;" + b"&b;" * 90_000,
    "json": b'<html><head><script type="application/ld+json">' + b"[" * 100_000 + b"</script></head><body>x",
    "surrogates": b"<html><body><p>&#xD800; &#55296; \xed\xa0\x80" + b"text, and more " * 30,
    "packed": gzip.compress(b"<html><body>" + b"x" * 2**20),
    "utf-16": "<html><body><p>text</p></body></html>".encode("utf-16"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_pages_are_articles_or_say_why_not(name: str) -> None:
    """Depth, size, bombs and broken encodings: a text that can be kept, or a reason."""
    found = read_article(HOSTILE[name], url=PAGE)

    assert bool(found.text) != bool(found.why)
    found.text.encode()
    if name.startswith("attributes"):
        assert found.why == "too many attributes"
    if len(HOSTILE[name]) > MAX_BYTES:
        assert found == Article(why="larger than 2 MiB")


def test_work_that_takes_too_long_is_given_up() -> None:
    """Also where the work catches everything, and nothing stays behind for later."""

    def endless() -> str:
        while True:
            with suppress(Exception):
                sum(range(1000))

    assert within(0.05, endless, late="late") == "late"
    assert within(5.0, lambda: "done", late="late") == "done"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(
            b'<!DOCTYPE urlset [<!ENTITY a "x">]><urlset><url/></urlset>', "entities", id="entities"
        ),
        pytest.param(b"<urlset><url>" + b"<a>" * 100_000, "cannot be read", id="deep"),
        pytest.param(b"<urlset><url><loc>\x00", "cannot be read", id="zero byte"),
    ],
)
def test_hostile_sitemaps_are_refused_by_name(body: bytes, told: str) -> None:
    """What is no sitemap costs the crawl nothing but its reason."""
    with pytest.raises(NotUnderstood, match=told):
        read_sitemap(body, SITE)


def test_a_sitemap_gives_no_more_than_the_protocol_allows() -> None:
    """The remark says that there were more; what did not change since is only counted."""
    place = b"<url><loc>https://site.example/%d</loc><lastmod>2026-10-%d</lastmod></url>"
    body = b"<urlset>" + b"".join(place % (day, day) for day in range(10, 30)) + b"</urlset>"

    cut = read_sitemap(body, SITE, most=15).reading
    whole = read_sitemap(body, SITE, most=20).reading
    recent = read_sitemap(body, SITE, since=datetime(2026, 10, 27, tzinfo=UTC)).reading

    assert (cut.items, len(cut.posts)) == (15, 15)
    assert cut.remarks == ("more than 15 addresses, of which the first were read",)
    assert (whole.items, whole.remarks) == (20, ())
    assert (recent.items, [post.created_at.day for post in recent.posts]) == (20, [27, 28, 29])


def test_packed_sitemaps_are_whole_and_bounded() -> None:
    """Several members are one file; half a file, a damaged one and a bomb are refused."""
    half, whole = gzip.compress(b"a" * 1000), gzip.compress(b"b" * 1000)

    assert unzipped(half + whole, subject="s") == b"a" * 1000 + b"b" * 1000
    assert unzipped(b"<urlset/>", subject="s") == b"<urlset/>"
    for broken, told in (
        (whole[:-9], "breaks off"),
        (whole[:12] + b"\xff" * 20, "damaged|breaks off"),
        (gzip.compress(b"\x00" * (3 << 20)), "more than 2 MiB"),
    ):
        with pytest.raises(NotUnderstood, match=told):
            unzipped(broken, subject="s", largest=2 << 20)


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"<urlset>", True), (b'<?xml version="1.0"?>\n<!-- x -->\n<ns:sitemapindex a="b">', True),
     ("<urlset>".encode("utf-16"), True), (b"<rss><urlset/></rss>", False),
     (b"<!-- <urlset> --><rss>", False), (b"<urlsets>", False), (b"", False), (b"{}", False),
     (b"<!-- <urlset>", False)],
)  # fmt: skip
def test_a_sitemap_is_known_by_its_first_element(body: bytes, *, expected: bool) -> None:
    """Not by what stands in comments or further inside."""
    assert is_sitemap(body) == expected


def test_what_entries_have_lost_is_noticed() -> None:
    """A part that half of them had and none has now, in the order in which it is told."""
    (post, *_) = read_sitemap(NEWS, SITE).reading.posts

    assert shape_of([post]) == ["date", "title", "link"]
    assert shape_of([]) == []
    assert vanished(["link", "date", "title"], ["title"]) == ["date", "link"]
    assert vanished(["title"], ["title", "date"]) == []


def test_entries_are_known_by_what_they_say() -> None:
    """The same entry is known; with another title it was there and says something else."""
    first, second, _ = read_sitemap(NEWS, SITE).reading.posts
    known = Known()
    known.note([first])
    again = Known.read(known.write())
    changed = decode(encode(first).replace(b'"title":"', b'"title":"new '))

    assert (again.same(first), again.has(second), again.same(changed), again.has(changed)) == (
        True, False, False, True,
    )  # fmt: skip
    assert Known.read("damaged").digests == Known.read("[]").digests == {}


@given(
    at=st.integers(0, len(NEWS) - 1),
    cut=st.integers(0, 80),
    put=st.binary(max_size=40) | st.just(b"&#xD800;"),
)
def test_a_damaged_sitemap_is_read_or_named(at: int, cut: int, put: bytes) -> None:
    """A sitemap with a piece taken out and another put in: every post can be written and read again."""
    with suppress(NotUnderstood):
        found: Sitemap = read_sitemap(NEWS[:at] + put + NEWS[at + cut :], SITE)
        for post in found.reading.posts:
            assert decode(encode(post)) == post


@given(st.binary(max_size=300))
def test_any_bytes_are_a_sitemap_or_not(body: bytes) -> None:
    """Nothing else is raised than the reason."""
    is_sitemap(body)
    with suppress(NotUnderstood):
        read_sitemap(unzipped(body, subject="s"), SITE)


@given(
    at=st.integers(0, len(ARTICLE) - 1),
    cut=st.integers(0, 400),
    put=st.binary(max_size=60) | st.text(max_size=40),
)
def test_a_damaged_page_is_an_article_or_says_why_not(at: int, cut: int, put: bytes | str) -> None:
    """A page with a piece taken out and another put in."""
    piece = put if isinstance(put, bytes) else put.encode("utf-8", "surrogatepass")
    found = read_article(ARTICLE[:at] + piece + ARTICLE[at + cut :], url=PAGE)

    assert bool(found.text) != bool(found.why)
    found.text.encode()


@given(st.binary(max_size=200), st.text(max_size=40))
def test_any_bytes_are_a_page_in_some_encoding(body: bytes, header: str) -> None:
    """Whatever charset a header names, letters come out."""
    assert isinstance(decoded(body, f"text/html; charset={header}"), str)


def test_feeds_tell_how_often_they_are_renewed() -> None:
    """The reading of a feed carries it to the crawl."""
    body = (FIXTURES / "feeds" / "podcast_persian" / "input.rss").read_bytes()

    assert read_feed(body, SITE).every_s == 7200.0
