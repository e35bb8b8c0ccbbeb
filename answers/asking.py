"""What every question needs beside its selection: the store, the state, who we are, and what time it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol
from zoneinfo import ZoneInfo

from answers.reach import Reach, reach_of
from nlp.mending import Mended
from posts.query_errors import query_error
from posts.selection import Selection
from store import compile as compiling
from store.copies import original_of
from store.protocol import Store
from store.saved import SavedQuery
from store.state import State

DEFAULT_DAYS: Final = 7
ENDING: Final = timedelta(seconds=60)
"""What a crawl that is over its time gets to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A brand that is listened for: its entity id, its name, and the keys of its accounts."""

    id: str
    name: str
    author_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What the project says of a source; ``every`` is ``None`` for one that is not collected by the clock.

    A run that has not ended after ``longest_run`` has no process any more. ``reach`` is ``None`` where its
    posts are not all of a network, or all with a hashtag.
    """

    name: str
    platform: str
    timeline: str | None = None
    paused: bool = False
    every: timedelta | None = None
    expect_per_day: int | None = None
    longest_run: timedelta = timedelta(minutes=10)
    reach: Reach | None = None


class SourceSettings(Protocol):
    """A source as the settings have it."""

    @property
    def name(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def timeline(self) -> str | None: ...
    @property
    def url(self) -> str: ...
    @property
    def tag(self) -> str | None: ...
    @property
    def query(self) -> str | None: ...
    @property
    def thread(self) -> str | None: ...
    @property
    def every(self) -> timedelta: ...
    @property
    def expect_per_day(self) -> int | None: ...


def facts_of(source: SourceSettings, *, paused: bool, demo: bool, longest_crawl: timedelta) -> SourceFacts:
    """What the settings say of a source. The demo's servers are invented: they are asked at no time."""
    return SourceFacts(
        name=source.name,
        platform=source.platform,
        timeline=source.timeline,
        paused=paused,
        every=None if demo else source.every,
        expect_per_day=source.expect_per_day,
        longest_run=longest_crawl + ENDING,
        reach=reach_of(
            platform=source.platform,
            timeline=source.timeline,
            url=source.url,
            tag=source.tag,
            chosen=bool(source.query or source.thread),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks, and where: handed to every answer. ``time_zone`` is that of the project's days.

    ``topics`` are those of the project's settings, ``families`` its hashtags as it has mended them.
    """

    store: Store
    state: State
    sources: tuple[SourceFacts, ...]
    ours: Watched | None
    rivals: tuple[Watched, ...]
    time_zone: str
    now: datetime
    topics: tuple[SavedQuery, ...] = ()
    families: Mended = field(default_factory=Mended)


def bounded(asking: Asking, selection: Selection, *, days: float = DEFAULT_DAYS) -> Selection:
    """The selection that a question is answered for: both ends of its window set, to whole seconds.

    Without ``until`` it ends now, without ``since`` it begins ``days`` before its end. ``edge`` and
    ``toward`` are left out: they name posts to be read; a slice of them (by hashtag, by author) would
    be another network, not a part of these posts.
    ``QueryError`` for a window that ends before it begins.
    """
    until = (selection.until or asking.now).replace(microsecond=0)
    since = (selection.since or until - timedelta(days=days)).replace(microsecond=0)
    if since >= until:
        raise query_error("window", f"since {since.isoformat()} until {until.isoformat()}", 0)
    return selection.narrowed(since=since, until=until, edge=None, toward=None)


def matching(asking: Asking, selection: Selection) -> dict[str, Any]:
    """The request query of a selection without ``edge`` and ``toward``: its days are the project's."""
    return compiling.selection(
        selection,
        now=asking.now,
        zone=ZoneInfo(asking.time_zone),
        key=asking.families.key,
        original=partial(original_of, asking.store),
    )
