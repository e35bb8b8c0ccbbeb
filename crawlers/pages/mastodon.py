"""What a server that speaks Mastodon's API writes down: statuses to posts, and what it lets others read.

Fields as of Mastodon 4.5 (docs.joinmastodon.org/entities), checked on recordings of that project's
server; other servers of the same API (GoToSocial, Akkoma, Pixelfed) leave fields out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from crawlers.pages.fields import (
    Fields,
    Notes,
    Reading,
    Unreadable,
    declared_language,
    format_of,
    kind_of,
    moment,
    payload_of,
    read_json,
    short,
)
from crawlers.pages.mastodon_ids import alias, by_age, local_id_of, post_id
from crawlers.pages.mastodon_people import PLATFORM, Person, Seen, read_mentions, read_person
from crawlers.pages.text import clean_name, plain, web_address
from posts.errors import NotUnderstood, RecordError
from posts.post import EARLIEST, LATEST_AHEAD, Link, Media, Mentioned, Metrics, Poll, PollOption, Post

IGNORED: Final = {
    "status": {
        "sensitive", "favourited", "reblogged", "muted", "bookmarked", "pinned", "filtered", "application",
        "emojis", "tagged_collections", "quote_approval", "quote_approval_policy", "interaction_policy",
        "text",
        # Other software's own: Pleroma and Akkoma, Friendica, GoToSocial and Glitch, Pixelfed, Iceshrimp.
        "pleroma", "akkoma", "friendica", "content_type", "thread_muted", "emoji_reactions",
        "reactions", "local", "pf_type", "media_count", "reply_count", "comments_disabled", "place", "parent",
        "taggedPeople", "liked_by", "label", "shortcode", "replies", "_v", "quote_id",
        "content_text",
    },
    "media": {
        "id", "preview_url", "preview_remote_url", "text_url", "meta", "blurhash",
        "pleroma", "mime_type", "filter_name", "filter_class", "optimized_url", "is_nsfw", "license",
        "orientation", "sensitive",
    },
    "poll": {"id", "expired", "multiple", "voters_count", "voted", "own_votes", "emojis", "pleroma"},
    "option": {"emojis"},
    "card": {
        "description", "language", "type", "author_name", "author_url", "provider_name", "provider_url",
        "html",
        "width", "height", "image", "image_description", "embed_url", "blurhash", "published_at",
        "missing_attribution", "authors", "history", "pleroma",
    },
    "tag": {"url", "id", "history", "following", "featuring", "slug", "href", "hashtag", "type"},
}  # fmt: skip
"""Fields that are known and of no use to Rasad, by entity. Whatever else nobody reads is reported."""

_MEDIA = {"image": "image", "gifv": "gif", "video": "video", "audio": "audio"}


class _PassedOver(Exception):
    """A post that is not to be kept, for a reason that is counted."""


def read_statuses(body: bytes, seen: Seen) -> Reading:
    """The posts of a timeline's page."""
    answer = read_json(body, subject=seen.source)
    if isinstance(answer, dict) and isinstance(answer.get("error"), str):
        raise NotUnderstood(
            f"the server answered with an error: {answer['error'][:200]}", subject=seen.source
        )
    if not isinstance(answer, list):
        raise NotUnderstood(f"a list of statuses was expected, not {kind_of(answer)}", subject=seen.source)
    return parse_statuses(answer, seen)


def parse_statuses(statuses: Iterable[Any], seen: Seen) -> Reading:
    """The posts of decoded statuses; what is none is named, not raised."""
    notes = Notes()
    posts: dict[str, Post] = {}
    unreadable: list[Unreadable] = []
    moments: dict[str, datetime | None] = {}
    items = 0
    for position, status in enumerate(statuses):
        items += 1
        subject = f"item {position + 1}"
        local_id = local_id_of(status)
        if local_id is not None:
            subject = local_id
            moments[local_id] = _dated(status, seen)
        try:
            for post in _posts_of(status, seen, notes):
                posts[post.id] = post
        except _PassedOver as reason:
            notes.passed_over[str(reason)] += 1
        except (RecordError, RecursionError) as error:
            reason_text = error.message if isinstance(error, RecordError) else short(error)
            unreadable.append(Unreadable(subject=subject, reason=reason_text, payload=payload_of(status)))
    return Reading(
        posts=tuple(posts.values()),
        items=items,
        unreadable=tuple(unreadable),
        passed_over=notes.passed_over,
        unread=notes.unread,
        remarks=tuple(sorted(notes.remarks)),
        local_ids=tuple(moments),
        refs={
            post.id: post.aliases[0].removeprefix(alias("", seen))
            for post in posts.values()
            if post.aliases and post.repost_of is None
        },
        oldest=_moment_of(min, moments),
        newest=_moment_of(max, moments),
    )


