"""A Jetstream of our own: real websockets, events of one second each, and everything that may go wrong."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Request, Response, ServerConnection, serve

from tests.crawlers.bluesky_server import BRAND, START, rkey


def time_us(number: int) -> int:
    """When the event of a number came: a second after the one before."""
    return (int(START.timestamp()) + number) * 1_000_000


def moment(number: int) -> datetime:
    return START + timedelta(seconds=number)


def commit(
    number: int,
    record: dict[str, Any] | None,
    *,
    did: str = BRAND,
    collection: str = "app.bsky.feed.post",
    operation: str = "create",
    key: str | None = None,
) -> str:
    """The frame of a commit; ``key`` is that of the record, where it is not the event's own."""
    inner: dict[str, Any] = {
        "rev": f"rev{number}", "operation": operation, "collection": collection, "rkey": key or rkey(number),
    }  # fmt: skip
    if record is not None:
        inner |= {"record": record, "cid": f"bafy{number}"}
    return json.dumps({"did": did, "time_us": time_us(number), "kind": "commit", "commit": inner})


def post(number: int, text: str, *, did: str = BRAND, **more: Any) -> str:
    """The frame of somebody's post."""
    at = moment(number).isoformat().replace("+00:00", "Z")
    record = {"$type": "app.bsky.feed.post", "text": text, "langs": ["fa"], "createdAt": at, **more}
    return commit(number, record, did=did)


def delete(number: int, key: str, *, did: str = BRAND, collection: str = "app.bsky.feed.post") -> str:
    return commit(number, None, did=did, operation="delete", key=key, collection=collection)


def repost(number: int, subject: str, *, did: str = BRAND) -> str:
    at = moment(number).isoformat().replace("+00:00", "Z")
    record = {"$type": "app.bsky.feed.repost", "subject": {"uri": subject, "cid": "bafy"}, "createdAt": at}
    return commit(number, record, did=did, collection="app.bsky.feed.repost")


def account(number: int, did: str, *, active: bool, status: str | None = None) -> str:
    told = {"did": did, "active": active, "seq": number, "time": moment(number).isoformat(), "status": status}
    return json.dumps({"did": did, "time_us": time_us(number), "kind": "account", "account": told})


@dataclass
class Jetstream:
    """Frames in the order they are sent, and what was asked for with each connection.

    ``drops`` ends connections after so many frames; ``refuses`` answers the next handshakes with a status.
    """

    port: int = 0
    frames: list[str | bytes] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    drops: list[int] = field(default_factory=list)
    refuses: list[tuple[int, bytes]] = field(default_factory=list)
    oldest: int = 0
    redirect: str = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def cursors(self) -> list[int | None]:
        return [int(query["cursor"][0]) if "cursor" in query else None for query in self.asked]

    async def handle(self, socket: ServerConnection) -> None:
        query = parse_qs(urlsplit(socket.request.path if socket.request else "").query)
        self.asked.append(query)
        cursor = max(int(query.get("cursor", ["0"])[0]), self.oldest)
        left = self.drops.pop(0) if self.drops else None
        sent = 0
        for frame in list(self.frames):
            if _time(frame) < cursor:
                continue
            if left is not None and sent == left:
                return
            await socket.send(frame)
            sent += 1
        if left is None:
            await socket.wait_closed()

    async def process(self, socket: ServerConnection, request: Request) -> Response | None:
        self.agents.append(request.headers.get("User-Agent", ""))
        if self.redirect:
            response = socket.respond(HTTPStatus.FOUND, "")
            response.headers["Location"] = self.redirect
            return response
        if self.refuses:
            status, body = self.refuses.pop(0)
            return socket.respond(HTTPStatus(status), body.decode())
        return None


def _time(frame: str | bytes) -> int:
    """The time of a frame; garbage comes whatever the cursor."""
    try:
        found = json.loads(frame).get("time_us")
    except (ValueError, AttributeError):
        return 2**62
    return found if isinstance(found, int) else 2**62


@contextmanager
def streaming() -> Iterator[Jetstream]:
    """A server on a port of its own, stopped at the end."""
    stream = Jetstream()
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        async with serve(
            stream.handle, "127.0.0.1", 0, process_request=stream.process, max_size=None, close_timeout=1
        ) as server:
            stream.port = next(iter(server.sockets)).getsockname()[1]
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield stream
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
