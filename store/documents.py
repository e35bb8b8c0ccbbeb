"""What a post becomes in an engine: itself, its edges, its uses of hashtags, and snapshots of its counts.

Ids are made of the post's id, so that writing a post again writes the same documents again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from nlp import links
from nlp.copies import bands
from nlp.fold import fold
from nlp.names import key_of
from posts.clean import clean_name
from posts.forgetting import is_textless
from posts.labels import BY_PEOPLE
from posts.post import (
    MAX_COUNT,
    MAX_ID_BYTES,
    METRICS,
    Annotations,
    EdgeKind,
    Metrics,
    Post,
    Tag,
    encode,
    number,
)
from store.protocol import Document

EDGE_NUMBERS: Final[dict[EdgeKind, int]] = {"repost": 1, "reply": 2, "mention": 3, "quote": 4}
MAX_TAGS: Final = 30
"""Hashtags of one post that are counted: a wall of tags is no use of each."""
MAX_TAG: Final = 100
"""Code points of a hashtag that is counted; longer ones are counted by their beginning."""
MAX_MENTIONS: Final = 200
"""Authors named by one post that make edges."""
MAX_NAMES: Final = 50
"""Names in one post that are searched for."""
MAX_EMOJI: Final = 50
"""Different emoji of one post that are searched for."""
_LISTS: Final = ("emotions", "intents", "purposes", "actions", "noise", "readers")
MAX_LINKS: Final = 200
"""Addresses of one post that are searched for."""

_keyed = lru_cache(maxsize=65_536)(number)
_folded = lru_cache(maxsize=65_536)(fold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """All that is written for one post but the snapshots of its counts."""

    post: Document
    edges: tuple[Document, ...]
    uses: tuple[Document, ...]


def documents(post: Post, unresolved: Sequence[str] = ()) -> Documents:
    """The documents of a post; ``unresolved`` are those of its references that lead to no stored post."""
    created_at = date_text(post.created_at)
    hour = int(post.created_at.timestamp()) // 3600
    language = _language(post)
    sources = [post.source, *post.also_in]
    tags = counted_tags(post)
    own = _post(post, unresolved, created_at, hour, language, sources, tags)
    edges = _edges(post, own, unresolved) if post.author is not None else ()
    return Documents(post=own, edges=edges, uses=_uses(own, tags))


def snapshots(copies: Sequence[Post], stored: Post | None, tags: Sequence[str]) -> list[Document]:
    """What the copies add to the history of a post's counts: one snapshot for each that changed them.

    Gains are against the snapshot before. Copies older than the stored post add nothing, for what
    was before them is not at hand; unless they begin with a copy from before the first one, to which
    they are held.
    """
    copies = sorted(copies, key=lambda copy: copy.collected_at)
    first = stored is None or copies[0].collected_at <= (stored.first_seen_at or stored.collected_at)
    before: Post | None = None
    passed = stored is None
    made: dict[str, Document] = {}
    for copy in copies:
        if stored is not None and copy.collected_at > stored.collected_at:
            if not passed and stored.metrics != Metrics():
                before = stored
            passed = True
        elif not passed and not first:
            continue
        if copy.metrics == Metrics() or (before is not None and before.metrics == copy.metrics):
            continue
        snapshot = _snapshot(copy, before, tags)
        made[snapshot["id"]] = snapshot
        before = copy
    return list(made.values())


def counted_tags(post: Post) -> dict[str, list[str]]:
    """The family keys of a post's hashtags that are counted, each with the ways it is written there."""
    tags: dict[str, list[str]] = {}
    for tag in _tags(post):
        key = tag.normal[:MAX_TAG]
        if not key:
            continue
        written = tag.text[:MAX_TAG]
        if key not in tags:
            if len(tags) == MAX_TAGS:
                break
            tags[key] = [written]
        elif written not in tags[key]:
            tags[key].append(written)
    return tags


