"""How a project reads: the names that it watches, and the models that it wants."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from nlp.mending import Mending
from nlp.names import WatchedEntity, WatchList

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


class Named(Protocol):
    """A brand of a project's settings."""

    @property
    def id(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...


class ReadingSettings(Protocol):
    """The table of a project's settings that says how texts are read."""

    @property
    def mode(self) -> Mode: ...
    @property
    def models(self) -> dict[str, str]: ...
    @property
    def same_tags(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def apart_tags(self) -> tuple[str, ...]: ...


def families_of(settings: ReadingSettings) -> Mending:
    """The families of hashtags as the settings mend them."""
    return Mending(join=settings.same_tags, apart=settings.apart_tags)


def reading_of(settings: ReadingSettings, brands: Iterable[Named], *, light: Mapping[str, bytes]) -> Reading:
    """How a project reads: its brands are watched, ``light`` are the models that its labels have trained."""
    named = tuple(WatchedEntity(id=brand.id, label="ORG", names=brand.names) for brand in brands)
    return Reading(
        watched=WatchList(entities=named),
        families=families_of(settings),
        models=settings.models,
        mode=settings.mode,
        light=light,
    )
