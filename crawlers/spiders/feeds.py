"""Where to go for a feed: its one address, asked only for what has changed since the last time.

A feed that has moved for good (301, 308) is asked at its new address from then on.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.entries import Feed, mark
from crawlers.pages.feeds import read_feed
from crawlers.pages.fields import Reading
from crawlers.pipeline import Page
from crawlers.spider import SourceSpider
from posts.errors import SourceError

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
UNDATED_KEPT = 5_000


class FeedSpider(SourceSpider):
    name = "feeds"

    async def start(self) -> AsyncIterator[Request]:
        headers = {"Accept": ACCEPT}
        for cursor, header in (("etag", "If-None-Match"), ("last_modified", "If-Modified-Since")):
            known = self.cursor(cursor)
            if known is not None:
                headers[header] = known
        yield self.ask(self.cursor("moved_to") or self.job.url, self.on_feed, headers=headers)

    def on_feed(self, response: Response) -> Iterator[Page]:
        """The posts of the feed; nothing, in good order, if it has not changed."""
        if response.status == 304 and (self.cursor("etag") or self.cursor("last_modified")):
            self.ledger.remark("nothing new since the last crawl")
            return
        try:
            if (error := self.unhappy(response)) is not None:
                raise error
            reading = read_feed(response.body, self._feed(), content_type=_header(response, "Content-Type"))
        except SourceError as error:
            self.fail(error)
            return
        self.ledger.read(reading)
        if any("not well-formed" in remark or "of which the first" in remark for remark in reading.remarks):
            self.ledger.fall_short(next(iter(reading.remarks)))
        if not reading.items and self.cursor("had_posts"):
            self.ledger.fall_short("no entries, where there were some before")
        yield Page(
            posts=reading.posts, unreadable=reading.unreadable, cursors=self._cursors(response, reading)
        )

    def _feed(self) -> Feed:
        known = json.loads(self.cursor("first_seen") or "{}")
        return Feed(
            url=self.job.url,
            source=self.job.source,
            at=self.now(),
            kind=self.job.kind or "news",
            run_id=self.job.run_id,
            first_seen={key: datetime.fromisoformat(moment) for key, moment in known.items()},
        )

    def _cursors(self, response: Response, reading: Reading) -> dict[str, str | None]:
        """What the next crawl asks with. A feed that could not be read whole is asked for again."""
        whole = reading.items > 0 and not reading.unreadable
        undated = {mark(p.id): p.first_seen_at.isoformat() for p in reading.posts if p.first_seen_at}
        kept = dict(list(undated.items())[:UNDATED_KEPT])
        cursors: dict[str, str | None] = {
            "etag": _header(response, "ETag")[:1000] or None if whole else None,
            "last_modified": _header(response, "Last-Modified")[:100] or None if whole else None,
            "first_seen": json.dumps(kept) if kept else None,
        }
        if reading.items:
            cursors["had_posts"] = "yes"
        reasons = response.meta.get("redirect_reasons", [])
        if reasons and all(reason in (301, 308) for reason in reasons):
            cursors["moved_to"] = response.url
            self.ledger.remark(f"moved for good to {response.url.split('?')[0]}")
        return cursors


def _header(response: Response, name: str) -> str:
    return (response.headers.get(name) or b"").decode("latin-1").strip()
