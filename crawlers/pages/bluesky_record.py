"""What an author of Bluesky wrote: the record of a post, the same in an answer and in a stream.

Facets mark pieces of a text by BYTES of its UTF-8: a Persian letter counts as two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crawlers.pages.bluesky_embeds import Embed, id_of, parts_of, read_embed
from crawlers.pages.bluesky_people import did_of, key_of, opts_out, read_self_labels
from crawlers.pages.fields import Fields, Notes, declared_language, kind_of, moment
from crawlers.pages.text import clean, clean_name, web_address
from posts.errors import RecordError
from posts.post import EARLIEST, Link, Mentioned

IGNORED: Final = {
    "record": {"$type", "entities", "via", "bridgyOriginalText", "bridgyOriginalUrl", "fediverseId"},
    "facet": {"$type"},
    "index": {"$type"},
    "feature": {"$type"},
    "reply": {"$type"},
}
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""

_CUT = ("...", "…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Which post is answered, by whom it is, and which post began the conversation."""

    to: str | None = None
    to_author: str | None = None
    root: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A post as its author wrote it; ``created_at`` is what the author's program claims."""

    text: str
    created_at: datetime | None
    language: str | None
    hashtags: tuple[str, ...]
    mentioned: tuple[Mentioned, ...]
    links: tuple[Link, ...]
    reply: Reply
    embed: Embed
    opted_out: bool


@dataclass(slots=True)
class _Marks:
    """What the facets of a text mark; ``written_out`` are pieces (from, to) to be replaced by an address."""

    tags: dict[str, None]
    mentioned: dict[str, Mentioned]
    links: dict[str, None]
    written_out: list[tuple[int, int, bytes]]


def read_record(value: object, notes: Notes) -> Record:
    """The record of a post; ``RecordError`` names what does not fit."""
    fields = Fields(value, "record")
    text = fields.take("text")
    if text is not None and not isinstance(text, str):
        raise RecordError(f"record.text: a text was expected, not {kind_of(text)}")
    raw = (text or "").encode("utf-8", "surrogatepass")
    marks = _marks(fields.list("facets"), raw, notes)
    for tag in fields.list("tags"):
        _add_tag(marks, tag)
    created = fields.take("createdAt")
    record = Record(
        text=_text(raw, marks),
        created_at=_claimed(created, notes),
        language=_language(fields.list("langs")),
        hashtags=tuple(marks.tags),
        mentioned=tuple(marks.mentioned.values()),
        links=tuple(Link(url=url) for url in marks.links),
        reply=_reply(fields.take("reply"), notes),
        embed=read_embed(fields.take("embed"), notes),
        opted_out=opts_out(read_self_labels(fields.take("labels"), notes)),
    )
    notes.unread.update(fields.left(IGNORED["record"]))
    return record


def earlier(claimed: datetime | None, seen: datetime | None) -> datetime:
    """When a post was written: as its author claims, but not later than the network saw it."""
    if claimed is not None and seen is not None:
        return min(claimed, seen)
    found = claimed or seen
    if found is None:
        raise RecordError("record.createdAt: missing, and no other time either")
    return found


def _claimed(value: object, notes: Notes) -> datetime | None:
    """The author's claim where it can be one: programs were seen to write the year 1."""
    if value is None:
        return None
    try:
        found = moment(value, "record.createdAt")
    except RecordError:
        found = None
    if found is None or found < EARLIEST:
        notes.remarks.add("posts with an impossible createdAt are dated by when the network saw them")
        return None
    return found


def _language(codes: list[Any]) -> str | None:
    """The first that is named."""
    for code in codes:
        if isinstance(code, str) and code.strip():
            return declared_language(clean_name(code))
    return None


def _marks(facets: list[Any], raw: bytes, notes: Notes) -> _Marks:
    marks = _Marks({}, {}, {}, [])
    for facet in facets:
        try:
            _mark(facet, raw, marks, notes)
        except RecordError:
            # Anybody's program writes them: one that is broken must not cost the post.
            notes.remarks.add("marks that do not fit their text were left out")
    return marks


def _mark(facet: object, raw: bytes, marks: _Marks, notes: Notes) -> None:
    fields = Fields(facet, "facet")
    index = Fields(fields.take("index"), "index")
    start, end = index.count("byteStart"), index.count("byteEnd")
    if start is None or end is None or not start <= end <= len(raw):
        start = end = 0
        notes.remarks.add("marks that do not fit their text were left out")
    piece = raw[start:end]
    for row in fields.list("features"):
        feature = Fields(row, "feature")
        kind = (feature.text("$type") or "").rpartition("#")[2]
        if kind == "tag":
            _add_tag(marks, feature.take("tag"))
        elif kind == "mention":
            key = key_of(did_of(feature.take("did"), "feature.did"))
            marks.mentioned.setdefault(key, Mentioned(key=key, handle=_named(piece)))
        elif kind == "link":
            _add_link(marks, feature.take("uri"), piece, start, end)
        else:
            notes.unread[f"feature.$type {clean_name(kind)[:60]}"] += 1
            continue
        notes.unread.update(feature.left(IGNORED["feature"]))
    notes.unread.update(index.left(IGNORED["index"]))
    notes.unread.update(fields.left(IGNORED["facet"]))


def _named(piece: bytes) -> str | None:
    """The handle that a text names somebody by; ``None`` where it says something else."""
    written = clean_name(piece.decode("utf-8", "replace"))
    return written[1:] or None if written.startswith(("@", "＠")) else None


def _add_tag(marks: _Marks, tag: object) -> None:
    if isinstance(tag, str) and (written := clean_name(tag).lstrip("#＃")):
        marks.tags.setdefault(written[:200])


def _add_link(marks: _Marks, uri: object, piece: bytes, start: int, end: int) -> None:
    url = web_address(uri)
    if url is None:
        return
    marks.links.setdefault(url)
    shown = piece.decode("utf-8", "replace")
    stump = next((shown.removesuffix(mark) for mark in _CUT if shown.endswith(mark)), "")
    # The app shows the beginning of a long address: what is read off the text would be a false one.
    if stump and url.partition("://")[2].removeprefix("www.").startswith(stump.removeprefix("www.")):
        marks.written_out.append((start, end, url.encode()))


def _text(raw: bytes, marks: _Marks) -> str:
    last = len(raw)
    for start, end, url in sorted(marks.written_out, reverse=True):
        if end <= last:
            raw, last = raw[:start] + url + raw[end:], start
    try:
        return clean(raw.decode("utf-8", "surrogatepass")).strip()
    except UnicodeDecodeError:  # a mark that cuts a letter in two
        return clean(raw.decode("utf-8", "replace")).strip()


def _reply(value: object, notes: Notes) -> Reply:
    if value is None:
        return Reply()
    fields = Fields(value, "reply")
    parent, root = (_address(fields.take(name)) for name in ("parent", "root"))
    notes.unread.update(fields.left(IGNORED["reply"]))
    if parent is None:
        return Reply()
    return Reply(to=id_of(parent), to_author=key_of(parts_of(parent)[0]), root=id_of(root or parent))


def _address(value: object) -> str | None:
    """The address in a reference to a record."""
    if value is None:
        return None
    uri = value.get("uri") if isinstance(value, dict) else None
    parts_of(uri)
    return str(uri)
