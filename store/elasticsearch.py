"""The store on an Elasticsearch: plain monthly indices, written by name and read by alias.

Only what the free core has is used: no data streams, no delete by query, no scripts. What ``write`` has
returned from is on the disk of the cluster and seen by the next search.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np
from elasticsearch import Elasticsearch, JsonSerializer, NotFoundError

from posts.errors import StoreError
from store import elasticsearch_aggs as aggregations
from store.checking import sound
from store.elasticsearch_bulk import Action, Bulk
from store.elasticsearch_errors import told, unreachable, without_secrets
from store.generations import schema_changed
from store.loading import collector_paused
from store.mapping import COLLECTIONS, FIELDS, SCHEMA_VERSION, WHEN, elasticsearch_mapping
from store.protocol import Body, Collection, Document, Health, Refusal, StoreSettings, Written
from store.validate import columns_known, fields_known, prepared, prepared_query

_TIMEOUT_S: Final = 30
_HEALTH_TIMEOUT_S: Final = 4
_MERGE_TIMEOUT_S: Final = 3_600
_PAGE: Final = 5_000
_COLUMN_PAGE: Final = 10_000
_KEEP: Final = "2m"
_IDS_AT_ONCE: Final = 1_000
_MONTHLY_FROM: Final = "2025"
_WARN_SHARDS: Final = 600

Query = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a collection is spread over indices: the generation that their names carry, and since when one
    holds a month. Older years have one index each, so that a feed's whole archive does not make hundreds
    of shards; ``store.elasticsearch_rebuild`` moves the bound, nothing else does, for an upsert has to
    meet its older copy."""

    generation: str = ""
    monthly_from: str = _MONTHLY_FROM

    def period(self, when: str) -> str:
        """What the name of the index of this date ends with."""
        return when[:7].replace("-", ".") if when >= self.monthly_from else when[:4]

    def index(self, alias: str, when: str) -> str:
        """The index of a document of this date."""
        return (
            f"{alias}-{self.generation}-{self.period(when)}"
            if self.generation
            else f"{alias}-{self.period(when)}"
        )


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
                api_key=settings.api_key,
                request_timeout=_TIMEOUT_S,
                serializers={_Json.mimetype: _Json()},
                max_retries=0,
                retry_on_timeout=False,
            )
        except ValueError as error:
            raise unreachable(error, settings.url) from error

    def ensure(self) -> None:
        with told(self._url):
            for collection in COLLECTIONS:
                self._layouts[collection] = self._layout(collection)
                self._put_template(collection, self._layouts[collection])
        self._ensured = True

    def _put_template(self, collection: Collection, layout: Layout) -> None:
        mapping = elasticsearch_mapping(collection)
        mapping["_meta"] |= {"generation": layout.generation, "monthly_from": layout.monthly_from}
        self._client.indices.put_index_template(
            name=self._alias(collection),
            index_patterns=[f"{self._alias(collection)}-*"],
            priority=200,
            template={
                "settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"},
                "mappings": mapping,
                "aliases": {self._alias(collection): {}},
            },
        )

    def write(self, collection: Collection, documents: Sequence[Document], *, fresh: bool = False) -> Written:
        ready, refused = sound(collection, documents)
        if ready:
            if not self._ensured:
                self.ensure()
            actions = [Action(self._index(collection, d), i, json) for i, (d, json, _) in ready.items()]
            moved = [] if fresh else self._moved(collection, actions)
            refused += self._carry_out([*moved, *actions])
        return Written(ok=len(documents) - len(refused), refused=tuple(refused))

    def get(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        found: dict[str, Document] = {}
        for hit in self._by_ids(collection, ids, source=True):
            found[hit["_source"]["id"]] = hit["_source"]
        return found

    def search(self, collection: Collection, body: Body) -> dict[str, Any]:
        request = prepared(collection, body)
        query, aggs = request["query"], request["aggs"]
        asked = aggregations.first(aggs)
        raw = self._search(
            collection,
            query=_native(query),
            aggs=asked or None,
            size=request["size"],
            from_=request["from"],
            sort=[{field: {"order": order}} for field, order in request["sort"]],
            source=request["_source"],
            track_total_hits=True,
        )
        if raw is None:
            return self._empty(collection, body)
        hits = [
            {"_id": hit["_id"], **({"_source": hit["_source"]} if "_source" in hit else {})}
            for hit in raw["hits"]["hits"]
        ]
        total = raw["hits"]["total"]["value"]
        answer: dict[str, Any] = {"hits": {"total": {"value": total, "relation": "eq"}, "hits": hits}}
        if aggs:
            deeper = aggregations.second(aggs, raw["aggregations"])
            again = self._search(collection, query=_native(query), aggs=deeper, size=0) if deeper else None
            behind = again["aggregations"] if again else {}
            answer["aggregations"] = aggregations.results(aggs, raw["aggregations"], behind)
        return answer

    def count(self, collection: Collection, query: Body) -> int:
        checked_query = prepared_query(collection, query)
        with told(self._url):
            answer = self._client.count(
                index=self._alias(collection), query=_native(checked_query), ignore_unavailable=True
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
        # Read off as what is sorted by, which is quicker than values fetched for each hit.
        order = [when, *(name for name in wanted if name != when)]
        sort = [{name: {"order": "asc", "missing": -1}} for name in order]
        parts = [np.empty((0, len(order)), dtype=np.int64)]
        with collector_paused():
            for page in self._pages(
                collection, checked_query, sort=sort, size=_COLUMN_PAGE, source=False, stored_fields="_none_"
            ):
                rows = [hit["sort"][: len(order)] for hit in page]
                parts.append(np.array(rows, dtype=np.int64))
        table = np.concatenate(parts)
        columns = {name: np.ascontiguousarray(table[:, place]) for place, name in enumerate(order)}
        return {
            name: columns[name] // 1000 if FIELDS[collection][name].type == "date" else columns[name]
            for name in wanted
        }

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

    def refresh(self, collection: Collection | None = None) -> None:
        names = COLLECTIONS if collection is None else (collection,)
        with told(self._url):
            self._client.indices.refresh(index=[self._alias(name) for name in names], ignore_unavailable=True)

    def health(self) -> Health:
        try:
            with told(self._url):
                client = self._client.options(request_timeout=_HEALTH_TIMEOUT_S)
                cluster = client.cluster.health()
                stats = client.indices.stats(
                    index=[f"{self._alias(name)}-*" for name in COLLECTIONS], metric="store"
                )
                size = stats["_all"]["total"].get("store", {}).get("size_in_bytes", 0)
                posts = client.count(index=self._alias("posts"), ignore_unavailable=True)["count"]
        except StoreError as error:
            return Health(engine="elasticsearch", ok=False, posts=0, bytes=None, warnings=(str(error),))
        warnings = []
        if cluster["status"] == "red":
            warnings.append("The cluster is red: some posts cannot be found now.")
        if cluster["active_shards"] > _WARN_SHARDS:
            warnings.append(f"The cluster holds {cluster['active_shards']:,} shards; delete old months.")
        return Health(
            engine="elasticsearch",
            ok=cluster["status"] != "red",
            posts=int(posts),
            bytes=int(size),
            warnings=tuple(warnings),
        )

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
        try:
            answer = self._client.indices.get_index_template(name=self._alias(collection))
        except NotFoundError:
            return Layout()
        template = answer["index_templates"][0]["index_template"]["template"]
        meta = template.get("mappings", {}).get("_meta", {})
        if meta.get("schema") != SCHEMA_VERSION:
            where = f"{without_secrets(self._url)} {self._alias(collection)}"
            raise schema_changed(meta.get("schema"), subject=where)
        return Layout(
            generation=meta.get("generation", ""), monthly_from=meta.get("monthly_from", _MONTHLY_FROM)
        )

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

    def _search(self, collection: Collection, **request: Any) -> dict[str, Any] | None:
        """The server's answer; ``None`` while there is no index."""
        with told(self._url):
            raw: dict[str, Any] = self._client.search(
                index=self._alias(collection),
                ignore_unavailable=True,
                allow_partial_search_results=False,
                **request,
            ).body
        return raw if raw["_shards"]["total"] else None

    def _empty(self, collection: Collection, body: Body) -> dict[str, Any]:
        """What the other engine answers where nothing is: an index that is not there counts nothing."""
        from store.embedded import EmbeddedStore

        return EmbeddedStore(StoreSettings(folder=self._settings.folder / "none")).search(collection, body)

    def _pages(
        self, collection: Collection, checked_query: Query, *, size: int, **request: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """All hits as of now, page by page."""
        with told(self._url):
            if not self._client.indices.exists_alias(name=self._alias(collection)):
                return iter(())
            opened = self._client.open_point_in_time(index=self._alias(collection), keep_alive=_KEEP)
        whole = {"query": _native(checked_query), "size": size, "sort": [{"_shard_doc": "asc"}], **request}
        return self._turn(opened["id"], whole)

    def _turn(self, snapshot: str, request: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        after: list[Any] | None = None
        try:
            while True:
                with told(self._url):
                    raw = self._client.search(
                        pit={"id": snapshot, "keep_alive": _KEEP},
                        search_after=after,
                        track_total_hits=False,
                        allow_partial_search_results=False,
                        **request,
                    ).body
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


def _native(checked_query: Query) -> Query:
    """A checked query without what Elasticsearch takes for granted."""
    ((kind, inner),) = checked_query.items()
    if kind != "bool":
        return checked_query
    parts: Query = {
        clause: [_native(part) for part in inner[clause]]
        for clause in ("must", "filter", "should", "must_not")
        if inner[clause]
    }
    if inner["minimum_should_match"]:
        parts["minimum_should_match"] = inner["minimum_should_match"]
    return {"bool": parts}
