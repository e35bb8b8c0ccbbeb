"""What stands on the public page of a channel: messages to posts, and who the channel is.

Pages like those of ``t.me/s/<channel>``, which Eitaa has too. There is no documentation of them: a page
without any sign that is known is `NotUnderstood` with its shape, never a quiet day.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from lxml import etree, html
from lxml.html import HtmlElement

from crawlers.pages.channel_counts import count
from crawlers.pages.channel_dialect import Dialect, classes
from crawlers.pages.channel_head import Channel, explain, read_profile
from crawlers.pages.channel_parts import (
    Parts,
    read_anchors,
    read_links,
    read_media,
    read_poll,
    read_reactions,
    read_text,
)
from crawlers.pages.fields import (
    Reading,
    Unreadable,
    format_of,
    kind_of,
    moment,
    payload_of,
    read_json,
    shown,
)
from crawlers.pages.text import clean
from posts.errors import NotUnderstood, RecordError
from posts.post import Author, Metrics, Post
from posts.profile import Profile

HIDDEN: Final = "hidden"
"""In place of whoever wrote a message that was passed on, where they do not want to be named."""
_MESSAGE: Final = re.compile(r"([A-Za-z0-9_]{1,64})/([0-9]{1,15})")
_ENDING: Final = re.compile(r"/([0-9]{1,15})/?$")
_SURROGATE: Final = re.compile(r"&#(?:[xX]0*[dD][89a-fA-F][0-9a-fA-F]{2}|0*5[5-7][0-9]{3});?")
_FULL: Final = 16
"""A page of so many messages (albums are one) is one of several, whatever it leads to."""
_SOME: Final = 5
"""So many messages without something that all have say that it is written in another way now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPage:
    """A page of a channel: what was read, who the channel is, and which ids are accounted for.

    ``times`` are the messages listed, by id, with their time as far as it could be read (service messages
    too); ``parts`` the ids of an album's further pictures. ``whole`` is false for a page that was cut off,
    ``first`` true for one that says by its form that no older message is there.
    """

    reading: Reading
    profile: Profile | None = None
    times: dict[int, datetime | None] = field(default_factory=dict)
    parts: frozenset[int] = frozenset()
    opted_out: bool = False
    whole: bool = True
    first: bool = False
    missing: tuple[str, ...] = ()

    @property
    def older(self) -> int | None:
        """The number below which older messages are asked for; ``None`` where none can be there."""
        return None if self.first or self.lowest == 1 else self.lowest

    @property
    def lowest(self) -> int | None:
        return min(self.times, default=None)

    @property
    def highest(self) -> int | None:
        return max(self.times, default=None)


def read_channel(body: bytes, channel: Channel) -> ChannelPage:
    """The messages of a page of a channel.

    ``Refused`` for the page that is shown where there is no preview, ``NotUnderstood`` for any other.
    """
    markup, whole = _markup(body, channel)
    root = _tree(markup, channel)
    messages = [] if root is None else _messages(root, channel.dialect)
    if root is not None and not messages:
        explain(root, body, channel)
    profile, opted_out = (None, False) if root is None else read_profile(root, channel)
    page = _read(messages, channel, profile, opted_out=opted_out, whole=whole)
    # A page of a few messages that leads to no older one; the answer to "more" leads nowhere by itself.
    first = profile is not None and whole and len(messages) < _FULL and not _leads_on(root)
    return replace(page, first=first)


def _markup(body: bytes, channel: Channel) -> tuple[str, bool]:
    """The HTML of an answer, and whether it has its end."""
    text = body.decode("utf-8-sig", "replace").strip()
    if not text:
        raise NotUnderstood("an empty answer where a page was expected", subject=channel.source)
    if text[0] not in '"{[':
        return text, text[-20:].lower().endswith("</html>")
    # Eitaa answers "more" with its messages as a JSON text.
    found = read_json(text.encode(), subject=channel.source)
    if not isinstance(found, str):
        raise NotUnderstood(
            f"a page was expected, not JSON that holds {kind_of(found)}", subject=channel.source
        )
    return found, True


