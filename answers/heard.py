"""How much of what was said was heard: a strip of collected, missing, silent and deleted beside the numbers.

It speaks of sources, not of queries: of a source that was down for a day the posts on every subject are
missing. A bucket without posts is silent only if all of it was heard.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from answers.asking import Asking, SourceFacts, bounded, matching
from answers.by_source import bars, of_sources, rhythms
from answers.capture import Capture, captures
from answers.counting import Bucket, bar_starts, series
from answers.coverage import answered
from answers.listening import Listening, Reason, cut, listening, merged
from posts.answer import Answer, Figure
from posts.selection import Selection
from trends import recapture, rhythm
from trends.intervals import Span, common, length, near
from trends.recapture import UNKNOWN, Amount, Share
from trends.rhythm import Rhythm

REASONS: Final = 100
"""So many reasons of a source are told, those of the longest time first."""
_STRENGTH: Final = ("read", "counted", "rate", "recapture", "recapture and rate", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a bucket is made of, from 0 to 1. They add up to 1, or to 0 where nothing is known of it."""

    collected: float = 0.0
    missing: float = 0.0
    silent: float = 0.0
    deleted: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One bucket: its posts, about how many are missing (``None`` where that cannot be told), deleted."""

    start: datetime
    end: datetime
    posts: Figure
    missing: float | None
    deleted: int
    parts: Parts


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHeard:
    """One source: ``known`` is the part of the window of which anything is known.

    ``missing`` is about how many posts of the window are missing, ``heard`` the share that is there;
    ``reasons`` say why, of ``reasons_all`` in all, in the order of time.
    """

    source: str
    platform: str
    known: float
    cells: tuple[Cell, ...]
    posts: Figure
    missing: Amount | None
    deleted: int
    heard: Share
    reasons: tuple[Reason, ...]
    reasons_all: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The sources of a window together, and each; of those in ``untold`` nothing is known.

    A post that is in two sources counts once. ``heard`` is the share of what the other sources could give.
    """

    cells: tuple[Cell, ...]
    posts: Figure
    missing: Amount | None
    deleted: int
    heard: Share
    sources: tuple[SourceHeard, ...]
    untold: tuple[str, ...]


def heard(asking: Asking, selection: Selection) -> Answer[Heard]:
    """What was heard in a window (without one, the last 7 days), by source and together.

    Of the selection only window, source and platform count. Buckets are those of `answers.overview`.
    """
    asked = bounded(asking, selection)
    asked = Selection(since=asked.since, until=asked.until, source=asked.source, platform=asked.platform)
    work = _work(asking, asked)
    sources = tuple(_source(work, facts) for facts in work.facts)
    told = [source for source in sources if source.known]
    names = [source.source for source in told]
    whole = series(asking, matching(asking, asked), asked)
    posts = asking.store.count("posts", of_sources(asking, asked, names)) if names else 0
    found = Heard(
        cells=tuple(
            _together(bar, [source.cells[place] for source in told], end)
            for place, (bar, (_, end)) in enumerate(zip(whole, work.bounds, strict=True))
        ),
        posts=Figure(value=sum(int(bar.posts.value or 0) for bar in whole), selection=asked),
        missing=_sum([source.missing for source in told]),
        deleted=sum(source.deleted for source in told),
        heard=_share_together(work, told, posts), sources=sources,
        untold=tuple(source.source for source in sources if not source.known),
    )  # fmt: skip
    return answered(asking, asked, found, "heard")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """All that was read for the answer."""

    asking: Asking
    asked: Selection
    facts: tuple[SourceFacts, ...]
    bounds: tuple[Span, ...]
    bars: Mapping[str, Sequence[Bucket]]
    listening: Mapping[str, Listening]
    rhythms: Mapping[str, Rhythm]
    captures: Mapping[str, Capture]


def _work(asking: Asking, asked: Selection) -> _Work:
    assert asked.since is not None
    assert asked.until is not None
    facts = tuple(
        facts
        for facts in asking.sources
        if asked.source in (None, facts.name) and asked.platform in (None, facts.platform)
    )
    # What is usual is learnt from before and after the window alike.
    begin = min(asked.since, asked.until - timedelta(days=rhythm.DAYS))
    wide = listening(asking, facts, since=begin, until=asking.now)
    window = int(asked.since.timestamp()), int(asked.until.timestamp())
    inside = {name: cut(each, window) for name, each in wide.items()}
    starts, unit = bar_starts(asked.since, asked.until, asking.time_zone)
    gaps = [name for name, each in inside.items() if each.missing]
    return _Work(
        asking=asking, asked=asked, facts=facts, bounds=_bounds(starts, window[1]),
        bars=bars(asking, asked, [each.name for each in facts], starts, unit), listening=inside,
        rhythms=rhythms(asking, gaps, wide, begin), captures=captures(asking, asked, facts, inside),
    )  # fmt: skip


