"""What is rising: the hashtags of a window, each against its own past."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, bounded, matching
from answers.coverage import answered
from answers.narrowing import tagged
from posts.answer import Answer, Figure
from posts.post import number
from posts.selection import Selection
from trends.snapshot import HISTORY_DAYS, Snapshot, Status, snapshot

Ints = npt.NDArray[np.int64]

WINDOW_DAYS: Final = 1
_SPELLINGS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One way in which a hashtag is written (without ``#``), and the posts that write it so."""

    name: str
    posts: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingTag:
    """One hashtag family in a window, compared with its past.

    ``expected`` authors are usual in such a window (the figure opens the posts of the weeks before) and
    ``ratio`` is authors by expected (``None`` where nothing was); ``score`` is that of the best window, the
    last ``best_window_h`` hours, in which ``best_authors`` wrote where ``best_expected`` are usual. See the
    definition "rising".
    """

    key: str
    name: str
    members: tuple[Spelling, ...]
    posts: Figure
    authors: Figure
    expected: Figure
    ratio: float | None
    score: float
    best_window_h: int
    best_authors: Figure
    best_expected: float
    top_author_share: Figure
    status: Status
    peak_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rising:
    """The hashtags of the window, best first, of ``tags`` in all."""

    rows: tuple[RisingTag, ...]
    window_hours: float
    tags: int


def rising(asking: Asking, selection: Selection, *, size: int = 50) -> Answer[Rising]:
    """What rises in a window (without one, the last 24 hours), judged by up to 28 days before it."""
    selection = bounded(asking, selection, days=WINDOW_DAYS)
    assert selection.since is not None
    assert selection.until is not None
    posts = _matching_posts(asking, selection)
    table = _table(asking, selection, posts)
    shown = table.tag[:size].tolist()
    members = spellings(asking, selection, shown, posts=posts)
    busiest = _author_keys(asking, table.top_author[:size].tolist())
    rows = tuple(
        _row(selection, table, place, *members[tag], busiest)
        for place, tag in enumerate(shown)
        if tag in members
    )
    hours = (selection.until - selection.since) / timedelta(hours=1)
    found = Rising(rows=rows, window_hours=hours, tags=len(table.tag))
    return answered(asking, selection, found, "rising")


def standing(asking: Asking, selection: Selection, key: str) -> RisingTag | None:
    """How one family stands on the last day of the selection, by the very table of ``rising``.

    ``None`` if it was not used on that day.
    """
    window = bounded(asking, selection, days=WINDOW_DAYS).narrowed(hashtag=None)
    assert window.since is not None
    assert window.until is not None
    window = window.narrowed(since=max(window.since, window.until - timedelta(days=WINDOW_DAYS)))
    posts = _matching_posts(asking, window)
    table = _table(asking, window, posts)
    tag = number(key)
    places = np.flatnonzero(table.tag == tag)
    members = spellings(asking, window, [tag], posts=posts)
    if not len(places) or tag not in members:
        return None
    place = int(places[0])
    return _row(window, table, place, *members[tag], _author_keys(asking, [int(table.top_author[place])]))


def _table(asking: Asking, selection: Selection, posts: Ints | None) -> Snapshot:
    """Every family of the window against its past; ``posts`` are those that count, if not all do."""
    assert selection.since is not None
    assert selection.until is not None
    columns = _uses(asking, selection)
    first = int(columns["created_at"].min()) if len(columns["created_at"]) else None
    if posts is not None:
        kept = np.isin(columns["post_n"], posts)
        columns = {name: column[kept] for name, column in columns.items()}
    return snapshot(
        columns["tag_n"], columns["author_n"], columns["created_at"],
        since=_epoch(selection.since), until=_epoch(selection.until), first=first,
    )  # fmt: skip


def spellings(
    asking: Asking, selection: Selection, tags: list[int], *, posts: Ints | None
) -> dict[int, tuple[str, tuple[tuple[str, int], ...]]]:
    """The family key and the spellings with their posts, commonest first, of tags given by number.

    ``posts`` are the numbers of the posts of the selection, where its own fields do not tell.
    """
    if not tags:
        return {}
    filters = [*_filters(selection, selection.since, selection.until), {"terms": {"tag_n": tags}}]
    query = {"bool": {"filter": filters}}
    counts: dict[str, Counter[str]] = {}
    if posts is None:
        inner = {"written": {"terms": {"field": "written", "size": _SPELLINGS}}}
        request = {
            "query": query, "size": 0,
            "aggs": {"tag": {"terms": {"field": "tag", "size": len(tags)}, "aggs": inner}},
        }  # fmt: skip
        for bucket in asking.store.search("uses", request)["aggregations"]["tag"]["buckets"]:
            written = bucket["written"]["buckets"]
            counts[bucket["key"]] = Counter({spelling["key"]: spelling["doc_count"] for spelling in written})
    else:
        wanted = set(posts.tolist())
        for use in asking.store.scan("uses", query, ["tag", "written", "post_n"]):
            if use["post_n"] in wanted:
                counts.setdefault(use["tag"], Counter()).update(use["written"])
    return {
        number(key): (key, tuple(sorted(found.items(), key=lambda row: (-row[1], row[0]))))
        for key, found in counts.items()
    }


