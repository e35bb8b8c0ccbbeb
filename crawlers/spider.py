"""What all spiders share: one request after the other, and a named reason for whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.guard import Forbidden
from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.pages.fields import shown
from posts.errors import NotReachable, NotUnderstood, RateLimited, Refused, SourceError
from posts.post import Post
from store.state import State


class SourceSpider(Spider):
    """A spider for one job. ``previewed`` collects the posts of a preview, ``state`` is ``None`` in one."""

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
        self.state = state
        self.previewed = previewed

    def cursor(self, key: str) -> str | None:
        """Where the last crawl of this source got to; nothing in a preview, which begins anew."""
        return None if self.state is None else self.state.cursor(self.job.source, key)

    def ask(
        self, url: str, answer: Callable[[Response], Any], *, headers: dict[str, str] | None = None
    ) -> Request:
        """A request whose answer comes to ``answer`` whatever its status, and whose failure is noted."""
        return Request(
            url,
            callback=answer,
            errback=self.failed,
            headers=headers or {},
            dont_filter=True,
        )

    def fail(self, error: SourceError) -> None:
        self.ledger.fail(error)
        self.logger.info("%s", error)

    def failed(self, failure: Failure) -> None:
        """Note why no answer came."""
        request: Request | None = getattr(failure, "request", None)
        error = self._named(failure.value, address=request.url if request else self.job.url)
        passed = request.meta.get("redirect_urls", []) if request else []
        if passed and not isinstance(error, RateLimited):
            error.message = f"{urlsplit(passed[-1]).netloc} redirects to another address: {error.message}"
        self.fail(error)

    def _named(self, error: BaseException | None, *, address: str) -> SourceError:
        source, host = self.job.source, urlsplit(address).netloc.rpartition("@")[2]
        if isinstance(error, SourceError):
            return error
        if isinstance(error, Forbidden):
            return Refused(str(error), subject=source)
        if isinstance(error, IgnoreRequest):
            told = str(error)
            if "DOWNLOAD_MAXSIZE" in told:
                return NotUnderstood(f"the answer of {host} is larger than 16 MiB", subject=source)
            if "robots" in told:
                return Refused(f"robots.txt of {host} forbids it", subject=source)
            if "redirections" in told:
                return NotUnderstood(f"{host} redirects in circles", subject=source)
            return NotReachable(f"{host}: {told or 'not asked'}", subject=source)
        for kind, told in _NO_ANSWER:
            if isinstance(error, kind):
                return NotReachable(f"{host} {told}", subject=source)
        if isinstance(error, DownloadCancelledError):
            return NotUnderstood(f"the answer of {host} is larger than 16 MiB", subject=source)
        for sign, told in _IN_WORDS:
            if sign in str(error):
                return NotReachable(f"{host} {told}", subject=source)
        return NotReachable(
            f"{host} gave no answer ({type(error).__name__}: {shown(str(error))})", subject=source
        )

    def unhappy(self, response: Response) -> SourceError | None:
        """What a status other than 2xx says, in words; ``None`` for 2xx."""
        status, source = response.status, self.job.source
        if 200 <= status < 300:
            return None
        host = urlsplit(response.url).netloc
        if status in (401, 403, 451):
            return Refused(f"{host} does not allow it (HTTP {status})", subject=source)
        if status == 404:
            return NotUnderstood(f"nothing is at this address of {host} (HTTP 404)", subject=source)
        if status == 410:
            return Refused(f"gone: {host} says it will not come back (HTTP 410)", subject=source)
        if status >= 500 or status == 408:
            return NotReachable(f"{host} is broken (HTTP {status})", subject=source)
        return NotUnderstood(f"{host} answered HTTP {status}", subject=source)

    def now(self) -> datetime:
        return datetime.now(UTC)


def spider_of(crawler: Crawler) -> SourceSpider:
    """The spider of a crawl, which holds its job and its ledger."""
    if not isinstance(crawler.spider, SourceSpider):
        raise TypeError(f"not a spider of a source: {crawler.spider!r}")
    return crawler.spider


_NO_ANSWER: tuple[tuple[type[BaseException], str], ...] = (
    (CannotResolveHostError, "is not a name that is found"),
    (DownloadTimeoutError, "gave no whole answer in time"),
    (DownloadConnectionRefusedError, "refuses connections"),
    (ResponseDataLossError, "broke off in the middle of its answer"),
)
_IN_WORDS = (
    ("certificate verify failed", "shows a certificate that is not valid for it"),
    ("SSL", "does not speak https at this address"),
    ("ConnectionDone", "closes the connection without an answer"),
    ("ConnectionLost", "closes the connection without an answer"),
)
"""What stands in the texts of errors that have no class of their own."""
