"""What an AppView of Bluesky answers: feeds, search results, threads and single posts, read to posts.

Fields as of the lexicons app.bsky.feed and app.bsky.embed, checked on answers of the network's own
AppView. An account is known by its DID, for its handle may change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from crawlers.pages.bluesky_embeds import id_of, uri_of
from crawlers.pages.bluesky_people import Person, Seen, read_person, read_profile
from crawlers.pages.bluesky_posts import OPTED_OUT, PassedOver, read_post, repost_of
from crawlers.pages.fields import Fields, Notes, Reading, Unreadable, kind_of, payload_of, read_json, short
from crawlers.pages.text import clean_name
from posts.errors import NotUnderstood, RecordError
from posts.post import Post
from posts.profile import Profile

IGNORED: Final = {
    "item": {"$type", "reply", "feedContext", "reqId", "metadata"},
    "reason": {"$type", "cid", "indexedAt"},
    "node": {"threadContext", "parent", "replies"},
}
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that was listed: its address, the moment it is ordered by, and the posts it gave.

    A repost gives itself and the post that it passes on. ``at`` is ``None`` where the item stands out of
    order, as a pinned post does, or could not be read.
    """

    uri: str
    at: datetime | None
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page: what was read, item by item, and where the page below begins."""

    reading: Reading
    items: tuple[Item, ...]
    cursor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation as far as it was shown: ``root`` began it, ``post`` was asked for.

    ``cut`` are posts with answers that were not shown.
    """

    reading: Reading
    root: str | None
    post: str | None = None
    cut: tuple[str, ...] = ()


@dataclass(slots=True)
class _Gathered:
    """What an answer gave so far."""

    notes: Notes = field(default_factory=Notes)
    items: list[Item] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    listed: int = 0

    def reading(self) -> Reading:
        posts = {post.id: post for item in self.items for post in item.posts}
        return Reading(
            posts=tuple(posts.values()),
            items=self.listed,
            unreadable=tuple(self.unreadable),
            passed_over=self.notes.passed_over,
            unread=self.notes.unread,
            remarks=tuple(sorted(self.notes.remarks)),
            local_ids=tuple(item.uri for item in self.items),
        )


def read_feed(body: bytes, seen: Seen) -> Listed:
    """A page of an account's posts and reposts."""
    return _listed(body, "feed", seen, _feed_item)


def read_posts(body: bytes, seen: Seen) -> Listed:
    """A page of posts: search results, quotes, or those that were asked for."""
    return _listed(body, "posts", seen, _post_item)


def read_thread(body: bytes, seen: Seen) -> Thread:
    """A conversation: the post that was asked for, those above it and the answers below."""
    answer = _answer(body, seen)
    gathered, cut, root, post = _Gathered(), [], None, None
    for node, below in _nodes(answer.get("thread"), seen):
        gathered.listed += 1
        item = _gather(node, seen, gathered, _thread_item)
        if item is None:
            continue
        root = root or _root_of(item)
        post = post or (item.uri if below else None)
        if below and _is_cut(node):
            cut.append(item.uri)
    return Thread(reading=gathered.reading(), root=root, post=post, cut=tuple(cut))


def read_account(body: bytes, seen: Seen) -> tuple[Profile, Person, Notes]:
    """An account as it is today; ``NotUnderstood`` if the answer is none."""
    notes = Notes()
    try:
        profile, person = read_profile(_answer(body, seen), seen, notes)
    except RecordError as error:
        raise NotUnderstood(f"no account: {error.message}", subject=seen.source) from error
    return profile, person, notes


def read_accounts(body: bytes, seen: Seen) -> tuple[dict[str, Person], Notes]:
    """Several accounts by DID; what is none is left out."""
    notes, found = Notes(), {}
    for row in _rows(_answer(body, seen), "profiles", seen):
        try:
            person = read_person(row, notes)
        except RecordError:
            notes.remarks.add("accounts that could not be read were left out")
            continue
        found[person.did] = person
    return found, notes


def read_error(body: bytes) -> tuple[str, str]:
    """The code and the words of an answer that is an error; empty texts where it says none."""
    try:
        answer = read_json(body, subject="")
    except NotUnderstood:
        return "", ""
    if not isinstance(answer, dict):
        return "", ""
    code, message = answer.get("error"), answer.get("message")
    return (
        clean_name(code)[:80] if isinstance(code, str) else "",
        clean_name(message)[:200] if isinstance(message, str) else "",
    )


def refs(posts: tuple[Post, ...]) -> dict[str, str]:
    """How posts are asked for again, by id; a repost cannot be."""
    return {post.id: uri for post in posts if (uri := uri_of(post.id)) is not None}


_Reader = Callable[[object, Seen, Notes], Item]


def _listed(body: bytes, name: str, seen: Seen, read: _Reader) -> Listed:
    answer = _answer(body, seen)
    gathered = _Gathered()
    for row in _rows(answer, name, seen):
        gathered.listed += 1
        _gather(row, seen, gathered, read)
    cursor = answer.get("cursor")
    return Listed(
        reading=gathered.reading(),
        items=tuple(gathered.items),
        cursor=cursor if isinstance(cursor, str) and 0 < len(cursor) <= 2000 else None,
    )


