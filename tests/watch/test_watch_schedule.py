"""Each due time has its run once: restarts, second schedulers, pauses and broken files included."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from config.load import load
from store.spool import Spool
from watch.arrivals import MADE_AT_NOTE, SEED_NOTE, UNTIL_NOTE, arrive
from watch.crawls import NO_CONTACT, run_due, run_now
from watch.hosts import host_lock, host_of
from watch.schedule import PROBLEM_NOTE, Schedule

DUE = datetime(2026, 11, 23, 8, 15, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def scheduled(home: Any, crawls: Any, clock: Any) -> Iterator[Callable[[], Schedule]]:
    """Starts schedulers on the home, and stops them."""
    started: list[Schedule] = []

    def start() -> Schedule:
        schedule = Schedule(home.folder, clock=clock, crawl=crawls)
        started.append(schedule)
        schedule.start()
        return schedule

    yield start
    for schedule in started:
        schedule.stop()


def test_source_is_crawled_for_its_latest_due_time(
    home: Any, written: Any, crawls: Any, scheduled: Any
) -> None:
    """At the start the due time that has passed is made good, under its own key."""
    home.write(written())
    scheduled()

    assert crawls.wait_for(1) == [("news", DUE)]


def test_two_schedulers_run_a_due_time_once(home: Any, written: Any, crawls: Any, scheduled: Any) -> None:
    """The table of runs decides, whoever fires first."""
    home.write(*(written(f"news-{number}") for number in range(6)))
    first, second = scheduled(), scheduled()
    crawls.wait_for(6)
    first.stop()
    second.stop()

    assert sorted(crawls.made) == [(f"news-{number}", DUE) for number in range(6)]


def test_restart_does_not_run_a_due_time_again(
    home: Any, written: Any, crawls: Any, clock: Any, scheduled: Any
) -> None:
    """What has had its run has had it; the next due time is another matter."""
    home.write(written())
    schedule = scheduled()
    crawls.wait_for(1)
    schedule.stop()
    again = scheduled()
    again.stop()
    clock.forward(minutes=15)
    scheduled()

    assert crawls.wait_for(2) == [("news", DUE), ("news", DUE + timedelta(minutes=15))]


def test_interrupted_run_is_made_again(home: Any, written: Any, crawls: Any, scheduled: Any) -> None:
    """A run that a dead process left open is marked at the start, and has exactly one end."""
    home.write(written())
    with home.state() as state:
        assert state.begin_run("left-open", job="news", due_at=DUE, started_at=DUE)
    scheduled()
    crawls.wait_for(1)
    runs = home.runs("news")

    assert [(run.due_at, run.state, run.outcome) for run in runs] == [(DUE, "done", "ok")]


def test_hosts_are_asked_by_one_crawl_at_a_time(home: Any, written: Any, crawls: Any, scheduled: Any) -> None:
    """Four sources of one host queue up; another host's do not wait for them."""
    both = threading.Barrier(2, timeout=60)
    crawls.during = lambda: None
    home.write(
        *(written(f"a-{n}", url=f"http://127.0.0.1:9/{n}") for n in range(4)),
        written("b", url="http://127.0.0.1:10/"),
    )
    met: list[int] = []

    def meet() -> None:
        if not met:
            both.wait()
            met.append(1)

    crawls.during = meet
    scheduled()
    crawls.wait_for(5)

    assert crawls.most_at_work == 1
    assert met


@pytest.mark.parametrize("how", ["file", "state"])
def test_paused_source_is_left_alone_until_resumed(
    how: str, home: Any, written: Any, crawls: Any, scheduled: Any
) -> None:
    """Whether the project file or the dashboard's button says so, and it starts at once when resumed."""
    home.write(written("other"), written(more="paused = true\n" if how == "file" else ""))
    with home.state() as state:
        state.pause("news", paused=how == "state")
    schedule = scheduled()
    crawls.wait_for(1)
    schedule.refresh()
    before = [name for name, _ in crawls.made]
    home.write(written("other"), written())
    with home.state() as state:
        state.pause("news", paused=False)
    schedule.refresh()
    crawls.wait_for(2)

    assert before == ["other"]
    assert [name for name, _ in crawls.made] == ["other", "news"]


