"""What the demo's ledger tells: all was heard, but for one outage of the news feed.

The world's posts are made, not crawled; so that the strip beside the numbers shows something, the longest
time in which the feed wrote nothing is told as a time in which it could not be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from posts.post import Post
from store import heard
from store.heard import Stretch
from store.state import State

HEARD_NOTE: Final = "demo.heard_until"
OUTAGE: Final = "bazaar-news"
EVERY: Final = timedelta(minutes=15)
_DAYS: Final = timedelta(days=30)
_RECENT: Final = timedelta(days=6)
_MARGIN: Final = timedelta(minutes=5)


def begin(state: State, sources: Iterable[str], posts: Sequence[Post], *, now: datetime) -> None:
    """Tell of the thirty days before ``now``, in which these posts were written."""
    stretches = [Stretch(source=name, what="collected", since=now - _DAYS, until=now) for name in sources]
    gap = outage(posts, now=now)
    if gap is not None and any(each.source == OUTAGE for each in stretches):
        since, until = gap
        stretches.append(
            Stretch(
                source=OUTAGE, what="missing", since=since, until=until, why="downtime"
            )
        )  # fmt: skip
    stretches += [
        Stretch(
            source=post.source, what="deleted", since=post.created_at, until=post.created_at, posts=1,
            why="deleted",
        )
        for post in posts
        if post.deleted_at is not None
    ]  # fmt: skip
    heard.add(state, stretches)
    state.set_note(HEARD_NOTE, now.isoformat())


def outage(posts: Iterable[Post], *, now: datetime) -> tuple[datetime, datetime] | None:
    """The longest time of the last days in which the feed wrote nothing, a little cut at both ends."""
    moments = sorted(
        {post.created_at for post in posts if post.source == OUTAGE and now - post.created_at < _RECENT}
    )
    gaps = list(pairwise(moments))
    if not gaps:
        return None
    since, until = max(gaps, key=lambda gap: gap[1] - gap[0])
    return (since + _MARGIN, until - _MARGIN) if until - since > 4 * _MARGIN else None


def go_on(state: State, sources: Iterable[str], *, since: datetime, now: datetime) -> None:
    """Tell every quarter of an hour that all was heard; not of before ``since``, when nothing was made."""
    told = state.note(HEARD_NOTE)
    if told is None or now - datetime.fromisoformat(told) < EVERY:
        return
    begun = max(datetime.fromisoformat(told), since)
    names = list(sources)
    heard.add(
        state,
        [Stretch(source=name, what="collected", since=begun, until=now) for name in names],
    )
    for name in names:
        heard.compact(state, name, now=now)
    state.set_note(HEARD_NOTE, now.isoformat())
