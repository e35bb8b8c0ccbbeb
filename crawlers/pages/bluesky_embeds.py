"""What a post of Bluesky carries beside its text: pictures, films, a card, a post that it quotes.

It is written down twice: in the record, as the author sent it, and in the view, with addresses. A stream
has records only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from crawlers.pages.bluesky_people import HOST, PLATFORM, did_of, key_of, read_person
from crawlers.pages.fields import Fields, Notes, shown
from crawlers.pages.text import clean_name, web_address
from posts.errors import RecordError
from posts.post import Link, Media

POSTS: Final = "app.bsky.feed.post"
_EMBED: Final = "app.bsky.embed."

IGNORED: Final = {
    "image": {"$type", "image", "aspectRatio", "thumb"},
    "video": {
        "$type", "video", "aspectRatio", "captions", "cid", "thumbnail", "presentation", "viewer",
    },
    "card": {
        "$type", "description", "thumb", "associatedRefs", "associatedRecords", "associatedProfiles",
        "createdAt", "updatedAt", "readingTime", "labels", "source",
    },
    "quoted": {
        "$type", "cid", "value", "embeds", "replyCount", "repostCount", "likeCount", "quoteCount",
        "bookmarkCount", "indexedAt", "labels", "notFound", "blocked", "detached",
        # Feeds, lists, labelers and starter packs, which are no posts.
        "did", "creator", "displayName", "description", "descriptionFacets", "avatar", "viewer", "name",
        "purpose", "listItemCount", "record", "joinedWeekCount", "joinedAllTimeCount", "policies",
        "acceptsInteractions", "contentMode", "list", "feeds", "listItemsSample",
    },
    "embed": {"$type"},
}  # fmt: skip
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """What is beside the text; ``hidden`` if it quotes a post whose author does not want that."""

    media: tuple[Media, ...] = ()
    links: tuple[Link, ...] = ()
    quote_of: str | None = None
    quote_of_author: str | None = None
    hidden: bool = False

    def beside(self, other: Embed) -> Embed:
        """Both together: a picture, and a post that is quoted."""
        return Embed(
            media=self.media + other.media,
            links=self.links + other.links,
            quote_of=self.quote_of or other.quote_of,
            quote_of_author=self.quote_of_author or other.quote_of_author,
            hidden=self.hidden or other.hidden,
        )


NOTHING: Final = Embed()


def id_of(uri: str) -> str:
    """The id of the record at an ``at://`` address that begins with a DID."""
    return f"{PLATFORM}:{HOST}:{'/'.join(parts_of(uri))}"


def parts_of(uri: object) -> tuple[str, str, str]:
    """DID, collection and key of a record's address."""
    parts = uri[5:].split("/") if isinstance(uri, str) and uri.startswith("at://") else []
    if len(parts) != 3 or not all(parts) or len(parts[2]) > 256:
        raise RecordError(f"uri: {shown(uri)} is not the address of a record")
    return did_of(parts[0], "uri"), clean_name(parts[1]), clean_name(parts[2])


def uri_of(post_id: str) -> str | None:
    """The address that the id of a post was made of; ``None`` for a repost and for what is hidden."""
    prefix = f"{PLATFORM}:{HOST}:"
    native = post_id.removeprefix(prefix)
    return f"at://{native}" if post_id.startswith(prefix) and f"/{POSTS}/" in native else None


def read_embed(value: object, notes: Notes) -> Embed:
    """An embed of either form; one of a kind that is not known is noted."""
    if value is None:
        return NOTHING
    fields = Fields(value, "embed")
    kind = (fields.text("$type") or "").removeprefix(_EMBED).removesuffix("#view").removesuffix("#main")
    match kind:
        case "images" | "gallery":
            rows = fields.list("images") or fields.list("items")
            found = Embed(media=tuple(_image(row, notes) for row in rows))
        case "video":
            found = Embed(media=(_video(fields),))
            notes.unread.update(fields.left(IGNORED["video"]))
            return found
        case "external":
            found = Embed(links=_card(fields.take("external"), notes))
        case "record":
            found = _quoted(fields.take("record"), notes)
        case "recordWithMedia":
            inner = read_embed(fields.take("media"), notes)
            # The record stands inside an embed of its own.
            found = inner.beside(read_embed(_typed(fields.take("record")), notes))
        case _:
            notes.unread[f"embed.$type {kind[:60]}"] += 1
            return NOTHING
    notes.unread.update(fields.left(IGNORED["embed"]))
    return found


def _typed(value: object) -> Any:
    return {"$type": f"{_EMBED}record", **value} if isinstance(value, dict) else value


def _image(value: object, notes: Notes) -> Media:
    fields = Fields(value, "image")
    media = Media(kind="image", url=web_address(fields.take("fullsize")), alt=fields.text("alt"))
    notes.unread.update(fields.left(IGNORED["image"]))
    return media


def _video(fields: Fields) -> Media:
    moving = fields.peek("presentation") == "gif"
    url, alt = web_address(fields.take("playlist")), fields.text("alt")
    return Media(kind="gif" if moving else "video", url=url, alt=alt)


def _card(value: object, notes: Notes) -> tuple[Link, ...]:
    fields = Fields(value, "card")
    url, title = web_address(fields.take("uri")), clean_name(fields.text("title") or "") or None
    notes.unread.update(fields.left(IGNORED["card"]))
    return () if url is None else (Link(url=url, title=title),)


def _quoted(value: object, notes: Notes) -> Embed:
    """The post that is quoted; feeds, lists and starter packs are none."""
    fields = Fields(value, "quoted")
    kind = (fields.text("$type") or "").rpartition("#")[2]
    uri, author = fields.take("uri"), fields.take("author")
    notes.unread.update(fields.left(IGNORED["quoted"]))
    if kind == "viewDetached":
        return Embed(hidden=True)
    did, collection, _ = parts_of(uri)
    if collection != POSTS:
        return NOTHING
    if kind == "viewRecord" and read_person(author, Notes()).opted_out:
        notes.passed_over["quotes of posts that are not to be kept"] += 1
        return Embed(hidden=True)
    return Embed(quote_of=id_of(str(uri)), quote_of_author=key_of(did))
