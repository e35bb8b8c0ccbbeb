"""How a project reads: the names that it watches, and the models that it wants."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nlp.mending import Mending
from nlp.names import WatchList

Mode = Literal["fast", "careful"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that one project sets about reading.

    ``families`` mends those of hashtags. ``models`` names an installed spaCy model (or its folder) for a
    language, in place of the shipped one; ``mode`` chooses the quick or the careful shipped model. ``light``
    are models that were trained from the project's labels, by kind, as ``nlp.light`` writes them.
    """

    watched: WatchList = field(default_factory=WatchList)
    families: Mending = field(default_factory=Mending)
    models: Mapping[str, str] = field(default_factory=dict)
    mode: Mode = "fast"
    light: Mapping[str, bytes] = field(default_factory=dict)

    def version(self) -> str:
        """A short mark that changes when anything of it does."""
        parts = [
            self.watched.version(),
            self.mode,
            *(f"{code}={name}" for code, name in sorted(self.models.items())),
        ]
        digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=4)
        for kind in sorted(self.light):
            digest.update(kind.encode() + self.light[kind])
        return digest.hexdigest()
