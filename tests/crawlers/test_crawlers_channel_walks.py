"""Any history of a channel, crawled with any interruptions: none is missed, and gaps are counted right."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse

from crawlers.crawl import _settings
from crawlers.job import Job
from crawlers.ledger import Ledger
from crawlers.pipeline import Page
from crawlers.spiders.channels import TelegramSpider
from tests.crawlers.channel_pages import BEGIN, Channel

URL = "http://127.0.0.1:1"
JOB = Job(
    run_id="run", due_at=BEGIN, folder=Path(), source="source", platform="telegram", url=URL,
    timeline="account", account="parscoffee", allow_hosts=("127.0.0.1:1",), backfill_pages=1000,
)  # fmt: skip


@dataclass
class Walker:
    """A spider without a network: its requests are answered from a channel, its cursors are a dictionary."""

    channel: Channel
    cursors: dict[str, str | None] = field(default_factory=dict)
    kept: list[int] = field(default_factory=list)
    gaps: int = 0

    def crawl(self, *, pages: int, killed: bool) -> Ledger:
        """Crawl so many pages; a crawl that is killed ends there, another one is told that it may no more."""
        ledger, cursors = Ledger(), self.cursors

        class Remembering(TelegramSpider):
            def cursor(self, key: str) -> str | None:
                return cursors.get(key)

        crawler = Crawler(Remembering, _settings(JOB, preview=False))
        spider = Remembering.from_crawler(crawler, job=JOB, ledger=ledger, state=None)
        waiting = asyncio.run(_all(spider.start()))
        if not killed:
            spider._left = pages - 1
        while waiting and (not killed or pages > 0):
            request, pages = waiting.pop(0), pages - 1
            for out in request.callback(self._answer(request)):
                if isinstance(out, Page):
                    self.kept += [int(post.id.rsplit("/", 1)[1]) for post in out.posts]
                    self.cursors |= out.cursors
                else:
                    waiting.append(out)
        assert ledger.errors == []
        # What a killed crawl noted is lost with it, as the run's record is.
        self.gaps += 0 if killed else sum(s.posts or 0 for s in ledger.stretches if s.why == "gap")
        return ledger

    def _answer(self, request: Request) -> HtmlResponse:
        query = dict(parse_qsl(urlsplit(request.url).query))
        page = self.channel.page(int(query["before"]) if "before" in query else None)
        return HtmlResponse(request.url, body=page.encode(), request=request)


async def _all(requests: Any) -> list[Request]:
    return [request async for request in requests]


step = st.fixed_dictionaries(
    {
        "new": st.lists(st.sampled_from(["post", "post", "post", "album", "service", "hole"]), max_size=12),
        "pages": st.integers(1, 6),
        "killed": st.booleans(),
    }
)


@given(steps=st.lists(step, min_size=1, max_size=6), size=st.integers(1, 4))
def test_no_message_is_missed(steps: list[dict[str, Any]], size: int) -> None:
    """Bounded and killed crawls of a channel that is written in between; the last ones may read all."""
    channel = Channel(size=size)
    walker = Walker(channel)
    number, posts, holes, first = 0, set(), 0, 0
    for each in steps:
        for kind in each["new"]:
            number += 1
            if kind == "hole":
                # What lies below the first message, or above the last, is between no two messages.
                first += 1
                continue
            holes, first = holes + (first if channel.messages else 0), 0
            channel.write([number], service=kind == "service", parts=2 if kind == "album" else 0)
            posts |= {number} if kind != "service" else set()
            number += 2 if kind == "album" else 0
        walker.crawl(pages=each["pages"], killed=each["killed"])
    last = [walker.crawl(pages=200, killed=False) for _ in range(2)]

    assert set(walker.kept) == posts
    assert walker.cursors.get("holes") is None
    assert last[1].outcome()[0] == "ok"
    if not any(each["killed"] for each in steps):
        assert sorted(walker.kept) == sorted(posts)
        assert walker.gaps == holes
