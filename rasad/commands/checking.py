"""`rasad check`: what stands in the way of Rasad on this machine, one line each: ok, warn or fail."""

from __future__ import annotations

import json as jsonlib
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typer

from rasad.commands.options import Json, Project
from rasad.screen import Screen

if TYPE_CHECKING:
    from config.project import Settings

ROOMS = (
    "answers", "config", "crawlers", "dashboard", "graph", "nlp", "posts",
    "rasad", "reports", "store", "trends", "watch", "words",
)  # fmt: skip
LITTLE_DISK = 2 * 2**30
NO_DISK = 200 * 2**20
MANY_LETTERS = 1_000
FULL_SPOOL = 2**30
SILENT = timedelta(minutes=2)
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
)
ARABIC_FONTS = ("arabic", "vazir", "dejavu", "naskh", "tahoma", "sahel", "iransans")

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    level: Level
    text: str


def check(project: Project = None, json: Json = False) -> None:
    """Look whether all is well here: rooms, settings, store, disk, clock. Ends with 1 if something fails."""
    from config.load import home, projects

    screen = Screen(json=json)
    folder = home(os.environ)
    names = [project] if project else projects(folder)
    findings = [*_machine(folder)]
    for name in names:
        findings += _project(name)
    if not names:
        findings.append(Finding(subject="projects", level="ok", text="none yet; `rasad demo` shows one"))
    for finding in findings:
        if json:
            screen.row({"subject": finding.subject, "level": finding.level, "text": finding.text})
        else:
            screen.say(f"{finding.level:<4}  {finding.subject}: {finding.text}")
    if any(finding.level == "fail" for finding in findings):
        raise typer.Exit(1)


def _machine(folder: Path) -> Iterator[Finding]:
    yield _rooms()
    yield _python()
    yield _clock()
    yield _disk(folder)
    yield _fonts()
    yield _service(folder)


def _rooms() -> Finding:
    """The names of the rooms are common words: a package of another may stand in front of one of ours."""
    from importlib.util import find_spec

    root = Path(__file__).resolve().parents[2]
    foreign = []
    for room in ROOMS:
        spec = find_spec(room)
        if spec is None or spec.origin is None or not Path(spec.origin).resolve().is_relative_to(root):
            foreign.append(f"{room} ({spec.origin if spec else 'missing'})")
    if foreign:
        return Finding(subject="rooms", level="fail", text=f"not Rasad's own: {', '.join(foreign)}")
    return Finding(subject="rooms", level="ok", text=f"all {len(ROOMS)} under {root}")


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    enough = sys.version_info >= (3, 11)
    return Finding(subject="python", level="ok" if enough else "fail", text=version)


def _clock() -> Finding:
    """A clock that is far off dates posts wrongly and makes their times look impossible."""
    now = datetime.now(UTC)
    newest_file = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    if now < newest_file - timedelta(days=1):
        return Finding(
            subject="clock", level="fail", text=f"{now:%Y-%m-%d %H:%M} UTC is before Rasad's own files"
        )
    return Finding(
        subject="clock", level="ok", text=f"{now:%Y-%m-%d %H:%M} UTC, local zone {time.strftime('%Z')}"
    )


def _disk(folder: Path) -> Finding:
    there = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        free = shutil.disk_usage(there).free
        writable = os.access(there, os.W_OK)
    except OSError as error:
        return Finding(subject="disk", level="fail", text=f"{there}: {error.strerror}")
    text = f"{free / 2**30:.1f} GiB free for {folder}"
    if not writable:
        return Finding(subject="disk", level="fail", text=f"{there} cannot be written")
    level: Level = "fail" if free < NO_DISK else "warn" if free < LITTLE_DISK else "ok"
    return Finding(subject="disk", level=level, text=text)


