"""Was it right? Every ranking replayed over the project's own past, judged by what came after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, matching
from answers.begun import history_begun
from answers.coverage import answered
from answers.narrowing import tagged
from answers.trends import spellings
from answers.uses import filters_of, told_by_uses
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends import risen
from trends.backtest import Against, Score, judge
from trends.rankings import RANKINGS

Ints = npt.NDArray[np.int64]
Reason = Literal["short", "few"]

WARM_DAYS: Final = 28
"""So many days before those that are judged teach the rankings what is usual."""
LEAST_WARM_DAYS: Final = 7
LEAST_DAYS: Final = 4
LEAST_EPISODES: Final = 8
_SMALL: Final = 500
_LISTABLE: Final = 5
"""A hashtag of fewer uses in all is left out: no ranking but the plainest would list it."""
_HOUR: Final = 3600
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """One hashtag that truly rose, ``start`` to ``end``; ``peak`` is the middle of its busiest six hours.

    ``listed`` has, by ranking, when it first stood among the first ten; ``None`` for never.
    """

    key: str
    name: str
    start: datetime
    peak: datetime
    end: datetime
    posts: Figure
    authors: Figure
    listed: dict[str, datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """One ranking: how it fared, and by how much ours exceeds it (``None`` for ours)."""

    name: str
    score: Score
    against: Against | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The rankings on the judged days, ours first; none where ``cannot`` says why.

    ``since`` and ``until`` bound the judged hours. A hashtag truly rises with at least ``least`` authors in
    the next day; ``tags`` are those with at least five uses in all. ``rises`` are the newest first.
    """

    since: datetime
    until: datetime
    days: float
    least: int
    tags: int
    rankings: tuple[Ranked, ...]
    rises: tuple[Rise, ...]
    cannot: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Uses:
    """Uses of the listable hashtags: the place of each in ``tags``, its author, and its hour from 0."""

    tags: Ints
    item: Ints
    author: Ints
    hour: Ints


def backtest(
    asking: Asking, selection: Selection, *, days: int = 14, least: int | None = None
) -> Answer[Backtest]:
    """The rankings on the ``days`` before the end of the selection (or before now) that are known to the end.

    The last day can only be learnt from, for a rise is told by the day that follows. ``least`` authors in
    a day make a rise: without it 8, or 5 where fewer than 500 people are heard. ``ValueError`` if either is
    below 1.
    """
    if days < 1 or (least is not None and least < 1):
        raise ValueError("days and least must be at least 1")
    end = min(selection.until or asking.now, asking.now)
    hours_end = int(end.timestamp()) // _HOUR
    wanted = end - (days + 1 + WARM_DAYS) * _DAY
    asked = selection.narrowed(
        since=wanted, until=datetime.fromtimestamp(hours_end * _HOUR, UTC), edge=None, toward=None
    )
    begun = history_begun(asking, asked)
    base = int(begun.timestamp()) // 86_400 * 24
    hours = max(hours_end - base, 0)
    asked = asked.narrowed(since=datetime.fromtimestamp(base * _HOUR, UTC))
    since = max(hours - (days + 1) * risen.DAY, LEAST_WARM_DAYS * risen.DAY)
    uses, people = _uses(asking, asked, base)
    least = least or (8 if people >= _SMALL else 5)
    judged = (hours - risen.DAY - since) / risen.DAY
    window = _moment(base + since), _moment(base + max(since, hours - risen.DAY))
    if judged < LEAST_DAYS or not len(uses.tags):
        found = Backtest(
            since=window[0], until=window[1], days=max(judged, 0.0), least=least, tags=len(uses.tags),
            rankings=(), rises=(), cannot="short" if judged < LEAST_DAYS else "few",
        )  # fmt: skip
        return answered(asking, asked, found, "backtest")
    found = _judged(asking, asked, uses, base=base, hours=hours, since=since, least=least, window=window)
    return answered(asking, asked, found, "backtest")