def _bounds(starts: Sequence[datetime], until: int) -> tuple[Span, ...]:
    begins = [int(start.timestamp()) for start in starts]
    return tuple(zip(begins, [*begins[1:], until], strict=True))


def _source(work: _Work, facts: SourceFacts) -> SourceHeard:
    """One source in the window."""
    own = work.listening[facts.name]
    habit = work.rhythms.get(facts.name)
    counted = _by_bucket(work.bounds, own.counted)
    deleted = _by_bucket(work.bounds, own.deleted)
    cells = tuple(
        _cell(bar, span, own, habit, counted[place], deleted[place])
        for place, (bar, span) in enumerate(zip(work.bars[facts.name], work.bounds, strict=True))
    )
    missing = _missing(own, habit)
    window = (work.bounds[0][0] if work.bounds else 0), (work.bounds[-1][1] if work.bounds else 0)
    reasons = merged(own.reasons)
    # Posts of before the source was listened to are no part of what was heard of it.
    posts = sum(int(cell.posts.value or 0) for cell in cells if any(_values(cell.parts)))
    every = sum(int(cell.posts.value or 0) for cell in cells)
    return SourceHeard(
        source=facts.name, platform=facts.platform, known=_known(own, work.asked, window), cells=cells,
        posts=Figure(value=every, selection=work.asked.narrowed(source=facts.name)), missing=missing,
        deleted=sum(deleted), heard=_share(own, posts, missing, work.captures.get(facts.name)),
        reasons=_shown(reasons), reasons_all=len(reasons),
    )  # fmt: skip


def _known(own: Listening, asked: Selection, window: Span) -> float:
    assert asked.since is not None
    assert asked.until is not None
    whole = (asked.until - asked.since).total_seconds()
    return (length(own.collected) + length(own.missing)) / whole if whole else 0.0


