"""A stream is listened to for as long as it is open, and nothing else waits for it."""

from __future__ import annotations

import threading
from typing import Any

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
