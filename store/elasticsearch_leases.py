"""Leases as documents of an Elasticsearch: made only where there is none, changed only as they were read.

Whoever loses such a race is told who won. They share work out among machines; each machine's own clock
says what is over, so a lease must be much longer than clocks differ.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from posts.errors import StoreError
from store.elasticsearch_errors import told, without_secrets
from store.protocol import Lease, leased

_TRIES: Final = 5
_MAPPING: Final = {
    "dynamic": "strict",
    "properties": {"holder": {"type": "keyword"}, "until": {"type": "date"}},
}


class DocumentLeases:
    """Leases in the index ``{prefix}-leases``."""

    def __init__(self, client: Elasticsearch, url: str, prefix: str) -> None:
        self._client = client
        self._url = url
        self._index = f"{prefix}-leases"

    def lease(self, name: str, holder: str, ttl_s: float, now: datetime) -> Lease:
        """See ``Store.lease``."""
        with told(self._url):
            for _ in range(_TRIES):
                stored = self._stored(name)
                row = None if stored is None else _row(stored)
                found = leased(name, holder, ttl_s, now, row)
                # What nobody holds needs no giving back.
                if not found.granted or (ttl_s <= 0 and stored is None):
                    return found
                with suppress(ConflictError, NotFoundError):
                    self._change(found, stored, gives_back=ttl_s <= 0)
                    return found
        raise StoreError(
            "Too many others want this lease.",
            subject=f"{without_secrets(self._url)} {name}",
            remedy="Try again.",
        )

    def _stored(self, name: str) -> dict[str, Any] | None:
        try:
            return dict(self._client.get(index=self._index, id=name).body)
        except NotFoundError:
            return None

    def _change(self, lease: Lease, stored: dict[str, Any] | None, *, gives_back: bool) -> None:
        """Write or delete; ``ConflictError`` if another was quicker."""
        if stored is None:
            self._make_index()
            self._client.create(index=self._index, id=lease.name, document=_document(lease))
            return
        as_read = {"if_seq_no": stored["_seq_no"], "if_primary_term": stored["_primary_term"]}
        if gives_back:
            self._client.delete(index=self._index, id=lease.name, **as_read)
        else:
            self._client.index(index=self._index, id=lease.name, document=_document(lease), **as_read)

    def _make_index(self) -> None:
        if self._client.indices.exists(index=self._index):
            return
        settings = {"number_of_shards": 1, "auto_expand_replicas": "0-1"}
        try:
            self._client.indices.create(index=self._index, settings=settings, mappings=_MAPPING)
        except BadRequestError as error:
            if "resource_already_exists" not in str(error):
                raise


def _row(stored: dict[str, Any]) -> tuple[str, datetime]:
    source = stored["_source"]
    return source["holder"], datetime.fromisoformat(source["until"])


def _document(lease: Lease) -> dict[str, Any]:
    return {"holder": lease.holder, "until": lease.until.astimezone(UTC).isoformat()}
