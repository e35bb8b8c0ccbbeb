"""What a good server of each platform answers, so that a behaviour need only spoil one answer of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

WHEN = "2026-10-01T08:30:00.000Z"


@dataclass(frozen=True)
class Platform:
    """A platform: its job, its answers that are not in question, and a page of three posts."""

    name: str
    good: bytes
    content_type: str
    is_page: Callable[[str], bool]
    address: str = ""
    routes: dict[str, bytes] = field(default_factory=dict)
    job: dict[str, Any] = field(default_factory=dict)


def item(number: int = 1, **parts: str) -> str:
    """An item of an RSS feed; a part that is empty is left out."""
    told = {
        "guid": f"https://x.example/{number}",
        "title": f"Title {number}",
        "link": f"https://x.example/{number}",
        "description": "Tea and coffee",
        "pubDate": "Thu, 01 Oct 2026 08:30:00 GMT",
    } | parts
    return f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in told.items() if v)}</item>"


def rss(*items: str, before: str = "", inside: str = "") -> str:
    """An RSS feed of these items."""
    head = f'<?xml version="1.0" encoding="utf-8"?>{before}<rss version="2.0"><channel><title>T</title>'
    return f"{head}{inside}{''.join(items)}</channel></rss>"


def status(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A status as Mastodon gives it."""
    return {
        "id": str(110000000000000000 + number),
        "uri": f"https://h.example/users/sara/statuses/{number}",
        "url": f"https://h.example/@sara/{number}",
        "created_at": WHEN,
        "visibility": "public",
        "content": "<p>Tea and coffee</p>",
        "account": {
            "id": "1", "acct": "sara", "username": "sara", "display_name": "Sara",
            "url": "https://h.example/@sara", "followers_count": 3, "note": "", "fields": [],
        },
        "media_attachments": [], "mentions": [], "tags": [], "reblog": None, "poll": None, "card": None,
    } | changes  # fmt: skip


def page(*statuses: Any) -> bytes:
    """A timeline's page."""
    return json.dumps(list(statuses)).encode()


PLATFORMS = {
    "feed": Platform(
        "feed",
        rss(*(item(number) for number in (1, 2, 3))).encode(),
        "application/rss+xml",
        lambda path: path.split("?")[0] == "/feed",
        address="/feed",
    ),
    "mastodon": Platform(
        "mastodon",
        page(*(status(number) for number in (3, 2, 1))),
        "application/json",
        lambda path: path.startswith("/api/v1/timelines/"),
        routes={
            "/api/v2/instance": json.dumps(
                {"domain": "h.example", "version": "4.5.0", "configuration": {}}
            ).encode()
        },
        job={"timeline": "public"},
    ),
}
