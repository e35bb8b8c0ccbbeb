"""JSON Feed 1 and 1.1 (jsonfeed.org): items to posts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from crawlers.pages.entries import Entry, Feed, media_of, parse_entries
from crawlers.pages.fields import Fields, Reading, Unreadable, kind_of, read_json
from crawlers.pages.jalali import read_jalali
from crawlers.pages.text import clean_name, plain, web_address
from posts.errors import NotUnderstood, RecordError
from posts.post import Media

IGNORED: Final = frozenset({"banner_image", "image_blurhash"})
MAX_ITEMS: Final = 20_000


def read(body: bytes, feed: Feed) -> Reading:
    """The posts of a JSON Feed."""
    answer = read_json(body, subject=feed.source)
    version = answer.get("version") if isinstance(answer, dict) else None
    if not isinstance(version, str) or "jsonfeed.org/version" not in version:
        raise NotUnderstood("JSON that is no JSON Feed", subject=feed.source)
    items = answer.get("items")
    if not isinstance(items, list):
        raise NotUnderstood(f"items: a list was expected, not {kind_of(items)}", subject=feed.source)
    title = answer.get("title")
    feed = feed.told(
        language=answer.get("language"),
        title=clean_name(title) if isinstance(title, str) else None,
        podcast=True,
    )
    owner = _author(answer)
    unread: Counter[str] = Counter()
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    for position, item in enumerate(items[:MAX_ITEMS]):
        try:
            entries.append(_Item(item, owner, unread))
        except RecordError as error:
            unreadable.append(Unreadable(subject=f"item {position + 1}", reason=error.message))
    remarks = (
        (f"{len(items):,} items, of which the first {MAX_ITEMS:,} were read",)
        if len(items) > MAX_ITEMS
        else ()
    )
    reading = parse_entries(entries, feed, remarks=remarks)
    return Reading(
        posts=reading.posts,
        items=reading.items + len(unreadable),
        unreadable=(*unreadable, *reading.unreadable),
        passed_over=reading.passed_over,
        unread=unread,
        remarks=reading.remarks,
    )


class _Item(Entry):
    """An item, read at once so that what nobody took can be counted."""

    def __init__(self, item: object, owner: str | None, unread: Counter[str]) -> None:
        fields = Fields(item, "item")
        self._id = fields.identifier("id")
        external = web_address(fields.take("external_url"))
        self._url = web_address(fields.take("url")) or external
        self._title = fields.text("title")
        self._html, self._plain = fields.text("content_html"), fields.text("content_text")
        self._summary = fields.text("summary")
        self._dates = {name: fields.take(name) for name in ("date_published", "date_modified")}
        self._author = _author(fields.take) or owner
        self._language = fields.take("language")
        self._tags = fields.list("tags")
        self._image = fields.take("image")
        self._attachments = fields.list("attachments")
        self._external = external
        # Names of extensions begin with an underscore (the specification's own rule).
        unread.update(name for name in fields.left(IGNORED) if not name.startswith("item._"))

    def native_id(self) -> str | None:
        return clean_name(self._id or "") or None

    def url(self) -> str | None:
        return self._url

    def title(self) -> str | None:
        return clean_name(self._title or "") or None

    def body(self) -> tuple[str, tuple[str, ...]]:
        more = (self._external,) if self._external else ()
        if self._html is not None:
            read = plain(self._html, base=self._url or "")
            return read.text, (*(href for href, _ in read.links), *more)
        return (self._plain or self._summary or "").strip(), more

    def author(self) -> str | None:
        return self._author

    def created_at(self) -> datetime | None:
        return self._date("date_published") or self._date("date_modified")

    def edited_at(self) -> datetime | None:
        return self._date("date_modified")

    def _date(self, name: str) -> datetime | None:
        written = self._dates[name]
        jalali = read_jalali(written) if isinstance(written, str) else None
        return jalali or Fields({name: written}, "item").moment(name)

    def language(self) -> str | None:
        return self._language if isinstance(self._language, str) else None

    def categories(self) -> Iterable[str]:
        return [tag for tag in self._tags if isinstance(tag, str)]

    def media(self) -> Iterable[Media]:
        rows: list[tuple[Any, ...]] = [(self._image, "image/*")] if self._image else []
        names = ("url", "mime_type", "duration_in_seconds")
        rows += [tuple(map(row.get, names)) for row in self._attachments if isinstance(row, dict)]
        return [media for row in rows if (media := media_of(*row)) is not None]

    def comments(self) -> int | None:
        return None


def _author(source: Any) -> str | None:
    """The first name among ``authors`` (1.1) or ``author`` (1.0)."""
    take = source.get if isinstance(source, dict) else source
    one, many = take("author"), take("authors")
    for row in [*(many if isinstance(many, list) else []), one]:
        name = row.get("name") if isinstance(row, dict) else None
        if isinstance(name, str) and clean_name(name):
            return clean_name(name)[:200]
    return None
