"""Elasticsearch hangs, dies and comes back while posts come in: nothing is lost, nothing is there twice."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from store import open_store
from store.protocol import StoreSettings
from store.spool import Spool
from store.state import State

SETTINGS = """
[crawl]
allow_hosts = ["{host}"]
delay_s = 0

[intake]
journal = "{journal}"

[store]
url = "{url}"
prefix = "outage"

# end
"""
BEGIN = datetime(2026, 9, 25, tzinfo=UTC)
PARTS = 4


def until(holds: Callable[[], Any], what: str, seconds: float = 90) -> Any:
    """What ``holds`` gives as soon as it is true."""
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.1)
    return found


class Import:
    """Files of posts with known sums; the last fifth of each file comes again in the next."""

    def __init__(self, folder: Path, size: int) -> None:
        self.files = []
        part = size // PARTS
        self.size = part * PARTS
        for number in range(PARTS):
            begin = max(0, number * part - (part // 5))
            rows = (self._row(n) for n in range(begin, (number + 1) * part))
            self.files.append(folder / f"part{number}.jsonl")
            self.files[-1].write_text("".join(json.dumps(row) + "\n" for row in rows))

    def _row(self, number: int) -> dict[str, str]:
        return {
            "id": f"forum:b.example:{number}",
            "platform": "forum",
            # Over two months, so that there are two indices.
            "created_at": (BEGIN + timedelta(minutes=number % 20_000)).isoformat(),
            "author": f"author{number % 101}",
            "text": f"word {number} #t{number % 7}",
        }

    def tags(self) -> dict[str, int]:
        return dict(Counter(f"t{number % 7}" for number in range(self.size)))


class Project:
    """The project `tea` of a home: how far its intake is."""

    def __init__(self, home: Any) -> None:
        self.folder = home.project("tea")
        self.journal = self.folder / "journal"
        self.spool = Spool(self.folder / "spool")

    def settle(self, url: str, host: str) -> None:
        file = self.folder / "project.toml"
        more = SETTINGS.format(url=url, host=host, journal=self.journal)
        file.write_text(file.read_text(encoding="utf-8").removesuffix("# end\n") + more, encoding="utf-8")

    def taken(self) -> int:
        return len(self.journal.read_text().splitlines()) if self.journal.exists() else 0

    def note(self) -> dict[str, Any]:
        with State(self.folder / "state.sqlite") as state:
            return dict(json.loads(state.note("intake") or "{}"))


def out_and_back(
    home: Any, feed: Any, serve: Any, server: Any, *, size: int, hangs_s: float, away_s: float
) -> float:
    """Import and crawl while the engine hangs, is away and is back; seconds until the spool is empty then."""
    server.start()
    home.run("init", "tea", "--contact", "tests@rasad.example")
    (home.folder / ".started").touch()
    project, posts = Project(home), Import(home.folder, size)
    project.settle(server.url, feed.host)
    service = serve(home, "--no-dashboard")
    until(lambda: project.note().get("state") == "ok", "intake does not run")

    home.run("import", str(posts.files[0]), "--project", "tea", "--no-wait")
    until(project.taken, "nothing is taken in")
    # It hangs in the middle of a batch, while the second file comes in.
    home.run("import", str(posts.files[1]), "--project", "tea", "--no-wait")
    server.signal(signal.SIGSTOP)
    home.run("sources", "add", feed.url, "--name", "news", "--project", "tea")
    home.run("collect", "news", "--project", "tea", "--no-wait")
    time.sleep(hangs_s)
    server.signal(signal.SIGKILL)

    until(lambda: project.note()["state"] == "StoreUnreachable", "nobody says that the engine is away")
    since = time.monotonic()
    told = project.note()
    refused = home.run("import", str(posts.files[2]), "--project", "tea", code=1)
    checked = {row["subject"]: row for row in home.json("check", code=1)}
    waiting = project.spool.files()
    time.sleep(max(0.0, away_s - (time.monotonic() - since)))
    server.start()
    back = time.monotonic()
    home.run("import", str(posts.files[3]), "--project", "tea", "--no-wait")
    until(lambda: not project.spool.files(), "the spool is not emptied", 60 + size / 200)
    drained_s = time.monotonic() - back

    assert waiting
    assert server.url in told["reason"]
    assert told["since"]
    assert server.url in refused.stderr
    assert "spool" in refused.stderr
    assert checked["tea: intake"]["level"] == "fail"
    assert server.url in json.dumps(list(checked.values()))
    until(lambda: project.note()["state"] == "ok", "it does not say that all is well again")
    holds_all_once(home, project, posts, feed, server.url)
    service.send_signal(signal.SIGTERM)
    assert service.wait(40) == 0
    return drained_s


def holds_all_once(home: Any, project: Project, posts: Import, feed: Any, url: str) -> None:
    """Hold the engine, the journal and the state to what came in."""
    expected = {f"forum:b.example:{number}" for number in range(posts.size)}
    with closing(
        open_store(StoreSettings(folder=project.folder / "index", url=url, prefix="outage"))
    ) as store:
        ids = Counter(d["id"] for d in store.scan("posts", {"match_all": {}}, ["id"]))
        uses = Counter(d["id"] for d in store.scan("uses", {"match_all": {}}, ["id"]))
        tags = {tag: store.count("uses", {"term": {"tag": tag}}) for tag in posts.tags()}
    journal = Counter(project.journal.read_text().splitlines())
    assert expected - set(ids) == set()
    assert len(ids) == posts.size + feed.items
    assert set(ids.values()) == {1}
    assert len(uses) == posts.size + feed.items
    assert set(uses.values()) == {1}
    assert tags == posts.tags()
    assert set(journal) == set(ids)
    assert home.json("count", "--project", "tea", "--since", "2026-09-01") == [{"count": len(ids)}]
    assert home.json("deadletters", "--project", "tea") == []


@pytest.mark.peer
@pytest.mark.timeout(300)
def test_elasticsearch_dies_while_posts_come_in(
    home: Any, feed: Any, serve: Any, elasticsearch_server: Any
) -> None:
    """It hangs for some seconds and is killed in the middle of 20,000 posts; back, it is given the rest."""
    out_and_back(home, feed, serve, elasticsearch_server, size=20_000, hangs_s=4, away_s=4)


@pytest.mark.soak
@pytest.mark.timeout(1_200)
def test_elasticsearch_is_away_for_a_minute(
    home: Any, feed: Any, serve: Any, elasticsearch_server: Any
) -> None:
    """The same with 50,000 posts, hanging longer than a request may take, and a minute away."""
    out_and_back(home, feed, serve, elasticsearch_server, size=50_000, hangs_s=45, away_s=60)
