"""Who stands behind a status of Mastodon's API: people, their keys, and whether they opted out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from crawlers.pages.fields import Fields, Notes, read_json, short
from crawlers.pages.text import clean_name, plain, web_address
from posts.errors import NotUnderstood, RecordError
from posts.people import author_key
from posts.post import Author, Mentioned
from posts.profile import Profile

PLATFORM: Final = "mastodon"

IGNORED: Final = {
    "account": {
        "locked", "group", "created_at", "avatar", "avatar_static", "avatar_description", "header",
        "header_static", "header_description", "following_count", "statuses_count", "last_status_at",
        "hide_collections", "show_media", "show_media_replies", "show_featured", "emojis", "roles",
        "feature_approval", "attribution_domains", "moved", "suspended", "limited", "memorial", "source",
        "role", "mute_expires_at", "theme", "enable_rss", "custom_css",
        # Other software's own: Pleroma and Akkoma, Pixelfed, Friendica, Iceshrimp.
        "pleroma", "akkoma", "fqn", "local", "is_admin", "website", "location", "pronouns", "header_bg",
        "note_text", "friendica", "is_cat", "speak_as_cat", "permissions",
    },
    "mention": {"username", "avatar", "local"},
    "profile": set[str](),
}  # fmt: skip
"""Fields that are known and of no use to Rasad. Whatever else nobody reads is reported."""

_OPT_OUT = re.compile(r"#(?:nobots?|noindex|nosearch|noarchive)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Through which server an answer came: its address (with a port that is not the usual one), the
    domain its people's handles end with, the source it is for, and when."""

    server: str
    domain: str
    source: str
    at: datetime
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    author: Author
    local_id: str | None
    opted_out: bool


def read_person(value: object, seen: Seen, notes: Notes) -> Person:
    fields = Fields(value, "account")
    local_id = fields.identifier("id")
    name = fields.text("username")
    handle = _handle(fields.text("acct"), name, seen)
    display_name = clean_name(fields.text("display_name") or "") or None
    url, uri = web_address(fields.take("url")), web_address(fields.take("uri"))
    about = plain(fields.text("note") or "").text
    profile, verified = _profile(fields.list("fields"), notes)
    author = Author(
        key=author_key(PLATFORM, *reversed(handle.split("@", 1))),
        handle=handle,
        name=display_name,
        url=url or uri,
        followers=_known(fields.take("followers_count")),
        # The platform verifies nobody; a link that points back is the nearest there is.
        verified=verified,
        bot=fields.flag("bot"),
    )
    opted_out = _opted_out(fields, f"{display_name or ''} {about} {profile}")
    notes.unread.update(fields.left(IGNORED["account"]))
    return Person(author, local_id, opted_out)


def read_profile(body: bytes, seen: Seen) -> Profile | None:
    """The account of ``/api/v1/accounts/:id`` as it is now; ``None`` for one that has opted out."""
    answer = read_json(body, subject=seen.source)
    try:
        person = read_person(answer, seen, Notes())
        fields = Fields(answer, "account")
        following, written = (_known(fields.take(name)) for name in ("following_count", "statuses_count"))
    except (RecordError, RecursionError) as error:
        raise NotUnderstood(f"no account was told: {short(error)}", subject=seen.source) from error
    if person.opted_out or answer.get("suspended") is True:
        return None
    return Profile(
        key=person.author.key,
        platform=PLATFORM,
        source=seen.source,
        at=seen.at,
        handle=person.author.handle,
        name=person.author.name,
        followers=person.author.followers,
        following=following,
        posts=written,
        verified=person.author.verified,
        run_id=seen.run_id,
    )


def _opted_out(fields: Fields, about: str) -> bool:
    """Whether the person said not to be collected.

    ``indexable`` is false until its owner decides, and ``discoverable`` is null until then: only where
    the second is not null is the first somebody's decision.
    """
    untouched = "discoverable" in fields and fields.peek("discoverable") is None
    discoverable, indexable, noindex = (fields.flag(n) for n in ("discoverable", "indexable", "noindex"))
    if noindex or discoverable is False or (indexable is False and not untouched):
        return True
    return _OPT_OUT.search(about) is not None


def _profile(rows: list[Any], notes: Notes) -> tuple[str, bool | None]:
    texts, verified = [], False
    for row in rows:
        fields = Fields(row, "profile")
        texts += [fields.text("name") or "", plain(fields.text("value") or "").text]
        verified = fields.take("verified_at") is not None or verified
        notes.unread.update(fields.left(IGNORED["profile"]))
    return " ".join(texts), verified if rows else None


def _known(value: object) -> int | None:
    """Hidden counts are told as -1 by some servers."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _handle(acct: str | None, name: str | None, seen: Seen) -> str:
    """``name@domain``, whether the server left its own domain out or not."""
    written = clean_name(acct or name or "").lstrip("@")
    if not written:
        raise RecordError("account.acct: missing")
    return written if "@" in written else f"{written}@{seen.domain}"


def read_mentions(rows: list[Any], seen: Seen, notes: Notes) -> list[tuple[str | None, Mentioned]]:
    """Who is named, each with the server's own id of the account."""
    found = []
    for row in rows:
        fields = Fields(row, "mention")
        local_id, name = fields.identifier("id"), fields.take("username")
        fields.take("url")
        try:
            handle = _handle(fields.text("acct"), name if isinstance(name, str) else None, seen)
        except RecordError:
            notes.remarks.add("people named without a name were left out")
            continue
        key = author_key(PLATFORM, *reversed(handle.split("@", 1)))
        found.append((local_id, Mentioned(key=key, handle=handle)))
        notes.unread.update(fields.left(IGNORED["mention"]))
    return found
