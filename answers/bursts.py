"""Bursts and slow changes of any selection: when it ran high, when its level changed, each with its posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, bounded, matching
from answers.counting import counts_from, distinct_authors, hour_starts
from answers.coverage import answered
from answers.narrowing import within
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends import bursts as series
from trends.changes import Change, Kind, changes, days_of
from trends.rhythm import HOUR, Rhythm

HISTORY_DAYS: Final = 28
LEAST_AUTHORS: Final = 5
"""Fewer people are no crowd, however much they write."""
LEAST_RATIO: Final = 1.5
RECENT_DAYS: Final = 14
"""A slow change is told for so long after it was found, however short the window."""
LONGEST_DAYS: Final = 120
"""Of a longer window the last so many days are judged."""

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
State = Literal["told", "too little history"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """An episode in which far more was posted than the selection has shown before.

    ``until`` is where it fell back, or the end of the window while it is ``ongoing``. ``peak`` is the
    hour with the most posts, from ``peak_at``. ``expected`` posts are usual in these hours (it opens the
    weeks before; ``None`` where too little is known) and ``ratio`` is posts by expected. From a ``score``
    of 1 an episode begins; see the definition "bursts".
    """

    since: datetime
    until: datetime
    ongoing: bool
    posts: Figure
    authors: Figure
    peak_at: datetime
    peak: Figure
    expected: Figure
    ratio: float | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowChange:
    """A lasting change of level: posts of the middle day ``before`` and ``after``, which open their days.

    It began ``since``, was to be seen at ``found``, and its new level holds from ``level`` on. ``ratio`` is
    after by before, the weekday taken out, between ``low`` and ``high`` with 95 %.
    """

    kind: Kind
    since: datetime
    level: datetime
    found: datetime
    before: Figure
    after: Figure
    ratio: float
    low: float
    high: float
    certainty: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """The episodes in the window, and the slow changes found in it or in the last 14 days.

    Bursts can be told from ``judged_from`` on, three days after the first post that was heard.
    """

    state: State
    judged_from: datetime
    episodes: tuple[Burst, ...]
    changes: tuple[SlowChange, ...]


@dataclass(frozen=True, slots=True)
class _Series:
    """Posts by hour from where listening began, up to 28 days before the window; the last may be cut off."""

    starts: list[datetime]
    counts: npt.NDArray[np.float64]
    until: datetime

    def end(self, place: int) -> datetime:
        return self.starts[place] if place < len(self.starts) else self.until


def bursts(asking: Asking, selection: Selection) -> Answer[Bursts]:
    """What ran high or changed its level in a window (without one, the last 7 days), by hours and days.

    Up to 28 days before the window tell what is usual. Posts of fewer than 5 people are no burst, unless
    nobody is named as their author at all.
    """
    selection = bounded(asking, selection)
    assert selection.since is not None
    assert selection.until is not None
    shown = selection.narrowed(since=max(selection.since, selection.until - LONGEST_DAYS * _DAY))
    line = _series(asking, shown)
    judged = (line.starts[0] if line.starts else selection.until) + series.LEAST_DAYS * _DAY
    if judged >= selection.until:
        found = Bursts(state="too little history", judged_from=judged, episodes=(), changes=())
    else:
        found = Bursts(
            state="told", judged_from=judged, episodes=_episodes(asking, shown, line),
            changes=_changes(shown, line),
        )  # fmt: skip
    return answered(asking, selection, found, "bursts")


def _series(asking: Asking, selection: Selection) -> _Series:
    assert selection.since is not None
    assert selection.until is not None
    known = selection.narrowed(since=selection.since - HISTORY_DAYS * _DAY)
    began = _first_heard(asking, known)
    if began is None:
        return _Series([], np.zeros(0), selection.until)
    starts = hour_starts(began, selection.until, asking.time_zone)
    query = matching(asking, known.narrowed(since=began))
    return _Series(starts, np.array(counts_from(asking, query, starts, "hour"), dtype=float), selection.until)


def _first_heard(asking: Asking, selection: Selection) -> datetime | None:
    """The first post of anything where the selection listens: before it nothing can be said to be usual."""
    heard = Selection(
        since=selection.since, until=selection.until, source=selection.source, platform=selection.platform
    )
    first: dict[str, Any] = {"first": {"min": {"field": "created_at"}}}
    request = {"query": matching(asking, heard), "size": 0, "aggs": first}
    value = asking.store.search("posts", request)["aggregations"]["first"]["value"]
    return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def _episodes(asking: Asking, selection: Selection, line: _Series) -> tuple[Burst, ...]:
    """Those of which a whole hour lies in the window; of one that began before only what lies in it."""
    times = np.array([start.replace(tzinfo=None) for start in line.starts], dtype="datetime64[s]")
    begin = sum(start < (selection.since or start) for start in line.starts)
    found = series.episodes(times, line.counts, history=0)
    told = (_burst(asking, selection, line, each, begin) for each in found if each.end > begin)
    return tuple(each for each in told if each is not None)


def _burst(
    asking: Asking, selection: Selection, line: _Series, found: series.Episode, begin: int
) -> Burst | None:
    first = max(found.first, begin)
    since, until = line.starts[first], line.end(found.end)
    inside = within(selection, since, until)
    hours = line.counts[first : found.end]
    posts = int(hours.sum())
    authors = distinct_authors(asking, matching(asking, inside), inside, posts=posts)
    usual = _usual(line, found.first, (first, found.end))
    ratio = posts / usual if usual else None
    named = authors.value or LEAST_AUTHORS
    if min(named, posts) < LEAST_AUTHORS or (ratio is not None and ratio < LEAST_RATIO):
        return None
    peak = first + int(hours.argmax())
    past = selection.narrowed(since=line.starts[0], until=line.starts[found.first])
    return Burst(
        since=line.starts[found.first], until=until, ongoing=found.ongoing,
        posts=Figure(value=posts, selection=inside), authors=authors, peak_at=line.starts[peak],
        peak=Figure(
            value=int(line.counts[peak]), selection=within(selection, line.starts[peak], line.end(peak + 1))
        ),
        expected=Figure(value=usual, selection=past, exact=False), ratio=ratio, score=found.score,
    )  # fmt: skip


def _usual(line: _Series, known: int, hours: tuple[int, int]) -> float | None:
    """Posts usual in these hours, told by the first ``known`` of the series."""
    first = int(line.starts[0].timestamp()) // HOUR
    habit = Rhythm(first + np.arange(known), line.counts[:known])
    return habit.expected([((first + hours[0]) * HOUR, (first + hours[1]) * HOUR)])


def _changes(selection: Selection, line: _Series) -> tuple[SlowChange, ...]:
    """The changes of level by whole days, reckoned back from the last whole hour."""
    assert selection.since is not None
    recent = min(selection.since, line.until - RECENT_DAYS * _DAY)
    whole = len(line.starts) - (line.starts[-1] + _HOUR > line.until)
    days = days_of(line.counts[:whole], a_day=24)
    begin = line.end(whole) - len(days) * _DAY
    return tuple(
        _slow(selection, begin, each)
        for each in changes(days)
        if begin + max(each.found + 1, each.level) * _DAY > recent
    )


def _slow(selection: Selection, start: datetime, found: Change) -> SlowChange:
    begin, since, level, end, seen = (
        start + place * _DAY for place in (found.begin, found.since, found.level, found.end, found.found + 1)
    )
    return SlowChange(
        kind=found.kind, since=since, level=level, found=seen,
        before=Figure(value=found.before, selection=selection.narrowed(since=begin, until=since)),
        after=Figure(value=found.after, selection=selection.narrowed(since=level, until=end)),
        ratio=found.ratio, low=found.low, high=found.high, certainty=found.certainty,
    )  # fmt: skip
