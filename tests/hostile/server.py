"""The server: one port for each behaviour and platform, a log of what was asked, and a canary."""

from __future__ import annotations

import asyncio
import importlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tests.hostile.platforms import PLATFORMS, Platform

MODULES = ("transport", "packing", "addresses", "robots", "bodies_json", "bodies_xml")


@dataclass(frozen=True)
class End:
    """How a crawl ends: its state, words of its reason, posts got, and words of dead letters' reasons."""

    state: str
    reason: str = ""
    got: int = 0
    letters: tuple[str, ...] = ()


Answer = Callable[["Exchange"], Awaitable[None]]


@dataclass(frozen=True)
class Behaviour:
    """One way to misbehave, and how a crawl of each platform that it fits ends.

    ``on`` says which question is answered so: ``page`` (what the crawl came for), ``robots``, or ``all``.
    ``job`` are values of the crawl's job.
    """

    name: str
    answer: Answer
    ends: dict[str, End]
    on: str = "page"
    job: dict[str, Any] = field(default_factory=dict)


BEHAVIOURS: dict[str, Behaviour] = {}


def behaviour(
    name: str,
    *,
    both: End | None = None,
    on: str = "page",
    **more: Any,
) -> Callable[[Answer], Answer]:
    """Register what follows under a name: how every platform ends (``both``), how one does (``feed=...``),
    and values of the job."""
    ends = {platform: more.pop(platform, both) for platform in PLATFORMS}

    def register(answer: Answer) -> Answer:
        assert name not in BEHAVIOURS, name
        kept = {platform: end for platform, end in ends.items() if end is not None}
        BEHAVIOURS[name] = Behaviour(name, answer, kept, on, more)
        return answer

    return register


def says(name: str, body: bytes | str, *, status: int = 200, headers: dict[str, str] | None = None,
         on: str = "page", **ends: Any) -> None:  # fmt: skip
    """A behaviour that is one plain answer."""

    async def answer(x: Exchange) -> None:
        await x.answer(body, status, **(headers or {}))

    behaviour(name, on=on, **ends)(answer)


@dataclass
class Exchange:
    """One question and the means to answer it."""

    platform: Platform
    base: str
    canary: str
    path: str
    headers: list[tuple[str, str]]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    asked: int = 0
    """How often this path was asked before."""

    @property
    def good(self) -> bytes:
        return self.platform.good

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, **headers: str) -> None:
        """Status and headers; names are written with underscores."""
        lines = [f"HTTP/1.1 {status} X"]
        told = {"Content_Type": self.platform.content_type, "Connection": "close"} | headers
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in told.items()]
        await self.raw("\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape"))

    async def answer(self, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        packed = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        await self.head(status, **({"Content_Length": str(len(packed))} | headers))
        await self.raw(packed)

    async def redirect(self, location: str, status: int = 302) -> None:
        await self.answer(b"", status, Location=location)

    async def forever(self, data: bytes, pause_s: float = 0.0) -> None:
        """Send the same until the client has gone."""
        while True:
            await self.raw(data)
            await asyncio.sleep(pause_s)

    async def hang(self) -> None:
        while await self.reader.read(4096):
            pass


@dataclass
class Hostile:
    """The server while it runs; ``asked`` is (moment, path, headers) by behaviour and platform."""

    ports: dict[tuple[str, str], int] = field(default_factory=dict)
    asked: dict[tuple[str, str], list[tuple[float, str, list[tuple[str, str]]]]] = field(default_factory=dict)
    canary_port: int = 0
    canary_asked: list[bytes] = field(default_factory=list)
    _servers: list[asyncio.Server] = field(default_factory=list)

    def base(self, name: str, platform: str) -> str:
        return f"http://127.0.0.1:{self.ports[name, platform]}"

    async def open(self, names: Iterator[str] | None = None, *, first_port: int = 0) -> None:
        server = await asyncio.start_server(self._canary, "127.0.0.1", first_port)
        self._servers.append(server)
        self.canary_port = server.sockets[0].getsockname()[1]
        for name in names or BEHAVIOURS:
            for platform in BEHAVIOURS[name].ends:
                await self._listen(BEHAVIOURS[name], platform, first_port)

    async def close(self) -> None:
        """Listen no more, and end what still answers: clients have gone, and nobody waits for it."""
        for server in self._servers:
            server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)

    async def _listen(self, behaviour: Behaviour, platform: str, first_port: int) -> None:
        key = (behaviour.name, platform)
        self.asked[key] = []

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
                    await self._serve(behaviour, platform, reader, writer)
            finally:
                writer.close()

        port = first_port + len(self.ports) + 1 if first_port else 0
        server = await asyncio.start_server(serve, "127.0.0.1", port)
        self._servers.append(server)
        self.ports[key] = server.sockets[0].getsockname()[1]

    async def _canary(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Whoever comes here has been led where nobody may go."""
        with suppress(OSError, asyncio.IncompleteReadError):
            self.canary_asked.append(await asyncio.wait_for(reader.read(4096), 5))
        writer.close()

    async def _serve(
        self, behaviour: Behaviour, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        first = await reader.readexactly(1)
        if first == b"\x16":  # somebody speaks https
            writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            return
        lines = (first + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = lines[0].split(" ")[1]
        headers = [tuple(line.split(": ", 1)) for line in lines[1:] if ": " in line]
        log = self.asked[behaviour.name, name]
        before = sum(one[1] == path for one in log)
        log.append((time.monotonic(), path, headers))  # type: ignore[arg-type]
        platform = PLATFORMS[name]
        x = Exchange(
            platform, self.base(behaviour.name, name), f"http://127.0.0.1:{self.canary_port}", path,
            headers, reader, writer, before,
        )  # type: ignore[arg-type]  # fmt: skip
        kind = "robots" if path == "/robots.txt" else "page" if platform.is_page(path) else "other"
        if behaviour.on in (kind, "all"):
            await behaviour.answer(x)
        elif kind == "page":
            await x.answer(x.good)
        elif path in platform.routes:
            await x.answer(platform.routes[path])
        elif path.startswith("/more"):
            await behaviour.answer(x)
        else:
            await x.answer(b"not here", 404)


def load() -> dict[str, Behaviour]:
    """All behaviours, by name."""
    for module in MODULES:
        importlib.import_module(f"tests.hostile.{module}")
    return BEHAVIOURS


@contextmanager
def serving(names: list[str] | None = None) -> Iterator[Hostile]:
    """The server, running in a thread of this process."""
    load()
    hostile = Hostile()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(hostile.open(iter(names) if names else None), loop).result(30)
    try:
        yield hostile
    finally:
        asyncio.run_coroutine_threadsafe(hostile.close(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
