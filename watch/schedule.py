"""What is due when, in all projects of a home: sources by their interval, the demo's arrivals.

Jobs are not kept: they are rebuilt from the project files at each start and whenever one changes. What
is kept is which due time has had its run (`State.begin_run`), so that a restart, a second scheduler or a
clock that jumps neither skips nor doubles one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from config.load import load, projects
from config.project import Settings, Source
from crawlers.run import crawl, end_crawls
from posts.errors import ConfigError, RasadError
from watch.arrivals import EVERY, arrive
from watch.crawls import Crawl, run_due, state_of
from watch.due import latest_due, next_due
from watch.hosts import lane_of

AT_ONCE = 4
"""How many crawls run at a time: each is a process of its own of about 100 MiB."""
LISTENING = 8
"""How many streams are listened to at a time, beside the others: each keeps its process all the while."""
PROBLEM_NOTE = "settings.problem"
log = logging.getLogger("watch.schedule")


class Aligned(BaseTrigger):  # type: ignore[misc]  # APScheduler is not typed
    """Fires at the multiples of ``every``; after a long sleep once, for the latest that has passed."""

    def __init__(self, every: timedelta) -> None:
        self.every = every

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        latest = latest_due(self.every, now)
        return latest if previous is None or latest > previous else next_due(self.every, now)


@dataclass(slots=True)
class _Project:
    """A project as it could last be read, and what its file looked like then."""

    settings: Settings | None
    stamp: tuple[int, int]


class Schedule:
    """The jobs of all projects of ``home``; ``refresh`` makes them agree with the project files."""

    def __init__(
        self,
        home: Path,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        crawl: Crawl = crawl,
    ) -> None:
        self._home = home
        self._clock = clock
        self._crawl = crawl
        self._ended = False
        self._projects: dict[str, _Project] = {}
        self._lanes: set[str] = set()
        self._slots = threading.BoundedSemaphore(AT_ONCE)
        self._listening = threading.BoundedSemaphore(LISTENING)
        self._scheduler: Any = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_listener(_tell_overrun, EVENT_JOB_MAX_INSTANCES)

    def start(self) -> None:
        """Begin to fire. Runs that a dead scheduler left are marked, and made again if still due."""
        self.refresh()
        self._scheduler.start()

    def stop(self) -> None:
        """Fire no more, tell the crawls that run to end, and wait until they have."""
        self._ended = True
        if not self._scheduler.running:
            return
        waiting = threading.Thread(target=self._scheduler.shutdown)
        waiting.start()
        while waiting.is_alive():
            # Again and again: one may have been about to start.
            end_crawls()
            waiting.join(0.2)

    def refresh(self) -> None:
        """Read the project files that have changed, and add, move and remove jobs accordingly."""
        names = projects(self._home)
        for gone in set(self._projects) - set(names):
            del self._projects[gone]
        for name in names:
            self._read(name)
        wanted = {
            f"{name}/{source.name}": (name, source)
            for name, project in self._projects.items()
            if project.settings is not None and not project.settings.project.demo
            for source in _awake(project.settings)
        }
        demos = {
            f"{name}/": name
            for name, project in self._projects.items()
            if project.settings is not None and project.settings.project.demo
        }
        for job in self._scheduler.get_jobs():
            if job.id not in wanted and job.id not in demos:
                self._scheduler.remove_job(job.id)
        for key, (name, source) in wanted.items():
            self._plan(key, name, source)
        for key, name in demos.items():
            if self._scheduler.get_job(key) is None:
                self._add(key, self._arrive, (name,), EVERY, "default")

    def _read(self, name: str) -> None:
        """Keep the last good settings of a project whose file is broken, and leave a note of why."""
        path = self._home / "projects" / name / "project.toml"
        try:
            found = path.stat()
        except OSError:
            return
        stamp = (found.st_mtime_ns, found.st_size)
        known = self._projects.get(name)
        if known is not None and known.stamp == stamp:
            return
        try:
            settings = load(path.parent)
        except ConfigError as error:
            log.warning("%s: the settings stay as they were: %s", name, error)
            self._projects[name] = _Project(known.settings if known else None, stamp)
            if known is not None and known.settings is not None:
                _note_problem(known.settings, str(error))
            return
        self._projects[name] = _Project(settings, stamp)
        if known is None or known.settings is None:
            _interrupt_runs(settings)
        _note_problem(settings, "")

    def _plan(self, key: str, name: str, source: Source) -> None:
        job, lane = self._scheduler.get_job(key), self._lane(name, source)
        if job is None:
            self._add(key, self._due, (name, source.name), source.every, lane)
        elif job.trigger.every != source.every or job.executor != lane:
            self._scheduler.remove_job(key)
            self._add(key, self._due, (name, source.name), source.every, lane)

    def _add(
        self, key: str, function: Callable[..., None], args: tuple[str, ...], every: timedelta, lane: str
    ) -> None:
        # At once (by APScheduler's own clock), too: the latest due time may have passed while nothing ran.
        self._scheduler.add_job(
            function,
            Aligned(every),
            args=args,
            id=key,
            name=key,
            executor=lane,
            next_run_time=datetime.now(UTC),
        )

    def _lane(self, name: str, source: Source) -> str:
        """The executor of the source's lane: one thread, so its sources queue up and block no other's."""
        project = self._projects[name].settings
        lane = "none" if project is None else lane_of(project, source)
        if lane not in self._lanes:
            self._lanes.add(lane)
            self._scheduler.add_executor(ThreadPoolExecutor(1), alias=lane)
        return lane

    def _due(self, name: str, source_name: str) -> None:
        project = self._projects.get(name)
        if project is None or project.settings is None:
            return
        source = next((s for s in project.settings.sources if s.name == source_name), None)
        if source is None:
            return
        with self._listening if source.timeline == "stream" else self._slots:
            if self._ended:
                return
            due_at = latest_due(source.every, self._clock())
            try:
                run = run_due(
                    project.settings,
                    source,
                    due_at=due_at,
                    home=self._home,
                    clock=self._clock,
                    crawl=self._crawl,
                )
            except (RasadError, OSError) as error:
                log.error("%s/%s: %s", name, source_name, error)
                return
        if run is not None:
            log.info("%s/%s: %s, %d got %s", name, source_name, run.outcome or run.state, run.got, run.reason)

    def _arrive(self, name: str) -> None:
        project = self._projects.get(name)
        if project is None or project.settings is None:
            return
        try:
            arrive(project.settings, now=self._clock())
        except (RasadError, OSError) as error:
            log.error("%s: %s", name, error)


def _awake(settings: Settings) -> list[Source]:
    """The sources that nobody has paused; a put-off passes by itself and is looked at when due."""
    with state_of(settings) as state:
        return [s for s in settings.sources if not (s.paused or state.control(s.name).paused)]


def _interrupt_runs(settings: Settings) -> None:
    with state_of(settings) as state:
        if count := state.interrupt_runs():
            log.warning("%s: %d interrupted runs", settings.project.name, count)


def _note_problem(settings: Settings, problem: str) -> None:
    with state_of(settings) as state:
        if (state.note(PROBLEM_NOTE) or "") != problem:
            state.set_note(PROBLEM_NOTE, problem)


def _tell_overrun(event: Any) -> None:
    log.warning("%s: still running when it was due again; it goes on at its next due time", event.job_id)
