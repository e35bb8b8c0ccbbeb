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


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What of a timeline the server shows to everybody. ``why`` is a sentence where it is not all."""

    local: bool = True
    remote: bool = True
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server by its own word: the domain of its people's handles, its software, its timelines."""

    domain: str
    version: str
    access: Access


def read_server(body: bytes, *, address: str, timeline: str) -> Server:
    """The server of ``/api/v2/instance`` or ``v1``; what it does not say is taken as open, as before 4.5."""
    answer = read_json(body, subject=address)
    if not isinstance(answer, dict):
        raise NotUnderstood(f"an instance was expected, not {kind_of(answer)}", subject=address)
    # Version 1 of the answer writes the domain as `uri`, some software with a scheme before it.
    domain = answer.get("domain") or answer.get("uri")
    if isinstance(domain, str) and "//" in domain:
        domain = host_of(domain)
    version = answer.get("version")
    return Server(
        domain=clean_name(domain).lower() if isinstance(domain, str) and domain else host_of(address),
        version=clean_name(version)[:80] if isinstance(version, str) else "",
        access=_access(answer, timeline),
    )


def _access(answer: dict[str, Any], timeline: str) -> Access:
    feed = _FEEDS.get(timeline)
    found: Any = answer
    for key in ("configuration", "timelines_access", feed):
        found = found.get(key) if isinstance(found, dict) else None
    if not isinstance(found, dict):
        return Access()
    local, remote = found.get("local", "public"), found.get("remote", "public")
    if local == "public" and remote == "public":
        return Access()
    words = {"authenticated": "to signed-in users only", "disabled": "to nobody"}
    told = [
        f"{name} posts {words.get(value, 'under terms that are not known')}"
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
