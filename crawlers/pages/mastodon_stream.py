"""What a stream of Mastodon's API tells: new and edited posts, and which are gone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

from crawlers.pages.events import Event
from crawlers.pages.fields import Reading, Unreadable, read_json
from crawlers.pages.mastodon import parse_statuses
from crawlers.pages.mastodon_people import Seen
from crawlers.pages.text import clean, clean_name
from posts.errors import NotUnderstood

_POSTS: Final = frozenset({"update", "status.update"})
_PASSED: Final = frozenset(
    {
        "notification",
        "filters_changed",
        "conversation",
        "announcement",
        "announcement.reaction",
        "announcement.delete",
        "encrypted_message",
        "notifications_merged",
    }
)
"""Events of other streams, which are no posts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What some events told: posts, the server's ids of those that are gone and of those that were edited."""

    reading: Reading
    gone: tuple[str, ...] = ()
    edited: frozenset[str] = frozenset()


def read_events(events: Iterable[Event], seen: Seen) -> Told:
    """The posts of events in their order; what is no status is named, not raised.

    A post that is told again within these events counts in its last form, and one that is deleted after
    it was told is only gone.
    """
    statuses: dict[object, Any] = {}
    gone: dict[str, None] = {}
    edited: set[str] = set()
    unreadable: list[Unreadable] = []
    unknown: set[str] = set()
    for number, event in enumerate(events):
        if event.name == "delete":
            local_id = clean_name(event.data.strip().strip('"'))[:200]
            if local_id:
                gone[local_id] = None
                statuses.pop(local_id, None)
        elif event.name in _POSTS:
            try:
                status = read_json(event.data.encode("utf-8", "replace"), subject=seen.source)
            except NotUnderstood as error:
                payload = clean(event.data[:2000])
                unreadable.append(
                    Unreadable(subject=f"event {number + 1}", reason=error.message, payload=payload)
                )
                continue
            key = _key(status, number)
            statuses.pop(key, None)
            statuses[key] = status
            gone.pop(str(key), None)
            if event.name == "status.update":
                edited.add(str(key))
        elif event.name not in _PASSED:
            unknown.add(clean_name(event.name)[:60])
    reading = parse_statuses(statuses.values(), seen)
    unread = reading.unread + Counter(f"event {name}" for name in unknown)
    reading = replace(
        reading,
        items=reading.items + len(unreadable),
        unreadable=(*reading.unreadable, *unreadable),
        unread=unread,
    )
    return Told(reading=reading, gone=tuple(gone), edited=frozenset(edited))


def _key(status: Any, number: int) -> object:
    """The id that a status has, as ``delete`` names it; its place where it has none."""
    found = status.get("id") if isinstance(status, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        return number
    return clean_name(str(found))[:200] or number
