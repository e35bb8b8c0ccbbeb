"""What has to be written so that a batch of copies stands in the store as if each post had come once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from posts.forgetting import is_textless, textless
from posts.post import METRICS, Post, changed, decode
from store.documents import counted_tags, documents, snapshots
from store.merge import date_edit, merge, same_writing, settle
from store.protocol import Document, Store
from store.references import Resolved, keep_resolved, lookup, named, references, resolve, unaware, waiting

Annotate = Callable[[Sequence[Post]], Mapping[str, Post]]
"""What the batch is read with: posts by id, those missing that could not be read."""

Reason = Literal["new", "edited", "read", "counted", "changed"]
"""What made a post another one than it was in the store."""

_READ: Final = frozenset({
    "text", "language", "hashtags", "entities", "sentiment", "intents", "emotions", "purposes", "actions",
    "noise", "emoji", "also", "copy_of", "format",
})  # fmt: skip
_COUNTED: Final = frozenset({*METRICS, "followers"})
_UNSEEN: Final = frozenset({"post", "collected_at", "readers", "bands"})
"""What no query of a person looks at."""
_FEW: Final = 500
"""Up to so many new posts go with the changed ones in one commit."""


class Stored(NamedTuple):
    """A post as it stands in the store, and its references that lead nowhere yet."""

    post: Post
    unresolved: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Documents of the collections beside the posts."""

    edges: list[Document] = field(default_factory=list)
    uses: list[Document] = field(default_factory=list)
    metrics: list[Document] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The writes of a batch, in the order in which a crash between any two does no harm.

    First the rows of posts that are stored (``stale_*`` are ids of rows that no longer hold), then
    the posts, then the rows of new ones: a post that is stored has all its rows, unless its file comes again.
    ``moved`` are ids of posts now dated earlier, whose later-dated copy has to go; ``deleted`` posts
    whose counts have to go. ``begun`` are posts that were new when the same batch was begun before,
    ``reasons`` says of the changed posts that can be found otherwise now why.
    """

    new: list[Document] = field(default_factory=list)
    changed: list[Document] = field(default_factory=list)
    new_rows: Rows = field(default_factory=Rows)
    changed_rows: Rows = field(default_factory=Rows)
    stale_edges: list[str] = field(default_factory=list)
    stale_uses: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    first_seen: list[str] = field(default_factory=list)
    begun: frozenset[str] = frozenset()
    reasons: dict[str, Reason] = field(default_factory=dict)

    def batches(self) -> list[tuple[list[Document], bool]]:
        """The posts to write and whether they are fresh; a few new ones spare a commit of their own."""
        if self.changed and len(self.new) <= _FEW:
            return [(self.changed + self.new, False)]
        return [(posts, fresh) for posts, fresh in ((self.changed, False), (self.new, True)) if posts]


def plan(
    store: Store,
    copies: Mapping[str, Sequence[Post]],
    annotate: Annotate,
    *,
    again: bool,
    begun: frozenset[str] = frozenset(),
) -> Plan:
    """The writes for copies by post id.

    ``again`` if the very same copies may have been written in part before; ``begun`` are then the posts
    that were new at that time. With other copies among them, rows of the first attempt would stay.
    """
    stored = {post_id: stored_post(found) for post_id, found in store.get("posts", list(copies)).items()}
    merged = {post_id: _merged(group, stored.get(post_id)) for post_id, group in copies.items()}
    read = _read(merged, stored, annotate)
    targets = named(read.values())
    targets |= lookup(store, {ref for post in read.values() for ref in references(post)} - targets.keys())
    made = Plan(begun=begun)
    for post_id, post in read.items():
        resolved = resolve(post, targets)
        old = stored.get(post_id)
        if old is None:
            _add_new(made, resolved, copies[post_id])
        else:
            _add_changed(made, resolved, old, copies[post_id], again=again)
    arrived = _names(read.values(), stored, again=again)
    found = {document["id"]: document for document in waiting(store, arrived)}
    found |= {document["id"]: document for document in unaware(store, _told(read, stored, again=again))}
    older = [stored_post(document) for post_id, document in found.items() if post_id not in read]
    # What else they point to is stored already, and must not be taken for lost.
    targets |= lookup(store, {ref for old in older for ref in references(old.post)} - targets.keys())
    for old in older:
        _add_changed(made, resolve(old.post, targets), old, (), again=False)
    return made


def replan(store: Store, pairs: Iterable[tuple[Stored, Post]]) -> Plan:
    """The writes for stored posts that were read again; nothing else of them is different."""
    made = Plan()
    retagged: dict[str, list[str]] = {}
    for old, post in pairs:
        _add_changed(
            made, Resolved(post=post, unresolved=tuple(sorted(old.unresolved))), old, (), again=False
        )
        tags = list(counted_tags(post))
        if tags != list(counted_tags(old.post)):
            retagged[post.id] = tags
    ids = list(retagged)
    for start in range(0, len(ids), _FEW):
        query = {"terms": {"post_id": ids[start : start + _FEW]}}
        for row in store.scan("metrics", query):
            left = {name: value for name, value in row.items() if name != "hashtags"}
            tags = retagged[row["post_id"]]
            made.changed_rows.metrics.append({**left, "hashtags": tags} if tags else left)
    return made


def stored_post(document: Document) -> Stored:
    """The post in a stored document."""
    return Stored(decode(document["post"]), frozenset(document.get("unresolved", ())))


def _merged(copies: Sequence[Post], old: Stored | None) -> Post:
    if old is None and len(copies) == 1:
        return settle(copies[0])
    ordered = sorted(copies, key=lambda copy: copy.collected_at)
    post = settle(ordered[0]) if old is None else old.post
    for copy in ordered:
        if old is not None:
            copy = keep_resolved(copy, old.post, old.unresolved)
        post = merge(post, date_edit(copy, post))
    return post


def _read(merged: Mapping[str, Post], stored: Mapping[str, Stored], annotate: Annotate) -> dict[str, Post]:
    """The posts with their annotations: the stored ones where the writing is the same."""
    read: dict[str, Post] = {}
    unread: list[Post] = []
    for post_id, post in merged.items():
        old = stored.get(post_id)
        if post.deleted_at is not None:
            read[post_id] = post
        elif old is not None and is_textless(old.post):
            # Its text is older than texts are kept; a later copy must not bring it back.
            read[post_id] = textless(changed(post, annotations=old.post.annotations))
        elif old is not None and old.post.annotations is not None and same_writing(post, old.post):
            read[post_id] = changed(post, annotations=old.post.annotations)
        else:
            unread.append(post)
    if unread:
        read.update(annotate(unread))
    return read


def _names(posts: Iterable[Post], stored: Mapping[str, Stored], *, again: bool) -> set[str]:
    """The ids and aliases that older posts may have waited for."""
    names: set[str] = set()
    for post in posts:
        old = stored.get(post.id)
        if old is None or again:
            names.add(post.id)
            names.update(post.aliases)
        elif post.aliases != old.post.aliases:
            names.update(post.aliases)
    return names


def _told(posts: Mapping[str, Post], stored: Mapping[str, Stored], *, again: bool) -> set[str]:
    """The posts that were stored without an author and have one now, which makes edges of older posts."""
    return {
        post_id
        for post_id, old in stored.items()
        if post_id in posts and posts[post_id].author is not None and (again or old.post.author is None)
    }


def _add_new(made: Plan, resolved: Resolved, copies: Sequence[Post]) -> None:
    post = resolved.post
    rows = documents(post, resolved.unresolved)
    made.new.append(rows.post)
    made.first_seen.append(post.id)
    if post.deleted_at is not None:
        made.deleted.append(post.id)
        return
    made.new_rows.edges.extend(rows.edges)
    made.new_rows.uses.extend(rows.uses)
    made.new_rows.metrics.extend(snapshots(copies, None, list(counted_tags(post))))


def _add_changed(made: Plan, resolved: Resolved, old: Stored, copies: Sequence[Post], *, again: bool) -> None:
    post = resolved.post
    now, before = documents(post, resolved.unresolved), documents(old.post, sorted(old.unresolved))
    made.changed.append(now.post)
    moved = now.post["created_at"] != before.post["created_at"]
    if moved or again:
        made.moved.append(post.id)
    made.stale_edges.extend(_gone(now.edges, before.edges, moved=moved))
    made.stale_uses.extend(_gone(now.uses, before.uses, moved=moved))
    first = again and post.id in made.begun
    if first:
        made.first_seen.append(post.id)
    if post.deleted_at is not None:
        made.deleted.append(post.id)
        return
    reason = "new" if first else _reason(now.post, before.post, same=same_writing(post, old.post))
    if reason is not None:
        made.reasons[post.id] = reason
    made.changed_rows.edges.extend(_different(now.edges, before.edges, all_of_them=again))
    made.changed_rows.uses.extend(_different(now.uses, before.uses, all_of_them=again))
    # A post that the first attempt has changed already has its snapshots; one that it made may lack them.
    if copies and (first or not (again and post == old.post)):
        before_them = None if first else old.post
        made.changed_rows.metrics.extend(snapshots(copies, before_them, list(counted_tags(post))))


def _reason(now: Document, before: Document, *, same: bool) -> Reason | None:
    """What has changed of what can be searched for, by what matters most; ``None`` if nothing has."""
    others = {name for name in now.keys() | before.keys() if now.get(name) != before.get(name)} - _UNSEEN
    if not others:
        return None
    if not same:
        return "edited"
    return "read" if others & _READ else "counted" if others & _COUNTED else "changed"


def _gone(now: Sequence[Document], before: Sequence[Document], *, moved: bool) -> list[str]:
    """Ids of rows that no longer hold; all of them where their date, and so perhaps their index, changes."""
    kept = set() if moved else {row["id"] for row in now}
    return [row["id"] for row in before if row["id"] not in kept]


def _different(now: Sequence[Document], before: Sequence[Document], *, all_of_them: bool) -> list[Document]:
    if all_of_them:
        return list(now)
    known = {row["id"]: row for row in before}
    return [row for row in now if known.get(row["id"]) != row]
