"""Stands before a real Elasticsearch and does to its requests what a bad day does.

Each fault is a value that a test sets and takes back while the proxy runs. ``requests`` counts what came,
``bulks`` the bulk requests among it, ``spoiled`` what a fault was done to.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding"})
OVERLOADED = {"type": "es_rejected_execution_exception", "reason": "for the test"}


class FaultProxy:
    """An Elasticsearch's double at ``url``, well until a fault is set."""

    def __init__(self, target: str, *, seed: int = 1) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "", parts.port or 9200)
        self._rng = random.Random(seed)
        self._guard = threading.Lock()
        self._over = threading.Event()
        self.requests = self.bulks = self.spoiled = 0
        self.calm = 0
        """So many requests pass before any fault is done."""
        self.refuse = False
        """Connections are closed without a word."""
        self.hang_s = 0.0
        """So long nothing is answered."""
        self.overloaded = 0
        """So many requests are answered 429."""
        self.overloaded_items = 0.0
        """The share of the items of bulk requests that is answered 429, without being done."""
        self.lost_answers = 0.0
        """The share of requests whose answer is cut off, after they have been done."""
        self.page = ""
        """A login page in place of every answer."""
        self.largest = 0
        """Bytes of the largest request that passes; others are answered 413."""
        self.poison = ""
        """A bulk request that holds this is answered 400 as a whole."""
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.proxy = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End it; whatever hangs is let go."""
        self._over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def happens(self, share: float) -> bool:
        """Whether this time is one of the share; the same times in every run."""
        with self._guard:
            met = share > 0 and self._rng.random() < share
            self.spoiled += met
        return met

    def count(self, *, bulk: bool) -> None:
        with self._guard:
            self.requests += 1
            self.bulks += bulk

    def is_calm(self) -> bool:
        with self._guard:
            left, self.calm = self.calm, max(0, self.calm - 1)
        return left > 0

    def is_overloaded(self) -> bool:
        with self._guard:
            left, self.overloaded = self.overloaded, max(0, self.overloaded - 1)
            self.spoiled += left > 0
        return left > 0

    def wait(self) -> None:
        if self.hang_s:
            self._over.wait(self.hang_s)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Any, bytes]:
        """The real server's answer: status, headers, body."""
        connection = http.client.HTTPConnection(*self._target, timeout=60)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


class _Server(ThreadingHTTPServer):
    proxy: FaultProxy
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are what it is for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _pass_on(self) -> None:
        proxy, path = self.server.proxy, self.path.partition("?")[0]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        bulk = path.endswith("/_bulk")
        proxy.count(bulk=bulk)
        if proxy.is_calm():
            self._reply(*proxy.ask(self.command, self.path, self._headers(), body))
            return
        proxy.wait()
        if proxy.refuse:
            self._cut()
        elif proxy.page:
            self._reply(200, [("Content-Type", "text/html")], proxy.page.encode())
        elif proxy.is_overloaded():
            self._error(429, OVERLOADED)
        elif proxy.largest and len(body) > proxy.largest:
            self._reply(413, [("Content-Type", "text/html")], b"<html>413 Request Entity Too Large</html>")
        elif bulk and proxy.poison and proxy.poison.encode() in body:
            self._error(400, {"type": "illegal_argument_exception", "reason": "poisoned for the test"})
        else:
            self._ask(body, bulk=bulk)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass_on

    def _ask(self, body: bytes, *, bulk: bool) -> None:
        proxy = self.server.proxy
        refused: dict[int, dict[str, Any]] = {}
        if bulk and proxy.overloaded_items:
            body, refused = _thinned(body, proxy)
        if body or not refused:
            status, told, answer = proxy.ask(self.command, self.path, self._headers(), body)
        else:
            status, told, answer = 200, [("Content-Type", "application/json")], b'{"items": []}'
        if proxy.happens(proxy.lost_answers):
            self._cut()
            return
        if refused:
            answer = _with_refused(answer, refused)
        self._reply(status, told, answer)

    def _headers(self) -> dict[str, str]:
        own = {*_HOP, "host", "accept-encoding"}
        return {name: value for name, value in self.headers.items() if name.lower() not in own}

    def _error(self, status: int, error: dict[str, Any]) -> None:
        kind = self.headers.get("Accept", "application/json")
        body = json.dumps({"error": error, "status": status}).encode()
        self._reply(status, [("Content-Type", kind), ("X-Elastic-Product", "Elasticsearch")], body)

    def _reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _cut(self) -> None:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on the terminal."""


def _thinned(body: bytes, proxy: FaultProxy) -> tuple[bytes, dict[int, dict[str, Any]]]:
    """The bulk request without the items that are refused, and the answers to these by their place."""
    lines = body.splitlines()
    kept: list[bytes] = []
    refused: dict[int, dict[str, Any]] = {}
    place = at = 0
    while at < len(lines):
        ((kind, target),) = json.loads(lines[at]).items()
        length = 1 if kind == "delete" else 2
        if proxy.happens(proxy.overloaded_items):
            refused[place] = {kind: {"_id": target["_id"], "status": 429, "error": OVERLOADED}}
        else:
            kept += lines[at : at + length]
        at, place = at + length, place + 1
    return b"".join(line + b"\n" for line in kept), refused


def _with_refused(answer: bytes, refused: dict[int, dict[str, Any]]) -> bytes:
    told = json.loads(answer)
    for place, item in sorted(refused.items()):
        told["items"].insert(place, item)
    return json.dumps({**told, "errors": True}).encode()
