"""A real Elasticsearch behind a proxy that spoils requests: nothing is lost, nothing is there twice."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from posts.post import Author, Metrics, Post
from store.elasticsearch import ElasticsearchStore
from store.intake import IntakeReport
from store.protocol import Store, StoreSettings
from tests.store.fault_proxy import FaultProxy

pytestmark = pytest.mark.es
AT = datetime(2026, 11, 1, 12, tzinfo=UTC)
ALL = {"match_all": {}}


@pytest.fixture
def proxy(elasticsearch_url: str) -> Iterator[FaultProxy]:
    """The Elasticsearch of the tests behind a proxy that is well until told."""
    made = FaultProxy(elasticsearch_url)
    yield made
    made.close()


class Faulty:
    """A project over the proxy; pauses are noted, not slept."""

    def __init__(self, project: Any, proxy: FaultProxy, pauses: list[float], settings: StoreSettings) -> None:
        self.settings = settings
        self.project = project
        self.proxy = proxy
        self.pauses = pauses

    def spool(self, size: int, *, file: int = 500) -> None:
        """So many posts in files, a fifth of them seen a second time with more likes."""
        for start in range(0, size, file):
            posts = [post(n) for n in range(start, min(size, start + file))]
            again = [
                replace(p, collected_at=AT + timedelta(hours=1), metrics=Metrics(likes=5)) for p in posts[::5]
            ]
            self.project.spool.write(posts, source="crowd")
            self.project.spool.write(again, source="crowd")

    def run(self, store: Store | None = None) -> IntakeReport:
        report: IntakeReport = self.project.intake(store).run()
        return report

    def run_to_the_end(self, *, most: int) -> list[str]:
        """Run until the spool is empty, in at most so many runs; why the others stopped."""
        stops: list[str] = []
        while reason := self.run().stopped:
            stops.append(reason)
            assert len(stops) < most, stops
        return stops

    def holds_once(self, size: int) -> None:
        """Hold every collection to what came in."""
        store = self.project.store
        store.refresh()
        wanted = {"posts": size, "uses": size, "metrics": size + -(-size // 5), "accounts": min(size, 50)}
        for collection, count in wanted.items():
            ids = Counter(d["id"] for d in store.scan(collection, ALL, ["id"]))
            assert (collection, len(ids), set(ids.values())) == (collection, count, {1})
        assert store.count("posts", {"range": {"likes": {"gte": 5}}}) == -(-size // 5)
        lines = self.project.journal.read_text().split()
        assert set(lines) == {f"x:h:{n}" for n in range(size)}
        assert self.project.state.dead_letters() == []
        assert self.project.spool.files() == []


def post(number: int) -> Post:
    return Post(
        id=f"x:h:{number}", platform="x", kind="text", source="crowd",
        created_at=AT - timedelta(minutes=number % 60_000), collected_at=AT,
        author=Author(key=f"x:h:a{number % 50}", followers=number % 50), text=f"word {number} #t{number % 7}",
        metrics=Metrics(likes=number % 5),
    )  # fmt: skip


@pytest.fixture
def faulty(
    proxy: FaultProxy,
    elasticsearch_settings: StoreSettings,
    tmp_path: Path,
    make_project: Callable[[Path, Store], Any],
) -> Iterator[Faulty]:
    """A project whose store is reached through the proxy."""
    pauses: list[float] = []
    settings = replace(elasticsearch_settings, url=proxy.url)
    with closing(ElasticsearchStore(settings, sleep=pauses.append)) as store:
        store.ensure()
        yield Faulty(make_project(tmp_path / "project", store), proxy, pauses, settings)


@pytest.mark.timeout(240)
def test_lost_answers_double_nothing(faulty: Faulty) -> None:
    """Of 5,000 posts each twentieth request is done and its answer lost: the end is exactly 5,000."""
    faulty.spool(5_000)
    faulty.proxy.lost_answers = 0.05

    faulty.run_to_the_end(most=10)
    faulty.proxy.lost_answers = 0

    assert faulty.proxy.spoiled >= 3
    faulty.holds_once(5_000)


def test_items_that_are_put_off_come_again(faulty: Faulty) -> None:
    """Three of ten items answered 429: they are sent again, the others are not."""
    faulty.spool(1_000)
    faulty.proxy.overloaded_items = 0.3

    faulty.run_to_the_end(most=10)
    faulty.proxy.overloaded_items = 0

    assert faulty.proxy.spoiled > 500
    assert faulty.pauses
    faulty.holds_once(1_000)


def test_an_overloaded_server_is_not_asked_in_a_hot_loop(faulty: Faulty) -> None:
    """While it answers 429, seven tries with growing pauses, then intake stops; the files wait for it."""
    faulty.spool(100)
    faulty.proxy.overloaded = 10_000
    before = faulty.proxy.requests

    report = faulty.run()

    assert "429" in report.stopped
    assert faulty.proxy.requests - before <= 8
    faulty.proxy.overloaded = 3
    assert faulty.run().stopped
    faulty.proxy.overloaded = 0
    assert faulty.run_to_the_end(most=3) == []
    faulty.holds_once(100)


def test_bulk_requests_that_are_put_off_pass_with_pauses(faulty: Faulty) -> None:
    """A server that is overloaded for a while: each pause is longer, at most ten seconds."""
    store = faulty.project.store
    faulty.proxy.overloaded = 6

    use = {"id": "u", "tag": "ai", "created_at": "2026-11-01T00:00:00Z"}
    assert store.write("uses", [use], fresh=True).ok == 1
    assert len(faulty.pauses) == 6
    assert all(later > earlier for earlier, later in zip(faulty.pauses, faulty.pauses[2:], strict=False))
    assert max(faulty.pauses) <= 10


@pytest.mark.parametrize("calm", [3, 11])
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param({"refuse": True}, "No Elasticsearch answers", id="away"),
        pytest.param({"hang_s": 30.0}, "no answer in time", id="hanging"),
        pytest.param({"page": "<html>log in</html>"}, "Elasticsearch", id="login page"),
    ],
)
def test_a_server_that_is_away_stops_intake_and_nothing_is_lost(
    faulty: Faulty, fault: dict[str, Any], said: str, calm: int
) -> None:
    """It goes away in the middle of a load and comes back: the reason is told, and the end is whole."""
    faulty.spool(1_000)
    faulty.proxy.calm = calm
    for name, value in fault.items():
        setattr(faulty.proxy, name, value)
    with closing(ElasticsearchStore(replace(faulty.settings, patience_s=3))) as hasty:
        stopped = faulty.run(hasty).stopped
    for name, value in fault.items():
        setattr(faulty.proxy, name, type(value)())
    waiting = len(faulty.project.spool.files())

    assert said in stopped
    assert faulty.proxy.url in stopped
    assert waiting
    assert faulty.run_to_the_end(most=3) == []
    faulty.holds_once(1_000)


def test_a_slow_server_is_waited_for(faulty: Faulty) -> None:
    """A tenth of a second for each answer is no outage."""
    faulty.spool(60)
    faulty.proxy.hang_s = 0.1

    assert faulty.run().stopped == ""
    faulty.holds_once(60)


def test_requests_that_are_too_large_are_halved(faulty: Faulty) -> None:
    """A proxy that takes 20 kB at once: all posts come through, and none is blamed."""
    faulty.spool(150)
    faulty.proxy.largest = 20_000

    assert faulty.run().stopped == ""
    faulty.holds_once(150)


def test_a_document_that_poisons_a_request_is_refused_alone(faulty: Faulty) -> None:
    """Of 150 posts one makes every request fail that it is in: it is a dead letter with its content."""
    faulty.project.spool.write([post(n) for n in range(150)], source="crowd")
    faulty.proxy.poison = '"x:h:77"'

    report = faulty.run()

    assert (report.taken, report.refused, report.stopped) == (149, 1, "")
    (letter,) = [found for found in faulty.project.state.dead_letters() if found.payload]
    assert (letter.subject, letter.source) == ("x:h:77", "crowd")
    assert "poisoned" in letter.reason
    assert faulty.project.store.count("posts", ALL) == 149
    assert faulty.proxy.bulks < 60


def test_the_flood_stage_is_told_as_a_full_disk_and_lifts(faulty: Faulty, elasticsearch_url: str) -> None:
    """The real setting: intake stops at once, says disk, loses nothing, and goes on when it is taken off."""
    faulty.spool(200)
    faulty.run()
    faulty.project.spool.write([post(n) for n in range(200, 400)], source="crowd")
    pattern = f"{faulty.settings.prefix}-*"
    with Elasticsearch(elasticsearch_url) as client:
        block = "index.blocks.read_only_allow_delete"
        client.indices.put_settings(index=pattern, settings={block: True})
        before = faulty.proxy.bulks
        stopped = [faulty.run().stopped for _ in range(3)]
        asked = faulty.proxy.bulks - before
        client.indices.put_settings(index=pattern, settings={block: None})

    assert all("disk" in reason for reason in stopped)
    assert asked == 3
    assert faulty.run().stopped == ""
    assert faulty.project.store.count("posts", ALL) == 400
    assert faulty.project.state.dead_letters() == []


def test_waiting_for_a_server_costs_few_requests(faulty: Faulty, tmp_path: Path) -> None:
    """A project's intake asks after one, two, four seconds, however often it is called."""
    from rasad.intake import Taker

    folder = tmp_path / "projects" / "tea"
    folder.mkdir(parents=True)
    (folder / "project.toml").write_text(
        f'[project]\nname = "tea"\n\n[store]\nurl = "{faulty.proxy.url}"\nprefix = "none"\n', encoding="utf-8"
    )
    faulty.proxy.refuse = True
    before, ended = faulty.proxy.requests, threading.Event()
    taker, until, steps = Taker(folder), time.monotonic() + 4, 0
    while time.monotonic() < until:
        taker.step(ended)
        steps += 1
        time.sleep(0.005)
    taker.close()

    assert steps > 100
    # Three tries each time, for an answer may be lost by the way.
    assert 3 <= faulty.proxy.requests - before <= 12
