"""A small server of Mastodon's API of our own, streams included, and a crawl of it without a process.

What mastodon_mock does not do: Persian tags, several posts by their ids, threads and searches in pages,
streams that break. Its statuses have numbers for ids, a minute apart.
"""

from __future__ import annotations

import json
import queue
import re
import threading
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from scrapy import Request
from scrapy.http import Response

from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.pipeline import IntoSpool, Page
from crawlers.spiders.mastodon import MastodonSpider
from store.state import State

START = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=5)
"""Statuses are from one to six hours old: the next look at them is due at six."""
TOKEN = "token-of-sara"
Answer = tuple[int, Any]


def iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def at(number: int) -> datetime:
    """When the status of this number was written."""
    return START + timedelta(minutes=number)


def account(**more: Any) -> dict[str, Any]:
    return {
        "id": "1", "username": "sara", "acct": "sara", "discoverable": True, "indexable": True,
        "followers_count": 7, "following_count": 3, "statuses_count": 90, **more,
    }  # fmt: skip


def status(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    return {
        "id": str(number), "uri": f"https://town.example/users/sara/statuses/{number}",
        "created_at": iso(at(number)), "visibility": "public", "content": text or f"tea {number}",
        "account": account(), **more,
    }  # fmt: skip


def post_id(number: int) -> str:
    return f"mastodon:town.example:users/sara/statuses/{number}"


@dataclass
class Town:
    """The server: its statuses by number, what it was asked, and what it answers otherwise."""

    url: str = ""
    version: str = "4.5.0"
    size: int = 40
    statuses: dict[int, dict[str, Any]] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=lambda: {"1": account()})
    history: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    instead: dict[str, Callable[[BaseHTTPRequestHandler], Answer]] = field(default_factory=dict)
    streaming: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    lines: list[queue.Queue[bytes | None]] = field(default_factory=list)
    connected: threading.Condition = field(default_factory=threading.Condition)

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def fill(self, *numbers: int, **more: Any) -> None:
        self.statuses |= {number: status(number, **more) for number in numbers}

    def paths(self) -> list[str]:
        """What was asked but for what the server says of itself."""
        return [unquote(path) for path, _ in self.asked if "/instance" not in path]

    def tell(self, event: str, data: Any) -> None:
        """Send an event to everybody who listens."""
        text = data if isinstance(data, str) else json.dumps(data)
        self.send(f"event: {event}\ndata: {text}\n\n".encode())

    def send(self, piece: bytes) -> None:
        for line in list(self.lines):
            line.put(piece)

    def hang_up(self) -> None:
        """Break every stream."""
        for line in list(self.lines):
            line.put(None)

    def wait_for_listener(self, count: int = 1) -> None:
        """Until so many have connected in all."""
        with self.connected:
            assert self.connected.wait_for(lambda: len(self.lines) >= count, 60)

    # answers

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        self.asked.append((handler.path, handler.headers.get("Authorization")))
        given = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        path = unquote(parts.path)
        instead = self.instead.get(path)
        if instead is not None:
            code, body = instead(handler)
        elif path.startswith("/api/v1/streaming/") and path != "/api/v1/streaming/health":
            self._stream(handler)
            return
        else:
            code, body = self._found(path, given, parse_qs(parts.query))
        packed = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(code)
        for name, value in self.headers.pop(path, {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(packed)))
        handler.end_headers()
        handler.wfile.write(packed)

    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    def _found(self, path: str, given: dict[str, str], every: dict[str, list[str]]) -> Answer:
        if path == "/api/v2/instance":
            urls = {"streaming": self.streaming or self.url.replace("http", "ws")}
            return 200, {"domain": "town.example", "version": self.version, "configuration": {"urls": urls}}
        if path.startswith("/api/v1/timelines/"):
            tag = path.rpartition("/tag/")[2] if "/tag/" in path else ""
            ids = [n for n, s in self.statuses.items() if not tag or f"#{tag}" in s["content"]]
            return 200, self._slice(ids, given)
        if path == "/api/v1/statuses":
            return 200, [self.statuses[int(i)] for i in every["id[]"] if int(i) in self.statuses]
        if path == "/api/v2/search":
            return 200, self._search(given)
        if path == "/api/v1/trends/statuses":
            start = int(given.get("offset", 0))
            return 200, [self.statuses[n] for n in sorted(self.statuses)][start : start + int(given["limit"])]
        if path == "/api/v1/accounts/lookup":
            return 200, self.people["1"]
        if found := re.fullmatch(r"/api/v1/accounts/(\d+)(/statuses)?", path):
            person = self.people.get(found[1])
            gone = (404, {"error": "Record not found"})
            return (
                gone if person is None else (200, self._slice(self.statuses, given) if found[2] else person)
            )
        if found := re.fullmatch(r"/api/v1/statuses/(\d+)(/context|/history)?", path):
            return self._one(int(found[1]), found[2])
        return (200, b"OK") if path.endswith("/health") else (404, {"error": "not here"})

    def _one(self, number: int, part: str | None) -> Answer:
        if number not in self.statuses:
            return 404, {"error": "Record not found"}
        if part == "/history":
            return 200, self.history.get(number, [])
        if part is None:
            return 200, self.statuses[number]
        above, below = ([self.statuses[n] for n in sorted(self.statuses) if test(n)]
                        for test in (lambda n: n < number, lambda n: n > number))  # fmt: skip
        return 200, {"ancestors": above, "descendants": below}

    def _search(self, given: dict[str, str]) -> dict[str, Any]:
        if given.get("resolve"):
            hits = [n for n, s in self.statuses.items() if s["uri"] == given["q"]]
        else:
            hits = [n for n, s in self.statuses.items() if given["q"] in s["content"]]
        hits = [n for n in hits if n > int(given.get("min_id", 0)) and n < int(given.get("max_id", 10**20))]
        start = int(given.get("offset", 0))
        found = sorted(hits, reverse=True)[start : start + int(given["limit"])]
        return {"accounts": [], "hashtags": [], "statuses": [self.statuses[n] for n in found]}

    def _slice(self, ids: Any, given: dict[str, str]) -> list[dict[str, Any]]:
        if "min_id" in given:
            chosen = sorted(i for i in ids if i > int(given["min_id"]))[: self.size]
        else:
            chosen = sorted(i for i in ids if i < int(given.get("max_id", 10**20)))[-self.size :]
        return [self.statuses[i] for i in reversed(chosen)]

    def _stream(self, handler: BaseHTTPRequestHandler) -> None:
        line: queue.Queue[bytes | None] = queue.Queue()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(b":)\n")
        handler.wfile.flush()
        with self.connected:
            self.lines.append(line)
            self.connected.notify_all()
        while (piece := line.get(timeout=60)) is not None:
            handler.wfile.write(piece)
            handler.wfile.flush()
        handler.close_connection = True


