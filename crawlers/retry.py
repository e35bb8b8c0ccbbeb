"""How a crawl waits and tries again, in place of Scrapy's own way (which sends three tries in 10 ms).

429 and 503 wait as long as the server asks and hold every other request to that server; one that says it
has nothing left is not asked before its time, and what little is left is spread until then
(`crawlers.limits`). Between two requests there is the delay of the settings or of robots.txt, also to the
crawls before and beside this one (`crawlers.pace`). A wait over the budget ends the run and puts the
source off: a process that only sleeps helps nobody. Other failures get few tries.
"""

from __future__ import annotations

import logging
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Self

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

from crawlers.ledger import Ledger
from crawlers.limits import HEADERS, asked_wait, budget_of
from crawlers.pace import LONGEST_S, Known, Pace, Turn, server_of
from crawlers.pages.fields import shown
from crawlers.spider import spider_of
from posts.errors import RateLimited

BUDGET = "RASAD_WAIT_BUDGET_S"
LONGEST = timedelta(seconds=LONGEST_S)
"""Longer than this no source is put off, whatever its server says."""
_BUSY = frozenset({429, 503})
_BROKEN = frozenset({408, 500, 502, 504, 520, 521, 522, 523, 524})
_TRIES_BUSY, _TRIES_BROKEN, _TRIES_LOST = 4, 3, 2
LAST_TRY = {"tries": _TRIES_BUSY - 1}
"""In the ``meta`` of a request that is sent once: other work waits behind it, and it may come later."""
_LOST = (DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError, ResponseDataLossError)
_LOOK_S: Final = 0.03
"""How often it is looked whether another crawl's request has come to its end."""
_PATIENCE_S: Final = 60.0
"""So long a crawl waits for the requests of others to its server."""
_log = logging.getLogger(__name__)


class Patience:
    """The downloader middleware that waits, the last one before the network: it sees every request."""

    def __init__(
        self, ledger: Ledger, pace: Pace, *, budget_s: float, source: str, rng: random.Random
    ) -> None:
        self._ledger = ledger
        self._pace = pace
        self._budget_s = budget_s
        self._source = source
        self._rng = rng
        self._turns: dict[int, Turn] = {}
        self._told: set[str] = set()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        spider, budget_s = spider_of(crawler), crawler.settings.getfloat(BUDGET)
        rng = random.Random()
        return cls(spider.ledger, spider.pace, budget_s=budget_s, source=spider.job.source, rng=rng)

    async def process_request(self, request: Request) -> None:
        """Hold a request until its server may be asked again."""
        server = server_of(request.url)
        turn = await self._turn(server)
        self._turns[id(request)] = turn
        self._ledger.asked += 1

    async def _turn(self, server: str) -> Turn:
        began = time.monotonic()
        while True:
            await self._rest(server)
            turn = self._pace.turn(server)
            if turn is None:
                if time.monotonic() - began > _PATIENCE_S + self._ledger.waited_s:
                    raise self._too_long(1.0, f"other crawls keep asking {server}")
                await sleep(_LOOK_S)
            elif self._pace.wait(turn.known) > 0:
                # Somebody else was quicker, and this one waits again.
                turn.end(turn.known.asked_at)
            else:
                return turn

    async def _rest(self, server: str) -> None:
        """Wait until the server may be asked; ``RateLimited`` if that is too far away."""
        known = self._pace.known(server)
        wait = self._pace.wait(known)
        if wait <= 0:
            return
        # The usual delay is no waiting: it is how a crawl walks.
        if wait > self._pace.delay_s:
            if self._ledger.waited_s + wait > self._budget_s:
                raise self._too_long(wait, self._why(known, wait))
            _log.info("waiting %.1f s for %s", wait, server)
            self._ledger.waited_s += wait
        await sleep(wait)

    def _why(self, known: Known, wait: float) -> str:
        if not known.resting(time.time()):
            return f"robots.txt asks for {known.delay_s:g} seconds between requests"
        if known.server in self._told:
            return f"the server asks to wait {_told(wait)} before the next page"
        return f"{known.server} was asked by another crawl: {known.why or 'it wants to be left alone'}"

    def process_response(self, request: Request, response: Response) -> Request | Response:
        self._ledger.answers[response.status] += 1
        headers = {name: (response.headers.get(name) or b"").decode("latin-1") for name in HEADERS}
        turn = self._turns.pop(id(request), None) or Turn(Known(), lambda known: None)
        try:
            return self._answered(request, response, headers, turn.known)
        finally:
            turn.end(time.time())

    def _answered(
        self, request: Request, response: Response, headers: dict[str, str], known: Known
    ) -> Request | Response:
        """The answer, or the request once more; what the server tells goes into what is ``known`` of it."""
        now, tries = datetime.now(UTC), _tries(request)
        budget = budget_of(headers, now=now)
        if budget is not None:
            self._ledger.limits[known.server] = budget.told()
        if response.status in _BUSY:
            asked = asked_wait(headers, now=now)
            wait = 5.0 * 2**tries if asked is None else asked
            told = f"and asks to wait {_told(wait)}" if asked else "and does not say for how long"
            what = f"the server answers {response.status} {told}"
            self._hold(known, wait, what)
            if tries + 1 >= _TRIES_BUSY or self._ledger.waited_s + wait > self._budget_s:
                raise self._too_long(wait, what)
            return _again(request)
        if budget is not None and budget.pause_s > 0:
            self._hold(known, budget.pause_s, f"it has {budget.left:g} requests left")
        if response.status in _BROKEN and tries + 1 < _TRIES_BROKEN:
            return self._try_again(request, float(2**tries), known) or response
        return response

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        turn = self._turns.pop(id(request), None)
        if turn is None:
            return None  # it was never sent
        try:
            if isinstance(exception, _LOST) and _tries(request) + 1 < _TRIES_LOST:
                _log.info("trying again: %s", shown(str(exception)))
                return self._try_again(request, 1.0, turn.known)
            return None
        finally:
            turn.end(time.time())

    def _try_again(self, request: Request, wait: float, known: Known) -> Request | None:
        """The request once more after a wait of our own choice, if there is time for it."""
        if self._ledger.waited_s + 2 * wait > self._budget_s:
            return None
        self._hold(known, wait, "it did not answer")
        return _again(request)

    def _hold(self, known: Known, wait: float, why: str) -> None:
        """No request to this server before then; the jitter keeps many crawlers from coming back at once."""
        wait = min(wait, LONGEST.total_seconds())
        until = time.time() + wait + self._rng.uniform(0.05, 0.05 + min(2.0, wait / 10))
        self._told.add(known.server)
        if until > known.not_before:
            known.not_before, known.why = until, why

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


def _told(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} seconds"
    if seconds < 48 * 3600:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 86400:,.0f} days"
