"""The service's intake through troubles: an engine that is away, another writer, a file that is changed."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.load import load
from posts.errors import StoreError
from posts.post import Post
from rasad.intake import NOTE, Taker, take_in, writing
from store.spool import Spool
from store.state import State

NEVER = threading.Event()


def post(number: int) -> Post:
    at = datetime(2026, 11, 20, 8, number, tzinfo=UTC)
    return Post(
        id=f"forum:b.example:{number}", platform="forum", kind="forum", source="b", created_at=at,
        collected_at=at, text="hello",
    )  # fmt: skip


def note(folder: Path) -> dict[str, Any]:
    with State(folder / "state.sqlite") as state:
        return dict(json.loads(state.note(NOTE) or "{}"))


def step_until(taker: Taker, holds: Callable[[], Any], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        taker.step(NEVER)
        time.sleep(0.05)


@pytest.fixture
def folder(home: Any) -> Path:
    """The folder of a new project."""
    home.run("init", "tea")
    return Path(home.project("tea"))


def test_intake_goes_on_when_the_engine_is_back(folder: Path) -> None:
    """Away, it tells since when and why, and keeps the posts; a change of the settings is taken up."""
    spool = Spool(folder / "spool")
    spool.write([post(1)], source="b")
    file = folder / "project.toml"
    good = file.read_text()
    file.write_text(good.replace("# end\n", '[store]\nurl = "http://127.0.0.1:9"\n\n# end\n'))
    taker = Taker(folder)
    taker.step(NEVER)
    away = note(folder)
    kept = len(spool.files())
    with pytest.raises(StoreError, match=r"127\.0\.0\.1:9"), writing_by_another(folder):
        take_in(load(folder), progress=lambda _done, _of: None)
    file.write_text(good)
    step_until(taker, lambda: note(folder)["state"] == "ok")
    left = spool.files()
    taker.close()

    assert away["state"] == "StoreUnreachable"
    assert "127.0.0.1:9" in away["reason"]
    assert away["since"]
    assert kept == 1
    assert left == []


def writing_by_another(folder: Path) -> Any:
    """The writer's lock, as the service would hold it."""
    from store.intake import writer_lock

    return writer_lock(folder)


def test_intake_lets_a_command_be_the_writer(folder: Path) -> None:
    """While a command holds the lock the service waits without a word; then it takes what came."""
    taker = Taker(folder)
    with writing(load(folder)) as intake:
        Spool(folder / "spool").write([post(1)], source="b")
        taker.step(NEVER)
        silent = note(folder)
        report = intake.run()
    Spool(folder / "spool").write([post(2)], source="b")
    step_until(taker, lambda: note(folder))
    step_until(taker, lambda: not Spool(folder / "spool").files())
    taker.close()

    assert silent == {}
    assert report.new == 1
    assert note(folder)["state"] == "ok"


def test_broken_settings_keep_the_intake_that_is_open(folder: Path) -> None:
    """A file in the middle of being changed by hand stops nothing."""
    taker = Taker(folder)
    taker.step(NEVER)
    (folder / "project.toml").write_text("[project")
    Spool(folder / "spool").write([post(1)], source="b")
    step_until(taker, lambda: not Spool(folder / "spool").files())
    taker.close()

    assert note(folder)["state"] == "ok"


def test_command_waits_for_the_writer_and_takes_over(folder: Path) -> None:
    """A command whose writer goes away without having taken its files takes them itself."""
    held = threading.Event()
    release = threading.Event()

    def hold() -> None:
        with writing_by_another(folder):
            held.set()
            release.wait(120)

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(120)
    Spool(folder / "spool").write([post(1)], source="b")
    settings = load(folder)
    not_waited = take_in(settings, progress=lambda _done, _of: None, wait=False)
    threading.Timer(0.5, release.set).start()
    report = take_in(settings, progress=lambda _done, _of: None)
    other.join()

    assert not_waited is None
    assert report is not None
    assert report.new == 1


def test_import_hides_names_where_the_project_wants_it(home: Any, folder: Path, tmp_path: Path) -> None:
    """No name of a person reaches store, export or dead letters; the same person keeps one pseudonym."""
    file = folder / "project.toml"
    file.write_text(file.read_text().replace('name = "tea"', 'name = "tea"\npseudonyms = true'))
    rows = [
        {"id": f"forum:b.example:zohre/{n}", "platform": "forum", "created_at": "2026-11-20T08:00:00Z",
         "text": "with @zohre", "author": "zohre"}
        for n in range(2)
    ]  # fmt: skip
    lines = [*map(json.dumps, rows), '{"author": "zohre", "id": "x"}']
    (tmp_path / "posts.jsonl").write_text("\n".join(lines))
    home.run("import", str(tmp_path / "posts.jsonl"), "--project", "tea")
    shown = home.run("export", "--project", "tea").stdout + home.run("deadletters", "--json").stdout
    found = [path for path in folder.rglob("*") if path.is_file() and b"zohre" in path.read_bytes()]

    assert "zohre" not in shown
    assert found == []
    assert len({row["author_key"] for row in home.json("export")}) == 1
