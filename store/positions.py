"""Words that stand near each other in a text, as the engines tell them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def near(clause: Body, positions: Mapping[str, Sequence[int]]) -> list[Span]:
    """Where the words of a span query stand: first place, and the place behind the last."""
    ((kind, inner),) = clause.items()
    if kind == "span_term":
        (word,) = inner.values()
        return [(place, place + 1) for place in positions.get(word, ())]
    parts = [near(part, positions) for part in inner["clauses"]]
    if kind == "span_or":
        return sorted({span for spans in parts for span in spans})
    found: list[Span] = []
    for start, end in parts[0]:
        between, at = 0, end
        for spans in parts[1:]:
            # The next that begins behind it is also the nearest, for all of one part are equally long.
            following = next((span for span in spans if span[0] >= at), None)
            if following is None:
                return found
            between += following[0] - at
            at = following[1]
        if between <= inner["slop"]:
            found.append((start, at))
    return found
