"""The store in a folder: Tantivy, one index a collection, for one machine.

Readers see what is committed at each call, whoever wrote it. One process writes; the lock is the
operating system's and goes with the process. The writer opens at the first write and closes with the
store, because a writer that is dropped drops its merges.
"""

from __future__ import annotations

import fcntl
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
from tantivy import Document as TantivyDocument
from tantivy import Index, IndexWriter, Query, Searcher

from posts.errors import StoreBusy, StoreError, StoreReadOnly
from store import arenas, generations
from store.checking import Sound, sound
from store.embedded_aggs import aggregate
from store.embedded_leases import FileLeases
from store.embedded_pages import Page
from store.embedded_query import SOURCE, Translator, schema
from store.embedded_read import count_hits, find, find_all, read, read_all, read_column
from store.mapping import COLLECTIONS, FIELDS, SCHEMA_VERSION, epoch
from store.protocol import Body, Collection, Document, Health, Lease, StoreSettings, Written
from store.validate import columns_known, fields_known, prepared, prepared_query

_HEAP_BYTES: Final = 64_000_000
_REMEDY: Final = "Free disk space, or check the rights of the folder."
_BROKEN: Final = (ValueError, OSError, RuntimeError)
_ONE_CALL: Final = 1_000
_WARN_POSTS: Final = 3_000_000
_CLUSTER_POSTS: Final = 5_000_000
_WARN_FREE_BYTES: Final = 1_000_000_000


