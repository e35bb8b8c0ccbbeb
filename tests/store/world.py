"""The small world of posts that both engines are asked about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from store.protocol import Document

BEGIN = datetime(2026, 10, 24, 22, tzinfo=UTC)
TEXTS = (
    "هوش مصنوعی در ایران",  # artificial intelligence in Iran
    "job offer artificial intelligence",
    "مصنوعی هوش",  # the same two words the other way round
    "intelligence is artificial",
    "",
)
TAGS: tuple[list[str], ...] = (["ai"], ["ai", "هوشمصنوعی"], [], [], ["climate"], [], ["ai", "climate"])
FOLLOWERS = (0, 7, 480, 480, 12_345, 70_001)


def post(i: int) -> Document:
    """The post of a number."""
    document: dict[str, Any] = {
        "id": f"p{i:03d}",
        "n": i + 2**62,
        "platform": "feed" if i % 3 == 0 else "mastodon",
        "kind": "text",
        "source": ["news", "tech"] if i % 6 == 0 else ["tech"],
        "author": f"a{i * i % 13:02d}",
        "author_n": i * i % 13,
        "handle": f"user{i * i % 13}",
        "created_at": (BEGIN + timedelta(hours=3 * i, seconds=i)).isoformat(),
        "collected_at": "2026-12-05T00:00:00Z",
        "hour": int((BEGIN + timedelta(hours=3 * i)).timestamp()) // 3600,
        "language": "fa" if i % 5 in (0, 2) else "en",
        "text": TEXTS[i % 5],
        "hashtags": TAGS[i % 7],
        "post": f'{{"id": "p{i:03d}"}}',
    }
    if i % 11:
        document["likes"] = i * 7 % 19
    if i % 4:
        document["followers"] = FOLLOWERS[i * 5 % 6]
    if i % 20 == 0:
        document["is"] = ["deleted"]
    elif i % 4 == 1:
        document["is"] = ["reply"]
    if i % 4 == 1:
        document["reply_to"] = f"p{i - 1:03d}"
    return document
