"""Trends that begin on one platform and move to another: when they arrived, with the lag, and who leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from answers.asking import Asking, bounded, matching
from answers.counting import counted, top
from answers.coverage import answered
from answers.hashtag import names_of
from answers.narrowing import tagged
from answers.platforms import heard_since, heard_spans
from answers.rise import moment
from answers.uses import keys_of
from posts.answer import Answer, Figure
from posts.post import number
from posts.selection import Selection
from trends.crossing import THRESHOLD, Lag, Lead, arrivals, lag, lead, passed
from trends.intervals import Spans, common, length, near
from trends.odds import false_rates
from trends.pairs import people

Ints = npt.NDArray[np.int64]
Sure = Literal["told", "unsure", "not heard"]

QUIET: Final = timedelta(days=3)
"""A hashtag that had passed the threshold in these days before the window does not begin in it."""
STABLE: Final = 0.95
"""How often the order must stay, had only half of the authors been heard, to be told."""
HEARD: Final = 0.9
"""The part of the time that the later platform must have been listened to."""
_BEFORE_S: Final = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When the third distinct author wrote on a platform; ``authors`` are all of the window there."""

    platform: str
    at: datetime
    authors: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A trend on several platforms, in the order in which it arrived; ``key`` is empty for a query.

    ``lag`` is that from the first to the second. It is ``unsure`` if the order would often be another one had
    half of the authors been heard, and ``not heard`` if the later platform was not listened to in the
    meantime: then it is not told who was first.
    """

    key: str
    name: str
    arrivals: tuple[Arrival, ...]
    lag: Lag
    sure: Sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Leading:
    """Two platforms: ``first`` led ``second`` in most of the trends that are on both (``lead``).

    ``trends`` are those in which both were listened to; ``false_rate`` is the q-value over all pairs.
    """

    first: str
    second: str
    trends: int
    lead: Lead
    false_rate: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossings:
    """Trends that arrived on two platforms or more in the window, those with most authors first.

    ``running`` hashtags were there before, ``trends`` is the number of all that began and crossed, ``heard``
    since when each platform is listened to.
    """

    rows: tuple[Crossing, ...]
    leads: tuple[Leading, ...]
    trends: int
    running: int
    threshold: int
    heard: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True)
class _Trend:
    """A tag by number, and the first posts of its authors on each platform."""

    tag: int
    times: dict[str, Ints]

    @property
    def authors(self) -> int:
        return sum(len(times) for times in self.times.values())

    def order(self) -> list[str]:
        """The platforms that it arrived on, the first first."""
        found = {name: passed(times) for name, times in self.times.items()}
        return sorted(
            (name for name, at in found.items() if at is not None), key=lambda name: (found[name], name)
        )


def crossings(asking: Asking, selection: Selection, *, size: int = 20) -> Answer[Crossings]:
    """All hashtags that begin in the posts of a window (without one, the last 7 days) on several platforms.

    A hashtag has arrived where its third distinct author wrote. Those that had arrived anywhere in the three
    days before the window are left out: they do not begin in it.
    """
    selection = bounded(asking, selection)
    platforms = _platforms(asking, selection)
    since = _seconds(selection.since)
    columns = {name: _uses(asking, selection, name) for name in platforms}
    begun = {name: _arrived(each, since, None) for name, each in columns.items()}
    before = {name: _arrived(each, None, since) for name, each in columns.items()}
    here = _several(list(begun.values()))
    running = here & set().union(*before.values()) if before else set()
    crossed = [each for each in _trends(here - running, columns, since) if len(each.order()) > 1]
    trends = sorted(crossed, key=lambda each: (-each.authors, each.tag))
    spans = _spans(asking, platforms, selection)
    keys = keys_of(asking, [each.tag for each in trends[:size]])
    names = names_of(asking, list(keys.values()))
    rows = tuple(
        _crossing(asking, tagged(selection, keys[each.tag]), each, spans, keys[each.tag], names)
        for each in trends[:size]
        if each.tag in keys
    )
    found = Crossings(
        rows=rows, leads=_leads(trends, platforms, spans), trends=len(trends), running=len(running),
        threshold=THRESHOLD, heard=_heard(asking, platforms),
    )  # fmt: skip
    return answered(asking, selection, found, "crossings")


def crossing(asking: Asking, selection: Selection) -> Answer[Crossing | None]:
    """The same of one hashtag or query; ``None`` where it arrived on fewer than two platforms."""
    selection = bounded(asking, selection)
    platforms = _platforms(asking, selection)
    times = {}
    for name in platforms:
        own = matching(asking, selection.narrowed(platform=name))
        columns = asking.store.columns("posts", own, ["author_n", "created_at"])
        times[name] = arrivals(columns["author_n"], columns["created_at"])
    trend = _Trend(number(selection.hashtag or ""), times)
    found = None
    if len(trend.order()) > 1:
        spans = _spans(asking, platforms, selection)
        found = _crossing(asking, selection, trend, spans, selection.hashtag or "", {})
    return answered(asking, selection, found, "crossings")


def _platforms(asking: Asking, selection: Selection) -> list[str]:
    return sorted(name for name, _ in top(asking, matching(asking, selection), "platform", size=20))


def _heard(asking: Asking, platforms: Sequence[str]) -> tuple[tuple[str, datetime], ...]:
    return tuple(sorted(heard_since(asking, platforms).items()))


def _seconds(at: datetime | None) -> int:
    assert at is not None
    return int(at.timestamp())


def _uses(asking: Asking, selection: Selection, platform: str) -> dict[str, Ints]:
    """The uses of hashtags on a platform in the posts of the selection, and in the days before it."""
    assert selection.since is not None
    assert selection.until is not None
    wide = selection.narrowed(platform=platform, since=selection.since - QUIET)
    assert wide.since is not None
    bounds = {"gte": wide.since.isoformat(), "lt": selection.until.isoformat()}
    filters: list[dict[str, Any]] = [{"range": {"created_at": bounds}}, {"term": {"platform": platform}}]
    fields = ["tag_n", "author_n", "created_at", "post_n"]
    found = asking.store.columns("uses", {"bool": {"filter": filters}}, fields)
    kept = found["author_n"] >= 0
    plain = Selection(since=wide.since, until=wide.until, platform=platform)
    if wide != plain:
        posts = asking.store.columns("posts", matching(asking, wide), ["n"])["n"]
        kept &= np.isin(found["post_n"], posts)
    return {name: column[kept] for name, column in found.items()}


def _arrived(uses: Mapping[str, Ints], since: int | None, until: int | None) -> set[int]:
    """Tags with enough distinct authors from ``since`` to before ``until``."""
    at = uses["created_at"]
    kept = (at >= since if since is not None else True) & (at < until if until is not None else True)
    kept = np.broadcast_to(kept, at.shape)
    tags, authors = people(uses["tag_n"][kept], uses["author_n"][kept])
    return set(tags[authors >= THRESHOLD].tolist())


def _several(sets: Sequence[set[int]]) -> set[int]:
    """What is in two of them at least."""
    return set().union(*(one & other for one, other in combinations(sets, 2)))


def _trends(tags: set[int], columns: Mapping[str, Mapping[str, Ints]], since: int) -> list[_Trend]:
    """These tags with the first posts of their authors in the window, by platform."""
    wanted = np.array(sorted(tags), dtype=np.int64)
    times: dict[int, dict[str, Ints]] = {tag: {} for tag in wanted.tolist()}
    for name, uses in columns.items():
        kept = np.flatnonzero(np.isin(uses["tag_n"], wanted) & (uses["created_at"] >= since))
        kept = kept[np.argsort(uses["tag_n"][kept], kind="stable")]
        ends = np.searchsorted(uses["tag_n"][kept], wanted, side="right")[:-1]
        for tag, own in zip(wanted.tolist(), np.split(kept, ends), strict=True) if len(wanted) else ():
            times[tag][name] = arrivals(uses["author_n"][own], uses["created_at"][own])
    return [_Trend(tag, found) for tag, found in times.items()]


def _spans(asking: Asking, platforms: Sequence[str], selection: Selection) -> dict[str, Spans]:
    assert selection.since is not None
    assert selection.until is not None
    begin = selection.since - timedelta(seconds=_BEFORE_S)
    return heard_spans(asking, platforms, since=begin, until=selection.until)


def _is_heard(trend: _Trend, one: str, other: str, spans: Mapping[str, Spans]) -> bool:
    """Whether the later of two platforms was listened to from before the other's arrival to its own."""
    first, second = sorted((one, other), key=lambda name: (passed(trend.times[name]) or 0, name))
    since, until = (passed(trend.times[name]) or 0 for name in (first, second))
    span = since - _BEFORE_S, until
    known = length(common(near(spans.get(second, ()), span), (span,)))
    return known >= HEARD * (span[1] - span[0])


