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


DID = "did:plc:b2jexkpwvuhsbp3as7d4xojb"


def skeet(number: int) -> dict[str, Any]:
    """A post as a feed of Bluesky gives it."""
    author = {"did": DID, "handle": "sara.example", "displayName": "Sara", "labels": []}
    record = {"$type": "app.bsky.feed.post", "text": f"Tea {number}", "createdAt": WHEN, "langs": ["en"]}
    return {
        "post": {
            "uri": f"at://{DID}/app.bsky.feed.post/{number}", "cid": "x", "author": author, "record": record,
            "replyCount": 0, "repostCount": 0, "likeCount": 0, "quoteCount": 0, "bookmarkCount": 0,
            "indexedAt": WHEN, "labels": [],
        }
    }  # fmt: skip


def message(number: int) -> str:
    """A message on the page of a channel of Telegram."""
    return (
        '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
        f'<div class="tgme_widget_message js-widget_message" data-post="teahouse/{number}">'
        f'<div class="tgme_widget_message_text js-message_text" dir="auto">Tea {number}</div>'
        '<div class="tgme_widget_message_info"><span class="tgme_widget_message_meta">'
        f'<a class="tgme_widget_message_date" href="https://t.me/teahouse/{number}">'
        f'<time datetime="2026-10-01T08:3{number}:00+00:00"></time></a></span></div></div></div>'
    )


CHANNEL = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"></head><body><div class="tgme_channel_info">'
    '<div class="tgme_channel_info_header_title"><span>Tea</span></div>'
    '<div class="tgme_channel_info_header_username"><a href="https://t.me/teahouse">@teahouse</a></div></div>'
    '<section class="tgme_channel_history js-message_history">{}</section></body></html>'
)

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
    "bluesky": Platform(
        "bluesky",
        json.dumps({"feed": [skeet(number) for number in (3, 2, 1)]}).encode(),
        "application/json",
        lambda path: path.startswith("/xrpc/app.bsky.feed.getAuthorFeed"),
        routes={
            f"/xrpc/app.bsky.actor.getProfile?actor={DID.replace(':', '%3A')}": json.dumps(
                {"did": DID, "handle": "sara.example", "followersCount": 3, "labels": []}
            ).encode()
        },
        job={"timeline": "account", "account": DID},
    ),
    "telegram": Platform(
        "telegram",
        CHANNEL.format("".join(map(message, (1, 2, 3)))).encode(),
        "text/html; charset=utf-8",
        lambda path: path.split("?")[0] == "/s/teahouse",
        job={"account": "teahouse"},
    ),
}