def _tree(markup: str, channel: Channel) -> HtmlElement | None:
    """The elements of a page; ``None`` where the answer says that there is nothing more."""
    markup = _SURROGATE.sub("\ufffd", clean(markup))
    if not markup.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(f"<div>{markup}</div>".encode(), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise NotUnderstood("HTML that cannot be read", subject=channel.source) from error


def _leads_on(root: HtmlElement | None) -> bool:
    """Whether a page has a way to older messages."""
    return root is not None and any(
        element.get("rel") == "prev" or "js-messages_more" in classes(element) for element in root.iter()
    )


def _messages(root: HtmlElement, dialect: Dialect) -> list[tuple[HtmlElement, str]]:
    """The elements that are messages, in order, each with the id that the frame around it gives it."""
    found: list[tuple[HtmlElement, str]] = []
    frames: list[tuple[HtmlElement, str]] = []
    for element in root.iter():
        shorts = {dialect.short(name) for name in classes(element)}
        if "wrap" in shorts:
            frames = [(element, element.get("id") or "")]
        if "widget_message" in shorts:
            framed = frames and any(above is frames[0][0] for above in element.iterancestors())
            found.append((element, frames[0][1] if framed else ""))
            frames = []
    return found


def _read(
    messages: list[tuple[HtmlElement, str]],
    channel: Channel,
    profile: Profile | None,
    *,
    opted_out: bool,
    whole: bool,
) -> ChannelPage:
    posts: dict[str, Post] = {}
    unreadable: list[Unreadable] = []
    unread: Counter[str] = Counter()
    passed_over: Counter[str] = Counter()
    times: dict[int, datetime | None] = {}
    albums: set[int] = set()
    for position, (element, frame_id) in enumerate(messages):
        subject = f"item {position + 1}"
        try:
            name, number = _numbered(element, frame_id, channel)
            subject, times[number] = f"{name}/{number}", times.get(number)
            parts = Parts(channel.dialect).read(element)
            times[number] = _time(parts)
            if parts.first("service_message") is not None:
                passed_over["service messages"] += 1
                continue
            if opted_out:
                passed_over["opted out"] += 1
                continue
            albums |= _album(parts) - {number}
            post = _post(parts, channel, profile, name, number)
            posts[post.id] = post
            unread.update(parts.unread)
        except RecordError as error:
            payload = payload_of("".join(element.itertext()))
            unreadable.append(Unreadable(subject=subject, reason=error.message, payload=payload))
    reading = Reading(
        posts=tuple(posts.values()),
        items=len(messages),
        unreadable=tuple(unreadable),
        passed_over=passed_over,
        unread=unread,
        remarks=_remarks(posts, channel),
        local_ids=tuple(map(str, sorted(times))),
    )
    return ChannelPage(
        reading=reading, profile=profile, times=times, parts=frozenset(albums), opted_out=opted_out,
        whole=whole, missing=_missing(reading.posts),
    )  # fmt: skip


def _numbered(element: HtmlElement, frame_id: str, channel: Channel) -> tuple[str, int]:
    """The channel and the number of a message: written on it, or on the frame around it."""
    written = element.get("data-post") or (f"{channel.name}/{frame_id}" if frame_id else "")
    match = _MESSAGE.fullmatch(written)
    if not written:
        raise RecordError("message.data-post: missing")
    if match is None or int(match[2]) == 0:
        raise RecordError(f"message.data-post: {shown(written)} is not a channel and a number")
    return match[1].lower(), int(match[2])


def _time(parts: Parts) -> datetime | None:
    """When it was written. Films have times too, which are lengths and tell no moment."""
    for place in [*parts.all("date"), *parts.all("time"), *parts.all("meta")]:
        for element in place.iter("time"):
            if (told := element.get("datetime")) is not None:
                return moment(told, "message.time")
    return None


def _album(parts: Parts) -> set[int]:
    """The numbers of the pictures that are one post."""
    found = set()
    for group in parts.all("grouped_wrap"):
        found |= {number for a in group.iter("a") if (number := _last_number(a.get("href"))) is not None}
    return found


def _last_number(href: str | None) -> int | None:
    """The message that an address inside the channel ends with."""
    match = _ENDING.search((href or "").partition("?")[0])
    return int(match[1]) if match else None


def _reply(parts: Parts, name: str) -> tuple[str, int] | None:
    """The channel and the number of what is answered, which without a channel's name is this one's."""
    number = _last_number(_href(parts, "reply"))
    if number is None:
        return None
    target = parts.dialect.target(_href(parts, "reply"))
    return (name if target is None else target[0], number)


def _post(parts: Parts, channel: Channel, profile: Profile | None, name: str, number: int) -> Post:
    dialect, own = channel.dialect, f"https://{channel.dialect.host}/{name}/{number}"
    created_at = _time(parts)
    if created_at is None:
        raise RecordError("message.time: missing")
    text, anchors = read_text(parts)
    tags, people, addresses = read_anchors(anchors, dialect, own, name)
    media, links = read_media(parts, own), read_links(parts, addresses, own)
    poll, question = read_poll(parts)
    origin, repost_of = _forward(parts)
    reply = _reply(parts, name)
    return Post(
        id=dialect.id(name, number),
        platform=dialect.platform,
        kind=channel.kind,
        source=channel.source,
        run_id=channel.run_id,
        author=_author(channel, profile, name),
        created_at=created_at,
        collected_at=channel.at,
        # That it was edited is told, not when: the latest look is sure to be after it.
        edited_at=channel.at if _edited(parts) else None,
        url=_url(parts, own),
        text="\n\n".join(filter(None, (text, question))),
        hashtags=tuple(tags),
        mentioned=tuple(people),
        links=links,
        media=media,
        poll=poll,
        format=format_of(media, poll, links),
        forwarded_from=origin,
        repost_of=repost_of,
        repost_of_author=None if repost_of is None else origin,
        reply_to=None if reply is None else dialect.id(*reply),
        reply_to_author=None if reply is None else dialect.key(reply[0]),
        metrics=Metrics(views=_views(parts), reactions=read_reactions(parts)),
    )


def _views(parts: Parts) -> int | None:
    written = parts.line("views")
    found = count(written)
    if written and found is None:
        parts.unread["message.views"] += 1
    return found


def _href(parts: Parts, short: str) -> str | None:
    element = parts.first(short)
    return None if element is None else element.get("href")


def _url(parts: Parts, own: str) -> str:
    """The address of a message as it gives it, if it is one of its platform."""
    told = parts.dialect.target(_href(parts, "date"))
    if told is None or told[1] is None:
        return own
    return f"https://{parts.dialect.host}/{told[0]}/{told[1]}"


def _author(channel: Channel, profile: Profile | None, name: str) -> Author:
    profile = profile or channel.known
    known = profile if profile is not None and profile.key == channel.dialect.key(name) else None
    return Author(
        key=channel.dialect.key(name),
        handle=known.handle if known else name,
        name=known.name if known else None,
        url=f"https://{channel.dialect.host}/{name}",
        followers=known.followers if known else None,
        verified=known.verified if known else None,
    )


def _forward(parts: Parts) -> tuple[str | None, str | None]:
    """Whose message was passed on, and which one, as far as they are linked."""
    if parts.first("forwarded_from") is None and parts.first("forwarded_from_name") is None:
        return None, None
    target = parts.dialect.target(_href(parts, "forwarded_from_name"))
    if target is None:
        return f"{parts.dialect.platform}:{HIDDEN}", None
    number = target[1]
    return parts.dialect.key(target[0]), None if number is None else parts.dialect.id(target[0], number)


def _edited(parts: Parts) -> bool:
    """Whether the line below the message begins by saying so, in either language («ویرایش»: edited)."""
    meta = parts.first("meta")
    told = "" if meta is None else (meta.text or "").strip().lower()
    return told.startswith("edited") or "ویرایش" in told


def _remarks(posts: dict[str, Post], channel: Channel) -> tuple[str, ...]:
    asked = channel.dialect.key(channel.name)
    others = {post.author.key for post in posts.values() if post.author} - {asked}
    return tuple(f"the channel calls itself {key.rsplit(':', 1)[1]}" for key in sorted(others)[:1])


def _missing(posts: tuple[Post, ...]) -> tuple[str, ...]:
    """What no message of a page tells any more, although all used to: its form has changed."""
    if len(posts) < _SOME:
        return ()
    told = {
        "views": any(post.metrics.views is not None for post in posts),
        "texts or media": any(post.text or post.media for post in posts),
    }
    return tuple(name for name, there in told.items() if not there)
