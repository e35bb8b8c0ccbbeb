"""What a crawl may ask for: http and https, ports 80 and 443, public addresses, and nothing else.

Every request passes, also redirects, robots.txt and the next page. The name is resolved and each of
its addresses checked before the request is sent; the resolver that connects checks once more, so that a
name which answers differently the second time gains nothing. ``crawl.allow_hosts`` opens single
``host:port``s: no other port of that host.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from scrapy.utils.asyncio import run_in_thread
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

from crawlers.job import host_and_port

ALLOWED = "RASAD_ALLOW_HOSTS"
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
"""All of IPv6 that is routed; Python calls global what lies outside, such as old site-local addresses."""
_NO_NAMES = ("localhost", "onion", "local", "internal", "home.arpa", "i2p")
"""Ends of names that no public server has (RFC 6761, 6762, 7686, 8375)."""
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Forbidden(IgnoreRequest):
    """A request that is not sent; the message says where it would have gone."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, looking inside IPv6 forms that carry an IPv4."""
    try:
        found: Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if found.version == 6 and found not in _UNICAST and found not in _NAT64:
        return False
    return all(one.is_global and not one.is_multicast for one in (found, *_carried(found)))


def _carried(address: Address) -> list[ipaddress.IPv4Address]:
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    inside = [address.ipv4_mapped, address.sixtofour]
    if address.teredo is not None:
        inside += list(address.teredo)
    if address in _NAT64:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in inside if one is not None]


def forbidden(url: str, allowed: frozenset[str]) -> str | None:
    """Why this address may not be asked, as far as the address alone tells; ``None`` if it may."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "the address cannot be read"
    if parts.scheme not in _PORTS:
        return f"only http and https are crawled, not {parts.scheme or 'nothing'}"
    if not parts.hostname:
        return "the address names no server"
    if parts.username is not None or parts.password is not None:
        return "an address with a password in it is not crawled"
    if host_and_port(url) in allowed:
        return None
    name = parts.hostname.rstrip(".")
    if any(name == end or name.endswith(f".{end}") for end in _NO_NAMES):
        return f"{name} is not the name of a public server ({_open_it(f'{name}:PORT')})"
    if port not in (None, 80, 443):
        return f"port {port} of {parts.hostname} is not crawled ({_open_it(f'{parts.hostname}:{port}')})"
    return None


def private_address(host: str, addresses: Sequence[str]) -> str | None:
    """Why a host may not be asked: the address of it that is not public."""
    for address in addresses:
        if not is_public(address):
            named = host if host.strip("[]") == address else f"{host} ({address})"
            return f"{named} is not a public address ({_open_it(f'{host}:PORT')})"
    return None


def _open_it(place: str) -> str:
    return f'to open it, list "{place}" under crawl.allow_hosts in project.toml'


class Guard:
    """The downloader middleware nearest to the engine: nothing gets past it."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._known: dict[str, str | None] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(allowed_hosts(crawler))

    async def process_request(self, request: Request) -> None:
        why = forbidden(request.url, self._allowed)
        if why is None and host_and_port(request.url) not in self._allowed:
            why = await self._private(urlsplit(request.url).hostname or "")
        if why is not None:
            raise Forbidden(why)

    async def _private(self, host: str) -> str | None:
        if host not in self._known:
            try:
                addresses = await run_in_thread(resolve, host)
            except (OSError, UnicodeError):
                return None  # the download itself will say that the name is not found
            self._known[host] = private_address(host, addresses)
        return self._known[host]


class GuardedResolver(CachingThreadedResolver):
    """Resolves names for connections, and never to an address that is not public."""

    allowed_names: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        resolver: Self = super().from_crawler(crawler, reactor)
        resolver.allowed_names = frozenset(host.rsplit(":", 1)[0] for host in allowed_hosts(crawler))
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        found: Deferred[str] = super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: str, name: str) -> str:
        if name.lower() not in self.allowed_names and not is_public(address):
            # Twisted knows this error: another would be written to the log with a traceback.
            raise DNSLookupError(f"{name} is {address}, which is not a public address")
        return address


def allowed_hosts(crawler: Crawler) -> frozenset[str]:
    return frozenset(host.lower() for host in crawler.settings.getlist(ALLOWED))


def resolve(host: str) -> list[str]:
    """All addresses that a name leads to."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
