"""Earlier wordings of a status of Mastodon's API, as ``/api/v1/statuses/:id/history`` tells them."""

from __future__ import annotations

from collections import Counter
from typing import Final

from crawlers.pages.fields import Fields, kind_of, read_json
from crawlers.pages.mastodon import text_of
from crawlers.pages.mastodon_people import Seen
from posts.errors import NotUnderstood, RecordError
from posts.post import MAX_EDITS, Edit

IGNORED: Final = frozenset(
    {"sensitive", "account", "media_attachments", "emojis", "poll", "quote", "uri", "id", "content_type"}
)
"""Fields of a wording that are known and of no use to Rasad."""


def read_edits(body: bytes, seen: Seen) -> tuple[tuple[Edit, ...], Counter[str]]:
    """What a status said before, the oldest first, and counts of what could not be read.

    The last wording is the present one, which is the status itself.
    """
    answer = read_json(body, subject=seen.source)
    if not isinstance(answer, list):
        raise NotUnderstood(f"earlier wordings were expected, not {kind_of(answer)}", subject=seen.source)
    edits: list[Edit] = []
    unread: Counter[str] = Counter()
    for row in answer:
        try:
            fields = Fields(row, "edit")
            at = fields.moment("created_at")
            text = text_of(fields)
        except (RecordError, RecursionError):
            unread["edit"] += 1
            continue
        unread.update(fields.left(IGNORED))
        if at is None:
            unread["edit.created_at"] += 1
        else:
            edits.append(Edit(at=at, text=text))
    edits.sort(key=lambda edit: edit.at)
    return tuple(edits[:-1][-MAX_EDITS:]), unread
