"""The other spellings of a Persian word: its parts joined, half-spaced or spaced.

«می‌روم», «میروم» and «می روم» (I go) are one word. Folding makes one of the first two, so a word has as many
spellings as there are ways to write its parts together or apart. Parts are told by the half-space, by what
Persian adds before and behind words (``data/spellings.toml``), and in a phrase by its spaces. A compound that
is typed joined, without a known ending, is taken apart where known words meet (``nlp.cuts``).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product
from pathlib import Path
from typing import Any, Final, Literal

from nlp.cuts import compound
from nlp.fold import fold, tokens
from nlp.madda import other

Reason = Literal["half-space", "affix", "phrase"]
Run = tuple[str, ...]

MAX_RUNS: Final = 48
"""Spellings of one phrase; further ones are left out."""

_PERSIAN: Final = re.compile(r"[\u0600-\u06ff]")
_HALF_SPACE: Final = "\u200c"
_AND: Final = "و"  # and
_MAX_ENDINGS: Final = 3
_LEAST: Final = {"ending": 2, "whose": 3, "second": 3, "first": 3, "verb": 2}
"""Letters that a beginning or ending leaves of the word."""
_AFTER: Final = {"behind_he": ("ه", "ی"), "ezafe": ("ه",)}
"""Endings that only words with such a last letter have."""
_SOUNDED: Final = frozenset("اویه")
"""Letters behind which a he is sounded, as in «راه» (way)."""


@dataclass(frozen=True, slots=True)
class Spellings:
    """The ways in which what was typed may be written, as typed first; each a run of folded words."""

    typed: str
    runs: tuple[Run, ...]
    reason: Reason | None

    @property
    def others(self) -> tuple[Run, ...]:
        """The spellings beside the one that was typed."""
        return self.runs[1:]


class _Parts:
    """What Persian puts together, folded."""

    def __init__(self) -> None:
        with (Path(__file__).parent / "data" / "spellings.toml").open("rb") as file:
            read: dict[str, Any] = tomllib.load(file)
        lists = {name: frozenset(map(fold, words)) for name, words in read.items() if name != "ezafe"}
        self.ezafe = fold(read["ezafe"])
        self.first, self.verb = sorted(lists["first"]), sorted(lists["verb"], key=len, reverse=True)
        self.verb_ends = tuple(lists["verb_ends"])
        self.kinds = {word: kind for kind in ("second", "whose", "behind_he") for word in lists[kind]} | {
            word: "ending" for word in lists["endings"]
        }
        self.endings = sorted({*self.kinds, self.ezafe}, key=lambda ending: (-len(ending), ending))
        self.whole, self.never_joined = lists["whole"], lists["never_joined"]
        self.long = tuple(word for word in self.whole if len(word) > 3)
        self.links_behind = frozenset(self.endings) - lists["own"]
        self.links_before = (lists["first"] | lists["verb"]) - lists["own"]


_PARTS: Final = _Parts()
BEFORE: Final = _PARTS.links_before
"""Folded words that belong to the next one, as «می» of «می روم» (I go)."""
BEHIND: Final = _PARTS.links_behind
"""Folded words that belong to the one before, as «ها» of «کتاب ها» (books)."""


def of_word(text: str) -> Spellings:
    """The spellings of one typed word.

    >>> of_word("میروم").runs
    (('میروم',), ('می', 'روم'))
    """
    return of_phrase(text)


@lru_cache(maxsize=4_096)
def of_phrase(text: str) -> Spellings:
    """The spellings of words that stand next to each other.

    >>> of_phrase("هوش مصنوعی").runs
    (('هوش', 'مصنوعی'), ('هوشمصنوعی',))
    """
    typed = tokens(text)
    if not typed or _PERSIAN.search(text) is None:
        return Spellings(text, (tuple(typed),), None)
    reasons: list[Reason] = []
    written: list[list[Run]] = []
    for word, pieces in zip(typed, _pieces(text, typed), strict=True):
        written.append(_written(word, pieces))
        if len(written[-1]) > 1:
            reasons.append("half-space" if len(pieces) > 1 else "affix")
    joints = list(_joints(typed))
    if len(joints) > 1:
        reasons.append("phrase")
    found = (_run(words, joint) for joint in joints for words in product(*written))
    runs = tuple(islice(dict.fromkeys(islice(found, 4 * MAX_RUNS)), MAX_RUNS))
    return Spellings(text, runs, reasons[0] if len(runs) > 1 else None)


def linked(first: str, second: str) -> bool:
    """Whether two typed words are one, because one of them is never a word of its own.

    >>> linked("کتاب", "ها"), linked("چای", "سبز")
    (True, False)
    """
    before, behind = tokens(first), tokens(second)
    if len(before) != 1 or len(behind) != 1 or not may_join(before[0], behind[0]):
        return False
    return before[0] in _PARTS.links_before or _ends(before[0], behind[0])


def may_join(first: str, second: str) -> bool:
    """Whether two neighbours of a phrase may be written as one word."""
    if _PERSIAN.search(first) is None or _PERSIAN.search(second) is None or second in _PARTS.verb:
        return False
    if _ends(first, second):
        return first not in _PARTS.never_joined
    return not {first, second} & _PARTS.never_joined and first not in _PARTS.links_behind


def _ends(word: str, ending: str) -> bool:
    """Whether this is an ending that such a word has."""
    if ending not in _PARTS.links_behind:
        return False
    kind = _PARTS.kinds.get(ending, "ezafe")
    return kind not in _AFTER or _takes(word, kind)


def _takes(word: str, kind: str) -> bool:
    """Whether the last letter is one before which such an ending stands: a mute he is behind no vowel."""
    return word.endswith(_AFTER[kind]) and not (word.endswith("ه") and word[-2:-1] in _SOUNDED)


def ways(word: str) -> Iterator[list[str]]:
    """The folded word taken apart into beginning, middle and endings, each way that it may be.

    >>> list(ways("نمیخواهم"))
    [['نمی', 'خواهم'], ['نمیخواهم']]
    """
    for middle, endings in _without_endings(word, []):
        for start in (_PARTS.verb, _PARTS.first):
            found = next((part for part in start if _begins(middle, part)), None)
            if found:
                yield [found, middle.removeprefix(found), *endings]
                break
        if parts := _compound(middle):
            yield [*parts, *endings]
        if endings or middle == word:
            yield [middle, *endings]


def _compound(word: str) -> tuple[str, ...]:
    """The words of a compound that is written as one; words that are never joined are no part of one."""
    if word in _PARTS.whole:
        return ()
    parts = compound(word)
    inner = [part for place, part in enumerate(parts) if part != _AND or place in (0, len(parts) - 1)]
    return () if _PARTS.never_joined.intersection(inner) or len(parts) > _MAX_ENDINGS else parts


def _without_endings(word: str, endings: list[str]) -> Iterator[tuple[str, list[str]]]:
    if len(endings) < _MAX_ENDINGS and not {word, word.removesuffix("ی")} & _PARTS.whole:
        for ending in _endings(word):
            yield from _without_endings(word.removesuffix(ending), [ending, *endings])
    yield word, endings


def _endings(word: str) -> Iterator[str]:
    """The longest ending that leaves enough of the word, and one behind a mute he that is none of its."""
    longest = ""
    for ending in _PARTS.endings:
        rest = word.removesuffix(ending)
        if rest == word or (longest and not longest.startswith("ه")):
            continue
        kind = _PARTS.kinds.get(ending, "ezafe")
        if kind in _AFTER:
            if len(rest) > _LEAST["ending"] and _takes(rest, kind):
                longest = ending
                yield ending
        elif not longest and len(rest) >= _LEAST[kind]:
            longest = ending
            yield ending


def _begins(word: str, part: str) -> bool:
    if word in _PARTS.whole or not word.startswith(part):
        return False
    rest = word.removeprefix(part)
    if part in _PARTS.verb:
        return len(rest) >= _LEAST["verb"] and rest.endswith(_PARTS.verb_ends)
    return len(rest) >= _LEAST["first"] and not word.startswith(_PARTS.long)


def _pieces(text: str, typed: Sequence[str]) -> Iterator[list[str]]:
    """Each typed word cut where a half-space stood in it."""
    fine = iter(tokens(text.replace(_HALF_SPACE, " ")))
    for word in typed:
        pieces: list[str] = []
        while len("".join(pieces)) < len(word):
            piece = next(fine, None)
            if piece is None:
                break
            pieces.append(piece)
        yield list(_with_and(pieces)) if "".join(pieces) == word else [word]


def _with_and(pieces: list[str]) -> Iterator[str]:
    """The pieces, with «و» (and) apart where it begins one: «گفت‌وگو» (talk) is spaced «گفت و گو»."""
    for place, piece in enumerate(pieces):
        if place and piece.startswith(_AND) and len(piece) > 2:
            yield from (_AND, piece[1:])
        else:
            yield piece


def _written(word: str, pieces: list[str]) -> list[Run]:
    """The ways to write one word, itself first."""
    found: dict[Run, None] = {(word,): None}
    if madda := other(word):
        found[(madda,)] = None
    for taken in product(*(islice(ways(piece), 4) for piece in pieces)):
        parts = [part for piece in taken for part in piece]
        for joints in product((True, False), repeat=min(len(parts), 5) - 1):
            found[_run([(part,) for part in parts], (*joints, *[True] * (len(parts) - 1 - len(joints))))] = (
                None
            )
    return list(islice(found, 16))


def _joints(typed: Sequence[str]) -> Iterator[tuple[bool, ...]]:
    """Which neighbours of a phrase are written as one: none first, then one pair or an ending, then more."""
    spaces = (False,) * (len(typed) - 1)
    yield spaces
    if len(typed) == 3 and typed[1] == _AND:
        yield (True, True)  # «گفت‌وگو» (talk): three words that are one
    may = [place for place, pair in enumerate(pairwise(typed)) if may_join(*pair)]
    own = [place for place in may if not _ends(typed[place], typed[place + 1])]
    added = [place for place in may if place not in own]
    for choice in _some(own, most=2 if len(typed) <= 3 else 1):
        for endings in _some(added, most=3):
            if choice or endings:
                yield tuple(place in choice or place in endings for place in range(len(typed) - 1))


def _some(places: Sequence[int], *, most: int) -> Iterator[frozenset[int]]:
    """The sets of at most so many of the places, the small ones first."""
    if len(places) > 5:
        places = places[:5] if most > 1 else places
    yield frozenset()
    yield from (frozenset((place,)) for place in places)
    if most > 1:
        sets = (frozenset(p for p, on in zip(places, chosen, strict=True) if on)
                for chosen in product((False, True), repeat=len(places)))  # fmt: skip
        yield from (chosen for chosen in sets if 1 < len(chosen) <= most)


def _run(words: Iterable[Run], joints: Sequence[bool]) -> Run:
    """The words with those of them as one that are joined to the one before."""
    run: list[str] = []
    for place, word in enumerate(words):
        if place and joints[place - 1]:
            run[-1] += word[0]
            run.extend(word[1:])
        else:
            run.extend(word)
    return tuple(run)
