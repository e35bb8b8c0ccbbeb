"""The names that a project watches for, in every spelling in which they are the same name."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from nlp.fold import fold, words


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedEntity:
    """A brand, person or product of the project and the names it goes by."""

    id: str
    names: tuple[str, ...]
    label: str = "ORG"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """Everything that the project wants recognised."""

    entities: tuple[WatchedEntity, ...] = ()

    def version(self) -> str:
        """A short mark that changes when the list does."""
        written = "\0".join("\0".join((entity.id, entity.label, *entity.names)) for entity in self.entities)
        return hashlib.blake2b(written.encode(), digest_size=4).hexdigest()


KINDS = {"PER": "person", "LOC": "place", "ORG": "organisation"}
"""Labels of names that are counted though nobody watches for them, and what their keys begin with."""


def key_of(label: str, written: str) -> str | None:
    """Under which key a name is counted that is no watched one; ``None`` for other labels.

    >>> key_of("LOC", "تهران")  # Tehran
    'place:تهران'
    """
    kind = KINDS.get(label)
    spoken = " ".join(parts(written))
    return f"{kind}:{spoken}"[:120] if kind and spoken else None


GAP = " "
"""The norm of white space and of a hyphen or underscore between words."""
_GAPS = " \t\u00a0\u2009\u202f\u200b\u200c_-\u2010\u2011\u2013"

# Persian plurals with their endings; the half-space before them is gone after folding.
_PLURALS = tuple(
    "ها" + ending for ending in ("", "ی", "یی", "یم", "یت", "یش", "یمان", "یتان", "یشان", "مون", "تون", "شون")
)
# The ezafe is written as yeh after a vowel; after a consonant the same letter would make another word.
_EZAFE = {"ا": ("ی",), "و": ("ی",), "ه": ("ی", "ای")}
_ARABIC_SCRIPT = re.compile(r"[\u0620-\u06ff]$")
_MOST_PARTS = 5


def parts(name: str) -> list[str]:
    """The words of a name, folded, as finely as it is ever written: at spaces, half-spaces and hyphens."""
    return words(name.replace("\u200c", " "))


def joined(name: str) -> str:
    """A name in one word, as in a hashtag; empty where it has no letters."""
    return "".join(parts(name))


def spellings(name: str) -> Iterator[list[str]]:
    """Every way of joining the words of a name: spaced, half-spaced (which folds to joined), in one word."""
    found = parts(name)
    if len(found) > _MOST_PARTS:
        yield found
        yield ["".join(found)]
        return
    for cuts in product((True, False), repeat=max(0, len(found) - 1)):
        groups = found[:1]
        for part, cut in zip(found[1:], cuts, strict=True):
            if cut:
                groups.append(part)
            else:
                groups[-1] += part
        if groups:
            yield groups


def inflected(word: str) -> list[str]:
    """A folded word and the forms that Persian writes together with it (plural, ezafe)."""
    if not _ARABIC_SCRIPT.search(word):
        return [word]
    return [word, *(word + ending for ending in _PLURALS + _EZAFE.get(word[-1], ()))]


def patterns(watched: Iterable[WatchedEntity]) -> list[dict[str, str]]:
    """What spaCy's entity ruler is given: a phrase for each form of each spelling of each name.

    Phrases are matched by norm; one with hyphens stands for every kind of gap that is a word of its own.
    """
    made = []
    for entity in watched:
        groupings = {tuple(groups) for name in entity.names for groups in spellings(name)}
        phrases = {
            between.join((*groups[:-1], last))
            for groups in groupings
            for last in inflected(groups[-1])
            for between in (" ", "-")
        }
        made += [{"label": entity.label, "id": entity.id, "pattern": phrase} for phrase in sorted(phrases)]
    return made


@lru_cache(maxsize=65_536)
def norm(surface: str) -> str:
    """What a written word is compared by: its folded letters, ``GAP`` for white space and hyphens."""
    letters = "".join(words(surface))
    if letters:
        return letters
    return GAP if not surface.strip(_GAPS) else surface


def base_length(surface: str, bases: frozenset[str]) -> int:
    """How much of a recognised surface is the name itself, without the endings written onto it."""
    if norm(surface.replace(" ", "")) in bases:
        return len(surface)
    for end in range(1, len(surface)):
        letters = "".join(words(surface[:end].replace(" ", "")))
        if letters in bases:
            while end < len(surface) and surface[end] != "\u200c" and not fold(surface[end]):
                end += 1
            return end
    return len(surface)
