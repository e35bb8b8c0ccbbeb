"""The indices of a project in an Elasticsearch, built anew beside the old ones and exchanged at once.

New indices carry a generation in their names and no alias, so nobody finds them; one request then
gives them the aliases and removes the old ones. What holds a month that has become old goes into the
index of its year on the way. Only what the bare core has is used: scan and bulk, no ``_reindex``.
"""

from __future__ import annotations

import re
from contextlib import closing, suppress
from datetime import datetime
from typing import Final

from elasticsearch import NotFoundError

from store.elasticsearch import ElasticsearchStore
from store.elasticsearch_errors import told
from store.elasticsearch_layout import Layout, noted, template
from store.filling import Progress, Rebuilt, Reread, Way, fill, verify
from store.generations import schema_changed
from store.mapping import COLLECTIONS, SCHEMA_VERSION
from store.protocol import Collection, StoreSettings
from store.reading import reading_of

_GENERATION: Final = re.compile(r"-(g\d+)-")
MONTHLY_YEARS: Final = 2
"""Calendar years before this one that still have an index a month."""


class Builder(ElasticsearchStore):
    """The store of the generation that is being built: written by name, found by nobody."""

    def __init__(self, settings: StoreSettings, layout: Layout) -> None:
        super().__init__(settings)
        self._layouts = dict.fromkeys(COLLECTIONS, layout)
        self._next = layout

    def ensure(self) -> None:
        with told(self._url):
            for name in COLLECTIONS:
                self._client.indices.put_index_template(
                    name=f"{self._alias(name)}-build",
                    index_patterns=[f"{self._alias(name)}-{self._next.generation}-*"],
                    priority=300,
                    template=template(name, self._next),
                )
        self._ensured = True

    def count(self, collection: Collection, query: object) -> int:
        """How many documents the new indices hold."""
        with told(self._url):
            answer = self._client.count(index=self._own(collection), allow_no_indices=True)
            return int(answer["count"])

    def _open_snapshot(self, collection: Collection) -> str | None:
        """Of the new indices, so that what was written can be read for comparing."""
        with told(self._url):
            if not self._made(collection):
                return None
            return str(self._client.open_point_in_time(index=self._own(collection), keep_alive="2m")["id"])

    def refresh(self, collection: Collection | None = None) -> None:
        with told(self._url):
            self._client.indices.refresh(
                index=[self._own(name) for name in COLLECTIONS], allow_no_indices=True
            )

    def exchange(self) -> None:
        """Put the new indices in the place of the old ones, all collections in one step."""
        with told(self._url):
            actions: list[dict[str, dict[str, str]]] = []
            for name in COLLECTIONS:
                alias, made = self._alias(name), self._made(name)
                actions += [
                    {"remove_index": {"index": index}} for index in self.indices(name) if index not in made
                ]
                actions += [{"add": {"index": index, "alias": alias}} for index in made]
            if actions:
                self._client.indices.update_aliases(actions=actions)
            for name in COLLECTIONS:
                self._put_template(name, self._next)
                self._client.indices.delete_index_template(name=f"{self._alias(name)}-build")

    def clear(self) -> None:
        """Remove what an earlier try has left half built."""
        with told(self._url):
            for name in COLLECTIONS:
                used = set(self.indices(name))
                left = [index for index in self._made(name) if index not in used]
                if left:
                    self._client.indices.delete(index=left)

    def bytes(self) -> int:
        """What the indices of the project take."""
        with told(self._url):
            stats = self._client.indices.stats(
                index=[f"{self._alias(name)}-*" for name in COLLECTIONS], metric="store"
            )
            return int(stats["_all"]["total"].get("store", {}).get("size_in_bytes", 0))

    def _own(self, collection: Collection) -> str:
        return f"{self._alias(collection)}-{self._next.generation}-*"

    def _made(self, collection: Collection) -> list[str]:
        found = self._client.indices.get_alias(index=self._own(collection), allow_no_indices=True)
        return sorted(found.body)


def rebuild_elasticsearch(
    settings: StoreSettings, *, way: Way, reread: Reread | None, progress: Progress | None, now: datetime
) -> Rebuilt:
    """As ``store.rebuild.rebuild``, on an Elasticsearch."""
    with closing(ElasticsearchStore(settings)) as old_store:
        schema, generation = _in_use(old_store, settings)
        if schema is None:
            return Rebuilt()
        if schema != SCHEMA_VERSION:
            way = "anew"
        old = reading_of(old_store)
        with closing(_following(settings, generation, now)) as new:
            new.clear()
            before = new.bytes()
            new.ensure()
            built = fill(new, old, way, reread, progress)
            verify(new, built, subject=settings.prefix)
            new.exchange()
            built.freed = before - new.bytes()
    return built


def builder(settings: StoreSettings, *, now: datetime) -> Builder:
    """The next generation, empty and not in use yet; ``exchange`` puts it into use."""
    with closing(ElasticsearchStore(settings)) as store:
        new = _following(settings, _in_use(store, settings)[1], now)
    new.clear()
    new.ensure()
    return new


def drop_elasticsearch(settings: StoreSettings) -> None:
    """Remove the indices and templates of a project."""
    with closing(ElasticsearchStore(settings)) as store, told(str(settings.url)):
        indices = store._client.indices
        for name in COLLECTIONS:
            alias = f"{settings.prefix}-{name}"
            found = store.indices(name)
            if found:
                indices.delete(index=found)
            with suppress(NotFoundError):
                indices.delete_index_template(name=alias)
        indices.delete(index=f"{settings.prefix}-leases", ignore_unavailable=True)


def _following(settings: StoreSettings, generation: int, now: datetime) -> Builder:
    monthly_from = str(now.year - MONTHLY_YEARS)
    return Builder(settings, Layout(generation=f"g{generation + 1}", monthly_from=monthly_from))


def _in_use(store: ElasticsearchStore, settings: StoreSettings) -> tuple[int | None, int]:
    """The schema and the number of the generation in use; no schema where nothing is made yet."""
    alias = f"{settings.prefix}-posts"
    with told(str(settings.url)):
        found = noted(store._client, alias)
    if found is None:
        return None, 1
    if found.schema > SCHEMA_VERSION:
        raise schema_changed(found.schema, subject=settings.prefix)
    # Names of indices count too: a crash may have come between the exchange and its note.
    names = [found.layout.generation or "g1"]
    names += [name[1] for index in store.indices("posts") if (name := _GENERATION.match(index, len(alias)))]
    return found.schema, max(int(name[1:]) for name in names)
