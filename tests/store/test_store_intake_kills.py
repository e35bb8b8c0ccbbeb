"""Intake killed with SIGKILL at random moments: nothing is lost, nothing is there twice."""

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from posts.post import Author, Mentioned, Metrics, Post, decode
from store import open_store
from store.protocol import Store, StoreSettings
from store.spool import Spool
from store.state import State

CHILD = Path(__file__).with_name("intake_child.py")
AT = datetime(2026, 11, 1, tzinfo=UTC)
ALL = {"match_all": {}}


class Crowd:
    """Posts with known sums: ``size`` of them, every fourth seen again later and every fortieth edited."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.again = range(0, size, 4)
        self.edited = range(0, size, 40)
        self.naming = range(0, size, 3)
        self.answering = range(0, size - 100, 5)

    def posts(self) -> Iterator[Post]:
        for number in range(self.size):
            yield self._post(number)
        for number in self.again:
            yield self._post(number, later=True)

    def _post(self, number: int, *, later: bool = False) -> Post:
        edit = later and number in self.edited
        return Post(
            id=f"x:h:{number}",
            platform="x",
            kind="text",
            source="crowd",
            created_at=AT + timedelta(minutes=number % 1440),
            collected_at=AT + timedelta(days=2, hours=later),
            edited_at=AT + timedelta(days=2) if edit else None,
            author=Author(key=f"x:h:author{number % 97}"),
            aliases=(f"x:server:{number}",),
            text=f"edited {number} #edited" if edit else f"word {number} #t{number % 7} #x{number % 3}",
            mentioned=(Mentioned(key=f"x:h:named{number % 13}"),) if number in self.naming else (),
            # The parent comes 100 posts later, under the number of its server.
            reply_to=f"x:server:{number + 100}" if number in self.answering else None,
            metrics=Metrics(likes=number % 10 + later),
        )

    def counts(self) -> dict[str, int]:
        return {
            "posts": self.size,
            "edges": len(self.naming) + len(self.answering),
            "uses": 2 * self.size - len(self.edited),
            "metrics": self.size + len(self.again),
        }


def kill_and_finish(folder: Path, engine: list[str], *, kills: int, wait_s: float) -> int:
    """How many of the kills met a child that was at work; afterwards one child runs to its end."""
    met = 0
    for attempt in range(kills + 1):
        command = [sys.executable, str(CHILD), str(folder), *engine]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            if attempt < kills:
                timer = threading.Timer(random.uniform(0.0, wait_s), child.kill)
                timer.start()
                met += child.wait() != 0
                timer.join()
            else:
                assert child.stdout.read() == "done \n"
    return met


def assert_all_is_there_once(store: Store, folder: Path, crowd: Crowd) -> None:
    store.refresh()
    for collection, count in crowd.counts().items():
        ids = Counter(document["id"] for document in store.scan(collection, ALL, ["id"]))
        assert len(ids) == count, collection
        assert max(ids.values()) == 1, collection
    assert store.count("edges", {"exists": {"field": "target"}}) == len(crowd.answering)
    assert store.count("posts", {"exists": {"field": "unresolved"}}) == 0
    assert store.count("uses", {"term": {"tag": "edited"}}) == len(crowd.edited)
    found = store.get("posts", ["x:h:0"])["x:h:0"]
    assert decode(found["post"]).metrics.likes == 1
    gained = [
        document["d_likes"] for document in store.scan("metrics", {"exists": {"field": "dt_s"}}, ["d_likes"])
    ]
    assert gained == [1] * len(crowd.again)
    journal = (folder / "journal").read_text().split("\n")
    assert {line for line in journal if line} == {f"x:h:{number}" for number in range(crowd.size)}
    with State(folder / "state.sqlite") as state:
        assert state.runs()[0].new == crowd.size
        assert state.dead_letters() == []
    assert Spool(folder / "spool").files() == []


def fill(folder: Path, crowd: Crowd) -> None:
    spool = Spool(folder / "spool")
    posts = list(crowd.posts())
    with State(folder / "state.sqlite") as state:
        state.begin_run("r1", job="crowd", due_at=AT, started_at=AT)
    for start in range(0, len(posts), 250):
        spool.write(posts[start : start + 250], source="crowd", run_id="r1")


@pytest.mark.timeout(240)
def test_killed_ten_times_the_folder_holds_all_once(tmp_path: Path) -> None:
    """20,000 posts into the embedded engine with ten kills: every count is exact."""
    crowd = Crowd(16_000)
    fill(tmp_path, crowd)

    met = kill_and_finish(tmp_path, [str(tmp_path / "index")], kills=10, wait_s=1.2)

    assert met >= 5
    store = open_store(StoreSettings(folder=tmp_path / "index"))
    assert_all_is_there_once(store, tmp_path, crowd)
    store.close()


@pytest.mark.es
@pytest.mark.timeout(240)
def test_killed_four_times_elasticsearch_holds_all_once(tmp_path: Path, elasticsearch_url: str) -> None:
    """1,500 posts into Elasticsearch with four kills: every count is exact."""
    crowd = Crowd(1_200)
    fill(tmp_path, crowd)
    prefix = f"kills-{uuid4().hex[:12]}"

    met = kill_and_finish(tmp_path, [str(tmp_path / "index"), elasticsearch_url, prefix], kills=4, wait_s=0.8)

    assert met >= 2
    store = open_store(StoreSettings(folder=tmp_path / "index", url=elasticsearch_url, prefix=prefix))
    assert_all_is_there_once(store, tmp_path, crowd)
    for collection in crowd.counts():
        store.delete(collection, ALL)  # type: ignore[arg-type]
    store.close()
