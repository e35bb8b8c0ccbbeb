"""Why it rose: since when, who was first, who carried it, what came from outside, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from answers.asking import Asking, bounded
from answers.carriers import Carriers, carriers
from answers.companions import Companion, rising_with
from answers.coverage import answered
from answers.organic import Organic, organic
from answers.outside import Outside, outside
from answers.platforms import heard_since
from answers.posts import post_of
from answers.rise import Rise, Row, State, moment, rise_of
from posts.answer import Answer, Figure
from posts.post import Post
from posts.selection import Selection
from trends.onset import HISTORY_DAYS

FIRST: Final = 5
CARRIERS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """One of the earliest posts, ``after_s`` seconds behind the first; ``posts`` opens it.

    ``followers`` of its author as seen there, ``None`` where that is not told.
    """

    post: Post
    posts: Figure
    followers: int | None
    after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OnPlatform:
    """A platform in the rise, with the first post on it; the platforms stand in the order of these.

    ``heard_since`` is when the platform was first listened to; if that is later than the beginning of the
    rise, whether it was first there cannot be told (``told`` is false).
    """

    platform: str
    first: First
    posts: Figure
    authors: Figure
    heard_since: datetime | None
    told: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What is known of a rise. Only where ``state`` is ``rose`` are the posts those of a rise.

    The rise goes from ``began`` to ``height``, the hour with which it stopped gaining; its beginning lies
    between ``earliest`` and ``latest`` with about 95 %. ``expected`` authors are usual in so many hours (the
    number opens the posts of the weeks before). Without a rise the same is told of the whole window, and
    these are ``None``.
    """

    state: State
    began: datetime | None
    earliest: datetime | None
    latest: datetime | None
    height: datetime | None
    score: float | None
    posts: Figure
    authors: Figure
    expected: Figure
    history_days: float
    first: tuple[First, ...]
    platforms: tuple[OnPlatform, ...]
    carriers: Carriers
    outside: Outside
    companions: tuple[Companion, ...]
    organic: Organic


def why(asking: Asking, selection: Selection, *, size: int = CARRIERS) -> Answer[Why]:
    """Why the posts of a selection became more in its window (without one, the last 7 days)."""
    selection = bounded(asking, selection)
    rise = rise_of(asking, selection)
    found = rise.onset
    past = rise.selection.narrowed(
        since=moment(rise.since) - timedelta(days=HISTORY_DAYS), until=moment(rise.since)
    )
    told = Why(
        state=rise.state,
        began=moment(found.start) if found else None,
        earliest=moment(found.earliest) if found else None,
        latest=moment(found.latest) if found else None,
        height=moment(min(found.end, rise.until)) if found else None,
        score=found.score if found else None,
        posts=Figure(value=len(rise.rows), selection=rise.selection),
        authors=Figure(value=len(rise.authors), selection=rise.selection),
        expected=Figure(value=found.expected if found else None, selection=past),
        history_days=rise.history_days,
        first=_first(asking, rise.rows[:FIRST]),
        platforms=_platforms(asking, rise),
        carriers=carriers(asking, rise, size=size),
        outside=outside(asking, rise),
        companions=rising_with(asking, rise, size=size),
        organic=organic(asking, rise),
    )
    return answered(asking, selection, told, "why")


def _first(asking: Asking, rows: tuple[Row, ...]) -> tuple[First, ...]:
    kept = asking.store.get("posts", [row.id for row in rows])
    begin = rows[0].at if rows else 0
    return tuple(
        First(
            post=post_of(kept[row.id]), posts=Figure(value=1, selection=Selection(ids=(row.id,))),
            followers=row.followers, after_s=row.at - begin,
        )
        for row in rows
        if row.id in kept
    )  # fmt: skip


def _platforms(asking: Asking, rise: Rise) -> tuple[OnPlatform, ...]:
    by_platform: dict[str, list[Row]] = {}
    for row in rise.rows:
        by_platform.setdefault(row.platform, []).append(row)
    since = heard_since(asking, tuple(by_platform))
    firsts = _first(asking, tuple(rows[0] for rows in by_platform.values()))
    found = []
    for first in firsts:
        name = first.post.platform
        rows, heard, own = by_platform[name], since.get(name), rise.selection.narrowed(platform=name)
        authors = {row.author_n for row in rows if row.author_n >= 0}
        found.append(
            OnPlatform(
                platform=name, first=first, posts=Figure(value=len(rows), selection=own),
                authors=Figure(value=len(authors), selection=own), heard_since=heard,
                told=heard is not None and heard.timestamp() <= rise.since,
            )
        )  # fmt: skip
    return tuple(found)
