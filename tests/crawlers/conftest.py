"""What tests of crawlers share: cases on disk, jobs, crawls in a process, and servers to crawl."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from crawlers import job as jobs
from crawlers.run import _child
from posts.post import Post
from posts.profile import Profile
from store.spool import Spool
from store.state import DeadLetter, Run, State

READY_S = 60.0


@dataclass
class Project:
    """A project's folder and what is in it after a crawl."""

    folder: Path
    allow_hosts: tuple[str, ...] = ()
    runs: int = 0

    def job(self, source: str = "source", **values: Any) -> jobs.Job:
        self.runs += 1
        usual = jobs.Job(
            run_id=f"run-{self.runs}",
            due_at=datetime(2026, 11, 1, 12, self.runs, tzinfo=UTC),
            folder=self.folder,
            source=source,
            platform="feed",
            url="http://127.0.0.1:1/",
            allow_hosts=self.allow_hosts,
            timeout_s=60.0,
            delay_s=0.0,
            answer_timeout_s=20.0,
        )
        return replace(usual, **values)

    def crawl(self, source: str = "source", **values: Any) -> Run:
        """Crawl in a process of its own; the record of the run."""
        job = self.job(source, **values)
        log = self.folder / "crawl.log"
        with log.open("wb") as stderr:
            code, _ = _child(job, ["--job", "-"], stderr=stderr.fileno())
        with State(self.folder / "state.sqlite") as state:
            run = state.runs(job=source)[0]
        assert (code, run.run_id, run.state) == (0, job.run_id, "done"), log.read_text()
        return run

    def posts(self, run: Run | None = None) -> list[Post]:
        """What is in the spool, or what one run put there."""
        spool = Spool(self.folder / "spool")
        found = [post for path in spool.files() for post in spool.read(path)]
        assert all(isinstance(post, Post | Profile) for post in found)
        return [p for p in found if isinstance(p, Post) and (run is None or p.run_id == run.run_id)]

    def profiles(self) -> list[Profile]:
        """What is in the spool of accounts that are watched."""
        spool = Spool(self.folder / "spool")
        return [p for path in spool.files() for p in spool.read(path) if isinstance(p, Profile)]

    def cursor(self, key: str, source: str = "source") -> str | None:
        with State(self.folder / "state.sqlite") as state:
            return state.cursor(source, key)

    def cursors(self, beginning: str, source: str = "source") -> dict[str, str]:
        with State(self.folder / "state.sqlite") as state:
            return state.cursors(source, beginning)

    def backdate(self, beginning: str, source: str = "source") -> None:
        """As if the moments at the end of these cursors had been long ago."""
        kept = self.cursors(beginning, source)
        old = {key: re.sub(r'"[^"]*"\]$', '"2026-01-01T00:00:00Z"]', text) for key, text in kept.items()}
        with State(self.folder / "state.sqlite") as state:
            state.move_cursors(source, old, at=datetime.now(UTC))

    def dead_letters(self) -> list[DeadLetter]:
        with State(self.folder / "state.sqlite") as state:
            return state.dead_letters()

    def state(self) -> State:
        return State(self.folder / "state.sqlite")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project without posts."""
    return Project(tmp_path)


Answering = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Web:
    """A server of our own that answers as it is told, and what it was asked."""

    port: int
    answers: dict[str, Answering] = field(default_factory=dict)
    asked: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked, without robots.txt."""
        return [path for _, path, _ in self.asked if path != "/robots.txt"]

    def times(self, path: str) -> list[float]:
        return [at for at, asked, _ in self.asked if asked == path]

    def says(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> None:
        """Answer a path with this."""
        self.answers[path] = answer(body, status, **headers)


def answer(body: bytes | str, status: int = 200, **headers: str) -> Answering:
    """An answer; names of headers are written with underscores."""
    packed = body.encode() if isinstance(body, str) else body

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)

    return write


@pytest.fixture
def web() -> Iterator[Web]:
    """A server of our own; ask ``web.host`` to be allowed before it is crawled."""
    yield from _serve()


@pytest.fixture
def canary() -> Iterator[Web]:
    """A second server, which nobody may reach."""
    yield from _serve()


def _serve() -> Iterator[Web]:
    found: list[Web] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            web = found[0]
            web.asked.append((time.monotonic(), self.path, dict(self.headers.items())))
            answering = web.answers.get(self.path) or web.answers.get(self.path.split("?")[0])
            try:
                (answering or answer("not here", 404))(self)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    found.append(Web(server.server_address[1]))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield found[0]
    server.shutdown()
    server.server_close()
    thread.join(5)


@dataclass
class MastodonServer:
    """A server of Mastodon's API by another author (mastodon_mock), and our way to write on it."""

    url: str

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def call(self, method: str, path: str, *, token: str | None = None, **body: Any) -> Any:
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body).encode() if body else None
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as opened:
            return json.load(opened)

    def person(self, name: str) -> str:
        """A new person; the token to write with."""
        made = self.call("POST", "/api/v1/_mock/dev_user", username=name, display_name=name)
        return str(made["access_token"])

    def write(self, token: str, text: str, **more: Any) -> dict[str, Any]:
        written: dict[str, Any] = self.call("POST", "/api/v1/statuses", token=token, status=text, **more)
        return written

    def reset(self) -> None:
        self.call("POST", "/api/v1/_mock/reset")


@pytest.fixture(scope="session")
def mastodon_process(free_port: Callable[[], int]) -> Iterator[MastodonServer]:
    """The server, started once."""
    port = free_port()
    command = [sys.executable, "-m", "mastodon_mock", "serve", "--in-memory", "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--log-level", "error"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    server = MastodonServer(f"http://127.0.0.1:{port}")
    try:
        end = time.monotonic() + READY_S
        while True:
            try:
                server.call("GET", "/api/v2/instance")
                break
            except (OSError, urllib.error.URLError):
                if process.poll() is not None or time.monotonic() > end:
                    pytest.fail("mastodon_mock does not start")
                time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def mastodon_server(mastodon_process: MastodonServer) -> MastodonServer:
    """The server, empty."""
    mastodon_process.reset()
    return mastodon_process
