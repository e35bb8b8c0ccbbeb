"""What is rising in one window: every tag in it, compared with its own past, from plain columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from trends.rising import LEAST_AUTHORS, LEAST_RATIO, LEAST_SCORE
from trends.tail import surprise

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Status = Literal["rising", "new", "seasonal", "fading", "steady", "too little history"]

STATUSES: Final[tuple[Status, ...]] = ("rising", "new", "seasonal", "fading", "steady", "too little history")
HISTORY_DAYS: Final = 28
LEAST_HISTORY_DAYS: Final = 3

_DAY_S: Final = 86_400
_HOUR_S: Final = 3_600
_SHORT_S: Final = (1 * _HOUR_S, 3 * _HOUR_S, 6 * _HOUR_S, 24 * _HOUR_S)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One row a tag, as arrays of one length, best first; tags below the thresholds stand last.

    ``expected`` are the authors that are usual in a window like the whole one, ``ratio`` authors by
    expected (NaN where nothing was expected); ``top_author`` wrote the most posts (the lowest number of
    equals, -1 where nobody is told) and ``top_share`` of them; ``score`` is that of the best window, which
    ends with the whole one, is ``best_s`` seconds long and held ``best_authors`` where ``best_expected``
    are usual. ``peak_at`` is the first second of the clock hour with the most posts.
    """

    tag: Ints
    posts: Ints
    authors: Ints
    expected: Floats
    ratio: Floats
    score: Floats
    best_s: Ints
    best_authors: Ints
    best_expected: Floats
    top_author: Ints
    top_share: Floats
    peak_at: Ints
    status: npt.NDArray[np.int64]

    def status_of(self, row: int) -> Status:
        return STATUSES[int(self.status[row])]


@dataclass(frozen=True, slots=True)
class _Habit:
    """Authors of each tag (rows) in windows of several lengths (columns), now and usually."""

    lengths: tuple[int, ...]
    observed: Floats
    trail: Floats
    slots: Floats
    usual: Floats
    share: Floats


