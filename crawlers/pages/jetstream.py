"""What Jetstream sends: one event a frame, of everybody who writes, passes on, deletes, or goes away.

An event says who (the DID) and what, not under which name: handles and labels are asked for elsewhere. A
frame that is none is named, never raised.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from crawlers.pages.bluesky_embeds import POSTS, id_of, parts_of
from crawlers.pages.bluesky_people import HOST, PLATFORM, Person, Seen, did_of, key_of
from crawlers.pages.bluesky_posts import post_of
from crawlers.pages.bluesky_record import earlier, read_record
from crawlers.pages.fields import Fields, Notes, Unreadable, kind_of, payload_of, read_json, shown
from crawlers.pages.text import clean_name
from posts.errors import NotUnderstood, RecordError
from posts.post import EARLIEST, Author, Metrics, Post

REPOSTS: Final = "app.bsky.feed.repost"
COLLECTIONS: Final = (POSTS, REPOSTS)
"""What is asked for. Likes are many times as many as posts, and the second looks tell their number."""
AHEAD: Final = timedelta(minutes=10)
"""How far a server's clock may be before ours: a later time would let the cursor jump over posts."""

IGNORED: Final = {
    "event": {"kind"},
    "commit": {"rev", "cid"},
    "repost": {"$type", "via"},
    "subject": {"$type", "cid"},
    "account": {"did", "seq", "time"},
    "identity": {"did", "seq", "time"},
}
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""

