"""What is rising: the hashtags, names, phrases, links, sites and posts of a window, each against its past."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final, Literal, get_args

import numpy as np

from answers.asking import Asking, bounded
from answers.coverage import answered
from answers.narrowing import also, tagged
from answers.rising_kinds import Item, find_phrases, find_terms
from answers.rising_posts import find_posts
from answers.rising_replay import ranked_by
from answers.rising_tags import (
    Columns,
    Ints,
    Spelling,
    author_keys,
    posts_that_count,
    spelled,
    spellings,
    tag_columns,
)
from posts.answer import Answer, Figure
from posts.post import number
from posts.selection import Selection
from store.protocol import Collection
from trends.snapshot import FALSE_SHARE, HISTORY_DAYS, RISEN, STATUSES, Rhythm, Snapshot, Status, snapshot

__all__ = [
    "FALSE_SHARE", "KINDS", "RISEN", "WINDOWS", "WINDOW_DAYS", "Kind", "Rising", "RisingTag", "Spelling",
    "rising", "rising_without_ours", "spelled", "spellings", "standing", "without_ours",
]  # fmt: skip

Kind = Literal["hashtag", "entity", "phrase", "link", "domain", "post"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
WINDOWS: Final[dict[str, int | None]] = {"best": None, "1h": 1, "3h": 3, "6h": 6, "24h": 24}
"""The windows that can be chosen, in hours; the best is that in which an item exceeds its habit most."""
WINDOW_DAYS: Final = 1
_LITTLE: Final = STATUSES.index("too little history")
CONCENTRATED: Final = 0.5
"""The share of posts by three accounts, or within five minutes, from which on a row is marked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RisingTag:
    """One hashtag family (or another kind of thing) in a window, compared with its past.

    ``expected`` authors are usual in such a window (the figure opens the posts of the weeks before) and
    ``ratio`` is authors by expected (``None`` where nothing was); ``score`` is that of the best window, the
    last ``best_window_h`` hours, in which ``best_authors`` wrote where ``best_expected`` are usual.
    ``false_rate`` is the share of chance among the rows down to it. ``top3_share`` is the share of the three
    busiest authors in the posts, ``at_once`` that of the busiest five minutes; ``curve`` are the posts in 24
    equal parts of the window; ``rhythm`` says where it is as high each day or week at this hour, ``is_new``
    where nobody used it in the weeks before. ``formula_score`` is that of the formula which orders the list,
    if another was asked for. See the definition "rising".
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
    kind: Kind = "hashtag"
    false_rate: float = 1.0
    top3_share: float = 0.0
    at_once: float = 0.0
    curve: tuple[int, ...] = ()
    rhythm: Rhythm = ""
    is_new: bool = False
    formula_score: float | None = None

    @property
    def concentrated(self) -> Literal["", "few", "at once"]:
        """Whether most posts are by three accounts, or came within five minutes.

        Three of five authors have most posts of five; they are few only where they have much more than
        their even share.
        """
        even = 3 / max(3, self.authors.value or 0)
        if self.top3_share > max(CONCENTRATED, min(1.5 * even, 0.99)) and (self.posts.value or 0) > 3:
            return "few"
        return "at once" if self.at_once > CONCENTRATED and (self.posts.value or 0) >= 5 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rising:
    """The items of the window, best first, of ``tags`` in all; ``tests`` had authors enough to be judged.

    Of the ``risen`` about ``FALSE_SHARE`` are expected to be chance.
    """

    rows: tuple[RisingTag, ...]
    window_hours: float
    tags: int
    kind: Kind = "hashtag"
    tests: int = 0
    risen: int = 0
    formula: str = ""


Names = Mapping[int, Item]


def rising(
    asking: Asking,
    selection: Selection,
    *,
    size: int = 50,
    kind: Kind = "hashtag",
    window: str = "best",
    formula: str = "",
) -> Answer[Rising]:
    """What rises in a window (without one, the last 24 hours), judged by up to 28 days before it.

    ``window`` is one of ``WINDOWS``: the last hours of the selection that alone are compared. ``formula`` is
    one of ``trends.rankings.RANKINGS`` by which the list is ordered instead of ours (hashtags only).
    Nothing after the end of the selection is looked at.
    """
    selection = _windowed(bounded(asking, selection, days=WINDOW_DAYS), window)
    assert selection.since is not None
    assert selection.until is not None
    hours = WINDOWS[window]
    posts = posts_that_count(asking, selection) if kind == "hashtag" else None
    columns, names = _read(asking, selection, kind, posts, size=size)
    table = _table(selection, columns, (hours * 3600,) if hours else None)
    judged = int((table.status != _LITTLE).sum())
    risen = int(np.isin(table.status, [STATUSES.index(status) for status in RISEN]).sum())
    scores: dict[int, float] = {}
    if formula:
        scores = ranked_by(formula, columns, since=_epoch(selection.since), until=_epoch(selection.until))
        table = _by(table, scores)
    shown = table.tag[:size].tolist()
    items = names(shown)
    collection: Collection = "uses" if kind == "hashtag" else "posts"
    busiest = author_keys(asking, table.top_author[:size].tolist(), collection)
    rows = tuple(
        _row(selection, table, place, kind, items[tag], busiest, scores.get(tag))
        for place, tag in enumerate(shown)
        if tag in items
    )
    found = Rising(
        rows=rows, window_hours=(selection.until - selection.since) / timedelta(hours=1),
        tags=len(table.tag), kind=kind, tests=max(judged, columns.tests or 0), risen=risen, formula=formula,
    )  # fmt: skip
    return answered(asking, selection, found, "rising", version=2)


def rising_without_ours(asking: Asking, selection: Selection, **options: Any) -> Answer[Rising]:
    """``rising`` without what our own accounts wrote; the very same where none are known."""
    return rising(asking, without_ours(asking, selection), **options)


def standing(asking: Asking, selection: Selection, key: str) -> RisingTag | None:
    """How one family stands on the last day of the selection, by the very table of ``rising``.

    ``None`` if it was not used on that day.
    """
    window = bounded(asking, selection, days=WINDOW_DAYS).narrowed(hashtag=None)
    assert window.since is not None
    assert window.until is not None
    window = window.narrowed(since=max(window.since, window.until - timedelta(days=WINDOW_DAYS)))
    posts = posts_that_count(asking, window)
    table = _table(window, tag_columns(asking, window, posts), None)
    tag = number(key)
    places = np.flatnonzero(table.tag == tag)
    items = _tags(asking, window, posts)([tag])
    if not len(places) or tag not in items:
        return None
    place = int(places[0])
    busiest = author_keys(asking, [int(table.top_author[place])])
    return _row(window, table, place, "hashtag", items[tag], busiest, None)


def without_ours(asking: Asking, selection: Selection) -> Selection:
    """The selection without the posts of our own accounts; itself where none are known."""
    for key in asking.ours.author_keys if asking.ours else ():
        selection = selection.narrowed(query=also(selection.query, f'-author:"{key}"'))
    return selection


def _windowed(selection: Selection, window: str) -> Selection:
    hours = WINDOWS[window]
    if hours is None or selection.until is None:
        return selection
    return selection.narrowed(since=selection.until - timedelta(hours=hours))


def _read(
    asking: Asking, selection: Selection, kind: Kind, posts: Ints | None, *, size: int
) -> tuple[Columns, Callable[[list[int]], Names]]:
    """The columns of a kind, and what tells its items by their numbers."""
    if kind == "hashtag":
        return tag_columns(asking, selection, posts), _tags(asking, selection, posts)
    if kind == "post":
        return find_posts(asking, selection)
    if kind == "phrase":
        return find_phrases(asking, selection, size=size)
    return find_terms(asking, selection, kind)


def _tags(asking: Asking, selection: Selection, posts: Ints | None) -> Callable[[list[int]], Names]:
    def items(tags: list[int]) -> Names:
        found = spellings(asking, selection, tags, posts=posts)
        return {
            tag: Item(
                key=key, name=members[0][0] if members else key,
                narrow=partial(_tagged, key),
                members=spelled(selection, key, members),
            )
            for tag, (key, members) in found.items()
        }  # fmt: skip

    return items


def _tagged(key: str, selection: Selection) -> Selection:
    return tagged(selection, key)


def _table(selection: Selection, columns: Columns, windows: tuple[int, ...] | None) -> Snapshot:
    """Every item of the window against its past."""
    assert selection.since is not None
    assert selection.until is not None
    first = int(columns.stream.min()) if len(columns.stream) else None
    table = snapshot(
        columns.item, columns.author, columns.at, since=_epoch(selection.since),
        until=_epoch(selection.until), first=first, windows=windows, stream=columns.stream,
        tests=columns.tests,
    )  # fmt: skip
    return table if columns.shown is None else _only(table, np.isin(table.tag, columns.shown))


def _by(table: Snapshot, scores: Mapping[int, float]) -> Snapshot:
    """The items that a formula scores, best first."""
    places = {tag: place for place, tag in enumerate(table.tag.tolist())}
    ordered = [places[tag] for tag in sorted(scores, key=lambda tag: (-scores[tag], tag)) if tag in places]
    return _only(table, np.array(ordered, dtype=np.int64))


def _only(table: Snapshot, chosen: np.ndarray) -> Snapshot:
    return Snapshot(**{part.name: getattr(table, part.name)[chosen] for part in fields(Snapshot)})


def _row(
    selection: Selection,
    table: Snapshot,
    place: int,
    kind: Kind,
    item: Item,
    authors: Mapping[int, str],
    formula_score: float | None,
) -> RisingTag:
    posts = item.narrow(selection)
    assert selection.since is not None
    assert selection.until is not None
    past = selection.narrowed(since=selection.since - timedelta(days=HISTORY_DAYS), until=selection.since)
    busiest = authors.get(int(table.top_author[place]))
    best_s, ratio = int(table.best_s[place]), float(table.ratio[place])
    best = item.narrow(selection.narrowed(since=selection.until - timedelta(seconds=best_s)))
    return RisingTag(
        key=item.key, name=item.name, members=item.members, kind=kind,
        posts=Figure(value=int(table.posts[place]), selection=posts),
        authors=Figure(value=int(table.authors[place]), selection=posts),
        expected=Figure(value=float(table.expected[place]), selection=item.narrow(past)),
        ratio=None if np.isnan(ratio) else ratio,
        score=float(table.score[place]), best_window_h=max(1, round(best_s / 3600)),
        best_authors=Figure(value=int(table.best_authors[place]), selection=best),
        best_expected=float(table.best_expected[place]),
        top_author_share=Figure(
            value=float(table.top_share[place]),
            selection=posts.narrowed(author=busiest) if busiest and kind != "post" else posts,
        ),
        status=table.status_of(place), peak_at=datetime.fromtimestamp(int(table.peak_at[place]), UTC),
        false_rate=float(table.false_rate[place]), top3_share=float(table.top3_share[place]),
        at_once=float(table.at_once[place]), curve=tuple(table.curve[place].tolist()),
        rhythm=table.rhythm_of(place), is_new=bool(table.is_new[place]), formula_score=formula_score,
    )  # fmt: skip


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp())
