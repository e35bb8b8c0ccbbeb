"""Whether a source has changed its shape: what its crawls read of late against what they used to read.

A source that gives other fields, items that cannot be read, or nothing at all where there was always
something, still answers "200 OK": without a look at its past it would pass for a quiet day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import Final, Literal

from store import runs
from store.runs import Shape
from store.state import State

DAY: Final = timedelta(days=1)
LEAST_EMPTY: Final = 3
"""So many answers without a post, one after the other, at a source that always had some."""
_LEAST_RUNS: Final = 20
_LEAST_BEFORE: Final = 3
_LEAST_ITEMS: Final = 5
_REFUSED: Final = 0.2
_NAMED: Final = 5
_LOOKED_AT: Final = 5
_COMPARED: Final = 300
"""So many runs before them tell what is usual: three days of a crawl every quarter of an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What has changed: ``fields`` nobody reads, ``n`` items of ``of`` refused, or ``n`` empty answers.

    ``since`` is when the first run saw it.
    """

    kind: Literal["fields", "refused", "empty"]
    since: datetime
    fields: tuple[str, ...] = ()
    n: int = 0
    of: int = 0


def change(state: State, source: str, *, now: datetime) -> Change | None:
    """What has changed at a source within a day; ``None`` where nothing has, or its past is too short."""
    return judged(runs.shapes(state, source), now=now)


def judged(shapes: Iterable[Shape], *, now: datetime) -> Change | None:
    """The same of runs, the newest first, of which no more are read than are needed."""
    rest = iter(shapes)
    newest = list(islice(rest, _LOOKED_AT))
    if not newest or now - newest[0].started_at > DAY:
        return None
    empty = sum(1 for _ in _leading(newest))
    if not empty >= LEAST_EMPTY and not any(each.unread or each.refused for each in newest):
        return None
    everything = None
    if any(each.unread or each.refused for each in newest):
        everything = [*newest, *islice(rest, _COMPARED)]
    found = _empty(chain(newest, rest) if everything is None else everything)
    if found is None and everything is not None:
        found = _refused(everything, now) or _fields(everything, now)
    return found


def _is_empty(shape: Shape) -> bool:
    return not (shape.items if shape.heard is None else shape.heard)


def _leading(shapes: Iterable[Shape]) -> Iterator[Shape]:
    """The newest runs that were answered with nothing, up to one that had something."""
    for shape in shapes:
        if shape.answered:
            if not _is_empty(shape):
                return
            yield shape


def _empty(shapes: Iterable[Shape]) -> Change | None:
    """Answers without a post where for a day and more there was hardly ever one without."""
    newest: list[Shape] = []
    before: list[Shape] = []
    longest = streak = 0
    for shape in shapes:
        if not shape.answered:
            continue
        if not before and _is_empty(shape):
            newest.append(shape)
            continue
        before.append(shape)
        streak = streak + 1 if _is_empty(shape) else 0
        longest = max(longest, streak)
        if len(newest) < max(LEAST_EMPTY, 2 * longest + 1):
            return None
    if len(before) < _LEAST_RUNS or before[0].started_at - before[-1].started_at < DAY:
        return None
    return Change(kind="empty", since=newest[-1].started_at, n=len(newest))


def _refused(shapes: list[Shape], now: datetime) -> Change | None:
    """Items that cannot be read, many more of them than before the last day."""
    last = next((shape for shape in shapes if shape.items), None)
    old = [shape for shape in shapes if now - shape.started_at > DAY]
    if last is None or last.items < _LEAST_ITEMS or last.refused < _REFUSED * last.items:
        return None
    before = sum(shape.refused for shape in old) / max(1, sum(shape.items for shape in old))
    if len(old) < _LEAST_BEFORE or before > last.refused / last.items / 4:
        return None
    young = [shape for shape in shapes if now - shape.started_at <= DAY and shape.refused]
    return Change(kind="refused", since=young[-1].started_at, n=last.refused, of=last.items)


def _fields(shapes: list[Shape], now: datetime) -> Change | None:
    """Fields that nobody reads and that were not there before the last day."""
    old = [shape for shape in shapes if now - shape.started_at > DAY]
    if len(old) < _LEAST_BEFORE:
        return None
    known = frozenset[str]().union(*(shape.unread for shape in old))
    young = [shape for shape in shapes if now - shape.started_at <= DAY and shape.unread - known]
    if not young:
        return None
    new = sorted(frozenset[str]().union(*(shape.unread for shape in young)) - known)
    return Change(kind="fields", since=young[-1].started_at, fields=tuple(new[:_NAMED]), n=len(new))
