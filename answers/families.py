"""One family of hashtags: what joins its spellings, what looks like it, and what may belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from answers.asking import Asking, bounded, matching
from answers.counting import top
from answers.coverage import answered
from answers.hashtag import member_counts, names_of
from nlp import families
from nlp.families import Doubt
from posts.answer import Answer, Figure
from posts.query_errors import query_error
from posts.selection import Selection

DAYS: Final = 90
"""How far back families are compared where no window is asked for."""
COMPARED: Final = 10_000
"""Families that are looked through for look-alikes and siblings: the commonest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A way the hashtag is written; ``joined_by`` says what makes it one with the commonest (empty there)."""

    written: str
    posts: Figure
    joined_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """Another family that only looks the same (``why`` is ``look-alike``) or may be the same."""

    key: str
    name: str
    posts: Figure
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """``doubts`` are spellings that may be two tags, ``look_alikes`` other letters that are drawn alike,
    ``siblings`` families that a project may want to join with this one; ``mended_with`` are the tags that it
    has joined with it, used or not."""

    key: str
    name: str
    posts: Figure
    members: tuple[Member, ...]
    doubts: tuple[Doubt, ...]
    look_alikes: tuple[Relative, ...]
    siblings: tuple[Relative, ...]
    mended_with: tuple[str, ...]


def family(asking: Asking, selection: Selection, *, size: int = 8) -> Answer[Family]:
    """The family of the hashtag that the selection names, in its window (else the last 90 days).

    The rest of the selection (a query, a language) narrows the posts and not the families it is compared
    with.
    """
    if not selection.hashtag:
        raise query_error("unnamed", selection.query, 0)
    key = asking.families.key(selection.hashtag)
    selection = bounded(asking, selection.narrowed(hashtag=key), days=DAYS)
    written = dict(member_counts(asking, selection, key))
    window = Selection(since=selection.since, until=selection.until)
    counts = dict(top(asking, matching(asking, window), "hashtags", size=COMPARED))
    alike = families.look_alikes(key, counts)
    near = [found for found in families.siblings(key, counts) if found.key not in alike][:size]
    names = names_of(asking, [*alike, *(found.key for found in near)])
    ranked = families.members(written)
    name = ranked[0].written if ranked else key
    found = Family(
        key=key,
        name=name,
        posts=Figure(value=asking.store.count("posts", matching(asking, selection)), selection=selection),
        members=tuple(
            Member(
                written=member.written,
                posts=Figure(value=member.count, selection=selection.narrowed(spelling=member.written)),
                joined_by=member.joined_by,
            )
            for member in ranked
        ),
        doubts=families.doubts(written),
        look_alikes=tuple(_relative(window, other, names, counts, "look-alike") for other in alike[:size]),
        siblings=tuple(_relative(window, other.key, names, counts, other.why) for other in near),
        mended_with=asking.families.joined_with(name),
    )
    return answered(asking, selection, found, "hashtag")


def _relative(
    window: Selection, key: str, names: Mapping[str, str], counts: Mapping[str, int], why: str
) -> Relative:
    posts = Figure(value=counts[key], selection=window.narrowed(hashtag=key))
    return Relative(key=key, name=names.get(key, key), posts=posts, why=why)
