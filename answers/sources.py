"""Can today's numbers be trusted: each source's state, why, and how far its posts reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import numpy as np

from answers.asking import Asking, SourceFacts, matching
from posts.answer import Answer, Figure, SourceCoverage, SourceState
from posts.selection import Selection
from store import shape
from store.shape import Change
from store.state import INTERRUPTED, Run, SourceControl
from words import texts

LEAST_SILENCE: Final = timedelta(hours=6)
_GAPS_OF = 200
_LEAST_GAPS = 5
_STATES: Final[dict[str, SourceState]] = {
    "ok": "ok", "partial": "partial", "error": "error", "refused": "refused", "put off": "put off",
    "not set up": "not set up",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceReport:
    """One source: ``reason`` says in English why it is in this state.

    Where the reason is Rasad's own and not the server's, ``why`` is the key of its text in ``words`` and
    ``values`` what to fill it with (moments as ``datetime``), so that it can be said in Persian.
    """

    source: str
    platform: str
    state: SourceState
    reason: str
    posts: Figure
    posts_last_day: Figure
    newest_post_at: datetime | None = None
    last_run: Run | None = None
    next_due_at: datetime | None = None
    put_off_until: datetime | None = None
    every: timedelta | None = None
    why: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What the store holds of a source."""

    posts: int = 0
    last_day: int = 0
    newest: datetime | None = None


def sources(asking: Asking) -> Answer[tuple[SourceReport, ...]]:
    """Every source of the project, in its order, and after them those that only the store knows (imports)."""
    day = Selection(since=asking.now.replace(microsecond=0) - timedelta(days=1))
    heard = _heard(asking, day)
    listed = {facts.name for facts in asking.sources}
    reports = [_report(asking, facts, heard.get(facts.name, _Heard()), day) for facts in asking.sources]
    reports += [_foreign(asking, name, found, day) for name, found in heard.items() if name not in listed]
    return Answer(
        value=tuple(reports), selection=Selection(), time_zone=asking.time_zone, definition="sources",
        version=1, as_of=asking.now, coverage=tuple(_covered(report) for report in reports),
    )  # fmt: skip


def usual_silence(gaps_s: list[float], *, expect_per_day: int | None = None) -> timedelta | None:
    """After how long without a post a source is silent; ``None`` where its habit is not known.

    Five times the median gap between its last 200 posts, 1.5 times the gap that only 2 in 100 exceed
    (the night, the weekend), and at least six hours. With fewer than five gaps, five times the gap that
    the expected posts a day would have.
    """
    if len(gaps_s) < _LEAST_GAPS:
        if expect_per_day is None:
            return None
        return max(LEAST_SILENCE, 5 * timedelta(days=1) / expect_per_day)
    longest = max(5 * float(np.median(gaps_s)), 1.5 * float(np.percentile(gaps_s, 98)))
    return max(LEAST_SILENCE, timedelta(seconds=longest))


def _heard(asking: Asking, day: Selection) -> dict[str, _Heard]:
    """Posts, newest post and posts of the last day of every source in the store, in two questions."""
    aggs = {
        "by": {
            "terms": {"field": "source", "size": 1_000, "order": {"_key": "asc"}},
            "aggs": {"newest": {"max": {"field": "created_at"}}},
        }
    }
    found: dict[str, _Heard] = {}
    last = _buckets(asking, day, aggs)
    for name, bucket in _buckets(asking, Selection(), aggs).items():
        newest = bucket["newest"]["value"]
        found[name] = _Heard(
            posts=bucket["doc_count"],
            last_day=last[name]["doc_count"] if name in last else 0,
            newest=None if newest is None else datetime.fromtimestamp(newest / 1000, UTC),
        )
    return found


