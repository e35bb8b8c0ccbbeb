"""What is rising in one window: every tag in it, compared with its own past, from plain columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from trends.chance import fit_tail
from trends.habits import DAY_S, HISTORY_DAYS, Days, Habit, count_days, habit_at
from trends.odds import false_rates
from trends.rising import LEAST_AUTHORS, LEAST_RATIO, LEAST_SCORE
from trends.tail import surprise
from trends.windowed import STEPS, Bools, Uses, at_once, curve_of, peaks_of, people_of, places_of, step_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Status = Literal["rising", "new", "peaked", "seasonal", "fading", "steady", "too little history"]
Rhythm = Literal["", "daily", "weekly"]

STATUSES: Final[tuple[Status, ...]] = (
    "rising", "new", "peaked", "seasonal", "fading", "steady", "too little history",
)  # fmt: skip
RISEN: Final[tuple[Status, ...]] = ("rising", "new", "peaked")
RHYTHMS: Final[tuple[Rhythm, ...]] = ("", "daily", "weekly")
FALSE_SHARE: Final = 0.10
"""The share of chance among the risen that is accepted."""
LEAST_HISTORY_DAYS: Final = 3
WINDOWS_S: Final = (3_600, 3 * 3_600, 6 * 3_600, DAY_S)

_CALIBRATED_DAYS: Final = 14
_FALLEN: Final = 0.5
_HOUR_S: Final = 3_600

__all__ = ["FALSE_SHARE", "HISTORY_DAYS", "RHYTHMS", "RISEN", "STATUSES", "Snapshot", "Status", "snapshot"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One row a tag, as arrays of one length, best first; tags below the thresholds stand last.

    ``expected`` are the authors that are usual in a window like the whole one, ``ratio`` authors by
    expected (NaN where nothing was expected); ``top_author`` wrote the most posts (the lowest number of
    equals, -1 where nobody is told), ``top_share`` of them, and the first three ``top3_share``;
    ``at_once`` is the share of the busiest five minutes. ``score`` is that of the best window, which
    ends with the whole one, is ``best_s`` seconds long and held ``best_authors`` where ``best_expected``
    are usual. ``chance`` is how probable so high a score is where nothing rises (``trends.chance``), and
    ``false_rate`` the share of chance among the rows down to it. ``peak_at`` is the first second of the
    clock hour with the most posts, ``curve`` the posts in 24 equal parts of the window, ``is_new``
    where nobody used it in the weeks before, ``rhythm`` a place in ``RHYTHMS``.
    """

    tag: Ints
    posts: Ints
    authors: Ints
    expected: Floats
    ratio: Floats
    score: Floats
    chance: Floats
    false_rate: Floats
    best_s: Ints
    best_authors: Ints
    best_expected: Floats
    top_author: Ints
    top_share: Floats
    top3_share: Floats
    at_once: Floats
    peak_at: Ints
    curve: Ints
    is_new: Bools
    rhythm: Ints
    status: Ints

    def status_of(self, row: int) -> Status:
        return STATUSES[int(self.status[row])]

    def rhythm_of(self, row: int) -> Rhythm:
        return RHYTHMS[int(self.rhythm[row])]


@dataclass(frozen=True, slots=True)
class _Period:
    """Windows of some lengths, what was counted in them by periods, and the habit at the end of the last."""

    lengths: tuple[int, ...]
    days: Days
    habit: Habit


@dataclass(frozen=True, slots=True)
class _Judged:
    """The best window of each tag; ``score`` 0 where none is past the thresholds."""

    score: Floats
    best_s: Ints
    observed: Ints
    usual: Floats


@dataclass(frozen=True, slots=True)
class _Window:
    """From when until when is asked, when listening began, and the lengths that are compared (seconds)."""

    since: int
    until: int
    began: int
    lengths: tuple[int, ...]

    @property
    def whole(self) -> int:
        return self.until - self.since

    @property
    def has_history(self) -> bool:
        return self.since - self.began >= LEAST_HISTORY_DAYS * DAY_S