def _fonts() -> Finding:
    """Charts and files are drawn with the machine's fonts; the pages bring their own."""
    for name in FONT_FOLDERS:
        for _, _, files in os.walk(Path(name).expanduser()):
            found = next((f for f in files if any(part in f.lower() for part in ARABIC_FONTS)), None)
            if found:
                return Finding(subject="fonts", level="ok", text=f"Persian letters: {found}")
    return Finding(
        subject="fonts", level="warn", text="no font with Persian letters found (Debian: fonts-noto-core)"
    )


def _service(folder: Path) -> Finding:
    from rasad.lock import running

    other = running(folder)
    if other is None:
        return Finding(subject="service", level="ok", text="does not run; commands take posts in themselves")
    return Finding(subject="service", level="ok", text=f"runs as process {other.pid} {other.url}".rstrip())


def _project(name: str) -> list[Finding]:
    from config.load import load
    from posts.errors import ConfigError

    try:
        settings = load(name)
    except ConfigError as error:
        return [Finding(subject=name, level="fail", text=str(error))]
    label = settings.project.name
    findings = [Finding(subject=f"{label}: settings", level="ok", text=str(settings.file))]
    findings += _contact(label, settings)
    findings += _sources(label, settings)
    findings += _spool(label, settings)
    findings += _store(label, settings)
    try:
        findings += _failing(label, settings)
        findings += _state(label, settings)
        findings += _reading(label, settings)
        findings += _models(label, settings)
        findings += _intake(label, settings)
    except sqlite3.Error as error:
        findings.append(Finding(subject=f"{label}: state", level="fail", text=f"{settings.state}: {error}"))
    return findings


def _state(label: str, settings: Settings) -> Iterator[Finding]:
    """Cursors and runs can be read; what could not be taken, and what was cut off, is worth a look."""
    from answers.health import changed_sources, unfinished
    from store.state import State
    from words import texts

    with State(settings.state) as state:
        letters = len(state.dead_letters(limit=MANY_LETTERS))
        concerns = unfinished(state) + changed_sources(state, now=datetime.now(UTC))
    counted = texts.counted("common.unit.letter", letters, "en")
    text = f"{'at least ' if letters == MANY_LETTERS else ''}{counted}"
    yield Finding(subject=f"{label}: state", level="warn" if letters == MANY_LETTERS else "ok", text=text)
    for concern in concerns:
        told = texts.text(concern.why, "en", **concern.values)
        yield Finding(subject=f"{label}: data", level="warn", text=told)


def _contact(label: str, settings: Settings) -> Iterator[Finding]:
    if not settings.project.contact and not settings.project.demo and settings.sources:
        yield Finding(
            subject=f"{label}: contact",
            level="warn",
            text="project.contact is empty: public servers are not asked without it",
        )


def _sources(label: str, settings: Settings) -> Iterator[Finding]:
    """Sources that lack what only the user has, and accounts of brands that no source reads."""
    from config.adding import lacking, unheard
    from words import texts

    if settings.project.demo:
        return
    for source in settings.sources:
        if variable := lacking(settings, source):
            text = f"{variable} is not set. {texts.text(f'needs.{variable}', 'en')}"
            yield Finding(subject=f"{label}: {source.name}", level="warn", text=text)
    for brand, account, _ in unheard(settings):
        told = {"brand": brand.name, "account": account, "command": f"rasad sources add '{account}'"}
        yield Finding(
            subject=f"{label}: accounts", level="warn", text=texts.text("unheard.told", "en", **told)
        )


def _failing(label: str, settings: Settings) -> Iterator[Finding]:
    """The sources that fail, each with its reason; the demo's are invented."""
    from answers.failing import failing, failing_sources
    from answers.sources import sources
    from posts.errors import RasadError
    from rasad.project import opened
    from words import texts

    if settings.project.demo or not settings.sources:
        return
    try:
        with opened(settings) as at:
            reports, now = sources(at.asking()).value, at.now
    except (RasadError, OSError):
        return  # what is wrong with the store is told already
    for concern in failing_sources(reports, now=now):
        told = texts.text(concern.why, "en", **concern.values)
        yield Finding(subject=f"{label}: sources", level="warn", text=told)
    for report in failing(reports, now=now):
        text = f"{report.state}: {report.reason}"
        yield Finding(subject=f"{label}: source {report.source}", level="warn", text=text)


