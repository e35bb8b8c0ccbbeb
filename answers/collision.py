"""Warnings about a hashtag: two meanings (collision), taken over by others (hijack), or angry talk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal

import numpy as np

from answers.asking import Asking, bounded
from answers.carried import VOICES, Heard, Ints, heard
from answers.coverage import answered
from answers.narrowing import also, within
from posts.answer import Answer, Figure
from posts.query_errors import query_error
from posts.selection import Selection
from trends import contexts, verdict
from trends.contexts import LEAST, Marks

DAYS: Final = 30
"""How far back posts are read where no window is asked for."""
OPENED: Final = 100
"""Posts that a context opens to, the newest."""
ONE_LANGUAGE: Final = 0.9
"""The share of a context's people that write one language, from which on it is a context of that language."""
_NEUTRAL: Final = ("#", "@")
State = Literal["told", "few"]
Warned = Literal["hijack", "collision", "angry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One of two meanings: what its people say more than the others, their posts (opening the newest
    ``OPENED``), how many people they are, and the language most of them write."""

    words: tuple[str, ...]
    posts: Figure
    authors: Figure
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hijack:
    """The tag changed hands at ``since``: posts before and after, and the parts of them in a negative mood.

    ``newcomers`` is the share of its people since then that had not used it before; ``apart`` and ``chance``
    are those of ``trends.contexts.Turn``.
    """

    since: datetime
    before: Figure
    after: Figure
    negative_before: Figure
    negative_after: Figure
    newcomers: float
    apart: float
    chance: float
    words_before: tuple[str, ...]
    words_after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Warnings:
    """What speaks against a hashtag. ``few``: too few people use it to tell; ``told`` and nothing: none.

    ``contexts`` are none or two; ``mixing`` is how much they have in common, where there are two. ``angry``
    is how many of a hundred posts are surely negative, ``None`` where they are few (``trends.verdict``).
    ``read`` is how many posts were read.
    """

    state: State
    contexts: tuple[Context, ...]
    mixing: float | None
    hijack: Hijack | None
    angry: float | None
    read: int

    @property
    def codes(self) -> tuple[Warned, ...]:
        """The warnings by name."""
        told: dict[Warned, object] = {
            "hijack": self.hijack, "collision": self.contexts, "angry": self.angry,
        }  # fmt: skip
        return tuple(code for code, found in told.items() if found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _People:
    """Each person once: what they say, the places of their posts, and the language they mostly write."""

    said: tuple[frozenset[str], ...]
    places: tuple[Ints, ...]
    language: tuple[str, ...]
    first: Ints
    last: Ints


def warnings(asking: Asking, selection: Selection) -> Answer[Warnings]:
    """What speaks against the hashtag of the selection, in its window (else the last 30 days)."""
    if not selection.hashtag:
        raise query_error("unnamed", selection.query, 0)
    key = asking.families.key(selection.hashtag)
    selection = bounded(asking, selection.narrowed(hashtag=key), days=DAYS)
    return answered(asking, selection, weighed(asking, selection, key), "hashtag_warnings")


def weighed(asking: Asking, selection: Selection, key: str) -> Warnings:
    """What speaks against a hashtag within a selection that names it and has a window."""
    told = heard(asking, selection, key)
    people, angry = _people(told), _angry(told)
    if len(people.said) < 2 * LEAST:
        return Warnings(state="few", contexts=(), mixing=None, hijack=None, angry=angry, read=len(told.ids))
    hijack = _hijack(selection, told, people)
    two, mixing = _collision(told, people) if hijack is None else ((), None)
    return Warnings(state="told", contexts=two, mixing=mixing, hijack=hijack, angry=angry, read=len(told.ids))


def _angry(told: Heard) -> float | None:
    """How many of a hundred are surely negative, where that is many."""
    found = verdict.anger(int((told.negative == 1).sum()), int((told.negative >= 0).sum()))
    return found if found >= verdict.ANGRY else None


def _people(told: Heard) -> _People:
    """The people of these posts; of very many, those with the smallest hashes."""
    authors = np.unique(told.author[told.author >= 0])[:VOICES]
    places = [np.flatnonzero(told.author == one) for one in authors.tolist()]
    return _People(
        said=tuple(frozenset().union(*(told.said[n] for n in found)) for found in places),
        places=tuple(places),
        language=tuple(Counter(told.language[n] for n in found).most_common(1)[0][0] for found in places),
        first=np.array([told.at[found[0]] for found in places], dtype=np.int64),
        last=np.array([told.at[found[-1]] for found in places], dtype=np.int64),
    )


def _hijack(selection: Selection, told: Heard, people: _People) -> Hijack | None:
    turn = contexts.turn(people.first, people.last, people.said)
    if turn is None:
        return None
    at = datetime.fromtimestamp(turn.at, UTC)
    assert selection.since is not None
    assert selection.until is not None
    before, after = within(selection, selection.since, at), within(selection, at, selection.until)
    old = told.at < turn.at
    newcomer = people.first >= turn.at
    return Hijack(
        since=at,
        before=Figure(value=int(np.count_nonzero(old)), selection=before),
        after=Figure(value=int(np.count_nonzero(~old)), selection=after),
        negative_before=_negative(before, told.negative[old]),
        negative_after=_negative(after, told.negative[~old]),
        newcomers=turn.newcomers, apart=turn.apart, chance=turn.chance,
        words_before=contexts.telling(people.said, ~newcomer, newcomer),
        words_after=contexts.telling(people.said, newcomer, ~newcomer),
    )  # fmt: skip


def _negative(selection: Selection, moods: Ints) -> Figure:
    """The part of the posts with a mood that is negative, opening these."""
    known = moods[moods >= 0]
    opened = selection.narrowed(query=also(selection.query, "sentiment:negative"))
    return Figure(value=float(known.mean()) if known.size else None, selection=opened)


def _collision(told: Heard, people: _People) -> tuple[tuple[Context, ...], float | None]:
    split = contexts.two_contexts(people.said)
    if split is None:
        return (), None
    sides = [split.sides == 0, split.sides == 1]
    languages = [_language(people, side) for side in sides]
    if _only_two_languages(people, sides, languages):
        return (), None
    ranked = sorted((0, 1), key=lambda n: (-int(sides[n].sum()), n))
    found = (_context(told, people, sides[n], sides[1 - n], languages[n]) for n in ranked)
    return tuple(found), split.mixing


def _language(people: _People, side: Marks) -> tuple[str, float]:
    """The language that most on this side write, and their share."""
    counts = Counter(people.language[n] for n in np.flatnonzero(side).tolist())
    ((name, count),) = counts.most_common(1)
    return name, count / int(side.sum())


def _only_two_languages(
    people: _People, sides: Sequence[Marks], languages: Sequence[tuple[str, float]]
) -> bool:
    """Whether the sides may say the same, each in its language: no sure collision.

    Words of two languages never meet. Where the sides are two languages, only what belongs to none (other
    hashtags, names of brands) can tell meanings apart, and that has to be there on both sides.
    """
    (one, pure), (other, pure_too) = languages
    if one == other or min(pure, pure_too) < ONE_LANGUAGE:
        return False
    said = [frozenset(word for word in words if word.startswith(_NEUTRAL)) for words in people.said]
    talking = [sum(bool(said[n]) for n in np.flatnonzero(side).tolist()) for side in sides]
    if min(talking) < LEAST:
        return True
    split = contexts.two_contexts(said)
    if split is None:
        return True
    known = (split.sides >= 0) & (sides[0] | sides[1])
    same = float(np.mean((split.sides == 1)[known] == sides[1][known])) if known.any() else 0.5
    return max(same, 1 - same) < ONE_LANGUAGE


def _context(told: Heard, people: _People, side: Marks, other: Marks, language: tuple[str, float]) -> Context:
    places = np.sort(np.concatenate([people.places[n] for n in np.flatnonzero(side).tolist()]))
    opened = Selection(ids=tuple(told.ids[n] for n in places[::-1][:OPENED].tolist()))
    return Context(
        words=contexts.telling(people.said, side, other),
        posts=Figure(value=len(places), selection=opened),
        authors=Figure(value=int(side.sum()), selection=opened),
        language=language[0],
    )
