"""A new, empty index filled with the documents of another place, and counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from posts.errors import RecordError, StoreError
from posts.forgetting import is_textless
from posts.post import Post
from store.batch import stored_post
from store.documents import documents
from store.mapping import COLLECTIONS, FIELDS, WHEN
from store.portions import portions
from store.protocol import Collection, Document, Store
from store.reading import Reading

Progress = Callable[[int, int], None]
Reread = Callable[[Sequence[Post]], Mapping[str, Post]]
"""Reads posts anew (a newer ``nlp``): the posts by id, those missing that stay as they are."""
Way = Literal["as it is", "anew"]
"""Every document as it is, or posts, edges and uses made of the posts anew."""

_AT_ONCE: Final = 5_000
_MADE_OF_POSTS: Final[tuple[Collection, ...]] = ("posts", "edges", "uses")
_CARRIED: Final[tuple[Collection, ...]] = tuple(name for name in COLLECTIONS if name not in _MADE_OF_POSTS)


@dataclass(slots=True)
class Rebuilt:
    """What the new index holds of each collection, and how many documents had no place in it."""

    counts: dict[Collection, int] = field(default_factory=dict)
    left_out: int = 0
    freed: int = 0


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
