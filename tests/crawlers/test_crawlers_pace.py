"""One server is asked at one pace, however many sources, projects and processes crawl it."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from crawlers.job import decode, encode, hosts_of
from crawlers.pace import Known, Pace, server_of

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>T</title><item><guid>1</guid>
<title>one</title><pubDate>Thu, 01 Oct 2026 08:30:00 GMT</pubDate></item></channel></rss>"""
DELAY_S = 0.4
INSTANCE = json.dumps({"domain": "h.example", "version": "4.5.0"})


class Busy:
    """What a server sees: from when to when it was asked each thing."""

    def __init__(self, web: Any) -> None:
        self.web = web
        self.spans: list[tuple[float, float, str]] = []

    def says(self, path: str, body: str, status: int = 200, **headers: str) -> None:
        self.web.says(path, body, status, **headers)
        answer: Callable[[BaseHTTPRequestHandler], None] = self.web.answers[path]

        def slowly(handler: BaseHTTPRequestHandler) -> None:
            began = time.monotonic()
            time.sleep(0.1)
            # Before the answer is out, for afterwards the next question may come at once.
            self.spans.append((began, time.monotonic(), handler.path))
            answer(handler)

        self.web.answers[path] = slowly

    def gaps(self) -> list[float]:
        """The pauses from the end of each answer to the next question; below zero where two overlap."""
        spans = sorted(self.spans)
        return [after[0] - before[1] for before, after in pairwise(spans)]


@pytest.fixture
def busy(web: Any) -> Busy:
    return Busy(web)


@pytest.fixture
def sharing(project: Any, web: Any, tmp_path: Path) -> Callable[..., Any]:
    """Crawls that share the pace of servers, as all projects of a home do."""
    project.allow_hosts = (web.host,)

    def crawl(source: str, path: str, **values: Any) -> Any:
        return project.crawl(source, url=f"{web.url}{path}", hosts=tmp_path / "hosts", **values)

    return crawl


