"""Entries of feeds to posts, whatever the dialect: ids, dates that are missing, links, kinds of media."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from crawlers.pages.fields import Reading, Unreadable
from crawlers.pages.text import clean_name, web_address
from posts.errors import RecordError
from posts.people import author_key
from posts.post import Author, Kind, Link, Media, Metrics, Post
from words.digits import latin

PLATFORM = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Which feed: the address in the settings (ids hang on it, wherever it has moved), what it tells of
    itself, and when entries without a date were first seen (by ``mark``). Without a ``kind`` its posts are
    news, or audio where it is a ``podcast`` and most of them are sound."""

    url: str
    source: str
    at: datetime
    kind: Kind | None = None
    podcast: bool = False
    run_id: str | None = None
    language: str | None = None
    title: str | None = None
    first_seen: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    def told(self, *, language: object, title: str | None, podcast: bool = False) -> Feed:
        """The feed with what it says of itself."""
        return replace(self, language=language_of(language), title=title or None, podcast=podcast)


class Entry(ABC):
    """One entry in a dialect."""

    @abstractmethod
    def native_id(self) -> str | None: ...
    @abstractmethod
    def url(self) -> str | None: ...
    @abstractmethod
    def title(self) -> str | None: ...
    @abstractmethod
    def body(self) -> tuple[str, tuple[str, ...]]:
        """The text and the addresses it links to."""

    @abstractmethod
    def author(self) -> str | None: ...
    @abstractmethod
    def created_at(self) -> datetime | None:
        """``None`` where none is given; ``RecordError`` for one that cannot be read."""

    @abstractmethod
    def edited_at(self) -> datetime | None: ...
    @abstractmethod
    def language(self) -> str | None: ...
    @abstractmethod
    def categories(self) -> Iterable[str]: ...
    @abstractmethod
    def media(self) -> Iterable[Media]: ...
    @abstractmethod
    def comments(self) -> int | None: ...

    def likes(self) -> int | None:
        return None

    def views(self) -> int | None:
        return None


def parse_entries(entries: Iterable[Entry], feed: Feed, *, remarks: tuple[str, ...] = ()) -> Reading:
    """The posts of a feed's entries; what is none is named, not raised."""
    posts: dict[str, Post] = {}
    unreadable: list[Unreadable] = []
    doubles: Counter[str] = Counter()
    items = undated = 0
    entries = list(entries)
    shared = _shared(entries)
    for position, entry in enumerate(entries):
        items += 1
        subject = f"entry {position + 1}"
        try:
            subject = (entry.native_id() or entry.url() or subject)[:200]
            post = _post(entry, feed, shared)
        except (RecordError, RecursionError) as error:
            unreadable.append(Unreadable(subject=subject, reason=str(error)[:200]))
            continue
        undated += post.first_seen_at is not None
        if post.id in posts:
            doubles["the same entry twice"] += 1
        posts.setdefault(post.id, post)
    if undated:
        remarks = (*remarks, f"{undated} entries have no date; the time they were first seen stands for it")
    return Reading(
        posts=_of_one_kind(posts.values(), feed),
        items=items,
        unreadable=tuple(unreadable),
        passed_over=doubles,
        remarks=remarks,
    )


def _of_one_kind(posts: Collection[Post], feed: Feed) -> tuple[Post, ...]:
    """The posts as audio where the feed is a podcast: at least half of them are sound."""
    sounds = sum(post.format == "audio" for post in posts)
    if feed.kind is not None or not feed.podcast or not sounds or 2 * sounds < len(posts):
        return tuple(posts)
    return tuple(replace(post, kind="audio") for post in posts)


def mark(post_id: str) -> str:
    """A short mark of an entry, for the list of those that were seen without a date."""
    return hashlib.blake2b(post_id.encode(), digest_size=8).hexdigest()


def _shared(entries: Iterable[Entry]) -> frozenset[str]:
    """Ids that a feed gives to entries of different addresses, so that they name none of them."""
    places: dict[str, set[str]] = {}
    for entry in entries:
        native_id, url = entry.native_id(), entry.url()
        if native_id is not None and url is not None:
            places.setdefault(native_id, set()).add(url)
    return frozenset(native_id for native_id, urls in places.items() if len(urls) > 1)


