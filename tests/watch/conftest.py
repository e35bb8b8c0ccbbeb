"""A home with a project, and crawls that only note that they were asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.project import Settings, Source
from store.state import Run, State

NOW = datetime(2026, 11, 23, 8, 20, 30, tzinfo=UTC)

PROJECT = """
[project]
name = "tea"
contact = "{contact}"

[crawl]
allow_hosts = ["127.0.0.1:9"]
"""
SOURCE = """
[[sources]]
name = "{name}"
platform = "feed"
url = "{url}"
every = "{every}"
"""


@dataclass
class Home:
    """A RASAD_HOME; `write` writes the project file."""

    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "projects" / "tea"

    def write(self, *sources: str, contact: str = "tests@rasad.example", more: str = "") -> None:
        self.project.mkdir(parents=True, exist_ok=True)
        text = PROJECT.format(contact=contact) + more + "".join(sources)
        (self.project / "project.toml").write_text(text, encoding="utf-8")

    def state(self) -> State:
        return State(self.project / "state.sqlite")

    def runs(self, source: str) -> list[Run]:
        with self.state() as state:
            return state.runs(job=source, limit=1000)


def source(
    name: str = "news", *, url: str = "http://127.0.0.1:9/feed", every: str = "15m", more: str = ""
) -> str:
    return SOURCE.format(name=name, url=url, every=every) + more


@dataclass
class Crawls:
    """Stands for `crawlers.run.crawl`: notes who was crawled for when, and ends the run."""

    made: list[tuple[str, datetime]] = field(default_factory=list)
    at_work: dict[str, int] = field(default_factory=dict)
    most_at_work: int = 0
    during: Callable[[], None] = lambda: None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __call__(self, settings: Settings, source: Source, *, run_id: str, due_at: datetime) -> Run:
        host = source.url.split("/")[2]
        with self.changed:
            self.at_work[host] = self.at_work.get(host, 0) + 1
            self.most_at_work = max(self.most_at_work, self.at_work[host])
        self.during()
        with State(settings.state) as state:
            state.end_run(run_id, ended_at=NOW, outcome="ok")
            run = next(run for run in state.runs(job=source.name) if run.run_id == run_id)
        with self.changed:
            self.at_work[host] -= 1
            self.made.append((source.name, due_at))
            self.changed.notify_all()
        return run

    def wait_for(self, count: int, seconds: float = 60) -> list[tuple[str, datetime]]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.made) >= count, seconds), self.made
            return list(self.made)


@dataclass
class Clock:
    """The time that a test sets."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def crawls() -> Crawls:
    return Crawls()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def written() -> Callable[..., str]:
    return source
