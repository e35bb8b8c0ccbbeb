"""What stands in a feed: RSS, Atom, RDF and JSON Feed to posts.

XML is read twice: first by lxml with every dangerous thing off, which refuses what is no feed and what
is hostile, and then, only if it passed, by feedparser, which knows the dialects. Categories are not
hashtags: newsrooms file everything under "News"; only a category written with its ``#`` is one.
"""

from __future__ import annotations

import calendar
import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urljoin

import feedparser
from lxml import etree

from crawlers.pages import jsonfeed
from crawlers.pages.entries import Entry, Feed, kind_of_media, parse_entries, seconds_of
from crawlers.pages.fields import Reading, short
from crawlers.pages.jalali import read_jalali
from crawlers.pages.renewal import renewed_every
from crawlers.pages.text import clean_name, plain, web_address
from posts.errors import NotUnderstood, RecordError
from posts.post import Media
from words.digits import latin

MAX_ENTRIES: Final = 10_000
"""Entries of one feed that are read; feedparser takes about half a millisecond for each."""
MAX_ATTRIBUTES: Final = 1_000
"""Attributes of one element; feedparser's time grows with their square."""
MAX_BROKEN_BYTES: Final = 1_000_000
"""A feed that is not well-formed is read all the same if it is no larger."""

IGNORED: Final = frozenset(
    {
        "author", "author_detail", "authors", "bigimage", "comments", "content", "contributors", "created",
        "created_parsed", "dc_format", "dc_identifier", "dc_rights", "dc_source", "dc_type", "enclosures",
        "expired", "expired_parsed", "feedburner_origlink", "guidislink", "height", "href", "id", "image",
        "itunes_block", "itunes_duration", "itunes_episode", "itunes_episodetype", "itunes_explicit",
        "itunes_isclosedcaptioned", "itunes_order", "itunes_season", "itunes_title", "language", "license",
        "link", "links", "media_content", "media_credit", "media_keywords", "media_rating", "media_text",
        "media_thumbnail", "post-id", "prism_publicationdate", "prism_publicationname", "prism_section",
        "published", "published_parsed", "publisher", "publisher_detail", "rights", "rights_detail",
        "slash_comments", "smallimage", "source", "source_outline", "subtitle", "subtitle_detail", "summary",
        "summary_detail", "tags", "thr_total", "thumbnail", "title", "title_detail", "updated",
        "updated_parsed", "wfw_comment", "wfw_commentrss", "width", "yt_videoid", "yt_channelid",
        "media_starrating", "media_statistics", "media_community", "media_title", "credit", "where",
        "georss_point", "geo_lat", "geo_long", "podcast_transcript", "podcast_person", "podcast_chapters",
        "podcast_season", "podcast_episode", "podcast_soundbite", "podcast_guid", "itunes_keywords",
    }
)  # fmt: skip
"""Keys of feedparser's entries that are read here or are of no use. Any other is reported."""

_DOCTYPE = re.compile(rb"<!DOCTYPE\s+([A-Za-z][\w:.-]*)", re.IGNORECASE)
_ROOT_BEGINS = re.compile(rb"<[A-Za-z_]")
_ROOT_ENDS = re.compile(rb"</(?:\w+:)?(?:rss|feed|RDF)\s*>", re.IGNORECASE)
_ENTRY_BEGINS = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_ENDS = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,150}\bencoding\s*=", re.IGNORECASE)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_SURROGATE_REFERENCE = re.compile(
    rb"(&(?:amp;)?#)(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}"
    rb"|0*5(?:529[6-9]|5[3-9]\d\d|6\d{3}|7[0-2]\d\d|73[0-3]\d|734[0-3]))(?=;)"
)
_LARGE_REFERENCE = re.compile(rb"(&(?:amp;)?#)(?:[xX]([0-9a-fA-F]{6,})|(\d{7,}))(?=;)")
_ROOTS = {"rss", "feed", "RDF"}


def read_feed(body: bytes, feed: Feed, *, content_type: str = "") -> Reading:
    """The posts of a feed, whichever dialect it is written in; ``NotUnderstood`` if it is none."""
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise NotUnderstood("an empty answer where a feed was expected", subject=feed.source)
    if start[:1] in b"{[" or ("json" in content_type and not start.startswith(b"<")):
        return jsonfeed.read(body, feed)
    # Half a pair of surrogates in one entry would break the reader for all of them.
    body = _SURROGATE_REFERENCE.sub(rb"\1xFFFD", _in_utf8(body, content_type))
    body, remarks = _examine(_LARGE_REFERENCE.sub(_letter, body), start, feed)
    found = _parse(body, feed)
    language = found.feed.get("language")
    feed = feed.told(
        language=language,
        title=clean_name(str(found.feed.get("title", ""))),
        podcast="itunes" in found.namespaces,
    )
    unread: Counter[str] = Counter()
    reading = parse_entries(
        [_Reader(entry, feed.url, unread) for entry in found.entries[:MAX_ENTRIES]], feed, remarks=remarks
    )
    reading.unread.update(unread)
    return replace(reading, every_s=renewed_every(found.feed))


