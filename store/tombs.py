"""What was forgotten stays away: only digests are kept, and intake asks for them before it takes a post.

A tombstone stands for the id of a post, for a reference to a forgotten post, or for a person; those of
the latter two are taken out of the posts of others as these come in (``posts.forgetting``).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from posts.forgetting import Forgotten, people_of, person, references_of
from posts.post import Post
from posts.profile import Profile
from store.state import State

_ANY: Final = "forgotten"
"""Entombed with the first that is forgotten: without it no post has to be looked through."""


def keep_away(state: State, *, posts: Iterable[str], people: Iterable[str], at: datetime) -> None:
    """Let posts of these ids and aliases, and posts by these people, never come (again)."""
    names = {name for post_id in posts for name in (post_id, f"ref {post_id}")}
    names |= {f"author {who}" for who in people}
    if names:
        state.entomb({*names, _ANY}, at=at)


def living(state: State, posts: Iterable[Post]) -> tuple[dict[str, list[Post]], int]:
    """The posts by id, without those that have a tombstone and without whom they tell of and shall not;
    how many had one."""
    copies: dict[str, list[Post]] = {}
    for post in posts:
        copies.setdefault(post.id, []).append(post)
    names = {key: {name for post in group for name in _names(post)} for key, group in copies.items()}
    dead = state.entombed({name for own in names.values() for name in own})
    dropped = 0
    if dead:
        for key, own in names.items():
            if not dead.isdisjoint(own):
                dropped += len(copies.pop(key))
    if state.entombed([_ANY]):
        return {key: _without(state, group) for key, group in copies.items()}, dropped
    return copies, dropped


def living_profiles(state: State, profiles: Iterable[Profile]) -> list[Profile]:
    """The profiles of those who were not forgotten."""
    found = list(profiles)
    dead = forgotten_keys(state, {profile.key for profile in found})
    return [profile for profile in found if profile.key not in dead]


def forgotten_keys(state: State, keys: Iterable[str]) -> set[str]:
    """Those of these keys of accounts whose people were forgotten."""
    names = {key: f"author {person(key)}" for key in keys}
    dead = state.entombed(names.values())
    return {key for key, name in names.items() if name in dead}


def _names(post: Post) -> Iterable[str]:
    yield post.id
    yield from post.aliases
    if post.author is not None:
        yield f"author {person(post.author.key)}"


def _without(state: State, group: list[Post]) -> list[Post]:
    people = {who for post in group for who in people_of(post)}
    references = {ref for post in group for ref in references_of(post)}
    found = state.entombed({f"author {who}" for who in people} | {f"ref {ref}" for ref in references})
    if not found:
        return group
    forgotten = Forgotten(
        people=frozenset(who for who in people if f"author {who}" in found),
        posts=frozenset(ref for ref in references if f"ref {ref}" in found),
    )
    return [forgotten.without(post) for post in group]
