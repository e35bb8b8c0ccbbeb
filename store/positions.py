"""Words that stand near each other in a text, as the engines tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import merge

from store.protocol import Body

Positions = dict[str, list[int]]
"""The places of each word in a text, in order."""
Span = tuple[int, int]


def phrase(wanted: Sequence[str], words: list[str]) -> bool:
    """Whether the wanted words stand next to each other in this order."""
    first, size = wanted[0], len(wanted)
    at = -1
    try:
        while True:
            at = words.index(first, at + 1)
            if words[at : at + size] == wanted:
                return True
    except ValueError:
        return False


def within(wanted: Sequence[str], positions: Mapping[str, Sequence[int]], slop: int) -> bool:
    """Whether the words stand so that moving them by ``slop`` places in all makes the phrase.

    Each place counts for one word only. The measure is Lucene's: how far the words lie apart once each
    is moved back by its place in the phrase.
    """
    if any(len(positions.get(word, ())) < wanted.count(word) for word in wanted):
        return False
    # The rarest word first: it leaves the fewest ways to go on.
    order = sorted(range(len(wanted)), key=lambda i: len(positions[wanted[i]]))

    def goes_on(depth: int, low: int, high: int, taken: frozenset[int]) -> bool:
        if depth == len(order):
            return True
        shift = order[depth]
        for place in positions[wanted[shift]]:
            moved = place - shift
            if place in taken or max(high, moved) - min(low, moved) > slop:
                continue
            if goes_on(depth + 1, min(low, moved), max(high, moved), taken | {place}):
                return True
        return False

    shift = order[0]
    return any(
        goes_on(1, place - shift, place - shift, frozenset([place])) for place in positions[wanted[shift]]
    )


def spans_near(clause: Body, positions: Mapping[str, Sequence[int]]) -> list[Span]:
    """Where the words of a span query stand: first place, and the place behind the last."""
    ((kind, inner),) = clause.items()
    if kind == "span_term":
        ((_, word),) = inner.items()
        return [(place, place + 1) for place in positions.get(word, ())]
    if kind == "span_or":
        return sorted(set(merge(*(spans_near(part, positions) for part in inner["clauses"]))))
    parts = [spans_near(part, positions) for part in inner["clauses"]]
    if not all(parts):
        return []
    near = _ordered if inner["in_order"] else _unordered
    return near(parts, inner["slop"])


def _ordered(parts: list[list[Span]], slop: int) -> list[Span]:
    """Spans in which each part begins where the one before it has ended, or later."""
    found: list[Span] = []
    for start, end in parts[0]:
        gaps, at = 0, end
        for spans in parts[1:]:
            following = min((span for span in spans if span[0] >= at), default=None)
            if following is None:
                return found
            gaps += following[0] - at
            at = following[1]
        if gaps <= slop:
            found.append((start, at))
    return found


def _unordered(parts: list[list[Span]], slop: int) -> list[Span]:
    """Spans that take in one of each part, in any order."""
    at = [0] * len(parts)
    found = []
    while True:
        now = [spans[place] for spans, place in zip(parts, at, strict=True)]
        start, end = min(span[0] for span in now), max(span[1] for span in now)
        if end - start - sum(b - a for a, b in now) <= slop:
            found.append((start, end))
        first = min(range(len(now)), key=now.__getitem__)
        at[first] += 1
        if at[first] == len(parts[first]):
            return found
