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
import heapq
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from trends.quantify import Stratum

FEWEST: Final = 2
"""Posts that are drawn of every stratum before others, if it has them."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A post to be labelled.

    ``chance`` is that of a post of its stratum to be drawn (0 to 1), ``weight`` for how many posts it stands
    against the others of the draw (1 where all strata have the same chance).
    """

    post: str
    stratum: Stratum
    chance: float
    weight: float


def choose(
    predicted: Mapping[str, Stratum], k: int, *, seed: int, labelled: Collection[str] = ()
) -> tuple[Drawn, ...]:
    """Up to ``k`` posts to be labelled next, in an order that mixes the strata.

    ``predicted`` are all posts of the query with what the classifier said, ``labelled`` those that people
    have looked at already, for whatever reason. Strata get their part by the square root of their size, and
    two at least (power allocation: Bankier, The American Statistician 42, 1988, 174): what the classifier
    rarely says is looked at more often than by pure chance, for it tells most of its class. Chances and
    weights are those of the whole sample, earlier draws included.
    """
    queues = _queues(predicted, seed)
    done = set(labelled) & predicted.keys()
    parts = _allotted({stratum: len(queue) for stratum, queue in queues.items()}, len(done) + k)
    waiting = [
        ((place + 0.5) / parts[stratum], place, post)
        for stratum, queue in queues.items()
        for place, post in enumerate(queue[: parts[stratum]])
        if post not in done
    ]
    chosen = [post for _, _, post in sorted(waiting)[:k]]
    reached = {each: _reached(queue, done.union(chosen)) for each, queue in queues.items()}
    share = {each: len(queue) / len(predicted) for each, queue in queues.items()}
    whole = sum(reached.values())
    return tuple(
        Drawn(
            post=post,
            stratum=(stratum := predicted[post]),
            chance=reached[stratum] / len(queues[stratum]),
            weight=share[stratum] * whole / reached[stratum],
        )
        for post in chosen
    )


def at_random(predicted: Mapping[str, Stratum], seen: Collection[str], *, seed: int) -> frozenset[str]:
    """Those of the posts looked at that are a random sample of the query within each stratum.

    They are the ones that stand in the queue of their stratum before the first that nobody has looked at:
    whose turn it was, whatever made a person look. ``seen`` holds also posts that a person could not decide
    on (leave those out of the labels afterwards). When a query has grown, or is another one, few may remain
    until ``choose`` has filled the gaps; labels that were once drawn count as from elsewhere until then.
    """
    looked_at = set(seen)
    queues = _queues(predicted, seed).values()
    return frozenset(post for queue in queues for post in queue[: _reached(queue, looked_at)])


def _reached(queue: Sequence[str], seen: Collection[str]) -> int:
    """How many stand in the queue before the first that nobody has looked at."""
    return next((place for place, post in enumerate(queue) if post not in seen), len(queue))


def _queues(predicted: Mapping[str, Stratum], seed: int) -> dict[Stratum, list[str]]:
    queues: dict[Stratum, list[str]] = {stratum: [] for stratum in sorted(set(predicted.values()), key=str)}
    for post in sorted(predicted, key=lambda post: _order(post, seed)):
        queues[predicted[post]].append(post)
    return queues


def _order(post: str, seed: int) -> bytes:
    return hashlib.blake2b(post.encode(), key=seed.to_bytes(8, "big"), digest_size=16).digest()


def _allotted(sizes: Mapping[Stratum, int], k: int) -> dict[Stratum, int]:
    """So many of each stratum, ``k`` in all if there are as many: one by one to whom most is due.

    Due is the square root of the size over what it has (Sainte-Lague); the first two of each come first.
    """
    parts = dict.fromkeys(sizes, 0)
    due = [(-math.inf, -size, str(each), each) for each, size in sizes.items() if size]
    heapq.heapify(due)
    for _ in range(min(k, sum(sizes.values()))):
        _, _, name, each = heapq.heappop(due)
        parts[each] += 1
        if parts[each] < sizes[each]:
            claim = math.inf if parts[each] < FEWEST else math.sqrt(sizes[each]) / (2 * parts[each] + 1)
            heapq.heappush(due, (-claim, parts[each] - sizes[each], name, each))
    return parts
