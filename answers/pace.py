"""How each source fares against its own habit: posts an hour, delay, cost, and how far back it reaches.

Beside `answers.sources`, which says whether a source is well; asked only where it is shown, because it
reads four weeks of posts. A habit is told from a week on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil, floor
from statistics import median
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np

from answers.asking import Asking, SourceFacts, matching
from posts.answer import Answer, Figure
from posts.selection import Selection
from store import cursors, rereads
from store.state import Run, State

WEEKS: Final = 4
LEAST_DAYS: Final = 7
"""A habit is that of so many days at least."""
RUNS_READ: Final = 12
PAGE: Final[Mapping[str, int]] = {"mastodon": 40, "bluesky": 100, "telegram": 20, "eitaa": 20}
"""About how many posts one request for older ones gives, by platform."""
NO_PAST: Final = frozenset({"stream", "trends", "thread"})
"""Timelines that have no older pages to ask for; a feed shows its newest entries alone."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_SOURCES: Final[dict[str, Any]] = {"terms": {"field": "source", "size": 1_000, "order": {"_key": "asc"}}}

ReachState = Literal["never", "none", "under way", "done", "ended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usual:
    """A habit: of the counts of past weeks half lie between ``low`` and ``high``, half below ``middle``."""

    low: int
    middle: float
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a server says it still allows: ``left`` of ``of`` requests, until ``new_at``."""

    host: str
    left: int
    of: int | None = None
    new_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far back a source has been read.

    ``back_to`` is how far was asked, ``reached`` how far a back-fill has come. "never": the source has no
    past that can be asked for; "none": nothing was asked for; "ended": the place shows nothing older.
    """

    state: ReachState
    back_to: datetime | None = None
    reached: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The pace of a source. ``usual_hour`` is that of the same hour of the day.

    ``expected_day`` is what the project expects of a day, else the middle of its days. ``delay`` is the
    time between the writing of a post and its being heard. ``requests`` were sent in the last day.
    """

    oldest_post_at: datetime | None = None
    last_hour: Figure = field(default_factory=lambda: Figure(value=0, selection=Selection()))
    usual_hour: Usual | None = None
    usual_day: Usual | None = None
    expected_day: float | None = None
    delay: timedelta | None = None
    requests: int = 0
    budgets: tuple[Budget, ...] = ()
    looks_due: int = 0
    reach: Reach = Reach(state="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """Posts of a source: its oldest, by hour (the same of each day), and by day of the project."""

    oldest: datetime | None
    hours: Mapping[int, int]
    days: Mapping[int, int]


def paces(asking: Asking) -> Answer[dict[str, Pace]]:
    """The pace of every source that the project lists or the store knows."""
    hours = _hours(asking)
    counted = _counted(asking, hours)
    sent = _requests(asking.state, asking.now - _DAY)
    facts = {one.name: one for one in asking.sources}
    found = {
        name: _pace(asking, name, facts.get(name), counted.get(name), hours, sent.get(name, 0))
        for name in (*facts, *(name for name in counted if name not in facts))
    }
    return Answer(
        value=found, selection=Selection(), time_zone=asking.time_zone, definition="pace", version=1,
        as_of=asking.now,
    )  # fmt: skip


def usual(counts: Sequence[int]) -> Usual | None:
    """The habit that these counts tell; ``None`` if they are of too few days.

    >>> usual([4, 4, 5, 6, 7, 8, 9])
    Usual(low=4, middle=6, high=8)
    """
    if len(counts) < LEAST_DAYS:
        return None
    low, high = np.percentile(counts, (25, 75))
    return Usual(low=floor(low), middle=median(counts), high=ceil(high))


def holds(reach: Reach, back_to: datetime) -> bool:
    """Whether a back-fill that is under way reaches at least as far: the earlier request holds."""
    return reach.state == "under way" and reach.back_to is not None and reach.back_to <= back_to


def requests_for(pace: Pace, platform: str, back_to: datetime, *, now: datetime) -> int | None:
    """About how many requests a back-fill to that moment costs; ``None`` where it cannot be told."""
    per_page, a_day = PAGE.get(platform), pace.expected_day
    if per_page is None or a_day is None:
        return None
    begin = pace.reach.reached or pace.oldest_post_at or now
    days = max(0.0, (begin - back_to) / _DAY)
    return ceil(days * max(a_day, 1.0) / per_page)


def has_past(platform: str, timeline: str | None) -> bool:
    """Whether older posts of such a source can be asked for."""
    return platform in PAGE and timeline not in NO_PAST


# counting


def _hours(asking: Asking) -> list[int]:
    """The last whole hour, and the same hour by the project's clocks on each day of four weeks before it.

    As hours since 1970, newest first.
    """
    last = asking.now.replace(minute=0, second=0, microsecond=0) - _HOUR
    local = last.astimezone(ZoneInfo(asking.time_zone))
    # Days are taken off the clock's face: what is the same hour for people may be another in UTC.
    moments = (local - timedelta(days=back) for back in range(7 * WEEKS + 1))
    return [int(moment.timestamp()) // 3600 for moment in moments]


def _counted(asking: Asking, hours: Sequence[int]) -> dict[str, _Counts]:
    since, today = _midnight(asking, 7 * WEEKS), _midnight(asking)
    days = {"field": "created_at", "calendar_interval": "day", "time_zone": asking.time_zone}
    by_hour = _by_source(
        asking, {"terms": {"hour": list(hours)}}, {"histogram": {"field": "hour", "interval": 1}}
    )
    by_day = _by_source(
        asking,
        {"range": {"created_at": {"gte": since.isoformat(), "lt": today.isoformat()}}},
        {"date_histogram": days},
    )
    return {
        name: _Counts(oldest=oldest, hours=by_hour.get(name, {}), days=by_day.get(name, {}))
        for name, oldest in _oldest(asking).items()
    }


def _oldest(asking: Asking) -> dict[str, datetime]:
    """The moment of the first post of each source."""
    by = {**_SOURCES, "aggs": {"oldest": {"min": {"field": "created_at"}}}}
    buckets = _asked(asking, [], by)
    return {b["key"]: datetime.fromtimestamp(b["oldest"]["value"] / 1000, UTC) for b in buckets}


def _by_source(asking: Asking, meant: Any, spans: dict[str, Any]) -> dict[str, dict[int, int]]:
    """Posts by source and span, counted in one pass: sources inside spans, not the other way."""
    ((kind, options),) = spans.items()
    by = {kind: {**options, "min_doc_count": 1}, "aggs": {"source": _SOURCES}}
    found: dict[str, dict[int, int]] = {}
    for span in _asked(asking, [meant], by):
        for bucket in span["source"]["buckets"]:
            found.setdefault(bucket["key"], {})[int(span["key"])] = bucket["doc_count"]
    return found


def _asked(asking: Asking, filters: list[Any], by: dict[str, Any]) -> list[dict[str, Any]]:
    query = {"bool": {"filter": [matching(asking, Selection()), *filters]}}
    found = asking.store.search("posts", {"query": query, "size": 0, "aggs": {"by": by}})
    buckets: list[dict[str, Any]] = found["aggregations"]["by"]["buckets"]
    return buckets


def _midnight(asking: Asking, days_ago: int = 0) -> datetime:
    """When a day of the project began."""
    local = asking.now.astimezone(ZoneInfo(asking.time_zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return local - timedelta(days=days_ago)


# one source


def _pace(
    asking: Asking,
    name: str,
    facts: SourceFacts | None,
    counts: _Counts | None,
    hours: Sequence[int],
    sent: int,
) -> Pace:
    counts = counts or _Counts(oldest=None, hours={}, days={})
    runs = asking.state.runs(job=name, limit=RUNS_READ) if facts is not None else []
    usual_day = usual(_of_days(asking, counts))
    told = facts.expect_per_day if facts is not None else None
    expected = float(told) if told is not None else None if usual_day is None else usual_day.middle
    begin = datetime.fromtimestamp(hours[0] * 3600, UTC)
    last_hour = Selection(source=name, since=begin, until=begin + _HOUR)
    return Pace(
        oldest_post_at=counts.oldest,
        last_hour=Figure(value=counts.hours.get(hours[0], 0), selection=last_hour),
        usual_hour=usual(_of_hours(counts, hours)),
        usual_day=usual_day,
        expected_day=expected,
        delay=_delay(runs),
        requests=sent,
        budgets=_budgets(runs, asking.now),
        looks_due=rereads.count(asking.state, name, at=asking.now),
        reach=_reach(asking.state, name, facts),
    )


def _of_hours(counts: _Counts, hours: Sequence[int]) -> list[int]:
    """Posts of the same hour on the days before, since the source's first post."""
    if counts.oldest is None:
        return []
    first = int(counts.oldest.timestamp()) // 3600
    return [counts.hours.get(hour, 0) for hour in hours[1:] if hour >= first]


def _of_days(asking: Asking, counts: _Counts) -> list[int]:
    """Posts of each whole day before today, since the day after the source's first post."""
    if counts.oldest is None:
        return []
    days = [_midnight(asking, back) for back in range(1, 7 * WEEKS + 1)]
    whole = [int(day.timestamp()) * 1000 for day in days if day >= counts.oldest]
    return [counts.days.get(day, 0) for day in whole]


def _delay(runs: Iterable[Run]) -> timedelta | None:
    """The middle of what the last runs that brought something new have noted."""
    noted = [run.details.get("delay_s") for run in runs]
    known = [float(delay) for delay in noted if isinstance(delay, int | float)]
    return timedelta(seconds=median(known)) if known else None


def _budgets(runs: Sequence[Run], now: datetime) -> tuple[Budget, ...]:
    """What servers have told last, as far as it still holds."""
    for run in runs:
        limits = run.details.get("limits") or {}
        if limits and run.ended_at is not None:
            told = [_budget(host, limit, run.ended_at) for host, limit in sorted(limits.items())]
            return tuple(b for b in told if b is not None and (b.new_at is None or b.new_at > now))
    return ()


def _budget(host: str, limit: Any, at: datetime) -> Budget | None:
    if not isinstance(limit, dict) or not isinstance(limit.get("left"), int | float):
        return None
    of, reset = limit.get("of"), limit.get("reset_s")
    return Budget(
        host=host, left=int(limit["left"]), of=None if of is None else int(of),
        new_at=None if reset is None else at + timedelta(seconds=float(reset)),
    )  # fmt: skip


def _requests(state: State, since: datetime) -> dict[str, int]:
    rows = state.connection.execute(
        "SELECT job, sum(asked) FROM runs WHERE started_at>=? GROUP BY job",
        (since.astimezone(UTC).isoformat(timespec="microseconds"),),
    )
    return {row[0]: int(row[1]) for row in rows}


# back-fill


def _reach(state: State, name: str, facts: SourceFacts | None) -> Reach:
    """What the cursors say of it, as `crawlers.ways.backfill` moves them."""
    if facts is None or not has_past(facts.platform, facts.timeline):
        return Reach(state="never")
    asked = [cursors.moment(state.cursor(name, key)) for key in ("backfill_to", "backfill_asked")]
    back_to = min((moment for moment in asked if moment is not None), default=None)
    oldest = cursors.table(state.cursor(name, "oldest"))
    reached = cursors.moment(oldest.get("reached"))
    if back_to is None:
        return Reach(state="none", reached=reached)
    if reached is not None and reached <= back_to:
        return Reach(state="done", back_to=back_to, reached=reached)
    return Reach(state="ended" if oldest.get("ended") else "under way", back_to=back_to, reached=reached)
