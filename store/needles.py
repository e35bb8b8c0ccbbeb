"""Whether a text holds somebody or something that is to be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from posts.forgetting import GONE

_WORD: Final = re.compile(r"[^\s\"'<>,{}\[\]()\\]+")
_EDGES: Final = ".:;!?-"


@dataclass(frozen=True, kw_only=True)
class Needles:
    """Ids of posts, keys of authors, and the names that these write under (``sara``, ``sara@h.example``)."""

    ids: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    handles: frozenset[str] = field(default_factory=frozenset)

    @cached_property
    def people(self) -> re.Pattern[str] | None:
        """What finds a person: their key or whole handle anywhere, a bare name where it is one."""
        whole = {*self.keys, *(handle for handle in self.handles if "@" in handle)}
        bare = {handle.partition("@")[0] for handle in self.handles} | {
            key.rpartition(":")[2] for key in self.keys
        }
        parts = [rf"(?<![\w.]){_any(whole)}(?![\w])"] if whole else []
        parts += [rf"(?<=[@＠/:\"]){_any(bare)}(?![\w@])"] if bare else []
        return re.compile("|".join(parts), re.IGNORECASE) if parts else None

    def in_text(self, text: str | None) -> bool:
        """Whether one of them stands in the text."""
        if not text:
            return False
        if self.people is not None and self.people.search(text):
            return True
        return bool(self.ids) and any(word in self.ids for word in _words(text))

    def blanked(self, text: str) -> str:
        """The text with another word in their places."""
        if self.people is not None:
            text = self.people.sub(GONE, text)
        return _WORD.sub(lambda word: GONE if self.ids & set(_words(word[0])) else word[0], text)

    def overwritten(self, raw: bytes) -> bytes:
        """Bytes of a log as long as before, with crosses in the places of names and ids."""
        text = raw.decode("utf-8", "surrogateescape")
        if not self.in_text(text):
            return raw

        def crosses(found: re.Match[str]) -> str:
            return "x" * len(found[0].encode("utf-8", "surrogateescape"))

        if self.people is not None:
            text = self.people.sub(crosses, text)
        text = _WORD.sub(lambda word: crosses(word) if self.ids & set(_words(word[0])) else word[0], text)
        return text.encode("utf-8", "surrogateescape")


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + ")"


def _words(text: str) -> Iterator[str]:
    """The words of a text, each also without what stands at its edges."""
    for match in _WORD.finditer(text):
        word = match[0]
        yield word
        yield word.strip(_EDGES)