def _dated(status: Any, seen: Seen) -> datetime | None:
    """When a listed status was written, whether or not it may be kept; nothing where that cannot be."""
    try:
        written = moment(status.get("created_at"), "status.created_at")
    except RecordError:
        return None
    return written if EARLIEST <= written <= seen.at + LATEST_AHEAD else None


def _moment_of(choose: Callable[..., str | None], moments: Mapping[str, datetime | None]) -> datetime | None:
    """The moment of the newest or the oldest id among those that are dated."""
    chosen = choose((i for i, at in moments.items() if at is not None), key=by_age, default=None)
    return None if chosen is None else moments[chosen]


def _posts_of(status: object, seen: Seen, notes: Notes) -> list[Post]:
    """The post; for a boost the record of the boost and the post passed on."""
    fields = Fields(status, "status")
    # Local-only posts are called public, and are shown to the people of their server alone.
    if fields.needed_text("visibility") != "public" or fields.flag("local_only"):
        raise _PassedOver("not public")
    person = read_person(fields.take("account"), seen, notes)
    if person.opted_out:
        raise _PassedOver("opted out")
    inner = fields.take("reblog")
    if inner is None:
        return [_post(fields, person, seen, notes)]
    try:
        passed_on = _posts_of(inner, seen, notes)[-1]
    except RecordError as error:
        raise RecordError(f"reblog: {error.message}") from error
    return [_boost(fields, person, passed_on, seen, notes), passed_on]


def _boost(fields: Fields, person: Person, passed_on: Post, seen: Seen, notes: Notes) -> Post:
    """The record that somebody passed a post on. Its text, tags and counts are the inner post's."""
    local_id, uri = fields.identifier("id"), fields.text("uri")
    post = Post(
        id=post_id(uri, local_id, seen),
        platform=PLATFORM,
        kind="text",
        source=seen.source,
        run_id=seen.run_id,
        author=person.author,
        aliases=() if local_id is None else (alias(local_id, seen),),
        created_at=_created(fields),
        collected_at=seen.at,
        url=web_address(fields.take("url")),
        language=passed_on.language,
        repost_of=passed_on.id,
        repost_of_author=None if passed_on.author is None else passed_on.author.key,
    )
    repeated = {
        "content", "spoiler_text", "language", "edited_at", "in_reply_to_id", "in_reply_to_account_id",
        "replies_count", "reblogs_count", "favourites_count", "quotes_count", "media_attachments", "mentions",
        "tags", "card", "poll", "quote",
    }  # fmt: skip
    notes.unread.update(fields.left(IGNORED["status"] | repeated))
    return post


def _post(fields: Fields, person: Person, seen: Seen, notes: Notes) -> Post:
    local_id, uri = fields.identifier("id"), fields.text("uri")
    mentions = read_mentions(fields.list("mentions"), seen, notes)
    quote_of, quote_of_author, quoted = _quote(fields.take("quote"), seen, notes)
    text, hrefs = _text(fields, quoted=quoted)
    media = tuple(_media(item, notes) for item in fields.list("media_attachments"))
    poll = _poll(fields.take("poll"), notes)
    links = _links(fields.take("card"), hrefs, notes)
    reply_to, reply_to_author = _reply(fields, person, mentions, seen)
    url = web_address(fields.take("url"))
    post = Post(
        id=post_id(uri, local_id, seen),
        platform=PLATFORM,
        kind="text",
        source=seen.source,
        run_id=seen.run_id,
        author=person.author,
        aliases=() if local_id is None else (alias(local_id, seen),),
        created_at=_created(fields),
        collected_at=seen.at,
        edited_at=fields.moment("edited_at"),
        url=url or web_address(uri),
        text=text,
        language=declared_language(fields.text("language")),
        hashtags=tuple(_tags(fields.list("tags"), notes)),
        mentioned=tuple(dict.fromkeys(mentioned for _, mentioned in mentions)),
        links=links,
        media=media,
        poll=poll,
        format=format_of(media, poll, links),
        reply_to=reply_to,
        reply_to_author=reply_to_author,
        quote_of=quote_of,
        quote_of_author=quote_of_author,
        metrics=Metrics(
            likes=fields.count("favourites_count"),
            comments=fields.count("replies_count"),
            shares=fields.count("reblogs_count"),
            quotes=fields.count("quotes_count"),
        ),
    )
    notes.unread.update(fields.left(IGNORED["status"]))
    return post


def _created(fields: Fields) -> datetime:
    created_at = fields.moment("created_at")
    if created_at is None:
        raise RecordError("status.created_at: missing")
    return created_at


def text_of(fields: Fields) -> str:
    """The text of a status, or of one wording of it."""
    return _text(fields, quoted=False)[0]


