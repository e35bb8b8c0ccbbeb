"""A connection that a server writes to for as long as it likes, under the same guard as every request.

Scrapy keeps an answer until it is whole, which a stream never is; so this is Twisted's own client, with the
guard's check of the address, the resolver that connects to public addresses only (it is the reactor's),
verified certificates, no redirects, and a bound on what waits to be read.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.error import DNSLookupError
from twisted.internet.protocol import Protocol, connectionDone
from twisted.python.failure import Failure
from twisted.web.client import Agent, BrowserLikePolicyForHTTPS
from twisted.web.http_headers import Headers

from crawlers.guard import Forbidden, Guard, allowed_hosts
from crawlers.pages.fields import shown
from posts.errors import NotReachable, Refused

WAITING_BYTES: Final = 4 * 2**20
"""So much may wait to be read; then the server is not listened to until some of it is."""
CONNECT_S: Final = 20.0


class Listening(Protocol):
    """What a server writes, piece by piece. Made by ``listen``; whoever made it closes it."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self._pieces: deque[bytes] = deque()
        self._bytes = 0
        self._paused = False
        self._ended = False
        self._news = asyncio.Event()

    async def piece(self, wait_s: float) -> bytes | None:
        """The next piece; empty if none came in this time, ``None`` once the server has ended."""
        if not self._pieces and not self._ended:
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), max(0.0, wait_s))
        if not self._pieces:
            return None if self._ended else b""
        piece = self._pieces.popleft()
        self._bytes -= len(piece)
        if self._paused and self._bytes < WAITING_BYTES // 2:
            self._paused = False
            self._transport("resumeProducing")
        return piece

    def close(self) -> None:
        """End the connection; what has come stays readable."""
        if not self._ended:
            self._ended = True
            self._transport("stopProducing")
            self._transport("loseConnection")
        self._news.set()

    def dataReceived(self, data: bytes) -> None:
        self._pieces.append(data)
        self._bytes += len(data)
        if self._bytes > WAITING_BYTES and not self._paused:
            self._paused = True
            self._transport("pauseProducing")
        self._news.set()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._ended = True
        self._news.set()

    def _transport(self, method: str) -> None:
        """Tell the connection, which may be gone."""
        with suppress(Exception):
            getattr(self.transport, method)()


async def listen(crawler: Crawler, url: str, *, headers: Mapping[str, str], source: str) -> Listening:
    """A connection whose server has answered, whatever its status; ``SourceError`` if it gave no answer."""
    host = urlsplit(url).netloc.rpartition("@")[2]
    try:
        await Guard(allowed_hosts(crawler)).process_request(Request(url))
    except Forbidden as error:
        raise Refused(str(error), subject=source) from error
    from twisted.internet import reactor

    verified = BrowserLikePolicyForHTTPS()  # type: ignore[no-untyped-call]  # Twisted is half typed
    agent = Agent(reactor, contextFactory=verified, connectTimeout=CONNECT_S)  # type: ignore[no-untyped-call]
    sent = Headers({name: [value] for name, value in headers.items()})
    try:
        answer: Any = await asyncio.wait_for(
            maybe_deferred_to_future(agent.request(b"GET", url.encode("ascii"), sent)), 2 * CONNECT_S
        )
    except DNSLookupError as error:
        raise NotReachable(f"{host} is not a name that is found", subject=source) from error
    except TimeoutError as error:
        raise NotReachable(f"{host} gave no answer in time", subject=source) from error
    except Exception as error:
        raise NotReachable(f"{host} cannot be listened to: {_told(error)}", subject=source) from error
    made = Listening()
    made.status = answer.code
    made.headers = {
        name.decode("latin-1").lower(): values[-1].decode("latin-1")
        for name, values in answer.headers.getAllRawHeaders()
    }
    answer.deliverBody(made)
    return made


def _told(error: BaseException) -> str:
    """Why no connection came about: Twisted wraps what OpenSSL says into failures."""
    reasons = getattr(error, "reasons", None)
    inner = [reason.value for reason in reasons if isinstance(reason, Failure)] if reasons else []
    text = " ".join(str(e) for e in (error, *inner))
    if "certificate verify failed" in text:
        return "it shows a certificate that is not valid for it"
    return shown(text) or type(error).__name__
