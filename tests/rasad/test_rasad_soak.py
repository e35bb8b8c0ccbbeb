"""Killed again and again: the demo while it is loaded, the service while it takes in."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config.demo.world import posts
from posts.post import Author, Post
from store import open_store
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State
from watch.arrivals import MADE_AT_NOTE, SEED_NOTE

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.soak, pytest.mark.timeout(3_600)]


def ids_in(folder: Path) -> Counter[str]:
    with closing(open_store(StoreSettings(folder=folder / "index"))) as store:
        return Counter(document["id"] for document in store.scan("posts", {"match_all": {}}, ["id"]))


def until(holds: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)


def runs(home: Any, service: subprocess.Popen[bytes]) -> bool:
    """Whether this service has the home."""
    try:
        return bool(json.loads((home.folder / "run.lock").read_text())["pid"] == service.pid)
    except (OSError, ValueError):
        return False


def test_demo_killed_while_it_is_loaded_is_whole_in_the_end(home: Any) -> None:
    """Thirty kills at random moments of loading, then five whole loads: the world is there once."""
    command = [sys.executable, "-m", "rasad", "demo", "--no-serve"]
    met = 0
    for _ in range(30):
        process = subprocess.Popen(
            command, env=home.environ, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(random.uniform(0.2, 6))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            met += 1
    ends = []
    for _ in range(5):
        home.start("demo", "--no-serve")
        ends.append(ids_in(home.project("demo")))
    with State(home.project("demo") / "state.sqlite") as state:
        made_at, seed = state.note(MADE_AT_NOTE), state.note(SEED_NOTE)
    world = {post.id for post in posts(int(seed or ""), datetime.fromisoformat(made_at or ""))}

    assert met >= 5
    assert set(ends[0]) == world
    assert set(ends[0].values()) == {1}
    assert ends == ends[:1] * 5
    assert home.json("deadletters") == []


@pytest.mark.parametrize("engine", ["embedded", "elasticsearch"])
def test_service_is_ready_within_ten_seconds_of_a_full_spool(
    home: Any, serve: Any, engine: str, request: pytest.FixtureRequest
) -> None:
    """Killed with 50,000 posts in the spool and started again, it takes posts in within ten seconds."""
    home.run("init", "tea")
    (home.folder / ".started").touch()
    folder = home.project("tea")
    settings, journal = folder / "project.toml", folder / "journal"
    more = f'\n[intake]\njournal = "{journal}"\n'
    if engine == "elasticsearch":
        store: StoreSettings = request.getfixturevalue("elasticsearch_settings")
        more += f'\n[store]\nurl = "{store.url}"\nprefix = "{store.prefix}"\n'
    text = settings.read_text(encoding="utf-8").removesuffix("# end\n")
    settings.write_text(f"{text}{more}\n# end\n", encoding="utf-8")
    made = Spool(folder / "spool")
    at = datetime(2026, 11, 20, 8, tzinfo=UTC)
    made.write(
        (
            Post(
                id=f"forum:b.example:{n}", platform="forum", kind="forum", source="b", created_at=at,
                collected_at=at, text=f"word {n} #t{n % 7}", author=Author(key=f"forum:b.example:a{n % 101}"),
            )
            for n in range(50_000)
        ),
        source="b",
    )  # fmt: skip
    service = serve(home, "--no-dashboard")
    until(lambda: journal.exists(), 60)
    service.kill()
    service.wait(20)
    taken, begun = journal.stat().st_size, time.monotonic()
    serve(home, "--no-dashboard")
    until(lambda: journal.stat().st_size > taken, 60)
    ready_s = time.monotonic() - begun
    until(lambda: not made.files(), 600)

    assert ready_s < 10
    assert len(set(journal.read_text().splitlines())) == 50_000


def test_service_killed_while_it_takes_in_loses_and_doubles_nothing(home: Any, serve: Any) -> None:
    """50,000 posts, and the service killed up to thirty times in the middle of them."""
    home.run("init", "tea")
    (home.folder / ".started").touch()
    folder = home.project("tea")
    settings = folder / "project.toml"
    journal = folder / "journal"
    text = settings.read_text(encoding="utf-8").removesuffix("# end\n")
    settings.write_text(f'{text}\n[intake]\njournal = "{journal}"\n\n# end\n', encoding="utf-8")
    file = home.folder / "posts.jsonl"
    with file.open("w", encoding="utf-8") as lines:
        for number in range(50_000):
            row = {
                "id": f"forum:b.example:{number}",
                "platform": "forum",
                "created_at": "2026-11-20T08:00:00Z",
                "author": f"author{number % 101}",
                "text": f"word {number} #t{number % 7}",
            }
            lines.write(json.dumps(row) + "\n")
    service = serve(home, "--no-dashboard")
    until(lambda: runs(home, service), 60)
    home.run("import", str(file), "--project", "tea", "--no-wait")
    spool = Spool(folder / "spool")
    met = 0
    while met < 30 and spool.files():
        time.sleep(random.uniform(1, 6))
        met += bool(spool.files())
        service.kill()
        service.wait(20)
        service = serve(home, "--no-dashboard")
    until(lambda: runs(home, service) and not spool.files(), 300)
    service.terminate()
    code = service.wait(40)
    found = ids_in(folder)

    assert code == 0
    assert met >= 3
    assert found == Counter({f"forum:b.example:{number}": 1 for number in range(50_000)})
    assert Counter(journal.read_text().splitlines()) == found
    assert home.json("deadletters", "--project", "tea") == []
