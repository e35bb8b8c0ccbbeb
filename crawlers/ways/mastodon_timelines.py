"""Timelines of Mastodon's API: back a bounded number of pages, then forward without a gap.

Later crawls ask for what stands directly above the newest known post (``min_id``) and follow ``prev`` until
nothing comes: no gap, however much was written in between. (``since_id`` would give the newest page and
leave a hole.) Posts of other servers get ids by when they were written and come in later: a few minutes
below the newest are read again, and what of them is not known is kept. Where several crawls find nothing the
newest page is looked at: a server that was set up anew counts from the beginning, and nothing would ever
stand above what is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.fields import Reading, read_json
from crawlers.pages.mastodon_ids import by_age, earlier, newer
from crawlers.pages.mastodon_server import host_of, pages_of
from crawlers.pipeline import Page
from crawlers.ways.backfill import TOP, Backfill
from crawlers.ways.mastodon_asking import PAGE_SIZE, Answers, Asking, moment_of
from posts.errors import NotUnderstood, Refused, SourceError

QUIET_RUNS = 2
"""After so many crawls in a row without anything new it is asked whether the server counts anew."""
FULL_PAGE = 20
"""A page of so many posts without a word about others is taken for one of several."""
LATE = timedelta(minutes=10)
"""So much later than it was written a post of another server may come in and is still heard."""
PAGES_PER_RUN = 200
"""Pages of one incremental crawl; the next goes on where it stopped."""


class Timelines(Asking):
    """Public timelines, those of a tag, and those of an account."""

    _pages = 0
    _got = 0
    _known: str | None = None
    _latest = ""
    _lowest: str | None = None
    _walked = ""
    _past: Backfill | None = None

    def _begin_account(self) -> Iterator[Request]:
        acct = (self.job.account or "").lstrip("@")
        query = urlencode({"acct": acct})
        yield self.ask(self._address(f"/api/v1/accounts/lookup?{query}"), self.on_account)

    def on_account(self, response: Response) -> Answers:
        """The server's own id of the account."""
        account = self.job.account or ""
        try:
            if response.status == 404:
                raise NotUnderstood(f"the server knows no account {account}", subject=self.job.source)
            if (error := self.unhappy(response)) is not None:
                raise error
            found = read_json(response.body, subject=self.job.source)
            local_id = found.get("id") if isinstance(found, dict) else None
            if isinstance(local_id, bool) or not isinstance(local_id, str | int) or local_id == "":
                raise NotUnderstood("the answer names no account", subject=self.job.source)
            local_id = str(local_id)
        except SourceError as error:
            self.fail(error)
            return
        yield Page(cursors={"account": local_id})
        yield from self._begin_timeline(local_id)

    def _begin_timeline(self, account: str | None) -> Iterator[Request]:
        self._base = self._address(self._path(account))
        newest = self.cursor("newest")
        if newest is not None:
            yield self._newer_than(newest)
        else:
            yield self.ask(self._url(), self.on_first)

    def _newer_than(self, newest: str) -> Request:
        """The page above what is known, and some way below it for what has come in late."""
        late = timedelta(0) if self._timeline == "account" else LATE
        self._walked = earlier(newest, late, now=self._began) if late else newest
        return self.ask(self._above(self._walked), self.on_newer)

    def _backfill(self) -> Backfill:
        """The way back of this crawl, the same one in all its parts."""
        if self._past is None:
            self._past = Backfill(
                self.job, self.ledger, self.cursor, now=self._began, query=self.job.query or ""
            )
        return self._past

    def on_first(self, response: Response) -> Answers:
        """The newest page of a first crawl: from here one crawl goes back, the later ones forward."""
        reading = self._timeline_page(response)
        if reading is None:
            yield from self._gone(response)
            return
        yield from self._back(response, reading, self._top(reading))

    def on_older(self, response: Response) -> Answers:
        reading = self._timeline_page(response)
        if reading is not None:
            yield from self._back(response, reading, {})

    def _back(self, response: Response, reading: Reading, cursors: dict[str, str | None]) -> Answers:
        """Keep a page and go on to the older one, as far as the back-fill wants."""
        older = self._older(response, reading) if reading.items else None
        step = self._backfill().step(oldest=reading.oldest, older=older, posts=len(reading.posts))
        yield self._page(reading, {**step.cursors, **cursors})
        if step.where is not None and not self.enough():
            yield self.ask(step.where, self.on_older)

    def _older(self, response: Response, reading: Reading) -> str | None:
        """The address of the page below; made of the lowest id where a server writes no Link of its own."""
        link = _link(response)
        older = pages_of(link, page=response.url).get("next")
        if older is not None or (link and "next" not in link):
            return older
        lowest = min(reading.local_ids, key=by_age, default=None)
        before, self._lowest = self._lowest, lowest
        falls = lowest is not None and lowest != before and newer(lowest, before) != lowest
        full = reading.items >= FULL_PAGE and lowest is not None
        return self._url(max_id=lowest or "") if full and (before is None or falls) else None

    def _top(self, reading: Reading) -> dict[str, str | None]:
        """The cursors of the newest id, and of the latest moment at which something was written."""
        moments = [reading.newest.isoformat()] if reading.newest else []
        self._latest = max([*moments, self._latest or self.cursor("newest_at") or ""])
        return {"newest": _newest(reading), "newest_at": self._latest or None}

    def on_newer(self, response: Response) -> Answers:
        """A page directly above what is known; the next is above this one, until none comes."""
        reading = self._timeline_page(response)
        if reading is None:
            yield from self._gone(response)
            return
        known, top = self._known or self.cursor("newest"), _newest(reading)
        if top is None or newer(self._walked, top) == self._walked:
            quiet = 0 if self._known else int(self.cursor("quiet") or 0) + 1
            self._heard()
            yield self._page(self._late_only(reading, known), {"quiet": str(quiet)})
            if quiet >= QUIET_RUNS:
                yield self.ask(self._url(), self.on_quiet)
            yield from self._take_up()
            return
        self._walked = top
        self._pages += 1
        cursors = {}
        if newer(known, top) != known:
            self._known = top
            cursors = self._top(reading)
        kept = self._late_only(reading, known)
        self._got += len(kept.posts)
        yield self._page(kept, cursors)
        if self._pages >= PAGES_PER_RUN:
            self._cut()
            return
        above = pages_of(_link(response), page=response.url).get("prev")
        # Servers before 2.6 write since_id here, which would skip what lies between.
        if above is None or "min_id=" not in above:
            above = self._above(top)
        yield self.ask(above, self.on_newer)

    def _late_only(self, reading: Reading, known: str | None) -> Reading:
        """A page without the posts below the newest known one that are known themselves."""
        below = [ref for ref in reading.refs.values() if known is not None and newer(known, ref) == known]
        had = self._known_refs(below) if below else {}
        if not had:
            return reading
        posts = tuple(post for post in reading.posts if reading.refs.get(post.id) not in had)
        refs = {post_id: ref for post_id, ref in reading.refs.items() if ref not in had}
        return replace(reading, posts=posts, refs=refs)

    def _heard(self) -> None:
        """All that was written since the last crawl was read."""
        if self._since is not None:
            self._heard_of(self._since, self._began, posts=self._got)
        self._settled = True

    def _cut(self) -> None:
        """What was read stands directly above what was known; the rest is for the next crawl."""
        self.ledger.fall_short(f"stopped after {PAGES_PER_RUN} pages; the next crawl goes on from there")
        reached = moment_of(self._latest) or self._since
        if self._since is not None and reached is not None:
            self._heard_of(self._since, reached, posts=self._got)
            self._missed("paging", reached, self._began)
        self._settled = True

    def on_quiet(self, response: Response) -> Answers:
        """The newest page after a silence. Posts that are later and yet have lower ids: begin anew.

        Lower ids alone say nothing: the newest post that was known may have been deleted.
        """
        reading = self._timeline_page(response)
        known, known_at = self.cursor("newest"), self.cursor("newest_at")
        if reading is None or not reading.items or newer(known, _newest(reading)) != known:
            return
        latest = "" if reading.newest is None else reading.newest.isoformat()
        if known == _newest(reading) or (known_at is not None and latest <= known_at):
            return
        self.ledger.remark("the server counts from the beginning again: collected as at the first time")
        self._past = Backfill(self.job, self.ledger, lambda key: None, now=self._began)
        yield from self._back(response, reading, {**self._top(reading), "quiet": None})

    def _take_up(self) -> Iterator[Request]:
        """Go on with a back-fill that is not at its end, or that was asked for since."""
        if self._past is not None:
            return
        where = self._backfill().resume()
        if where == TOP:
            yield self.ask(self._url(), self.on_older)
        elif where is not None and host_of(where) == host_of(self.job.url):
            yield self.ask(where, self.on_older)

    def _timeline_page(self, response: Response) -> Reading | None:
        """The posts of a page; an account that is gone or has opted out is said to be."""
        reading = self._read(response)
        if reading is None:
            return None
        opted_out = reading.passed_over["opted out"]
        if self._timeline == "account" and reading.items and opted_out == reading.items:
            self.fail(Refused("the account has asked not to be collected", subject=self.job.source))
        return reading

    def _gone(self, response: Response) -> Answers:
        """An account that is not there any more may have come back under another id: look it up anew."""
        if self._timeline == "account" and response.status in (404, 410):
            yield Page(cursors={"account": None})

    def _path(self, account: str | None) -> str:
        if account is not None:
            return f"/api/v1/accounts/{quote(account, safe='')}/statuses"
        if self.job.tag:
            # Persian tags too: every byte of the tag is percent-encoded.
            return f"/api/v1/timelines/tag/{quote(self.job.tag.lstrip('#'), safe='')}"
        return "/api/v1/timelines/public"

    def _url(self, **more: str) -> str:
        access = self._server.access
        only: dict[str, Any] = {"local": "true"} if not access.remote else {"remote": "true"}
        chosen = {} if access.local and access.remote else only
        return f"{self._base}?{urlencode({'limit': PAGE_SIZE, **chosen, **more})}"

    def _above(self, local_id: str) -> str:
        return self._url(min_id=local_id)


def _newest(reading: Reading) -> str | None:
    return max(reading.local_ids, key=by_age, default=None)


def _link(response: Response) -> str:
    return (response.headers.get("Link") or b"").decode("utf-8", "replace")
