"""A small world of real servers: a Mastodon with eight people, and a feed with fourteen days of history."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from store.protocol import StoreSettings

ROOT = Path(__file__).parents[2]


@dataclass
class Mastodon:
    """A running mastodon_mock, spoken to over its own API, and what was posted there."""

    url: str
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, *, user: str | None = None) -> Any:
        headers = {"content-type": "application/json"}
        if user:
            headers["authorization"] = f"Bearer {self.tokens[user]}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def join(self, username: str, name: str) -> None:
        made = self.call("POST", "/api/v1/_mock/dev_user", {"username": username, "display_name": name})
        self.tokens[username] = made["access_token"]
        self.ids[username] = made["id"]

    def post(self, user: str, text: str, language: str, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.call(
            "POST", "/api/v1/statuses", {"status": text, "language": language, **more}, user=user
        )
        return answer

    def edit(self, user: str, status: str, text: str) -> None:
        self.call("PUT", f"/api/v1/statuses/{status}", {"status": text}, user=user)

    def boost(self, user: str, status: str) -> None:
        self.call("POST", f"/api/v1/statuses/{status}/reblog", user=user)


@pytest.fixture(scope="module")
def mastodon(tmp_path_factory: pytest.TempPathFactory, free_port: Callable[[], int]) -> Iterator[Mastodon]:
    port = free_port()
    log = (tmp_path_factory.mktemp("mastodon") / "log").open("wb")
    command = ["-m", "mastodon_mock", "serve", "--in-memory", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen([sys.executable, *command], stdout=log, stderr=log)
    server = Mastodon(f"http://127.0.0.1:{port}")
    try:
        _until_it_answers(f"{server.url}/api/v2/instance", process)
        yield server
    finally:
        process.terminate()
        process.wait(60)
        log.close()


def _until_it_answers(url: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"{process.args} ended with {process.returncode}")
        try:
            urllib.request.urlopen(url, timeout=20).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{url} did not answer in {seconds} s")


@dataclass
class Feed:
    """A real HTTP server with one Atom feed; ``entries`` can grow."""

    port: int
    entries: list[tuple[str, datetime, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed.atom"

    def atom(self) -> bytes:
        entries = "".join(
            f"<entry><id>tag:news.example,2026:{number}</id><title>{escape(title)}</title>"
            f"<link href='http://127.0.0.1:{self.port}/{number}'/><updated>{at:%Y-%m-%dT%H:%M:%SZ}</updated>"
            f"<published>{at:%Y-%m-%dT%H:%M:%SZ}</published><author><name>Desk</name></author>"
            f"<content type='html'>{escape(text)}</content></entry>"
            for number, (title, at, text) in enumerate(self.entries)
        )
        return (
            "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'>"
            f"<id>tag:news.example,2026:feed</id><title>News</title>"
            f"<updated>2026-01-01T00:00:00Z</updated>{entries}</feed>"
        ).encode()


@pytest.fixture(scope="module")
def feed() -> Iterator[Feed]:
    made = Feed(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = self.path == "/feed.atom"
            body = made.atom() if found else b"" if self.path == "/robots.txt" else b"an article"
            self.send_response(404 if self.path == "/robots.txt" else 200)
            self.send_header("content-type", "application/atom+xml" if found else "text/plain")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@dataclass
class World:
    """Both servers, filled, and how often each tag was used in the last day, counted by hand."""

    mastodon: Mastodon
    feed: Feed
    tags: Counter[str] = field(default_factory=Counter)
    people: dict[str, set[str]] = field(default_factory=dict)
    posts: int = 0
    boosts: int = 0

    def say(self, user: str, text: str, language: str, *families: str, **more: Any) -> dict[str, Any]:
        """Post, and count by hand."""
        made = self.mastodon.post(user, text, language, **more)
        self.count(user, *families)
        return made

    def count(self, who: str, *families: str) -> None:
        self.posts += 1
        for family in families:
            self.tags[family] += 1
            self.people.setdefault(family, set()).add(who)


PEOPLE = {
    "ada": "Ada", "grace": "Grace", "alan": "Alan", "katherine": "Katherine",
    "sara": "سارا", "nima": "نیما", "leila": "لیلا", "reza": "رضا",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(mastodon: Mastodon, feed: Feed) -> World:
    """Eight people, two languages, replies, boosts, a poll, an edit; a feed of fourteen days."""
    made = World(mastodon, feed)
    for username, name in PEOPLE.items():
        mastodon.join(username, name)
    first = made.say("ada", "A good #GreenTea in the morning", "en", "greentea")
    for user in ("grace", "alan", "katherine"):
        made.say(user, f"{user} likes #greentea too, @ada", "en", "greentea", in_reply_to_id=first["id"])
    # "a cup of green tea", in three spellings of one tag: underscore (twice), half-space, Arabic yeh
    made.say("reza", "هر روز #چای_سبز", "fa", "چایسبز")
    chai = made.say("sara", "یک فنجان #چای_سبز", "fa", "چایسبز")
    made.say("nima", "یک فنجان #چای‌سبز", "fa", "چایسبز", in_reply_to_id=chai["id"])
    made.say("leila", "یک فنجان #چاي_سبز", "fa", "چایسبز")
    # "which do you like?", a poll
    made.say(
        "reza", "کدام را دوست دارید؟ #نظرسنجی", "fa", "نظرسنجی",
        poll={"options": ["چای", "قهوه"], "expires_in": 3600},
    )  # fmt: skip
    edited = made.say("grace", "I meant #matha", "en", "matcha")
    mastodon.edit("grace", edited["id"], "I meant #matcha")
    # boosts are seen on the timelines of ada and nima, which the project names
    mastodon.boost("ada", chai["id"])
    mastodon.boost("nima", first["id"])
    made.posts += 2
    made.boosts += 2
    now = datetime.now(UTC).replace(microsecond=0)
    for day in range(14, 0, -1):
        at = now - timedelta(days=day) + timedelta(minutes=30)
        feed.entries.append((f"Report {day}", at, f"<p>News of the day about #AI, part {day}</p>"))
        # "news of artificial intelligence"
        feed.entries.append((f"گزارش {day}", at, f"<p>خبر روز دربارهٔ #هوش_مصنوعی، بخش {day}</p>"))
    made.posts += len(feed.entries)
    made.tags.update({"ai": 1, "هوشمصنوعی": 1})
    return made


@dataclass
class Home:
    """A RASAD_HOME of its own with one project, and the command line on it."""

    folder: Path
    environ: dict[str, str]
    project: str = "tea"

    def rasad(self, *arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "rasad", *arguments]
        done = subprocess.run(
            command, env=self.environ, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False
        )
        assert done.returncode == code, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> list[dict[str, Any]]:
        lines = self.rasad(*arguments, "--json", "--project", self.project).splitlines()
        return [json.loads(line) for line in lines]


PROJECT = """
[project]
name = "tea"
title = "Tea"
language = "en"
time_zone = "Asia/Tehran"
contact = "tests@rasad.example"

