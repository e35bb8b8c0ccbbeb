"""Posts that say nearly the same: a small sketch of each text, and who said it first.

A text is the set of its runs of three words; two texts are as similar as their sets overlap (Jaccard), and
MinHash tells that from sketches (Broder 1997: the least value of a random order of all runs is the same for
both with just that probability). Stored are 16 bits of each least value (Li and König 2010), and bands of
three values, so that an engine finds likely copies by keywords alone (Indyk and Motwani 1998).

Links, mentions, numbers and emoji do not count: the same text with another link is a copy. Five words or
more are compared by runs; **three or four are a copy only of the very same words; fewer have no sketch**, and
neither has a repost, which says nothing of its own. Writing that parts words by no spaces (Thai, Khmer)
makes long words, so its copies must be nearer to each other.
"""

from __future__ import annotations

import re
import zlib
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from nlp import spellings

Sketch = tuple[int, ...]
"""The least values of ``SIZE`` orders, 16 bits of each; empty where a text is too short to tell."""
Key = tuple[datetime, str]
"""What posts are ordered by: when they were written, then their id."""

VERSION: Final = "1"
THRESHOLD: Final = 0.4
"""Texts at least so similar are copies: of twenty words one or two are changed, or a third is cut off."""
BANDS: Final = 12
ROWS: Final = 3
SIZE: Final = BANDS * ROWS
_RUN: Final = 3
_LEAST_RUNS: Final = 5
_LEAST: Final = 3
_BATCH: Final = 8_192
"""About so many words are done at once; all orders of all their runs are then 2 MB."""

_MASK: Final = (1 << 64) - 1
_ELONGATED: Final = re.compile(r"(.)\1\1+")
_FORWARDED: Final = "rt"


def _mixed(number: int) -> int:
    """A number of 64 bits that looks like chance (SplitMix64, Steele, Lea and Flood 2014)."""
    number = (number + 0x9E3779B97F4A7C15) & _MASK
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & _MASK
    return number ^ (number >> 31)


_FACTORS: Final = np.array([_mixed(2 * place + 1) | 1 for place in range(SIZE)], dtype=np.uint64)
_SHIFTS: Final = np.array([_mixed(2 * place + 2) for place in range(SIZE)], dtype=np.uint64)
_PLACES: Final = np.array([_mixed(1_000 + place) | 1 for place in range(_RUN)], dtype=np.uint64)
_STIR: Final = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def sketch(words: Sequence[str]) -> Sketch:
    """What near copies of these folded words are known by; ``()`` for a text of fewer than three.

    For many texts ``sketches`` is several times quicker.
    """
    return next(sketches([words]))


def sketches(texts: Iterable[Sequence[str]]) -> Iterator[Sketch]:
    """``sketch`` of each text, in order; the words of a text are folded and without links and mentions."""
    waiting: list[list[int]] = []
    weight = 0
    for words in texts:
        waiting.append(_codes(words))
        weight += len(waiting[-1]) + 1
        if weight >= _BATCH:
            yield from _sketched(waiting)
            waiting, weight = [], 0
    if waiting:
        yield from _sketched(waiting)


def similarity(first: Sketch, second: Sketch) -> float:
    """How much two texts overlap, 0 to 1, give or take 0.08 (a standard error); 0 where one has no sketch."""
    if not first or len(first) != len(second):
        return 0.0
    return sum(map(int.__eq__, first, second)) / len(first)


def bands(of: Sketch) -> tuple[str, ...]:
    """The keywords of which copies share at least one, with a probability of 1 - (1 - similarity³)¹².

    That is .55 at a similarity of .4, .80 at .5, .95 at .6, .99 at .7 and all but sure above; of pairs that
    overlap by a twentieth it is one in 700. Each has 24 bits, so that an index has few of them; what is
    found by them is to be compared by sketch.
    """
    return tuple(
        f"{place // ROWS:x}{_mixed(of[place] << 32 | of[place + 1] << 16 | of[place + 2]) >> 40:06x}"
        for place in range(0, len(of), ROWS)
    )


@dataclass(frozen=True, slots=True)
class Known:
    """A post as far as copies are concerned."""

    id: str
    created_at: datetime
    sketch: Sketch

    @property
    def key(self) -> Key:
        return self.created_at, self.id