def test_two_crawls_at_once_take_turns(busy: Busy, sharing: Any) -> None:
    """Four requests each, from two processes: never two at a time, never one within the delay of another."""
    for source in ("a", "b"):
        busy.says("/robots.txt", "", 404)
        for step in (1, 2):
            busy.says(f"/{source}{step}", "", 302, Location=f"/{source}{step + 1}")
        busy.says(f"/{source}3", RSS)
    runs: dict[str, Any] = {}

    def crawl(source: str) -> None:
        runs[source] = sharing(source, f"/{source}1", delay_s=DELAY_S)

    both = [threading.Thread(target=crawl, args=(source,)) for source in ("a", "b")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()

    assert {source: run.outcome for source, run in runs.items()} == {"a": "ok", "b": "ok"}
    asked = [path for _, _, path in sorted(busy.spans)]
    assert [path for path in asked if path.startswith("/a")] == ["/a1", "/a2", "/a3"]
    assert [path for path in asked if path.startswith("/b")] == ["/b1", "/b2", "/b3"]
    assert min(busy.gaps()) >= DELAY_S, list(zip(asked[1:], busy.gaps(), strict=True))


def test_two_crawls_in_a_row_keep_their_distance(busy: Busy, sharing: Any) -> None:
    """The second knows when the first asked last, and what robots.txt said: that is not asked again."""
    busy.says("/robots.txt", "User-agent: *\nCrawl-delay: 1.5\nDisallow: /no")
    for path in ("/a", "/b", "/no"):
        busy.says(path, RSS)

    runs = [sharing(name, f"/{name}") for name in ("a", "b", "no")]

    assert [run.outcome for run in runs] == ["ok", "ok", "refused"]
    assert [path for _, _, path in busy.spans] == ["/robots.txt", "/a", "/b"]
    assert min(busy.gaps()) >= 1.5


def test_a_server_that_asks_to_wait_is_left_alone_by_all(busy: Busy, sharing: Any, project: Any) -> None:
    """One source is told 429: the other source of that server is put off with it, without asking."""
    busy.says("/a", "", 429, Retry_After="300")
    busy.says("/b", RSS)

    first, second = sharing("a", "/a"), sharing("b", "/b")

    assert [path for _, _, path in busy.spans] == ["/a"]
    assert (first.outcome, second.outcome, second.asked) == ("put off", "put off", 0)
    assert "was asked by another crawl: the server answers 429 and asks to wait 5 minutes" in second.reason
    with project.state() as state:
        until = [state.control(name).put_off_until for name in ("a", "b")]
    assert all(abs(one - until[0]) < timedelta(seconds=60) for one in until)


def test_a_server_that_wants_very_long_pauses_is_named(busy: Busy, sharing: Any) -> None:
    """An hour between requests: a minute is kept, and where that is too long for a run it is put off."""
    busy.says("/robots.txt", "User-agent: *\nRequest-rate: 1/60m")
    busy.says("/a", RSS)

    run = sharing("a", "/a", timeout_s=20.0)

    assert run.outcome == "put off"
    assert run.reason.startswith("robots.txt asks for 60 seconds between requests; put off until ")
    assert run.details["remarks"] == [
        f"robots.txt of {busy.web.host} asks for 3,600 seconds between requests; 60 are kept"
    ]
    assert [path for _, _, path in busy.spans] == ["/robots.txt"]


def test_rules_that_cannot_be_had_are_those_of_before(busy: Busy, sharing: Any, tmp_path: Path) -> None:
    """A robots.txt that breaks forbids everything, but not where an earlier copy says what is allowed."""
    busy.says("/robots.txt", "User-agent: *\nDisallow: /no")
    busy.says("/a", RSS)
    busy.says("/no", RSS)
    sharing("a", "/a")
    (copy,) = (tmp_path / "hosts").glob("*.robots")
    kept = json.loads(copy.read_text())
    copy.write_text(json.dumps(kept | {"at": kept["at"] - 7_200}))
    busy.says("/robots.txt", "", 500)

    runs = [sharing(name, f"/{name}") for name in ("a", "no")]
    copy.unlink()
    runs.append(sharing("a", "/a"))

    assert [run.outcome for run in runs] == ["ok", "refused", "error"]
    assert "nothing is asked until it can be read" in runs[2].reason


def mastodon(busy: Busy, **headers: str) -> None:
    """A server of two pages; the headers stand on the first."""
    older = f'<{busy.web.url}/api/v1/timelines/public?max_id=1>; rel="next"'
    busy.says("/api/v2/instance", INSTANCE)
    busy.says("/api/v1/timelines/public", "[]")
    busy.says("/api/v1/timelines/public?limit=40", "[{}]", Link=older, **headers)


def test_what_little_is_left_is_spread(busy: Busy, sharing: Any) -> None:
    """One request of 300 left for four seconds: the next comes two seconds later; the numbers are told."""
    mastodon(busy, X_RateLimit_Limit="300", X_RateLimit_Remaining="1", X_RateLimit_Reset="4")

    run = sharing("a", "", platform="mastodon", timeline="public")

    assert run.asked == 3
    assert busy.gaps()[-1] >= 2.0
    assert run.details["limits"] == {busy.web.host: {"left": 1.0, "of": 300.0, "reset_s": 4.0}}


def test_nothing_left_ends_the_crawl_before_the_server_has_to_say_so(
    busy: Busy, sharing: Any, project: Any
) -> None:
    """The budget is used up until later: what came is kept, and the rest waits until then."""
    at = datetime.now(UTC) + timedelta(seconds=600)
    mastodon(busy, RateLimit_Limit="3000", RateLimit_Remaining="0", RateLimit_Reset=str(int(at.timestamp())))

    run = sharing("a", "", platform="mastodon", timeline="public")

    assert (run.outcome, run.asked) == ("put off", 2)
    assert run.details["answers"] == {"200": 2}
    with project.state() as state:
        until = state.control("a").put_off_until
    assert until is not None
    assert abs(until - at) < timedelta(seconds=30)


def test_a_file_that_was_cut_costs_nothing(busy: Busy, sharing: Any, tmp_path: Path) -> None:
    """What is no record of ours is none."""
    busy.says("/a", RSS)
    sharing("a", "/a")
    for path in (tmp_path / "hosts").iterdir():
        path.write_bytes(path.read_bytes()[:7])

    assert sharing("b", "/a").outcome == "ok"


def test_turns_are_one_at_a_time(tmp_path: Path) -> None:
    """A turn ends when it is said, and its server alone was taken."""
    here, there = Pace(tmp_path), Pace(tmp_path)
    turn = here.turn("a.example")

    assert turn is not None
    assert there.turn("a.example") is None
    assert there.turn("b.example") is not None
    turn.end(1_000.0)
    after = there.turn("a.example")
    assert after is not None
    assert after.known.asked_at == 1_000.0


def test_servers_that_nobody_asks_are_forgotten(tmp_path: Path) -> None:
    """After a week; what is still asked stays."""
    pace = Pace(tmp_path)
    for server in ("old.example", "new.example"):
        turn = pace.turn(server)
        assert turn is not None
        turn.end(1_000.0)
    os.utime(pace._path("old.example"), (1e9, 1e9))

    pace.sweep()

    assert [path.name for path in tmp_path.iterdir()] == [pace._path("new.example").name]
    Pace(None).sweep()


def test_a_clock_that_jumps_costs_one_delay() -> None:
    """A server asked "tomorrow" is not waited for until tomorrow; what it asked for is bounded by a day."""
    known = Known(server="a", asked_at=1e9 + 86_400, not_before=1e9 + 1e8)

    assert Known(server="a", asked_at=1e9 + 86_400).wait(2.0, 1e9) == 2.0
    assert Known(server="a", asked_at=1e9 - 0.5).wait(2.0, 1e9) == 1.5
    assert Known(server="a", asked_at=1e9 - 9, delay_s=30, delay_at=1e9 - 9).wait(2.0, 1e9) == 21.0
    assert Known(server="a", asked_at=1e9 - 9, delay_s=30, delay_at=1e9 - 1e6).wait(2.0, 1e9) == 0.0
    assert known.wait(2.0, 1e9) == 86_400.0


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("https://Example.org/feed", "example.org"),
        ("http://example.org:80/x", "example.org"),
        ("https://example.org.:443/", "example.org"),
        ("http://127.0.0.1:3311/", "127.0.0.1:3311"),
        ("http://[::1]:8080/", "[::1]:8080"),
    ],
)
def test_one_machine_has_one_name(url: str, server: str) -> None:
    """Scheme, usual port, capitals and a last dot make no other server of it."""
    assert server_of(url) == server


def test_the_folder_is_that_of_the_home(tmp_path: Path, project: Any) -> None:
    """Projects of a home share it, and a child process is told where it is."""
    job = project.job(hosts=hosts_of(tmp_path / "projects" / "tea"))

    assert decode(encode(job)).hosts == tmp_path / "hosts"
