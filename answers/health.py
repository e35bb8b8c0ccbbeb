"""Is everything well behind the numbers: the engine, the spool, the intake, and what could not be taken.

Asked without an ``Asking``, because the answer matters most while the engine cannot even be opened.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

from answers.sources import changes_told
from posts.errors import RasadError, SpoolError
from store import runs, shape
from store.deepening import Behind, behind
from store.forget import pending
from store.protocol import Health, Store
from store.spool import Spool
from store.state import State
from store.transfer import noted

INTAKE_NOTE: Final = "intake"
PROBLEM_NOTE: Final = "settings.problem"
SILENT: Final = timedelta(minutes=2)
"""The intake tells of itself every ten seconds; after so long without a word it does not run."""
FULL_SPOOL: Final = 2**30
LATE: Final = timedelta(minutes=15)
"""A post that waits longer for its second reading is worth a word, where nobody reads."""
_COUNTED: Final = 20

Engine = Literal["embedded", "elasticsearch"]
IntakeState = Literal["ok", "trouble", "not running"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What the spool holds. ``posts`` is an estimate from its oldest files where not ``exact``."""

    files: int
    posts: int
    bytes: int
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeReport:
    """How the service's intake fares, as it tells of itself.

    ``at`` is when it last did, ``since`` when a trouble began, ``reason`` the trouble in English.
    """

    state: IntakeState
    at: datetime | None = None
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """One thing that a person should know, worst first: ``why`` is the key of its text in ``words``.

    ``values`` fill the text (moments as ``datetime``, sizes and counts as numbers); ``said`` are an
    engine's or library's own words, in English.
    """

    why: str
    serious: bool
    values: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthReport:
    """All of it at one moment; ``posts`` and ``bytes`` are ``None`` while the engine does not answer.

    ``behind`` tells how many posts wait for their second reading; ``None`` where nobody has begun with it.
    """

    engine: Engine
    answers: bool
    posts: int | None
    bytes: int | None
    waiting: Waiting
    intake: IntakeReport
    dead_letters: int
    behind: Behind | None
    concerns: tuple[Concern, ...]


def health(
    engine: Engine, *, open_engine: Callable[[], Store], spool: Path, state: State, now: datetime
) -> HealthReport:
    """How the project's machinery fares; never raises for an engine that is down.

    ``open_engine`` is tried once, its ``RasadError`` becomes a concern.
    """
    found, waits = _asked(engine, open_engine, state)
    waiting, spool_trouble = _waiting(spool)
    intake = _intake(state.note(INTAKE_NOTE), now)
    concerns = [*_of_engine(found)]
    if spool_trouble:
        concerns.append(Concern(why="health.spool_unreadable", serious=True, said=spool_trouble))
    concerns += _of_intake(intake, waiting)
    concerns += of_reading(waits, intake, now)
    concerns += unfinished(state)
    concerns += changed_sources(state, now=now)
    if problem := state.note(PROBLEM_NOTE):
        concerns.append(Concern(why="health.settings_problem", serious=True, said=problem))
    return HealthReport(
        engine=engine, answers=found.ok, posts=found.posts if found.ok else None, bytes=found.bytes,
        waiting=waiting, intake=intake, dead_letters=state.count_dead_letters(), behind=waits,
        concerns=tuple(sorted(concerns, key=lambda concern: not concern.serious)),
    )  # fmt: skip


def unfinished(state: State) -> list[Concern]:
    """What was begun with the data and is not at its end: an erasure, a move between engines."""
    concerns = []
    if pending(state):
        concerns.append(Concern(why="health.forget_unfinished", serious=True))
    move = noted(state)
    if move is not None:
        why = "health.old_engine" if move.verified else "health.move_unfinished"
        concerns.append(
            Concern(why=why, serious=False, values={"source": move.source, "target": move.target})
        )
    return concerns


def changed_sources(state: State, *, now: datetime) -> list[Concern]:
    """The sources that have changed their shape within a day: what they said may have been lost."""
    concerns = []
    for job in runs.jobs(state):
        changed = shape.change(state, job, now=now)
        if changed is not None:
            values = {"source": job, **changes_told(changed)}
            concerns.append(Concern(why=f"health.shape_{changed.kind}", serious=False, values=values))
    return concerns


def of_reading(waits: Behind | None, intake: IntakeReport, now: datetime) -> list[Concern]:
    """Posts that wait for their second reading while nobody reads."""
    if waits is None or not waits.posts or intake.state == "ok":
        return []
    if waits.since is not None and now - waits.since < LATE:
        return []
    return [Concern(why="health.nobody_reads", serious=False, values={"n": waits.posts})]


def _asked(engine: Engine, open_engine: Callable[[], Store], state: State) -> tuple[Health, Behind | None]:
    try:
        store = open_engine()
        found = store.health()
        return found, behind(store, state) if found.ok else None
    except (RasadError, OSError) as error:
        return Health(engine=engine, ok=False, posts=0, bytes=None, warnings=(str(error),)), None


def _waiting(folder: Path) -> tuple[Waiting, str]:
    """What waits, and why that cannot be told, if it cannot."""
    try:
        spool = Spool(folder)
        files, size = spool.files(), spool.size()
    except (SpoolError, OSError) as error:
        return Waiting(files=0, posts=0, bytes=0), str(error)
    counted = sum(spool.count(path) for path in files[:_COUNTED])
    exact = len(files) <= _COUNTED
    posts = counted if exact else round(counted * len(files) / _COUNTED)
    return Waiting(files=len(files), posts=posts, bytes=size, exact=exact), ""


def _intake(note: str | None, now: datetime) -> IntakeReport:
    try:
        told = json.loads(note or "{}")
        at = datetime.fromisoformat(told["at"])
        since = datetime.fromisoformat(told["since"]) if told.get("since") else None
        state, reason = told["state"], str(told.get("reason") or "")
    except (ValueError, KeyError, TypeError):
        return IntakeReport(state="not running")
    if now - at > SILENT:
        return IntakeReport(state="not running", at=at)
    if state == "ok":
        return IntakeReport(state="ok", at=at)
    return IntakeReport(state="trouble", at=at, since=since, reason=reason)


def _of_engine(found: Health) -> list[Concern]:
    if not found.ok:
        return [Concern(why="health.engine_down", serious=True, said="\n".join(found.warnings))]
    return [Concern(why="health.engine_warns", serious=False, said=said) for said in found.warnings]


def _of_intake(intake: IntakeReport, waiting: Waiting) -> list[Concern]:
    concerns = []
    if intake.state == "trouble":
        concerns.append(
            Concern(
                why="health.intake_trouble",
                serious=True,
                said=intake.reason,
                values={"since": intake.since or intake.at},
            )
        )
    elif intake.state == "not running" and waiting.files:
        concerns.append(Concern(why="health.nobody_takes_in", serious=True, values={"n": waiting.posts}))
    if waiting.bytes > FULL_SPOOL:
        concerns.append(Concern(why="health.spool_large", serious=False))
    return concerns