def _gather(row: object, seen: Seen, gathered: _Gathered, read: _Reader) -> Item | None:
    """The item, kept; what is none is named, not raised."""
    uri = _uri_within(row) or f"item {gathered.listed}"
    try:
        item = read(row, seen, gathered.notes)
    except PassedOver as reason:
        gathered.notes.passed_over[str(reason)] += 1
        gathered.items.append(Item(uri=uri, at=_order_of(row)))
        return None
    except (RecordError, RecursionError) as error:
        told = error.message if isinstance(error, RecordError) else short(error)
        gathered.items.append(Item(uri=uri, at=_order_of(row)))
        gathered.unreadable.append(Unreadable(subject=uri, reason=told, payload=payload_of(row)))
        return None
    gathered.items.append(item)
    return item


def _answer(body: bytes, seen: Seen) -> dict[str, Any]:
    answer = read_json(body, subject=seen.source)
    if not isinstance(answer, dict):
        raise NotUnderstood(f"an object was expected, not {kind_of(answer)}", subject=seen.source)
    return answer


def _rows(answer: dict[str, Any], name: str, seen: Seen) -> list[Any]:
    rows = answer.get(name)
    if not isinstance(rows, list):
        raise NotUnderstood(
            f"the answer has no list of {name} ({kind_of(rows)} instead)", subject=seen.source
        )
    return rows


def _feed_item(row: object, seen: Seen, notes: Notes) -> Item:
    """A post of the account, or one that it passed on."""
    fields = Fields(row, "item")
    post, at = read_post(fields.take("post"), seen, notes)
    reason = fields.take("reason")
    notes.unread.update(fields.left(IGNORED["item"]))
    uri = uri_of(post.id) or post.id
    if reason is None:
        return Item(uri=uri, at=at, posts=(post,))
    about = Fields(reason, "reason")
    kind = (about.text("$type") or "").rpartition("#")[2]
    if kind != "reasonRepost":
        if kind != "reasonPin":
            notes.unread[f"reason.$type {kind[:60]}"] += 1
        return Item(uri=uri, at=None, posts=(post,))
    passed_on_at = Fields(reason, "reason").moment("indexedAt")
    repost = _repost(about, post, passed_on_at, seen, notes)
    if repost is None:
        return Item(uri=uri, at=passed_on_at, posts=(post,))
    return Item(uri=f"at://{repost.id.split(':', 2)[2]}", at=repost.created_at, posts=(repost, post))


def _repost(about: Fields, post: Post, at: datetime | None, seen: Seen, notes: Notes) -> Post | None:
    """The record that somebody passed a post on; its text, tags and counts are the post's."""
    person = read_person(about.take("by"), notes)
    uri = about.text("uri")
    notes.unread.update(about.left(IGNORED["reason"]))
    if person.opted_out:
        raise PassedOver(OPTED_OUT)
    if uri is None or at is None:
        notes.remarks.add("reposts without an address or a time were read as the posts they pass on")
        return None
    return repost_of(id_of(uri), person, post, at, seen)


def _post_item(row: object, seen: Seen, notes: Notes) -> Item:
    post, at = read_post(row, seen, notes)
    return Item(uri=uri_of(post.id) or post.id, at=at, posts=(post,))


def _thread_item(node: object, seen: Seen, notes: Notes) -> Item:
    """The post of a node; one that is not there or blocked is passed over."""
    fields = Fields(node, "node")
    kind = (fields.text("$type") or "").rpartition("#")[2]
    if kind == "notFoundPost" or fields.peek("notFound") is True:
        raise PassedOver("deleted")
    if kind == "blockedPost" or fields.peek("blocked") is True:
        raise PassedOver("blocked")
    view = fields.take("post")
    notes.unread.update(fields.left(IGNORED["node"]))
    return _post_item(view, seen, notes)


def _nodes(thread: object, seen: Seen) -> Iterator[tuple[Any, bool]]:
    """The nodes of a thread without recursion, for threads are deep: those above the post that was asked
    for, then (true) it and those below."""
    if not isinstance(thread, dict):
        raise NotUnderstood(f"the answer has no thread ({kind_of(thread)} instead)", subject=seen.source)
    above: list[Any] = []
    parent = thread.get("parent")
    while isinstance(parent, dict):
        above.append(parent)
        parent = parent.get("parent")
    yield from ((node, False) for node in reversed(above))
    waiting: list[Any] = [thread]
    while waiting:
        node = waiting.pop()
        yield node, True
        replies = node.get("replies") if isinstance(node, dict) else None
        if isinstance(replies, list):
            waiting += reversed(replies)


def _root_of(item: Item) -> str | None:
    """The address of the post that began the conversation."""
    post = item.posts[-1]
    return uri_of(post.conversation or post.id)


def _is_cut(node: dict[str, Any]) -> bool:
    """Whether answers were counted and none is shown: the thread goes on below."""
    count, replies = node["post"].get("replyCount"), node.get("replies")
    return isinstance(count, int) and count > 0 and not (isinstance(replies, list) and replies)


def _uri_within(row: object) -> str:
    """The address in something that is perhaps no post, for whoever looks for it."""
    inner = row.get("post", row) if isinstance(row, dict) else None
    uri = inner.get("uri") if isinstance(inner, dict) else None
    return clean_name(uri)[:200] if isinstance(uri, str) else ""


def _order_of(row: object) -> datetime | None:
    """The moment by which something that gave no post is ordered, as far as that is told."""
    if not isinstance(row, dict):
        return None
    inner: Any = row.get("reason") or row.get("post") or row
    try:
        return Fields(inner, "post").moment("indexedAt")
    except RecordError:
        return None
