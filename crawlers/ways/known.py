"""Which entries of a feed were seen before, and what they said: two short marks each, in one cursor."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

from crawlers.pages.entries import mark
from posts.post import Post

KEPT: Final = 10_000
"""Entries that are remembered; those of the newest answer before all others."""


@dataclass(slots=True)
class Known:
    """Entries by mark, each with a digest of what it said; those seen last stand last."""

    digests: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, written: str | None) -> Self:
        """What ``write`` wrote; nothing if it is damaged, which costs that everything counts as new."""
        try:
            found = json.loads(written or "{}")
        except ValueError:
            found = {}
        return cls({str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {})

    def write(self) -> str:
        return json.dumps(dict(list(self.digests.items())[-KEPT:]), separators=(",", ":"))

    def has(self, post: Post) -> bool:
        """Whether this entry was there before, whatever it said."""
        return mark(post.id) in self.digests

    def same(self, post: Post) -> bool:
        """Whether it was there before and said the same."""
        return self.digests.get(mark(post.id)) == digest(post)

    def note(self, posts: Iterable[Post]) -> None:
        for post in posts:
            self.digests.pop(mark(post.id), None)
            self.digests[mark(post.id)] = digest(post)


def digest(post: Post) -> str:
    """What an entry says, in eight digits. Counts are left out: they change by themselves.

    The date of one without a date is the moment at which it was seen, and says nothing.
    """
    dated = "" if post.first_seen_at else post.created_at.isoformat()
    said = "\n".join([post.url or "", post.title or "", post.text, dated, str(post.edited_at)])
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=4).hexdigest()
