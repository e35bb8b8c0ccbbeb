"""Many things in portions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

_Thing = TypeVar("_Thing")


def portions(things: Iterable[_Thing], size: int) -> Iterator[list[_Thing]]:
    """The things in lists of ``size``, the last one shorter."""
    left = iter(things)
    while portion := list(islice(left, size)):
        yield portion
