"""Posts and accounts of Mastodon's API that are looked at again: what they gained, edits, deletions.

Servers from 4.3 on give twenty posts in one answer, others one by one. A post that such an answer leaves
out is asked for alone before it counts as gone: nothing is entombed on the word of a list. Whoever has opted
out since, or whose post is not public any more, is gone too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode

from scrapy import Request
from scrapy.http import Response

from crawlers.pages.fields import Reading
from crawlers.pages.mastodon import read_statuses
from crawlers.pages.mastodon_edits import read_edits
from crawlers.pages.mastodon_finds import not_kept, read_status
from crawlers.pages.mastodon_people import read_profile
from crawlers.pipeline import Page
from crawlers.ways.mastodon_asking import Answers, Asking
from posts.errors import SourceError
from posts.post import Post
from store.rereads import AGES, Reread

TOGETHER = 20
"""Posts that a server gives in one answer."""
ALONE = 40
"""Posts that one crawl asks for one by one; what is left stays due for the next."""


HISTORIES = 40
"""Edited posts whose earlier wordings one crawl asks for."""


class Again(Asking):
    """Second looks."""

    _alone_left = ALONE
    _histories_left = HISTORIES

    def look_again(self, due: list[Reread]) -> Iterable[Request]:
        if not self._server.several:
            return self._alone(due)
        asking = []
        for start in range(0, len(due), TOGETHER):
            chunk = due[start : start + TOGETHER]
            query = urlencode([("id[]", one.ref) for one in chunk])
            url = self._address(f"/api/v1/statuses?{query}")
            asking.append(self.ask(url, partial(self.on_again, asked=chunk)))
        return asking

    def _alone(self, due: Sequence[Reread]) -> list[Request]:
        """Requests for single posts, as many as this crawl still may."""
        chosen = due[: self._alone_left]
        self._alone_left -= len(chosen)
        return [
            self.ask(
                self._address(f"/api/v1/statuses/{quote(one.ref, safe='')}"), partial(self.on_one, asked=one)
            )
            for one in chosen
        ]

    def on_again(self, response: Response, asked: Sequence[Reread]) -> Answers:
        """Several posts as they are now; those that are left out are asked for one by one."""
        if response.status in (400, 404, 405, 414, 422):
            yield from self._alone(asked)
            return
        reading = self._again(response, several=True)
        if reading is None:
            return
        yield from self._looked(reading, [one for one in asked if one.ref in reading.local_ids])
        yield from self._alone([one for one in asked if one.ref not in reading.local_ids])

    def on_one(self, response: Response, asked: Reread) -> Answers:
        """A post as it is now, or that it is gone."""
        if response.status in (404, 410):
            yield Page(gone=(asked,))
            return
        if response.status in (401, 403):
            # Not shown to us any more, which does not say that it is gone.
            yield Page(settled=(asked,))
            return
        reading = self._again(response, several=False)
        if reading is not None:
            yield from self._looked(reading, [asked])

    def _again(self, response: Response, *, several: bool) -> Reading | None:
        try:
            if (error := self.unhappy(response)) is not None:
                raise error
            reading = (read_statuses if several else read_status)(response.body, self._seen())
        except SourceError as error:
            self.fail(error)
            return None
        self.ledger.read(reading)
        return reading

    def _looked(self, reading: Reading, asked: Sequence[Reread]) -> Answers:
        """Keep what was read; look no more for what is not there, not to be kept, or another post."""
        hidden = not_kept(reading, [one.ref for one in asked])
        by_ref = {
            reading.refs[post.id]: self._kept_id(post) for post in reading.posts if post.id in reading.refs
        }
        gone = [one for one in asked if one.ref in hidden]
        # A server that was set up anew gives its ids a second time.
        settled = [one for one in asked if one not in gone and by_ref.get(one.ref) != one.post]
        yield self._page(reading, gone=gone, settled=settled)
        since = {one.ref: _last_look(one) for one in asked}
        edited = [
            post
            for post in reading.posts
            if post.edited_at and post.edited_at > since.get(reading.refs.get(post.id, ""), post.edited_at)
        ]
        yield from self._histories(edited, reading.refs)

    def _histories(self, edited: Iterable[Post], refs: Mapping[str, str]) -> list[Request]:
        """Requests for what posts said before, as many as this crawl still may."""
        chosen = [post for post in edited if post.id in refs][: self._histories_left]
        self._histories_left -= len(chosen)
        return [
            self.ask(
                self._address(f"/api/v1/statuses/{quote(refs[post.id], safe='')}/history"),
                partial(self.on_history, post=post),
            )
            for post in chosen
        ]

    def on_history(self, response: Response, post: Post) -> Answers:
        """The post once more, with what it said before; without it where the server keeps none."""
        try:
            if (error := self.unhappy(response)) is not None:
                raise error
            edits, unread = read_edits(response.body, self._seen())
        except SourceError as error:
            self.ledger.remark(f"earlier wordings are not told: {error.message}")
            return
        self.ledger.unread.update(unread)
        if edits:
            yield Page(posts=(replace(post, edits=edits),))

    def look_at_account(self, today: str) -> Iterable[Request]:
        account = self.cursor("account")
        if self._timeline != "account" or account is None:
            return ()
        url = self._address(f"/api/v1/accounts/{quote(account, safe='')}")
        return (self.ask(url, partial(self.on_profile, today=today)),)

    def on_profile(self, response: Response, today: str) -> Answers:
        """The account as it is today; one that has opted out is not kept."""
        try:
            if (error := self.unhappy(response)) is not None:
                raise error
            profile = read_profile(response.body, self._seen())
        except SourceError as error:
            self.fail(error)
            return
        if profile is None:
            self.ledger.passed_over["accounts that opted out"] += 1
        yield Page(profiles=() if profile is None else (profile,), cursors={"profile": today})


def _last_look(asked: Reread) -> datetime:
    """A moment before which a post had certainly been read: a look is planned for the next of the ages."""
    ages = [age for age in AGES if asked.created_at + age < asked.due_at]
    return asked.created_at + max(ages, default=AGES[0] * 0)
