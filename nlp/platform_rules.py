"""What each platform makes of hashtags: how many, how long, and where it cuts them. ``docs/hashtag-rules.md``
names the source of each row and the day it was looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """``most`` tags are taken at all, ``advised`` are advised; ``longest`` is the length of one, in code
    points without its sign. ``half_space`` says whether a tag goes on behind a half-space. ``None`` is what
    no source tells. ``signs`` are those that may stand within a tag beside letters, digits and ``_``."""

    platform: str
    most: int | None = None
    advised: int | None = None
    longest: int | None = None
    half_space: bool | None = None
    signs: str = ""


RULES: Final = {
    rules.platform: rules
    for rules in (
        Rules(platform="x", advised=2, half_space=True, signs="·"),
        Rules(platform="instagram", most=5, advised=5),
        Rules(platform="threads", most=1, advised=1),
        Rules(platform="tiktok", most=5, advised=5),
        Rules(platform="linkedin", advised=3),
        Rules(platform="mastodon", half_space=True, signs="·"),
        Rules(platform="bluesky", longest=64, half_space=False, signs="-'’.·&+"),
        Rules(platform="telegram", longest=256, half_space=True, signs="·"),
    )
}
"""The rules that are known, by platform."""

GENERAL: Final = Rules(platform="", advised=5)
"""Where no platform is named, or nothing is known of it."""


def rules_of(platform: str | None) -> Rules:
    """The rules of a platform; the general ones where none is known."""
    return RULES.get(platform or "", GENERAL)