def _judged(
    asking: Asking, asked: Selection, uses: _Uses, *, base: int, hours: int, since: int, least: int,
    window: tuple[datetime, datetime],
) -> Backtest:  # fmt: skip
    size = len(uses.tags)
    counts = risen.hourly(uses.item, uses.author, uses.hour, size=size, hours=hours)
    ahead = risen.next_day(uses.item, uses.author, uses.hour, size=size, hours=hours)
    truth = risen.rising(ahead, least=least)
    every = risen.episodes(truth, counts)
    episodes = [each for each in every if each.first >= since]
    scores: dict[str, Score] = {}
    against: dict[str, Against] = {}
    if len(episodes) >= LEAST_EPISODES:
        first_day = _midnight(asking, base)
        scores, against = judge(counts, truth, every, RANKINGS, since=since, first_day=first_day)
    rises = _rises(asking, asked, uses, episodes, scores, base)
    return Backtest(
        since=window[0], until=window[1], days=(hours - risen.DAY - since) / risen.DAY, least=least,
        tags=size,
        rankings=tuple(
            Ranked(name=name, score=score, against=against.get(name)) for name, score in scores.items()
        ),
        rises=rises, cannot=None if scores else "few",
    )  # fmt: skip


def _moment(hour: int) -> datetime:
    return datetime.fromtimestamp(hour * _HOUR, UTC)


def _midnight(asking: Asking, base: int) -> int:
    """The hour from ``base`` on that is nearest to a midnight of the project."""
    offset = _moment(base).astimezone(ZoneInfo(asking.time_zone)).utcoffset() or timedelta()
    return -round(offset / timedelta(hours=1)) % risen.DAY


def _uses(asking: Asking, asked: Selection, base: int) -> tuple[_Uses, int]:
    """The uses of the selection, and how many people use any hashtag in it."""
    columns = asking.store.columns(
        "uses", {"bool": {"filter": filters_of(asked)}}, ["tag_n", "author_n", "created_at", "post_n"]
    )
    if not told_by_uses(asked):
        posts = asking.store.columns("posts", matching(asking, asked), ["n"])["n"]
        kept = np.isin(columns["post_n"], posts)
        columns = {name: column[kept] for name, column in columns.items()}
    tag, author = columns["tag_n"], columns["author_n"]
    keys, item = np.unique(tag, return_inverse=True)
    people = np.unique(author[author >= 0])
    listable = np.bincount(item, minlength=len(keys)) >= _LISTABLE
    place = np.cumsum(listable) - 1
    inside = listable[item]
    hour = columns["created_at"][inside] // _HOUR - base
    return _Uses(
        tags=keys[listable], item=place[item[inside]].astype(np.int64), author=author[inside],
        hour=hour.astype(np.int64),
    ), len(people)  # fmt: skip


def _rises(
    asking: Asking, asked: Selection, uses: _Uses, episodes: list[risen.Episode], scores: dict[str, Score],
    base: int,
) -> tuple[Rise, ...]:  # fmt: skip
    """The episodes with their names, the newest first."""
    tags = sorted({int(uses.tags[each.item]) for each in episodes})
    names = spellings(asking, asked.narrowed(hashtag=None, spelling=None), tags, posts=None)
    found = []
    for place, each in enumerate(episodes):
        tag = int(uses.tags[each.item])
        if tag not in names:
            continue
        key, members = names[tag]
        start, end = _moment(base + each.first + 1), _moment(base + each.end)
        inside = (uses.item == each.item) & (uses.hour > each.first) & (uses.hour < each.end)
        author = uses.author[inside]
        opened = tagged(asked, key).narrowed(since=start, until=end)
        listed = {name: score.first[place] for name, score in scores.items()}
        found.append(
            Rise(
                key=key, name=members[0][0] if members else key, start=start, end=end,
                peak=_moment(base + each.peak + 1),
                posts=Figure(value=int(inside.sum()), selection=opened),
                authors=Figure(value=len(np.unique(author[author >= 0])), selection=opened),
                listed={
                    name: None if hour < 0 else _moment(base + hour + 1) for name, hour in listed.items()
                },
            )
        )  # fmt: skip
    return tuple(reversed(found))