def date_text(moment: datetime) -> str:
    """A moment as documents hold it: ``2026-11-23T08:00:00Z``."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat("T", "seconds")[:19] + "Z"


def document_id(text: str) -> str:
    """The text, or its beginning and a digest where it is longer than an engine takes."""
    if len(text) * 4 <= MAX_ID_BYTES or len(text.encode()) <= MAX_ID_BYTES:
        return text
    digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return text.encode()[: MAX_ID_BYTES - 33].decode("utf-8", "ignore") + "~" + digest


def _tags(post: Post) -> Iterable[Tag]:
    return post.annotations.hashtags if post.annotations else ()


def _shape(post: Post) -> str | None:
    """What the platform calls it, else what it was read as."""
    if post.deleted_at is not None:
        return None
    return post.format or (post.annotations.form if post.annotations else None)


def _language(post: Post) -> str:
    """What was read off the text, else what the platform declares."""
    found = post.annotations.language if post.annotations else "und"
    if found == "und" and post.language:
        return clean_name(post.language)[:35].split("-")[0].split("_")[0].lower() or "und"
    return found


def _post(
    post: Post,
    unresolved: Sequence[str],
    created_at: str,
    hour: int,
    language: str,
    sources: list[str],
    tags: dict[str, list[str]],
) -> Document:
    document: Document = {
        "id": post.id,
        "n": number(post.id),
        "platform": post.platform,
        "kind": post.kind,
        "source": sources,
        "created_at": created_at,
        "collected_at": date_text(post.collected_at),
        "language": language,
        "hour": hour,
        "post": encode(post).decode(),
    }
    if post.aliases:
        document["aliases"] = list(post.aliases)
    if shape := _shape(post):
        document["format"] = shape
    if post.deleted_at is not None:
        document["is"] = ["deleted"]
        return document
    if unresolved:
        document["unresolved"] = list(unresolved)
    if tags:
        document["hashtags"] = list(tags)
        document["written"] = [surface for written in tags.values() for surface in written]
    _add_author(document, post)
    _add_readings(document, post)
    _add_references(document, post)
    for name in METRICS:
        count = getattr(post.metrics, name)
        if count is not None:
            document[name] = count
    return document


def _add_author(document: Document, post: Post) -> None:
    author = post.author
    if author is None:
        return
    document["author"] = author.key
    document["author_n"] = _keyed(author.key)
    if author.handle:
        # author:sara finds sara@example.org too.
        whole = _folded(author.handle)
        bare = whole.lstrip("@").partition("@")[0]
        document["handle"] = list({whole: None, bare or whole: None})
    if author.followers is not None and 0 <= author.followers <= MAX_COUNT:
        document["followers"] = author.followers


def _add_readings(document: Document, post: Post) -> None:
    """What was read in the post: words, names, addresses."""
    handles = {_folded(named.handle): None for named in post.mentioned if named.handle}
    addresses = [link.url for link in post.links]
    keys = {links.key(address): None for address in addresses}
    read = post.annotations
    if read is not None:
        document["text"] = " ".join(read.tokens)
        if read.entities:
            named = (entity.id or key_of(entity.label, entity.text) for entity in read.entities)
            document["entities"] = list({key: None for key in named if key})[:MAX_NAMES]
        if read.sentiment is not None:
            document["sentiment"] = read.sentiment.label
        _add_marks(document, read)
        handles |= {_folded(mention.text): None for mention in read.mentions}
        for link in read.links:
            addresses.append(link.text)
            keys[link.normal] = None
    if post.mentioned:
        document["mentions"] = list({named.key: None for named in post.mentioned})
    if handles:
        # @sara finds sara@example.org too.
        bare = {handle.partition("@")[0]: None for handle in handles}
        document["handles"] = list(handles | bare)
    if addresses:
        document["domains"] = list({found: None for found in map(links.domain, addresses) if found})
        document["links"] = [key for key in keys if key][:MAX_LINKS]
    has = []
    if post.media:
        has.append("media")
    if addresses:
        has.append("link")
    if post.poll is not None:
        has.append("poll")
    if has:
        document["has"] = has


def _add_marks(document: Document, read: Annotations) -> None:
    """What the second stage says of it."""
    for name in _LISTS:
        if values := getattr(read, name):
            document[name] = list(values)
    if read.languages:
        document["also"] = list(read.languages)
    if read.emoji:
        document["emoji"] = list({found.normal: None for found in read.emoji})[:MAX_EMOJI]
    if read.copy_of:
        document["copy_of"] = read.copy_of
    if read.sketch:
        document["bands"] = list(bands(read.sketch))


def _add_references(document: Document, post: Post) -> None:
    marks = []
    if post.reply_to or post.reply_to_author:
        marks.append("reply")
    if post.repost_of or post.repost_of_author:
        marks.append("repost")
    if post.quote_of or post.quote_of_author:
        marks.append("quote")
    if post.edited_at is not None:
        marks.append("edited")
    if "?" in post.text or "؟" in post.text:  # the Persian question mark
        marks.append("question")
    if is_textless(post):
        marks.append("textless")
    marks += _marks_read(post)
    if marks:
        document["is"] = marks
    if post.conversation:
        document["conversation"] = post.conversation
    for name in (
        "reply_to", "reply_to_author", "repost_of", "repost_of_author", "quote_of", "quote_of_author",
    ):  # fmt: skip
        value = getattr(post, name)
        if value:
            document[name] = value


def _marks_read(post: Post) -> list[str]:
    read = post.annotations
    if read is None:
        return []
    found = {
        "mixed": read.languages,
        "noise": read.noise,
        "copy": read.copy_of,
        "labelled": BY_PEOPLE in read.versions.values(),
    }
    return [mark for mark, holds in found.items() if holds]


def _edges(post: Post, own: Document, unresolved: Sequence[str]) -> tuple[Document, ...]:
    edges = []
    for kind, toward, target in (
        ("repost", post.repost_of_author, post.repost_of),
        ("reply", post.reply_to_author, post.reply_to),
        ("quote", post.quote_of_author, post.quote_of),
    ):
        if toward:
            edge = _edge(own, kind, toward, document_id(f"{post.id}>{kind}"))
            if target and target not in unresolved:
                edge["target"] = target
                edge["target_n"] = number(target)
            edges.append(edge)
    for toward in own.get("mentions", ())[:MAX_MENTIONS]:
        edges.append(_edge(own, "mention", toward, document_id(f"{post.id}>{toward}")))
    return tuple(edges)


def _edge(own: Document, kind: str, toward: str, edge_id: str) -> Document:
    return {
        "id": edge_id,
        "kind": kind,
        "kind_n": EDGE_NUMBERS[kind],  # type: ignore[index]
        "src": own["author"],
        "dst": toward,
        "src_n": own["author_n"],
        "dst_n": _keyed(toward),
        "post_id": own["id"],
        "post_n": own["n"],
        "created_at": own["created_at"],
        "platform": own["platform"],
        "language": own["language"],
        "source": own["source"],
    }


def _uses(own: Document, tags: dict[str, list[str]]) -> tuple[Document, ...]:
    if not tags:
        return ()
    author = {"author": own["author"], "author_n": own["author_n"]} if "author" in own else {}
    return tuple(
        {
            "id": document_id(f"{own['id']}#{key}"),
            "post_id": own["id"],
            "post_n": own["n"],
            "tag": key,
            "tag_n": _keyed(key),
            "written": written,
            **author,
            "created_at": own["created_at"],
            "hour": own["hour"],
            "platform": own["platform"],
            "language": own["language"],
            "source": own["source"],
        }
        for key, written in tags.items()
    )


def _snapshot(copy: Post, before: Post | None, tags: Sequence[str]) -> Document:
    at = int(copy.collected_at.timestamp())
    document: Document = {
        "id": document_id(f"{copy.id}@{at}"),
        "post_id": copy.id,
        "post_n": number(copy.id),
        "platform": copy.platform,
        "at": date_text(copy.collected_at),
    }
    if copy.author is not None:
        document["author"] = copy.author.key
    if tags:
        document["hashtags"] = list(tags)
    for name in METRICS:
        count = getattr(copy.metrics, name)
        if count is None:
            continue
        document[name] = count
        known = getattr(before.metrics, name) if before is not None else None
        if known is not None:
            document["d_" + name] = count - known
    if before is not None:
        document["dt_s"] = at - int(before.collected_at.timestamp())
    return document
