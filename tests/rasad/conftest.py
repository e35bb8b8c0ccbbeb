"""The command line as a program of its own, on homes under the temporary folder."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from rasad.cli import main

ROOT = Path(__file__).resolve().parents[2]

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>News</title><link>http://127.0.0.1/</link><description>-</description>
{items}</channel></rss>"""
ITEM = """<item><guid isPermaLink="false">n{number}</guid><title>{title}</title>
<link>http://127.0.0.1:{port}/n{number}</link>
<pubDate>Sun, 22 Nov 2026 10:0{number}:00 GMT</pubDate></item>"""


@dataclass(frozen=True)
class Done:
    """How a command ended and what it wrote."""

    code: int
    stdout: str
    stderr: str


def _carried_out(arguments: tuple[str, ...], environ: dict[str, str]) -> Done:
    """The program's own way in, with the arguments, variables and streams of a process."""
    out, news = (io.TextIOWrapper(io.BytesIO(), write_through=True) for _ in range(2))
    before = dict(os.environ), sys.argv
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["rasad", *arguments]
    code: object = 0
    try:
        with redirect_stdout(out), redirect_stderr(news):
            main()
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        os.environ.clear()
        os.environ.update(before[0])
        sys.argv = before[1]
    texts = [stream.buffer.getvalue().decode() for stream in (out, news)]  # type: ignore[attr-defined]
    return Done(int(str(code)), *texts)


@dataclass
class Home:
    """A RASAD_HOME and the command line on it."""

    folder: Path
    environ: dict[str, str]
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def run(self, *arguments: str, code: int = 0, more: dict[str, str] | None = None) -> Done:
        """The command carried out in this process; it must have ended with ``code``, without a traceback."""
        done = _carried_out(arguments, {**self.environ, **(more or {})})
        self._check(done, arguments, code)
        return done

    def start(self, *arguments: str, code: int = 0) -> Done:
        """The same in a process of its own."""
        ended = subprocess.run(
            [sys.executable, "-m", "rasad", *arguments],
            env=self.environ,
            cwd=ROOT,
            capture_output=True,
            timeout=280,
            check=False,
        )
        done = Done(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
        self._check(done, arguments, code)
        return done

    def _check(self, done: Done, arguments: tuple[str, ...], code: int) -> None:
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        told = f"{arguments} ended with {done.code}\n{done.stdout}\n{done.stderr}"
        assert done.code == code, told

    def json(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """The JSON lines that the command wrote."""
        return [json.loads(line) for line in self.run(*arguments, "--json", code=code).stdout.splitlines()]

    def project(self, name: str) -> Path:
        return self.folder / "projects" / name


def make_home(folder: Path) -> Home:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RASAD_")}
    return Home(folder, {**kept, "RASAD_HOME": str(folder)})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home without a project."""
    return make_home(tmp_path / "home")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the demo loaded, which no test changes."""
    made = make_home(tmp_path_factory.mktemp("demo"))
    made.start("demo", "--no-serve")
    return made


@dataclass
class Feed:
    """A real server with a feed of so many items, or an answer of one status."""

    port: int = 0
    items: int = 3
    status: int = 200
    titles: dict[int, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed.xml"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def body(self) -> bytes:
        items = "".join(
            ITEM.format(number=n, port=self.port, title=self.titles.get(n, f"Tea number {n} #tea"))
            for n in range(self.items)
        )
        return RSS.format(items=items).encode()


class Quiet(ThreadingHTTPServer):
    """A server that says nothing of clients that hang up: the commands share its standard error."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@pytest.fixture
def feed() -> Iterator[Feed]:
    """A feed on the loopback."""
    made = Feed()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = (made.status, made.body()) if self.path == "/feed.xml" else (404, b"")
            self.send_response(status)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@pytest.fixture
def tea(home: Home, feed: Feed) -> Home:
    """A home with the project `tea`, which may crawl the feed and nothing else."""
    home.run("init", "tea", "--contact", "tests@rasad.example")
    file = home.project("tea") / "project.toml"
    text = file.read_text(encoding="utf-8").removesuffix("# end\n")
    crawl = f'[crawl]\nallow_hosts = ["{feed.host}"]\ndelay_s = 0\n'
    file.write_text(f"{text}\n{crawl}\n# end\n", encoding="utf-8")
    return home


@pytest.fixture
def serve() -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts services and ends those that a test leaves running."""
    running: list[subprocess.Popen[bytes]] = []

    def start(home: Home, *arguments: str) -> subprocess.Popen[bytes]:
        log = home.folder.with_name(f"{home.folder.name}-{len(running)}.out").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "rasad", "run", *arguments],
            env=home.environ,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture
def hanging() -> Iterator[str]:
    """The address of a feed whose server takes the question and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/feed.xml"
