"""A post, who wrote it, what was counted about it, and what was read in it.

Records are frozen; a change makes a new one (``dataclasses.replace``). Unknown is ``None``, never 0
and never an empty text. Times are aware and in UTC. Written and read with ``msgspec``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, Final, Literal

import msgspec

from posts.errors import RecordError

Kind = Literal["messenger", "text", "image", "video", "audio", "news", "blog", "forum"]
EdgeKind = Literal["repost", "reply", "mention", "quote"]

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Posts older than this are mistakes (an epoch read in the wrong unit, a Jalali year)."""
LATEST_AHEAD: Final = timedelta(days=1)
"""How far in the future a post may be dated: clocks differ, calendars do not."""
MAX_COUNT: Final = 2**53 - 1
"""The largest count that JSON readers agree on."""
MAX_ID_BYTES: Final = 512
"""Elasticsearch refuses a whole bulk request for one longer ``_id``, and any search for a term far longer."""
_SURELY_SHORT: Final = MAX_ID_BYTES // 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who wrote a post, as seen when it was collected.

    ``key`` is what everything joins on: ``"<platform>:<host>:<handle or id>"`` in lower case, the same
    through whichever server the author was seen, or a keyed pseudonym (``posts.people``).
    """

    key: str
    handle: str | None = None
    name: str | None = None
    url: str | None = None
    followers: int | None = None
    verified: bool | None = None
    bot: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """What the platform counted, each ``None`` where it does not tell."""

    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    quotes: int | None = None
    views: int | None = None
    reactions: dict[str, int] | None = None


METRICS: Final = ("likes", "comments", "shares", "quotes", "views")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An address that a post points to, with the title of the card if the platform gave one."""

    url: str
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, film or sound of a post; ``alt`` is its description, ``duration_s`` how long it plays."""

    kind: Literal["image", "gif", "video", "audio", "document", "unknown"]
    url: str | None = None
    alt: str | None = None
    duration_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOption:
    """What a poll may be answered with; ``percent`` where only shares of its votes are told."""

    title: str
    votes: int | None = None
    percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    options: tuple[PollOption, ...]
    closes_at: datetime | None = None
    votes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """Somebody named in a post, as the platform resolved the name."""

    key: str
    handle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a post said before it was edited: the wording that was written ``at`` a moment."""

    at: datetime
    text: str = ""
    title: str | None = None


MAX_EDITS: Final = 10
"""Earlier wordings of a post that are kept, the newest."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A hashtag, mention, cashtag or link found in a text.

    ``text`` is as written without its sign (a link: the whole address), ``normal`` the key under which
    spellings meet, ``start`` and ``end`` code-point offsets into the original, the sign included.
    """

    text: str
    normal: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Entity:
    """A person, place, organisation or product named in a text.

    ``id`` names the entity of the project that it was recognised as (``"brand:..."``), else ``None``.
    """

    text: str
    label: str
    start: int
    end: int
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Sentiment:
    """The mood of a text; ``score`` is from -1 (as bad as can be) to 1."""

    label: Literal["negative", "neutral", "positive"]
    score: float


EMOTIONS: Final = ("anger", "insult")
INTENTS: Final = (
    "comment", "question", "suggestion", "criticism", "complaint", "praise", "misinformation",
)  # fmt: skip
"""What a message is there for; a ``comment`` is one that is for nothing else."""
PURPOSES: Final = ("educate", "entertain", "challenge", "inform", "promote")
"""What content is there for."""
FORMATS: Final = (
    "article", "image", "video", "post", "how-to", "tip", "news", "contest", "interactive", "story", "live",
    "graphic", "gif", "infographic", "blog", "text",
)  # fmt: skip
"""What content is shaped like."""
ACTIONS: Final = (
    "buy",
    "visit",
    "sign-up",
    "contact",
    "follow",
    "share",
    "answer",
    "join",
    "download",
    "watch",
)
"""What a text calls on its readers to do."""
NOISE: Final = ("duplicate", "spam", "giveaway", "bot", "off-topic")
"""Why a post may be left out of a count; it is kept and can be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotations:
    """What was read in a post; ``versions`` says by which version of which reader.

    ``languages`` are those beside ``language`` that a good part of the text is in. ``emotions``,
    ``intents``, ``purposes``, ``actions`` and ``noise`` are from the lists above, ``form`` from
    ``FORMATS``. ``copy_of`` is the earliest post that says nearly the same, ``sketch`` what near copies
    are known by. ``readers`` are the marks of the readers that have done with the post
    (``nlp.pipeline.Pipeline.marks``).
    """

    tokens: tuple[str, ...] = ()
    hashtags: tuple[Tag, ...] = ()
    mentions: tuple[Tag, ...] = ()
    cashtags: tuple[Tag, ...] = ()
    links: tuple[Tag, ...] = ()
    entities: tuple[Entity, ...] = ()
    emoji: tuple[Tag, ...] = ()
    language: str = "und"
    languages: tuple[str, ...] = ()
    sentiment: Sentiment | None = None
    emotions: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    form: str | None = None
    noise: tuple[str, ...] = ()
    copy_of: str | None = None
    sketch: tuple[int, ...] = ()
    readers: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One public post.

    ``id`` is ``"<platform>:<origin host>:<native id>"``; for federated platforms the host and path of
    the canonical ``uri``, so that one post seen through two servers is one post. ``aliases`` are the ids
    under which single servers know it (``"<platform>:<server>:<local id>"``); ``reply_to``,
    ``repost_of`` and ``quote_of`` may hold such an alias until intake resolves it, and
    ``other_references`` (field and alias) what other servers call the same. A repost is a post of
    its own with an empty text and the language of what it passes on. ``language`` is what the platform
    declared; what was detected stands in ``annotations``. ``hashtags`` are tags the platform names beside
    the text, as written, without ``#``.
    ``edits`` are earlier wordings, the oldest first, where the platform tells them.
    ``deleted_at`` marks a deletion: the content is gone, the id stays.
    """

    id: str
    platform: str
    kind: Kind
    source: str
    created_at: datetime
    collected_at: datetime
    author: Author | None = None
    aliases: tuple[str, ...] = ()
    also_in: tuple[str, ...] = ()
    first_seen_at: datetime | None = None
    edited_at: datetime | None = None
    edits: tuple[Edit, ...] = ()
    deleted_at: datetime | None = None
    url: str | None = None
    title: str | None = None
    text: str = ""
    language: str | None = None
    hashtags: tuple[str, ...] = ()
    mentioned: tuple[Mentioned, ...] = ()
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    poll: Poll | None = None
    format: str | None = None
    forwarded_from: str | None = None
    conversation: str | None = None
    reply_to: str | None = None
    reply_to_author: str | None = None
    repost_of: str | None = None
    repost_of_author: str | None = None
    quote_of: str | None = None
    quote_of_author: str | None = None
    other_references: tuple[tuple[str, str], ...] = ()
    metrics: Metrics = field(default_factory=Metrics)
    run_id: str | None = None
    annotations: Annotations | None = None


