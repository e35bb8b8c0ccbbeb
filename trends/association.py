"""Which hashtags belong together: more people write them in one post than chance would bring together.

The unit is a *voice*: one author with one set of tags. Who writes the same tags again is no other voice, and
of the posts with both tags each author counts once, whatever stands beside them. So one account that always
writes two tags together is one voice for the pair. From the four exact counts of voices (both, each, all)
come the lift P(AB) / (P(A) P(B)) (Brin, Motwani, Ullman, Tsur, SIGMOD 1997), its lower bound, and the exact
tail of the hypergeometric distribution (Fisher's test, one-sided); the share of false discoveries over all
tags that could have been told is held by Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995). Lists are
ordered by the lower bound of the lift: the raw lift is highest for what was seen once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv
from scipy.stats import hypergeom

from trends.odds import false_rates
from trends.pairs import people

Ints = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

LEAST_AUTHORS: Final = 3
"""People who write two tags together before the pair is told."""
FALSE_SHARE: Final = 0.05
"""The share of false discoveries that is accepted."""
SURENESS: Final = 0.95
"""How surely the lift is not below its lower bound."""
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """Uses of hashtags, one a post and tag: numbers of tag, author (-1 for none) and post, and the moment
    in epoch seconds."""

    tag: Ints
    author: Ints
    post: Ints
    at: Ints

    def kept(self, marks: Marks) -> Uses:
        """Only the uses that are marked."""
        return Uses(tag=self.tag[marks], author=self.author[marks], post=self.post[marks], at=self.at[marks])


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """How a tag goes with what was asked for; counts are exact.

    ``posts`` and ``authors`` are those with both, ``all_authors`` those of the tag anywhere. ``lift`` is how
    many times as often both meet as they would by chance, ``least_lift`` its lower bound; ``share`` is
    P(tag | asked), of posts (Hashtagify's correlation). ``false_rate`` is the q-value.
    """

    tag: int
    posts: int
    authors: int
    all_authors: int
    share: float
    lift: float
    least_lift: float
    false_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Voices:
    """Uses with the number of each one's voice, -1 for posts of nobody; ``count`` is how many voices."""

    uses: Uses
    voice: Ints
    count: int


def voices(uses: Uses) -> Voices:
    """The voices of these uses: equal for the posts of an author with the same set of tags."""
    posts, place = np.unique(uses.post, return_inverse=True)
    mixed = uses.tag.astype(np.uint64) * _MIX
    sets = np.zeros(len(posts), dtype=np.uint64)
    np.add.at(sets, place, mixed ^ (mixed >> np.uint64(29)))
    known = np.flatnonzero(uses.author >= 0)
    number = np.full(len(uses.tag), -1, dtype=np.int64)
    if not len(known):
        return Voices(uses=uses, voice=number, count=0)
    both = np.stack([uses.author[known].astype(np.uint64), sets[place[known]]], axis=1)
    found, numbers = np.unique(both, axis=0, return_inverse=True)
    number[known] = numbers.reshape(-1)
    return Voices(uses=uses, voice=number, count=len(found))


def pairs(all_: Voices, asked: Marks, hidden: Iterable[int] = ()) -> tuple[Pair, ...]:
    """The tags that go with the posts whose uses are marked, the surest first; those ``hidden`` never.

    ``asked`` marks whole posts: every use of them. What is told passed ``FALSE_SHARE`` and
    ``LEAST_AUTHORS``, and its lift is surely above 1.
    """
    uses = all_.uses
    tags, place = np.unique(uses.tag, return_inverse=True)
    tag_voices = _distinct(place, all_.voice, len(tags))
    asked_voices = len(np.unique(all_.voice[asked & (all_.voice >= 0)]))
    if not asked_voices:
        return ()
    together = _distinct(place[asked], uses.author[asked], len(tags))
    likely = np.flatnonzero((tag_voices >= LEAST_AUTHORS) & ~np.isin(tags, list(hidden)))
    if not len(likely):
        return ()
    tail = hypergeom.sf(together[likely] - 1, all_.count, tag_voices[likely], asked_voices)
    rates = false_rates(np.asarray(tail, dtype=np.float64))
    usual = tag_voices[likely] / all_.count
    lift = together[likely] / asked_voices / usual
    least = _lower(together[likely], asked_voices) / usual
    told = (rates <= FALSE_SHARE) & (together[likely] >= LEAST_AUTHORS) & (least > 1)
    posts = np.bincount(place[asked], minlength=len(tags))
    authors = _distinct(place, uses.author, len(tags))
    asked_posts = len(np.unique(uses.post[asked]))
    found = [
        Pair(
            tag=int(tags[n]), posts=int(posts[n]), authors=int(together[n]), all_authors=int(authors[n]),
            share=float(posts[n] / asked_posts), lift=float(lift[i]), least_lift=float(least[i]),
            false_rate=float(rates[i]),
        )
        for i, n in enumerate(likely.tolist())
        if told[i]
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda pair: (-round(pair.least_lift, 9), -pair.authors, pair.tag)))


def beside(uses: Uses, asked: Marks) -> list[int]:
    """The tags in marked posts of ``LEAST_AUTHORS`` people or more, by chance or not."""
    tags, place = np.unique(uses.tag[asked], return_inverse=True)
    people = _distinct(place, uses.author[asked], len(tags))
    found: list[int] = tags[people >= LEAST_AUTHORS].tolist()
    return found


def with_tags(uses: Uses, tags: Sequence[int]) -> Marks:
    """Marks of all uses of the posts that carry one of these tags."""
    carrying = np.unique(uses.post[np.isin(uses.tag, np.array(tags, dtype=np.int64))])
    found: Marks = np.isin(uses.post, carrying)
    return found


def overlaps(uses: Uses, tags: Sequence[int]) -> npt.NDArray[np.float64]:
    """How alike the people of these tags are, pair by pair: Jaccard, shared authors over all of both."""
    people = [np.unique(uses.author[(uses.tag == tag) & (uses.author >= 0)]) for tag in tags]
    found = np.zeros((len(tags), len(tags)))
    for one, ours in enumerate(people):
        for other, theirs in enumerate(people):
            shared = len(np.intersect1d(ours, theirs, assume_unique=True))
            joined = len(ours) + len(theirs) - shared
            found[one, other] = shared / joined if joined else 0.0
    return found


def _distinct(place: Ints, values: Ints, size: int) -> Ints:
    """How many distinct values (from 0 on) each place has."""
    known = values >= 0
    places, many = people(place[known], values[known])
    counts = np.zeros(size, dtype=np.int64)
    counts[places] = many
    return counts


def _lower(hits: Ints, tries: int) -> npt.NDArray[np.float64]:
    """The lower bound of a share, exact (Clopper, Pearson, Biometrika 26, 1934), one-sided."""
    some = np.maximum(hits, 1)
    bound = betaincinv(some, np.maximum(tries - some + 1, 1), 1 - SURENESS)
    return np.where(hits > 0, bound, 0.0)
