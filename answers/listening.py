"""When each source was listened to: the ledger, and where it is silent what became of the runs.

What no stretch of the ledger tells of is missing where a run failed in it or where nobody ran although
the source was due; before the first word about a source, and where its runs went well but told nothing, it
is unknown. The time since the last crawl is neither until the source is late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from answers.asking import Asking, SourceFacts
from store import heard, runs
from store.heard import Resolved, Stretch
from store.runs import Ended
from trends.intervals import Span, Spans, common, subtract, union

LEAST_LATE: Final = timedelta(hours=1)
_BRIDGED_S: Final = 60
_CAUSES: Final = {"put off": "rate limit", "refused": "refused", "not set up": "not set up", "error": "error"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why posts of a time are missing, or that they were deleted: ``why`` is a key of ``common.missing``.

    ``posts`` is how many where that is counted, ``said`` what the run noted, in English.
    """

    source: str
    why: str
    since: datetime
    until: datetime
    posts: int | None = None
    run_id: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A source's time in seconds since 1970: ``collected`` and ``missing`` have none in common.

    ``counted`` and ``deleted`` are (moment, number of posts). The reasons are not ``merged`` yet.
    """

    collected: Spans = ()
    missing: Spans = ()
    counted: tuple[tuple[int, int], ...] = ()
    deleted: tuple[tuple[int, int], ...] = ()
    reasons: tuple[Reason, ...] = ()


def cut(whole: Listening, window: Span) -> Listening:
    """The part of it that lies in the window."""
    reasons = []
    for reason in whole.reasons:
        if reason.posts is not None:
            if window[0] <= heard.quarter(reason.since) < window[1]:
                reasons.append(reason)
            continue
        span = int(reason.since.timestamp()), int(reason.until.timestamp())
        for since, until in common((span,), (window,)):
            reasons.append(replace(reason, since=_moment(since), until=_moment(until)))
    return Listening(
        collected=common(whole.collected, (window,)),
        missing=common(whole.missing, (window,)),
        counted=tuple(each for each in whole.counted if window[0] <= each[0] < window[1]),
        deleted=tuple(each for each in whole.deleted if window[0] <= each[0] < window[1]),
        reasons=tuple(reasons),
    )


def listening(
    asking: Asking, facts: Sequence[SourceFacts], *, since: datetime, until: datetime
) -> dict[str, Listening]:
    """How each of these sources was listened to from ``since`` to ``until`` (never beyond now)."""
    until = min(until, asking.now.replace(microsecond=0))
    ledger = heard.resolved(asking.state, since=since, until=until)
    first = heard.first_heard(asking.state)
    window = int(since.timestamp()), max(int(since.timestamp()), int(until.timestamp()))
    return {
        each.name: _listening(
            asking, each, ledger.get(each.name, Resolved()), first.get(each.name), window
        )
        for each in facts
    }  # fmt: skip


def _listening(
    asking: Asking, facts: SourceFacts, ledger: Resolved, first: datetime | None, window: Span
) -> Listening:
    collected = common(ledger.collected, (window,))
    told = [
        (part, _reason(stretch)) for span, stretch in ledger.missing for part in common((span,), (window,))
    ]
    covered = union([*collected, *(span for span, _ in told)])
    holes = _holes(asking, facts, covered, first, window)
    reasons = [replace(reason, since=_moment(a), until=_moment(b)) for (a, b), reason in (*told, *holes)]
    counted = [each for each in ledger.counted if window[0] <= heard.quarter(each.since) < window[1]]
    deleted = [each for each in ledger.deleted if window[0] <= heard.quarter(each.since) < window[1]]
    return Listening(
        collected=collected,
        missing=union([*(span for span, _ in told), *(span for span, _ in holes)]),
        counted=tuple((heard.quarter(each.since), each.posts or 0) for each in counted),
        deleted=tuple((heard.quarter(each.since), each.posts or 0) for each in deleted),
        reasons=tuple([*reasons, *map(_reason, counted), *map(_reason, deleted)]),
    )


def _reason(stretch: Stretch) -> Reason:
    why = stretch.why or stretch.what
    return Reason(
        source=stretch.source, why=why, since=stretch.since, until=stretch.until, posts=stretch.posts,
        run_id=stretch.run_id,
    )  # fmt: skip


def merged(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons in the order of time; neighbours that say the same are one, under the last of their runs."""
    found: list[Reason] = []
    for reason in sorted(reasons, key=lambda each: (each.why, each.since, each.until)):
        last = found[-1] if found else None
        same = last is not None and (last.why, last.said) == (reason.why, reason.said)
        # What is counted lies apart in time and yet is one thing of a day.
        near = last is not None and (
            reason.since <= last.until
            if reason.posts is None
            else reason.since - last.until < timedelta(days=1)
        )
        if last is not None and same and near and (reason.posts is None) == (last.posts is None):
            posts = None if reason.posts is None else reason.posts + (last.posts or 0)
            until = max(last.until, reason.until)
            found[-1] = replace(last, until=until, posts=posts, run_id=reason.run_id)
        else:
            found.append(reason)
    return tuple(sorted(found, key=lambda each: (each.since, each.until, each.why)))


