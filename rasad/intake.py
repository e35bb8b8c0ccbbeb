"""Taking in what the spools hold: for a command once, for the service all the time.

Run as `python -m rasad.intake` it is the service's intake process: it holds the writer lock of every
project of the home, looks into the spools each second, and waits longer while an engine is away.
"""

from __future__ import annotations

import json
import logging
import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from config.load import home, load, projects, store_settings
from config.project import Settings
from posts.errors import RasadError, SchemaChanged, StoreBusy, StoreError
from rasad.project import families, load_pipeline, open_engine, topics
from rasad.screen import Progress
from store import trained
from store.claim import claimed
from store.protocol import Store, StoreSettings
from store.spool import Spool
from store.state import State

if TYPE_CHECKING:
    from store.intake import Intake, IntakeReport

LOOK_S = 1.0
TURN_S = 5.0
LONGEST_PAUSE_S = 30.0
HEARTBEAT_S = 10.0
RETAIN_LOOK_S = 600.0
WAIT_S = 0.2
FRESH = timedelta(minutes=1)
NOTE = "intake"
log = logging.getLogger("rasad.intake")


def take_in(
    settings: Settings, *, progress: Progress, wait: bool = True, older: Callable[[], None] | None = None
) -> IntakeReport | None:
    """Take in all that the spool holds now; ``None`` if the service did or will do it.

    ``older`` is told that the index is of an older schema, before it is built anew.

    While another process is the writer, this waits until that has taken the files that are there now,
    or has gone away and left them to us. ``StoreError`` if it tells that it cannot.
    """
    spool = Spool(settings.spool)
    mine = set(spool.files())
    told = len(mine)
    while True:
        with suppress(StoreBusy), writing(settings, progress=progress, older=older) as intake:
            return intake.run(progress=progress)
        left = mine.intersection(spool.files())
        progress(told - len(left), told)
        if not wait or not left:
            return None
        if reason := trouble(settings):
            raise StoreError(
                f"the service cannot take the posts in now: {reason}",
                remedy="They wait in the spool and are taken in later.",
            )
        time.sleep(WAIT_S)


def read_again(settings: Settings, *, progress: Progress) -> int | None:
    """Read all posts that wait for their second reading; how many, ``None`` if the service does or will.

    What is left when this is broken off is read next time.
    """
    with suppress(StoreBusy), writing(settings) as intake:
        done, waiting = 0, intake.waiting()
        while step := intake.deepen():
            done += step
            progress(min(done, waiting), waiting)
        return done
    return None


def trouble(settings: Settings) -> str:
    """What keeps the service's intake from working, as it told less than a minute ago; empty if nothing."""
    with State(settings.state) as state:
        note = json.loads(state.note(NOTE) or "{}")
    if not note or note["state"] == "ok":
        return ""
    return str(note["reason"]) if datetime.now(UTC) - datetime.fromisoformat(note["at"]) < FRESH else ""


@contextmanager
def writing(
    settings: Settings, *, progress: Progress | None = None, older: Callable[[], None] | None = None
) -> Iterator[Intake]:
    """The project's intake while its writer lock is held; ``StoreBusy`` if another process is the writer."""
    from rasad.keeping import rules
    from store.intake import Intake, writer_lock

    kept, pipeline = rules(settings), load_pipeline(settings)
    zone = ZoneInfo(settings.project.time_zone)

    with (
        writer_lock(settings.folder),
        State(settings.state) as state,
        closing(open_current(settings, progress=progress, older=older)) as store,
    ):
        yield Intake(
            store,
            state,
            Spool(settings.spool),
            pipeline,
            deepener=pipeline,
            journal=settings.intake.journal,
            now=lambda: datetime.now(UTC),
            topics=topics(settings),
            zone=zone,
            key=families(settings).key,
            keeps=lambda post: kept.keeps(post, now=datetime.now(UTC)),
        )


def open_current(
    settings: Settings, *, progress: Progress | None = None, older: Callable[[], None] | None = None
) -> Store:
    """The project's store; an index in a folder that an older Rasad has made is built anew first.

    For the holder of the writer lock. On an Elasticsearch other machines may be writing, so there a
    person says `rasad rebuild`.
    """
    from store.generations import sweep
    from store.rebuild import rebuild

    if settings.store.url is None:
        sweep(settings.index)  # what a rebuild that was killed has left
    try:
        return open_engine(settings)
    except SchemaChanged as error:
        if error.newer or settings.store.url is not None:
            raise
        log.info("%s: %s It is built anew now.", settings.project.name, error.message)
        if older is not None:
            older()
    rebuild(StoreSettings(**store_settings(settings)), progress=progress)
    return open_engine(settings)


class _Enough(Exception):
    """It is another project's turn, or the process is to end."""


def _run_for_a_while(intake: Intake, ended: threading.Event) -> IntakeReport | None:
    """Take in for some seconds, so that one project's flood does not keep the others waiting.

    What was taken is kept: the break comes between two batches. ``None`` if there was one.
    """
    until = time.monotonic() + TURN_S

    def look(_done: int, _of: int) -> None:
        if ended.is_set() or time.monotonic() > until:
            raise _Enough

    with suppress(_Enough):
        return intake.run(progress=look)
    return None


