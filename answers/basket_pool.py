"""The candidates of a basket: their people, how fast posts come under them, and posts that show for both."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from answers.asking import Asking
from answers.carried import Ints, posts_of
from answers.related import second_level
from answers.uses import keys_of
from posts.answer import Figure
from posts.post import number
from posts.selection import Selection
from trends import association
from trends import basket as sets
from trends.association import Marks, Uses
from trends.basket import Audience

LEAST_AUTHORS: Final = 5
"""People that a hashtag needs to be a candidate."""
CANDIDATES: Final = 400
"""Hashtags that are looked at, those with the most people."""
OPENED: Final = 50
"""People of whom a number opens one post each, where no query names them."""
WEEK_S: Final = 7 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A candidate: its number and key, its people, its posts, and how long one of them stays in sight."""

    tag: int
    key: str
    people: Audience
    posts: int
    per_hour: float
    stay_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """The candidates, those with the most people first."""

    rows: tuple[Row, ...]

    def without(self, keys: Collection[str]) -> Pool:
        return Pool(rows=tuple(row for row in self.rows if row.key not in keys))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """People who are reached already, and for each of them a post that shows it."""

    people: Audience
    posts: Ints


def reached_by(asking: Asking, selection: Selection, uses: Uses, tags: Sequence[str]) -> Reached:
    """Who reposted, answered, quoted or named our accounts in the window, or wrote under these tags of ours;
    and our accounts themselves."""
    assert selection.since is not None
    assert selection.until is not None
    ours = asking.ours.author_keys if asking.ours is not None else ()
    numbers = [number(key) for key in ours]
    people, posts = np.array(numbers, dtype=np.int64), np.full(len(numbers), -1, dtype=np.int64)
    under = np.isin(uses.tag, [number(asking.families.key(tag)) for tag in tags]) & (uses.author >= 0)
    found = [(people, posts), (uses.author[under], uses.post[under])]
    if numbers:
        bounds = {"gte": selection.since.isoformat(), "lt": selection.until.isoformat()}
        filters = [{"range": {"created_at": bounds}}, {"terms": {"dst_n": numbers}}]
        edges = asking.store.columns("edges", {"bool": {"filter": filters}}, ["src_n", "post_n"])
        order = np.lexsort((edges["post_n"], edges["src_n"]))
        found.append((edges["src_n"][order], edges["post_n"][order]))
    everyone, first = np.unique(np.concatenate([people for people, _ in found]), return_index=True)
    shown = np.concatenate([posts for _, posts in found])[first]
    known = everyone >= 0
    return Reached(people=everyone[known], posts=shown[known])


def wanted(asking: Asking, selection: Selection, uses: Uses, seeds: Sequence[str]) -> Ints | None:
    """The tags that are candidates for these seeds: themselves, what stands beside them, and what is related
    to that; ``None`` for all."""
    if not seeds:
        return None
    own: list[int] = []
    marks: Marks = np.zeros(len(uses.tag), dtype=np.bool_)
    known = set(np.unique(uses.tag).tolist())
    for seed in seeds:
        tag = number(asking.families.key(seed.strip())) if " " not in seed.strip() else -1
        if tag in known:
            own.append(tag)
        if not seed.lstrip().startswith(("#", "＃")):
            marks |= np.isin(uses.post, posts_of(asking, selection.narrowed(query=seed)))
    marks |= association.with_tags(uses, own)
    all_ = association.voices(uses)
    second = second_level(all_, association.pairs(all_, marks), own)
    found = {*own, *association.beside(uses, marks), *(pair.tag for _, pair in second)}
    return np.array(sorted(found), dtype=np.int64)


def pool_of(asking: Asking, selection: Selection, uses: Uses, tags: Ints | None) -> Pool:
    """The candidates among these tags (of all, where ``None``): with enough people."""
    assert selection.since is not None
    assert selection.until is not None
    since, until = int(selection.since.timestamp()), int(selection.until.timestamp())
    own = uses if tags is None else uses.kept(np.isin(uses.tag, tags))
    order = np.argsort(own.tag, kind="stable")
    found, starts = np.unique(own.tag[order], return_index=True)
    rows = []
    for tag, places in zip(found.tolist(), np.split(order, starts[1:]), strict=True) if len(found) else ():
        people = np.unique(own.author[places])
        people = people[people >= 0]
        if len(people) < LEAST_AUTHORS:
            continue
        stay_s = sets.stay(own.at[places], since=since, until=until)
        assert stay_s is not None
        pace = len(places) * 3600 / (until - since)
        rows.append((tag, people, len(places), pace, stay_s))
    rows = sorted(rows, key=lambda row: (-len(row[1]), row[0]))[:CANDIDATES]
    keys = keys_of(asking, [row[0] for row in rows])
    return Pool(
        rows=tuple(
            Row(tag=tag, key=keys[tag], people=people, posts=posts, per_hour=pace, stay_s=stay_s)
            for tag, people, posts, pace, stay_s in rows
            if tag in keys
        )
    )


