"""What all spiders share: one request after the other, and a named reason for whatever goes wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, Self
from urllib.parse import urlsplit

from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DontCloseSpider,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.bounds import in_time
from crawlers.guard import Forbidden
from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.pace import Pace
from crawlers.pages.fields import shown
from crawlers.pseudonyms import key_of, unveiled
from posts.errors import NotReachable, NotUnderstood, RateLimited, Refused, SourceError
from posts.post import Post
from store import rereads
from store.rereads import Reread
from store.state import State

_END: Final = object()
LOOKS: Final = 200
"""Posts that one crawl looks at again: its budget beside what is new."""


class SourceSpider(Spider):
    """A spider for one job. ``previewed`` collects the posts of a preview, ``state`` is ``None`` in one.

    A crawl has parts, one after the other: what is new (``start``), what is to be looked at again
    (``look_again``), and once a day who the account is (``look_at_account``). The later ones are left out
    where an earlier one failed, and in a preview. A platform that has none of them leaves it as it is here.
    """

    def __init__(
        self,
        *,
        job: Job,
        ledger: Ledger,
        state: State | None,
        previewed: list[Post] | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(**rest)
        self.job = job
        self.ledger = ledger
        self.pace = Pace(job.hosts, delay_s=job.delay_s)
        self.state = state
        self.previewed = previewed

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._parts = iter((spider._looks, spider._profile))
        crawler.signals.connect(spider._go_on, signal=signals.spider_idle)
        return spider

    def _go_on(self) -> None:
        """Begin the next part of the crawl when nothing is left to ask for in this one."""
        if self.state is None or self.ledger.errors:
            return
        for part in self._parts:
            requests = list(part())
            for request in requests:
                self.crawler.engine.crawl(request)
            if requests:
                raise DontCloseSpider

    _parts: Iterator[Callable[[], Iterable[Request]]] = iter(())

    def _looks(self) -> Iterable[Request]:
        state = self.state
        due = [] if state is None else rereads.due(state, self.job.source, at=self.now(), limit=LOOKS)
        return self.look_again(self.unveiled(due)) if due else ()

    def unveiled(self, kept: Iterable[Reread]) -> list[Reread]:
        """What is kept of posts, with the refs that their servers know them by (`crawlers.pseudonyms`)."""
        if not self.job.pseudonyms:
            return list(kept)
        secret = key_of(self.job.folder)
        return [replace(one, ref=unveiled(one.ref, secret)) for one in kept]

    def _profile(self) -> Iterable[Request]:
        today = f"{self.now():%Y-%m-%d}"
        return () if self.cursor("profile") == today else self.look_at_account(today)

    def look_again(self, due: list[Reread]) -> Iterable[Request]:
        """Requests for these posts' present state; their answers give pages with ``refs`` and ``gone``."""
        return ()

    def look_at_account(self, today: str) -> Iterable[Request]:
        """A request for the account that is watched; its page moves the cursor ``profile`` to ``today``."""
        return ()

    def cursor(self, key: str) -> str | None:
        """Where the last crawl of this source got to; nothing in a preview, which begins anew."""
        return None if self.state is None else self.state.cursor(self.job.source, key)

    def ask(
        self, url: str, answer: Callable[[Response], Any], *, headers: dict[str, str] | None = None
    ) -> Request:
        """A request whose answer comes to ``answer`` whatever its status, and whose failure is noted."""
        return Request(
            url,
            callback=partial(self._in_time, answer),
            errback=self.failed,
            headers=headers or {},
            dont_filter=True,
        )

    def _in_time(self, answer: Callable[[Response], Any], response: Response) -> Any:
        """What ``answer`` makes of a response; reading it may not take for ever."""
        try:
            with in_time(self.job.source):
                made = answer(response)
        except SourceError as error:
            self.fail(error)
            return None
        return self._piece_by_piece(made) if isinstance(made, Iterator) else made

    def _piece_by_piece(self, made: Iterator[Any]) -> Iterator[Any]:
        try:
            while True:
                with in_time(self.job.source):
                    piece = next(made, _END)
                if piece is _END:
                    return
                yield piece
        except SourceError as error:
            self.fail(error)

    def fail(self, error: SourceError) -> None:
        if self.job.pseudonyms:
            # A server's own words may name somebody.
            error.message = _SAID.sub("", error.message)
        self.ledger.fail(error)
        self.logger.info("%s", error)

    def failed(self, failure: Failure) -> None:
        """Note why no answer came."""
        request: Request | None = getattr(failure, "request", None)
        error = self.named(failure.value, address=request.url if request else self.job.url, request=request)
        passed = request.meta.get("redirect_urls", []) if request else []
        if passed and not isinstance(error, RateLimited):
            error.message = f"{urlsplit(passed[-1]).netloc} redirects to another address: {error.message}"
        self.fail(error)

    def named(
        self, error: BaseException | None, *, address: str, request: Request | None = None
    ) -> SourceError:
        """Why no answer came from an address, in words."""
        source, host = self.job.source, urlsplit(address).netloc.rpartition("@")[2]
        largest = (request.meta.get("download_maxsize", _LARGEST) if request else _LARGEST) >> 20
        if isinstance(error, SourceError):
            return error
        if isinstance(error, Forbidden):
            return Refused(str(error), subject=source)
        if isinstance(error, IgnoreRequest):
            told = str(error)
            if "DOWNLOAD_MAXSIZE" in told:
                return NotUnderstood(f"the answer of {host} is larger than {largest} MiB", subject=source)
            if "robots" in told:
                return Refused(f"robots.txt of {host} forbids it", subject=source)
            if "redirections" in told:
                return NotUnderstood(f"{host} redirects in circles", subject=source)
            return NotReachable(f"{host}: {told or 'not asked'}", subject=source)
        for kind, told in _NO_ANSWER:
            if isinstance(error, kind):
                return NotReachable(f"{host} {told}", subject=source)
        if isinstance(error, DownloadCancelledError):
            return NotUnderstood(f"the answer of {host} is larger than {largest} MiB", subject=source)
        if isinstance(error, ValueError):
            return NotUnderstood(f"{host} redirects to an address that cannot be read", subject=source)
        for sign, told in _IN_WORDS:
            if sign in str(error):
                return NotReachable(f"{host} {told}", subject=source)
        return NotReachable(
            f"{host} gave no answer ({type(error).__name__}: {shown(str(error))})", subject=source
        )

    def unhappy(self, response: Response) -> SourceError | None:
        """What a status other than 2xx says, in words; ``None`` for 2xx."""
        status, source = response.status, self.job.source
        host = urlsplit(response.url).netloc
        if status == 206:
            return NotUnderstood(f"{host} sent a part of it only (HTTP 206)", subject=source)
        if 200 <= status < 300:
            return None
        if status in (401, 403, 451):
            return Refused(f"{host} does not allow it (HTTP {status})", subject=source)
        if status == 404:
            return NotUnderstood(f"nothing is at this address of {host} (HTTP 404)", subject=source)
        if status == 410:
            return Refused(f"gone: {host} says it will not come back (HTTP 410)", subject=source)
        if status >= 500 or status == 408:
            return NotReachable(f"{host} is broken (HTTP {status})", subject=source)
        return NotUnderstood(f"{host} answered HTTP {status}", subject=source)

    def enough(self) -> bool:
        """Whether a preview has seen as many items as it shows."""
        return self.previewed is not None and self.ledger.items >= (self.job.limit or 0)

    def now(self) -> datetime:
        return datetime.now(UTC)