def _spool(label: str, settings: Settings) -> Iterator[Finding]:
    from posts.errors import SpoolError
    from store.spool import Spool

    try:
        spool = Spool(settings.spool)
        size, files = spool.size(), len(spool.files())
    except SpoolError as error:
        yield Finding(subject=f"{label}: spool", level="fail", text=str(error))
        return
    level: Level = "warn" if size > FULL_SPOOL else "ok"
    yield Finding(subject=f"{label}: spool", level=level, text=f"{files} files wait, {size / 2**20:.1f} MiB")


def _store(label: str, settings: Settings) -> Iterator[Finding]:
    from posts.errors import RasadError
    from rasad.project import open_engine
    from words import texts

    subject = f"{label}: store"
    try:
        store = open_engine(settings)
    except (RasadError, OSError) as error:
        yield Finding(subject=subject, level="fail", text=str(error))
        return
    health = store.health()
    store.close()
    level: Level = "ok" if health.ok else "fail"
    posts = texts.counted("common.unit.post", health.posts, "en")
    yield Finding(subject=subject, level=level, text=f"{health.engine}, {posts}")
    for warning in health.warnings:
        yield Finding(subject=subject, level="warn" if health.ok else "fail", text=warning)


def _reading(label: str, settings: Settings) -> Iterator[Finding]:
    """How many posts wait for their second reading, and since when the oldest has been here."""
    from posts.errors import RasadError
    from rasad.project import opened
    from store.deepening import behind
    from words import texts

    try:
        with opened(settings) as at:
            waits = behind(at.store, at.state)
    except (RasadError, OSError):
        return  # what is wrong with the store is told already
    if waits is None:
        return
    if not waits.posts:
        yield Finding(subject=f"{label}: reading", level="ok", text=texts.text("command.reading_done", "en"))
        return
    posts = texts.counted("common.unit.post", waits.posts, "en")
    since = f"{waits.since:%Y-%m-%d %H:%M} UTC" if waits.since else "?"
    text = texts.text("command.reading_behind", "en", posts=posts, since=since)
    yield Finding(subject=f"{label}: reading", level="ok", text=text)


def _models(label: str, settings: Settings) -> Iterator[Finding]:
    """Whether the models of names that the project names can be loaded."""
    from posts.errors import RasadError

    for language, name in settings.reading.models.items():
        from nlp.named import load as load_model

        subject = f"{label}: reading.models.{language}"
        try:
            yield Finding(subject=subject, level="ok", text=load_model(name, language).version)
        except RasadError as error:
            yield Finding(subject=subject, level="warn", text=str(error))


def _intake(label: str, settings: Settings) -> Iterator[Finding]:
    """What the service's intake last told of itself, while the service runs."""
    from config.load import home
    from rasad.intake import NOTE
    from rasad.lock import running
    from store.state import State

    if running(home(os.environ)) is None:
        return
    with State(settings.state) as state:
        note = jsonlib.loads(state.note(NOTE) or "{}")
    subject = f"{label}: intake"
    if not note:
        yield Finding(subject=subject, level="warn", text="has not told of itself yet")
    elif note["state"] != "ok":
        yield Finding(subject=subject, level="fail", text=f"{note['reason']} (since {note['since']})")
    elif datetime.now(UTC) - datetime.fromisoformat(note["at"]) > SILENT:
        yield Finding(subject=subject, level="warn", text=f"silent since {note['at']}")
    else:
        yield Finding(subject=subject, level="ok", text=f"alive at {note['at']}")
