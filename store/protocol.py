"""What an engine does for the rest of Rasad: ten functions and leases, in Elasticsearch's own request bodies.

Whatever is outside the subset raises ``UnsupportedQuery`` (``store.validate``) before an engine sees it,
so that both give the same answers or the same refusal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

Collection = Literal["posts", "edges", "uses", "metrics", "accounts", "matches"]
Document = dict[str, Any]
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSettings:
    """Where posts are kept: in ``folder`` (embedded), or in an Elasticsearch when ``url`` is set.

    ``prefix`` begins the name of every index in that Elasticsearch, so that projects and tests share a
    server without meeting. ``ca`` is a file of the authority that signed the server's certificate, where
    the system's own do not know it. ``patience_s`` is how long an answer is waited for.
    """

    folder: Path
    url: str | None = None
    api_key: str | None = field(default=None, repr=False)
    prefix: str = "rasad"
    ca: Path | None = None
    patience_s: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A document that the engine did not take, and why; ``retry`` if it may later."""

    id: str
    reason: str
    retry: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """How many documents are committed, and those that were not taken."""

    ok: int
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the engine fares: ``warnings`` are sentences for a person, worst first."""

    engine: Literal["embedded", "elasticsearch"]
    ok: bool
    posts: int
    bytes: int | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Who holds ``name`` until when; ``granted`` if it is the one who asked."""

    name: str
    holder: str
    until: datetime
    granted: bool


def leased(name: str, holder: str, ttl_s: float, now: datetime, stored: tuple[str, datetime] | None) -> Lease:
    """The lease that follows from the one that is stored (its holder and end)."""
    if stored is not None and stored[0] != holder and stored[1] > now:
        return Lease(name=name, holder=stored[0], until=stored[1], granted=False)
    return Lease(name=name, holder=holder, until=now + timedelta(seconds=max(0.0, ttl_s)), granted=True)


class Store(Protocol):
    """An engine. Every id is deterministic: writing a document twice is writing it once."""

    def ensure(self) -> None:
        """Make or open the collections; ``SchemaChanged`` if another version made them."""

    def write(self, collection: Collection, documents: Sequence[Document], *, fresh: bool = False) -> Written:
        """Upsert whole documents by ``id`` and commit.

        ``fresh`` promises that no document of these ids is stored, which spares the embedded engine
        the deletion of older copies. ``StoreUnreachable``, ``StoreReadOnly``, ``StoreBusy``.
        """

    def get(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        """The stored documents among ``ids``, by id."""

    def search(self, collection: Collection, body: Body) -> dict[str, Any]:
        """The answer to a search body: ``hits.total.value``, ``hits.hits``, ``aggregations``."""

    def count(self, collection: Collection, query: Body) -> int:
        """How many documents match, exactly."""

    def scan(
        self, collection: Collection, query: Body, fields: Sequence[str] | None = None
    ) -> Iterator[Document]:
        """Every matching document as of the moment of the call; only ``fields`` of it if named."""

    def columns(self, collection: Collection, query: Body, fields: Sequence[str]) -> dict[str, np.ndarray]:
        """Single-valued integer fields of all matching documents as int64 arrays of one length.

        Rows of different fields belong together; their order is not promised. Dates come as epoch
        seconds. A missing value is -1.
        """

    def delete(self, collection: Collection, query: Body) -> int:
        """Delete what matches and commit; how many there were."""

    def refresh(self, collection: Collection | None = None) -> None:
        """Make all that is committed visible to this reader."""

    def lease(self, name: str, holder: str, ttl_s: float, now: datetime) -> Lease:
        """Take, renew or (with ``ttl_s`` 0) give back the lease of a name; never held by two at once.

        Another's lease can be taken once it is over by ``now``, the caller's clock (aware). Among the
        processes of this machine in the embedded store, among machines in an Elasticsearch.
        """

    def health(self) -> Health:
        """State, size and warnings; never raises for an engine that is down."""

    def close(self) -> None:
        """Let go of files, locks and connections."""