def _buckets(asking: Asking, selection: Selection, aggs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    request = {"query": matching(asking, selection), "size": 0, "aggs": aggs}
    buckets = asking.store.search("posts", request)["aggregations"]["by"]["buckets"]
    return {bucket["key"]: bucket for bucket in buckets}


def _report(asking: Asking, facts: SourceFacts, heard: _Heard, day: Selection) -> SourceReport:
    control = asking.state.control(facts.name)
    runs = [_living(asking, facts, run) for run in asking.state.runs(job=facts.name, limit=5)]
    ended = next((run for run in runs if run.state != "running"), None)
    state, why, values, said = _judged(asking, facts, heard, control, runs, ended)
    return SourceReport(
        source=facts.name, platform=facts.platform, state=state,
        reason=said or _in_english(why, values),
        posts=Figure(value=heard.posts, selection=Selection(source=facts.name)),
        posts_last_day=Figure(value=heard.last_day, selection=day.narrowed(source=facts.name)),
        newest_post_at=heard.newest, last_run=runs[0] if runs else None,
        next_due_at=_next_due(asking, facts, control, runs),
        put_off_until=control.put_off_until if _is_put_off(control, asking.now) else None,
        every=facts.every, why=None if said else why, values=values,
    )  # fmt: skip


def _living(asking: Asking, facts: SourceFacts, run: Run) -> Run:
    """The run, as interrupted if nobody can be at it any more (its process and its watcher were killed)."""
    if run.state != "running" or asking.now - run.started_at <= facts.longest_run:
        return run
    return replace(run, state="interrupted", outcome="error", reason=INTERRUPTED)


def _judged(
    asking: Asking,
    facts: SourceFacts,
    heard: _Heard,
    control: SourceControl,
    runs: list[Run],
    ended: Run | None,
) -> tuple[SourceState, str, dict[str, Any], str]:
    """The state, the key and values of its text, and the server's own words where there are any."""
    if facts.paused or control.paused:
        return "paused", "sources.paused", {}, ""
    if _is_put_off(control, asking.now):
        values = {"until": control.put_off_until, "why": control.put_off_reason}
        return "put off", "sources.put_off", values, ""
    if ended is None:
        if runs:
            return "ok", "sources.first_run", {}, ""
        if not heard.posts:
            return "not set up", "sources.never_run", {}, ""
        since = _silent_since(asking, facts, heard)
        return ("ok", "sources.imported", {}, "") if since is None else _silent(since)
    state = _STATES.get(ended.outcome or "error", "error")
    changed = shape.change(asking.state, facts.name, now=asking.now) if state in ("ok", "partial") else None
    if changed is not None:
        return "partial", f"sources.shape_{changed.kind}", changes_told(changed), ""
    if state != "ok":
        return state, f"sources.ended_{state.replace(' ', '_')}", {"at": ended.ended_at}, ended.reason
    late = _late(asking, facts, runs)
    if late is not None:
        return "silent", "sources.not_asked", {"since": late}, ""
    silent_since = _silent_since(asking, facts, heard)
    if silent_since is not None:
        return _silent(silent_since)
    return "ok", "sources.ok", {"at": ended.ended_at or ended.started_at, "got": ended.got}, ""


def changes_told(changed: Change) -> dict[str, Any]:
    """What fills the text of a change."""
    # Names of fields are written by a server: what a text is filled with has no end otherwise.
    fields = ", ".join(name[:60] for name in changed.fields)
    return {"since": changed.since, "n": changed.n, "of": changed.of, "fields": fields}


def _silent(since: datetime) -> tuple[SourceState, str, dict[str, Any], str]:
    return "silent", "sources.silent", {"since": since}, ""


def _late(asking: Asking, facts: SourceFacts, runs: list[Run]) -> datetime | None:
    """When a source was last asked, if that is more than three of its turns (and an hour) ago."""
    if facts.every is None:
        return None
    last = max(run.started_at for run in runs)
    return last if asking.now - last > max(3 * facts.every, timedelta(hours=1)) else None


def _silent_since(asking: Asking, facts: SourceFacts, heard: _Heard) -> datetime | None:
    """When the last post was written, if it is well longer ago than the source's usual gap."""
    if heard.newest is None or asking.now - heard.newest <= LEAST_SILENCE:
        return None
    request = {
        "query": matching(asking, Selection(source=facts.name, until=asking.now)), "size": _GAPS_OF,
        "sort": [{"created_at": "desc"}, {"id": "asc"}], "_source": ["created_at"],
    }  # fmt: skip
    hits = asking.store.search("posts", request)["hits"]["hits"]
    times = [datetime.fromisoformat(hit["_source"]["created_at"]).timestamp() for hit in hits]
    gaps = [later - earlier for later, earlier in pairwise(times)]
    usual = usual_silence(gaps, expect_per_day=facts.expect_per_day)
    return heard.newest if usual is not None and asking.now - heard.newest > usual else None


def _is_put_off(control: SourceControl, now: datetime) -> bool:
    return control.put_off_until is not None and control.put_off_until > now


def _next_due(asking: Asking, facts: SourceFacts, control: SourceControl, runs: list[Run]) -> datetime | None:
    if facts.every is None or facts.paused or control.paused:
        return None
    due = max(asking.now, runs[0].due_at + facts.every) if runs else asking.now
    return max(due, control.put_off_until) if control.put_off_until else due


def _foreign(asking: Asking, name: str, heard: _Heard, day: Selection) -> SourceReport:
    """A source that the project does not list: posts that were brought in, or a source since removed."""
    query = matching(asking, Selection(source=name))
    request = {"query": query, "size": 0, "aggs": {"by": {"terms": {"field": "platform", "size": 1}}}}
    platforms = asking.store.search("posts", request)["aggregations"]["by"]["buckets"]
    return SourceReport(
        source=name, platform=platforms[0]["key"] if platforms else "", state="ok",
        reason=_in_english("sources.unlisted", {}),
        posts=Figure(value=heard.posts, selection=Selection(source=name)),
        posts_last_day=Figure(value=heard.last_day, selection=day.narrowed(source=name)),
        newest_post_at=heard.newest, why="sources.unlisted",
    )  # fmt: skip


def _in_english(why: str, values: Mapping[str, Any]) -> str:
    shown = {
        key: f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value
        for key, value in values.items()
    }
    return texts.text(why, "en", **shown).strip()


def _covered(report: SourceReport) -> SourceCoverage:
    return SourceCoverage(
        source=report.source, state=report.state, reason=report.reason, newest_post_at=report.newest_post_at
    )
