"""Writes what a plan asks for, in its order, and keeps what the engine said to each document."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from posts.post import Post
from store.batch import Plan, Rows
from store.loading import payload_of
from store.matching import Matching
from store.protocol import Collection, Document, Store

_IDS_AT_ONCE: Final = 2_000
_MOVED_AT_ONCE: Final = 200


@dataclass(slots=True)
class Outcome:
    """What the engine said to a batch: letters for what it refused, reasons to come again."""

    letters: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    refused_posts: set[str] = field(default_factory=set)
    retry: list[str] = field(default_factory=list)


class Committing:
    """The writes of whoever holds the writer lock; ``now`` gives the moment of matches."""

    def __init__(self, store: Store, matching: Matching, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._matching = matching
        self._now = now

    def commit(self, made: Plan, copies: Mapping[str, Sequence[Post]], outcome: Outcome) -> None:
        """Write the plan in its order (``store.batch.Plan``)."""
        self._delete("edges", "id", made.stale_edges)
        self._delete("uses", "id", made.stale_uses)
        self._delete("metrics", "post_id", made.deleted)
        self._delete("matches", "post_id", made.deleted)
        self._write_rows(made.changed_rows, outcome, fresh=False)
        self.write("matches", self._matching.of_changed(made, now=self._now()), outcome)
        for documents, fresh in made.batches():
            for refusal in self._store.write("posts", documents, fresh=fresh).refused:
                if refusal.retry:
                    outcome.retry.append(refusal.reason)
                    continue
                outcome.refused_posts.add(refusal.id)
                post = copies[refusal.id][-1] if refusal.id in copies else None
                outcome.letters.append(
                    (
                        post.source if post else "",
                        refusal.id,
                        refusal.reason,
                        payload_of(post) if post else None,
                    )
                )
        self._drop_moved(made)
        self._write_rows(_without(made.new_rows, outcome.refused_posts), outcome, fresh=True)
        new = [post for post in made.new if post["id"] not in outcome.refused_posts]
        matches = self._matching.of_new(new, now=self._now())
        self.write("matches", matches, outcome, fresh=not made.begun)

    def _write_rows(self, rows: Rows, outcome: Outcome, *, fresh: bool) -> None:
        collections: tuple[tuple[Collection, list[Document]], ...] = (
            ("edges", rows.edges), ("uses", rows.uses), ("metrics", rows.metrics),
        )  # fmt: skip
        for collection, documents in collections:
            self.write(collection, documents, outcome, fresh=fresh)

    def write(
        self, collection: Collection, documents: list[Document], outcome: Outcome, *, fresh: bool = False
    ) -> None:
        """Write what stands beside posts."""
        if not documents:
            return
        for refusal in self._store.write(collection, documents, fresh=fresh).refused:
            if refusal.retry:
                outcome.retry.append(refusal.reason)
            else:
                outcome.letters.append(("", refusal.id, f"{collection}: {refusal.reason}", None))

    def _delete(self, collection: Collection, name: str, values: list[str]) -> None:
        for start in range(0, len(values), _IDS_AT_ONCE):
            self._store.delete(collection, {"terms": {name: values[start : start + _IDS_AT_ONCE]}})

    def _drop_moved(self, made: Plan) -> None:
        """An engine that files posts by month may hold one that is now dated earlier a second time."""
        dated = {document["id"]: document["created_at"] for document in made.changed}
        for start in range(0, len(made.moved), _MOVED_AT_ONCE):
            later = [
                {"bool": {"filter": [{"term": {"id": i}}, {"range": {"created_at": {"gt": dated[i]}}}]}}
                for i in made.moved[start : start + _MOVED_AT_ONCE]
            ]
            self._store.delete("posts", {"bool": {"should": later}})


def _without(rows: Rows, refused: set[str]) -> Rows:
    if not refused:
        return rows
    return Rows(
        edges=[row for row in rows.edges if row["post_id"] not in refused],
        uses=[row for row in rows.uses if row["post_id"] not in refused],
        metrics=[row for row in rows.metrics if row["post_id"] not in refused],
    )