_TID: Final = "234567abcdefghijklmnopqrstuvwxyz"
_FIRST: Final = 10**15
"""Lower numbers are no microseconds but a server's own count."""
Kind = Literal["post", "repost", "delete", "account", "identity", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event: ``at`` is when the network saw it, ``uri`` the record that it is about.

    ``post`` is what was written or passed on; its author is known by key alone. ``gone`` says of an account
    that it is deleted or was taken down; ``handle`` what it is called from now on.
    """

    kind: Kind
    time_us: int
    did: str
    uri: str = ""
    rev: str = ""
    post: Post | None = None
    subject: str = ""
    gone: bool = False
    handle: str | None = None

    @property
    def at(self) -> datetime:
        return moment_of(self.time_us)


def read_frame(frame: str | bytes, seen: Seen, notes: Notes) -> Event | Unreadable:
    """The event of a frame, or what is wrong with it."""
    try:
        value = _decoded(frame)
        return _event(value, seen, notes)
    except NotUnderstood as error:
        return Unreadable(subject="frame", reason=error.message, payload=shown(frame[:80]))
    except (RecordError, RecursionError) as error:
        reason = error.message if isinstance(error, RecordError) else "nested too deeply"
        return Unreadable(subject=_subject(value), reason=reason, payload=payload_of(value))


def moment_of(time_us: int) -> datetime:
    """The moment of a number of microseconds."""
    return datetime.fromtimestamp(time_us // 1_000_000, UTC) + timedelta(microseconds=time_us % 1_000_000)


def microseconds(moment: datetime) -> int:
    """A moment as the number that a cursor holds."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def written_at(uri: str, fallback: datetime) -> datetime:
    """When a record was made, which its key tells (a TID: microseconds in base 32), else ``fallback``.

    >>> written_at("at://did:plc:a/app.bsky.feed.post/3l3qo2vutsw2b", datetime(2026, 1, 1, tzinfo=UTC)).year
    2024
    """
    key = uri.rpartition("/")[2]
    if len(key) != 13 or any(letter not in _TID for letter in key):
        return fallback
    number = 0
    for letter in key:
        number = number << 5 | _TID.index(letter)
    time_us = number >> 10
    if not _FIRST <= time_us < 4 * _FIRST:
        return fallback
    found = moment_of(time_us)
    return found if EARLIEST <= found <= fallback else fallback


def _decoded(frame: str | bytes) -> object:
    try:
        return msgspec.json.decode(frame)
    except (msgspec.DecodeError, ValueError, RecursionError):
        # Slower, and milder with halves of surrogate pairs and numbers that are none.
        body = frame.encode("utf-8", "surrogatepass") if isinstance(frame, str) else frame
        return read_json(body, subject="frame")


def _event(value: object, seen: Seen, notes: Notes) -> Event:
    if not isinstance(value, dict):
        raise NotUnderstood(f"an event was expected, not {kind_of(value)}")
    fields = Fields(value, "event")
    did = did_of(fields.take("did"), "event.did")
    time_us = fields.take("time_us")
    if isinstance(time_us, bool) or not isinstance(time_us, int) or time_us < _FIRST:
        raise RecordError(f"event.time_us: {shown(time_us)} is no time in microseconds")
    if time_us > microseconds(seen.at + AHEAD):
        raise RecordError(f"event.time_us: {time_us} is in the future")
    parts = {name: fields.take(name) for name in ("commit", "account", "identity")}
    notes.unread.update(fields.left(IGNORED["event"]))
    match value.get("kind"):
        case "commit":
            return _commit(parts["commit"], did, time_us, seen, notes)
        case "account":
            return _account(parts["account"], did, time_us, notes)
        case "identity":
            return _identity(parts["identity"], did, time_us, notes)
    return Event(kind="other", time_us=time_us, did=did)


def _commit(value: object, did: str, time_us: int, seen: Seen, notes: Notes) -> Event:
    fields = Fields(value, "commit")
    operation, collection = fields.needed_text("operation"), fields.needed_text("collection")
    key, record, rev = fields.needed_text("rkey"), fields.take("record"), fields.peek("rev")
    uri = f"at://{did}/{collection}/{key}"
    parts_of(uri)
    notes.unread.update(fields.left(IGNORED["commit"]))
    told = Event(kind="other", time_us=time_us, did=did, uri=uri, rev=rev if isinstance(rev, str) else "")
    if collection not in COLLECTIONS:
        return told
    if operation == "delete":
        return replace(told, kind="delete")
    if operation not in ("create", "update"):
        raise RecordError(f"commit.operation: {shown(operation)} is not known")
    if collection == REPOSTS:
        return _repost(record, told, seen, notes)
    post = _post(record, told, seen, notes)
    return replace(
        told, kind="post", post=replace(post, edited_at=told.at) if operation == "update" else post
    )


def _post(value: object, told: Event, seen: Seen, notes: Notes) -> Post:
    record = read_record(value, notes)
    at = earlier(record.created_at, told.at)
    return post_of(told.uri, _nobody(told.did), record, record.embed, at, seen, metrics=Metrics())


def _repost(value: object, told: Event, seen: Seen, notes: Notes) -> Event:
    fields = Fields(value, "repost")
    subject = Fields(fields.take("subject"), "subject")
    uri = subject.needed_text("uri")
    whose, _, _ = parts_of(uri)
    claimed = fields.take("createdAt")
    notes.unread.update(subject.left(IGNORED["subject"]))
    notes.unread.update(fields.left(IGNORED["repost"]))
    post = Post(
        id=id_of(told.uri),
        platform=PLATFORM,
        kind="text",
        source=seen.source,
        run_id=seen.run_id,
        author=_nobody(told.did).author,
        created_at=earlier(_claimed(claimed), told.at),
        collected_at=seen.at,
        repost_of=id_of(uri),
        repost_of_author=key_of(whose),
    )
    return replace(told, kind="repost", post=post, subject=uri)


def _claimed(value: object) -> datetime | None:
    try:
        found = Fields({"createdAt": value}, "repost").moment("createdAt")
    except RecordError:
        return None
    return found if found is not None and found >= EARLIEST else None


def _account(value: object, did: str, time_us: int, notes: Notes) -> Event:
    fields = Fields(value, "account")
    active, status = fields.flag("active"), fields.text("status")
    notes.unread.update(fields.left(IGNORED["account"]))
    gone = active is False and status in ("deleted", "takendown")
    return Event(kind="account", time_us=time_us, did=did, gone=gone)


def _identity(value: object, did: str, time_us: int, notes: Notes) -> Event:
    fields = Fields(value, "identity")
    handle = clean_name(fields.text("handle") or "") or None
    notes.unread.update(fields.left(IGNORED["identity"]))
    return Event(kind="identity", time_us=time_us, did=did, handle=handle)


def _nobody(did: str) -> Person:
    """Somebody who is known by the DID alone so far."""
    author = Author(key=key_of(did), url=f"https://{HOST}/profile/{did}")
    return Person(did=did, author=author, opted_out=False)


def _subject(value: object) -> str:
    did = value.get("did") if isinstance(value, dict) else None
    return clean_name(did)[:200] if isinstance(did, str) and did else "frame"
