"""The posts of a window as columns with the hashtags they carry: read once, asked of many hashtags."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.counting import ENGAGEMENT, top
from answers.meant import everyone
from answers.uses import filters_of
from posts.post import number
from posts.selection import Selection

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_AGES_S: Final = (3_600, 6 * 3_600, 24 * 3_600, 72 * 3_600)
"""Ages of a post at its last reading that part the classes within which engagement is compared."""
_FIELDS: Final = ("n", "author_n", "followers", "created_at", "collected_at", *ENGAGEMENT)


@dataclass(frozen=True)
class Stream:
    """A row a post of a window, in the order of ``n``; and a row a use of a hashtag in these posts.

    ``counted`` are the posts of the selection, of the others only their authors' usual is taken.
    ``original`` are no reposts. ``drawn`` is likes, comments, shares and quotes added (-1: no platform tells
    any), ``age`` the class of the post's age at its last reading. ``use_post`` are places among the posts.
    """

    columns: dict[str, Ints]
    counted: Mask
    original: Mask
    use_post: Ints
    use_tag: Ints

    @cached_property
    def drawn(self) -> Ints:
        told = np.stack([self.columns[name] for name in ENGAGEMENT])
        some = (told >= 0).any(axis=0)
        return np.where(some, np.maximum(told, 0).sum(axis=0), -1)

    @cached_property
    def age(self) -> Ints:
        seen = self.columns["collected_at"] - self.columns["created_at"]
        return np.searchsorted(np.array(_AGES_S), seen, side="right").astype(np.int64)

    @cached_property
    def tags_of_post(self) -> Ints:
        """How many hashtags each post carries."""
        return np.bincount(self.use_post, minlength=len(self.counted)).astype(np.int64)

    def with_tag(self, tag: int) -> Mask:
        """The posts that carry a hashtag, counted or not."""
        return self._carrying(self._places(tag))

    @cached_property
    def _by_tag(self) -> tuple[Ints, Ints]:
        order = np.argsort(self.use_tag, kind="stable")
        return self.use_tag[order], self.use_post[order]

    def _places(self, tag: int) -> Ints:
        tags, places = self._by_tag
        first, last = np.searchsorted(tags, [tag, tag + 1])
        return places[first:last]

    def _carrying(self, places: Ints) -> Mask:
        mask = np.zeros(len(self.counted), dtype=bool)
        mask[places] = True
        return mask

    def marked(self, numbers: Ints) -> Mask:
        """Which of the posts are among these."""
        return np.isin(self.columns["n"], numbers)


def read_stream(asking: Asking, selection: Selection) -> Stream:
    """The posts of a bounded selection and all others of its window, with their hashtags."""
    window = everyone(selection).narrowed(source=selection.source)
    columns = asking.store.columns("posts", matching(asking, window), _FIELDS)
    order = np.argsort(columns["n"])
    columns = {name: column[order] for name, column in columns.items()}
    n = columns["n"]
    reposts = also_of(asking, window, {"term": {"is": "repost"}})
    counted = np.ones(len(n), dtype=bool)
    if selection != window:
        counted = np.isin(n, asking.store.columns("posts", matching(asking, selection), ["n"])["n"])
    uses = asking.store.columns("uses", {"bool": {"filter": filters_of(window)}}, ["tag_n", "post_n"])
    place = np.minimum(np.searchsorted(n, uses["post_n"]), max(len(n) - 1, 0))
    known = n[place] == uses["post_n"] if len(n) else np.zeros(len(place), dtype=bool)
    return Stream(
        columns=columns, counted=counted, original=~np.isin(n, reposts),
        use_post=place[known], use_tag=uses["tag_n"][known],
    )  # fmt: skip


def also_of(asking: Asking, selection: Selection, clause: dict[str, Any]) -> Ints:
    """The numbers of the posts of a selection for which a clause holds too."""
    query = {"bool": {"filter": [matching(asking, selection), clause]}}
    return asking.store.columns("posts", query, ["n"])["n"]


def weekly(
    asking: Asking, selection: Selection, tags: Iterable[int], *, weeks: int
) -> dict[int, tuple[int, ...]]:
    """Distinct authors of each tag in each of the ``weeks`` before the end of a selection, oldest first.

    Over all posts of its platform, source and language, whatever its query.
    """
    assert selection.until is not None
    wanted = sorted(set(tags))
    if not wanted:
        return {}
    window = everyone(selection).narrowed(
        source=selection.source, since=selection.until - timedelta(weeks=weeks)
    )
    query = {"bool": {"filter": [*filters_of(window), {"terms": {"tag_n": wanted}}]}}
    uses = asking.store.columns("uses", query, ["tag_n", "author_n", "created_at"])
    told = uses["author_n"] >= 0
    back = (int(selection.until.timestamp()) - 1 - uses["created_at"]) // (7 * 86_400)
    rows = np.unique(np.stack([uses["tag_n"], back, uses["author_n"]])[:, told], axis=1)
    counts = np.zeros((len(wanted), weeks), dtype=np.int64)
    np.add.at(counts, (np.searchsorted(wanted, rows[0]), weeks - 1 - rows[1]), 1)
    return {tag: tuple(row) for tag, row in zip(wanted, counts.tolist(), strict=True)}


def keys_of(asking: Asking, selection: Selection, *, most: int = 10_000) -> dict[int, str]:
    """The commonest families of a selection by their number."""
    return {number(key): key for key, _ in top(asking, matching(asking, selection), "hashtags", size=most)}
