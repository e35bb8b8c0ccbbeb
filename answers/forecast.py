"""What comes: posts (or authors) of a selection in the next hours and days, or why that cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.begun import history_begun
from answers.counting import bar_starts, top
from answers.coverage import answered
from answers.listening import listening
from answers.narrowing import within
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends.forecast import Cannot, Check, Forecast, Span, forecast
from trends.schemes import DAYS, SCHEMES, Scheme

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Measure = Literal["posts", "authors"]
Horizon = Literal["hour", "day"]

SHOWN: Final[dict[str, int]] = {"hour": 72, "day": 28}
"""So many steps of the past stand before the forecast."""
_UNHEARD: Final = 0.25
"""A step is not heard if so much of what is usually heard was not listened to."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One step that is over; ``heard`` if its sources were listened to."""

    start: datetime
    end: datetime
    posts: Figure
    authors: Figure
    heard: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step to come."""

    start: datetime
    end: datetime
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The steps of the past and those to come, which begin at ``origin``, the last whole hour or midnight.

    ``cannot`` says why nothing is foretold; then ``steps`` is empty. ``total`` is the sum of the steps: posts
    only, for authors of many hours are not theirs added. ``check`` tells how forecasts of the same series
    fared; it may be there where ``cannot`` is. ``history`` steps of the past were looked at, of which
    ``unheard`` count as not known.
    """

    measure: Measure
    horizon: Horizon
    origin: datetime
    past: tuple[Past, ...]
    steps: tuple[Step, ...]
    total: Span | None
    check: Check | None
    cannot: Cannot | None
    history: int
    unheard: int


def ahead(
    asking: Asking, selection: Selection, *, horizon: Horizon = "hour", measure: Measure = "posts"
) -> Answer[Outlook]:
    """What comes after the end of the selection (or after now) by up to six weeks of hours or half a year.

    The beginning of the selection does not matter. Hours are whole ones of the project's clock.
    """
    scheme = SCHEMES[horizon]
    until = min(selection.until or asking.now, asking.now)
    starts, ends = _grid(until, scheme, asking.time_zone)
    asked = selection.narrowed(since=starts[0], until=ends[-1], edge=None, toward=None)
    begun = history_begun(asking, asked)
    first = int(np.searchsorted(_seconds(ends), int(begun.timestamp()), side="right"))
    starts, ends = starts[first:], ends[first:]
    if not starts:
        nothing = Outlook(
            measure=measure, horizon=horizon, origin=asked.until or until, past=(), steps=(), total=None,
            check=None, cannot=Cannot(reason="short", have=0, need=scheme.least), history=0, unheard=0,
        )  # fmt: skip
        return answered(asking, asked, nothing, "forecast")
    asked = asked.narrowed(since=starts[0])
    counted = _counted(asking, asked, starts)
    heard = _heard(asking, asked, starts, ends)
    known = np.where(heard, counted[measure].astype(float), np.nan)
    found = forecast(known, scheme)
    outlook = _outlook(asked, found, starts, ends, counted, heard, scheme, measure, asking.time_zone)
    return answered(asking, asked, outlook, "forecast")


def _outlook(
    asked: Selection, found: Forecast | Cannot, starts: Sequence[datetime], ends: Sequence[datetime],
    counted: dict[str, Ints], heard: npt.NDArray[np.bool_], scheme: Scheme, measure: Measure, zone: str,
) -> Outlook:  # fmt: skip
    told = found if isinstance(found, Forecast) else None
    coming = _coming(ends[-1], scheme, zone)
    return Outlook(
        measure=measure, horizon=scheme.name, origin=ends[-1],
        past=_past(asked, starts, ends, counted, heard)[-SHOWN[scheme.name] :],
        steps=tuple(
            Step(start=start, end=end, span=span)
            for (start, end), span in zip(coming, told.steps if told else (), strict=False)
        ),
        total=told.total if told and measure == "posts" else None,
        check=found.check, cannot=found if isinstance(found, Cannot) else None,
        history=len(starts), unheard=int((~heard).sum()),
    )  # fmt: skip


def _past(
    asked: Selection, starts: Sequence[datetime], ends: Sequence[datetime], counted: dict[str, Ints],
    heard: npt.NDArray[np.bool_],
) -> tuple[Past, ...]:  # fmt: skip
    columns = (counted["posts"].tolist(), counted["authors"].tolist(), heard.tolist())
    found = []
    for start, end, posts, authors, listened in zip(starts, ends, *columns, strict=True):
        opened = within(asked, start, end)
        found.append(
            Past(
                start=start, end=end, heard=listened,
                posts=Figure(value=posts, selection=opened), authors=Figure(value=authors, selection=opened),
            )
        )  # fmt: skip
    return tuple(found)


