"""The platforms that are crawled: what is the same for all sources of one.

The command line, the dashboard's form and the check of a project file read this table, so a new platform
is an entry here, a spider and its pages (``docs/new-platform.md``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

from posts.post import Kind

PlatformName = Literal["mastodon", "bluesky", "telegram", "eitaa", "feed"]
Timeline = Literal["public", "tag", "account", "search", "trends", "thread", "stream"]

NEEDS: Final[Mapping[Timeline, str]] = MappingProxyType(
    {"tag": "tag", "account": "account", "search": "query", "thread": "thread"}
)
"""The key of a source without which a timeline cannot be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A platform: its timelines, the first of which is meant where none is said, and its one address.

    ``url`` is empty where a source has to name a server; ``stream_url`` is that of streams where it is
    another. ``bare`` means that its sources name a server alone, without a path. ``tokens`` says for which
    timelines something is needed that only the user has. Its host is asked every ``delay_s`` seconds at
    most, though a project may say less.
    """

    name: PlatformName
    kind: Kind
    timelines: tuple[Timeline, ...] = ()
    url: str = ""
    stream_url: str = ""
    bare: bool = False
    tokens: Mapping[Timeline, str] = field(default_factory=lambda: MappingProxyType({}))
    delay_s: float = 0.0

    def meant(self, given: Mapping[str, object]) -> Timeline | None:
        """The timeline that the keys of a source imply where it names none."""
        for timeline in self.timelines:
            key = NEEDS.get(timeline)
            if key is not None and given.get(key):
                return timeline
        return self.timelines[0] if self.timelines else None


_MASTODON = "RASAD_MASTODON_TOKENS"
_BLUESKY = "RASAD_BLUESKY_PASSWORD"
_CHANNELS_S: Final = 2.5
"""Pages for people, of one host for all channels."""
_ALL = (
    Platform(
        name="mastodon",
        kind="text",
        timelines=("public", "tag", "account", "search", "trends", "thread", "stream"),
        bare=True,
        tokens=MappingProxyType({"search": _MASTODON, "stream": _MASTODON}),
    ),
    Platform(
        name="bluesky",
        kind="text",
        timelines=("account", "tag", "search", "thread", "stream"),
        url="https://public.api.bsky.app",
        stream_url="https://jetstream2.us-east.bsky.network",
        bare=True,
        tokens=MappingProxyType({"tag": _BLUESKY, "search": _BLUESKY}),
    ),
    Platform(
        name="telegram",
        kind="messenger",
        timelines=("account",),
        url="https://t.me",
        bare=True,
        delay_s=_CHANNELS_S,
    ),
    Platform(
        name="eitaa",
        kind="messenger",
        timelines=("account",),
        url="https://eitaa.com",
        bare=True,
        delay_s=_CHANNELS_S,
    ),
    Platform(name="feed", kind="news"),
)

PLATFORMS: Final[Mapping[str, Platform]] = MappingProxyType({platform.name: platform for platform in _ALL})

CHANNELS: Final = frozenset({"telegram", "eitaa"})
"""Platforms whose accounts are called channels."""