def _letter(found: re.Match[bytes]) -> bytes:
    """The reference to a letter, or to U+FFFD where there is no letter of so large a number."""
    digits, base = (found[2], 16) if found[2] else (found[3], 10)
    return found[0] if len(digits) < 20 and int(digits, base) <= 0x10FFFF else found[1] + b"xFFFD"


def _examine(body: bytes, start: bytes, feed: Feed) -> tuple[bytes, tuple[str, ...]]:
    """The feed, as much of it as is read, and remarks about it; what is no feed or is hostile is refused."""
    prolog = _prolog(body)
    doctype = _DOCTYPE.search(prolog)
    if start[:5].lower() == b"<html" or (doctype and doctype[1].lower() == b"html"):
        raise NotUnderstood("an HTML page where a feed was expected", subject=feed.source)
    if _ENTITY.search(prolog):
        raise NotUnderstood("a feed that declares entities is not read", subject=feed.source)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        if not start.startswith(b"<") or len(body) > MAX_BROKEN_BYTES or "depth" in str(error).lower():
            raise NotUnderstood(f"XML that cannot be read ({short(error)})", subject=feed.source) from error
        return _whole_entries(body), (f"not well-formed XML ({short(error)}); read as far as it goes",)
    name = etree.QName(root).localname
    if name == "html":
        raise NotUnderstood("an HTML page where a feed was expected", subject=feed.source)
    if name not in _ROOTS:
        raise NotUnderstood(f"XML that is no feed (its root is {clean_name(name)[:60]})", subject=feed.source)
    if any(len(element.attrib) > MAX_ATTRIBUTES for element in root.iter(etree.Element)):
        told = f"XML with an element of more than {MAX_ATTRIBUTES:,} attributes is not read"
        raise NotUnderstood(told, subject=feed.source)
    entries = list(root.iter("{*}item", "{*}entry"))
    if len(entries) <= MAX_ENTRIES:
        return body, ()
    for entry in entries[MAX_ENTRIES:]:
        if (above := entry.getparent()) is not None:
            above.remove(entry)
    told = f"{len(entries):,} entries, of which the first {MAX_ENTRIES:,} were read"
    return etree.tostring(root, encoding="utf-8", xml_declaration=True), (told,)


def _whole_entries(body: bytes) -> bytes:
    """The feed without an entry that it breaks off in: half an entry would pass for an edited one."""
    if b"\x00" in body[:100] or _ROOT_ENDS.search(body):
        return body
    ends = [end.end() for end in _ENTRY_ENDS.finditer(body)]
    begins = _ENTRY_BEGINS.search(body)
    return body[: ends[-1]] if ends else body[: begins.start()] if begins else body


def _prolog(body: bytes) -> bytes:
    """What stands before the first element: declaration, comments, DOCTYPE; also of UTF-16."""
    start = body[:100_000]
    narrow = start.replace(b"\x00", b"") if b"\x00" in start[:100] else start
    root = _ROOT_BEGINS.search(narrow)
    return narrow if root is None else narrow[: root.start()]


def _in_utf8(body: bytes, content_type: str) -> bytes:
    """The feed with its encoding settled where only the header tells it (old sites in windows-1256).

    A header that contradicts bytes which are UTF-8 is wrong: servers name a default for every file.
    """
    told = _CHARSET.search(content_type)
    declared = _DECLARED.match(body[:200])
    if told is None or declared is not None or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body
    try:
        body.decode("utf-8")
        return body
    except UnicodeDecodeError:
        pass
    try:
        return body.decode(told[1], "replace").encode("utf-8", "replace")
    except LookupError:
        return body


def _parse(body: bytes, feed: Feed) -> Any:
    try:
        # A file, not the bytes: feedparser would take bytes for an address or the name of a file. And
        # without the feed's address: it would make addresses of guids ("17"), the same in every feed.
        return feedparser.parse(io.BytesIO(body))
    except (ValueError, LookupError, RecursionError, AssertionError, TypeError, AttributeError) as error:
        raise NotUnderstood(f"a feed that cannot be read ({short(error)})", subject=feed.source) from error


