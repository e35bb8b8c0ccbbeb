"""Who writes about a selection and who does not, in its window and in the one before, as columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.counting import top
from answers.meant import everyone
from answers.narrowing import before
from answers.rise import opening
from answers.spoken import narrowed
from posts.answer import Figure
from posts.selection import Selection

Ints = npt.NDArray[np.int64]
Clause = dict[str, Any]

AUDIENCE: Final = 20_000
"""People whose other posts are looked at; of more, those with the smallest hashes."""
_BUSY: Final = 5
"""Kinds of people by how much they write: 1 post, 2 to 3, 4 to 7, 8 to 15, 16 and more."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The people of a selection, and what all write beside it.

    ``now`` and ``earlier`` are those who wrote in the selection, in its window and in the one before, sorted;
    ``people`` and ``others`` wrote something else in the window, those of ``now`` and all others; ``heard``
    are people of ``now`` who wrote something else in both windows, ``rest`` others who did. ``busy`` is the
    kind of each of ``everyone`` by posts, ``here`` and ``beside`` are the requests for the topic and for what
    lies beside it, in both windows.
    """

    selection: Selection
    now: Ints
    earlier: Ints
    people: Ints
    others: Ints
    heard: Ints
    rest: Ints
    everyone: Ints
    busy: Ints
    here: Clause
    beside: Clause

    @property
    def turn(self) -> int:
        """The second with which the window begins."""
        assert self.selection.since is not None
        return int(self.selection.since.timestamp())

    def strata(self, authors: Ints) -> Ints:
        """How many of these there are of each kind."""
        kinds = self.busy[np.searchsorted(self.everyone, authors)]
        return np.bincount(kinds, minlength=_BUSY).astype(np.int64)


def crowd(asking: Asking, selection: Selection) -> Crowd:
    """The people of a selection that has both ends."""
    both = selection.narrowed(since=before(selection).since)
    here = matching(asking, both)
    beside = narrowed(matching(asking, everyone(both)), without=[here])
    assert selection.since is not None
    turn = int(selection.since.timestamp())
    author, late = _split(asking, here, turn)
    now, earlier = np.unique(author[late]), np.unique(author[~late])
    author, late = _split(asking, beside, turn)
    everyone_now, posts = np.unique(author[late], return_counts=True)
    people, others = np.intersect1d(now, everyone_now), np.setdiff1d(everyone_now, now)
    return Crowd(
        selection, now, earlier, people[:AUDIENCE], others, np.intersect1d(people[:AUDIENCE], author[~late]),
        np.intersect1d(others, author[~late]), everyone_now,
        np.minimum(np.log2(posts).astype(np.int64), _BUSY - 1), here, beside,
    )  # fmt: skip


def _split(asking: Asking, query: Clause, turn: int) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The author of each post, and whether it is of the window itself."""
    columns = asking.store.columns("posts", query, ["author_n", "created_at"])
    told = columns["author_n"] >= 0
    return columns["author_n"][told], columns["created_at"][told] >= turn


def values(asking: Asking, crowd: Crowd, field: str, *, size: int, without: Iterable[str]) -> list[str]:
    """The commonest values of a keyword in what the people write beside the topic, in both windows."""
    theirs = narrowed(crowd.beside, {"terms": {"author_n": crowd.people.tolist()}})
    return [value for value, _ in top(asking, theirs, field, size=size, without=tuple(without))]


def saying(asking: Asking, crowd: Crowd, field: str, value: str) -> tuple[Ints, Ints]:
    """Who writes of it beside the topic, in the window and in the one before."""
    author, late = _split(asking, narrowed(crowd.beside, {"term": {field: value}}), crowd.turn)
    return np.unique(author[late]), np.unique(author[~late])


def opened(asking: Asking, query: Clause, people: Ints, value: int) -> Figure:
    """A number of these people that opens the newest of their posts."""
    request = {
        "query": narrowed(query, {"terms": {"author_n": people.tolist()}}), "size": 200,
        "sort": [{"created_at": "desc"}, {"id": "asc"}], "_source": ["id"],
    }  # fmt: skip
    hits = asking.store.search("posts", request)["hits"]["hits"] if len(people) else []
    return Figure(value=value, selection=opening([hit["_source"]["id"] for hit in hits]))


def of_window(crowd: Crowd, query: Clause, *, late: bool) -> Clause:
    """The part of a request that lies in the window, or in the one before."""
    selection = crowd.selection if late else before(crowd.selection)
    assert selection.since is not None
    assert selection.until is not None
    bounds = {"gte": selection.since.isoformat(), "lt": selection.until.isoformat()}
    return narrowed(query, {"range": {"created_at": bounds}})
