"""robots.txt as RFC 9309 has it, in place of Scrapy's own middleware.

A file that is not there (4xx) forbids nothing. One that cannot be had now (5xx, no answer, an answer
without end) forbids everything for now, unless an earlier copy is at hand; Scrapy would allow everything,
and write a traceback. A redirect is followed like any other, under the guard's eyes. ``Crawl-delay`` and
``Request-rate`` slow all crawls of the server down (`crawlers.pace`). What was read is kept for an hour,
so that a feed that is read every few minutes costs one request and not two.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit

import msgspec
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import ProtegoRobotParser

from crawlers.guard import Forbidden
from crawlers.pace import file_of, server_of
from crawlers.spider import SourceSpider, spider_of
from posts.errors import NotReachable, NotUnderstood, RateLimited, Refused, SourceError

NAME: Final = "Rasad"
"""The name that files address us by."""
LONGEST_DELAY_S: Final = 60.0
KEPT_S: Final = 3_600.0
"""So long a file is not asked for again."""
STALE_S: Final = 86_400.0
"""So long an earlier copy serves where the file cannot be had."""
LARGEST: Final = 512 * 2**10
"""Bytes of a file that are read (the RFC asks for 500 KiB at least)."""
_ASKED: Final = "robots"
_YEARS_S: Final = 10**9
"""Larger numbers are as good as this one, and no number for arithmetic."""
_WHOLE_SERVER: Final = ("refuses connections", "not a name that is found", "certificate", "speak https")
"""What is wrong with a server as a whole is told without a word of robots.txt."""


class _Copy(msgspec.Struct, kw_only=True):
    """A file as it was read; empty where there is none."""

    origin: str
    at: float
    body: str = ""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a file says to us; ``error`` where it could not be had."""

    parser: ProtegoRobotParser | None = None
    error: SourceError | None = None

    @property
    def delay_s(self) -> float:
        """Seconds between two requests that the file asks for: Crawl-delay, or as Request-rate has it."""
        if self.parser is None:
            return 0.0
        rate = self.parser.rp.request_rate(NAME)
        by_rate = min(rate.seconds, _YEARS_S) / min(rate.requests, _YEARS_S) if rate is not None else 0.0
        return max(min(self.parser.crawl_delay(NAME) or 0.0, _YEARS_S), by_rate)

    def allow(self, url: str) -> bool:
        """Whether we may ask for this address; what cannot be compared is not forbidden."""
        try:
            return self.parser is None or bool(self.parser.allowed(url, NAME))
        except ValueError:
            return True


def rules_of(body: str) -> Rules:
    """The rules of a file; one that cannot be read at all has none."""
    try:
        return Rules(ProtegoRobotParser(body.encode("utf-8", "replace"), None))
    except (ValueError, RecursionError):
        return Rules()


class Robots:
    """The downloader middleware that asks robots.txt before anything else of a server."""

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self._crawler = crawler
        self._rules: dict[str, asyncio.Task[Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        if request.meta.get(_ASKED):
            return
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = asyncio.create_task(self._find(origin))
        rules = await self._rules[origin]
        if rules.error is not None:
            raise rules.error
        if not rules.allow(request.url):
            raise IgnoreRequest("Forbidden by robots.txt")

    async def _find(self, origin: str) -> Rules:
        """What the server's file says; never raises."""
        spider = spider_of(self._crawler)
        path = _path(spider.pace.folder, origin)
        copy = _kept(path, origin)
        if copy is None or not 0 <= time.time() - copy.at < KEPT_S:
            try:
                copy = _Copy(origin=origin, at=time.time(), body=await self._ask(origin, spider))
                _keep(path, copy)
            except SourceError as error:
                if copy is None or not 0 <= time.time() - copy.at < STALE_S:
                    return Rules(error=error)
        rules = rules_of(copy.body)
        self._slow_down(origin, rules, spider)
        return rules

    def _slow_down(self, origin: str, rules: Rules, spider: SourceSpider) -> None:
        delay, server = rules.delay_s, server_of(origin)
        if delay > LONGEST_DELAY_S:
            told = f"robots.txt of {server} asks for {delay:,.0f} seconds between requests"
            spider.ledger.remark(f"{told}; {LONGEST_DELAY_S:.0f} are kept")
        spider.pace.slow_down(server, min(delay, LONGEST_DELAY_S))

    async def _ask(self, origin: str, spider: SourceSpider) -> str:
        """The file, empty where there is none; a ``SourceError`` where it cannot be had now."""
        ask = Request(
            f"{origin}/robots.txt", priority=1000, meta={_ASKED: True}, callback=NO_CALLBACK, dont_filter=True
        )
        host, source = urlsplit(origin).netloc, spider.job.source
        try:
            response: Response = await self._crawler.engine.download_async(ask)
        except Forbidden as error:
            raise Refused(
                f"robots.txt of {host} redirects to another address: {error}", subject=source
            ) from error
        except IgnoreRequest as error:
            if "redirections" in str(error):
                return ""  # RFC 9309: after five redirects it counts as not there
            raise _unread(spider.named(error, address=origin), host) from error
        except Exception as error:
            raise _unread(spider.named(error, address=origin), host) from error
        if response.status >= 500 or response.status == 429:
            told = (
                f"robots.txt of {host} answers HTTP {response.status}: nothing is asked until it can be read"
            )
            raise NotReachable(told, subject=source)
        return response.body[:LARGEST].decode("utf-8-sig", "ignore") if 200 <= response.status < 300 else ""


def _unread(error: SourceError, host: str) -> SourceError:
    """The reason why the file could not be had, said so."""
    known = isinstance(error, RateLimited) or any(sign in error.message for sign in _WHOLE_SERVER)
    if not known:
        kind = type(error) if isinstance(error, NotReachable | NotUnderstood | Refused) else SourceError
        told = f"robots.txt of {host} cannot be read, so nothing else is asked: {error.message}"
        return kind(told, subject=error.subject, remedy=error.remedy)
    return error


def _path(folder: Path | None, origin: str) -> Path | None:
    return None if folder is None else file_of(folder, origin, "robots")


def _kept(path: Path | None, origin: str) -> _Copy | None:
    """The copy that an earlier crawl has left."""
    if path is None:
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=_Copy)
    except (OSError, msgspec.DecodeError, ValueError):
        return None
    return found if found.origin == origin else None


def _keep(path: Path | None, copy: _Copy) -> None:
    if path is None:
        return
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(msgspec.json.encode(copy))
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)  # it is asked for again next time
