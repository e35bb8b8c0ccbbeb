"""What a server of Mastodon's API says about itself: its domain, what it shows to whom, where pages go on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawlers.pages.fields import kind_of, read_json
from crawlers.pages.text import clean_name
from posts.errors import NotUnderstood

_LINK = re.compile(r'<([^<>]{1,4000})>\s*;[^,<]{0,200}?\brel="?(next|prev)"?')
_FEEDS = {"public": "live_feeds", "tag": "hashtag_feeds"}
_VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})")
_SEVERAL = (4, 3)
"""The version since which several statuses are given at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What of a timeline the server shows to everybody. ``why`` is a sentence where it is not all."""

    local: bool = True
    remote: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server by its own word: the domain of its people's handles, its software, its timelines.

    ``streaming`` is the address that it streams at, as it wrote it; ``several`` whether it gives several
    posts by their ids in one answer.
    """

    domain: str
    version: str
    access: Access
    streaming: str | None = None
    several: bool = False


def read_server(body: bytes, *, address: str, timeline: str, signed_in: bool = False) -> Server:
    """The server of ``/api/v2/instance`` or ``v1``; what it does not say is taken as open, as before 4.5.

    What it shows to signed-in users counts as shown where we are ``signed_in``.
    """
    answer = read_json(body, subject=address)
    if not isinstance(answer, dict):
        raise NotUnderstood(f"an instance was expected, not {kind_of(answer)}", subject=address)
    # Version 1 of the answer writes the domain as `uri`, some software with a scheme before it.
    domain = answer.get("domain") or answer.get("uri")
    if isinstance(domain, str) and "//" in domain:
        domain = host_of(domain)
    version = answer.get("version")
    version = clean_name(version)[:80] if isinstance(version, str) else ""
    streaming = _within(answer, "configuration", "urls", "streaming") or _within(
        answer, "urls", "streaming_api"
    )
    return Server(
        domain=clean_name(domain).lower() if isinstance(domain, str) and domain else host_of(address),
        version=version,
        access=_access(answer, timeline, {"public", "authenticated"} if signed_in else {"public"}),
        streaming=clean_name(streaming)[:400] if isinstance(streaming, str) and streaming else None,
        several=_gives_several(version),
    )


def _gives_several(version: str) -> bool:
    """Other software names Mastodon's version that it is like, and is not like it in this."""
    found = _VERSION.match(version)
    return found is not None and "compatible" not in version and (int(found[1]), int(found[2])) >= _SEVERAL


def _within(answer: Any, *keys: str) -> Any:
    for key in keys:
        answer = answer.get(key) if isinstance(answer, dict) else None
    return answer


def _access(answer: dict[str, Any], timeline: str, ours: set[str]) -> Access:
    feed = _FEEDS.get(timeline)
    found = _within(answer, "configuration", "timelines_access", feed) if feed else None
    if not isinstance(found, dict):
        return Access()
    local, remote = (
        "public" if found.get(name, "public") in ours else found[name] for name in ("local", "remote")
    )
    if local == "public" and remote == "public":
        return Access()
    words = {"authenticated": "to signed-in users only", "disabled": "to nobody"}
    told = [
        f"{name} posts {words.get(str(value), 'under terms that are not known')}"
        for name, value in (("local", local), ("remote", remote))
        if value != "public"
    ]
    return Access(
        local=local == "public",
        remote=remote == "public",
        why=f"the server shows {' and '.join(told)} (configuration.timelines_access.{feed})",
    )


def host_of(address: str) -> str:
    """Host and, where it is not the usual one, port: ``"example.org"``, ``"127.0.0.1:3311"``."""
    parts = urlsplit(address)
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{(parts.hostname or '').lower()}{port}"


def streaming_address(server: Server, address: str) -> str | None:
    """Where the server of ``address`` streams: an http address, or ``None`` where that is none of its own.

    A token goes there, so it has to be the server's host or one below it or below its domain.
    """
    here = urlsplit(address)
    try:
        there = urlsplit(server.streaming or address)
        name, port = (there.hostname or "").lower(), there.port
    except ValueError:
        return None
    scheme = {"wss": "https", "ws": "http"}.get(there.scheme, there.scheme)
    if scheme not in {here.scheme, "https"} or not name or there.username is not None:
        return None
    own = (here.hostname or "").lower()
    domain = server.domain.partition(":")[0]
    above = {own} | ({domain} if _below(own, domain) and "." in domain else set())
    if not any(name == place or _below(name, place) for place in above):
        return None
    if name == own and server.streaming is None:
        port = here.port
    shown = f"[{name}]" if ":" in name else name
    return f"{scheme}://{shown}" + (f":{port}" if port is not None else "")


def _below(name: str, place: str) -> bool:
    return name.endswith(f".{place}")


def pages_of(link: str, *, page: str) -> dict[str, str]:
    """The addresses of a ``Link`` header by ``next`` (older) and ``prev`` (newer), verbatim.

    Only those on the origin of the page itself: a server does not send a crawl elsewhere.
    """
    here = urlsplit(page)
    found: dict[str, str] = {}
    for match in _LINK.finditer(link[:20_000]):
        try:
            target = urljoin(page, match[1])
            there = urlsplit(target)
        except ValueError:
            continue
        if (there.scheme, there.netloc.lower()) == (here.scheme, here.netloc.lower()):
            found.setdefault(match[2], target)
    return found