def test_put_off_source_waits(home: Any, written: Any, crawls: Any, clock: Any) -> None:
    """A server that asked to wait is not asked; the due time stays free for when it may be."""
    home.write(written())
    settings = load(home.project)
    with home.state() as state:
        state.put_off("news", clock.now + timedelta(minutes=2), reason="429")

    waited = run_due(settings, settings.sources[0], due_at=DUE, home=home.folder, clock=clock, crawl=crawls)
    clock.forward(minutes=3)
    run = run_due(settings, settings.sources[0], due_at=DUE, home=home.folder, clock=clock, crawl=crawls)

    assert waited is None
    assert run is not None
    assert crawls.made == [("news", DUE)]


def test_public_host_is_not_asked_without_a_contact(home: Any, written: Any, crawls: Any, clock: Any) -> None:
    """It is on record once, not at every due time, and the due time is still free afterwards."""
    home.write(written(url="https://example.org/feed"), contact="")
    settings = load(home.project)
    ask = {"home": home.folder, "clock": clock, "crawl": crawls}

    first = run_due(settings, settings.sources[0], due_at=DUE, **ask)
    second = run_due(settings, settings.sources[0], due_at=DUE + timedelta(minutes=15), **ask)
    by_hand = run_now(settings, settings.sources[0], home=home.folder, crawl=crawls)
    noted = list(crawls.made)
    home.write(written(url="https://example.org/feed"))
    settings = load(home.project)
    run = run_due(settings, settings.sources[0], due_at=DUE, **ask)

    assert first is not None
    assert (first.outcome, first.reason) == ("not set up", NO_CONTACT)
    assert second is None
    assert by_hand.outcome == "not set up"
    assert noted == []
    assert run is not None


def test_private_host_that_is_allowed_needs_no_contact(
    home: Any, written: Any, crawls: Any, clock: Any
) -> None:
    """Tests and intranets: whoever allows a host answers for it."""
    home.write(written(), contact="")
    settings = load(home.project)
    run_due(settings, settings.sources[0], due_at=DUE, home=home.folder, clock=clock, crawl=crawls)

    assert crawls.made == [("news", DUE)]


def test_broken_file_keeps_the_last_good_settings(
    home: Any, written: Any, crawls: Any, clock: Any, scheduled: Any
) -> None:
    """A file in the middle of being changed stops nothing, is told, and is taken when it is whole."""
    home.write(written())
    schedule = scheduled()
    crawls.wait_for(1)
    file = home.project / "project.toml"
    good = file.read_text()
    file.write_text(good.replace('platform = "feed"', 'platform = "fed"'))
    schedule.refresh()
    with home.state() as state:
        problem = state.note(PROBLEM_NOTE)
    file.write_text(good + written("second"))
    schedule.refresh()
    crawls.wait_for(2)
    with home.state() as state:
        mended = state.note(PROBLEM_NOTE)

    assert problem is not None
    assert "platform" in problem
    assert "feed" in problem
    assert mended == ""
    assert [name for name, _ in crawls.made] == ["news", "second"]


def test_removed_source_and_project_are_forgotten(
    home: Any, written: Any, crawls: Any, clock: Any, scheduled: Any
) -> None:
    """What the files no longer name has no job, and a change of the interval makes a new one."""
    home.write(written("a"), written("b", every="1h"))
    schedule = scheduled()
    crawls.wait_for(2)
    home.write(written("b", every="30m"))
    schedule.refresh()
    jobs = {job.id: job.trigger.every for job in schedule._scheduler.get_jobs()}
    (home.project / "project.toml").unlink()
    schedule.refresh()

    assert jobs == {"tea/b": timedelta(minutes=30)}
    assert schedule._scheduler.get_jobs() == []


