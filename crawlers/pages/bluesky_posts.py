"""Posts of Bluesky as an AppView shows them, and as they are made of a record, whichever way it came."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from crawlers.pages.bluesky_embeds import NOTHING, POSTS, Embed, id_of, parts_of, read_embed
from crawlers.pages.bluesky_people import (
    HOST,
    PLATFORM,
    Person,
    Seen,
    opts_out,
    read_labels,
    read_person,
)
from crawlers.pages.bluesky_record import Record, earlier, read_record
from crawlers.pages.fields import Fields, Notes, format_of
from posts.errors import RecordError
from posts.post import Link, Metrics, Post

IGNORED: Final = {"post": {"$type", "cid", "bookmarkCount", "viewer", "threadgate", "debug"}}
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""

OPTED_OUT: Final = "opted out"


class PassedOver(Exception):
    """A post that is not to be kept, for a reason that is counted."""


def read_post(view: object, seen: Seen, notes: Notes) -> tuple[Post, datetime]:
    """A post, and the moment that the platform orders it by."""
    fields = Fields(view, "post")
    uri = fields.needed_text("uri")
    if parts_of(uri)[1] != POSTS:
        raise RecordError(f"post.uri: {uri[:80]} is not the address of a post")
    person = read_person(fields.take("author"), notes)
    record = read_record(fields.take("record"), notes)
    labels = read_labels(fields.list("labels"), notes)
    if person.opted_out or record.opted_out or opts_out(labels):
        raise PassedOver(OPTED_OUT)
    shown = fields.take("embed")
    embed = record.embed if shown is None else read_embed(shown, notes)
    if shown is not None and embed == NOTHING:
        embed = record.embed
    at = earlier(record.created_at, fields.moment("indexedAt"))
    metrics = Metrics(
        likes=fields.count("likeCount"),
        comments=fields.count("replyCount"),
        shares=fields.count("repostCount"),
        quotes=fields.count("quoteCount"),
    )
    notes.unread.update(fields.left(IGNORED["post"]))
    return post_of(uri, person, record, embed, at, seen, metrics=metrics), at


def post_of(
    uri: str, person: Person, record: Record, embed: Embed, at: datetime, seen: Seen, *, metrics: Metrics
) -> Post:
    """The post of a record, whichever way it came."""
    did, _, key = parts_of(uri)
    links = _links(record.links, embed.links)
    return Post(
        id=id_of(uri),
        platform=PLATFORM,
        kind="text",
        source=seen.source,
        run_id=seen.run_id,
        author=person.author,
        created_at=at,
        collected_at=seen.at,
        url=f"https://{HOST}/profile/{did}/post/{key}",
        text=record.text,
        language=record.language,
        hashtags=record.hashtags,
        mentioned=record.mentioned,
        links=links,
        media=embed.media,
        format=format_of(embed.media, None, links),
        conversation=record.reply.root,
        reply_to=record.reply.to,
        reply_to_author=record.reply.to_author,
        quote_of=embed.quote_of,
        quote_of_author=embed.quote_of_author,
        metrics=metrics,
    )


def _links(marked: tuple[Link, ...], cards: tuple[Link, ...]) -> tuple[Link, ...]:
    links = {link.url: link for link in marked}
    for card in cards:
        links[card.url] = card
    return tuple(links.values())


def repost_of(post_id: str, person: Person, post: Post, at: datetime, seen: Seen) -> Post:
    """The record of a repost."""
    return Post(
        id=post_id,
        platform=PLATFORM,
        kind="text",
        source=seen.source,
        run_id=seen.run_id,
        author=person.author,
        created_at=at,
        collected_at=seen.at,
        language=post.language,
        repost_of=post.id,
        repost_of_author=None if post.author is None else post.author.key,
    )
