"""Which of many words and phrases say something of their own, and which are parts or echoes of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Final

ABSORBS: Final = 0.6
"""A word is hidden in a phrase that holds this share of its posts."""
EXTENDS: Final = 0.3
"""A phrase with one more word is its own where it holds this share of the shorter one's posts."""
ECHOES: Final = 0.8
"""Two phrases with a word in common are one when this share of the rarer one's posts holds both."""
SAME: Final = 0.9
"""Any two are one when this share of all their posts holds both, as where a text is copied."""


@dataclass(slots=True, kw_only=True)
class Nest:
    """A word or phrase: its words, what they are compared by, and its posts as the bits of a number.

    ``asks`` says that it begins or ends with a word of the question. ``parts`` are the shorter ones that it
    hides, ``beside`` those that stand in the same posts, ``rank`` its place among those that were given.
    """

    words: tuple[str, ...]
    keys: tuple[int, ...]
    posts: int
    asks: bool = False
    rank: int = 0
    gone: bool = False
    parts: list[tuple[str, ...]] = field(default_factory=list)
    beside: list[tuple[str, ...]] = field(default_factory=list)


def settle(nests: Sequence[Nest]) -> list[Nest]:
    """Those that say something of their own, in the order given, with what each of them hides."""
    for rank, nest in enumerate(nests):
        nest.rank = rank
    # What a phrase of other words has explained needs no phrase with the question's.
    for longer in sorted(nests, key=lambda nest: (nest.asks, -len(nest.keys), nest.rank)):
        parts = [nest for nest in nests if holds(longer, nest)]
        if longer.asks and any(part.gone for part in parts if len(part.keys) == 1):
            longer.gone = True
        elif not longer.gone:
            _hide_parts(longer, [nest for nest in parts if not nest.gone])
    kept: list[Nest] = []
    for nest in nests:
        if nest.gone:
            continue
        first = next((before for before in kept if _is_echo(nest, before)), None)
        if first is None:
            kept.append(nest)
        else:
            first.beside.append(nest.words)
    return kept


def _hide_parts(longer: Nest, parts: list[Nest]) -> None:
    """Hide what mostly stands in the longer phrase; or the phrase itself, if it is a chance extension."""
    posts = longer.posts.bit_count()
    if any(len(part.keys) > 1 and posts < EXTENDS * part.posts.bit_count() for part in parts):
        longer.gone = True
        return
    for part in parts:
        if posts >= ABSORBS * part.posts.bit_count():
            part.gone = True
            longer.parts.append(part.words)


def holds(longer: Nest, shorter: Nest) -> bool:
    """Whether the words of one stand in the other, next to each other and in order, and are not all of it."""
    size, keys = len(shorter.keys), longer.keys
    return size < len(keys) and any(keys[i : i + size] == shorter.keys for i in range(len(keys) - size + 1))


def _is_echo(nest: Nest, before: Nest) -> bool:
    both = (nest.posts & before.posts).bit_count()
    if both >= SAME * (nest.posts | before.posts).bit_count():
        return True
    if holds(nest, before) or holds(before, nest):
        return False
    fewer = min(nest.posts.bit_count(), before.posts.bit_count())
    alike = any(one == other for one, other in product(nest.keys, before.keys))
    return alike and both >= ECHOES * fewer