def _text(fields: Fields, *, quoted: bool) -> tuple[str, list[str]]:
    """The text with its warning in front, and the addresses in it that are no mention and no tag."""
    content = fields.take("content")
    if not isinstance(content, str):
        raise RecordError(f"status.content: a text was expected, not {kind_of(content)}")
    # Servers write "RE: <address>" for readers that know no quotes; the quote itself is read apart.
    read = plain(content, without=frozenset({"quote-inline"}) if quoted else frozenset())
    warning = fields.text("spoiler_text")
    text = read.text if warning is None else f"{warning.strip()}\n\n{read.text}".strip()
    hrefs = [href for href, classes in read.links if not classes & {"mention", "hashtag"}]
    return text, hrefs


def _tags(rows: list[Any], notes: Notes) -> Iterable[str]:
    names: dict[str, None] = {}
    for row in rows:
        fields = Fields({"name": row} if isinstance(row, str) else row, "tag")
        name = clean_name(fields.text("name") or "").lstrip("#")
        if 0 < len(name) <= 100 and len(names) < 100:
            names[name] = None
        else:
            notes.remarks.add("tags over 100 characters, or over 100 in one post, were left out")
        notes.unread.update(fields.left(IGNORED["tag"]))
    return names


def _reply(
    fields: Fields, person: Person, mentions: list[tuple[str | None, Mentioned]], seen: Seen
) -> tuple[str | None, str | None]:
    """The post answered (as this server's alias) and its author, if the answer names that account."""
    parent, account = fields.identifier("in_reply_to_id"), fields.identifier("in_reply_to_account_id")
    if parent is None:
        return None, None
    if account is not None and account == person.local_id:
        return alias(parent, seen), person.author.key
    for local_id, mentioned in mentions:
        if account is not None and account == local_id:
            return alias(parent, seen), mentioned.key
    return alias(parent, seen), None


def _quote(value: object, seen: Seen, notes: Notes) -> tuple[str | None, str | None, bool]:
    """The post quoted and its author; nothing unless the author quoted has accepted it."""
    if not value:
        return None, None, False
    fields = Fields(value, "quote")
    state, inner, local_id = (
        fields.text("state"),
        fields.take("quoted_status"),
        fields.identifier("quoted_status_id"),
    )
    left = list(fields.left(()))
    if state is None and isinstance(value, dict) and isinstance(value.get("account"), dict):
        # Akkoma, Iceshrimp: the quoted post itself; nobody is asked for consent there.
        return _quoted(value, seen, notes)
    notes.unread.update(left)
    if state != "accepted":
        return None, None, state is not None
    if inner is None:
        return None if local_id is None else alias(local_id, seen), None, True
    return _quoted(inner, seen, notes)


def _quoted(value: object, seen: Seen, notes: Notes) -> tuple[str | None, str | None, bool]:
    quoted = Fields(value, "quoted_status")
    person = read_person(quoted.take("account"), seen, Notes())
    if person.opted_out or quoted.text("visibility") != "public" or quoted.flag("local_only"):
        notes.passed_over["quotes of posts that are not to be kept"] += 1
        return None, None, True
    return post_id(quoted.text("uri"), quoted.identifier("id"), seen), person.author.key, True


def _media(value: object, notes: Notes) -> Media:
    fields = Fields(value, "media")
    kind = fields.text("type") or "unknown"
    url = web_address(fields.take("url"))
    remote = web_address(fields.take("remote_url"))
    media = Media(kind=_MEDIA.get(kind, "unknown"), url=url or remote, alt=fields.text("description"))  # type: ignore[arg-type]
    notes.unread.update(fields.left(IGNORED["media"]))
    return media


def _poll(value: object, notes: Notes) -> Poll | None:
    if not value:
        return None
    fields = Fields(value, "poll")
    options = []
    for row in fields.list("options"):
        option = Fields(row, "option")
        options.append(PollOption(title=option.text("title") or "", votes=option.count("votes_count")))
        notes.unread.update(option.left(IGNORED["option"]))
    poll = Poll(
        options=tuple(options), closes_at=fields.moment("expires_at"), votes=fields.count("votes_count")
    )
    notes.unread.update(fields.left(IGNORED["poll"]))
    return poll


def _links(card: object, hrefs: list[str], notes: Notes) -> tuple[Link, ...]:
    links = {href: Link(url=href) for href in hrefs}
    if card:  # PHP writes an empty object as a list
        fields = Fields(card, "card")
        url, title = web_address(fields.take("url")), fields.text("title")
        if url is not None:
            links[url] = Link(url=url, title=clean_name(title or "") or None)
        notes.unread.update(fields.left(IGNORED["card"]))
    return tuple(links.values())
