"""Who wrote what a stream brought: names, followers, and who does not want to be shown to strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from scrapy.http import Response

from crawlers.pages.bluesky import read_accounts
from crawlers.pages.bluesky_people import Person
from crawlers.pages.bluesky_posts import OPTED_OUT
from crawlers.pages.fields import Notes
from crawlers.ways.bluesky_asking import Asking
from posts.errors import NotReachable, SourceError
from posts.post import Post

PEOPLE_AT_ONCE: Final = 25
PEOPLE_KNOWN: Final = 100_000
LONGEST_WAIT_S: Final = 30.0


class People:
    """The accounts that one crawl has met; ``left`` are the seconds that it still has."""

    def __init__(self, spider: Asking, left: Callable[[], float]) -> None:
        self._spider, self._left = spider, left
        self._known: dict[str, Person | None] = {}

    def forget(self, did: str) -> None:
        """Ask for this account anew when it is met again: it is called something else now."""
        self._known.pop(did, None)

    async def signed(self, posts: list[Post], notes: Notes) -> list[Post]:
        """The posts with the names of who wrote them, without those who do not want to be shown."""
        if len(self._known) > PEOPLE_KNOWN:
            self._known.clear()
        await self._meet({did_of(post) for post in posts} - self._known.keys())
        signed = []
        for post in posts:
            person = self._known.get(did_of(post))
            if person is None:
                # Taken down, switched off, or spam that the network hides: nobody else sees it either.
                notes.passed_over["of accounts that are not shown"] += 1
            elif person.opted_out:
                notes.passed_over[OPTED_OUT] += 1
            else:
                signed.append(replace(post, author=person.author))
        return signed

    async def _meet(self, strangers: set[str]) -> None:
        """Ask who these accounts are."""
        waiting = sorted(strangers)
        for start in range(0, len(waiting), PEOPLE_AT_ONCE):
            part = waiting[start : start + PEOPLE_AT_ONCE]
            people = await self._ask(part)
            if not people and len(part) > 2:
                # A server that has forgotten everybody for a moment is asked once more.
                people = await self._ask(part)
            self._known.update({did: people.get(did) for did in part})

    async def _ask(self, dids: list[str]) -> dict[str, Person]:
        query = urlencode([("actors", did) for did in dids])
        response = await self._answer(f"{self._spider.server()}/xrpc/app.bsky.actor.getProfiles?{query}")
        people, notes = read_accounts(response.body, self._spider.seen())
        self._spider.ledger.unread.update(notes.unread)
        return people

    async def _answer(self, url: str) -> Response:
        """The answer of the AppView, asked for again while it is away; the stream waits meanwhile."""
        waits = 0
        while True:
            try:
                response = await self._spider.crawler.engine.download_async(self._spider.ask(url, _nothing))
                self._spider.happy(response)
            except SourceError as error:
                if not isinstance(error, NotReachable) or self._left() <= 0:
                    raise
            except Exception as error:
                named = self._spider.named(error, address=url)
                if not isinstance(named, NotReachable) or self._left() <= 0:
                    raise named from error
            else:
                return response
            waits += 1
            await asyncio.sleep(min(LONGEST_WAIT_S, 2.0**waits, max(0.0, self._left())))


def did_of(post: Post) -> str:
    """The DID in a post's id."""
    return post.id.split(":", 2)[2].partition("/")[0]


def _nothing(_response: Response) -> None:
    """Answers come to who waits for them."""
