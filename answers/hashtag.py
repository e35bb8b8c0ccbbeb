"""One hashtag family: who uses it, where, when, and with which others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from answers.asking import Asking, bounded, matching
from answers.counting import Bucket, distinct_authors, engagement, series, top
from answers.coverage import answered
from answers.narrowing import tagged
from answers.people import Person, people
from answers.posts import newest
from answers.trends import RisingTag, Spelling, spelled, spellings, standing
from posts.answer import Answer, Figure
from posts.post import Post, number
from posts.query_errors import query_error
from posts.selection import Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class TagAuthor:
    """Somebody who uses the hashtag, and how often."""

    key: str
    handle: str | None
    name: str | None
    posts: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTag:
    """A hashtag in posts with this one; ``share`` is the part of this one's posts that carry it."""

    key: str
    name: str
    posts: Figure
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashtag:
    """A family of spellings in a window: ``members`` are the spellings, each with its number of posts.

    ``standing`` compares the last day of the window with the family's own past; ``None`` where it was
    not used on that day.
    """

    key: str
    name: str
    members: tuple[Spelling, ...]
    posts: Figure
    authors: Figure
    engagement: Figure
    series: tuple[Bucket, ...]
    languages: tuple[tuple[str, Figure], ...]
    platforms: tuple[tuple[str, Figure], ...]
    authors_by_posts: tuple[TagAuthor, ...]
    related: tuple[RelatedTag, ...]
    newest: tuple[Post, ...]
    standing: RisingTag | None


def hashtag(asking: Asking, selection: Selection, *, size: int = 20) -> Answer[Hashtag]:
    """The hashtag that the selection names by its family key, in its window (else the last 7 days)."""
    if not selection.hashtag:
        raise query_error("unnamed", selection.query, 0)
    key = asking.families.key(selection.hashtag)
    selection = bounded(asking, selection.narrowed(hashtag=key))
    query = matching(asking, selection)
    total = asking.store.count("posts", query)
    members = spelled(selection, key, member_counts(asking, selection, key))
    found = Hashtag(
        key=key, name=members[0].name if members else key, members=members,
        posts=Figure(value=total, selection=selection),
        authors=distinct_authors(asking, query, selection, posts=total),
        engagement=engagement(asking, query, selection),
        series=series(asking, query, selection),
        languages=tuple(
            (name, Figure(value=value, selection=selection.narrowed(language=name)))
            for name, value in top(asking, query, "language", size=size)
        ),
        platforms=tuple(
            (name, Figure(value=value, selection=selection.narrowed(platform=name)))
            for name, value in top(asking, query, "platform", size=size)
        ),
        authors_by_posts=_authors(asking, selection, top(asking, query, "author", size=size)),
        related=_related(asking, selection, top(asking, query, "hashtags", size=size, without=(key,)), total),
        newest=newest(asking, query, size),
        standing=standing(asking, selection, key) if total else None,
    )  # fmt: skip
    return answered(asking, selection, found, "hashtag")


def name_of(asking: Asking, key: str) -> str:
    """The commonest spelling of a family at any time; the key itself if nobody has used it."""
    name, members = spellings(asking, Selection(), [number(key)], posts=None).get(number(key), (key, ()))
    return members[0][0] if members else name


def names_of(asking: Asking, keys: Sequence[str]) -> dict[str, str]:
    """The commonest spelling of each of these families that was ever used."""
    return _names(asking, Selection(), [number(key) for key in keys])


def _names(asking: Asking, selection: Selection, tags: list[int]) -> dict[str, str]:
    written = spellings(asking, selection, tags, posts=None)
    return {key: members[0][0] for key, members in written.values() if members}


def _related(
    asking: Asking, selection: Selection, counted: list[tuple[str, int]], total: int
) -> tuple[RelatedTag, ...]:
    tags = [number(key) for key, _ in counted]
    names = _names(asking, selection.narrowed(hashtag=None), tags)
    return tuple(
        RelatedTag(
            key=key, name=names.get(key, key), share=value / total,
            posts=Figure(value=value, selection=tagged(selection, key)),
        )
        for key, value in counted
    )  # fmt: skip


def member_counts(asking: Asking, selection: Selection, key: str) -> tuple[tuple[str, int], ...]:
    """The spellings in the posts of the selection, commonest first."""
    rest = selection.narrowed(hashtag=None, spelling=None)
    plain = selection.spelling is None and not (rest.query.strip() or rest.entity or rest.ids)
    tag = number(key)
    posts = None if plain else asking.store.columns("posts", matching(asking, selection), ["n"])["n"]
    _, members = spellings(asking, selection, [tag], posts=posts).get(tag, (key, ()))
    return members


def _authors(asking: Asking, selection: Selection, counted: list[tuple[str, int]]) -> tuple[TagAuthor, ...]:
    known = people(asking, [key for key, _ in counted])
    return tuple(
        TagAuthor(
            key=key, handle=known.get(key, Person()).handle, name=known.get(key, Person()).name,
            posts=Figure(value=value, selection=selection.narrowed(author=key)),
        )
        for key, value in counted
    )  # fmt: skip