def weekly(selection: Selection, uses: Uses, pool: Pool, k: int, reached: Audience | None) -> tuple[int, ...]:
    """What sets chosen from the weeks before reached in each later one, oldest first; whole weeks only."""
    assert selection.since is not None
    assert selection.until is not None
    until = int(selection.until.timestamp())
    count = (until - int(selection.since.timestamp())) // WEEK_S
    weeks = [_audiences(uses, pool, until - (n + 1) * WEEK_S, until - n * WEEK_S) for n in range(count)][::-1]

    def pick(before: Sequence[Sequence[Audience]]) -> Sequence[int]:
        return sets.choose(sets.merged(before), k, reached=reached).places

    return sets.held_back(weeks, pick, reached=reached) if pool.rows else ()


def _audiences(uses: Uses, pool: Pool, since: int, until: int) -> list[Audience]:
    """The people of each candidate in a part of the window."""
    inside = uses.kept((uses.at >= since) & (uses.at < until) & (uses.author >= 0))
    order = np.argsort(inside.tag, kind="stable")
    tags = inside.tag[order]
    wanted_tags = np.array([row.tag for row in pool.rows], dtype=np.int64)
    left, right = np.searchsorted(tags, wanted_tags), np.searchsorted(tags, wanted_tags, side="right")
    return [np.unique(inside.author[order[a:b]]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class Teller:
    """Makes figures of the candidates' numbers, each with the posts it opens."""

    asking: Asking
    selection: Selection
    uses: Uses
    pool: Pool
    reached: Audience | None
    names: Mapping[str, str]
    _ids: dict[int, str] = field(default_factory=dict)

    def name(self, place: int) -> str:
        key = self.pool.rows[place].key
        return self.names.get(key, key)

    def posts(self, place: int) -> Figure:
        """All posts under a candidate."""
        row = self.pool.rows[place]
        return Figure(value=row.posts, selection=self.selection.narrowed(hashtag=row.key))

    def authors(self, places: Sequence[int]) -> Figure:
        """All people under the candidates together."""
        if len(places) == 1:
            row = self.pool.rows[places[0]]
            return Figure(value=len(row.people), selection=self.selection.narrowed(hashtag=row.key))
        tags = " OR ".join(f'tag:"{self.pool.rows[place].key}"' for place in places)
        if not tags:
            return Figure(value=0, selection=self.selection)
        return Figure(
            value=sets.reach([self.pool.rows[place].people for place in places]),
            selection=self.selection.narrowed(query=f"({tags})"),
        )

    def first_posts(self, places: Sequence[int]) -> list[list[int]]:
        """For each candidate in turn one post of each person whom it adds, of ``OPENED`` people at most."""
        seen = np.zeros(0, dtype=np.int64) if self.reached is None else self.reached
        found = []
        for place in places:
            row = self.pool.rows[place]
            new = np.setdiff1d(row.people, seen, assume_unique=True)[:OPENED]
            under = np.flatnonzero((self.uses.tag == row.tag) & np.isin(self.uses.author, new))
            under = under[np.lexsort((self.uses.post[under], -self.uses.at[under]))]
            _, firsts = np.unique(self.uses.author[under], return_index=True)
            found.append(self.uses.post[under[firsts]].tolist())
            seen = np.union1d(seen, row.people)
        return found

    def opening(self, value: int, posts: Sequence[int]) -> Figure:
        """A number that opens these posts, ``OPENED`` of them at most."""
        shown = list(dict.fromkeys(posts))[:OPENED]
        missing = [post for post in shown if post not in self._ids]
        if missing:
            query = {"terms": {"n": missing}}
            for row in self.asking.store.scan("posts", query, ["id", "n"]):
                self._ids[row["n"]] = row["id"]
        ids = tuple(self._ids[post] for post in shown if post in self._ids)
        return Figure(value=value, selection=Selection(ids=ids))