def snapshot(
    tag: Ints,
    author: Ints,
    at: Ints,
    *,
    since: int,
    until: int,
    first: int | None = None,
    windows: tuple[int, ...] | None = None,
    stream: Ints | None = None,
    tests: int | None = None,
) -> Snapshot:
    """Every tag used from ``since`` to before ``until`` (epoch seconds), by how far it exceeds its habit.

    ``tag``, ``author`` (-1: not told, counted as nobody) and ``at`` are one row a use, the window's and
    up to 28 days before it; ``first`` is when listening began (else the earliest row). Windows of 1, 3,
    6 and 24 hours that end with the window, and the whole one (or those of ``windows``, in seconds), are
    compared with what is usual (``trends.habits``). The score is the largest -log10 p (``trends.tail``) of
    windows with at least 5 authors and more than twice the expected. Rows from ``until`` on are not
    looked at. Where the tags are some of many, ``stream`` are the moments of all that was heard, and
    ``tests`` how many tags with enough authors were considered.
    """
    if until <= since:
        raise ValueError("until must come after since")
    heard = at < until
    if not heard.all():
        tag, author, at = tag[heard], author[heard], at[heard]
    stream = at if stream is None else stream[stream < until]
    began = first if first is not None else int(at.min()) if len(at) else since
    whole = until - since
    inner = (*(s for s in WINDOWS_S if s < whole), *((whole,) if whole <= DAY_S else ()))
    window = _Window(since, until, began, tuple(sorted(windows)) if windows else inner)
    inside = at >= since
    keys, uses = _told_apart(tag, author, at, inside)
    shown = np.unique(tag[inside])
    present = np.searchsorted(keys, shown)
    places = np.full(len(keys), -1, dtype=np.int64)
    places[present] = np.arange(len(present))
    every = count_days(uses, stream, len(keys), ends=_ends(window.lengths), until=until, began=began)
    periods = [_Period(window.lengths, every, habit_at(every.rows(present)))]
    if whole > DAY_S:
        ends = np.array([whole, -(-whole // DAY_S) * DAY_S], dtype=np.int64)
        days = count_days(uses.placed(places), stream, len(present), ends=ends, until=until, began=began)
        periods.append(_Period((whole,), days, habit_at(days)))
    earlier = (np.bincount(uses.where[uses.at < since], minlength=len(keys)) > 0)[present]
    people, person = np.unique(author[inside], return_inverse=True)
    person[author[inside] < 0] = -1
    now = Uses(np.searchsorted(shown, tag[inside]), person, at[inside])
    rhythm = _rhythm(stream, window)
    return _ordered(_table(shown, people, now, window, periods, earlier, rhythm, tests))


def _told_apart(tag: Ints, author: Ints, at: Ints, inside: Bools) -> tuple[Ints, Uses]:
    """The tags of the window and all others that could ever have enough authors, and their uses."""
    keys, uses = np.unique(tag, return_counts=True)
    chosen = (uses >= LEAST_AUTHORS) | np.isin(keys, np.unique(tag[inside]), assume_unique=True)
    every = Uses(places_of(keys, tag), author, at)
    return keys[chosen], every.placed(np.where(chosen, np.cumsum(chosen) - 1, -1))


def _ends(lengths: tuple[int, ...]) -> Ints:
    """Where the windows of a day end, the day being the last."""
    return np.array([*lengths, DAY_S], dtype=np.int64)


def _table(
    keys: Ints,
    people: Ints,
    now: Uses,
    window: _Window,
    periods: list[_Period],
    earlier: Bools,
    rhythm: Floats,
    tests: int | None,
) -> Snapshot:
    size, crowd = len(keys), people_of(now, len(keys))
    posts = np.bincount(now.where, minlength=size).astype(np.int64)
    enough = (crowd.authors >= LEAST_AUTHORS) & window.has_history
    judged = _judge(periods, enough, crowd.authors)
    chance, false_rate = _chances(periods, judged.score, enough, tests)
    curve = curve_of(now, size, window.since, window.until)
    last = periods[-1]
    at_whole = last.lengths.index(window.whole) if window.whole in last.lengths else len(last.lengths) - 1
    usual = last.habit.usual[:, at_whole]
    seasons = _seasons(periods[0])
    risen = (judged.score >= LEAST_SCORE) & (false_rate <= FALSE_SHARE)
    states: dict[Status, Bools] = {
        "too little history": ~enough | (last.habit.share[at_whole] <= 0),
        "peaked": risen & _is_over(curve, rhythm),
        "new": risen & ~earlier,
        "rising": risen,
        "fading": (usual >= 2 * crowd.authors) & (surprise(usual, crowd.authors) >= 1),
        "seasonal": seasons > 0,
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usual > 0, crowd.authors / usual, np.nan)
    return Snapshot(
        tag=keys, posts=posts, authors=crowd.authors, expected=usual, ratio=ratio, score=judged.score,
        chance=chance, false_rate=false_rate, best_s=judged.best_s, best_authors=judged.observed,
        best_expected=judged.usual,
        top_author=np.where(crowd.busiest >= 0, people[crowd.busiest] if len(people) else -1, -1),
        top_share=crowd.top / np.maximum(posts, 1), top3_share=crowd.top3 / np.maximum(posts, 1),
        at_once=at_once(now, size) / np.maximum(posts, 1), peak_at=peaks_of(now, size), curve=curve,
        is_new=~earlier, rhythm=seasons,
        status=np.select(
            list(states.values()), [STATUSES.index(name) for name in states], STATUSES.index("steady")
        ),
    )  # fmt: skip


def _judge(periods: list[_Period], enough: Bools, authors: Ints) -> _Judged:
    """The window in which each tag exceeds its habit most."""
    last = periods[-1]
    best = _Judged(
        score=np.zeros(len(authors)), best_s=np.full(len(authors), last.lengths[-1], dtype=np.int64),
        observed=authors.copy(), usual=last.habit.usual[:, len(last.lengths) - 1].copy(),
    )  # fmt: skip
    for period in periods:
        for place, length in enumerate(period.lengths):
            rows, found = _scores(period.habit, place, length, enough)
            better = found > best.score[rows]
            rows, found = rows[better], found[better]
            best.score[rows], best.best_s[rows] = found, length
            best.observed[rows] = period.habit.observed[rows, place]
            best.usual[rows] = period.habit.usual[rows, place]
    return best


def _scores(habit: Habit, place: int, length: int, enough: Bools) -> tuple[Ints, Floats]:
    """The tags past the thresholds in one window, and their scores."""
    count, mean = habit.observed[:, place], habit.usual[:, place] + 0.02 * length / _HOUR_S
    rows = np.flatnonzero(enough & (count >= LEAST_AUTHORS) & (count > LEAST_RATIO * mean))
    return rows, surprise(count[rows], mean[rows], spread=habit.spread[rows, place])


def _chances(
    periods: list[_Period], score: Floats, enough: Bools, tests: int | None
) -> tuple[Floats, Floats]:
    """How probable each score is where nothing rises, and the share of chance among the rows down to it."""
    tests, windows = max(int(enough.sum()), tests or 0), sum(len(period.lengths) for period in periods)
    chance, false_rate = np.ones(len(score)), np.ones(len(score))
    if tests:
        earlier, tested = _earlier_scores(periods[0])
        tail = fit_tail(earlier, tested=tested, windows=windows, table=tests)
        chance[enough] = tail.chance(score[enough])
        false_rate[enough] = false_rates(chance[enough], tests)
    return chance, false_rate


def _earlier_scores(period: _Period) -> tuple[Floats, int]:
    """The scores above 0 that the same table would have had on each of the days before, and of how many."""
    found, tested = [np.zeros(0)], 0
    widest = len(period.lengths) - 1
    for back in range(1, min(_CALIBRATED_DAYS, period.days.counts.shape[1] - 1 - LEAST_HISTORY_DAYS) + 1):
        rows = np.flatnonzero(period.days.counts[:, back, widest] >= LEAST_AUTHORS)
        habit, score, every = habit_at(period.days.rows(rows), back), np.zeros(len(rows)), np.ones(len(rows))
        for place, length in enumerate(period.lengths):
            high, scores = _scores(habit, place, length, every > 0)
            score[high] = np.maximum(score[high], scores)
        found.append(score[score > 0])
        tested += len(rows)
    return np.concatenate(found), tested


def _seasons(period: _Period) -> Ints:
    """Which tags are above their mean as they were at these hours of earlier days or weeks (``RHYTHMS``)."""
    habit, found = period.habit, np.zeros(len(period.habit.observed), dtype=np.int64)
    for place in range(len(period.lengths)):
        count, trail = habit.observed[:, place], habit.trail[:, place]
        slot = np.maximum(habit.by_day[:, place], habit.by_week[:, place])
        rows = np.flatnonzero(
            (count >= LEAST_AUTHORS) & (slot >= count / 2) & (count > LEAST_RATIO * trail) & (found == 0)
        )
        rows = rows[surprise(count[rows], trail[rows] + 0.02) >= LEAST_SCORE]
        daily = habit.by_day[rows, place] >= count[rows] / 2
        found[rows] = np.where(daily, RHYTHMS.index("daily"), RHYTHMS.index("weekly"))
    return found


def _rhythm(at: Ints, window: _Window) -> Floats:
    """The uses of the stream in each of the 24 parts of the window, over all earlier periods like it."""
    past = at[at < window.since]
    period = max(DAY_S, -(-window.whole // DAY_S) * DAY_S)
    inside = (past - window.since) % period
    inside = inside[inside < window.whole]
    return np.bincount(step_of(inside, 0, window.whole), minlength=STEPS).astype(float)


def _is_over(curve: Ints, rhythm: Floats) -> Bools:
    """Whether the last quarter of the window brought less than half of the busiest one before it.

    Measured against the stream's own rhythm, and by more than chance makes of it.
    """
    quarters = curve.reshape(len(curve), 4, STEPS // 4).sum(axis=2).astype(float)
    usual = rhythm.reshape(4, STEPS // 4).sum(axis=1)
    weight = (usual + usual.sum() / 40 + 1) / (usual.sum() * 1.1 + 4)
    pace = quarters / weight
    peak = pace[:, :3].argmax(axis=1)
    rows = np.arange(len(curve))
    before = quarters[rows, peak]
    expected = before * weight[3] / weight[peak]
    fallen = pace[:, 3] < _FALLEN * pace[rows, peak]
    return np.asarray(fallen & (surprise(np.floor(expected), quarters[:, 3] + 0.5) >= 1))


def _ordered(table: Snapshot) -> Snapshot:
    """Risen tags by score, then the others by authors and posts, at last those below the thresholds."""
    low = table.status == STATUSES.index("too little history")
    up = np.isin(table.status, [STATUSES.index(name) for name in RISEN])
    score = np.where(up, table.score, 0.0)
    order = np.lexsort((table.tag, -table.posts, -table.authors, -score, ~up, low))
    return Snapshot(**{f.name: getattr(table, f.name)[order] for f in fields(Snapshot)})
