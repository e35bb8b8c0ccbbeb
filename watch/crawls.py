"""One crawl of one source: begun once for its due time, one at a time for its host, its end on record."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from config.project import Settings, Source
from crawlers.run import crawl
from store.state import Run, State
from watch.hosts import host_lock, host_of, lane_of


class Crawl(Protocol):
    """`crawlers.run.crawl`, or what a test puts in its place."""

    def __call__(self, settings: Settings, source: Source, *, run_id: str, due_at: datetime) -> Run: ...


LISTENS_FOR: Final = timedelta(seconds=60)
"""So long a person who asks for a stream waits at most."""
NO_CONTACT = (
    "Public servers are asked only with a contact for the user agent: set project.contact to a mail address"
    " or a page of yours."
)


def state_of(settings: Settings) -> State:
    """The state file of the project, opened; the caller closes it."""
    return State(settings.state)


def may_be_asked(settings: Settings, source: Source) -> bool:
    """Whether the source may be crawled at all: a public host only with a contact."""
    host = host_of(source.url)
    port = 443 if source.url.startswith("https:") else 80
    allowed = {host, f"{host}:{port}"} & set(settings.crawl.allow_hosts)
    return bool(settings.project.contact.strip() or allowed)


def run_due(
    settings: Settings,
    source: Source,
    *,
    due_at: datetime,
    home: Path,
    clock: Callable[[], datetime],
    crawl: Crawl = crawl,
) -> Run | None:
    """The run of this due time, made now; ``None`` if it has had one or the source is to be left alone.

    A pause or a put-off is looked at again after the host is free, because waiting may have been long.
    A run that was interrupted is made again under its due time.
    """
    with host_lock(home, lane_of(settings, source)) as held, state_of(settings) as state:
        if not held or is_resting(state, source, clock()):
            return None
        if not may_be_asked(settings, source):
            return _note_missing_contact(state, source, clock())
        state.interrupt_runs(job=source.name)
        run_id = new_run_id(source, due_at)
        if not state.begin_run(run_id, job=source.name, due_at=due_at, started_at=clock()):
            return None
        return crawl(settings, source, run_id=run_id, due_at=due_at)


def run_now(settings: Settings, source: Source, *, home: Path, crawl: Crawl = crawl) -> Run:
    """The run that a person asked for, made whatever the schedule says; only a put-off is respected.

    A stream is listened to for a minute, not until it is due again.
    """
    now = datetime.now(UTC)
    if source.timeline == "stream":
        source = source.model_copy(update={"every": min(source.every, LISTENS_FOR)})
    run_id = new_run_id(source, now)
    with host_lock(home, lane_of(settings, source)) as held, state_of(settings) as state:
        if held:
            state.interrupt_runs(job=source.name)
        state.begin_run(run_id, job=source.name, due_at=now, started_at=now)
        outcome, reason = _hindrance(settings, source, state, held=held)
        if not outcome:
            # A feed that says when it is renewed is asked all the same.
            state.move_cursors(source.name, {"not_before": None}, at=now)
            return crawl(settings, source, run_id=run_id, due_at=now)
        state.end_run(run_id, ended_at=datetime.now(UTC), outcome=outcome, reason=reason)
        return Run(
            run_id=run_id,
            job=source.name,
            due_at=now,
            started_at=now,
            state="done",
            outcome=outcome,
            reason=reason,
            details={},
        )


def is_listened_to(settings: Settings, source: Source, *, home: Path) -> bool:
    """Whether the source is a stream on whose line somebody is already: to wait for it would be long."""
    if source.timeline != "stream":
        return False
    with host_lock(home, lane_of(settings, source), timeout_s=0) as free:
        return not free


def _hindrance(settings: Settings, source: Source, state: State, *, held: bool) -> tuple[str, str]:
    """Why the source must not be asked now: outcome and reason, both empty if it may."""
    control = state.control(source.name)
    if not may_be_asked(settings, source):
        return "not set up", NO_CONTACT
    if control.put_off_until is not None and control.put_off_until > datetime.now(UTC):
        until = control.put_off_until.strftime("%Y-%m-%d %H:%M UTC")
        return "put off", f"{control.put_off_reason or 'the server asked to wait'}; put off until {until}"
    if not held:
        return "put off", "another crawl of the same host took too long"
    return "", ""


def is_resting(state: State, source: Source, now: datetime) -> bool:
    """Whether a person has paused the source, or its server has asked to wait."""
    control = state.control(source.name)
    put_off = control.put_off_until is not None and control.put_off_until > now
    return source.paused or control.paused or put_off


def new_run_id(source: Source, due_at: datetime) -> str:
    """An id that reads: the source, the due time, and what tells two tries apart."""
    return f"{source.name}-{due_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"


def _note_missing_contact(state: State, source: Source, now: datetime) -> Run | None:
    """On record once, not at each due time; the due time itself stays free for when there is a contact."""
    last = state.runs(job=source.name, limit=1)
    if last and last[0].outcome == "not set up" and last[0].reason == NO_CONTACT:
        return None
    run_id = new_run_id(source, now)
    state.begin_run(run_id, job=source.name, due_at=now, started_at=now)
    state.end_run(run_id, ended_at=now, outcome="not set up", reason=NO_CONTACT)
    return state.runs(job=source.name, limit=1)[0]
