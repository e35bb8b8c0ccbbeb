"""Every behaviour of the hostile server, crawled by a child process for the platforms that it fits.

`make test` crawls each once, forked from a process that has imported everything; `make soak` crawls each on
every platform, in processes started anew.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers import job as jobs
from store.state import DeadLetter, Run, State
from tests.hostile.platforms import PLATFORMS
from tests.hostile.server import BEHAVIOURS, Hostile, load, serving

ROOT = Path(__file__).parents[2]
MOST_MIB, LONGEST_S = 512, 120
load()
ONCE = [
    (name, list(behaviour.ends)[index % len(behaviour.ends)])
    for index, (name, behaviour) in enumerate(BEHAVIOURS.items())
]
ALL = [(name, platform) for name, behaviour in BEHAVIOURS.items() for platform in behaviour.ends]


@dataclass(frozen=True)
class Crawled:
    """What became of one crawl."""

    run: Run
    letters: list[DeadLetter]
    log: str
    code: int
    peak_mib: int
    seconds: float


@dataclass
class Crawls:
    """All crawls of one sitting, and the server that they asked."""

    hostile: Hostile
    ends: dict[tuple[str, str], Crawled]


def crawl_all(keys: list[tuple[str, str]], folder: Path, *, whole: bool) -> Iterator[Crawls]:
    """Crawl these behaviours, several at a time."""
    with serving(sorted({name for name, _ in keys})) as hostile:
        lines, folders = [], {}
        for number, (name, platform) in enumerate(keys):
            own = folder / str(number)
            own.mkdir()
            folders[f"run-{number}"] = (name, platform), own
            job = job_of(hostile, name, platform, own, f"run-{number}")
            lines.append(json.dumps({"job": json.loads(jobs.encode(job)), "log": str(own / "log")}))
        command = [sys.executable, "-m", "tests.hostile.nursery", *(["--whole"] if whole else [])]
        done = subprocess.run(
            command, input="\n".join([*lines, ""]), capture_output=True, text=True, cwd=ROOT, check=True
        )
        ends = {}
        for line in done.stdout.splitlines():
            run_id, code, peak, seconds = json.loads(line)
            key, own = folders[run_id]
            with State(own / "state.sqlite") as state:
                (run,) = state.runs()
                letters = state.dead_letters()
            ends[key] = Crawled(run, letters, (own / "log").read_text(errors="replace"), code, peak, seconds)
        yield Crawls(hostile, ends)


def job_of(hostile: Hostile, name: str, platform: str, folder: Path, run_id: str) -> jobs.Job:
    """The job of a crawl of one behaviour."""
    base = hostile.base(name, platform)
    usual = jobs.Job(
        run_id=run_id, due_at=datetime(2026, 11, 1, tzinfo=UTC), folder=folder, source="source",
        platform=platform, url=base + PLATFORMS[platform].address, contact="test@h.example",
        allow_hosts=(base.removeprefix("http://"),), timeout_s=90.0, delay_s=0.0, answer_timeout_s=20.0,
    )  # fmt: skip
    values: dict[str, Any] = PLATFORMS[platform].job | BEHAVIOURS[name].job
    return replace(usual, **values)


def wanted(request: pytest.FixtureRequest, test: str) -> list[tuple[str, str]]:
    """The crawls that the chosen tests are about."""
    items = [item for item in request.session.items if getattr(item, "originalname", "") == test]
    return sorted(item.callspec.params["key"] for item in items)  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def crawls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    keys = wanted(request, "test_a_behaviour_ends_in_a_named_state")
    yield from crawl_all(keys or [("close", "feed")], tmp_path_factory.mktemp("hostile"), whole=False)


@pytest.fixture(scope="module")
def all_crawls(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawls]:
    keys = wanted(request, "test_a_behaviour_on_every_platform")
    yield from crawl_all(keys, tmp_path_factory.mktemp("hostile"), whole=True)


def assert_ended(key: tuple[str, str], crawls: Crawls) -> None:
    """It ended as it should, within its bounds, in words, and what it refused is kept."""
    name, platform = key
    end, found = BEHAVIOURS[name].ends[platform], crawls.ends[key]
    run = found.run
    assert (found.code, run.state, run.outcome) == (0, "done", end.state), (run.reason, found.log)
    assert end.reason in run.reason
    assert end.state == "ok" or run.reason
    assert run.got == end.got
    assert found.peak_mib <= MOST_MIB
    assert found.seconds <= LONGEST_S
    assert "Traceback" not in found.log
    assert_clean(found.log)
    assert_kept(found, end.letters)


def assert_clean(log: str) -> None:
    """One event, one line, no control characters: nothing that a server sent forges a line."""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", log)
    for line in log.splitlines():
        assert re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING) \[[\w.-]+\] ", line), line


def assert_kept(found: Crawled, reasons: tuple[str, ...]) -> None:
    """Each refused item is a dead letter with its source, its id or place, its reason and its time."""
    assert len({letter.subject for letter in found.letters}) == found.run.refused
    for letter in found.letters:
        assert letter.source == "source"
        assert letter.subject
        assert letter.reason
        assert found.run.started_at <= letter.at <= (found.run.ended_at or letter.at)
    for reason in reasons:
        assert any(reason in letter.reason for letter in found.letters), [one.reason for one in found.letters]


@pytest.mark.parametrize("key", ONCE, ids="-".join)
def test_a_behaviour_ends_in_a_named_state(key: tuple[str, str], crawls: Crawls) -> None:
    """Whatever a server does: no crash, no traceback, a state with its reason, bounded memory and time."""
    assert_ended(key, crawls)


@pytest.mark.soak
@pytest.mark.parametrize("key", ALL, ids="-".join)
def test_a_behaviour_on_every_platform(key: tuple[str, str], all_crawls: Crawls) -> None:
    """The same, for each platform that it fits, in processes started anew."""
    assert_ended(key, all_crawls)


def test_there_are_enough_behaviours_and_nobody_reached_the_canary(crawls: Crawls) -> None:
    """No road led to an address that was not opened."""
    assert len(BEHAVIOURS) >= 60
    assert crawls.hostile.canary_asked == []
