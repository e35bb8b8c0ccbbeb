"""Related hashtags to the second level: what stands in the same posts, and what stands beside that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from answers.asking import Asking, bounded, matching
from answers.carried import posts_of, uses_of
from answers.counting import distinct_authors, top
from answers.coverage import answered
from answers.hashtag import names_of
from answers.meant import everyone, own_tags
from answers.narrowing import tagged
from answers.uses import keys_of
from posts.answer import Answer, Figure
from posts.post import number
from posts.selection import Selection
from trends import association
from trends.association import Marks, Pair, Uses

DAYS: Final = 30
"""How far back posts are read where no window is asked for."""
ONE_LANGUAGE: Final = 0.8
"""The share of its posts in one language from which on a hashtag is compared within that language."""
WAYS: Final = 12
"""Tags of the first level whose own related tags are looked at, the surest."""
OVERLAPPING: Final = 8
"""Tags whose people are compared, pair by pair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTag:
    """A hashtag in the same posts; ``posts`` and ``authors`` are those with both, ``all_authors`` those who
    use it at all. The rest is told in ``trends.association.Pair``. ``via`` and ``via_name`` are the tag of
    the first level that leads to it, where it is of the second: then it is compared with that one."""

    key: str
    name: str
    posts: Figure
    authors: Figure
    all_authors: Figure
    share: float
    lift: float
    least_lift: float
    false_rate: float
    via: str | None = None
    via_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How alike the people of some tags are: ``shares[i][j]`` is Jaccard, from 0 to 1."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    shares: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """The related tags of both levels, the surest first, and how far the people of the first overlap.

    ``language`` is the one that posts were compared in, ``None`` for all.
    """

    posts: Figure
    authors: Figure
    language: str | None
    first: tuple[RelatedTag, ...]
    second: tuple[RelatedTag, ...]
    overlap: Overlap


def related(asking: Asking, selection: Selection, *, size: int = 20) -> Answer[Related]:
    """The hashtags that go with those posts (of a hashtag, a word, a brand), in their window (else 30 days).

    They are compared with all posts of the window, on the same platform and in the same language: where no
    language is asked for, in the one that most of them are written in. (Else every tag of a language would
    seem to go with every other.)
    """
    if selection.hashtag:
        selection = selection.narrowed(hashtag=asking.families.key(selection.hashtag))
    selection = bounded(asking, selection, days=DAYS)
    query = matching(asking, selection)
    posts = asking.store.count("posts", query)
    language = selection.language or _language(asking, query, posts)
    within = selection.narrowed(language=language)
    whole = universe(within)
    uses = uses_of(asking, whole)
    asked = asked_for(asking, within, whole, uses)
    all_ = association.voices(uses)
    hidden = sorted({number(asking.families.key(tag)) for tag in own_tags(selection)})
    first = association.pairs(all_, asked, hidden)[:size]
    second = second_level(all_, first, hidden)[:size]
    keys = keys_of(asking, {pair.tag for pair in first} | {pair.tag for _, pair in second})
    names = names_of(asking, [*keys.values(), *([selection.hashtag] if selection.hashtag else [])])
    found = Related(
        posts=Figure(value=posts, selection=selection),
        authors=distinct_authors(asking, query, selection, posts=posts),
        language=language,
        first=tuple(_row(within, whole, pair, keys, names) for pair in first),
        second=tuple(
            _row(whole.narrowed(hashtag=keys[via]), whole, pair, keys, names, via=keys[via])
            for via, pair in second
        ),
        overlap=_overlap(uses, selection.hashtag, [keys[pair.tag] for pair in first], names),
    )
    return answered(asking, selection, found, "related")


def _language(asking: Asking, query: dict[str, Any], posts: int) -> str | None:
    """The language of nearly all of the posts, if there is one."""
    commonest = top(asking, query, "language", size=1)
    return commonest[0][0] if commonest and commonest[0][1] >= ONE_LANGUAGE * posts else None


def universe(selection: Selection) -> Selection:
    """The posts that a selection is compared with: without its hashtag, else all of the window."""
    if selection.hashtag and not selection.ids:
        return selection.narrowed(hashtag=None, spelling=None)
    return everyone(selection)


def asked_for(asking: Asking, selection: Selection, whole: Selection, uses: Uses) -> Marks:
    """Marks of the uses in the posts of the selection, among those of ``whole``."""
    if selection.hashtag and selection == whole.narrowed(hashtag=selection.hashtag):
        return association.with_tags(uses, [number(selection.hashtag)])
    found: Marks = np.isin(uses.post, posts_of(asking, selection))
    return found


def second_level(
    all_: association.Voices, first: Sequence[Pair], hidden: Sequence[int]
) -> list[tuple[int, Pair]]:
    """What goes with the tags of the first level and is not there already, with the surest way to it.

    A chain is as sure as its weaker part: rows are ordered by the lower of both bounds.
    """
    known = {pair.tag for pair in first} | set(hidden)
    best: dict[int, tuple[float, int, Pair]] = {}
    for via in first[:WAYS]:
        marks = association.with_tags(all_.uses, [via.tag])
        for pair in association.pairs(all_, marks, [*known]):
            sure = min(via.least_lift, pair.least_lift)
            if pair.tag not in best or sure > best[pair.tag][0]:
                best[pair.tag] = (sure, via.tag, pair)
    ranked = sorted(best.values(), key=lambda row: (-round(row[0], 9), -row[2].authors, row[2].tag))
    return [(via, pair) for _, via, pair in ranked]


def _row(
    beside: Selection,
    whole: Selection,
    pair: Pair,
    keys: dict[int, str],
    names: dict[str, str],
    *,
    via: str | None = None,
) -> RelatedTag:
    key = keys[pair.tag]
    both = tagged(beside, key)
    return RelatedTag(
        key=key, name=names.get(key, key), posts=Figure(value=pair.posts, selection=both),
        authors=Figure(value=pair.authors, selection=both),
        all_authors=Figure(value=pair.all_authors, selection=whole.narrowed(hashtag=key)),
        share=pair.share, lift=pair.lift, least_lift=pair.least_lift, false_rate=pair.false_rate,
        via=via, via_name=None if via is None else names.get(via, via),
    )  # fmt: skip


def _overlap(uses: Uses, own: str | None, first: list[str], names: dict[str, str]) -> Overlap:
    keys = [*([own] if own else []), *first][:OVERLAPPING]
    shares = association.overlaps(uses, [number(key) for key in keys])
    return Overlap(
        keys=tuple(keys),
        names=tuple(names.get(key, key) for key in keys),
        shares=tuple(tuple(row) for row in shares.tolist()),
    )