def header(response: Response, name: str) -> str:
    """A header of an answer, empty where it has none."""
    return (response.headers.get(name) or b"").decode("latin-1").strip()


def spider_of(crawler: Crawler) -> SourceSpider:
    """The spider of a crawl, which holds its job and its ledger."""
    if not isinstance(crawler.spider, SourceSpider):
        raise TypeError(f"not a spider of a source: {crawler.spider!r}")
    return crawler.spider


_LARGEST: Final = 16 * 2**20
"""What an answer may have where its request says nothing else (``DOWNLOAD_MAXSIZE``)."""
_SAID = re.compile(r"(?<=answered with an error): .*", re.DOTALL)
_NO_ANSWER: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "is not a name that is found"),
    (DownloadTimeoutError, "gave no whole answer in time"),
    (DownloadConnectionRefusedError, "refuses connections"),
    (ResponseDataLossError, "broke off in the middle of its answer"),
)
_IN_WORDS = (
    ("certificate verify failed", "shows a certificate that is not valid for it"),
    ("SSL", "does not speak https at this address"),
    ("ParseError", "does not speak HTTP as it should"),
    ("builtins.ValueError", "does not speak HTTP as it should"),
    ("ConnectionDone", "closes the connection without an answer"),
    ("ConnectionLost", "closes the connection without an answer"),
)
"""What stands in the texts of errors that have no class of their own."""