@dataclass(slots=True)
class Taker:
    """The intake of one project, kept open between its steps."""

    folder: Path
    _stamp: tuple[object, ...] = ()
    _held: ExitStack = field(default_factory=ExitStack)
    _intake: Intake | None = None
    _pause_s: float = LOOK_S
    _next_at: float = 0.0
    _noted_at: float = -HEARTBEAT_S
    _trouble_since: datetime | None = field(default=None)
    _retain_at: float = 0.0

    def step(self, ended: threading.Event) -> bool:
        """Take in for some seconds if there is something and it is time; whether there was."""
        if time.monotonic() < self._next_at:
            return False
        if claimed(self.folder):
            # A command needs to be the writer; what comes in waits in the spool.
            self.close()
            self._note("ok", "")
            self._next_at = time.monotonic() + LOOK_S
            return False
        try:
            return self._step(ended)
        except StoreBusy:
            # A command is the writer for now, and empties the spool itself.
            self.close()
            self._next_at = time.monotonic() + LOOK_S
            return False
        except (RasadError, OSError, sqlite3.Error) as error:
            self._stumble(error)
            return False

    def close(self) -> None:
        """Let go of the writer lock."""
        self._intake = None
        self._held.close()

    def _step(self, ended: threading.Event) -> bool:
        intake = self._ready()
        busy = intake.has_work
        report = _run_for_a_while(intake, ended) if busy else None
        if report is not None and report.stopped:
            raise StoreError(report.stopped)
        # One step behind each turn of intake: neither holds the other back.
        deepened = intake.deepen()
        if not busy and not deepened:
            self._next_at = time.monotonic() + LOOK_S
            self._retain()
        if self._trouble_since is not None:
            log.info("%s: takes posts in again", self.folder.name)
            self._noted_at = -HEARTBEAT_S
        self._pause_s, self._trouble_since = LOOK_S, None
        self._note("ok", "")
        return busy or deepened > 0

    def _retain(self) -> None:
        """Once a day, when nothing waits: remove what is older than the project keeps it."""
        from rasad.keeping import places, rules
        from store.intake import writer_lock
        from store.retention import due, retain

        if time.monotonic() < self._retain_at:
            return
        self._retain_at = time.monotonic() + RETAIN_LOOK_S
        settings, now = load(self.folder), datetime.now(UTC)
        with State(settings.state) as state:
            if not rules(settings) or not due(state, now):
                return
        self.close()
        with writer_lock(self.folder):
            removed = retain(places(settings), rules(settings), now=now)
        log.info("%s: retention removed %d posts, %d texts", self.folder.name, removed.posts, removed.texts)

    def _ready(self) -> Intake:
        """The intake with the settings as the project file has them now."""
        found = (self.folder / "project.toml").stat()
        stamp = (found.st_mtime_ns, found.st_size, trained.stamps(self.folder / "trained"))
        if self._intake is not None and stamp == self._stamp:
            return self._intake
        try:
            settings = load(self.folder)
        except RasadError:
            # A file that is being changed by hand; the scheduler reports it.
            if self._intake is not None:
                return self._intake
            raise
        self.close()
        self._intake = self._held.enter_context(writing(settings))
        self._stamp = stamp
        return self._intake

    def _stumble(self, error: Exception) -> None:
        now = datetime.now(UTC)
        if self._trouble_since is None:
            self._trouble_since = now
            self._noted_at = -HEARTBEAT_S
            log.warning("%s: %s", self.folder.name, error)
        # What was open may be broken (a full disk breaks a writer for good); it is made anew.
        self.close()
        # Not all of them at once, where several wait for one engine.
        self._next_at = time.monotonic() + self._pause_s * random.uniform(0.75, 1)
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
        self._noted_at = -HEARTBEAT_S
        with suppress(sqlite3.Error, OSError):
            self._note(type(error).__name__, str(error))

    def _note(self, state: str, reason: str) -> None:
        """The heartbeat, every ten seconds and at each change: `rasad check` and the dashboard read it."""
        if time.monotonic() - self._noted_at < HEARTBEAT_S or not (self.folder / "project.toml").exists():
            return
        self._noted_at = time.monotonic()
        note = {
            "at": datetime.now(UTC).isoformat(),
            "state": state,
            "reason": reason,
            "since": self._trouble_since.isoformat() if self._trouble_since else None,
        }
        with State(self.folder / "state.sqlite") as opened:
            opened.set_note(NOTE, json.dumps(note, ensure_ascii=False))


def main() -> int:
    """Take in for all projects until SIGTERM, SIGINT or the end of the parent; the exit code."""
    from rasad.logs import log_to_parent

    log_to_parent()
    ended = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    folder, parent = home(os.environ), os.getppid()
    takers: dict[str, Taker] = {}
    while not ended.is_set() and os.getppid() == parent:
        names = projects(folder)
        for gone in set(takers) - set(names):
            takers.pop(gone).close()
        for name in names:
            takers.setdefault(name, Taker(folder / "projects" / name))
        busy = [taker.step(ended) for taker in takers.values() if not ended.is_set()]
        if not any(busy):
            ended.wait(LOOK_S / 2)
    for taker in takers.values():
        taker.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
