"""The people of a selection: who is new among them, what else they talk about, and how that shifts.

What they say beside it in words is told by ``answers.wording.audience``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, bounded, matching
from answers.counting import counted, top
from answers.coverage import answered
from answers.crowd import Crowd, crowd, of_window, opened, saying, values
from answers.hashtag import names_of
from answers.meant import is_everything, own_tags
from answers.narrowing import before
from answers.spoken import narrowed
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends.beside import Change, Ratio, change, ratio, share_interval
from trends.odds import false_rates

Ints = npt.NDArray[np.int64]
Kind = Literal["hashtag", "entity", "domain"]
T = TypeVar("T")
State = Literal["told", "few", "alone"]

FIELDS: Final[dict[Kind, str]] = {"hashtag": "hashtags", "entity": "entities", "domain": "domains"}
LEAST: Final = 10
"""People that an audience must have to be compared."""
LEAST_DOING: Final = 5
"""People on both sides together who must talk of a thing."""
LEAST_TURNED: Final = 6
"""People who must have begun or stopped: of fewer no test would be sure."""
CANDIDATES: Final = 40
"""Things of each kind that are tried, the commonest among the people."""
FALSE: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """A thing that the audience talks about beside the topic, more than others do.

    ``people`` of the audience do (of more than 200 posts the newest are opened), a ``share`` of those who
    wrote anything beside the topic; ``rest_share`` of all other authors. ``ratio`` with its 95 % interval
    compares people who write equally much; ``false_rate`` is the q-value over all things that were tried.
    """

    kind: Kind
    key: str
    name: str
    people: Figure
    share: float
    rest_share: float
    ratio: float
    low: float
    high: float
    false_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shifted:
    """A thing of which the same people speak more, or less, than in the window before.

    ``change`` is that of the share of them, with its 95 % interval; ``rest_change`` that of the others who
    wrote in both windows: what all take up is no shift of this audience alone.
    """

    kind: Kind
    key: str
    name: str
    now: Figure
    before: Figure
    change: float
    low: float
    high: float
    rest_change: float
    false_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A language or platform, with the people of the audience who use it for the topic, and their share."""

    code: str
    authors: Figure
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who writes in a selection. ``few``: too few people to compare; ``alone``: there are no others.

    Of ``earlier`` people of the window before, ``stayed`` write again and ``lost`` do not; ``new`` ones wrote
    in the window only. ``retention`` is the share that stayed, with its 95 % interval, ``None`` of nobody.
    ``beside`` of the audience wrote something else in the window, as did ``others``; ``both`` did in both
    windows, and it is these whose ``shifts`` are told.
    """

    state: State
    authors: Figure
    earlier: Figure
    stayed: Figure
    new: Figure
    lost: Figure
    retention: float | None
    low: float
    high: float
    languages: tuple[Part, ...]
    platforms: tuple[Part, ...]
    beside: int
    others: int
    both: int
    interests: tuple[Interest, ...]
    shifts: tuple[Shifted, ...]


@dataclass(frozen=True, slots=True)
class _Thing:
    """A candidate: who talks of it beside the topic, now and before."""

    kind: Kind
    key: str
    now: Ints
    before: Ints


def audience(asking: Asking, selection: Selection, *, size: int = 8) -> Answer[Audience]:
    """The people who write in a selection (without a window, in the last 7 days); ``size`` of each list."""
    selection = bounded(asking, selection)
    crew = crowd(asking, selection)
    state = _state(selection, crew)
    things = list(_things(asking, crew)) if state == "told" else []
    interests, shifts = _interests(crew, things, size), _shifts(crew, things, size)
    names = names_of(asking, [each.key for each, *_ in (*interests, *shifts) if each.kind == "hashtag"])
    stayed = np.intersect1d(crew.now, crew.earlier)
    low, high = share_interval(len(stayed), len(crew.earlier))
    here, there = (of_window(crew, crew.here, late=late) for late in (True, False))
    new, lost = np.setdiff1d(crew.now, stayed), np.setdiff1d(crew.earlier, stayed)
    found = Audience(
        state=state,
        authors=Figure(value=len(crew.now), selection=selection),
        earlier=Figure(value=len(crew.earlier), selection=before(selection)),
        stayed=opened(asking, here, stayed, len(stayed)),
        new=opened(asking, here, new, len(new)),
        lost=opened(asking, there, lost, len(lost)),
        retention=len(stayed) / len(crew.earlier) if len(crew.earlier) else None,
        low=low, high=high,
        languages=_parts(asking, selection, "language", len(crew.now)),
        platforms=_parts(asking, selection, "platform", len(crew.now)),
        beside=len(crew.people), others=len(crew.others), both=len(crew.heard),
        interests=tuple(_interest(asking, crew, names, *row) for row in interests),
        shifts=tuple(_shifted(asking, crew, names, *row) for row in shifts),
    )  # fmt: skip
    return answered(asking, selection, found, "people")


def _state(selection: Selection, crew: Crowd) -> State:
    if is_everything(selection):
        return "alone"
    if len(crew.people) < LEAST:
        return "few"
    return "told" if len(crew.others) >= LEAST else "alone"


def _parts(asking: Asking, selection: Selection, kind: str, people: int) -> tuple[Part, ...]:
    """The languages or platforms of the posts, by the people who use them."""
    codes = [code for code, _ in top(asking, matching(asking, selection), kind, size=20)]
    found = [(code, counted(asking, selection.narrowed(**{kind: code}))[1]) for code in codes]
    parts = [
        Part(code=code, authors=authors, share=(authors.value or 0) / max(1, people))
        for code, authors in found
        if authors.value
    ]
    return tuple(sorted(parts, key=lambda part: (-part.share, part.code)))


def _things(asking: Asking, crew: Crowd) -> Iterator[_Thing]:
    """What the people talk about beside the topic, but for what the question itself names."""
    own = {*own_tags(crew.selection), crew.selection.entity or ""}
    for kind, field in FIELDS.items():
        for key in values(asking, crew, field, size=CANDIDATES, without=own):
            yield _Thing(kind, key, *saying(asking, crew, field, key))


def _interests(crew: Crowd, things: list[_Thing], size: int) -> list[tuple[_Thing, Ratio, int, int, float]]:
    """Those that they surely talk about more than others, the largest ratios first."""
    people, others = crew.strata(crew.people), crew.strata(crew.others)
    tried: list[tuple[_Thing, Ratio, int, int]] = []
    for thing in things:
        here = np.intersect1d(thing.now, crew.people)
        rest = np.intersect1d(thing.now, crew.others)
        if len(here) + len(rest) >= LEAST_DOING:
            found = ratio(crew.strata(here), crew.strata(rest), people, others)
            tried.append((thing, found, len(here), len(rest)))
    rates = _rates([found.chance for _, found, *_ in tried])
    sure = [
        (*row, rate) for row, rate in zip(tried, rates, strict=True) if rate <= FALSE and row[1].value > 1
    ]
    sure.sort(key=lambda row: (-row[1].low, row[0].key))
    return _each(sure, size, lambda row: row[0].kind)


def _shifts(crew: Crowd, things: list[_Thing], size: int) -> list[tuple[_Thing, Change, int, int, float]]:
    """Those that the same people surely took up or dropped, the largest changes first."""
    tried: list[tuple[_Thing, Change, int, int]] = []
    for thing in things:
        now, earlier = (np.intersect1d(each, crew.heard) for each in (thing.now, thing.before))
        began, ended = len(np.setdiff1d(now, earlier)), len(np.setdiff1d(earlier, now))
        if began + ended >= LEAST_TURNED:
            tried.append((thing, change(began, ended, len(crew.heard)), len(now), len(earlier)))
    rates = _rates([found.chance for _, found, *_ in tried])
    sure = [(*row, rate) for row, rate in zip(tried, rates, strict=True) if rate <= FALSE]
    sure.sort(key=lambda row: (-abs(row[1].value), row[0].key))
    return _each(sure, size, lambda row: row[1].value > 0)


def _rates(chances: list[float]) -> list[float]:
    rates: list[float] = false_rates(np.array(chances)).tolist() if chances else []
    return rates


def _each(rows: list[T], size: int, of: Callable[[T], object]) -> list[T]:
    """The first ``size`` of each sort, in their order."""
    seen: dict[object, int] = {}
    kept = []
    for row in rows:
        seen[of(row)] = seen.get(of(row), 0) + 1
        if seen[of(row)] <= size:
            kept.append(row)
    return kept


def _interest(
    asking: Asking, crew: Crowd, names: dict[str, str], thing: _Thing, found: Ratio, here: int, rest: int,
    false: float,
) -> Interest:  # fmt: skip
    said = narrowed(of_window(crew, crew.beside, late=True), {"term": {FIELDS[thing.kind]: thing.key}})
    return Interest(
        kind=thing.kind, key=thing.key, name=names.get(thing.key, thing.key),
        people=opened(asking, said, np.intersect1d(thing.now, crew.people), here),
        share=here / max(1, len(crew.people)), rest_share=rest / max(1, len(crew.others)),
        ratio=found.value, low=found.low, high=found.high, false_rate=false,
    )  # fmt: skip


def _shifted(
    asking: Asking, crew: Crowd, names: dict[str, str], thing: _Thing, found: Change, now: int, earlier: int,
    false: float,
) -> Shifted:  # fmt: skip
    said = narrowed(crew.beside, {"term": {FIELDS[thing.kind]: thing.key}})
    here, there = (of_window(crew, said, late=late) for late in (True, False))
    return Shifted(
        kind=thing.kind, key=thing.key, name=names.get(thing.key, thing.key),
        now=opened(asking, here, np.intersect1d(thing.now, crew.heard), now),
        before=opened(asking, there, np.intersect1d(thing.before, crew.heard), earlier),
        change=found.value, low=found.low, high=found.high, false_rate=false,
        rest_change=_rest_change(crew, thing),
    )  # fmt: skip


def _rest_change(crew: Crowd, thing: _Thing) -> float:
    now, earlier = (np.intersect1d(each, crew.rest).size for each in (thing.now, thing.before))
    return (now - earlier) / max(1, len(crew.rest))
