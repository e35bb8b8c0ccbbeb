"""Going back into a source's past: how far, how many pages a crawl, and where the next crawl goes on.

A source that says how many days (``Job.backfill_to``) goes back so far, ``backfill_pages`` pages a crawl;
one that does not reads so many pages in all. The moment is fixed by the first crawl, for "30 days back"
would move on with each. A person may ask for more later (cursor ``backfill_asked``): then it goes on below
the oldest post that is known.

What a spider does: ``where = past.resume()`` says where to go on, ``past.step(...)`` is told of each page
that was read, newest first, and gives the cursors to keep with it and where to go next.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from crawlers.job import Job
from crawlers.ledger import Ledger
from store import cursors
from store.heard import Stretch

TOP: Final = ""
"""In place of a position: from the newest page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """After a page: where this crawl goes next (``None``: no further), and the cursors to keep with it."""

    where: str | None
    cursors: dict[str, str | None]


class Backfill:
    """The way back of one crawl, noted in its ledger as one stretch that was heard.

    A position is whatever a spider needs to ask for the next older page: an address, a cursor, an id.
    ``query`` is told to the ledger where a source hears only what a search finds.

    Cursors: ``backfill`` is where work is left to do, ``oldest`` how far it got, ``backfill_to`` the moment.
    """

    def __init__(
        self, job: Job, ledger: Ledger, cursor: Callable[[str], str | None], *, now: datetime, query: str = ""
    ) -> None:
        fixed = cursors.moment(cursor("backfill_to")) if job.backfill_to is not None else None
        asked = cursors.moment(cursor("backfill_asked"))
        self.to = min((m for m in (fixed, job.backfill_to, asked) if m is not None), default=None)
        self._ledger = ledger
        self._query = query
        self._oldest = cursors.table(cursor("oldest"))
        self._open = cursors.table(cursor("backfill"))
        # A preview and a first crawl begin at the top, where the page of the newest is the first.
        self._left = job.backfill_pages if self.to is None else max(1, job.backfill_pages)
        self._since: datetime | None = None
        self._until = now
        self._posts = 0
        self._noted: Stretch | None = None

    def resume(self) -> str | None:
        """Where a later crawl goes on: ``None`` if nothing is left, ``TOP`` if that is not known."""
        reached = cursors.moment(self._oldest.get("reached"))
        where = self._open.get("at") or self._open.get("url")
        if where is None and self.to is not None and not self._oldest.get("ended"):
            where = None if reached is not None and reached <= self.to else self._oldest.get("at") or TOP
        if self.to is None and where is not None:
            self._left = int(self._open.get("left") or 0)
            if self._left <= 0:
                return None
        if where:
            self._until = reached or self._until
            self._since = reached
        return None if where is None else str(where)

    def step(self, *, oldest: datetime | None, older: str | None, posts: int) -> Step:
        """Note a page that was read.

        ``oldest`` is the moment of its last post in the order of the platform (``None`` where no post on it
        is dated), ``older`` the position of the page below (``None``: there is none), ``posts`` what it gave.
        """
        self._left -= 1
        self._posts += posts
        if oldest is not None:
            self._since = min(oldest, self._since or oldest)
        there = self.to is not None and self._since is not None and self._since <= self.to
        more = older is not None and not there and (self.to is not None or self._left > 0)
        self._note(ended=older is None)
        if more and self._left <= 0:
            at = "the beginning" if self._since is None else f"{self._since:%Y-%m-%d %H:%M}"
            self._ledger.remark(f"the back-fill stands at {at} and goes on with the next crawl")
        reached = None if self._since is None else self._since.isoformat()
        left = None if self.to is not None else self._left
        moved = {
            "backfill": json.dumps({"at": older, "left": left}) if more else None,
            "oldest": json.dumps({"at": older, "reached": reached, "ended": older is None}),
            "backfill_to": None if self.to is None else self.to.isoformat(),
        }
        return Step(where=older if more and self._left > 0 else None, cursors=moved)

    def _note(self, *, ended: bool) -> None:
        """One stretch for all pages of this crawl; below the last post of a place there is silence."""
        if self._noted is not None:
            self._ledger.stretches.remove(self._noted)
        since = self._since or self._until
        if ended and self.to is not None:
            since = min(since, self.to)
        self._ledger.heard(min(since, self._until), self._until, posts=self._posts, query=self._query)
        self._noted = self._ledger.stretches[-1]
