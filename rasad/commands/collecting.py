"""Verbs that bring posts in: collect asks the sources now, import reads a file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.options import Json, NoWait, Project, Quiet, screen_for
from rasad.commands.sources import find_source
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from config.project import Settings, Source
    from posts.post import Post
    from rasad.screen import Screen
    from store.intake import IntakeReport
    from store.spool import Spool
    from store.state import Run, State

AT_ONCE = 4
IMPORT = "import"
LETTERS_AT_ONCE = 500
_JUST_NOW = timedelta(minutes=10)
GOOD = frozenset({"ok", "partial"})
WAITS = "The posts wait in the spool and are taken in later."


def collect(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SOURCE]...", help="Names of sources; all but streams and those that are paused."
        ),
    ] = None,
    project: Project = None,
    no_wait: NoWait = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask the sources now, take their posts in, and show how each fared.

    Ends with 0 if at least one source gave an answer (or there was none to ask), with 1 if all failed.
    """
    from rasad.project import choose

    settings = choose(project, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    if settings.project.demo:
        raise WrongUse(
            "The demo's sources are invented; nothing can be asked of them.",
            remedy="Its posts arrive by themselves while `rasad run` runs.",
        )
    chosen = _named(settings, names, screen) if names else _awake(settings, screen)
    if not chosen:
        return
    ids = _crawl_all(settings, chosen, screen)
    take_in_with_progress(settings, screen, wait=not no_wait)
    runs = _runs(settings, ids)
    _show_runs(runs, screen)
    _tell_of_earlier(settings, runs, screen)
    if not any(run.outcome in GOOD for run in runs):
        raise typer.Exit(1)


def _named(settings: Settings, names: list[str], screen: Screen) -> list[Source]:
    """The sources of these names, paused or not; what is unusual about asking one now is said."""
    import os

    from config.load import home
    from store.state import State
    from watch.crawls import is_listened_to

    chosen = []
    with State(settings.state) as state:
        for source in dict.fromkeys(find_source(settings, name).name for name in names):
            found = settings.source(source)
            if is_listened_to(settings, found, home=home(os.environ)):
                screen.news(screen.text("stream_is_heard", source=source))
                continue
            if found.paused or state.control(source).paused:
                screen.news(screen.text("collected_though_paused", source=source))
            if found.timeline == "stream":
                screen.news(screen.text("listening", source=source))
            chosen.append(found)
    return chosen


def _awake(settings: Settings, screen: Screen) -> list[Source]:
    """The sources that are not paused, less the streams, which would keep a person waiting; each is told."""
    from store.state import State

    with State(settings.state) as state:
        awake = [s for s in settings.sources if not (s.paused or state.control(s.name).paused)]
    for source in awake:
        if source.timeline == "stream":
            screen.news(screen.text("stream_left_out", source=source.name))
    if not awake:
        screen.news(screen.text("nothing_to_collect"))
    return [source for source in awake if source.timeline != "stream"]


def _crawl_all(settings: Settings, sources: list[Source], screen: Screen) -> list[str]:
    """The ids of the runs, made some at a time, those of one host one after the other."""
    import os

    from config.load import home
    from crawlers.run import end_crawls
    from watch.crawls import run_now

    folder = home(os.environ)
    ids: list[str] = []
    with screen.progress(screen.text("collecting")) as tell, ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for run in pool.map(lambda source: run_now(settings, source, home=folder), sources):
                ids.append(run.run_id)
                tell(len(ids), len(sources))
        except BaseException:
            # Ctrl-C: those that wait are not begun, those that run end with what they have.
            pool.shutdown(wait=False, cancel_futures=True)
            end_crawls()
            raise
    return ids


def _runs(settings: Settings, ids: list[str]) -> list[Run]:
    """The runs as they are on record after intake, in the order of ``ids``."""
    from store.state import State

    with State(settings.state) as state:
        found = {run.run_id: run for run in state.runs(limit=len(ids) + 1000)}
    return [found[run_id] for run_id in ids if run_id in found]


def _tell_of_earlier(settings: Settings, runs: list[Run], screen: Screen) -> None:
    """Who finds nothing new is told if the service, or whoever it was, has just asked the same source."""
    from store.state import State

    with State(settings.state) as state:
        for run in runs:
            if run.new:
                continue
            for earlier in state.runs(job=run.job, limit=5):
                just_now = timedelta(0) < run.started_at - earlier.started_at < _JUST_NOW
                if just_now and earlier.new:
                    told = {"source": run.job, "posts": screen.counted("new_post", earlier.new)}
                    at = screen.moment(earlier.started_at)
                    screen.news(screen.text("collected_just_now", at=at, **told))
                    break


def _show_runs(runs: list[Run], screen: Screen) -> None:
    if screen.json:
        screen.rows(
            {
                "source": run.job,
                "asked": run.asked,
                "got": run.got,
                "new": run.new,
                "refused": run.refused,
                "outcome": run.outcome,
                "reason": run.reason,
            }
            for run in runs
        )
        return
    screen.table(
        ["source", "asked", "got", "new", "refused", "state", "reason"],
        [
            [
                run.job,
                screen.number(run.asked),
                screen.number(run.got),
                screen.number(run.new),
                screen.number(run.refused),
                screen.text(f"state.{(run.outcome or 'error').replace(' ', '_')}"),
                run.reason,
            ]
            for run in runs
        ],
        right=(1, 2, 3, 4),
    )


def import_file(
    file: Annotated[
        Path, typer.Argument(help="JSON lines as `rasad export` writes them.", show_default=False)
    ],
    source: Annotated[
        str | None, typer.Option("--source", help="Keep all posts under this name, not under their own.")
    ] = None,
    project: Project = None,
    no_wait: NoWait = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Bring in the posts of a file. Lines that are none go to the dead letters."""
    from rasad.project import choose
    from store.spool import Spool
    from store.state import State

    if not file.is_file():
        raise WrongUse(f"There is no file '{file}'.")
    settings = choose(project, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    with State(settings.state) as state:
        lines = _Lines(file, source or "", state, _hiding(settings))
        run_id = _begin_import(state, lines, Spool(settings.spool), source or IMPORT)
    take_in_with_progress(settings, screen, wait=not no_wait)
    with State(settings.state) as state:
        run = next(run for run in state.runs(job=_job_of(source or IMPORT)) if run.run_id == run_id)
    row: dict[str, Any] = {"got": lines.good, "new": run.new, "refused": run.refused}
    if json:
        screen.row({"source": source or IMPORT, **row})
    else:
        told = {name: screen.number(value) for name, value in row.items()}
        screen.say(screen.text("imported", **told | {"got": screen.counted("post", row["got"])}))
    if lines.bad and not lines.good:
        raise typer.Exit(1)


def _begin_import(state: State, lines: _Lines, spool: Spool, source: str) -> str:
    """Put the lines into the spool under a run, through which intake tells how many were new; its id."""
    import secrets
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    run_id = f"import-{now:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
    state.begin_run(run_id, job=_job_of(source), due_at=now, started_at=now)
    outcome, reason = "error", "the file was not read to its end"
    try:
        spool.write(lines, source=source, run_id=run_id)
        outcome, reason = "ok", ""
    finally:
        state.end_run(
            run_id,
            ended_at=datetime.now(UTC),
            outcome=outcome,
            reason=reason,
            got=lines.good,
            refused=lines.bad,
        )
    return run_id


def _job_of(source: str) -> str:
    """The job of an import, which no source of a project can be called."""
    return f"import:{source}"


def _hiding(settings: Settings) -> Callable[[Post], Post] | None:
    """What takes the names out of a post, in a project with pseudonyms."""
    from crawlers.pseudonyms import hiding

    if not settings.project.pseudonyms:
        return None
    keep = [key for brand in settings.brands for key in brand.author_keys]
    return hiding(settings.folder, keep=keep)


class _Lines:
    """The posts of a file, one at a time; bad lines are buried on the way. Both are counted.

    ``hide`` takes the names out where the project wants pseudonyms; a bad line is then not kept.
    """

    def __init__(self, file: Path, source: str, state: State, hide: Callable[[Post], Post] | None) -> None:
        self._file, self._source, self._state, self._hide = file, source, state, hide
        self._letters: list[tuple[str, str, str, str | None]] = []
        self.good = self.bad = 0

    def __iter__(self) -> Iterator[Post]:
        from crawlers.imports.jsonl import read
        from posts.people import without_value
        from posts.post import Post

        for found in read(self._file, self._source):
            if isinstance(found, Post):
                self.good += 1
                yield self._hide(found) if self._hide else found
                continue
            self.bad += 1
            reason = without_value(found.reason) if self._hide else found.reason
            position = f"{self._file.name}:{found.number}"
            payload = None if self._hide else found.payload
            self._letters.append((self._source or IMPORT, position, reason, payload))
            if len(self._letters) >= LETTERS_AT_ONCE:
                self._bury()
        self._bury()

    def _bury(self) -> None:
        """Keep the bad lines so far: one by one each would wait for the disk."""
        from datetime import UTC, datetime

        self._state.bury_all(self._letters, at=datetime.now(UTC))
        self._letters.clear()


def take_in_with_progress(settings: Settings, screen: Screen, *, wait: bool) -> IntakeReport | None:
    """Take in what the spool holds, or wait for the service to; the report of intake if we did it.

    ``StoreError`` if the engine is in trouble: the posts wait in the spool.
    """
    from posts.errors import StoreError, StoreReadOnly, StoreUnreachable
    from rasad.intake import read_again, take_in

    try:
        with screen.progress(screen.text("taking_in")) as tell:
            report = take_in(
                settings, progress=tell, wait=wait, older=lambda: screen.news(screen.text("rebuild.older"))
            )
        if report is not None and not report.stopped:
            with screen.progress(screen.text("reading_again")) as tell:
                read_again(settings, progress=tell)
    except (StoreUnreachable, StoreReadOnly) as error:
        remedy = f"{error.remedy} {WAITS}".strip()
        raise type(error)(error.message, subject=error.subject, remedy=remedy) from error
    if report is None and not wait:
        screen.news(screen.text("service_takes"))
    if report is not None and report.stopped:
        raise StoreError(report.stopped, remedy=WAITS)
    return report