class EmbeddedStore:
    """``Store`` on Tantivy in ``settings.folder``."""

    def __init__(self, settings: StoreSettings) -> None:
        self._folder = settings.folder
        self._leases = FileLeases(settings.folder)
        self._shelves = {name: _Shelf(name, settings.folder) for name in COLLECTIONS}

    def ensure(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with _locked(self._folder / "ensure.lock"):
                generations.check_version(self._folder)
                for shelf in self._shelves.values():
                    shelf.create()
                if generations.current(self._folder) is None:
                    generations.point(self._folder, generations.Generation(schema=SCHEMA_VERSION))
        except OSError as error:
            raise StoreReadOnly(str(error), subject=str(self._folder), remedy=_REMEDY) from error

    def write(self, collection: Collection, documents: Sequence[Document], *, fresh: bool = False) -> Written:
        ready, refused = sound(collection, documents)
        if ready:
            self.ensure_open(collection)
            self._shelves[collection].put(ready, fresh=fresh)
        return Written(ok=len(documents) - len(refused), refused=tuple(refused))

    def ensure_open(self, collection: Collection) -> None:
        """Make the collections if this is the first write of all."""
        if not self._shelves[collection].exists():
            self.ensure()

    def get(self, collection: Collection, ids: Sequence[str]) -> dict[str, Document]:
        shelf = self._shelves[collection]
        searcher = shelf.searcher()
        found: dict[str, Document] = {}
        for start in range(0, len(ids), _ONE_CALL):
            query = shelf.translator.any_of("id", ids[start : start + _ONE_CALL])
            for address in find(searcher, query, _ONE_CALL):
                document = read(searcher, address)
                found[document["id"]] = document
        return found

    def search(self, collection: Collection, body: Body) -> dict[str, Any]:
        request = prepared(collection, body)
        shelf = self._shelves[collection]
        searcher = shelf.searcher()
        query = shelf.translator.query(request["query"])
        page = Page(searcher, shelf.translator, query, request)
        answer: dict[str, Any] = {
            "hits": {"total": {"value": page.total, "relation": "eq"}, "hits": page.hits()}
        }
        if request["aggs"]:
            answer["aggregations"] = aggregate(searcher, shelf.translator, query, request["aggs"])
        return answer

    def count(self, collection: Collection, query: Body) -> int:
        checked_query = prepared_query(collection, query)
        shelf = self._shelves[collection]
        return count_hits(shelf.searcher(), shelf.translator.query(checked_query))

    def scan(
        self, collection: Collection, query: Body, fields: Sequence[str] | None = None
    ) -> Iterator[Document]:
        checked_query = prepared_query(collection, query)
        wanted = None if fields is None else fields_known(collection, fields)
        shelf = self._shelves[collection]
        searcher = shelf.searcher()
        addresses = find_all(searcher, shelf.translator.query(checked_query))
        addresses.sort(key=lambda address: (address.segment_ord, address.doc))
        return read_all(searcher, addresses, wanted)

    def columns(self, collection: Collection, query: Body, fields: Sequence[str]) -> dict[str, np.ndarray]:
        wanted = columns_known(collection, fields)
        checked_query = prepared_query(collection, query)
        shelf = self._shelves[collection]
        searcher = shelf.searcher()
        addresses = find_all(searcher, shelf.translator.query(checked_query))
        return {name: read_column(searcher, name, addresses) for name in wanted}

    def delete(self, collection: Collection, query: Body) -> int:
        checked_query = prepared_query(collection, query)
        shelf = self._shelves[collection]
        if not shelf.exists():
            return 0
        return shelf.delete(shelf.translator.query(checked_query))

    def refresh(self, collection: Collection | None = None) -> None:
        """Nothing to do: every call reads what is committed."""

    def lease(self, name: str, holder: str, ttl_s: float, now: datetime) -> Lease:
        return self._leases.lease(name, holder, ttl_s, now)

    def health(self) -> Health:
        try:
            posts = self._shelves["posts"].searcher().num_docs
            size = sum(path.stat().st_size for path in self._folder.rglob("*") if path.is_file())
            free = shutil.disk_usage(self._folder).free if self._folder.exists() else None
        except (StoreError, OSError) as error:
            return Health(engine="embedded", ok=False, posts=0, bytes=None, warnings=(str(error),))
        return Health(
            engine="embedded", ok=True, posts=posts, bytes=size, warnings=tuple(_warnings(posts, free))
        )

    def close(self) -> None:
        for shelf in self._shelves.values():
            shelf.close()


class _Shelf:
    """One collection: its reader, and its writer once there is one."""

    def __init__(self, collection: Collection, folder: Path) -> None:
        self.collection = collection
        self.folder = folder
        self._stamp: tuple[int, int] | None = None
        self._path: Path | None = None
        self.schema = schema(collection)
        self.translator = Translator(collection, self.schema)
        self._index: Index | None = None
        self._writer: IndexWriter | None = None
        self._lock = threading.RLock()
        self._types = {name: field.type for name, field in FIELDS[collection].items()}

    @property
    def path(self) -> Path:
        """Where the collection lies in the generation in use; what was open of another is let go of."""
        stamp = generations.stamp(self.folder)
        if self._path is None or stamp != self._stamp:
            self._path, self._stamp = generations.place(self.folder) / self.collection, stamp
            self._index = self._writer = None
        return self._path

    def exists(self) -> bool:
        return (self.path / "meta.json").exists()

    def create(self) -> None:
        self.path.mkdir(exist_ok=True, parents=True)
        if not self.exists():
            Index(self.schema, path=str(self.path))

    def searcher(self) -> Searcher:
        """A snapshot of what is committed; of nothing while there is no index."""
        with self._lock:
            path = self.path
            if self._index is not None:
                try:
                    self._index.reload()
                    return self._index.searcher()
                except (ValueError, OSError):
                    self._index = None  # the folder was replaced under us
            if not self.exists():
                return Index(self.schema).searcher()
            generations.check_version(self.folder)
            try:
                index = Index.open(str(path))
                index.config_reader("manual")
                index.reload()
            except (ValueError, OSError) as error:
                if path != self.path:
                    return self.searcher()  # another generation has come into use meanwhile
                raise StoreError(
                    str(error), subject=str(path), remedy="Restore the folder from a copy."
                ) from error
            self._index = index
            return index.searcher()

    def put(self, documents: Mapping[str, Sound], *, fresh: bool) -> None:
        """Write and commit; after an error once more with a new writer."""
        with self._lock:
            try:
                self._put(documents, fresh=fresh)
                return
            except _BROKEN:
                self._writer = None
            # Only here, for until the error is forgotten it may keep the old writer and its lock.
            self._clear_away()
            with self._read_only_if_broken():
                # Not fresh any more: the commit may have been what broke, after it was done.
                self._put(documents, fresh=False)

    def delete(self, query: Query) -> int:
        with self._lock:
            self._open_writer()
            number = count_hits(self.searcher(), query)
            if number:
                with self._read_only_if_broken():
                    self._open_writer().delete_documents_by_query(query)
                    self._open_writer().commit()
            return number

    def close(self) -> None:
        with self._lock:
            writer, self._writer, self._index = self._writer, None, None
            if writer is not None:
                writer.wait_merging_threads()

    def _put(self, documents: Mapping[str, Sound], *, fresh: bool) -> None:
        # The writer stands in no variable: an error that is kept would keep it, and the lock with it.
        # Also counts documents that are deleted already, which does no harm here.
        frequency = None if fresh else self.searcher().doc_freq
        self._open_writer()
        if frequency is not None:
            for identity in documents:
                if frequency("id", identity):
                    self._opened_writer.delete_documents_by_term("id", identity)
        for document in documents.values():
            self._opened_writer.add_document(self._indexed(document))
        self._opened_writer.commit()

    def _indexed(self, sound: Sound) -> TantivyDocument:
        """What Tantivy gets of a document."""
        # Field by field, which takes three quarters of the time of ``from_dict``.
        made = TantivyDocument()
        text, integer = made.add_text, made.add_integer
        types = self._types
        for name, value in sound.searched.items():
            kind = types[name]
            if kind == "integer":
                integer(name, value)
            elif kind == "date":
                integer(name, epoch(value))
            elif kind == "kept":
                continue
            elif type(value) is str:
                text(name, value)
            else:
                for each in value:
                    text(name, each)
        made.add_bytes(SOURCE, sound.json)
        return made

    @property
    def _opened_writer(self) -> IndexWriter:
        """The writer that was opened for the batch in hand: to look for each document is too dear."""
        assert self._writer is not None
        return self._writer

    def _open_writer(self) -> IndexWriter:
        """The writer, on an index opened for it alone: a stale handle may leave files behind."""
        path = self.path
        if self._writer is None:
            generations.check_version(self.folder)
            arenas.keep_few()
            try:
                self._writer = Index.open(str(path)).writer(_HEAP_BYTES, num_threads=1)
            except ValueError as error:
                if "LockBusy" in str(error):
                    raise StoreBusy(
                        "Another process is writing.",
                        subject=str(self.path),
                        remedy="Let the service take it, or stop the service first.",
                    ) from error
                raise StoreError(str(error), subject=str(self.path)) from error
            except OSError as error:
                raise StoreReadOnly(str(error), subject=str(self.path), remedy=_REMEDY) from error
        return self._writer

    def _clear_away(self) -> None:
        """Remove what a broken writer has left, which may be what fills the disk."""
        with self._read_only_if_broken():
            self._open_writer().garbage_collect_files()

    @contextmanager
    def _read_only_if_broken(self) -> Iterator[None]:
        try:
            yield
        except _BROKEN as error:
            self._writer = None
            raise StoreReadOnly(str(error), subject=str(self.path), remedy=_REMEDY) from error


def _warnings(posts: int, free: int | None) -> Iterator[str]:
    if free is not None and free < _WARN_FREE_BYTES:
        yield f"Only {free // 1_000_000:,} MB are free on the disk."
    if posts >= _CLUSTER_POSTS:
        yield f"{posts:,} posts: time for an Elasticsearch (set RASAD_STORE_URL and run `rasad move`)."
    elif posts >= _WARN_POSTS:
        yield f"{posts:,} posts: the embedded store is comfortable to about 2 million."


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two processes that make the same collections do it one after the other."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
