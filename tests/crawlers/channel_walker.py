"""A spider of channels that is walked step by step, without a network or a process of its own."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse

from crawlers.crawl import _settings
from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.pipeline import Page
from crawlers.spiders.channels import TelegramSpider
from store.rereads import Reread
from tests.crawlers.channel_pages import BEGIN, Channel

URL = "http://127.0.0.1:1"
JOB = Job(
    run_id="run", due_at=BEGIN, folder=Path(), source="source", platform="telegram", url=URL, delay_s=0,
    timeline="account", account="parscoffee", allow_hosts=("127.0.0.1:1",), backfill_pages=1000,
)  # fmt: skip


@dataclass
class Walker:
    """Requests are answered from a channel (or by ``page``), cursors are a dictionary.

    ``asked`` and ``kept`` are the numbers that the last crawl asked and kept, ``all`` those of all crawls.
    """

    channel: Channel = field(default_factory=Channel)
    page: str = ""
    cursors: dict[str, str | None] = field(default_factory=dict)
    asked: list[int | None] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    all: list[int] = field(default_factory=list)

    def crawl(self, *, pages: int = 40, killed: bool = False, **changes: Any) -> Ledger:
        """Crawl so many pages; a crawl that is killed ends there, another one is told that it may no more."""
        spider, waiting = self._spider(replace(JOB, **changes))
        if not killed:
            spider._left = pages - 1
        self._walk(spider, waiting, pages=pages if killed else None)
        self.all += self.kept
        return spider.ledger

    def look(self, numbers: set[int]) -> set[int]:
        """Look again for these messages; those of them that are gone."""
        spider, _ = self._spider(JOB)
        due = [
            Reread(post=f"telegram:t.me:parscoffee/{n}", ref=str(n), created_at=BEGIN, due_at=BEGIN)
            for n in numbers
        ]
        return self._walk(spider, list(spider.look_again(due)), pages=None)

    def _spider(self, job: Job) -> tuple[TelegramSpider, list[Request]]:
        cursors = self.cursors

        class Remembering(TelegramSpider):
            def cursor(self, key: str) -> str | None:
                return cursors.get(key)

        crawler = Crawler(Remembering, _settings(job, preview=False))
        spider = Remembering.from_crawler(crawler, job=job, ledger=Ledger(), state=None)
        return spider, asyncio.run(_all(spider.start()))

    def _walk(self, spider: TelegramSpider, waiting: list[Request], *, pages: int | None) -> set[int]:
        """Answer requests until there are none; what is gone."""
        self.asked, self.kept, gone = [], [], set()
        while waiting and (pages is None or len(self.asked) < pages):
            request = waiting.pop(0)
            for out in request.callback(self._answer(request)):
                if isinstance(out, Page):
                    self.kept += [_number(post.id) for post in out.posts]
                    gone |= {_number(lost.post) for lost in out.gone}
                    self.cursors |= out.cursors
                    spider.ledger.got += len(out.posts)
                else:
                    waiting.append(out)
        return gone

    def _answer(self, request: Request) -> HtmlResponse:
        query = dict(parse_qsl(urlsplit(request.url).query))
        self.asked.append(int(query["before"]) if "before" in query else None)
        page = self.page or self.channel.page(None if self.channel.deaf else self.asked[-1])
        return HtmlResponse(request.url, body=page.encode(), request=request)


def _number(post_id: str) -> int:
    return int(post_id.rsplit("/", 1)[1])


async def _all(requests: Any) -> list[Request]:
    return [request async for request in requests]


def told(ledger: Ledger) -> list[tuple[str, str, int | None]]:
    """What a crawl noted of the time: what, why, and how many posts."""
    return sorted((s.what, s.why, s.posts) for s in ledger.stretches)
