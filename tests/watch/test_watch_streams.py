"""A stream is listened to for as long as it is open, and nothing else waits for it."""

from __future__ import annotations

import threading
from typing import Any

from config.load import load
from crawlers.job import job_of
from watch.crawls import is_listened_to, run_now
from watch.hosts import host_lock, lane_of
from watch.schedule import Schedule

STREAM = """
[[sources]]
name = "{name}"
platform = "mastodon"
timeline = "stream"
url = "http://127.0.0.1:9"
every = "15m"
"""


def test_a_stream_keeps_neither_its_host_nor_the_slots(
    home: Any, written: Any, crawls: Any, clock: Any
) -> None:
    """While five streams of one host are listened to, another source of that host is crawled."""
    streams = [f"stream-{n}" for n in range(5)]
    all_listen, release = threading.Barrier(6, timeout=60), threading.Event()

    def crawl(settings: Any, source: Any, **values: Any) -> Any:
        if source.timeline == "stream":
            all_listen.wait()
            assert release.wait(60)
        return crawls(settings, source, **values)

    home.write(*[STREAM.format(name=name) for name in streams], written("news"))
    schedule = Schedule(home.folder, clock=clock, crawl=crawl)
    schedule.start()
    try:
        all_listen.wait()
        first = crawls.wait_for(1)
    finally:
        release.set()
    others = crawls.wait_for(6)
    schedule.stop()

    assert [name for name, _ in first] == ["news"]
    assert {name for name, _ in others} == {"news", *streams}


def test_a_person_who_asks_for_a_stream_waits_a_minute(home: Any, crawls: Any) -> None:
    """Else the command would hang until the stream is due again; the project file says a quarter."""
    asked: list[float] = []

    def crawl(settings: Any, source: Any, **values: Any) -> Any:
        asked.append(job_of(settings, source, **values).every_s)
        return crawls(settings, source, **values)

    home.write(STREAM.format(name="stream"))
    settings = load(home.project)
    run = run_now(settings, settings.source("stream"), home=home.folder, crawl=crawl)

    assert asked == [60.0]
    assert run.outcome == "ok"


def test_whether_a_stream_is_listened_to_is_known_without_waiting(home: Any, written: Any) -> None:
    """Only a stream keeps its line for long; of other sources the command waits for its turn."""
    home.write(STREAM.format(name="stream"), written("news"))
    settings = load(home.project)
    stream, news = settings.sources
    before = is_listened_to(settings, stream, home=home.folder)
    with (
        host_lock(home.folder, lane_of(settings, stream)),
        host_lock(home.folder, lane_of(settings, news)),
    ):
        meanwhile = [is_listened_to(settings, each, home=home.folder) for each in (stream, news)]

    assert (before, meanwhile) == (False, [True, False])
