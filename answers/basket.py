"""The basket: which hashtags together reach the most people that are not reached yet, and how surely."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from answers.asking import Asking, bounded
from answers.basket_pool import Pool, Teller, pool_of, reached_by, wanted, weekly
from answers.carried import uses_of
from answers.collision import Warned, weighed
from answers.coverage import answered
from answers.hashtag import names_of
from answers.meant import everyone
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends import basket as sets
from trends.basket import Audience, Chosen

DAYS: Final = 28
"""How far back audiences are counted where no window is asked for: four weeks."""
State = Literal["told", "nothing"]
Why = Literal["crowded"] | Warned


@dataclass(frozen=True, slots=True, kw_only=True)
class BasketTag:
    """A hashtag of the set. ``authors`` are all its people, ``new`` those that it adds to the tags above it
    (opening one post of each of some); ``per_hour`` are posts under it an hour, ``stay_s``
    how long a post stays in sight (``trends.basket.stay``)."""

    key: str
    name: str
    posts: Figure
    authors: Figure
    new: Figure
    per_hour: float
    stay_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A set on the frontier: the new people it reaches, and the shortest time in sight under its tags."""

    keys: tuple[str, ...]
    names: tuple[str, ...]
    new: Figure
    stay_s: float
    of_best: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A hashtag that was not taken, and why; ``per_hour`` is how crowded it is."""

    key: str
    name: str
    why: Why
    per_hour: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """The set, best first. ``everyone`` are all its people, ``new`` those among them not reached yet.

    ``of_best`` is the share of the best possible set's reach that is surely reached, ``bound`` what no set
    can be above. ``already`` are people who are reached already and worth nothing here, ``None`` where all
    count. ``weekly`` is how many new people sets chosen from the weeks before reached in each week
    held back, oldest first; ``low`` and ``high`` are its ends, ``None`` where there are no two weeks.
    """

    state: State
    k: int
    tags: tuple[BasketTag, ...]
    everyone: Figure
    new: Figure
    bound: int
    of_best: float
    already: Figure | None
    weekly: tuple[int, ...]
    low: int | None
    high: int | None
    frontier: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]
    candidates: int


def basket(
    asking: Asking,
    selection: Selection,
    *,
    seeds: tuple[str, ...] = (),
    k: int = 5,
    max_per_hour: float | None = None,
    allow_warned: bool = False,
    reached_tags: tuple[str, ...] = (),
    include_reached: bool = False,
) -> Answer[Basket]:
    """At most ``k`` hashtags that together reach the most new people of the window (else four weeks).

    Candidates are the ``seeds`` (hashtags with ``#`` or without, or words), the tags that stand in the same
    posts, and what is related to those; or everything where there are no seeds. Not taken: tags with more
    posts an hour than ``max_per_hour``; those with a warning, unless ``allow_warned``. Who has dealt with
    our accounts in the window, or wrote under ``reached_tags``, counts as reached, unless
    ``include_reached``. Platform and language are those of the selection.
    """
    selection = everyone(bounded(asking, selection, days=DAYS))
    uses = uses_of(asking, selection)
    known = None if include_reached else reached_by(asking, selection, uses, reached_tags)
    reached = known.people if known else None
    whole = pool_of(asking, selection, uses, wanted(asking, selection, uses, seeds))
    why: dict[str, Why] = {}
    if max_per_hour is not None:
        why = {row.key: "crowded" for row in whole.rows if row.per_hour > max_per_hour}
    chosen, points, pool = _choose(whole.without(why), k, reached)
    checked: set[str] = set()
    while not allow_warned:
        used = {pool.rows[n].key for one in (chosen, *(point.chosen for point in points)) for n in one.places}
        warned = _warned(asking, selection, sorted(used - checked))
        checked |= used
        if not warned:
            break
        why |= warned
        chosen, points, pool = _choose(whole.without(why), k, reached)
    names = names_of(asking, sorted({*why, *(row.key for row in pool.rows)}))
    teller = Teller(asking, selection, uses, pool, reached, names)
    found = _told(teller, chosen, points, k=k, weekly=weekly(selection, uses, pool, k, reached))
    left_out = tuple(
        LeftOut(key=row.key, name=names.get(row.key, row.key), why=why[row.key], per_hour=row.per_hour)
        for row in whole.rows
        if row.key in why
    )
    already = None
    if known is not None:
        already = teller.opening(len(known.people), [post for post in known.posts.tolist() if post >= 0])
    found = replace(found, left_out=left_out, candidates=len(whole.rows), already=already)
    return answered(asking, selection, found, "basket")


def _choose(pool: Pool, k: int, reached: Audience | None) -> tuple[Chosen, tuple[sets.Point, ...], Pool]:
    audiences = [row.people for row in pool.rows]
    points = sets.frontier(audiences, [row.stay_s for row in pool.rows], k, reached=reached)
    return sets.choose(audiences, k, reached=reached), points, pool


def _warned(asking: Asking, selection: Selection, keys: list[str]) -> dict[str, Why]:
    """Those of the hashtags that a warning speaks against, and which."""
    found: dict[str, Why] = {}
    for key in keys:
        codes = weighed(asking, selection.narrowed(hashtag=key), key).codes
        if codes:
            found[key] = codes[0]
    return found


def _told(
    teller: Teller, chosen: Chosen, points: tuple[sets.Point, ...], *, k: int, weekly: tuple[int, ...]
) -> Basket:
    tags, firsts = [], teller.first_posts(chosen.places)
    for place, gain, posts in zip(chosen.places, chosen.gains, firsts, strict=True):
        row = teller.pool.rows[place]
        tags.append(
            BasketTag(
                key=row.key, name=teller.name(place), posts=teller.posts(place),
                authors=teller.authors((place,)), new=teller.opening(gain, posts),
                per_hour=row.per_hour, stay_s=row.stay_s,
            )
        )  # fmt: skip
    every = [post for posts in firsts for post in posts]
    return Basket(
        state="told" if tags else "nothing", k=k, tags=tuple(tags), everyone=teller.authors(chosen.places),
        new=teller.opening(chosen.reached, every), bound=chosen.bound, of_best=chosen.of_best, already=None,
        weekly=weekly, low=min(weekly, default=None), high=max(weekly, default=None),
        frontier=tuple(_point(teller, point) for point in points), left_out=(), candidates=0,
    )  # fmt: skip


def _point(teller: Teller, point: sets.Point) -> Point:
    places = point.chosen.places
    posts = [post for part in teller.first_posts(places) for post in part]
    return Point(
        keys=tuple(teller.pool.rows[place].key for place in places),
        names=tuple(teller.name(place) for place in places),
        new=teller.opening(point.chosen.reached, posts), stay_s=point.stay_s, of_best=point.chosen.of_best,
    )  # fmt: skip
