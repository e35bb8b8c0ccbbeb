"""Names known everywhere (``data/gazetteer.txt``): which words of a text they are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from nlp.fold import words

LABELS: Final = ("PER", "LOC", "ORG")
GIVEN: Final = "given"
FAMILY: Final = "family"
_SECTION: Final = re.compile(r"\[(\w+)( unsure)?\]")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names by their folded words. A mark is a label (``LOC``), one in doubt (``LOC?``), ``given`` or
    ``family``.

    ``marks`` has those of each name, ``longest`` the number of words of the longest name that begins with
    a word; ``version`` changes with the list.
    """

    marks: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    version: str = ""

    def mark(self, norms: Sequence[str], forms: Sequence[str]) -> list[str]:
        """What the gazetteer says of each word, "" where nothing: the longest names first from the left.

        A name of several words is marked ``B-LOC``, ``I-LOC``; one in Latin letters without its capitals
        in small letters (``b-loc``).
        """
        said = [""] * len(norms)
        at = 0
        while at < len(norms):
            length = self.longest.get(norms[at], 0)
            while length > 1 and tuple(norms[at : at + length]) not in self.marks:
                length -= 1
            if length:
                length = min(length, len(norms) - at)
                found = self.marks.get(tuple(norms[at : at + length]))
                if found:
                    self._say(said, at, length, "+".join(found), forms)
            at += max(1, length)
        return said

    def _say(self, said: list[str], at: int, length: int, mark: str, forms: Sequence[str]) -> None:
        if _is_small(forms[at]):
            mark = mark.lower()
        if length == 1:
            said[at] = mark
        else:
            said[at] = f"B-{mark}"
            said[at + 1 : at + length] = [f"I-{mark}"] * (length - 1)


@cache
def shipped() -> Gazetteer:
    """The gazetteer of this room."""
    return parse((files("nlp") / "data" / "gazetteer.txt").read_text(encoding="utf-8"))


def parse(written: str) -> Gazetteer:
    """A gazetteer as it is written: sections of labels, names parted by ``|``, parts of names by spaces."""
    marks: dict[tuple[str, ...], set[str]] = {}
    longest: dict[str, int] = {}
    mark = ""
    for line in written.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if section := _SECTION.fullmatch(line.strip()):
            mark = section[1] + ("?" if section[2] else "")
            continue
        for name in line.split() if mark in (GIVEN, FAMILY) else line.split("|"):
            for parts in _written(name):
                marks.setdefault(parts, set()).add(mark)
                longest[parts[0]] = max(longest.get(parts[0], 0), len(parts))
    version = hashlib.blake2b(written.encode(), digest_size=2).hexdigest()
    return Gazetteer({name: _settled(found) for name, found in marks.items()}, longest, version)


def certain(marks: Sequence[str], forms: Sequence[str]) -> list[tuple[int, int, str]]:
    """The names that need no model: first word, word after the last, label.

    Those that mean nothing else, written with their capitals, and a given name before a family name.
    """
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(marks):
        mark, after = marks[at], at + 1
        if mark.startswith("B-"):
            while after < len(marks) and marks[after] == f"I-{mark[2:]}":
                after += 1
        label = mark.removeprefix("B-")
        if label in LABELS:
            found.append((at, after, label))
        elif GIVEN in mark and _is_family(marks, forms, after) and not _is_small(forms[at]):
            after += 1
            found.append((at, after, "PER"))
        at = after
    return found


def _is_family(marks: Sequence[str], forms: Sequence[str], at: int) -> bool:
    return at < len(marks) and FAMILY in marks[at].split("+") and not _is_small(forms[at])


def _is_small(form: str) -> bool:
    """Whether a word could begin with a capital and does not."""
    return form[0].isascii() and form[0].islower()


def _settled(found: set[str]) -> tuple[str, ...]:
    return tuple(sorted(mark for mark in found if f"{mark}?" not in found))


def _written(name: str) -> Iterator[tuple[str, ...]]:
    """A name with its half-spaces joined, and with spaces for them."""
    joined = tuple(words(name))
    if joined:
        yield joined
    parted = tuple(words(name.replace("\u200c", " ")))
    if parted and parted != joined:
        yield parted
    if 1 < len(parted) <= 4:
        yield ("".join(parted),)