def _holes(
    asking: Asking, facts: SourceFacts, covered: Spans, first: datetime | None, window: Span
) -> list[tuple[Span, Reason]]:
    """The parts of the window of which no stretch tells and that are missing, each with its reason."""
    begun = first or runs.first_begun(asking.state, facts.name)
    if begun is None or facts.every is None:
        return []
    known = max(window[0], int(begun.timestamp())), window[1]
    found = []
    for hole in subtract((known,), covered):
        if hole[1] - hole[0] > _BRIDGED_S:
            found += _hole(asking, facts, hole)
    return found


def _hole(asking: Asking, facts: SourceFacts, hole: Span) -> list[tuple[Span, Reason]]:
    """Up to each run it is that run's doing; behind the last one, and where nobody ran, that of no run."""
    assert facts.every is not None
    late = int(max(3 * facts.every, LEAST_LATE).total_seconds())
    # The run that read what lies behind the hole began a little after it.
    ran = runs.between(asking.state, facts.name, _moment(hole[0]), _moment(hole[1] + late))
    ran = [run for run in ran if not _is_alive(asking, facts, run)]
    found: list[tuple[Span, Reason]] = []
    at, resting = hole[0], None
    for run in ran:
        end = min(hole[1], int(run.started_at.timestamp()))
        why = _cause(run)
        if end > at and why is not None:
            found.append(((at, end), _nobody(facts, why=why, run=run)))
        elif end - at > late:
            found.append(((at, end), resting or _nobody(facts, why="not asked")))
        at = max(at, end)
        # Whoever was asked to wait does not ask again until then.
        resting = _nobody(facts, why=why, run=run) if why == "rate limit" else None
    if hole[1] - at > late:
        paused = facts.paused or asking.state.control(facts.name).paused
        paused = paused and hole[1] >= int(asking.now.timestamp()) - 1
        found.append(((at, hole[1]), resting or _nobody(facts, why="paused" if paused else "not asked")))
    return found


def _nobody(facts: SourceFacts, *, why: str, run: Ended | None = None) -> Reason:
    """A reason whose time is filled in later."""
    moment = datetime.min.replace(tzinfo=UTC)
    return Reason(
        source=facts.name, why=why, since=moment, until=moment,
        run_id=run.run_id if run else "", said=run.reason if run else "",
    )  # fmt: skip


def _is_alive(asking: Asking, facts: SourceFacts, run: Ended) -> bool:
    return run.state == "running" and asking.now - run.started_at <= facts.longest_run


def _cause(run: Ended) -> str | None:
    """Why this run did not read what it should have; ``None`` for one that ended well."""
    if run.state != "done":
        return "interrupted"
    return _CAUSES.get(run.outcome or "error")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
