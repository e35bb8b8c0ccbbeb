"""What stands in a sitemap: news sitemaps to posts, ordinary ones to addresses, indexes to other sitemaps.

A sitemap is read piece by piece, for it may have 64 MiB. An ordinary one names addresses without titles:
its posts have nothing but an address until their pages are read (``articles = true``).
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from lxml import etree

from crawlers.pages.article_facts import moment_of, same_site
from crawlers.pages.entries import Entry, Feed, parse_entries
from crawlers.pages.fields import Reading, Unreadable, short
from crawlers.pages.text import clean, clean_name, web_address
from posts.errors import NotUnderstood, RecordError
from posts.post import Media

MAX_BYTES: Final = 64 * 2**20
"""The protocol allows 50 MB unpacked; Scrapy's and our own cap for anything else is 16 MiB."""
MAX_URLS: Final = 50_000
"""Addresses of one sitemap that are read: the protocol's own limit."""
IGNORED: Final = frozenset(
    {"changefreq", "priority", "link", "mobile", "news.genres", "news.stock_tickers", "news.access",
     "news.geo_locations", "news.publication", "image.geo_location", "image.license", "image", "news",
     "video", "video.description", "video.duration", "video.publication_date", "video.expiration_date",
     "video.family_friendly", "video.rating", "video.view_count", "video.tag", "video.category",
     "video.live", "video.requires_subscription", "video.uploader", "video.restriction", "video.platform",
     "video.price", "video.thumbnail_loc", "video.player_loc", "pagemap"}
)  # fmt: skip
"""Elements that are of no use here. Any other that is not read is reported."""
_READ: Final = frozenset(
    {"loc", "lastmod", "news.name", "news.language", "news.publication_date", "news.title", "news.keywords",
     "image.loc", "image.caption", "image.title", "video.title", "video.content_loc"}
)  # fmt: skip
_MOMENTS: Final = ("lastmod", "news.publication_date")
_LONGEST: Final = 5_000
_MOST_PARTS: Final = 2_000
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex)[\s>/]")
_ROOT_BEGINS = re.compile(rb"<[A-Za-z_]")
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_GZIP: Final = b"\x1f\x8b"
_PIECE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """Another sitemap that an index names, with the moment of its last change where it is told."""

    url: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """A sitemap: posts of its addresses (``bare`` are the ids of those without a title), or children."""

    reading: Reading = field(default_factory=Reading)
    bare: frozenset[str] = frozenset()
    children: tuple[Child, ...] = ()


def unzipped(body: bytes, *, subject: str, largest: int = MAX_BYTES) -> bytes:
    """The bytes of a ``.gz`` file that was sent as it is; others as they are. Too large a one is refused."""
    if not body.startswith(_GZIP):
        return body
    parts: list[bytes] = []
    left, size = body, 0
    while left.startswith(_GZIP):
        unpacker = zlib.decompressobj(wbits=31)
        while left and not unpacker.eof:
            try:
                parts.append(unpacker.decompress(left, _PIECE))
            except zlib.error as error:
                raise NotUnderstood("a gzip file that is damaged", subject=subject) from error
            size += len(parts[-1])
            if size > largest:
                raise NotUnderstood(f"it unpacks to more than {largest >> 20} MiB", subject=subject)
            left = unpacker.unconsumed_tail
        if not unpacker.eof:
            raise NotUnderstood("a gzip file that breaks off", subject=subject)
        left = unpacker.unused_data
    return b"".join(parts)


def is_sitemap(body: bytes) -> bool:
    """Whether the first element is that of a sitemap or of an index of them."""
    start = body[:20_000]
    narrow = start.replace(b"\x00", b"") if b"\x00" in start[:100] else start
    bare = _COMMENT.sub(b"", narrow)
    first = _ROOT_BEGINS.search(bare)
    return first is not None and _ROOT.match(bare, first.start()) is not None


def read_sitemap(body: bytes, feed: Feed, *, since: datetime | None = None, most: int = MAX_URLS) -> Sitemap:
    """What a sitemap names; addresses of another site than the feed's are passed over.

    Those that have not changed ``since`` are counted and not looked at further.
    """
    if _ENTITY.search(body[:20_000]):
        raise NotUnderstood("a sitemap that declares entities is not read", subject=feed.source)
    taken = _Taken(feed, since)
    try:
        for element in _elements(body):
            if taken.items >= most:
                taken.remarks.append(f"more than {most:,} addresses, of which the first were read")
                break
            taken.take(element)
    except (etree.LxmlError, ValueError) as error:
        if not taken.items:
            raise NotUnderstood(f"XML that cannot be read ({short(error)})", subject=feed.source) from error
        taken.remarks.append(f"not well-formed XML ({short(error)}); read as far as it goes")
    return taken.sitemap()


