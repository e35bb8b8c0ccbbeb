"""What posts answer, repeat and quote, led to the posts themselves.

A server knows a post by a local number, so ``reply_to`` may hold an alias until the post that has it
is stored. Both ways are looked after: a post that finds its parent here, and parents that older posts
have waited for (their document's ``unresolved``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from posts.post import Post, changed
from store.merge import POINTING
from store.protocol import Document, Store

_AT_ONCE: Final = 2_000


class Target(NamedTuple):
    """The post that a reference leads to, and who wrote it."""

    post_id: str
    author: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A post with its references led as far as they go; ``unresolved`` are those that lead nowhere yet."""

    post: Post
    unresolved: tuple[str, ...] = ()


def named(posts: Iterable[Post]) -> dict[str, Target]:
    """Every id and alias of the posts, and what it leads to."""
    found: dict[str, Target] = {}
    for post in posts:
        target = Target(post.id, post.author.key if post.author else None)
        for alias in post.aliases:
            found.setdefault(alias, target)
        found[post.id] = target
    return found


def references(post: Post) -> list[str]:
    """The references of a post, resolved or not, under all their names."""
    found = [ref for ref in (post.reply_to, post.repost_of, post.quote_of) if ref]
    if post.other_references:
        found += [ref for name, ref in post.other_references if name in POINTING]
    return found


def lookup(store: Store, names: Collection[str]) -> dict[str, Target]:
    """The stored posts that have one of the names as id or alias."""
    found: dict[str, Target] = {}
    for part in _parts(sorted(names)):
        query = {"bool": {"should": [{"terms": {"id": part}}, {"terms": {"aliases": part}}]}}
        for document in store.scan("posts", query, ["id", "aliases", "author"]):
            target = Target(document["id"], document.get("author"))
            for alias in document.get("aliases", ()):
                found.setdefault(alias, target)
            found[target.post_id] = target
    return {name: found[name] for name in names if name in found}


def waiting(store: Store, names: Collection[str]) -> Iterator[Document]:
    """The stored posts that wait for one of the names."""
    seen: set[str] = set()
    for part in _parts(sorted(names)):
        for document in store.scan("posts", {"terms": {"unresolved": part}}):
            if document["id"] not in seen:
                seen.add(document["id"])
                yield document


def unaware(store: Store, ids: Collection[str]) -> Iterator[Document]:
    """The stored posts that answer, repeat or quote one of the posts and do not know who wrote it."""
    for part in _parts(sorted(ids)):
        query = {"bool": {"should": [{"terms": {name: part}} for name in POINTING]}}
        for document in store.scan("posts", query):
            if any(document.get(name) in ids and f"{name}_author" not in document for name in POINTING):
                yield document


def resolve(post: Post, targets: Mapping[str, Target]) -> Resolved:
    """The post with each reference led to its target, and the author filled in where unknown."""
    if not references(post):
        return Resolved(post=post)
    changes: dict[str, Any] = {}
    unresolved: dict[str, None] = {}
    others = post.other_references
    for name in POINTING:
        called = [ref for ref in (getattr(post, name), *_others(post, name)) if ref]
        target = next((targets[ref] for ref in called if ref in targets), None)
        if target is None:
            unresolved.update(dict.fromkeys(called))
            continue
        others = tuple(pair for pair in others if pair[0] != name)
        if target.post_id != getattr(post, name):
            changes[name] = target.post_id
        if target.author is not None and getattr(post, name + "_author") is None:
            changes[name + "_author"] = target.author
    if others != post.other_references:
        changes["other_references"] = others
    return Resolved(post=changed(post, **changes) if changes else post, unresolved=tuple(unresolved))


def keep_resolved(copy: Post, stored: Post, unresolved: Collection[str]) -> Post:
    """The copy with the references that the stored post has found already.

    What a post refers to does not change, so a later copy's alias need not be looked up again.
    """
    changes: dict[str, Any] = {}
    for name in POINTING:
        ref = getattr(stored, name)
        if ref is not None and ref not in unresolved and ref != getattr(copy, name):
            changes[name] = ref
    return changed(copy, **changes) if changes else copy


def _others(post: Post, name: str) -> Iterator[str]:
    return (ref for field, ref in post.other_references if field == name)


def _parts(names: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), _AT_ONCE):
        yield names[start : start + _AT_ONCE]
