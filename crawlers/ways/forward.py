"""From the newest page down to what is known: for platforms whose pages only lead backwards.

The newest moment is kept with the first page that is read, and what lies between that page and what was
known as a gap with a place to go on at. So a crawl that is cut off, however often, loses nothing: the next
one reads what is new since then, and closes the gaps. ``crawlers.ways.backfill`` goes on below what was known
first.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from crawlers.ledger import Ledger
from store import cursors
from store.heard import Stretch, Why

MOST_GAPS: Final = 20
"""Gaps that are remembered one by one; of more the two oldest are read as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that was listed: its address, the moment that the place orders it by, the posts it gave."""

    uri: str
    at: datetime
    posts: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What was not read yet: from ``low`` (it was read down to there) to ``until``, going on ``where``.

    ``uri`` is what stands at ``until`` and is known.
    """

    where: str
    low: datetime
    until: datetime
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """After a page: the addresses that are new, where to go next (``None``: all is read), the cursors."""

    fresh: frozenset[str]
    where: str | None
    cursors: dict[str, str | None]


class Forward:
    """The way of one crawl through what is new, noted in its ledger stretch by stretch.

    ``overlap`` is how late a place may list a post: so much of the time before the last crawl is looked at
    once more. ``since`` is where a place begins of which nothing is known yet. ``query`` is told to the
    ledger where a source hears only what a search finds. Cursors: ``newest`` and ``gaps``.
    """

    def __init__(
        self,
        ledger: Ledger,
        cursor: Callable[[str], str | None],
        *,
        now: datetime,
        overlap: timedelta = timedelta(0),
        since: datetime | None = None,
        query: str = "",
    ) -> None:
        self.known = _mark(cursor("newest"))
        self.gaps = _gaps(cursor("gaps"))
        self._ledger, self._query = ledger, query
        self._now = now
        crawled = _crawled(cursor("newest"))
        late = None if not overlap or crawled is None else crawled - overlap
        self._floor = late if late is not None and self.known and late < self.known.at else None
        self._top = self.known
        self._posts, self._low, self._noted = 0, now, list[Stretch]()
        known = self.known
        if known is None:
            self._hold(None, upper=now, until=since or now, uri="")
        else:
            self._hold(None, upper=now, until=known.at, uri=known.uri)

    def next_gap(self) -> str | None:
        """Where the newest gap goes on, which is read from now on; ``None`` if there is none."""
        if not self.gaps:
            return None
        gap = self.gaps[0]
        self._hold(gap, upper=gap.low, until=gap.until, uri=gap.uri)
        return gap.where

    def top(self, marks: Sequence[Mark]) -> dict[str, str | None]:
        """The cursor of the newest of these and of what is known."""
        for mark in marks:
            if self._top is None or mark.at > self._top.at:
                self._top = mark
        top = self._top
        if top is None:
            return {}
        told = {"at": top.at.isoformat(), "uri": top.uri, "crawled": self._now.isoformat()}
        return {"newest": json.dumps(told)}

    def step(self, marks: Sequence[Mark], *, older: str | None) -> Step:
        """Take a page; ``older`` is the place of the page below, ``None`` if there is none."""
        floor = self._until if self._closing or self._floor is None else self._floor
        fresh = [mark for mark in marks if mark.at >= floor and mark.uri != self._uri]
        self._posts += sum(mark.posts for mark in fresh if mark.at >= self._until)
        lowest = min((mark.at for mark in marks), default=None)
        if lowest is not None:
            self._low = max(self._until, min(self._low, lowest))
        met = lowest is not None and lowest < floor
        met = met or (floor == self._until and any(mark.uri == self._uri for mark in marks))
        below = None if met else older
        self._keep(below)
        self._note("paging" if below is not None else "")
        moved = {"gaps": json.dumps([_told(gap) for gap in self.gaps]) if self.gaps else None}
        if not self._closing:
            moved |= self.top(marks)
        return Step(fresh=frozenset(mark.uri for mark in fresh), where=below, cursors=moved)

    def broke_off(self, why: Why) -> None:
        """Say why the stretch that is being read was not read to its end."""
        if self._open is not None and self._noted:
            self._note(why)

    def _hold(self, gap: Gap | None, *, upper: datetime, until: datetime, uri: str) -> None:
        """Begin with a stretch: that of what is new, or a gap."""
        self._open, self._closing = gap, gap is not None
        self._upper, self._until, self._low, self._uri = upper, until, upper, uri
        self._posts = 0
        self._noted = []

    def _keep(self, below: str | None) -> None:
        """Replace what is left of the stretch among the gaps."""
        gaps = [gap for gap in self.gaps if gap is not self._open]
        self._open = (
            None if below is None else Gap(where=below, low=self._low, until=self._until, uri=self._uri)
        )
        if self._open is not None:
            gaps.insert(0, self._open)
        while len(gaps) > MOST_GAPS:
            upper, lower = gaps[-2:]
            gaps[-2:] = [replace(lower, where=upper.where, low=upper.low)]
        self.gaps = gaps

    def _note(self, why: Why) -> None:
        """Two stretches at most: what was heard of it, and what not yet."""
        for stretch in self._noted:
            self._ledger.stretches.remove(stretch)
        before = len(self._ledger.stretches)
        whole = self._open is None
        since = self._until if whole else self._low
        self._ledger.heard(since, self._upper, posts=self._posts, query=self._query)
        if not whole:
            self._ledger.miss(why, self._until, self._low, query=self._query)
        self._noted = self._ledger.stretches[before:]


def _told(gap: Gap) -> dict[str, str]:
    return {
        "where": gap.where, "low": gap.low.isoformat(), "until": gap.until.isoformat(), "uri": gap.uri
    }  # fmt: skip


def _mark(text: str | None) -> Mark | None:
    found = cursors.value(text)
    if not isinstance(found, dict) or (at := cursors.moment(found.get("at"))) is None:
        return None
    return Mark(uri=str(found.get("uri", "")), at=at)


def _crawled(text: str | None) -> datetime | None:
    found = cursors.value(text)
    return cursors.moment(found.get("crawled")) if isinstance(found, dict) else None


def _gaps(text: str | None) -> list[Gap]:
    found = cursors.value(text)
    gaps = []
    for row in found if isinstance(found, list) else []:
        if not isinstance(row, dict):
            continue
        low, until = (cursors.moment(row.get(name)) for name in ("low", "until"))
        if low is not None and until is not None:
            where, uri = str(row.get("where", "")), str(row.get("uri", ""))
            gaps.append(Gap(where=where, low=low, until=until, uri=uri))
    return gaps