def _elements(body: bytes) -> Iterator[Any]:
    """Each ``url`` and ``sitemap`` in turn, thrown away when the next is asked for."""
    found = etree.iterparse(
        io.BytesIO(body), events=("end",), tag=("{*}url", "{*}sitemap"), resolve_entities=False,
        no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    for _, element in found:
        yield element
        parent = element.getparent()
        element.clear()
        while parent is not None and element.getprevious() is not None:
            del parent[0]


@dataclass(slots=True)
class _Taken:
    """What has been read so far."""

    feed: Feed
    since: datetime | None = None
    items: int = 0
    entries: list[_Place] = field(default_factory=list)
    children: list[Child] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    elsewhere: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    remarks: list[str] = field(default_factory=list)

    def take(self, element: Any) -> None:
        self.items += 1
        place = _Place(element)
        self.unread.update(place.unread())
        url = place.url()
        if url is None:
            written = clean_name(place.one("loc") or "")[:100]
            reason = f"loc: {written} is no web address" if written else "loc: missing"
            self.unreadable.append(Unreadable(subject=f"entry {self.items}", reason=reason))
        elif not same_site(url, self.feed.url):
            self.elsewhere += 1
        elif etree.QName(element).localname == "sitemap":
            self.children.append(Child(url=url, changed_at=moment_of(place.one("lastmod"))))
        elif not place.is_older(self.since):
            self.entries.append(place)

    def sitemap(self) -> Sitemap:
        publication = next((name for place in self.entries if (name := place.one("news.name"))), "")
        feed = self.feed.told(language=None, title=clean_name(publication)[:200])
        reading = parse_entries(self.entries, feed, remarks=tuple(self.remarks))
        passed_over = reading.passed_over
        if self.elsewhere:
            passed_over["addresses of another site"] += self.elsewhere
        read = Reading(
            posts=reading.posts,
            items=self.items,
            unreadable=(*self.unreadable[:1000], *reading.unreadable),
            passed_over=passed_over,
            unread=self.unread,
            remarks=reading.remarks,
        )
        bare = frozenset(post.id for post in reading.posts if post.title is None)
        return Sitemap(reading=read, bare=bare, children=tuple(self.children))


class _Place(Entry):
    """An address in a sitemap; what stands in it is taken out at once, for the element is thrown away."""

    def __init__(self, element: Any) -> None:
        self._told: dict[str, list[str]] = {}
        for part in islice(element.iter("{*}*"), _MOST_PARTS):
            if part is not element:
                self._told.setdefault(_name_of(part, element), []).append((part.text or "")[:_LONGEST])

    def unread(self) -> Iterator[str]:
        return (f"url.{clean_name(name)[:60]}" for name in self._told if name not in IGNORED | _READ)

    def one(self, name: str) -> str | None:
        return next((text for text in self._told.get(name, ()) if text.strip()), None)

    def is_older(self, since: datetime | None) -> bool:
        """Whether it says that it has not changed since; one that cannot be read says nothing."""
        told = [found for name in _MOMENTS if (found := moment_of((self.one(name) or "").strip()))]
        return since is not None and bool(told) and max(told) < since

    def native_id(self) -> str | None:
        return self.url()

    def url(self) -> str | None:
        return web_address((self.one("loc") or "").strip())

    def title(self) -> str | None:
        return clean_name(self.one("news.title") or self.one("video.title") or "") or None

    def body(self) -> tuple[str, tuple[str, ...]]:
        return "", ()

    def author(self) -> str | None:
        return None  # the name of the publication, which is told, is nobody's

    def created_at(self) -> datetime | None:
        return self._moment("news.publication_date") or self._moment("lastmod")

    def edited_at(self) -> datetime | None:
        return self._moment("lastmod") if self.one("news.publication_date") else None

    def _moment(self, name: str) -> datetime | None:
        written = self.one(name)
        if written is None:
            return None
        found = moment_of(clean(written).strip())
        if found is None:
            raise RecordError(f"{name}: {clean_name(written)[:60]} is not a time")
        return found

    def language(self) -> str | None:
        return self.one("news.language")

    def categories(self) -> list[str]:
        return [word.strip() for text in self._told.get("news.keywords", ()) for word in _split(text)]

    def media(self) -> Iterator[Media]:
        alts = self._told.get("image.caption") or self._told.get("image.title") or []
        pictures = self._told.get("image.loc", [])
        for position, written in enumerate(pictures[:100]):
            url = web_address(written.strip())
            # Captions are told apart only where each picture has one.
            alt = clean_name(alts[position]) if len(alts) == len(pictures) else ""
            if url is not None:
                yield Media(kind="image", url=url, alt=alt or None)
        for written in self._told.get("video.content_loc", [])[:100]:
            url = web_address(written.strip())
            if url is not None:
                yield Media(kind="video", url=url)

    def comments(self) -> int | None:
        return None


_split: Callable[[str], list[str]] = re.compile(r"[,،;؛]").split  # the Persian comma and semicolon too


def _name_of(part: Any, element: Any) -> str:
    """``news.title`` for what stands in an element of an extension, ``loc`` for the protocol's own."""
    tag = etree.QName(part)
    own = etree.QName(element).namespace
    if tag.namespace == own:
        return str(tag.localname)
    for sign in ("news", "image", "video"):
        if sign in (tag.namespace or ""):
            return sign if tag.localname == sign else f"{sign}.{tag.localname}"
    return str(tag.localname).lower()