def _grid(until: datetime, scheme: Scheme, time_zone: str) -> tuple[list[datetime], list[datetime]]:
    """Where the steps that are over begin and end, as far back as is looked at."""
    zone = ZoneInfo(time_zone)
    if scheme is DAYS:
        local = until.astimezone(zone)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
        starts, _ = bar_starts(midnight - scheme.longest * _DAY, midnight, time_zone)
        return starts, [*starts[1:], midnight]
    # Clocks of some zones strike the hour when UTC's are at half past.
    shift = int((until.astimezone(zone).utcoffset() or timedelta()).total_seconds()) % 3600
    last = (int(until.timestamp()) + shift) // 3600 * 3600 - shift
    marks = [
        datetime.fromtimestamp(last - 3600 * back, UTC) for back in range(scheme.longest, -1, -1)
    ]  # fmt: skip
    return marks[:-1], marks[1:]


def _coming(origin: datetime, scheme: Scheme, time_zone: str) -> list[tuple[datetime, datetime]]:
    if scheme is DAYS:
        # A day is not always 24 hours long, so one more is laid out than is needed.
        starts, _ = bar_starts(origin, origin + (scheme.steps + 2) * _DAY, time_zone)
    else:
        starts = [origin + timedelta(hours=step) for step in range(scheme.steps + 1)]
    return list(pairwise(starts))[: scheme.steps]


def _seconds(moments: Sequence[datetime]) -> Ints:
    return np.array([int(moment.timestamp()) for moment in moments], dtype=np.int64)


def _counted(asking: Asking, asked: Selection, starts: Sequence[datetime]) -> dict[str, Ints]:
    """Posts and distinct authors of each step."""
    columns = asking.store.columns("posts", matching(asking, asked), ["created_at", "author_n"])
    size = len(starts)
    step = np.searchsorted(_seconds(starts), columns["created_at"], side="right") - 1
    inside = step >= 0
    step, author = step[inside], columns["author_n"][inside]
    named = author >= 0
    _, person = np.unique(author[named], return_inverse=True)
    pairs = np.unique(person * size + step[named])
    return {
        "posts": np.bincount(step, minlength=size).astype(np.int64),
        "authors": np.bincount(pairs % size, minlength=size).astype(np.int64),
    }


def _heard(
    asking: Asking, asked: Selection, starts: Sequence[datetime], ends: Sequence[datetime]
) -> npt.NDArray[np.bool_]:
    """Which steps were listened to, each source counting by its share of these posts."""
    assert asked.since is not None
    assert asked.until is not None
    facts = [
        each
        for each in asking.sources
        if asked.source in (None, each.name) and asked.platform in (None, each.platform)
    ]
    begins, behind = _seconds(starts), _seconds(ends)
    missed = np.zeros(len(starts))
    if not facts:
        return np.ones(len(starts), dtype=np.bool_)
    shares = dict(top(asking, matching(asking, asked), "source", size=1_000))
    told = listening(asking, facts, since=asked.since, until=asked.until)
    every = sum(shares.values()) or 1
    for name, each in told.items():
        for span in each.missing:
            inside = np.minimum(behind, span[1]) - np.maximum(begins, span[0])
            missed += np.clip(inside, 0, None) / (behind - begins) * shares.get(name, 0) / every
    found: npt.NDArray[np.bool_] = missed <= _UNHEARD
    return found


def record(outlook: Outlook) -> dict[str, Any]:
    """The outlook as programs read it."""
    return {
        "measure": outlook.measure, "step": outlook.horizon, "origin": outlook.origin,
        "total": _span(outlook.total),
        "steps": [
            {"start": step.start, "end": step.end, **(_span(step.span) or {})} for step in outlook.steps
        ],
        "cannot": _fields(outlook.cannot, "reason", "have", "need"),
        "check": _fields(outlook.check, *Check.__dataclass_fields__),
        "history": outlook.history, "unheard": outlook.unheard,
    }  # fmt: skip


def _span(span: Span | None) -> dict[str, float] | None:
    return _fields(span, *Span.__dataclass_fields__)


def _fields(value: object | None, *names: str) -> dict[str, Any] | None:
    return None if value is None else {name: getattr(value, name) for name in names}
