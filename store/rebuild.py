"""An index built anew beside the old one, counted, and put in its place in one step.

It is the way from an older schema to today's, the way to give disk back (neither engine forgets the
bytes of what was deleted, and Tantivy has no merge on demand), and the way to read all texts again.
Whoever calls holds the project's writer lock. A crash at any moment leaves the old index in use, or
the new one; what was half built is removed by the next try.
"""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from posts.errors import StoreError
from store import generations
from store.filling import Progress, Rebuilt, Reread, Way, fill, verify
from store.mapping import COLLECTIONS, SCHEMA_VERSION
from store.protocol import StoreSettings
from store.reading import Reading


def rebuild(
    settings: StoreSettings,
    *,
    way: Way = "anew",
    reread: Reread | None = None,
    progress: Progress | None = None,
    now: datetime | None = None,
) -> Rebuilt:
    """Build the index anew and put it in the place of the old one; ``StoreError`` leaves that in use.

    ``as it is`` copies every document; ``anew`` makes posts, edges and uses from the posts, and
    carries over the rest as far as it fits today's fields. ``now`` says which months are old.
    """
    if settings.url is not None:
        from store.elasticsearch_rebuild import rebuild_elasticsearch

        return rebuild_elasticsearch(
            settings, way=way, reread=reread, progress=progress, now=now or datetime.now(UTC)
        )
    return _rebuild_embedded(settings, way, reread, progress)


def vacuum(settings: StoreSettings, *, progress: Progress | None = None) -> None:
    """Let the engine give up the bytes of what was deleted."""
    if settings.url is None:
        rebuild(settings, way="as it is", progress=progress)
        return
    from store.elasticsearch import ElasticsearchStore

    with closing(ElasticsearchStore(settings)) as store:
        store.expunge()


def _rebuild_embedded(
    settings: StoreSettings, way: Way, reread: Reread | None, progress: Progress | None
) -> Rebuilt:
    from store.embedded import EmbeddedStore
    from store.embedded_read import open_raw

    folder = settings.folder
    now = generations.current(folder)
    if now is None:
        return Rebuilt()
    if now.schema > SCHEMA_VERSION:
        raise generations.schema_changed(now.schema, subject=str(folder))
    generations.sweep(folder)
    before = generations.size(folder)
    _room(folder, before)
    found = {name: open_raw(generations.place(folder) / name) for name in COLLECTIONS}
    old = Reading({name: count for name, (count, _) in found.items()}, lambda name: found[name][1]())
    following = now.following
    with closing(EmbeddedStore(StoreSettings(folder=folder / following))) as new:
        new.ensure()
        built = fill(new, old, way if now.schema == SCHEMA_VERSION else "anew", reread, progress)
    with closing(EmbeddedStore(StoreSettings(folder=folder / following))) as new:
        verify(new, built, subject=str(folder / following))
    generations.point(folder, generations.Generation(schema=SCHEMA_VERSION, name=following))
    generations.sweep(folder)
    built.freed = before - generations.size(folder)
    return built


def _room(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed * 1.2 + 50_000_000:
        raise StoreError(
            f"The new index needs about {needed // 1_000_000:,} MB beside the old one,"
            f" {free // 1_000_000:,} MB are free.",
            subject=str(folder),
            remedy="Make room on the disk; the old index stays in use.",
        )