@contextmanager
def serving() -> Iterator[Town]:
    """A town on a port of its own."""
    town = Town()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                town.answer(self)
            except (OSError, queue.Empty):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.block_on_close = False
    town.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield town
    finally:
        town.hang_up()
        server.shutdown()
        server.server_close()
        thread.join(5)


@dataclass
class Walked:
    """What one crawl did."""

    ledger: Ledger
    pages: list[Page]

    @property
    def outcome(self) -> tuple[str, str]:
        return self.ledger.outcome()

    @property
    def numbers(self) -> list[int]:
        """The numbers of the posts that were kept, in order."""
        return sorted(int(post.id.rpartition("/")[2]) for page in self.pages for post in page.posts)

    def told(self) -> list[tuple[str, str, datetime, datetime]]:
        """What the ledger says of times."""
        return [(s.what, s.why, s.since, s.until) for s in self.ledger.stretches]


def walk(job: Job, *, now: datetime) -> Walked:
    """A crawl at ``now`` without Scrapy's engine: one request after the other, each page into the spool."""
    with State(job.folder / "state.sqlite") as state:
        if state.cursor(job.source, "place") != job.place:
            state.forget_cursors(job.source)
            state.move_cursors(job.source, {"place": job.place}, at=now)
        ledger = Ledger(source=job.source, run_id=job.run_id)
        spider = MastodonSpider(job=job, ledger=ledger, state=state)
        spider.now = lambda: now  # type: ignore[method-assign]
        spool = IntoSpool(SimpleNamespace(spider=spider))  # type: ignore[arg-type]
        made = Walked(ledger, [])
        _follow(_started(spider), spool, made)
        for part in (spider._looks, spider._profile):
            if not ledger.errors:
                _follow(list(part()), spool, made)
        spider.closed("finished")
        return made


def _started(spider: MastodonSpider) -> list[Request]:
    start, found = spider.start(), []
    while True:
        step = start.__anext__()
        try:
            step.send(None)
        except StopIteration as given:
            found.append(given.value)
        except StopAsyncIteration:
            return found


def _follow(requests: list[Request], spool: IntoSpool, made: Walked) -> None:
    waiting = deque(requests)
    while waiting:
        request = waiting.popleft()
        for result in request.callback(_fetched(request)) or ():
            if isinstance(result, Page):
                made.pages.append(result)
                spool._put([result])
            else:
                waiting.append(result)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)


def _fetched(request: Request) -> Response:
    headers = {name.decode(): values[0].decode() for name, values in request.headers.items()}
    try:
        with _opener.open(urllib.request.Request(request.url, headers=headers), timeout=20) as answer:
            return Response(
                request.url, status=answer.status, body=answer.read(), headers=dict(answer.headers)
            )
    except urllib.error.HTTPError as error:
        with error:
            return Response(request.url, status=error.code, body=error.read(), headers=dict(error.headers))