def snapshot(
    tag: Ints, author: Ints, at: Ints, *, since: int, until: int, first: int | None = None
) -> Snapshot:
    """Every tag used from ``since`` to before ``until`` (epoch seconds), by how far it exceeds its habit.

    ``tag``, ``author`` (-1: not told, counted as nobody) and ``at`` are one row a use, the window's and
    up to 28 days before it; ``first`` is when listening began (else the earliest row). Windows of 1, 3,
    6 and 24 hours that end with the window, and the whole one, are compared with the largest of three
    expectations: the mean of the last 14 days with the stream's share of these hours, 0.9 of the mean
    of these hours on earlier days, 0.8 of their mean one to four weeks ago. Days on which nothing at all
    was heard are no days. The score is the largest -log10 p (``trends.tail``) of windows with at least
    5 authors and more than twice the expected.
    """
    if until <= since:
        raise ValueError("until must come after since")
    inside = (at >= since) & (at < until)
    keys = np.unique(tag[inside])
    began = int(at.min()) if first is None and len(at) else first if first is not None else since
    where = np.searchsorted(keys, tag)
    known = where < len(keys)
    known[known] = keys[where[known]] == tag[known]
    people, person = np.unique(author, return_inverse=True)
    person[author < 0] = -1
    now = inside & known
    posts = np.bincount(where[now], minlength=len(keys)).astype(np.int64)
    authors, top, busiest = _people(where[now], person[now], len(keys))
    length = until - since
    short = tuple(s for s in _SHORT_S if s < length) + ((length,) if length <= _DAY_S else ())
    past = known & (at < until)
    columns = (where[past], person[past], at[past])
    stream = at[(at < until)]
    habits = [_habit(columns, stream, len(keys), short, _DAY_S, until=until, began=began)]
    if length > _DAY_S:
        period = -(-length // _DAY_S) * _DAY_S
        habits.append(_habit(columns, stream, len(keys), (length,), period, until=until, began=began))
    judged = _judge(habits, authors, short_history=since - began < LEAST_HISTORY_DAYS * _DAY_S)
    earlier = np.bincount(where[past & (at < since)], minlength=len(keys)) > 0
    status = _status(habits, judged, authors, earlier=earlier)
    whole = habits[-1]
    expected = whole.usual[:, whole.lengths.index(length)]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(expected > 0, authors / expected, np.nan)
    result = Snapshot(
        tag=keys, posts=posts, authors=authors, expected=expected, ratio=ratio, score=judged.score,
        best_s=judged.best_s, best_authors=judged.observed, best_expected=judged.usual,
        top_author=np.where(busiest >= 0, people[busiest] if len(people) else -1, -1),
        top_share=np.where(posts > 0, top / np.maximum(posts, 1), 0.0),
        peak_at=_peaks(where[now], at[now], len(keys)), status=status,
    )  # fmt: skip
    return _ordered(result)


def _people(where: Ints, person: Ints, size: int) -> tuple[Ints, Ints, Ints]:
    """Distinct authors of each tag, how many posts the busiest of them has, and who that is (-1: nobody)."""
    told = person >= 0
    many = int(person.max()) + 1 if len(person) else 1
    pairs, posts = np.unique(where[told] * max(many, 1) + person[told], return_counts=True)
    owner = pairs // max(many, 1)
    top, busiest = np.zeros(size, dtype=np.int64), np.full(size, -1, dtype=np.int64)
    order = np.lexsort((-pairs, posts))  # the last one that is written stays: most posts, lowest number
    top[owner[order]], busiest[owner[order]] = posts[order], pairs[order] % max(many, 1)
    return np.bincount(owner, minlength=size).astype(np.int64), top, busiest


def _peaks(where: Ints, at: Ints, size: int) -> Ints:
    """The first second of each tag's busiest clock hour; the earliest of equals."""
    if not len(at):
        return np.zeros(size, dtype=np.int64)
    hour = at // _HOUR_S
    low, span = int(hour.min()), int(hour.max() - hour.min()) + 1
    cells, posts = np.unique(where * span + (hour - low), return_counts=True)
    owner = cells // span
    order = np.lexsort((cells, -posts, owner))
    peaks = np.zeros(size, dtype=np.int64)
    firsts = order[np.searchsorted(owner[order], np.arange(size))]
    peaks[:] = (cells[firsts] % span + low) * _HOUR_S
    return peaks


def _habit(
    columns: tuple[Ints, Ints, Ints],
    stream: Ints,
    size: int,
    lengths: tuple[int, ...],
    period: int,
    *,
    until: int,
    began: int,
) -> _Habit:
    """Distinct authors in windows of ``lengths`` before ``until``, and in these hours of earlier periods."""
    where, person, at = columns
    ends = np.array([*lengths, period], dtype=np.int64)
    past = max(0, min(HISTORY_DAYS * _DAY_S // period, (until - began) // period - 1))
    told = (person >= 0) & (at >= until - (past + 1) * period)
    counts = _distinct(where[told], person[told], until - 1 - at[told], size, past + 1, ends, period)
    heard = stream[stream >= until - (past + 1) * period]
    age = until - 1 - heard
    volume = np.zeros((past + 1, len(ends) + 1))
    np.add.at(volume, (age // period, np.searchsorted(ends, age % period, side="right")), 1.0)
    volume = np.cumsum(volume, axis=1)[:, : len(ends)]
    days = np.array([j for j in range(1, past + 1) if volume[j, -1] > 0], dtype=np.int64)
    fortnight = days[days <= max(1, 14 * _DAY_S // period)]
    weeks = days[days % 7 == 0] if period == _DAY_S else days[:0]
    heard_days = volume[days].sum(axis=0)
    share = heard_days / heard_days[-1] if len(days) else np.zeros(len(ends))
    trail = _mean(counts, fortnight)[:, -1:] * share[None, :]
    by_day, by_week = _mean(counts, days), _mean(counts, weeks)
    usual = np.maximum(trail, np.maximum(0.9 * by_day, 0.8 * by_week))
    keep = len(lengths)
    return _Habit(
        lengths=lengths, observed=counts[:, 0, :keep].astype(float), trail=trail[:, :keep],
        slots=np.maximum(by_day, by_week)[:, :keep], usual=usual[:, :keep], share=share[:keep],
    )  # fmt: skip


def _distinct(
    where: Ints, person: Ints, age: Ints, size: int, periods: int, ends: Ints, period: int
) -> npt.NDArray[np.int32]:
    """Distinct authors by tag, period (0 the newest) and window: one sort for all windows.

    An author counts for every window that holds the newest of his or her uses in that period.
    """
    kinds = len(ends)
    bucket = np.searchsorted(ends, age % period, side="right")
    many = int(person.max()) + 1 if len(person) else 1
    key = ((where * periods + age // period) * many + person) * kinds + bucket
    key.sort()
    group = key // kinds
    first = np.ones(len(key), dtype=bool)
    first[1:] = group[1:] != group[:-1]
    cell = (group[first] // many) * kinds + key[first] % kinds
    counts = np.bincount(cell, minlength=size * periods * kinds).astype(np.int32)
    return np.cumsum(counts.reshape(size, periods, kinds), axis=2, dtype=np.int32)


def _mean(counts: npt.NDArray[np.int32], periods: Ints) -> Floats:
    """The mean over some periods; 0 over none."""
    if not len(periods):
        return np.zeros((counts.shape[0], counts.shape[2]))
    return np.asarray(counts[:, periods, :].sum(axis=1, dtype=np.float64) / len(periods), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Judged:
    """The best window of each tag; ``score`` 0 where none is past the thresholds."""

    score: Floats
    best_s: Ints
    observed: Ints
    usual: Floats
    enough: npt.NDArray[np.bool_]
    threshold: float


def _judge(habits: list[_Habit], authors: Ints, *, short_history: bool) -> _Judged:
    size = len(authors)
    whole = habits[-1]
    score = np.zeros(size)
    best_s = np.full(size, whole.lengths[-1], dtype=np.int64)
    observed, usual = authors.copy(), whole.usual[:, -1].copy()
    enough = (authors >= LEAST_AUTHORS) & (not short_history) & bool(whole.share[-1] > 0)
    for habit in habits:
        for k, length in enumerate(habit.lengths):
            count, mean = habit.observed[:, k], habit.usual[:, k] + 0.02 * length / _HOUR_S
            high = np.flatnonzero(enough & (count >= LEAST_AUTHORS) & (count > LEAST_RATIO * mean))
            found = surprise(count[high], mean[high])
            better, found = high[found > score[high]], found[found > score[high]]
            score[better], best_s[better] = found, length
            observed[better], usual[better] = count[better], habit.usual[better, k]
    tests = max(1, int(enough.sum()) * sum(len(habit.lengths) for habit in habits))
    threshold = max(LEAST_SCORE, 1 + float(np.log10(tests)))
    return _Judged(score, best_s, observed, usual, enough, threshold)


def _status(
    habits: list[_Habit], judged: _Judged, authors: Ints, *, earlier: npt.NDArray[np.bool_]
) -> npt.NDArray[np.int64]:
    """Which of ``STATUSES`` each tag has; the threshold is one false rise in ten such tables."""
    whole, hours = habits[-1], habits[0]
    high = judged.score >= judged.threshold
    seasonal = np.zeros(len(authors), dtype=bool)
    for k in range(len(hours.lengths)):
        count = hours.observed[:, k]
        candidate = ~high & (count >= LEAST_AUTHORS) & (hours.slots[:, k] >= count / 2)
        candidate &= count > LEAST_RATIO * hours.trail[:, k]
        rows = np.flatnonzero(candidate)
        seasonal[rows[surprise(count[rows], hours.trail[rows, k] + 0.02) >= LEAST_SCORE]] = True
    fading = (whole.usual[:, -1] >= 2 * authors) & (surprise(whole.usual[:, -1], authors) >= 1)
    # Risen in the whole window, and over: its last quarter brought less than half of its share.
    quarter = [k for k, s in enumerate(hours.lengths) if s * 4 <= whole.lengths[-1]]
    if quarter and len(habits) == 1:
        last = quarter[-1]
        over = hours.observed[:, last] < 0.5 * authors * hours.share[last]
        fading |= high & over & (judged.best_s == whole.lengths[-1])
    conditions = [~judged.enough, high & ~fading & ~earlier, high & ~fading, fading, seasonal, ~earlier]
    names: list[Status] = ["too little history", "new", "rising", "fading", "seasonal", "new"]
    return np.select(conditions, [STATUSES.index(name) for name in names], STATUSES.index("steady"))


def _ordered(table: Snapshot) -> Snapshot:
    """Risen tags by score, then the others by authors and posts, at last those below the thresholds."""
    low = table.status == STATUSES.index("too little history")
    up = np.isin(table.status, [STATUSES.index("rising"), STATUSES.index("new")])
    score = np.where(up, table.score, 0.0)
    order = np.lexsort((table.tag, -table.posts, -table.authors, -score, ~up, low))
    return Snapshot(**{f.name: getattr(table, f.name)[order] for f in fields(Snapshot)})