def spelled(selection: Selection, key: str, members: tuple[tuple[str, int], ...]) -> tuple[Spelling, ...]:
    """The spellings of a family, each with the posts of the selection that write it so."""
    tag = tagged(selection, key)
    return tuple(
        Spelling(name=name, posts=Figure(value=posts, selection=tag.narrowed(spelling=name)))
        for name, posts in members
    )


def _author_keys(asking: Asking, numbers: list[int]) -> dict[int, str]:
    """The keys of authors of hashtags given by number."""
    known = sorted({n for n in numbers if n >= 0})
    if not known:
        return {}
    request = {
        "query": {"terms": {"author_n": known}}, "size": 0,
        "aggs": {"author": {"terms": {"field": "author", "size": len(known)}}},
    }  # fmt: skip
    found = asking.store.search("uses", request)["aggregations"]["author"]["buckets"]
    return {number(bucket["key"]): bucket["key"] for bucket in found}


def _row(
    selection: Selection,
    table: Snapshot,
    place: int,
    key: str,
    members: tuple[tuple[str, int], ...],
    authors: dict[int, str],
) -> RisingTag:
    posts = tagged(selection, key)
    assert selection.since is not None
    assert selection.until is not None
    past = posts.narrowed(since=selection.since - timedelta(days=HISTORY_DAYS), until=selection.since)
    busiest = authors.get(int(table.top_author[place]))
    best_s, ratio = int(table.best_s[place]), float(table.ratio[place])
    best = posts.narrowed(since=selection.until - timedelta(seconds=best_s))
    return RisingTag(
        key=key, name=members[0][0] if members else key, members=spelled(selection, key, members),
        posts=Figure(value=int(table.posts[place]), selection=posts),
        authors=Figure(value=int(table.authors[place]), selection=posts),
        expected=Figure(value=float(table.expected[place]), selection=past),
        ratio=None if np.isnan(ratio) else ratio,
        score=float(table.score[place]), best_window_h=max(1, round(best_s / 3600)),
        best_authors=Figure(value=int(table.best_authors[place]), selection=best),
        best_expected=float(table.best_expected[place]),
        top_author_share=Figure(
            value=float(table.top_share[place]),
            selection=posts.narrowed(author=busiest) if busiest else posts,
        ),
        status=table.status_of(place),
        peak_at=datetime.fromtimestamp(int(table.peak_at[place]), UTC),
    )  # fmt: skip


def _uses(asking: Asking, selection: Selection) -> dict[str, Ints]:
    """Uses of all hashtags in the window and the weeks before it, within the fields that uses have."""
    assert selection.since is not None
    filters = _filters(selection, selection.since - timedelta(days=HISTORY_DAYS), selection.until)
    fields = ["tag_n", "author_n", "created_at", "post_n"]
    return asking.store.columns("uses", {"bool": {"filter": filters}}, fields)


def _filters(selection: Selection, since: datetime | None, until: datetime | None) -> list[dict[str, Any]]:
    """The window and those parts of a selection that uses carry themselves."""
    bounds = {"gte": since, "lt": until}
    filters: list[dict[str, Any]] = [
        {"range": {"created_at": {name: at.isoformat() for name, at in bounds.items() if at}}}
    ]
    for field in ("platform", "source", "language", "author"):
        value = getattr(selection, field)
        if value is not None:
            filters.append({"term": {field: value}})
    return filters


def _matching_posts(asking: Asking, selection: Selection) -> Ints | None:
    """The numbers of the posts of the window and its past, or ``None`` where uses tell by themselves."""
    assert selection.since is not None
    past = selection.narrowed(since=selection.since - timedelta(days=HISTORY_DAYS))
    if (
        selection.query.strip()
        or selection.entity
        or selection.hashtag
        or selection.spelling
        or selection.ids
    ):
        return asking.store.columns("posts", matching(asking, past), ["n"])["n"]
    return None


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
