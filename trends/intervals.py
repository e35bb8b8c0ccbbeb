"""Spans of time as sorted, disjoint pairs of seconds: joined, cut, and laid over each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

Span = tuple[int, int]
Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """All that lies in any of the spans; those that touch become one, empty ones go.

    >>> union([(5, 9), (0, 2), (2, 4), (7, 7)])
    ((0, 4), (5, 9))
    """
    found: list[Span] = []
    for since, until in sorted(span for span in spans if span[0] < span[1]):
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return tuple(found)


def subtract(spans: Sequence[Span], others: Sequence[Span]) -> Spans:
    """What lies in the spans and in none of the others; both are sorted and disjoint.

    >>> subtract(((0, 10),), ((2, 3), (9, 12)))
    ((0, 2), (3, 9))
    """
    found: list[Span] = []
    first = 0
    for since, until in spans:
        while first < len(others) and others[first][1] <= since:
            first += 1
        at, place = since, first
        while place < len(others) and others[place][0] < until:
            if others[place][0] > at:
                found.append((at, others[place][0]))
            at = max(at, others[place][1])
            place += 1
        if at < until:
            found.append((at, until))
    return tuple(found)


def common(spans: Sequence[Span], others: Sequence[Span]) -> Spans:
    """What lies in both.

    >>> common(((0, 4), (6, 9)), ((3, 7),))
    ((3, 4), (6, 7))
    """
    found: list[Span] = []
    a = b = 0
    while a < len(spans) and b < len(others):
        since, until = max(spans[a][0], others[b][0]), min(spans[a][1], others[b][1])
        if since < until:
            found.append((since, until))
        if spans[a][1] <= others[b][1]:
            a += 1
        else:
            b += 1
    return tuple(found)


def near(spans: Spans, span: Span) -> Spans:
    """Those of sorted, disjoint spans that have time in common with one, whole.

    >>> near(((0, 4), (6, 9), (9, 12)), (3, 9))
    ((0, 4), (6, 9))
    """
    first = bisect_right(spans, span[0], key=lambda each: each[1])
    last = bisect_left(spans, span[1], key=lambda each: each[0])
    return spans[first:last]


def length(spans: Iterable[Span]) -> int:
    """How many seconds lie in them."""
    return sum(until - since for since, until in spans)
