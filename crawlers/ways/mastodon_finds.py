"""What is found on a server of Mastodon's API beside its timelines: by searching, trending, in a thread.

A search gives the newest first and is paged by ``offset``: while it is read new posts push older ones down,
which shows some twice and hides none. (``max_id`` is read to the second, and would lose what was written in
the same one.) Trends are a choice that the server makes of posts of any age: reading them hears nothing
completely, and the ledger says nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.fields import Reading
from crawlers.pages.mastodon_finds import found_id, id_in_address, read_context, read_found, read_status
from crawlers.pages.mastodon_ids import by_age, newer
from crawlers.pages.mastodon_people import Seen
from crawlers.pages.mastodon_server import host_of
from crawlers.ways.backfill import TOP, Backfill
from crawlers.ways.mastodon_asking import PAGE_SIZE, Answers, Asking
from posts.errors import NotSetUp, NotUnderstood, SourceError

SEARCH_PAGES = 50
"""Pages of one incremental search; the next goes on from the newest."""
FURTHEST = 4_000
"""A search engine gives no more than 10,000 results; below this offset it is asked for older ones instead."""
TREND_PAGES = 5
SHOWN_BELOW = 60
"""So many answers of a thread are shown to those who are not signed in."""


class Finds(Asking):
    """Searches, trends and threads."""

    _found: set[str]
    _top_id: str | None = None
    _top_at: str | None = None
    _listed = 0
    _taken = 0

    # search

    def _begin_search(self) -> Iterator[Request]:
        self._found = set()
        query = self.job.query or ""
        self._search_past = Backfill(self.job, self.ledger, self.cursor, now=self._began, query=query)
        self._top_id, self._top_at = self.cursor("newest"), self.cursor("newest_at")
        if self._top_id is None:
            yield self.ask(self._search(), partial(self.on_found, place="+0"))
        else:
            yield self.ask(self._search(min_id=self._top_id), partial(self.on_found_newer, offset=0))

    _search_past: Backfill

    def on_found(self, response: Response, place: str) -> Answers:
        """A page of results on the way back."""
        reading = self._read(response, read_found)
        if reading is None:
            return
        if place == "+0" and not reading.items:
            self.ledger.remark("nothing was found; servers without a full-text search find nothing at all")
        new = set(reading.local_ids) - self._found
        self._found |= new
        step = self._search_past.step(
            oldest=reading.oldest, older=_below(place, reading) if new else None, posts=len(reading.posts)
        )
        top = self._search_top(reading) if self.cursor("newest") is None else {}
        yield self._page(reading, {**step.cursors, **top})
        if step.where is not None and not self.enough():
            yield self._search_older(step.where)

    def on_found_newer(self, response: Response, offset: int) -> Answers:
        """A page of what was written since the last crawl; the next, until one has nothing new."""
        known = self.cursor("newest")
        reading = self._read(response, partial(read_found, above=known))
        if reading is None:
            return
        new = set(reading.local_ids) - self._found
        self._found |= new
        self._listed += reading.items
        self._taken += len(reading.posts)
        pages = offset // PAGE_SIZE + 1
        more = bool(new) and pages < SEARCH_PAGES
        # The newest first: only once all of it is read may the next crawl begin above it.
        top = self._search_top(reading)
        yield self._page(reading, {} if more else top)
        if more:
            offset += PAGE_SIZE
            url = self._search(min_id=known or "", offset=str(offset))
            yield self.ask(url, partial(self.on_found_newer, offset=offset))
            return
        self._search_heard(cut=bool(new), reading=reading)
        where = self._search_past.resume()
        if where is not None:
            # What was found anew in this crawl has pushed the others down.
            yield self._search_older(where or "+0", shift=0 if where == TOP else self._listed)

    def _search_heard(self, *, cut: bool, reading: Reading) -> None:
        until = self._began
        if self._since is not None and not cut:
            self._heard_of(self._since, until, posts=self._taken)
        elif self._since is not None:
            self.ledger.fall_short(f"stopped after {SEARCH_PAGES} pages: older results since are missing")
            reached = reading.oldest or self._since
            self._missed("paging", self._since, reached)
            self._heard_of(reached, until, posts=self._taken)
        self._settled = True

    def _search_top(self, reading: Reading) -> dict[str, str | None]:
        self._top_id = newer(self._top_id, max(reading.local_ids, key=by_age, default=None))
        moments = [reading.newest.isoformat()] if reading.newest else []
        self._top_at = max([*moments, self._top_at or ""]) or None
        return {"newest": self._top_id, "newest_at": self._top_at}

    def _search_older(self, place: str, *, shift: int = 0) -> Request:
        """The request for a place in the results: below an id, and so many further."""
        below, _, offset = place.partition("+")
        number = int(offset or 0) + (0 if below else shift)
        more = {"offset": str(number), **({"max_id": below} if below else {})}
        return self.ask(self._search(**more), partial(self.on_found, place=f"{below}+{number}"))

    def _search(self, **more: str) -> str:
        asked = {"q": self.job.query or "", "type": "statuses", "limit": str(PAGE_SIZE), **more}
        return self._address(f"/api/v2/search?{urlencode(asked)}")

    # trends

    def _begin_trends(self) -> Iterator[Request]:
        self._found = set()
        yield self._trend(0)

    def _trend(self, offset: int) -> Request:
        url = self._address(f"/api/v1/trends/statuses?{urlencode({'limit': PAGE_SIZE, 'offset': offset})}")
        return self.ask(url, partial(self.on_trends, offset=offset))

    def on_trends(self, response: Response, offset: int) -> Answers:
        """A page of what is trending; the list is short and is read whole each time."""
        reading = self._read(response)
        if reading is None:
            return
        if not offset and not reading.items:
            self.ledger.remark("nothing is trending here, or the server shows no trends")
        new = set(reading.local_ids) - self._found
        self._found |= new
        yield self._page(reading)
        offset += PAGE_SIZE
        if new and offset < TREND_PAGES * PAGE_SIZE and not self.enough():
            yield self._trend(offset)

    # threads

    def _begin_thread(self) -> Iterator[Request]:
        address = self.job.thread or ""
        known = self.cursor("thread") or id_in_address(address, server=self.job.url)
        if known is not None:
            yield from self._thread(known)
        elif self._signed_in:
            query = urlencode({"q": address, "type": "statuses", "resolve": "true", "limit": "1"})
            yield self.ask(self._address(f"/api/v2/search?{query}"), self.on_thread_found)
        else:
            own = host_of(address)
            self.fail(
                NotSetUp(
                    f"{host_of(self.job.url)} looks up posts of other servers for signed-in users only",
                    subject=self.job.source,
                    remedy=f'Set url = "https://{own}", where the thread is at home, or a token.',
                )
            )

    def on_thread_found(self, response: Response) -> Answers:
        """The server's own id of the post that the thread is named by."""
        try:
            if (error := self._closed_to_us(response) or self.unhappy(response)) is not None:
                raise error
            found = found_id(response.body, self._seen())
            if found is None:
                raise NotUnderstood("the server does not find the post", subject=self.job.source)
        except SourceError as error:
            self.fail(error)
            return
        yield from self._thread(found)

    def _thread(self, local_id: str) -> Iterator[Request]:
        url = self._address(f"/api/v1/statuses/{quote(local_id, safe='')}")
        yield self.ask(url, partial(self.on_thread, local_id=local_id))

    def on_thread(self, response: Response, local_id: str) -> Answers:
        """The post itself; then what stands above and below it."""
        reading = self._read(response, read_status)
        if reading is None:
            return
        yield self._page(reading, {"thread": local_id})
        url = self._address(f"/api/v1/statuses/{quote(local_id, safe='')}/context")
        yield self.ask(url, partial(self.on_context, reading=reading))

    def on_context(self, response: Response, reading: Reading) -> Answers:
        below = 0

        def read(body: bytes, seen: Seen) -> Reading:
            nonlocal below
            found, below = read_context(body, seen)
            return found

        others = self._read(response, read)
        if others is None:
            return
        since = min((m for m in (reading.oldest, others.oldest) if m is not None), default=self._began)
        posts = len(reading.posts) + len(others.posts)
        if not self._signed_in and below >= SHOWN_BELOW:
            self.ledger.fall_short(
                f"the server shows {SHOWN_BELOW} answers of a thread to those who are not signed in"
            )
            self._missed("paging", since, self._began)
        else:
            self._heard_of(since, self._began, posts=posts)
        yield self._page(others)


def _below(place: str, reading: Reading) -> str:
    """The place of the next page of results."""
    below, _, offset = place.partition("+")
    number = int(offset or 0) + PAGE_SIZE
    if number < FURTHEST:
        return f"{below}+{number}"
    return f"{min(reading.local_ids, key=by_age)}+0"