_MOMENTS: Final = ("created_at", "collected_at", "first_seen_at", "edited_at", "deleted_at")
_REFERENCES: Final = (
    "conversation", "forwarded_from", "reply_to", "reply_to_author", "repost_of", "repost_of_author",
    "quote_of", "quote_of_author",
)  # fmt: skip
_read_references = attrgetter(*_REFERENCES)
_FIELDS: Final = tuple(part.name for part in fields(Post))
_read_all = attrgetter(*_FIELDS)
_Draft: Any = make_dataclass("_Draft", _FIELDS, slots=True)
"""A post in the making: laid out as ``Post`` is, and not frozen."""


def changed(post: Post, **changes: Any) -> Post:
    """A new post with some parts changed: ``dataclasses.replace`` for whoever does it to every post.

    It takes a quarter of the time, because a frozen record's constructor sets each of 35 parts by a call.
    """
    made = _Draft(*_read_all(post))
    for name, value in changes.items():
        setattr(made, name, value)
    made.__class__ = Post
    whole: Post = made
    return whole


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Post)


def encode(post: Post) -> bytes:
    """The post as one line of JSON."""
    return _encoder.encode(post)


def decode(line: bytes | str) -> Post:
    """The post that ``encode`` wrote; ``RecordError`` names what does not fit."""
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise RecordError(str(error)) from error


def number(key: str) -> int:
    """A stable 63-bit integer for a key (author, tag or post id): what columns hold in place of texts."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big") >> 1


def check(post: Post, *, now: datetime) -> Post:
    """The post itself if it may enter the store, else ``RecordError`` with the field and the value."""
    for field_name, key in _keys(post):
        if not key.strip() or (
            len(key) > _SURELY_SHORT and len(key.encode("utf-8", "replace")) > MAX_ID_BYTES
        ):
            raise RecordError(f"{field_name}: must have 1 to {MAX_ID_BYTES} bytes", subject=post.id[:80])
    if "\n" in post.id:
        raise RecordError("id: has a line break", subject=post.id[:80])
    moments = [(name, getattr(post, name)) for name in _MOMENTS]
    for name, moment in (*moments, *(("edits.at", edit.at) for edit in post.edits)):
        if moment is None:
            continue
        if moment.tzinfo is None:
            raise RecordError(f"{name}: {moment.isoformat()} has no time zone", subject=post.id)
        if not EARLIEST <= moment <= now + LATEST_AHEAD:
            raise RecordError(
                f"{name}: {moment.isoformat()} is not between 2000-01-01 and tomorrow", subject=post.id
            )
    for name in METRICS:
        count: int | None = getattr(post.metrics, name)
        if count is not None and not 0 <= count <= MAX_COUNT:
            raise RecordError(f"metrics.{name}: {count} is not a count", subject=post.id)
    return post


def _keys(post: Post) -> Iterator[tuple[str, str]]:
    """All that posts are found and joined by, each with the name of its field."""
    yield "id", post.id
    yield "platform", post.platform
    yield "source", post.source
    if post.author is not None:
        yield "author.key", post.author.key
    for name, values in (("aliases", post.aliases), ("also_in", post.also_in)):
        for value in values:
            yield name, value
    for named in post.mentioned:
        yield "mentioned.key", named.key
    for name, value in post.other_references:
        yield name, value
    for name, value in zip(_REFERENCES, _read_references(post), strict=True):
        if value:
            yield name, value