def _post(entry: Entry, feed: Feed, shared: frozenset[str]) -> Post:
    title, url = entry.title(), entry.url()
    text, hrefs = entry.body()
    created_at = entry.created_at()
    if not (title or text or url):
        raise RecordError("an entry without a title, a text and a link")
    native_id = entry.native_id()
    post_id = _id(None if native_id in shared else native_id, url, f"{title}\n{text}\n{created_at}", feed)
    first_seen_at = None if created_at else feed.first_seen.get(mark(post_id), feed.at)
    edited_at = entry.edited_at()
    author = entry.author()
    media = _media(entry)
    return Post(
        id=post_id,
        platform=PLATFORM,
        kind=feed.kind or "news",
        source=feed.source,
        run_id=feed.run_id,
        author=Author(key=author_key(PLATFORM, feed.host, author or feed.host), handle=author or feed.host,
                      name=author or feed.title, url=None),
        created_at=created_at or first_seen_at or feed.at,
        first_seen_at=first_seen_at,
        collected_at=feed.at,
        edited_at=edited_at if created_at and edited_at and edited_at > created_at else None,
        url=url,
        title=title,
        text=text,
        language=language_of(entry.language()) or feed.language,
        hashtags=tuple(_hashtags(entry.categories())),
        links=tuple(Link(url=href) for href in dict.fromkeys(hrefs) if href != url),
        media=media,
        format=next((item.kind for item in media if item.kind in {"video", "audio"}), "article"),
        metrics=Metrics(likes=entry.likes(), comments=entry.comments(), views=entry.views()),
    )  # fmt: skip


def _media(entry: Entry) -> tuple[Media, ...]:
    """What is attached, once each; a second mention may only tell what the first did not."""
    found: dict[str | None, Media] = {}
    for item in entry.media():
        had = found.get(item.url)
        if had is not None:
            kind = item.kind if had.kind == "unknown" else had.kind
            item = replace(
                had, kind=kind, alt=had.alt or item.alt, duration_s=had.duration_s or item.duration_s
            )
        found[item.url] = item
    return tuple(found.values())


def _id(native_id: str | None, url: str | None, content: str, feed: Feed) -> str:
    """``feed:<host>:<guid>``; a guid that is no address is told apart by its feed's path.

    The host is always the feed's own: an entry cannot take the place of another site's.
    """
    native = native_id or url
    if native is None:
        native = "sha256:" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()[:32]
    if ":" not in native:
        native = f"{urlsplit(feed.url).path}#{native}"
    if len(native.encode("utf-8", "replace")) > 400:
        native = "sha256:" + hashlib.sha256(native.encode("utf-8", "replace")).hexdigest()[:32]
    return f"{PLATFORM}:{feed.host}:{native}"


def _hashtags(categories: Iterable[str]) -> Iterable[str]:
    names: dict[str, None] = {}
    for category in categories:
        name = clean_name(category)
        if name.startswith("#") and 1 < len(name) <= 101 and " " not in name and len(names) < 100:
            names[name.lstrip("#")] = None
    return names


def language_of(code: object) -> str | None:
    """``"fa"`` of ``"fa-IR"``."""
    if not isinstance(code, str):
        return None
    first = clean_name(code).replace("_", "-").split("-")[0].lower()
    return first if first.isascii() and first.isalpha() and 2 <= len(first) <= 3 else None


def kind_of_media(mime: str) -> Literal["image", "video", "audio", "document", "unknown"]:
    """The kind of a MIME type, or of Media RSS's word."""
    match mime.strip().lower().split("/")[0]:
        case "image":
            return "image"
        case "video":
            return "video"
        case "audio":
            return "audio"
        case "application" | "text" | "document":
            return "document"
        case _:
            return "unknown"


def media_of(url: object, mime: object, duration: object = None) -> Media | None:
    """An attachment, ``None`` if its address is none."""
    address = web_address(url)
    if address is None:
        return None
    kind = kind_of_media(mime if isinstance(mime, str) else "")
    return Media(kind=kind, url=address, duration_s=seconds_of(duration) if kind != "image" else None)


_CLOCK = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,7}(?:\.\d{1,6})?)")


def seconds_of(written: object) -> float | None:
    """Seconds of ``"1:02:03"``, ``"62:03"`` or ``"3723"``, in any digits; ``None`` for no time."""
    if isinstance(written, int | float) and not isinstance(written, bool):
        return float(written) if 0 < written < 1e7 else None
    found = _CLOCK.fullmatch(latin(written).strip()) if isinstance(written, str) else None
    if found is None:
        return None
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds or None