def _shown(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Those of the longest time, in the order of time."""
    places = sorted(range(len(reasons)), key=lambda place: reasons[place].since - reasons[place].until)
    return tuple(reasons[place] for place in sorted(places[:REASONS]))


def _by_bucket(bounds: Sequence[Span], counts: Sequence[tuple[int, int]]) -> list[int]:
    """Counted posts by the bucket that they lie in; before the first they belong to it."""
    found = [0] * len(bounds)
    begins = [span[0] for span in bounds]
    for moment, posts in counts:
        found[max(0, bisect_right(begins, moment) - 1)] += posts
    return found


def _cell(bar: Bucket, span: Span, own: Listening, habit: Rhythm | None, counted: int, deleted: int) -> Cell:
    """One bucket of one source."""
    heard_s = length(common(near(own.collected, span), (span,)))
    gaps = common(near(own.missing, span), (span,))
    estimate: float | None = 0.0
    if gaps:
        estimate = habit.expected(gaps) if habit is not None else None
    posts = int(bar.posts.value or 0)
    missing = None if estimate is None else estimate + counted
    known_s = heard_s + length(gaps)
    by_time = length(gaps) / known_s if known_s else 0.0
    return Cell(
        start=bar.start, end=datetime.fromtimestamp(span[1], UTC), posts=bar.posts, missing=missing,
        deleted=deleted, parts=_parts(posts, counted, missing, deleted, by_time, known=bool(known_s)),
    )  # fmt: skip


def _parts(
    posts: int, counted: int, missing: float | None, deleted: int, by_time: float, *, known: bool
) -> Parts:
    """By posts; but of what was missed by time at least as much, however little is usual at that hour."""
    if not known and not counted and not deleted:
        return Parts()
    lost = counted if missing is None else missing
    every = posts + lost + deleted
    gone = max(by_time, lost / every if every else 0.0)
    rest = 1.0 - gone
    if not posts + deleted:
        return Parts(missing=gone, silent=rest)
    erased = rest * deleted / (posts + deleted)
    return Parts(collected=rest - erased, missing=gone, deleted=erased)


def _missing(own: Listening, habit: Rhythm | None) -> Amount | None:
    """About how many posts of the window are missing; ``None`` where that cannot be told."""
    counted = float(sum(posts for _, posts in own.counted))
    exact = Amount(value=counted, low=counted, high=counted)
    if not own.missing:
        return exact
    missed = None if habit is None else habit.missed(own.missing)
    return None if missed is None else recapture.together([exact, missed])


def _share(own: Listening, posts: int, missing: Amount | None, capture: Capture | None) -> Share:
    """The share of one source; unknown where it was not listened to, or lost nobody knows how much."""
    if not own.collected and not own.missing:
        return UNKNOWN
    counted = sum(count for _, count in own.counted)
    share = capture.share if capture is not None else UNKNOWN
    if missing is None:
        most = recapture.heard(posts, counted=counted, capture=share).high
        return Share(high=most if most is not None and most < 1 else None)
    missed = _missed(own, missing, counted)
    told_by = capture.told_by if capture is not None else 0
    return recapture.heard(posts, counted=counted, missed=missed, capture=share, told_by=told_by)


def _sum(amounts: Sequence[Amount | None]) -> Amount | None:
    known = [amount for amount in amounts if amount is not None]
    return recapture.together(known) if len(known) == len(amounts) else None


def _together(bar: Bucket, cells: Sequence[Cell], end: int) -> Cell:
    """A bucket of all sources: each counts by its posts, and one more so that none counts nothing."""
    missing = [cell.missing for cell in cells]
    known = [each for each in missing if each is not None]
    weights = [
        1.0 + (cell.posts.value or 0) + (cell.missing or 0) + cell.deleted
        if any(_values(cell.parts))
        else 0.0
        for cell in cells
    ]
    whole = sum(weights) or 1.0
    parts = [
        sum(weight * _values(cell.parts)[place] for weight, cell in zip(weights, cells, strict=True)) / whole
        for place in range(4)
    ]
    return Cell(
        start=bar.start, end=datetime.fromtimestamp(end, UTC), posts=bar.posts,
        missing=sum(known) if len(known) == len(missing) else None,
        deleted=sum(cell.deleted for cell in cells),
        parts=Parts(collected=parts[0], missing=parts[1], silent=parts[2], deleted=parts[3]),
    )  # fmt: skip


def _values(parts: Parts) -> tuple[float, float, float, float]:
    return parts.collected, parts.missing, parts.silent, parts.deleted


def _share_together(work: _Work, told: Sequence[SourceHeard], posts: int) -> Share:
    """The share of all that these sources could give, each post once."""
    lost = [_lost(work, source) for source in told]
    known = [amount for amount, _ in lost if amount is not None]
    low = sum(least for _, least in lost)
    if len(known) < len(lost) or not lost:
        most = posts / (posts + low) if posts and low else None
        return Share(high=most)
    methods = [source.heard.method for source in told]
    method = max(methods, key=_STRENGTH.index)
    if {"recapture", "rate"} <= set(methods):
        method = "recapture and rate"
    return recapture.share_of(posts, recapture.together(known), method)


def _lost(work: _Work, source: SourceHeard) -> tuple[Amount | None, float]:
    """What neither the source nor another has, as far as it can be told, and at least how many."""
    own = work.listening[source.source]
    capture = work.captures.get(source.source)
    counted = sum(posts for _, posts in own.counted)
    if capture is not None and capture.within:
        # The wider source speaks for both.
        return Amount(value=0.0, low=0.0, high=0.0), 0.0
    if source.missing is None:
        return None, float(counted)
    missed = _missed(own, source.missing, counted)
    posts = int(source.posts.value or 0)
    if capture is None:
        found = recapture.lost(posts, counted=counted, missed=missed)
        return found, found.low
    if capture.share.share is None:
        most = capture.share.high or 1.0
        return None, counted + max(0.0, posts / most - posts - capture.elsewhere)
    found = recapture.lost(
        posts,
        counted=counted,
        missed=missed,
        capture=capture.share,
        told_by=capture.told_by,
        elsewhere=capture.elsewhere,
    )
    return found, found.low


def _missed(own: Listening, missing: Amount, counted: int) -> Amount | None:
    """The part of what is missing that is not counted."""
    if not own.missing:
        return None
    return Amount(value=missing.value - counted, low=missing.low - counted, high=missing.high - counted)
