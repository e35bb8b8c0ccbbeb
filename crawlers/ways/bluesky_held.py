"""Which posts of a stream are held: deletions are taken for those alone.

The network deletes several posts every second; tombstones of what nobody here has would only grow.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Final

from crawlers.pages.bluesky_embeds import id_of
from crawlers.pages.bluesky_people import key_of
from crawlers.pages.jetstream import Event, written_at
from crawlers.pseudonyms import key_of as secret_of
from crawlers.ways.bluesky_asking import Asking
from posts.errors import RecordError
from posts.people import pseudonym
from posts.post import Post
from store import rereads
from store.rereads import Reread

REMEMBERED: Final = 50_000
FROM: Final = "stream_from"
"""The cursor that says since when everything is kept."""


class Held:
    """What the project holds of a source: the posts of a week (those that are looked at again), and all
    that this crawl has kept."""

    def __init__(self, spider: Asking) -> None:
        self._job = spider.job
        self._keep = frozenset(spider.job.keep)
        self._secret = secret_of(spider.job.folder) if spider.job.pseudonyms else None
        self._posts: dict[str, tuple[str, datetime]] = {}
        self._deleted: OrderedDict[str, None] = OrderedDict()
        since = spider.cursor(FROM)
        self.since = None if since is None else datetime.fromisoformat(since)
        if spider.state is not None:
            for known in spider.unveiled(rereads.held(spider.state, spider.job.source)):
                with suppress(RecordError):  # veiled with another key
                    self._posts[id_of(known.ref)] = (known.post, known.created_at)

    def has(self, post_id: str | None) -> bool:
        return post_id in self._posts

    def was_deleted(self, post_id: str) -> bool:
        """Whether it was deleted before it came: events may be out of order, or come again."""
        return post_id in self._deleted

    def note(self, posts: Iterable[Post]) -> None:
        """These are held from now on."""
        for post in posts:
            key = "" if post.author is None else post.author.key
            self._posts[post.id] = (self._kept_as(post.id, key), post.created_at)

    def gone(self, events: Iterable[Event], *, everything: bool) -> tuple[Reread, ...]:
        """The held posts that these events delete; where ``everything`` is kept, all of these."""
        found: list[Reread] = []
        for event in events:
            if event.kind == "delete":
                found += self._gone(event, everything=everything)
            elif event.kind == "account" and event.gone:
                found += self._all_of(event.did, event.at)
        return tuple(found)

    def _gone(self, event: Event, *, everything: bool) -> Iterable[Reread]:
        post_id = id_of(event.uri)
        self._lost(post_id)
        held = self._posts.pop(post_id, None)
        if held is not None:
            yield Reread(post=held[0], ref=event.uri, created_at=held[1], due_at=event.at)
            return
        made = written_at(event.uri, event.at)
        if everything and self.since is not None and made >= self.since:
            kept = self._kept_as(post_id, key_of(event.did))
            yield Reread(post=kept, ref=event.uri, created_at=made, due_at=event.at)

    def _all_of(self, did: str, at: datetime) -> Iterable[Reread]:
        prefix = f"{id_of(f'at://{did}/x/x').rpartition('x/x')[0]}"
        for post_id in [one for one in self._posts if one.startswith(prefix)]:
            self._lost(post_id)
            kept, created_at = self._posts.pop(post_id)
            yield Reread(post=kept, ref=f"at://{post_id.split(':', 2)[2]}", created_at=created_at, due_at=at)

    def _lost(self, post_id: str) -> None:
        self._deleted[post_id] = None
        if len(self._deleted) > REMEMBERED:
            self._deleted.popitem(last=False)

    def _kept_as(self, post_id: str, author: str) -> str:
        """The id under which the project keeps a post: another one where it hides names."""
        if self._secret is None or author in self._keep:
            return post_id
        return pseudonym(post_id, secret=self._secret)
