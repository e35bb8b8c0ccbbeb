"""Whether two places hold the same documents: how many there are, and a sum over all of them.

The sum does not depend on the order, so that engines need not agree on one, and it is the same for
equal documents whatever order their fields stand in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from store.protocol import Document

_MODULUS: Final = 2**128
_encode: Final = msgspec.json.Encoder(order="deterministic").encode


@dataclass(slots=True)
class Tally:
    """Documents counted so far."""

    count: int = 0
    sum: int = 0

    def add(self, document: Document) -> None:
        """Count one more."""
        self.count += 1
        self.sum = (self.sum + number_of(document)) % _MODULUS

    def over(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents, counted as they pass."""
        for document in documents:
            self.add(document)
            yield document

    @property
    def text(self) -> str:
        """The sum as it is written down."""
        return f"{self.sum:032x}"


def number_of(document: Document) -> int:
    """128 bits that stand for the document."""
    return int.from_bytes(hashlib.blake2b(_encode(document), digest_size=16).digest(), "big")