class _Reader(Entry):
    """An entry as feedparser gives it."""

    def __init__(self, entry: Mapping[str, Any], base: str, unread: Counter[str]) -> None:
        self._entry = entry
        self._base = base
        unread.update(f"entry.{key}"[:80] for key in entry if key not in IGNORED)

    def native_id(self) -> str | None:
        return _text(self._entry.get("id"))

    def url(self) -> str | None:
        return self._address(self._entry.get("link"))

    def title(self) -> str | None:
        text = self._entry.get("title")
        return clean_name(plain(text).text) or None if isinstance(text, str) else None

    def body(self) -> tuple[str, tuple[str, ...]]:
        contents = [part for part in self._entry.get("content", ()) if isinstance(part, dict)]
        if "summary_detail" in self._entry:
            contents.append(self._entry["summary_detail"])
        best = max(contents, key=lambda part: len(str(part.get("value") or "")), default={})
        read = plain(str(best.get("value") or ""), base=self.url() or self._base)
        written = self._entry.get("podcast_transcript")
        transcript = self._address(written.get("url")) if isinstance(written, Mapping) else None
        return read.text, (*(href for href, _ in read.links), *([transcript] if transcript else ()))

    def _address(self, written: object) -> str | None:
        """An address, whole also where the feed leaves out its own."""
        try:
            return web_address(urljoin(self._base, written)) if isinstance(written, str) and written else None
        except ValueError:
            return None

    def author(self) -> str | None:
        detail = self._entry.get("author_detail")
        name = detail.get("name") if isinstance(detail, dict) else None
        return clean_name(str(name or self._entry.get("author") or ""))[:200] or None

    def created_at(self) -> datetime | None:
        return self._date("published") or self._date("created") or self._date("updated")

    def edited_at(self) -> datetime | None:
        return self._date("updated")

    def _date(self, name: str) -> datetime | None:
        # `in` and not `get`: feedparser answers `updated` with `published` where there is none.
        if name not in self._entry or not self._entry[name]:
            return None
        jalali = read_jalali(str(self._entry[name]))
        if jalali is not None:
            return jalali
        parsed = self._entry.get(f"{name}_parsed") if f"{name}_parsed" in self._entry else None
        if parsed is None:
            raise RecordError(f"{name}: {clean_name(str(self._entry[name]))[:60]} is not a time")
        try:
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
        except (ValueError, TypeError, OverflowError) as error:
            raise RecordError(f"{name}: {clean_name(str(self._entry[name]))[:60]} is not a time") from error

    def language(self) -> str | None:
        for part in (*self._entry.get("content", ()), self._entry.get("title_detail")):
            if isinstance(part, dict) and part.get("language"):
                return str(part["language"])
        return None

    def categories(self) -> Iterable[str]:
        return [str(tag.get("term") or "") for tag in self._entry.get("tags", ()) if isinstance(tag, dict)]

    def media(self) -> Iterable[Media]:
        for part in (*self._entry.get("enclosures", ()), *self._entry.get("media_content", ())):
            url = self._address(part.get("href") or part.get("url"))
            if url is not None:
                kind = kind_of_media(str(part.get("medium") or part.get("type") or ""))
                # YouTube names the player of its videos, and that as a program.
                kind = "video" if "yt_videoid" in self._entry else kind
                if kind in {"audio", "video"}:
                    length = seconds_of(part.get("duration") or self._entry.get("itunes_duration"))
                    yield Media(kind=kind, url=url, alt=self._episode(), duration_s=length)
                else:
                    yield Media(kind=kind, url=url)
        for part in self._entry.get("media_thumbnail", ()):
            url = self._address(part.get("url"))
            if url is not None:
                yield Media(kind="image", url=url)

    def _episode(self) -> str | None:
        """``"S2 E5"``: which season and episode of a podcast it is."""
        told = []
        for sign, name in (("S", "season"), ("E", "episode")):
            number = self._entry.get(f"itunes_{name}") or self._entry.get(f"podcast_{name}")
            written = latin(clean_name(number)) if isinstance(number, str) else ""
            if written.isascii() and written.isdigit() and len(written) < 7:
                told.append(f"{sign}{int(written)}")
        return " ".join(told) or None

    def comments(self) -> int | None:
        told = [_count(self._entry.get(key)) for key in ("slash_comments", "thr_total")]
        return next((count for count in told if count is not None), None)

    def likes(self) -> int | None:
        return self._counted("media_starrating", "count")

    def views(self) -> int | None:
        return self._counted("media_statistics", "views")

    def _counted(self, key: str, name: str) -> int | None:
        told = self._entry.get(key)
        return _count(told.get(name)) if isinstance(told, Mapping) else None


def _count(told: object) -> int | None:
    if isinstance(told, str) and told.strip().isascii() and told.strip().isdigit() and len(told) < 17:
        return int(told)
    return None


def _text(value: object) -> str | None:
    return clean_name(value) or None if isinstance(value, str) else None
