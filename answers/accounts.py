"""How accounts grow: followers at the beginning and the end of a period, and every snapshot between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, bounded, matching
from answers.coverage import answered
from answers.people import Person, people
from posts.answer import Answer, Figure
from posts.post import number
from posts.selection import Selection
from store.accounts import snapshot_id

Ints = npt.NDArray[np.int64]

_DAY: Final = timedelta(days=1)
"""While an account is heard it has a snapshot a day: so old may be the one that a period begins with."""
_AT_ONCE: Final = 50_000
_LOOKED_AT: Final = 50
"""Snapshots of an account, the newest, that are read for what they tell beside followers."""
_TOLD: Final = ("handle", "following", "posts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """How many followers an account had, and when that was seen."""

    at: datetime
    followers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountGrowth:
    """One account in a period: ``gained`` from the first of its ``snapshots`` to the last.

    ``gained`` and ``rate`` (of the first number) are ``None`` where it was seen only once; all figures
    open to the account's posts of the period. ``following`` and ``written`` (all its posts, at any time)
    are what it told of itself last, where it is watched.
    """

    key: str
    platform: str
    handle: str | None
    name: str | None
    followers: Figure
    gained: Figure
    rate: float | None
    posts: Figure
    snapshots: tuple[Sight, ...]
    following: int | None = None
    written: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Those that gained most first, of ``accounts`` in all; ``gained`` is the sum over all of them."""

    rows: tuple[AccountGrowth, ...]
    accounts: int
    gained: int


def accounts(asking: Asking, selection: Selection, *, size: int = 20) -> Answer[Accounts]:
    """The growth of the accounts that wrote posts of a selection (without a window, of the last 7 days).

    A period begins with the last snapshot of the day before it, else with the first within it.
    """
    selection = bounded(asking, selection)
    history = _History.read(asking, selection)
    ranked = history.ranked()
    gained = sum(history.gain(place) or 0 for place in ranked)
    shown = ranked[:size]
    keys = _keys(asking, [int(history.authors[place]) for place in shown])
    known = people(asking, list(keys.values()))
    rows = tuple(
        _row(asking, selection, history, place, keys[author], known.get(keys[author], Person()))
        for place in shown
        if (author := int(history.authors[place])) in keys
    )
    return answered(asking, selection, Accounts(rows=rows, accounts=len(ranked), gained=gained), "accounts")


@dataclass(frozen=True, slots=True)
class _History:
    """Snapshots by account and time; those of ``authors[i]`` stand from ``first[i]`` to ``last[i]``."""

    at: Ints
    followers: Ints
    authors: Ints
    first: Ints
    last: Ints

    @classmethod
    def read(cls, asking: Asking, selection: Selection) -> _History:
        """The snapshots of the window and, for each account, the last of the day before it."""
        columns = [_columns(asking, query) for query in _queries(asking, selection)]
        table = np.concatenate([np.empty((3, 0), dtype=np.int64), *columns], axis=1)
        author, at, followers = table[:, np.lexsort((table[1], table[0]))]
        assert selection.since is not None
        # A row that the next one of the same account follows at or before the beginning is of no use.
        same = author[:-1] == author[1:]
        late = at[1:] <= int(selection.since.timestamp())
        kept = np.append(~(same & late), [True] * bool(len(author))).astype(bool)
        author, at, followers = author[kept], at[kept], followers[kept]
        authors, first = np.unique(author, return_index=True)
        last = np.append(first[1:], len(author))[: len(authors)] - 1
        within = at[last] >= int(selection.since.timestamp())
        return cls(at, followers, authors[within], first[within], last[within])

    def gain(self, place: int) -> int | None:
        first, last = self.first[place], self.last[place]
        return int(self.followers[last] - self.followers[first]) if last > first else None

    def ranked(self) -> list[int]:
        """Places of the accounts: by what they gained, those of whom it cannot be told last."""
        gains = [self.gain(place) for place in range(len(self.authors))]

        def rank(place: int) -> tuple[bool, int, int, int]:
            gain = gains[place]
            return gain is None, -(gain or 0), -int(self.followers[self.last[place]]), place

        return sorted(range(len(gains)), key=rank)

    def sights(self, place: int) -> tuple[Sight, ...]:
        rows = range(int(self.first[place]), int(self.last[place]) + 1)
        return tuple(
            Sight(at=datetime.fromtimestamp(int(self.at[row]), UTC), followers=int(self.followers[row]))
            for row in rows
        )


def _columns(asking: Asking, query: dict[str, Any]) -> Ints:
    names = ["author_n", "at", "followers"]
    found = asking.store.columns("accounts", query, names)
    return np.stack([found[name] for name in names])


def _queries(asking: Asking, selection: Selection) -> list[dict[str, Any]]:
    """The snapshots of the accounts that are meant; several queries where those are very many."""
    assert selection.since is not None
    assert selection.until is not None
    window = {"gte": (selection.since - _DAY).isoformat(), "lt": selection.until.isoformat()}
    filters: list[dict[str, Any]] = [{"range": {"at": window}}]
    filters += [
        {"term": {name: value}}
        for name, value in (("platform", selection.platform), ("author", selection.author))
        if value is not None
    ]
    about = selection.narrowed(since=None, until=None)
    if about == Selection(platform=about.platform, author=about.author):
        return [{"bool": {"filter": filters}}]
    column = asking.store.columns("posts", matching(asking, selection), ["author_n"])["author_n"]
    meant = np.unique(column[column >= 0]).tolist()
    parts = [meant[start : start + _AT_ONCE] for start in range(0, len(meant), _AT_ONCE)]
    return [{"bool": {"filter": [*filters, {"terms": {"author_n": part}}]}} for part in parts]


def _keys(asking: Asking, numbers: list[int]) -> dict[int, str]:
    """The keys of accounts by number."""
    if not numbers:
        return {}
    by = {"terms": {"field": "author", "size": len(numbers)}}
    request = {"query": {"terms": {"author_n": numbers}}, "size": 0, "aggs": {"by": by}}
    buckets = asking.store.search("accounts", request)["aggregations"]["by"]["buckets"]
    return {number(bucket["key"]): bucket["key"] for bucket in buckets}


def _row(
    asking: Asking, selection: Selection, history: _History, place: int, key: str, person: Person
) -> AccountGrowth:
    own = selection.narrowed(author=key)
    gained, sights = history.gain(place), history.sights(place)
    told = _told(asking, key, sights)
    return AccountGrowth(
        key=key, platform=key.partition(":")[0], handle=person.handle or told.get("handle"), name=person.name,
        following=told.get("following"), written=told.get("posts"),
        followers=Figure(value=sights[-1].followers, selection=own),
        gained=Figure(value=gained, selection=own),
        rate=None if gained is None or not sights[0].followers else gained / sights[0].followers,
        posts=Figure(value=asking.store.count("posts", matching(asking, own)), selection=own),
        snapshots=sights,
    )  # fmt: skip


def _told(asking: Asking, key: str, sights: tuple[Sight, ...]) -> dict[str, Any]:
    """What the snapshots of an account tell beside followers, the newest word on each thing."""
    ids = [snapshot_id(key, int(sight.at.timestamp())) for sight in sights[-_LOOKED_AT:]]
    found = asking.store.get("accounts", ids)
    told: dict[str, Any] = {}
    for identity in ids:
        told |= {name: found.get(identity, {}).get(name, told.get(name)) for name in _TOLD}
    return told
