"""Which tags should this campaign carry? Numbers about each tag that comes into question, and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from answers.asking import Asking, bounded, matching
from answers.candidates import Candidate, for_audience, for_draft, for_seed, joined, nearest
from answers.counting import top
from answers.coverage import answered
from answers.facets import opening
from answers.hashtag import names_of
from answers.narrowing import tagged, within
from answers.stream import Ints, Mask, Stream, keys_of, read_stream, weekly
from posts.answer import Answer, Figure
from posts.post import number
from posts.selection import Selection
from trends.lasting import Lasting, lasting
from trends.lift import Lift, lift
from trends.verdict import Verdict, verdict

DAYS: Final = 28
"""The window where none is asked for."""
WEEKS: Final = 12
"""Weeks of the curve of a hashtag's age."""
_DAY_S: Final = 86_400
_SPLIT: Final = ("platform", "language", "sentiment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days from ``start`` and the people who used the hashtag in them."""

    start: datetime
    authors: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class TagResearch:
    """One hashtag family in a window.

    ``relevance`` is how unlikely chance brings it so often into the posts that were asked about
    (-log10), infinite for one that was named. ``posts_per_hour`` counts original posts, ``shares_per_hour``
    how often they were passed on (``None`` where no platform tells). ``reach`` adds the followers of its
    authors, each once; ``impressions`` those of every post; both only of the ``known_followers`` part
    whose followers are told. ``author_followers`` is the median of its authors: how strong those are
    beside whom a post would stand. ``visible`` is how long a post stays among the newest. ``weeks`` are over
    all posts of the platform and language, whatever the query; a week before the first post heard is no week.
    """

    key: str
    name: str
    why: str
    relevance: float
    posts: Figure
    authors: Figure
    authors_per_day: float
    posts_per_hour: float
    shares_per_hour: float | None
    lift: Lift
    reach: Figure
    impressions: Figure
    known_followers: float
    author_followers: float | None
    visible: Lasting
    verdict: Verdict
    weeks: tuple[Week, ...]
    platforms: tuple[tuple[str, Figure], ...]
    languages: tuple[tuple[str, Figure], ...]
    sentiments: tuple[tuple[str, Figure], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """A hashtag that is much used, to begin with."""

    key: str
    name: str
    posts: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A hashtag that was named and that nobody uses here, and the known ones that look most like it."""

    written: str
    nearest: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Research:
    """The hashtags that come into question, the most relevant first; ``hours`` is the window's length."""

    rows: tuple[TagResearch, ...]
    unknown: tuple[Unknown, ...]
    hours: float


def research(
    asking: Asking,
    selection: Selection,
    *,
    seeds: tuple[str, ...] = (),
    draft: str = "",
    audience: str = "",
    keys: tuple[str, ...] = (),
    size: int = 30,
) -> Answer[Research]:
    """The hashtags for words or tags (``seeds``), a ``draft`` text, an ``audience`` (a query), or ``keys``.

    ``keys`` are family keys that are told as they are, without a search for more. The window is the
    selection's, else the last 28 days. ``QueryError`` for an audience that cannot be read.
    """
    selection = bounded(asking, selection.narrowed(hashtag=None, spelling=None), days=DAYS)
    assert selection.since is not None
    assert selection.until is not None
    stream = read_stream(asking, selection)
    known = keys_of(asking, selection)
    found = [Candidate(key=key, why="named", relevance=float("inf")) for key in keys]
    for seed in seeds:
        found += for_seed(asking, selection, stream, known, seed)
    if draft.strip():
        found += for_draft(asking, selection, stream, known, draft)
    if audience.strip():
        found += for_audience(asking, selection, stream, known, audience)
    shown = chosen(stream, joined(found), size)
    rows = _rows(asking, selection, stream, shown)
    hours = (selection.until - selection.since) / timedelta(hours=1)
    value = Research(rows=rows, unknown=_unknown(asking, known, seeds), hours=hours)
    return answered(asking, selection, value, "research")


def common(asking: Asking, selection: Selection, *, size: int = 8) -> Answer[tuple[Common, ...]]:
    """The hashtags with the most posts in a selection (window: else 28 days)."""
    selection = bounded(asking, selection, days=DAYS)
    counted = top(asking, matching(asking, selection), "hashtags", size=size)
    names = names_of(asking, [key for key, _ in counted])
    found = tuple(
        Common(
            key=key, name=names.get(key, key), posts=Figure(value=posts, selection=tagged(selection, key))
        )
        for key, posts in counted
    )  # fmt: skip
    return answered(asking, selection, found, "hashtag")


def chosen(stream: Stream, found: list[Candidate], size: int) -> list[Candidate]:
    """The first of the candidates; of equally relevant ones those that more posts carry."""
    posts = {row.key: int((stream.with_tag(number(row.key)) & stream.counted).sum()) for row in found}
    used = [row for row in found if posts[row.key] or row.why == "named"]
    return sorted(used, key=lambda row: (-row.relevance, -posts[row.key], row.key))[:size]


def _unknown(asking: Asking, known: dict[int, str], seeds: Sequence[str]) -> tuple[Unknown, ...]:
    """The seeds that are no hashtag here, with the known ones nearest to each."""
    missing = [seed for seed in seeds if number(asking.families.key(seed)) not in known]
    near = {seed: nearest(asking.families.key(seed), known.values()) for seed in missing}
    names = names_of(asking, [key for keys in near.values() for key in keys])
    return tuple(
        Unknown(written=seed, nearest=tuple((key, names.get(key, key)) for key in near[seed]))
        for seed in missing
    )


def _rows(
    asking: Asking, selection: Selection, stream: Stream, found: Sequence[Candidate]
) -> tuple[TagResearch, ...]:
    keys = [row.key for row in found]
    names = names_of(asking, keys)
    split = _split(asking, selection, keys)
    curves = weekly(asking, selection, map(number, keys), weeks=WEEKS)
    return tuple(
        _row(selection, stream, row, names.get(row.key, row.key), curves[number(row.key)], split[row.key])
        for row in found
    )


def _row(
    selection: Selection,
    stream: Stream,
    found: Candidate,
    name: str,
    curve: tuple[int, ...],
    split: dict[str, tuple[tuple[str, Figure], ...]],
) -> TagResearch:
    assert selection.since is not None
    assert selection.until is not None
    opens = tagged(selection, found.key)
    carries = stream.with_tag(number(found.key))
    mine = carries & stream.counted
    fresh = mine & stream.original
    at = stream.columns["created_at"]
    days = (selection.until - selection.since) / timedelta(days=1)
    until = int(selection.until.timestamp())
    people = _people(stream, mine)
    visible = lasting(at[fresh], until=until)
    moods = {name: int(figure.value or 0) for name, figure in split["sentiment"]}
    told = verdict(
        authors=people, days=days, visible_h=visible.at_least_s / 3600,
        authors_last_day=_people(stream, mine & (at >= until - _DAY_S)), weekly_authors=curve,
        negative=moods.get("negative", 0), read=sum(moods.values()),
    )  # fmt: skip
    reach, impressions, known, median = followers(stream, mine)
    shares = stream.columns["shares"][fresh]
    return TagResearch(
        key=found.key, name=name, why=found.why, relevance=found.relevance,
        posts=Figure(value=int(mine.sum()), selection=opens),
        authors=Figure(value=people, selection=opens),
        authors_per_day=people / days,
        posts_per_hour=int(fresh.sum()) / (24 * days),
        shares_per_hour=int(shares[shares >= 0].sum()) / (24 * days) if (shares >= 0).any() else None,
        lift=lift_of(stream, mine, carries),
        reach=Figure(value=reach, selection=opens), impressions=Figure(value=impressions, selection=opens),
        known_followers=known, author_followers=median, visible=visible, verdict=told,
        weeks=_weeks(selection, found.key, curve),
        platforms=split["platform"], languages=split["language"], sentiments=split["sentiment"],
    )  # fmt: skip


def lift_of(stream: Stream, mine: Mask, carries: Mask | None = None) -> Lift:
    """How much original posts draw against their authors' other originals that are not ``carries``."""
    used = stream.original & (mine | ~(mine if carries is None else carries))
    return lift(stream.drawn[used], mine[used], stream.columns["author_n"][used], stream.age[used])


def _people(stream: Stream, mine: Mask) -> int:
    author = stream.columns["author_n"][mine]
    return int(np.unique(author[author >= 0]).size)


def followers(stream: Stream, mine: Mask) -> tuple[int | None, int | None, float, float | None]:
    """Followers of the authors, each once; of every post; the part of them that is told; and the median.

    Of one person the number of the newest post counts that tells one.
    """
    author, count, at = (stream.columns[name][mine] for name in ("author_n", "followers", "created_at"))
    told = (count >= 0) & (author >= 0)
    people = np.unique(author[author >= 0]).size
    if not told.any():
        return None, None, 0.0, None
    order = np.lexsort((count[told], at[told], author[told]))
    who, newest = author[told][order], count[told][order]
    last = np.append(who[1:] != who[:-1], True)
    each: Ints = newest[last]
    return int(each.sum()), int(count[told].sum()), len(each) / people, float(np.median(each))


def _weeks(selection: Selection, key: str, curve: tuple[int, ...]) -> tuple[Week, ...]:
    """The weeks from the first that has anybody, each opening its posts."""
    assert selection.until is not None
    first = next((place for place, count in enumerate(curve) if count), len(curve))
    plain = replace(selection, query="", author=None, entity=None, ids=(), since=None, noise=None)
    found = []
    for place in range(first, len(curve)):
        start = selection.until - timedelta(weeks=len(curve) - place)
        opens = within(tagged(plain, key), start, start + timedelta(weeks=1))
        found.append(Week(start=start, authors=Figure(value=curve[place], selection=opens)))
    return tuple(found)


def _split(
    asking: Asking, selection: Selection, keys: Sequence[str]
) -> dict[str, dict[str, tuple[tuple[str, Figure], ...]]]:
    """Platforms, languages and moods of the posts of each hashtag, all in one request."""
    parts: dict[str, dict[str, tuple[tuple[str, Figure], ...]]] = {
        key: dict.fromkeys(_SPLIT, ()) for key in keys
    }
    if not keys:
        return parts
    inner = {kind: {"terms": {"field": kind, "size": 50}} for kind in _SPLIT}
    by = {"terms": {"field": "hashtags", "size": len(keys), "include": sorted(set(keys))}, "aggs": inner}
    request: dict[str, Any] = {"query": matching(asking, selection), "size": 0, "aggs": {"by": by}}
    for bucket in asking.store.search("posts", request)["aggregations"]["by"]["buckets"]:
        opens = tagged(selection, bucket["key"])
        for kind in _SPLIT:
            ranked = sorted((-found["doc_count"], found["key"]) for found in bucket[kind]["buckets"])
            parts[bucket["key"]][kind] = tuple(
                (value, Figure(value=-less, selection=opening(opens, kind, value))) for less, value in ranked
            )
    return parts
