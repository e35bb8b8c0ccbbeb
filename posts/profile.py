"""What a platform tells of an account at one moment: how many follow it, apart from anything it wrote."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An account as it was looked at; ``key`` is that of the author of its posts.

    Counts are ``None`` where the platform does not tell them; ``posts`` is how many it has written.
    """

    key: str
    platform: str
    source: str
    at: datetime
    handle: str | None = None
    name: str | None = None
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    verified: bool | None = None
    run_id: str | None = None
