"""The rise of a selection: when it began, against what is usual of it, and the posts that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from posts.selection import Selection
from store.mapping import epoch
from trends.onset import HISTORY_DAYS, HOUR, LEAST_DAYS, Onset, onset
from trends.rising import LEAST_AUTHORS

Ints = npt.NDArray[np.int64]
State = Literal["rose", "steady", "few", "short"]

OPENED: Final = 200
"""Posts that a number opens to where no query names them: the newest."""
MOST_READ: Final = 50_000
"""Posts of a rise that are read one by one, the earliest."""
_FIELDS: Final = (
    "id", "n", "author", "author_n", "followers", "platform", "kind", "created_at", "links", "domains",
    "hashtags", "text", "copy_of", "noise", "repost_of",
)  # fmt: skip
_NEWS: Final = ("news", "blog")


@dataclass(frozen=True, slots=True)
class Row:
    """One post of the rise as the store has it; ``at`` in seconds since 1970, ``author_n`` -1 without one."""

    id: str
    n: int
    author: str | None
    author_n: int
    followers: int | None
    platform: str
    kind: str
    at: int
    links: tuple[str, ...]
    domains: tuple[str, ...]
    hashtags: tuple[str, ...]
    text: str
    copy_of: str | None
    noise: tuple[str, ...]
    repost_of: str | None

    @property
    def is_news(self) -> bool:
        return self.kind in _NEWS or self.platform == "feed"


@dataclass(frozen=True)
class Rise:
    """The posts of a rise, the earliest first.

    ``rose``: they are those from its beginning to its height (``onset``). Otherwise those of the whole
    window: nothing rose in it (``steady``), it has fewer than 5 authors (``few``), or fewer than 3 days
    before it were heard (``short``). ``history_days`` before the posts were heard. ``rows`` are at most
    ``MOST_READ``, which end at ``selection.until``.
    """

    state: State
    selection: Selection
    rows: tuple[Row, ...]
    onset: Onset | None
    history_days: float

    @cached_property
    def authors(self) -> Ints:
        """The numbers of all authors, sorted."""
        return np.unique([row.author_n for row in self.rows if row.author_n >= 0]).astype(np.int64)

    @cached_property
    def numbers(self) -> Ints:
        """The numbers of all posts, sorted."""
        return np.unique([row.n for row in self.rows]).astype(np.int64)

    @property
    def since(self) -> int:
        assert self.selection.since is not None
        return int(self.selection.since.timestamp())

    @property
    def until(self) -> int:
        assert self.selection.until is not None
        return int(self.selection.until.timestamp())


def rise_of(asking: Asking, selection: Selection) -> Rise:
    """The surest rise in the window of a selection that has both ends."""
    assert selection.since is not None
    assert selection.until is not None
    since, until = int(selection.since.timestamp()), int(selection.until.timestamp())
    past = selection.narrowed(since=selection.since - timedelta(days=HISTORY_DAYS))
    columns = asking.store.columns("posts", matching(asking, past), ["author_n", "created_at"])
    author, at = columns["author_n"], columns["created_at"]
    heard = _heard_hours(asking, past)
    begun = int(heard[0]) * HOUR if len(heard) else since
    people = author[(at >= since) & (author >= 0)]
    found = None
    state: State = "few" if np.unique(people).size < LEAST_AUTHORS else "short"
    if state == "short" and since - begun >= LEAST_DAYS * 86_400:
        found = onset(author, at, heard, since=since, until=until)
        state = "rose" if found else "steady"
    if found is not None:
        since, until = max(since, found.start), min(until, found.end)
    moments = np.sort(at[(at >= since) & (at < until)])
    if len(moments) > MOST_READ:
        until = max(int(moments[MOST_READ]), since + 1)
    meant = selection.narrowed(since=moment(since), until=moment(until))
    return Rise(state, meant, _rows(asking, meant), found, max(0.0, (since - begun) / 86_400))


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def opening(ids: list[str]) -> Selection:
    """The selection of these posts, of the first ``OPENED``; of no post one that finds none."""
    return Selection(ids=tuple(ids[:OPENED]) or ("none",))


def _heard_hours(asking: Asking, past: Selection) -> Ints:
    """The clock hours of the window in which any post was written that the sources brought."""
    anything = Selection(since=past.since, until=past.until, platform=past.platform, source=past.source)
    bars = {
        "date_histogram": {
            "field": "created_at", "fixed_interval": "1h", "time_zone": "UTC", "min_doc_count": 1,
        }
    }  # fmt: skip
    request = {"query": matching(asking, anything), "size": 0, "aggs": {"bars": bars}}
    found = asking.store.search("posts", request)["aggregations"]["bars"]["buckets"]
    return np.array([int(bar["key"] // 1000) // HOUR for bar in found], dtype=np.int64)


def _rows(asking: Asking, selection: Selection) -> tuple[Row, ...]:
    found = [_row(each) for each in asking.store.scan("posts", matching(asking, selection), _FIELDS)]
    return tuple(sorted(found, key=lambda row: (row.at, row.id)))


def _row(document: dict[str, Any]) -> Row:
    def several(name: str) -> tuple[str, ...]:
        return tuple(document.get(name) or ())

    return Row(
        document["id"], document["n"], document.get("author"), document.get("author_n", -1),
        document.get("followers"), document["platform"], document["kind"], epoch(document["created_at"]),
        several("links"), several("domains"), several("hashtags"), document.get("text") or "",
        document.get("copy_of"), several("noise"), document.get("repost_of"),
    )  # fmt: skip
