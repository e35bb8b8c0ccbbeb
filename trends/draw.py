"""Which posts people should label, so that shares can be told from few labels (``trends.quantify``).

Every post has a place in a long queue that its id and the seed alone decide (permanent random numbers:
Ohlsson, in Business Survey Methods, 1995, chapter 9). Of each stratum the first are drawn; more are drawn by
going on where the last draw ended, so any number of draws together is one random sample. A project should
keep one seed: then posts that two queries share are labelled once for both.

Posts that a person corrected because they happened to see them are no random sample: people correct what
annoys them. They may train a model, but a share must not rest on them. ``at_random`` takes care of that: it
passes only labels of posts whose turn it was.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from trends.quantify import Stratum

FEWEST: Final = 3
"""Posts that are drawn of every stratum, if it has them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A post to be labelled. ``chance`` is that with which a post of its stratum is drawn (0 to 1);
    ``weight`` how many posts it stands for, against the others of the draw (their mean is 1)."""

    post: str
    stratum: Stratum
    chance: float
    weight: float


def choose(
    predicted: Mapping[str, Stratum], k: int, *, seed: int, labelled: Collection[str] = ()
) -> tuple[Drawn, ...]:
    """Up to ``k`` posts to be labelled next, in an order that mixes the strata.

    ``predicted`` are all posts of the query with what the classifier said, ``labelled`` those that people have
    looked at already, by whatever way. Strata get their part by the square root of their size, and three at
    least (power allocation: Bankier, The American Statistician 42, 1988, 174): what the classifier rarely
    says is looked at more often than it would be by pure chance, since the labels of one class tell most
    about that class. Chance and weight are those of the whole sample, earlier draws included.
    """
    queues = _queues(predicted, seed)
    done = set(labelled) & predicted.keys()
    sizes = _allotted({stratum: len(queue) for stratum, queue in queues.items()}, len(done) + k)
    whole = sum(sizes.values())
    found = [
        (
            (place + 0.5) / sizes[stratum],
            Drawn(
                post,
                stratum,
                sizes[stratum] / len(queue),
                (len(queue) / len(predicted)) / (sizes[stratum] / whole),
            ),
        )
        for stratum, queue in queues.items()
        for place, post in enumerate(queue[: sizes[stratum]])
        if post not in done
    ]
    found.sort(key=lambda each: (each[0], _order(each[1].post, seed)))
    return tuple(drawn for _, drawn in found[:k])


def at_random(predicted: Mapping[str, Stratum], seen: Collection[str], *, seed: int) -> frozenset[str]:
    """Those of the posts looked at that are a random sample of the query within each stratum.

    They are the ones that stand in the queue of their stratum before the first that nobody has looked at:
    whose turn it was, whatever made a person look. ``seen`` holds also posts that a person could not decide on
    (leave those out of the labels afterwards). When a query has grown, or is another one, few may remain until
    ``choose`` has filled the gaps; labels that were drawn at random before count as from elsewhere until then.
    """
    looked_at = set(seen)
    found: list[str] = []
    for queue in _queues(predicted, seed).values():
        for post in queue:
            if post not in looked_at:
                break
            found.append(post)
    return frozenset(found)


def _queues(predicted: Mapping[str, Stratum], seed: int) -> dict[Stratum, list[str]]:
    queues: dict[Stratum, list[str]] = {stratum: [] for stratum in sorted(set(predicted.values()), key=str)}
    for post in sorted(predicted, key=lambda post: _order(post, seed)):
        queues[predicted[post]].append(post)
    return queues


def _order(post: str, seed: int) -> bytes:
    return hashlib.blake2b(post.encode(), key=seed.to_bytes(8, "big"), digest_size=16).digest()


def _allotted(sizes: Mapping[Stratum, int], k: int) -> dict[Stratum, int]:
    """So many of each stratum, ``k`` in all where there are as many; what a small one lacks others get."""
    part = {stratum: min(size, FEWEST) for stratum, size in sizes.items()}
    left = k - sum(part.values())
    while left > 0 and (
        room := {each: sizes[each] - part[each] for each in sizes if sizes[each] > part[each]}
    ):
        roots = {each: math.sqrt(sizes[each]) for each in room}
        whole = sum(roots.values())
        wanted = {each: min(room[each], left * roots[each] / whole) for each in room}
        given = {each: math.floor(share) for each, share in wanted.items()}
        # What rounding leaves goes to the largest remainders, one each.
        spare = min(left, round(sum(wanted.values()))) - sum(given.values())
        for each in sorted(room, key=lambda each: (given[each] - wanted[each], str(each)))[: max(spare, 0)]:
            given[each] += given[each] < room[each]
        if not any(given.values()):
            break
        for each, count in given.items():
            part[each] += count
        left = k - sum(part.values())
    return part
