"""The second reading of posts, behind intake: what models say of them, and what people have labelled.

A post is waiting while it lacks a mark of today's readers (``Annotations.readers``), so what a crash, a new
model or a changed setting leaves to do is found by asking the engine, and reading goes on where it was.
The newest posts come first. Whoever reads holds the writer lock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from posts.clean import MAX_TEXT, is_cut
from posts.errors import StoreError
from posts.forgetting import is_textless
from posts.labels import Label, corrected, reading
from posts.post import Annotations, Post, changed
from store import copies, labels
from store.batch import Stored, replan, stored_post
from store.committing import Committing, Outcome
from store.cursors import exact, table
from store.loading import payload_of
from store.protocol import Body, Document, Store
from store.state import State

STEP: Final = 512
"""Posts that are read and written together."""
NOTE: Final = "deepening"


class Deepener(Protocol):
    """What reads posts a second time (``nlp.pipeline.Pipeline``)."""

    @property
    def marks(self) -> tuple[str, ...]: ...

    def deepen(self, posts: Iterable[Post]) -> Iterator[Post]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """How far the second reading is behind: posts that wait, and since when the one that waits longest."""

    posts: int
    since: datetime | None = None


def unread(marks: Sequence[str]) -> Body:
    """The posts that wait: alive, with a text, and without all of these marks."""
    done = {"bool": {"filter": [{"term": {"readers": mark}} for mark in marks]}}
    return {"bool": {"must_not": [{"terms": {"is": ["deleted", "textless"]}}, done]}}


def behind(store: Store, state: State) -> Behind | None:
    """How far the second reading is behind; ``None`` where nobody has ever read a second time."""
    marks = table(state.note(NOTE)).get("marks")
    if not isinstance(marks, list):
        return None
    query = unread([str(mark) for mark in marks])
    found = store.search(
        "posts", {"size": 1, "query": query, "sort": [{"collected_at": "asc"}], "_source": ["collected_at"]}
    )
    hits = found["hits"]["hits"]
    since = datetime.fromisoformat(hits[0]["_source"]["collected_at"]) if hits else None
    return Behind(posts=store.count("posts", query), since=since)


class Deepening:
    """Reads what waits in a store, a step at a time."""

    def __init__(
        self,
        store: Store,
        state: State,
        reader: Deepener,
        committing: Committing,
        *,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._state = state
        self._reader = reader
        self._committing = committing
        self._now = now
        self._idle = False
        note = table(state.note(NOTE))
        if note.get("marks") != list(reader.marks):
            state.set_note(NOTE, json.dumps({"marks": list(reader.marks), "at": exact(now())}))

    def wake(self) -> None:
        """Posts have been written: look for those that wait again."""
        self._idle = False

    def waiting(self) -> int:
        """How many posts wait."""
        return self._store.count("posts", unread(self._reader.marks))

    def step(self, limit: int = STEP) -> int:
        """Read up to so many posts, those with new labels first; how many were read, 0 if none waits.

        ``StoreError`` and its kinds where they cannot be written; they go on waiting. Once none waited,
        the engine is not asked again before ``wake``.
        """
        labelled = bool(labels.waiting(self._state, 1))
        if self._idle and not labelled:
            return 0
        self._store.refresh("posts")
        documents = (self._labelled(limit) if labelled else []) or self._unread(limit)
        if not documents:
            self._idle = True
            return 0
        began = time.process_time()
        stored = {found.post.id: found for found in map(stored_post, documents)}
        given = labels.of(self._state, list(stored))
        outcome = Outcome()
        read, others = copies.placed(
            self._store, self._read([found.post for found in stored.values()], outcome)
        )
        final = [(stored[post.id], _labelled(post, given.get(post.id, ()))) for post in read] + others
        self._committing.commit(replan(self._store, final), {}, outcome)
        if outcome.retry:
            raise StoreError(outcome.retry[0])
        if outcome.letters:
            self._state.bury_all(outcome.letters, at=self._now())
        self._settle(stored, given, read)
        self._tell(len(read), time.process_time() - began)
        return len(documents)

    def _unread(self, limit: int) -> list[Document]:
        body = {"size": limit, "query": unread(self._reader.marks), "sort": [{"created_at": "desc"}]}
        return [hit["_source"] for hit in self._store.search("posts", body)["hits"]["hits"]]

    def _labelled(self, limit: int) -> list[Document]:
        """The posts whose labels wait; labels of posts that are gone wait no more."""
        while posts := labels.waiting(self._state, limit):
            found = self._store.get("posts", posts)
            if alive := [found[post] for post in posts if post in found and _lives(found[post])]:
                return alive
            labels.settle(self._state, posts, labels.of(self._state, posts))
        return []

    def _read(self, posts: Sequence[Post], outcome: Outcome) -> list[Post]:
        """The posts as models read them; one that breaks a model is a dead letter and counts as read."""
        fresh = [_unread(post) for post in posts if not is_textless(post)]
        read = [post for post in posts if is_textless(post)]
        try:
            read += list(self._reader.deepen(fresh))
        except Exception:  # noqa: BLE001  the wall to models of others: one text must not stop the rest
            read += [found for post in fresh for found in self._alone(post, outcome)]
        return [told_cut(post) for post in read]

    def _alone(self, post: Post, outcome: Outcome) -> Iterator[Post]:
        try:
            yield from list(self._reader.deepen([post]))
        except Exception as error:  # noqa: BLE001  as above
            reason = f"models cannot read it: {type(error).__name__}: {error}"
            outcome.letters.append((post.source, post.id, reason, payload_of(post)))
            read = post.annotations or Annotations()
            yield changed(post, annotations=replace(read, readers=self._reader.marks))

    def _settle(
        self, stored: Mapping[str, Stored], given: Mapping[str, Sequence[Label]], read: Sequence[Post]
    ) -> None:
        if waiting := labels.waiting(self._state, len(stored)):
            labels.settle(self._state, set(waiting) & stored.keys(), given)
        said = [
            (label, reading(post.annotations, label.kind), self._reader.marks[-1])
            for post in read
            if post.annotations is not None
            for label in given.get(post.id, ())
        ]
        if said:
            labels.note_said(self._state, said)

    def _tell(self, posts: int, seconds: float) -> None:
        note = {
            "marks": list(self._reader.marks),
            "at": exact(self._now()),
            "posts": posts,
            "cpu_s": round(seconds, 3),
        }
        self._state.set_note(NOTE, json.dumps(note))


def _lives(document: Document) -> bool:
    return "deleted" not in document.get("is", ())


def _labelled(post: Post, given: Sequence[Label]) -> Post:
    if not given or post.annotations is None:
        return post
    return changed(post, annotations=corrected(post.annotations, given))


def _unread(post: Post) -> Post:
    """The post as the first stage left it, or without any reading where others have read it since."""
    read = post.annotations
    return post if read is None or len(read.readers) == 1 else changed(post, annotations=None)


def told_cut(post: Post) -> Post:
    """The post; where its text was cut, with a mark of it among the versions."""
    if not is_cut(post):
        return post
    read = post.annotations or Annotations()
    versions = {**read.versions, "cut": f"{MAX_TEXT} characters"}
    return changed(post, annotations=replace(read, versions=versions))
