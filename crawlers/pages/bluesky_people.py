"""Who stands behind a post of Bluesky: people, their keys, whether they opted out, and their counts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crawlers.pages.fields import Fields, Notes, shown
from crawlers.pages.text import clean_name
from posts.errors import RecordError
from posts.people import author_key
from posts.post import Author
from posts.profile import Profile

PLATFORM: Final = "bluesky"
HOST: Final = "bsky.app"
NO_HANDLE: Final = "handle.invalid"
"""What the network writes for an account whose handle leads nowhere at the moment."""

IGNORED: Final = {
    "author": {
        "$type", "avatar", "banner", "associated", "viewer", "createdAt", "indexedAt", "description",
        "pronouns", "website", "status", "debug", "joinedViaStarterPack", "pinnedPost",
        # Read by read_profile.
        "followsCount", "postsCount",
    },
    "verification": {"verifications"},
    "label": {"$type", "ver", "uri", "cid", "cts", "exp", "sig", "src"},
    "self-labels": {"$type"},
}  # fmt: skip
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""

_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,200}")
_OPTED_OUT = frozenset({"!no-unauthenticated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """For which source an answer was read, and when."""

    source: str
    at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account as an answer shows it."""

    did: str
    author: Author
    opted_out: bool


def read_person(value: object, notes: Notes) -> Person:
    """The account of a view of any size: those beside posts, and the detailed one with its counts."""
    fields = Fields(value, "author")
    did = did_of(fields.needed_text("did"), "author.did")
    handle = clean_name(fields.text("handle") or "") or None
    author = Author(
        key=key_of(did),
        handle=None if handle == NO_HANDLE else handle,
        name=clean_name(fields.text("displayName") or "") or None,
        url=f"https://{HOST}/profile/{did}",
        followers=_followers(fields.take("followersCount")),
        verified=_verified(fields.take("verification"), notes),
    )
    labels = read_labels(fields.list("labels"), notes)
    notes.unread.update(fields.left(IGNORED["author"]))
    return Person(did=did, author=author, opted_out=not _OPTED_OUT.isdisjoint(labels))


def read_profile(value: object, seen: Seen, notes: Notes) -> tuple[Profile, Person]:
    """What an account's own page tells of it today."""
    person = read_person(value, notes)
    fields = Fields(value, "author")
    author = person.author
    profile = Profile(
        key=author.key,
        platform=PLATFORM,
        source=seen.source,
        at=seen.at,
        handle=author.handle,
        name=author.name,
        followers=author.followers,
        following=fields.count("followsCount"),
        posts=fields.count("postsCount"),
        verified=author.verified,
        run_id=seen.run_id,
    )
    return profile, person


def read_labels(rows: Iterable[Any], notes: Notes) -> frozenset[str]:
    """The labels that stand: those that were taken back do not."""
    found: set[str] = set()
    withdrawn: set[str] = set()
    for row in rows:
        fields = Fields(row, "label")
        value, negated = fields.text("val"), fields.flag("neg")
        if value:
            (withdrawn if negated else found).add(value)
        notes.unread.update(fields.left(IGNORED["label"]))
    return frozenset(found - withdrawn)


def read_self_labels(value: object, notes: Notes) -> frozenset[str]:
    """The labels that an author gave a post."""
    if value is None:
        return frozenset()
    fields = Fields(value, "self-labels")
    labels = read_labels(fields.list("values"), notes)
    notes.unread.update(fields.left(IGNORED["self-labels"]))
    return labels


def did_of(value: object, what: str) -> str:
    """The value if it is the lasting name of an account."""
    if not isinstance(value, str) or not _DID.fullmatch(value):
        raise RecordError(f"{what}: {shown(value)} is no DID")
    return value


def key_of(did: str) -> str:
    """The key of an account: its handle may change, its DID does not."""
    return author_key(PLATFORM, HOST, did)


def opts_out(labels: Iterable[str]) -> bool:
    """Whether labels say that who is not signed in shall not see it."""
    return not _OPTED_OUT.isdisjoint(labels)


def _verified(value: object, notes: Notes) -> bool | None:
    if value is None:
        return None
    fields = Fields(value, "verification")
    states = {fields.text("verifiedStatus"), fields.text("trustedVerifierStatus")}
    notes.unread.update(fields.left(IGNORED["verification"]))
    return "valid" in states


def _followers(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
