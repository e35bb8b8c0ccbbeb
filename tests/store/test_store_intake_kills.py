"""Intake killed with SIGKILL at random moments: nothing is lost, nothing is there twice."""

import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from posts.post import Author, Mentioned, Metrics, Post, decode
from posts.selection import Selection
from store import open_store
from store.protocol import Store, StoreSettings
from store.saved import SavedQueries
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
            "matches": self.size + len(range(0, self.size, 7)) + len(self.edited),
        }


def kill_and_finish(folder: Path, engine: list[str], *, kills: int, wait_s: float) -> int:
    """How many of the kills met a child that was at work; afterwards one child runs to its end."""
    met = 0
    spool = Spool(folder / "spool")
    files = len(spool.files())
    for attempt in range(kills + 1):
        command = [sys.executable, str(CHILD), str(folder), *engine]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            if attempt < kills:
                # A fast machine would be done before the last kill: each leaves its share of the files.
                share = files * (kills - attempt) // (kills + 1)
                due = time.monotonic() + random.uniform(0.0, wait_s)
                while time.monotonic() < due and len(spool.files()) > share:
                    time.sleep(0.001)
                child.kill()
                met += child.wait() != 0
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
        # An edit brings a post to "#edited" and takes it from no other: no batch has a post and its edit.
        for typed in ("word", "#t0", "#edited"):
            SavedQueries(state).save(typed, Selection(query=typed), at=AT)
    for start in range(0, len(posts), 250):
        spool.write(posts[start : start + 250], source="crowd", run_id="r1")


@pytest.mark.timeout(240)
def test_killed_ten_times_the_folder_holds_all_once(tmp_path: Path, embedded_settings: StoreSettings) -> None:
    """20,000 posts into the embedded engine with ten kills: every count is exact."""
    assert kill_over(tmp_path, embedded_settings, Crowd(16_000), kills=10, wait_s=1.2) >= 5


@pytest.mark.es
@pytest.mark.timeout(240)
def test_killed_four_times_elasticsearch_holds_all_once(
    tmp_path: Path, elasticsearch_settings: StoreSettings
) -> None:
    """1,550 posts into Elasticsearch with four kills: every count is exact."""
    assert kill_over(tmp_path, elasticsearch_settings, Crowd(1_250), kills=4, wait_s=0.8) >= 2


@pytest.mark.peer
@pytest.mark.timeout(400)
def test_killed_ten_times_elasticsearch_holds_all_once(
    tmp_path: Path, elasticsearch_settings: StoreSettings
) -> None:
    """20,000 posts into Elasticsearch with ten kills, all of them while it writes: every count is exact."""
    assert kill_over(tmp_path, elasticsearch_settings, Crowd(16_000), kills=10, wait_s=2.0) == 10


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_killed_a_hundred_times_the_folder_holds_all_once(
    tmp_path: Path, embedded_settings: StoreSettings
) -> None:
    """125,000 posts into the embedded engine with a hundred kills, all of them while it writes."""
    assert kill_over(tmp_path, embedded_settings, Crowd(100_000), kills=100, wait_s=0.8) == 100


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_killed_a_hundred_times_elasticsearch_holds_all_once(
    tmp_path: Path, elasticsearch_settings: StoreSettings
) -> None:
    """The same with Elasticsearch."""
    assert kill_over(tmp_path, elasticsearch_settings, Crowd(100_000), kills=100, wait_s=1.5) == 100


def kill_over(folder: Path, settings: StoreSettings, crowd: Crowd, *, kills: int, wait_s: float) -> int:
    """How many kills met intake at work; afterwards every count of the store is exact."""
    fill(folder, crowd)
    engine = [str(settings.folder), *((settings.url, settings.prefix) if settings.url else ())]

    met = kill_and_finish(folder, engine, kills=kills, wait_s=wait_s)

    with closing(open_store(settings)) as store:
        assert_all_is_there_once(store, folder, crowd)
    return met