[crawl]
allow_hosts = ["127.0.0.1:{mastodon}", "127.0.0.1:{feed}"]
delay_s = 0

[intake]
journal = "{journal}"

[[sources]]
name = "everyone"
platform = "mastodon"
url = "http://127.0.0.1:{mastodon}"
timeline = "public"
every = "1h"

[[sources]]
name = "green-tea"
platform = "mastodon"
url = "http://127.0.0.1:{mastodon}"
tag = "greentea"
every = "1h"

[[sources]]
name = "ada"
platform = "mastodon"
url = "http://127.0.0.1:{mastodon}"
account = "ada"
every = "1h"

[[sources]]
name = "nima"
platform = "mastodon"
url = "http://127.0.0.1:{mastodon}"
account = "nima"
every = "1h"

[[sources]]
name = "news"
platform = "feed"
url = "http://127.0.0.1:{feed}/feed.atom"
every = "1h"
"""


@pytest.fixture
def make_home(tmp_path: Path) -> Callable[[World, StoreSettings], Home]:
    """Makes the home of a project that names the servers of the world, on the engine of the settings."""
    return lambda world, store: _make_home(tmp_path / "home", world, store)


def _make_home(folder: Path, world: World, store: StoreSettings) -> Home:
    project = folder / "projects" / "tea"
    project.mkdir(parents=True)
    ports = {"mastodon": int(world.mastodon.url.rsplit(":", 1)[1]), "feed": world.feed.port}
    text = PROJECT.format(**ports, journal=folder / "journal")
    if store.url:
        text += f'\n[store]\nurl = "{store.url}"\nprefix = "{store.prefix}"\n'
    (project / "project.toml").write_text(text, encoding="utf-8")
    kept = {k: v for k, v in os.environ.items() if not k.startswith("RASAD_")}
    return Home(folder, {**kept, "RASAD_HOME": str(folder)})


@dataclass
class Service:
    """A running ``rasad run``."""

    process: subprocess.Popen[bytes]
    url: str


@pytest.fixture
def serve(tmp_path: Path, free_port: Callable[[], int]) -> Iterator[Any]:
    running: list[subprocess.Popen[bytes]] = []

    def start(home: Home) -> Service:
        port = free_port()
        log = (tmp_path / "service.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "rasad", "run", "--port", str(port)],
            env=home.environ, cwd=ROOT, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        running.append(process)
        _until_it_answers(f"http://127.0.0.1:{port}/_stcore/health", process)
        return Service(process, f"http://127.0.0.1:{port}")

    yield start
    for process in running:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
