"""Matches of saved queries, written by whoever writes the posts.

One row a query and post: the moment at which the post first came to match, and by what kind of write
(new, edited, read by models, counted anew, changed otherwise, or found by a back-fill). A post that
stops matching keeps its row, for it did match. So ids are deterministic, rows that come again are left
as they are, and counting rows is counting posts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import partial
from itertools import islice
from typing import Final

from posts.post import number
from store import compile as compiler
from store.batch import Plan
from store.compile import Key
from store.copies import original_of
from store.documents import date_text, document_id
from store.matcher import Match, Matcher
from store.protocol import Document, Store
from store.saved import SavedQueries, SavedQuery, fault
from store.state import State

BACKFILL: Final = "back-fill"
_AT_ONCE: Final = 1_000
_COPIED: Final = ("author", "author_n", "platform", "language", "source", "created_at")
_FIELDS: Final = ("id", "n", *_COPIED)


class Matching:
    """The saved queries of a project as intake uses them; ``topics`` are those of its settings."""

    def __init__(
        self, store: Store, state: State, *, topics: Sequence[SavedQuery], zone: tzinfo, key: Key
    ) -> None:
        self._store = store
        self._saved = SavedQueries(state)
        self._topics = tuple(topics)
        self._zone = zone
        self._key = key
        self._original = partial(original_of, store)
        self._matcher: Matcher | None = None
        self._turn: str | None = ""
        self._saved.follow_topics(self._topics)

    @property
    def waits(self) -> bool:
        """Whether there is something to do though no posts have come."""
        return bool(self._saved.chores())

    def do_chores(self, *, now: datetime) -> None:
        """Back-fill new queries that want it, and clear away the matches of those that are gone.

        What a crash interrupts is done again, and then leaves the same rows.
        """
        for todo in self._saved.chores():
            if todo.chore == "clear":
                self._store.delete("matches", {"term": {"query": todo.query}})
            else:
                for saved in self._all():
                    if saved.id == todo.query:
                        self._backfill(saved, now)
            self._saved.done(todo)

    def of_changed(self, made: Plan, *, now: datetime) -> list[Document]:
        """The rows to write before the changed posts of a plan.

        Those of posts that are dated earlier now are among them: an engine that files rows by month
        takes them out of the other one when they are written.
        """
        changed = {post["id"]: post for post in made.changed if post["id"] in made.reasons}
        rows = self._unwritten(
            _row(match, made.reasons[match.document["id"]], now)
            for match in self._match(list(changed.values()), now)
        )
        if made.moved:
            rows += self._dated_anew({post["id"]: post["created_at"] for post in made.changed}, made.moved)
        return rows

    def of_new(self, posts: Sequence[Document], *, now: datetime) -> list[Document]:
        """The rows to write after the new posts."""
        return [_row(match, "new", now) for match in self._match(posts, now)]

    def _all(self) -> list[SavedQuery]:
        """All that can be matched; one that cannot must not keep posts from being taken in."""
        every = (*self._topics, *self._saved.all())
        return [saved for saved in every if not fault(saved, zone=self._zone)]

    def _match(self, posts: Sequence[Document], now: datetime) -> list[Match]:
        if not posts:
            return []
        turn = self._saved.turn()
        if turn != self._turn:
            awake = [saved for saved in self._all() if not saved.paused]
            self._matcher = self._made(awake, posts[:_AT_ONCE]) if awake else None
            self._turn = turn
        return [] if self._matcher is None else self._matcher.match(posts, now=now)

    def _made(self, awake: Sequence[SavedQuery], sample: Sequence[Document]) -> Matcher:
        return Matcher(awake, zone=self._zone, sample=sample, key=self._key, original=self._original)

    def _backfill(self, saved: SavedQuery, now: datetime) -> None:
        query = compiler.selection(
            saved.selection, now=now, zone=self._zone, key=self._key, original=self._original
        )
        self._store.refresh("posts")
        found = self._store.scan("posts", query, _FIELDS)
        for posts in _portions(found):
            rows = self._unwritten(_row(Match(saved.id, post), BACKFILL, now) for post in posts)
            if rows:
                self._store.write("matches", rows)

    def _unwritten(self, rows: Iterable[Document]) -> list[Document]:
        """Those that are not there yet: the first moment counts."""
        by_id = {row["id"]: row for row in rows}
        if not by_id:
            return []
        self._store.refresh("matches")
        known = self._store.get("matches", list(by_id))
        return [row for row_id, row in by_id.items() if row_id not in known]

    def _dated_anew(self, dates: Mapping[str, str], moved: Sequence[str]) -> list[Document]:
        """The rows of posts that are dated otherwise now, with their new date."""
        self._store.refresh("matches")
        rows: dict[str, Document] = {}
        for start in range(0, len(moved), _AT_ONCE):
            query = {"terms": {"post_id": moved[start : start + _AT_ONCE]}}
            for row in self._store.scan("matches", query):
                if row["created_at"] != dates[row["post_id"]]:
                    rows[row["id"]] = {**row, "created_at": dates[row["post_id"]]}
        return list(rows.values())


def _row(match: Match, reason: str, now: datetime) -> Document:
    post = match.document
    return {
        "id": document_id(f"{match.query}>{post['id']}"),
        "query": match.query,
        "query_n": number(match.query),
        "post_id": post["id"],
        "post_n": post["n"],
        "reason": reason,
        "at": date_text(now),
        **{name: post[name] for name in _COPIED if name in post},
    }


def _portions(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while portion := list(islice(documents, _AT_ONCE)):
        yield portion
