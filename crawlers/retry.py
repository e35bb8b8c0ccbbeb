"""How a crawl waits and tries again, in place of Scrapy's own way (which sends three tries in 10 ms).

429 and 503 wait as long as the server asks (Retry-After, else X-RateLimit-Reset) and hold every other
request to that server; a server that says it has nothing left (X-RateLimit-Remaining: 0) is not asked
before its time. A wait over the budget ends the run and puts the source off: a process that only
sleeps helps nobody. Other failures get few tries.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from scrapy.utils.asyncio import sleep

from crawlers.job import host_and_port
from crawlers.ledger import Ledger
from crawlers.pages.fields import shown
from crawlers.spider import spider_of
from posts.errors import RateLimited

BUDGET = "RASAD_WAIT_BUDGET_S"
LONGEST = timedelta(hours=24)
"""Longer than this no source is put off, whatever its server says."""
_BUSY = frozenset({429, 503})
_BROKEN = frozenset({408, 500, 502, 504, 520, 521, 522, 523, 524})
_TRIES_BUSY, _TRIES_BROKEN, _TRIES_LOST = 4, 3, 2
LAST_TRY = {"tries": _TRIES_BUSY - 1}
"""In the ``meta`` of a request that is sent once: other work waits behind it, and it may come later."""
_LOST = (DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError, ResponseDataLossError)
_log = logging.getLogger(__name__)


def asked_wait(headers: Mapping[str, str], *, now: datetime) -> float | None:
    """The seconds a server asks to wait: Retry-After, else X-RateLimit-Reset; ``None`` if it says neither.

    Retry-After is seconds or a date (RFC 9110); the reset is a time in ISO 8601 (Mastodon), seconds
    since 1970 (many), or seconds from now.
    """
    waits = [
        _seconds(headers.get("retry-after", ""), now),
        _seconds(headers.get("x-ratelimit-reset", ""), now),
    ]
    told = [wait for wait in waits if wait is not None]
    return told[0] if told else None


def _seconds(value: str, now: datetime) -> float | None:
    value = value.strip()
    if not value:
        return None
    try:
        number = float(value)
    except ValueError:
        moment = _moment(value)
        return None if moment is None else max(0.0, (moment - now).total_seconds())
    if not 0 <= number < 1e12:  # also refuses nan
        return None
    return max(0.0, number - now.timestamp()) if number > 1e9 else number


def _moment(value: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(value)
        except (ValueError, TypeError, OverflowError):
            continue
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


class Patience:
    """The downloader middleware that waits. ``sleep`` and ``clock`` count in seconds."""

    def __init__(self, ledger: Ledger, *, budget_s: float, source: str, rng: random.Random) -> None:
        self._ledger = ledger
        self._budget_s = budget_s
        self._source = source
        self._rng = rng
        self._not_before: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider, budget_s = spider_of(crawler), crawler.settings.getfloat(BUDGET)
        return cls(spider.ledger, budget_s=budget_s, source=spider.job.source, rng=random.Random())

    async def process_request(self, request: Request) -> None:
        """Hold a request until its server may be asked again."""
        server = host_and_port(request.url)
        while (wait := self._not_before.get(server, 0.0) - time.monotonic()) > 0:
            if self._ledger.waited_s + wait > self._budget_s:
                raise self._too_long(wait, f"the server asks to wait {_told(wait)} before the next page")
            _log.info("waiting %.1f s for %s", wait, server)
            self._ledger.waited_s += wait
            await sleep(wait)
        self._ledger.asked += 1

    def process_response(self, request: Request, response: Response) -> Request | Response:
        self._ledger.answers[response.status] += 1
        server = host_and_port(request.url)
        headers = {
            name: (response.headers.get(name) or b"").decode("latin-1")
            for name in ("retry-after", "x-ratelimit-reset", "x-ratelimit-remaining")
        }
        now = datetime.now(UTC)
        if response.status in _BUSY:
            asked = asked_wait(headers, now=now)
            tries = _tries(request)
            wait = 5.0 * 2**tries if asked is None else asked
            if tries + 1 >= _TRIES_BUSY or self._ledger.waited_s + wait > self._budget_s:
                told = f"and asks to wait {_told(wait)}" if asked else "and does not say for how long"
                raise self._too_long(wait, f"the server answers {response.status} {told}")
            self._hold(server, wait)
            return _again(request)
        if _is_zero(headers["x-ratelimit-remaining"]):
            self._hold(server, asked_wait(headers, now=now) or 0.0)
        if response.status in _BROKEN and _tries(request) + 1 < _TRIES_BROKEN:
            return self._try_again(request, float(2 ** _tries(request))) or response
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        if isinstance(exception, _LOST) and _tries(request) + 1 < _TRIES_LOST:
            _log.info("trying again: %s", shown(str(exception)))
            return self._try_again(request, 1.0)
        return None

    def _try_again(self, request: Request, wait: float) -> Request | None:
        """The request once more after a wait of our own choice, if there is time for it."""
        if self._ledger.waited_s + 2 * wait > self._budget_s:
            return None
        self._hold(host_and_port(request.url), wait)
        return _again(request)

    def _hold(self, server: str, wait: float) -> None:
        """No request to this server before then; the jitter keeps many crawlers from coming back at once."""
        until = time.monotonic() + wait + self._rng.uniform(0.05, 0.05 + min(2.0, wait / 10))
        self._not_before[server] = max(until, self._not_before.get(server, 0.0))

    def _too_long(self, wait: float, what: str) -> RateLimited:
        until = datetime.now(UTC) + min(LONGEST, timedelta(seconds=max(wait, 1.0)))
        return RateLimited(what, until=until, subject=self._source)


def _tries(request: Request) -> int:
    tries: int = request.meta.get("tries", 0)
    return tries


def _again(request: Request) -> Request:
    again: Request = request.replace(dont_filter=True)
    again.meta["tries"] = _tries(request) + 1
    return again


def _is_zero(value: str) -> bool:
    try:
        return float(value) <= 0
    except ValueError:
        return False


def _told(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 48 * 3600:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 86400:,.0f} days"
