"""The store on an Elasticsearch: plain monthly indices, written by name and read by alias.

Only what the free core has is used: no data streams, no delete by query, no scripts. What ``write`` has
returned from is on the disk of the cluster and seen by the next search.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

import msgspec
import numpy as np
from elasticsearch import Elasticsearch, JsonSerializer, NotFoundError

from posts.errors import StoreError
from store.checking import sound
from store.elasticsearch_aggs import Questions
from store.elasticsearch_bulk import Action, Bulk
from store.elasticsearch_columns import Ask, read_table
from store.elasticsearch_errors import told, unreachable, whole, without_secrets
from store.elasticsearch_health import health_of
from store.elasticsearch_layout import Layout, noted, template
from store.elasticsearch_leases import DocumentLeases
from store.elasticsearch_query import hits_of, native, page_of
from store.elasticsearch_trust import exposed, trust
from store.generations import schema_changed
from store.mapping import COLLECTIONS, FIELDS, SCHEMA_VERSION, WHEN
from store.protocol import Body, Collection, Document, Health, Lease, Refusal, StoreSettings, Written
from store.validate import columns_known, fields_known, prepared, prepared_query

_TRIES_WHEN_CUT: Final = 2
_HEALTH_TIMEOUT_S: Final = 4
_MERGE_TIMEOUT_S: Final = 3_600
_PAGE: Final = 5_000
_COLUMN_PAGE: Final = 10_000
_KEEP: Final = "2m"
_IDS_AT_ONCE: Final = 1_000

# What the client tries again, with a traceback, is no news; what fails in the end is raised.
logging.getLogger("elastic_transport").setLevel(logging.ERROR)

Query = dict[str, Any]


class _Json(JsonSerializer):
    """Reads answers with msgspec; what that refuses, as the client would."""

    mimetype = "application/vnd.elasticsearch+json"

    def json_loads(self, data: bytes) -> Any:
        try:
            return msgspec.json.decode(data)
        except msgspec.DecodeError:
            return super().json_loads(data)


class ElasticsearchStore:
    """``Store`` on the Elasticsearch at ``settings.url``."""

    def __init__(self, settings: StoreSettings, *, sleep: Callable[[float], None] = time.sleep) -> None:
        if settings.url is None:
            raise StoreError("The address of the Elasticsearch is missing.", remedy="Set RASAD_STORE_URL.")
        self._url = settings.url
        self._settings = settings
        self._sleep = sleep
        self._ensured = False
        self._layouts: dict[Collection, Layout] = {}
        try:
            self._client = Elasticsearch(
                settings.url,
                **trust(settings),
                api_key=settings.api_key,
                request_timeout=settings.patience_s,
                serializers={_Json.mimetype: _Json()},
                # A lost answer: whatever is asked may be asked again, for all ids are ours.
                max_retries=_TRIES_WHEN_CUT,
                retry_on_timeout=False,
                retry_on_status=(),
            )
        except ValueError as error:
            raise unreachable(error, settings.url) from error
        self._leases = DocumentLeases(self._client, settings.url, settings.prefix)

    def ensure(self) -> None:
        with told(self._url):
            for collection in COLLECTIONS:
                self._layouts[collection] = self._layout(collection)
                self._put_template(collection, self._layouts[collection])
        self._ensured = True

    def _put_template(self, collection: Collection, layout: Layout) -> None:
        done = self._client.indices.put_index_template(
            name=self._alias(collection),
            index_patterns=[f"{self._alias(collection)}-*"],
            priority=200,
            template={**template(collection, layout), "aliases": {self._alias(collection): {}}},
        )
        whole(done)

    def write(self, collection: Collection, documents: Sequence[Document], *, fresh: bool = False) -> Written:
        ready, refused = sound(collection, documents)
        if ready:
            if not self._ensured:
                self.ensure()
            actions = [Action(self._index(collection, d), i, json) for i, (d, json, _) in ready.items()]
            moved = [] if fresh else self._moved(collection, actions)
            refused += self._carry_out(actions)
            # Only now: a post whose new copy was not taken keeps the one it has.
            kept = {refusal.id for refusal in refused}
            if gone := [action for action in moved if action.id not in kept]:
                refused += self._carry_out(gone)
        return Written(ok=len(documents) - len(refused), refused=tuple(refused))

    def get(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for hit in self._by_ids(collection, ids, source=True):
            found[hit["_source"]["id"]] = hit["_source"]
        return found

    def search(self, collection: Collection, body: Body) -> dict[str, Any]:
        request = prepared(collection, body)
        questions = Questions(request["aggs"], native(request["query"]))
        if not questions.is_long:
            return self._answer(collection, body, request, questions, partial(self._search, collection))
        with self._snapshot(collection) as ask:
            return self._answer(collection, body, request, questions, ask)

    def _answer(
        self,
        collection: Collection,
        body: Body,
        request: dict[str, Any],
        questions: Questions,
        ask: Callable[..., dict[str, Any] | None] | None,
    ) -> dict[str, Any]:
        raw = ask(aggs=questions.first() or None, **page_of(request)) if ask else None
        if ask is None or raw is None:
            return self._empty(collection, body)
        answer: dict[str, Any] = {"hits": hits_of(request, raw["hits"])}
        while (more := questions.take(raw.get("aggregations", {}), _total(raw))) is not None:
            raw = ask(size=0, track_total_hits=True, **more) or {}
        if request["aggs"]:
            answer["aggregations"] = questions.results()
        return answer

    def count(self, collection: Collection, query: Body) -> int:
        checked_query = prepared_query(collection, query)
        with told(self._url):
            answer = self._client.count(
                index=self._alias(collection), query=native(checked_query), ignore_unavailable=True
            )
            return int(answer["count"])

    def scan(
        self, collection: Collection, query: Body, fields: Sequence[str] | None = None
    ) -> Iterator[Document]:
        checked_query = prepared_query(collection, query)
        source: Any = True if fields is None else fields_known(collection, fields)
        pages = self._pages(collection, checked_query, size=_PAGE, source=source)
        return (hit.get("_source", {}) for page in pages for hit in page)

    def columns(self, collection: Collection, query: Body, fields: Sequence[str]) -> dict[str, np.ndarray]:
        wanted = columns_known(collection, fields)
        checked_query = prepared_query(collection, query)
        when = WHEN[collection]
        with self._snapshot(collection) as ask:
            if ask is None:
                table = np.empty((0, len(wanted)), dtype=np.int64)
            else:
                table = read_table(ask, native(checked_query), wanted, when)
        columns = {name: np.ascontiguousarray(table[:, place]) for place, name in enumerate(wanted)}
        dates = {name for name in wanted if FIELDS[collection][name].type == "date"}
        return {name: column // 1000 if name in dates else column for name, column in columns.items()}

    def delete(self, collection: Collection, query: Body) -> int:
        checked_query = prepared_query(collection, query)
        deleted = 0
        for page in self._pages(collection, checked_query, size=_COLUMN_PAGE, source=False):
            refused = self._carry_out([Action(hit["_index"], hit["_id"], None) for hit in page])
            if refused:
                raise StoreError(refused[0].reason, subject=refused[0].id, remedy="Try again.")
            deleted += len(page)
        return deleted

    def indices(self, collection: Collection) -> list[str]:
        """The names of the indices that hold a collection."""
        with told(self._url):
            try:
                return sorted(self._client.indices.get_alias(name=self._alias(collection)).body)
            except NotFoundError:
                return []

    def expunge(self) -> None:
        """Rewrite the segments that hold deleted documents, so that their bytes are gone."""
        with told(self._url):
            stats = self._client.indices.stats(
                index=[f"{self._alias(name)}-*" for name in COLLECTIONS], metric="docs"
            )
            dirty = [
                name for name, found in stats["indices"].items() if found["primaries"]["docs"]["deleted"]
            ]
            patient = self._client.options(request_timeout=_MERGE_TIMEOUT_S)
            for name in sorted(dirty):
                patient.indices.forcemerge(index=name, max_num_segments=1)
                patient.indices.flush(index=name)

    def refresh(self, collection: Collection | None = None) -> None:
        names = COLLECTIONS if collection is None else (collection,)
        with told(self._url):
            self._client.indices.refresh(index=[self._alias(name) for name in names], ignore_unavailable=True)

    def lease(self, name: str, holder: str, ttl_s: float, now: datetime) -> Lease:
        return self._leases.lease(name, holder, ttl_s, now)

    def health(self) -> Health:
        client = self._client.options(request_timeout=_HEALTH_TIMEOUT_S)
        found = health_of(client, self._url, [self._alias(name) for name in COLLECTIONS])
        return replace(found, warnings=(*found.warnings, *exposed(self._settings)))

    def close(self) -> None:
        self._client.close()

    def _alias(self, collection: Collection) -> str:
        return f"{self._settings.prefix}-{collection}"

    def _index(self, collection: Collection, document: Document) -> str:
        """The index of a document: of its month, or of its year if it is old."""
        layout = self._layouts.get(collection, Layout())
        return layout.index(self._alias(collection), str(document[WHEN[collection]]))

    def _layout(self, collection: Collection) -> Layout:
        """How the collection lies there; ``SchemaChanged`` if another version made it."""
        found = noted(self._client, self._alias(collection))
        if found is None:
            return Layout()
        if found.schema != SCHEMA_VERSION:
            where = f"{without_secrets(self._url)} {self._alias(collection)}"
            raise schema_changed(found.schema, subject=where)
        return found.layout

    def _moved(self, collection: Collection, actions: Sequence[Action]) -> list[Action]:
        """Deletions of older copies that stand in the index of another month."""
        places = {action.id: action.index for action in actions}
        return [
            Action(hit["_index"], hit["_id"], None)
            for hit in self._by_ids(collection, list(places), source=False)
            if hit["_index"] != places[hit["_id"]]
        ]

    def _carry_out(self, actions: Sequence[Action]) -> list[Refusal]:
        bulk = Bulk(self._client, self._url, self._sleep)
        bulk.send(actions)
        with told(self._url):
            self._client.indices.refresh(
                index=sorted({action.index for action in actions}), ignore_unavailable=True
            )
        return bulk.refused

    def _by_ids(
        self, collection: Collection, ids: Sequence[str], *, source: bool
    ) -> Iterator[dict[str, Any]]:
        known = [i for i in dict.fromkeys(ids) if i]
        for start in range(0, len(known), _IDS_AT_ONCE):
            part = known[start : start + _IDS_AT_ONCE]
            # Twice the size: a copy may stand in two months for a moment.
            raw = self._search(
                collection, query={"ids": {"values": part}}, size=2 * len(part), source=source, sort=["_doc"]
            )
            yield from raw["hits"]["hits"] if raw else ()

    def _open_snapshot(self, collection: Collection) -> str | None:
        with told(self._url):
            if not self._client.indices.exists_alias(name=self._alias(collection)):
                return None
            opened = whole(self._client.open_point_in_time(index=self._alias(collection), keep_alive=_KEEP))
            return str(opened["id"])

    def _search(self, collection: Collection, **request: Any) -> dict[str, Any] | None:
        """The server's answer; ``None`` while there is no index."""
        raw = self._ask(index=self._alias(collection), ignore_unavailable=True, **request)
        return raw if raw["_shards"]["total"] else None

    def _ask(self, **request: Any) -> dict[str, Any]:
        with told(self._url):
            return whole(self._client.search(allow_partial_search_results=False, **request))

    def _empty(self, collection: Collection, body: Body) -> dict[str, Any]:
        """What the other engine answers where nothing is: an index that is not there counts nothing."""
        from store.embedded import EmbeddedStore

        return EmbeddedStore(StoreSettings(folder=self._settings.folder / "none")).search(collection, body)

    def _pages(
        self, collection: Collection, checked_query: Query, *, size: int, **request: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """All hits as of now, page by page."""
        snapshot = self._open_snapshot(collection)
        if snapshot is None:
            return iter(())
        asked = {"query": native(checked_query), "size": size, "sort": [{"_shard_doc": "asc"}], **request}
        return self._turn(snapshot, asked)

    @contextmanager
    def _snapshot(self, collection: Collection) -> Iterator[Ask | None]:
        """Searches of the collection as it is now; ``None`` while there is no index."""
        opened = self._open_snapshot(collection)
        if opened is None:
            yield None
            return
        try:
            yield partial(self._ask, pit={"id": opened, "keep_alive": _KEEP})
        finally:
            self._close_snapshot(opened)

    def _turn(self, snapshot: str, request: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        after: list[Any] | None = None
        try:
            while True:
                with told(self._url):
                    raw = whole(
                        self._client.search(
                            pit={"id": snapshot, "keep_alive": _KEEP},
                            search_after=after,
                            track_total_hits=False,
                            allow_partial_search_results=False,
                            **request,
                        )
                    )
                snapshot = raw.get("pit_id", snapshot)
                hits = raw["hits"]["hits"]
                if hits:
                    yield hits
                if len(hits) < request["size"]:
                    return
                after = hits[-1]["sort"]
        finally:
            self._close_snapshot(snapshot)

    def _close_snapshot(self, snapshot: str) -> None:
        """Let go of a snapshot; one that cannot be told goes by itself after a while."""
        try:
            with told(self._url):
                self._client.close_point_in_time(id=snapshot)
        except StoreError:
            return


def _total(raw: dict[str, Any]) -> int:
    return int(raw["hits"]["total"]["value"])