def test_host_lock_holds_between_processes(tmp_path: Path) -> None:
    """A process that is killed while it holds a host leaves it free."""
    code = textwrap.dedent(
        """
        import sys, time
        from pathlib import Path
        from watch.hosts import host_lock
        with host_lock(Path(sys.argv[1]), "example.org") as held:
            print(held, flush=True)
            time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        with host_lock(tmp_path, "example.org", timeout_s=0.2) as held_too:
            pass
        with host_lock(tmp_path, "example.com", timeout_s=0.2) as held_elsewhere:
            pass
        other.kill()
        other.wait()
        with host_lock(tmp_path, "example.org", timeout_s=5) as held_after:
            pass

    assert (held_too, held_elsewhere, held_after) == (False, True, True)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Example.org/feed", "example.org"),
        ("https://user:word@example.org:8443/x", "example.org:8443"),
        ("http://127.0.0.1:9", "127.0.0.1:9"),
        ("https://example.org:443/feed", "example.org"),
        ("http://Example.ORG.", "example.org"),
    ],
)
def test_host_of_an_address(url: str, host: str) -> None:
    """Names are not part of it, ports are."""
    assert host_of(url) == host


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_only_one_scheduler_process_for_a_home(tmp_path: Path) -> None:
    """The second ends with 1 and says why; SIGTERM ends the first."""
    environ = {**os.environ, "RASAD_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "watch"]
    with subprocess.Popen(command, env=environ, cwd=ROOT, stderr=subprocess.PIPE, text=True) as first:
        _wait_until_it_catches(signal.SIGTERM, first.pid)  # which it does once it has the lock
        second = subprocess.run(
            command, env=environ, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
        first.send_signal(signal.SIGTERM)
        code = first.wait(60)

    assert second.returncode == 1
    assert "another scheduler" in second.stderr
    assert code == 0


def _wait_until_it_catches(number: signal.Signals, pid: int, seconds: float = 120) -> None:
    """Until the process has a handler of its own for the signal, as the kernel tells."""
    deadline = time.monotonic() + seconds
    while True:
        status = Path(f"/proc/{pid}/status").read_text()
        caught = next(line.split()[1] for line in status.splitlines() if line.startswith("SigCgt:"))
        if int(caught, 16) >> (number - 1) & 1:
            return
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_demo_posts_go_on_arriving(home: Any, clock: Any) -> None:
    """Nothing before the world is loaded; then what arrived since the last time, each post once."""
    home.write(more="")
    file = home.project / "project.toml"
    file.write_text(file.read_text().replace('name = "tea"', 'name = "tea"\ndemo = true'))
    settings = load(home.project)
    before = arrive(settings, now=clock.now)
    with home.state() as state:
        state.set_note(SEED_NOTE, "1")
        state.set_note(MADE_AT_NOTE, clock.now.isoformat())
        state.set_note(UNTIL_NOTE, clock.now.isoformat())
    counts = []
    for _ in range(3):
        clock.forward(hours=2)
        counts.append(arrive(settings, now=clock.now))
    spool = Spool(settings.spool)
    ids = [post.id for path in spool.files() for post in spool.read(path)]

    assert before == 0
    assert sum(counts) == len(ids) == len(set(ids)) > 0


def test_killed_scheduler_makes_its_run_again(home: Any, tmp_path: Path) -> None:
    """Killed with -9 in the middle of a crawl, it leaves an open run; the next one ends it, once."""
    slow = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/feed" and not slow.is_set():
                slow.set()
                time.sleep(3)
            body = FEED if self.path == "/feed" else b""
            self.send_response(200 if body else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_address[1]}"
        home.write(SOURCE.format(host=host))
        file = home.project / "project.toml"
        file.write_text(file.read_text().replace("127.0.0.1:9", host, 1))
        environ = {**os.environ, "RASAD_HOME": str(home.folder)}
        command = [sys.executable, "-m", "watch"]
        with subprocess.Popen(command, env=environ, cwd=ROOT) as first:
            assert slow.wait(120)
            first.kill()
            first.wait()
        [left] = home.runs("slow")
        with subprocess.Popen(command, env=environ, cwd=ROOT) as second:
            deadline = time.monotonic() + 120
            while home.runs("slow")[0].state != "done" and time.monotonic() < deadline:
                time.sleep(0.2)
            second.terminate()
            code = second.wait(60)
        server.shutdown()
    [again] = home.runs("slow")

    assert left.state == "running"
    assert (again.state, again.outcome, again.due_at) == ("done", "ok", left.due_at)
    assert again.got == 1
    assert code == 0


FEED = b"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title><link>x</link>
<description>d</description><item><guid isPermaLink="false">1</guid><title>One</title>
<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""
SOURCE = """
[[sources]]
name = "slow"
platform = "feed"
url = "http://{host}/feed"
every = "1d"
"""
