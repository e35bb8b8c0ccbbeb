"""One crawl, in the process that is for it: Scrapy is set up, runs, and the run's record is written."""

from __future__ import annotations

import logging
import re
import resource
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings as ScrapySettings

from crawlers.bounds import bound_heads
from crawlers.guard import ALLOWED
from crawlers.job import Job, user_agent
from crawlers.ledger import Ledger
from crawlers.pace import Pace
from crawlers.retry import BUDGET
from crawlers.spider import SourceSpider
from crawlers.spiders.bluesky import BlueskySpider
from crawlers.spiders.channels import EitaaSpider, TelegramSpider
from crawlers.spiders.feeds import FeedSpider
from crawlers.spiders.mastodon import MastodonSpider
from posts.errors import NotReachable, NotSetUp, NotUnderstood, RasadError, SourceError
from posts.post import Post
from store import heard
from store.spool import Spool
from store.state import State

SPIDERS: dict[str, type[SourceSpider]] = {
    "mastodon": MastodonSpider,
    "bluesky": BlueskySpider,
    "feed": FeedSpider,
    "telegram": TelegramSpider,
    "eitaa": EitaaSpider,
}
"""The spider of each platform of ``config.platforms``."""
MEMORY_BYTES = 4 * 2**30
"""Address space of a crawl: the last line behind Scrapy's own limit of resident memory."""
_log = logging.getLogger(__name__)


def limit_memory() -> None:
    """Bound the process that calls it."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def crawl_here(job: Job) -> bool:
    """Crawl and write the run's record; false if this due time has had its run.

    Ends with a record whatever happens, unless the process is killed: whoever started it sees to that.
    """
    with State(job.folder / "state.sqlite") as state:
        if not begin(state, job):
            return False
        ledger = Ledger(source=job.source, run_id=job.run_id)
        _run(job, ledger, state, shown=None)
        outcome, reason = ledger.outcome()
        try:
            if outcome in {"ok", "partial"} and not ledger.files:
                Spool(job.folder / "spool").write((), source=job.source, run_id=job.run_id)
        except RasadError as error:
            outcome, reason = "error", str(error)
        if ledger.put_off_until is not None:
            state.put_off(job.source, ledger.put_off_until, reason=ledger.put_off_reason)
        heard.add(state, ledger.stretches)
        heard.compact(state, job.source, now=datetime.now(UTC))
        state.end_run(
            job.run_id,
            ended_at=datetime.now(UTC),
            outcome=outcome,
            reason=reason,
            asked=ledger.asked,
            got=ledger.got,
            refused=ledger.refused,
            details=ledger.details(),
        )
    return True


def preview_here(job: Job) -> tuple[list[Post], Ledger]:
    """The first posts of a source and what happened; nothing is written, cursors stay where they are."""
    shown: list[Post] = []
    ledger = Ledger(source=job.source, run_id=job.run_id)
    _run(job, ledger, None, shown=shown)
    return shown, ledger


def begin(state: State, job: Job) -> bool:
    """Note that the run has begun, unless whoever started it has done so already."""
    if state.begin_run(job.run_id, job=job.source, due_at=job.due_at, started_at=datetime.now(UTC)):
        return True
    return any(run.run_id == job.run_id and run.state == "running" for run in state.runs(job=job.source))


def _run(job: Job, ledger: Ledger, state: State | None, *, shown: list[Post] | None) -> None:
    try:
        settings = _settings(job, preview=shown is not None)
        _cleared(job, state)
        bound_heads()
        process = AsyncCrawlerProcess(settings)
        _log_here()
        spider = SPIDERS[job.platform]
        crawler = process.create_crawler(spider)
        task = process.crawl(crawler, job=job, ledger=ledger, state=state, previewed=shown)
        process.start()
        Pace(job.hosts).sweep()
        _take_stock(crawler, ledger, job)
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            ledger.fail(NotUnderstood(f"the crawl broke: {_short(error)}", subject=job.source))
    except SourceError as error:
        ledger.fail(error)
    except Exception as error:  # noqa: BLE001 - the outermost edge: whatever it is, the run says so
        _log.exception("the crawl broke")
        ledger.fail(SourceError(f"the crawl broke: {_short(error)}", subject=job.source))


def _cleared(job: Job, state: State | None) -> None:
    """Forget the cursors of another place: the source's address, tag or account has changed."""
    if state is None:
        return
    place = state.cursor(job.source, "place")
    if place != job.place:
        if place is not None:  # a back-fill may have been asked for before the first crawl
            state.forget_cursors(job.source)
        state.move_cursors(job.source, {"place": job.place}, at=datetime.now(UTC))


def _settings(job: Job, *, preview: bool) -> ScrapySettings:
    settings = ScrapySettings()
    settings.setmodule("crawlers.settings", priority="project")
    if job.platform not in SPIDERS:
        raise NotSetUp(f"there is no spider for {job.platform}", subject=job.source)
    values: dict[str, Any] = {
        "USER_AGENT": user_agent(job),
        ALLOWED: list(job.allow_hosts),
        BUDGET: min(60.0, job.timeout_s / 2),
        "DOWNLOAD_DELAY": job.delay_s,
        "AUTOTHROTTLE_START_DELAY": job.delay_s,
        "DOWNLOAD_TIMEOUT": max(1.0, min(job.answer_timeout_s, job.timeout_s / 3)),
        "CLOSESPIDER_TIMEOUT": job.timeout_s,
    }
    if preview:
        values["ITEM_PIPELINES"] = {"crawlers.pipeline.IntoPreview": 100}
    for name, value in values.items():
        settings.set(name, value, priority="cmdline")
    return settings


_ENDS: dict[str, Callable[[Job], SourceError]] = {
    "closespider_timeout": lambda job: NotReachable(f"not finished after {job.timeout_s:.0f} seconds"),
    "closespider_pagecount": lambda job: NotUnderstood("stopped: too many pages"),
    "memusage_exceeded": lambda job: NotUnderstood("stopped: it needed too much memory"),
    "shutdown": lambda job: SourceError("stopped before its end"),
}
_GOOD_ENDS = frozenset({"finished", "preview", "spool_failed", "given_up"})


def _take_stock(crawler: Crawler, ledger: Ledger, job: Job) -> None:
    """Hold against the run what Scrapy counted as wrong, so that no failure looks like success."""
    stats = crawler.stats.get_stats() if crawler.stats else {}
    reason = str(stats.get("finish_reason", "no end"))
    if reason in _ENDS:
        ledger.fail(_ENDS[reason](job))
    elif reason not in _GOOD_ENDS and not ledger.errors:
        ledger.fail(SourceError(f"the crawl ended with {reason}", subject=job.source))
    broken = int(stats.get("spider_exceptions/count", 0)) or int(stats.get("log_count/ERROR", 0))
    if broken and not ledger.errors:
        ledger.fail(SourceError("something broke inside the crawl (see its log)", subject=job.source))


class _OneLine(logging.Formatter):
    """One event, one line, no control characters: what a server sent cannot forge a line of the log."""

    def format(self, record: logging.LogRecord) -> str:
        return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", super().format(record))


def _log_here() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s [%(name)s] %(message)s"))
    logging.getLogger().addHandler(handler)
    for name in ("", "scrapy", "twisted", "asyncio"):
        logging.getLogger(name).setLevel(logging.INFO)


def _short(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
