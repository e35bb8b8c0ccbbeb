"""Stretches of a numbered place that are still to be read, newest first: what crawls had to leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec

from crawlers.ledger import Ledger

MOST: Final = 50
"""A place that always writes more than is read loses the oldest stretch, and says so."""


class Hole(msgspec.Struct, frozen=True, kw_only=True):
    """What stands below the number ``before`` and above ``to``, between these two moments."""

    before: int
    to: int
    until: datetime
    to_at: datetime

    def holds(self, number: int) -> bool:
        return self.to < number < self.before

    def ends(self, *, met: bool) -> dict[int, datetime | None]:
        """The messages around it that are known, the lower one once it was ``met``."""
        return {self.before: self.until, **({self.to: self.to_at} if met else {})}


class Holes:
    """The stretches of a source, as its cursor keeps them."""

    def __init__(self, written: str | None) -> None:
        try:
            self._all = msgspec.json.decode(written or "[]", type=list[Hole])
        except msgspec.DecodeError:
            self._all = []

    def __bool__(self) -> bool:
        return bool(self._all)

    @property
    def first(self) -> Hole:
        return self._all[0]

    def add(self, hole: Hole, ledger: Ledger) -> None:
        """One more above the others; where they are too many, the oldest is given up and noted."""
        self._all.insert(0, hole)
        for lost in self._all[MOST:]:
            ledger.miss("paging", lost.to_at, lost.until)
            ledger.fall_short("more is written here than is read: the oldest stretch was given up")
        del self._all[MOST:]

    def shrink(self, lowest: int | None, times: Mapping[int, datetime | None]) -> None:
        """A page of the first was read, down to ``lowest`` (``None``: there was nothing left)."""
        hole = self._all.pop(0)
        if lowest is not None and lowest > hole.to + 1:
            until = min((at for at in times.values() if at is not None), default=hole.until)
            self._all.insert(0, msgspec.structs.replace(hole, before=lowest, until=until))

    def clear(self) -> None:
        self._all.clear()

    def miss(self, ledger: Ledger) -> None:
        """Note what is left as missing."""
        for hole in self._all:
            ledger.miss("paging", hole.to_at, hole.until)

    def written(self) -> str | None:
        return msgspec.json.encode(self._all).decode() if self._all else None