def alike(first: Sketch, second: Sketch) -> bool:
    """Whether one is a copy of the other: similar enough, and found by a band that both have."""
    return similarity(first, second) >= THRESHOLD and any(
        first[place : place + ROWS] == second[place : place + ROWS] for place in range(0, len(first), ROWS)
    )


def earliest(post: Known, candidates: Iterable[Known]) -> str | None:
    """The id of the earliest candidate (by time, then id) that the post is a copy of, ``None`` if it is none.

    It depends on the texts and times alone, so any order of arrival ends in the same answer, if whoever
    stores it asks ``later`` as well. A post is compared with the other post itself, never with what
    that is a copy of: where B copies A, and C copies B without being like A, then C is a copy of B. So what
    is said to be a copy of a post always resembles that post, and families cannot drift.
    """
    keys = [known.key for known in candidates if known.key < post.key and alike(post.sketch, known.sketch)]
    return min(keys)[1] if keys else None


def later(post: Known, candidates: Iterable[Known]) -> tuple[str, ...]:
    """The ids of the candidates that are later copies of the post, in order of time.

    They are to be said copies of it, unless the post they are a copy of by now is earlier than this.
    """
    keys = [known.key for known in candidates if known.key > post.key and alike(post.sketch, known.sketch)]
    return tuple(key[1] for key in sorted(keys))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post belongs: the earliest post it is a copy of, and the known ones that are now its copies."""

    first: str | None = None
    later: tuple[str, ...] = ()


class _Wording:
    """All known posts with one and the same sketch, the earliest of them and the latest there ever was."""

    __slots__ = ("first", "last", "members", "sketch")

    def __init__(self, of: Sketch) -> None:
        self.sketch = of
        self.members: dict[str, datetime] = {}
        self.first: Key | None = None
        self.last: Key | None = None

    def add(self, key: Key) -> None:
        self.members[key[1]] = key[0]
        if self.first is None or key < self.first:
            self.first = key
        if self.last is None or key > self.last:
            self.last = key

    def drop(self, post_id: str) -> None:
        del self.members[post_id]
        if self.first is not None and self.first[1] == post_id:
            self.first = min(((at, other) for other, at in self.members.items()), default=None)


class Copies:
    """The posts seen last, by what they say: tells of each new one which earlier post it copies.

    ``limit`` posts are remembered (under 3 kB each where all differ); those that were neither added nor
    copied for the longest time are forgotten first. What is remembered gives the same families in any order
    of arrival; a copy of a post that is forgotten counts as the first of its kind.
    """

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._known: OrderedDict[str, Sketch] = OrderedDict()
        self._wordings: dict[Sketch, _Wording] = {}
        self._banded: dict[str, list[_Wording]] = {}
        self._first: dict[str, Key] = {}

    def __len__(self) -> int:
        return len(self._known)

    def add(self, post: Known) -> Place:
        """Remember the post and tell its place; a known id is placed anew by what it says now."""
        self.forget(post.id)
        if not post.sketch:
            return Place()
        found = [wording for wording in self._near(post.sketch) if alike(post.sketch, wording.sketch)]
        firsts = [wording.first for wording in found if wording.first is not None]
        first = min(firsts, default=post.key)
        after = tuple(sorted(self._after(post.key, found)))
        for _, post_id in after:
            self._first[post_id] = post.key
        if first < post.key:
            self._first[post.id] = first
            self._known.move_to_end(first[1])
        self._remember(post)
        return Place(first[1] if first < post.key else None, tuple(post_id for _, post_id in after))

    def first(self, post_id: str) -> str | None:
        """The earliest post that a known one is a copy of, by all that has come until now."""
        key = self._first.get(post_id)
        return None if key is None else key[1]

    def forget(self, post_id: str) -> None:
        """Let a post go; copies that named it go on naming it."""
        of = self._known.pop(post_id, None)
        if of is None:
            return
        self._first.pop(post_id, None)
        wording = self._wordings[of]
        wording.drop(post_id)
        if not wording.members:
            del self._wordings[of]
            for band in bands(of):
                self._banded[band].remove(wording)
                if not self._banded[band]:
                    del self._banded[band]

    def _near(self, of: Sketch) -> list[_Wording]:
        found = {id(wording): wording for band in bands(of) for wording in self._banded.get(band, ())}
        return list(found.values())

    def _after(self, key: Key, found: list[_Wording]) -> Iterator[Key]:
        """The known posts that are later and name nothing earlier than this one."""
        for wording in found:
            # Posts mostly come in order, and then none of thousands is later.
            if wording.last is None or wording.last < key:
                continue
            for post_id, at in wording.members.items():
                if (at, post_id) > key and self._first.get(post_id, (at, post_id)) > key:
                    yield at, post_id

    def _remember(self, post: Known) -> None:
        wording = self._wordings.get(post.sketch)
        if wording is None:
            wording = self._wordings[post.sketch] = _Wording(post.sketch)
            for band in bands(post.sketch):
                self._banded.setdefault(band, []).append(wording)
        wording.add(post.key)
        self._known[post.id] = post.sketch
        if len(self._known) > self._limit:
            self.forget(next(iter(self._known)))


@lru_cache(maxsize=65_536)
def _letters(word: str) -> tuple[bytes, bool, bool]:
    """A word as it is compared (empty for a number), and whether it belongs to the next or the one before.

    Stretched letters count once, and alef with madda as alef, because many write it so.
    """
    if word.isdigit():
        return b"", False, False
    plain = _ELONGATED.sub(r"\1", word).replace("آ", "ا")
    return plain.encode("utf-8", "surrogatepass"), word in spellings.BEFORE, word in spellings.BEHIND


def _codes(words: Sequence[str]) -> list[int]:
    """A number for each word that counts; «می روم» and «میروم» (I go) are one word, as half-spaced."""
    codes: list[int] = []
    joins = False
    for word in words:
        letters, before, behind = _letters(word)
        if not letters or (word == _FORWARDED and not codes):
            continue
        # A checksum goes on where it was left, so the two parts of a word have that of the whole.
        if codes and (joins or behind):
            codes[-1] = zlib.crc32(letters, codes[-1])
        else:
            codes.append(zlib.crc32(letters))
        joins = before
    return codes


def _sketched(texts: list[list[int]]) -> Iterator[Sketch]:
    lengths = [len(codes) for codes in texts]
    long = [codes for codes in texts if len(codes) >= _LEAST_RUNS]
    short = [codes for codes in texts if _LEAST <= len(codes) < _LEAST_RUNS]
    of_long, of_short = iter(_least(*_runs(long))), iter(_least(*_wholes(short)))
    for length in lengths:
        if length >= _LEAST_RUNS:
            yield tuple(next(of_long))
        elif length >= _LEAST:
            yield tuple(next(of_short))
        else:
            yield ()


def _runs(texts: list[list[int]]) -> tuple[npt.NDArray[np.uint64], list[int]]:
    """The runs of three words of all texts as numbers, and where those of each text begin."""
    codes = np.fromiter((code for text in texts for code in text), dtype=np.uint64)
    if not len(codes):
        return codes, []
    joined = _PLACES[0] * codes[:-2] + _PLACES[1] * codes[1:-1] + _PLACES[2] * codes[2:]
    ends = np.cumsum([len(text) for text in texts])
    inside = np.ones(len(joined), dtype=bool)
    crossing = np.concatenate([ends[:-1] - 1, ends[:-1] - 2])
    inside[crossing] = False
    starts = np.concatenate([[0], (ends - 2 * np.arange(1, len(ends) + 1))[:-1]])
    return _stirred(joined[inside]), starts.tolist()


def _wholes(texts: list[list[int]]) -> tuple[npt.NDArray[np.uint64], list[int]]:
    """Each text as one number."""
    numbers = [zlib.crc32(b"".join(code.to_bytes(4, "big") for code in text)) for text in texts]
    return _stirred(np.array(numbers, dtype=np.uint64)), list(range(len(texts)))


def _stirred(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _STIR[0]
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _STIR[1]
    return numbers ^ (numbers >> np.uint64(31))


def _least(numbers: npt.NDArray[np.uint64], starts: list[int]) -> list[list[int]]:
    """The least value of each text's runs in each order, 16 of its bits."""
    if not starts:
        return []
    # Order by order for a book, which would be gigabytes otherwise.
    step = SIZE if len(numbers) <= 2 * _BATCH else 1
    parts = [
        np.minimum.reduceat(
            numbers[np.newaxis, :] * _FACTORS[at : at + step, np.newaxis]
            + _SHIFTS[at : at + step, np.newaxis],
            starts,
            axis=1,
        )
        for at in range(0, SIZE, step)
    ]
    least = np.concatenate(parts)
    found: list[list[int]] = ((least >> np.uint64(16)) & np.uint64(0xFFFF)).T.tolist()
    return found
