"""A websocket that goes nowhere a request may not go: the guard of requests, for connections that stay open.

The name is resolved once, each of its addresses checked, and one of these very addresses connected to, so
that a name which answers differently the second time gains nothing. Redirects are not followed, proxies not
used, certificates verified, and a frame has a largest size.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect

from crawlers.guard import Forbidden, forbidden, private_address, resolve
from crawlers.job import host_and_port

MAX_FRAME: Final = 2**20
OPEN_S: Final = 20.0
_SCHEMES: Final = {"http": "ws", "https": "wss"}
# What goes wrong is told by whoever listens; the library would write tracebacks.
_quiet = logging.getLogger("crawlers.websocket.connection")
_quiet.setLevel(logging.CRITICAL)


class _Direct(connect):
    """A connection to the server that was named, and to no other."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


@asynccontextmanager
async def connected(
    address: str,
    *,
    allowed: frozenset[str],
    user_agent: str,
    max_size: int = MAX_FRAME,
    open_s: float = OPEN_S,
) -> AsyncIterator[ClientConnection]:
    """A connection by ``ws(s)`` to an ``http(s)`` address; ``Forbidden`` if the guard refuses it."""
    parts = urlsplit(address)
    why = forbidden(address, allowed)
    if why is not None:
        raise Forbidden(why)
    host, port = host_and_port(address).rsplit(":", 1)
    name = parts.hostname or ""
    addresses = await asyncio.to_thread(resolve, name)
    if f"{host}:{port}" not in allowed and (why := private_address(name, addresses)) is not None:
        raise Forbidden(why)
    socket = await _open(
        parts._replace(scheme=_SCHEMES[parts.scheme]).geturl(),
        addresses,
        port=int(port),
        user_agent=user_agent,
        max_size=max_size,
        open_s=open_s,
    )
    try:
        yield socket
    finally:
        await socket.close()


async def _open(
    url: str, addresses: list[str], *, port: int, user_agent: str, max_size: int, open_s: float
) -> ClientConnection:
    """The first of the addresses that answers."""
    for place, one in enumerate(addresses):
        try:
            return await _Direct(
                url,
                host=one,
                port=port,
                proxy=None,
                compression=None,
                user_agent_header=user_agent,
                max_size=max_size,
                open_timeout=open_s,
                close_timeout=2,
                logger=_quiet,
            )
        except OSError:
            if place == len(addresses) - 1:
                raise
    raise OSError("the name leads to no address")
