"""An index built anew beside the old one, counted, and put in its place in one step.

It is the way from an older schema to today's, the way to give disk back (neither engine forgets the
bytes of what was deleted, and Tantivy has no merge on demand), and the way to read all texts again.
Whoever calls holds the project's writer lock. A crash at any moment leaves the old index in use, or
the new one; what was half built is removed by the next try.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from posts.errors import RecordError, StoreError
from posts.forgetting import is_textless
from posts.post import Post
from store import generations
from store.batch import stored_post
from store.documents import documents
from store.mapping import COLLECTIONS, FIELDS, SCHEMA_VERSION, WHEN
from store.portions import portions
from store.protocol import Collection, Document, Store, StoreSettings
from store.transfer import Reading

Progress = Callable[[int, int], None]
Reread = Callable[[Sequence[Post]], Mapping[str, Post]]
"""Reads posts anew (a newer ``nlp``): the posts by id, those missing that stay as they are."""
Way = Literal["as it is", "anew"]

_AT_ONCE: Final = 5_000
_MADE_OF_POSTS: Final[tuple[Collection, ...]] = ("posts", "edges", "uses")
_CARRIED: Final[tuple[Collection, ...]] = tuple(name for name in COLLECTIONS if name not in _MADE_OF_POSTS)


@dataclass(slots=True)
class Rebuilt:
    """What the new index holds of each collection, and how many documents had no place in it."""

    counts: dict[Collection, int] = field(default_factory=dict)
    left_out: int = 0
    freed: int = 0


def rebuild(
    settings: StoreSettings,
    *,
    way: Way = "anew",
    reread: Reread | None = None,
    progress: Progress | None = None,
) -> Rebuilt:
    """Build the index anew and put it in the place of the old one; ``StoreError`` leaves that in use.

    ``as it is`` copies every document; ``anew`` makes posts, edges and uses from the posts, and
    carries over the rest as far as it fits today's fields.
    """
    if settings.url is not None:
        from store.elasticsearch_rebuild import rebuild_elasticsearch

        return rebuild_elasticsearch(settings, way=way, reread=reread, progress=progress)
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


def fill(new: Store, old: Reading, way: Way, reread: Reread | None, progress: Progress | None) -> Rebuilt:
    """Write all that is old into the new store; what was written of each collection."""
    built = Rebuilt(counts=dict.fromkeys(COLLECTIONS, 0))
    done = 0
    for name in _CARRIED if way == "anew" else COLLECTIONS:
        for batch in portions(old.read(name), _AT_ONCE):
            fitting = [found for found in map(_fitting(name), batch) if found is not None]
            built.left_out += len(batch) - len(fitting)
            _write(new, name, fitting, built)
            done += len(batch)
            if progress is not None:
                progress(done, old.total)
    if way == "anew":
        for batch in portions(old.read("posts"), _AT_ONCE):
            for name, made in _made(batch, reread).items():
                _write(new, name, made, built)
            done += len(batch)
            if progress is not None:
                # Edges and uses are made on the way, so each post stands for its share of the rest.
                progress(
                    done * old.total // max(1, old.total - old.counts["edges"] - old.counts["uses"]),
                    old.total,
                )
    if built.counts["posts"] != old.counts["posts"]:
        raise StoreError(
            f"The new index got {built.counts['posts']:,} of {old.counts['posts']:,} posts.",
            remedy="The old index stays in use. Run `rasad rebuild` again.",
        )
    return built


def verify(new: Store, built: Rebuilt, *, subject: str) -> None:
    """``StoreError`` unless the new index holds what was written."""
    new.refresh()
    for name, count in built.counts.items():
        found = new.count(name, {"match_all": {}})
        if found != count:
            raise StoreError(
                f"The new index holds {found:,} of {count:,} {name}.",
                subject=subject,
                remedy="The old index stays in use. Run `rasad rebuild` again.",
            )


def _write(new: Store, name: Collection, made: Sequence[Document], built: Rebuilt) -> None:
    if not made:
        return
    written = new.write(name, made, fresh=True)
    if written.refused:
        first = written.refused[0]
        raise StoreError(
            f"The new index refuses {len(written.refused)} of {name}: {first.reason}",
            subject=first.id,
            remedy="The old index stays in use.",
        )
    built.counts[name] += len({document["id"] for document in made})


def _fitting(name: Collection) -> Callable[[Document], Document | None]:
    """What gives a document with those of its fields that there still are; ``None`` if it has no place."""
    fields, when = FIELDS[name], WHEN[name]

    def fit(document: Document) -> Document | None:
        if "id" not in document or when not in document:
            return None
        return (
            document
            if document.keys() <= fields.keys()
            else {k: v for k, v in document.items() if k in fields}
        )

    return fit


def _made(batch: Sequence[Document], reread: Reread | None) -> dict[Collection, list[Document]]:
    """The documents that the posts of a batch make today."""
    made: dict[Collection, list[Document]] = {"posts": [], "edges": [], "uses": []}
    posts: dict[str, tuple[Post, list[str]]] = {}
    for document in batch:
        try:
            stored = stored_post(document)
        except (RecordError, KeyError):
            # No record of ours (another program wrote it): it is kept as it is.
            kept = _fitting("posts")(document)
            made["posts"] += [kept] if kept is not None else []
            continue
        posts[stored.post.id] = (stored.post, sorted(stored.unresolved))
    read = reread([post for post, _ in posts.values() if _readable(post)]) if reread is not None else {}
    for post_id, (post, unresolved) in posts.items():
        rows = documents(read.get(post_id, post), unresolved)
        made["posts"].append(rows.post)
        made["edges"] += rows.edges
        made["uses"] += rows.uses
    return made


def _readable(post: Post) -> bool:
    return post.deleted_at is None and not is_textless(post)
