"""How the machinery fares, told while it works and while it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from answers.health import INTAKE_NOTE, PROBLEM_NOTE, HealthReport, health
from posts.errors import StoreUnreachable
from posts.post import Post
from store.protocol import Store
from store.spool import Spool
from store.state import State
from words.texts import known, text

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POST = Post(
    id="feed:news.example:1", platform="feed", kind="news", source="news",
    created_at=NOW, collected_at=NOW, text="tea",
)  # fmt: skip


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with State(tmp_path / "state.sqlite") as opened:
        yield opened


@pytest.fixture
def ask(embedded_store: Store, state: State, tmp_path: Path) -> Callable[..., HealthReport]:
    """The report now; the engine is the one given, or a way of failing to open it."""

    def report(open_engine: Callable[[], Store] = lambda: embedded_store) -> HealthReport:
        return health("embedded", open_engine=open_engine, spool=tmp_path / "spool", state=state, now=NOW)

    return report


def tell_intake(state: State, said: str, *, ago: timedelta = timedelta(seconds=5), reason: str = "") -> None:
    since = None if said == "ok" else (NOW - ago).isoformat()
    note = {"at": (NOW - ago).isoformat(), "state": said, "reason": reason, "since": since}
    state.set_note(INTAKE_NOTE, json.dumps(note))


def whys(report: HealthReport) -> list[str]:
    assert all(known(concern.why) for concern in report.concerns)
    return [concern.why for concern in report.concerns]


def test_all_is_well(ask: Callable[..., HealthReport], state: State) -> None:
    """An engine that answers, an empty spool and a fresh heartbeat are no concern."""
    tell_intake(state, "ok")
    report = ask()

    assert report.answers
    assert (report.waiting.files, report.waiting.posts, report.dead_letters) == (0, 0, 0)
    assert report.intake.state == "ok"
    assert report.concerns == ()


def test_posts_that_nobody_takes_in_are_told(ask: Callable[..., HealthReport], tmp_path: Path) -> None:
    """Files in the spool without a running service are a concern, with the number of posts."""
    spool = Spool(tmp_path / "spool")
    spool.write([POST, POST], source="news")
    spool.write([POST], source="news")
    report = ask()

    assert (report.waiting.files, report.waiting.posts, report.waiting.exact) == (2, 3, True)
    assert report.intake.state == "not running"
    assert whys(report) == ["health.nobody_takes_in"]
    assert "3 posts wait" in text(report.concerns[0].why, "en", **report.concerns[0].values)


def test_many_files_are_estimated(ask: Callable[..., HealthReport], tmp_path: Path) -> None:
    """Only the oldest files are counted; the number says that it is an estimate."""
    spool = Spool(tmp_path / "spool")
    for _ in range(25):
        spool.write([POST, POST], source="news")
    waiting = ask().waiting

    assert (waiting.files, waiting.posts, waiting.exact) == (25, 50, False)


def test_old_heartbeat_is_not_running(ask: Callable[..., HealthReport], state: State) -> None:
    """A service that has said nothing for minutes does not run, whatever it said last."""
    tell_intake(state, "ok", ago=timedelta(minutes=3))

    assert ask().intake.state == "not running"
    assert ask().concerns == ()


def test_trouble_of_the_intake_is_told_with_its_words(ask: Callable[..., HealthReport], state: State) -> None:
    """What keeps intake from working comes with the moment since when."""
    tell_intake(state, "StoreReadOnly", reason="the disk is full")
    report = ask()

    assert whys(report) == ["health.intake_trouble"]
    assert report.concerns[0].said == "the disk is full"
    assert report.concerns[0].values["since"] == NOW - timedelta(seconds=5)


def test_engine_that_cannot_be_opened_is_a_concern(ask: Callable[..., HealthReport]) -> None:
    """The report comes all the same, and knows no number of posts."""

    def fail() -> Store:
        raise StoreUnreachable("gives no answer", subject="http://127.0.0.1:9")

    report = ask(fail)

    assert not report.answers
    assert report.posts is None
    assert whys(report) == ["health.engine_down"]
    assert "http://127.0.0.1:9" in report.concerns[0].said


def test_broken_project_file_and_dead_letters_are_told(
    ask: Callable[..., HealthReport], state: State
) -> None:
    """The scheduler's note about the project file is a concern; letters are counted."""
    state.set_note(PROBLEM_NOTE, "project.toml:3: no such key")
    state.bury("news", "feed:news.example:1", "no time", at=NOW)
    state.bury("other", "feed:other.example:1", "no time", at=NOW)
    report = ask()

    assert whys(report) == ["health.settings_problem"]
    assert report.concerns[0].said == "project.toml:3: no such key"
    assert report.dead_letters == 2
    assert state.count_dead_letters(source="news") == 1


@pytest.mark.parametrize("note", ["", "nonsense", "[]", '{"at": "yesterday"}', '{"state": "ok"}'])
def test_note_that_cannot_be_read_is_no_heartbeat(
    ask: Callable[..., HealthReport], state: State, note: str
) -> None:
    """A damaged note never fails the report."""
    state.set_note(INTAKE_NOTE, note)

    assert ask().intake.state == "not running"


def test_what_was_cut_off_is_told(ask: Callable[..., HealthReport], state: State) -> None:
    """An erasure that is not at its end is serious; an engine that still holds the posts is not."""
    state.set_note("forget.pending", "{}")
    move = {"source": "embedded", "target": "http://h rasad-tea", "verified": False}
    state.set_note("move", json.dumps(move))
    assert whys(ask()) == ["health.forget_unfinished", "health.move_unfinished"]

    state.delete_note("forget.pending")
    state.set_note("move", json.dumps({**move, "verified": True}))
    report = ask()

    assert whys(report) == ["health.old_engine"]
    (concern,) = report.concerns
    assert "embedded still holds the posts" in text(concern.why, "en", **concern.values)