def _crossing(
    asking: Asking, selection: Selection, trend: _Trend, spans: Mapping[str, Spans], key: str,
    names: Mapping[str, str],
) -> Crossing:  # fmt: skip
    order = trend.order()
    apart = lag(trend.times[order[0]], trend.times[order[1]])
    assert apart is not None
    sure: Sure = "told" if apart.stable >= STABLE else "unsure"
    if not _is_heard(trend, order[0], order[1], spans):
        sure = "not heard"
    return Crossing(
        key=key, name=names.get(key, key), lag=apart, sure=sure,
        arrivals=tuple(
            Arrival(
                platform=name, at=moment(passed(trend.times[name]) or 0),
                authors=counted(asking, selection.narrowed(platform=name))[1],
            )
            for name in order
        ),
    )  # fmt: skip


def _leads(
    trends: Sequence[_Trend], platforms: Sequence[str], spans: Mapping[str, Spans]
) -> tuple[Leading, ...]:
    """Each pair of platforms that share a trend, the surest first."""
    found: list[tuple[str, str, int, Lead]] = []
    for one, other in combinations(platforms, 2):
        lags = []
        for trend in trends:
            a, b = passed(trend.times[one]), passed(trend.times[other])
            if a is not None and b is not None and _is_heard(trend, one, other, spans):
                lags.append(b - a)
        told = lead(np.array(lags, dtype=np.int64))
        if told is not None and told.second > told.first:
            one, other = other, one
            told = lead(-np.array(lags, dtype=np.int64))
        if told is not None:
            found.append((one, other, len(lags), told))
    rates = false_rates(np.array([told.chance for *_, told in found])) if found else np.empty(0)
    rows = [
        Leading(first=one, second=other, trends=many, lead=told, false_rate=float(rate))
        for (one, other, many, told), rate in zip(found, rates, strict=True)
    ]
    return tuple(sorted(rows, key=lambda row: (row.lead.chance, -row.trends, row.first, row.second)))
