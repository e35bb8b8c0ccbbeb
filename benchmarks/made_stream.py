"""A made stream of tags with planted bursts and traps: what ``trends.rising`` is tuned and judged on.

Uses and distinct authors an hour of ``size`` tags over 28 days. The tags' levels are heavy tailed; days
and weeks have a rhythm. Planted: bursts in the last 14 days. Traps: tags with a show each day or week, spam
by one or two accounts, and giants with a rhythm of their own. What a stream is like is a ``Made``; the
named variants are streams that differ in one respect each, so that no ranking is fitted to one generator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

import numpy as np

HOURS: Final = 28 * 24
BURSTS_FROM: Final = 14 * 24
TRAPS: Final = MappingProxyType({"daily": 40, "weekly": 20, "spam": 60, "level": 20})
"""How many tags there are of each kind of trap."""
_DENSE: Final = 0.1
"""Authors an hour from which a tag's rate has noise of its own; below it chance alone is as large."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A burst goes on from ``start`` to ``end`` (hours, both within), highest at ``peak``."""

    tag: int
    start: int
    peak: int
    end: int


@dataclass(slots=True)
class Stream:
    """Item, uses and authors of each hour; the planted bursts; the kind of each tag that is a trap."""

    hours: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    traps: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """What a stream is like. Levels and heights are authors an hour; pairs are the least and the most.

    ``noise`` and ``giant_noise`` are shapes of a gamma distribution that multiplies each hour's rate (0:
    none, Poisson). ``clump`` is the chance that an author brings others in the same hour. ``drift`` is the
    standard deviation of the giants' slow wandering, ``jitter`` the hours by which shows come early or late,
    ``over`` the share of its height at which a falling burst has ended.
    """

    bursts: int = 120
    traps: bool = True
    tail: float = 1.1
    scale: float = 0.04
    cap: float = 4.0
    noise: float = 8.0
    clump: float = 0.0
    rhythm: float = 0.6
    weekend: float = 1.0
    height: tuple[float, float] = (4, 60)
    rise: tuple[int, int] = (2, 10)
    fall: tuple[float, float] = (4, 12)
    over: float = 0.135
    square: bool = False
    burst_level: tuple[float, float] = (0.03, 1.0)
    giants: tuple[float, float] = (10, 60)
    giant_rhythm: float = 0.7
    giant_noise: float = 12.0
    drift: float = 0.0
    daily: tuple[float, float] = (15, 80)
    weekly: tuple[float, float] = (40, 200)
    show_h: tuple[int, int] = (3, 4)
    jitter: int = 0
    spam_days: int = 4
    spam_hours: tuple[int, int] = (8, 20)
    spam_uses: tuple[int, int] = (10, 60)


PLAIN: Final = Made()
VARIANTS: Final[Mapping[str, Made]] = MappingProxyType({
    "plain": PLAIN,
    "few bursts": Made(bursts=40),
    "small bursts": Made(height=(4, 20)),
    "high bursts": Made(height=(15, 200)),
    "quick bursts": Made(rise=(1, 4), fall=(2, 6)),
    "long bursts": Made(rise=(4, 16), fall=(8, 24)),
    "square bursts": Made(square=True),
    "bursts on busy tags": Made(burst_level=(0.5, 4.0)),
    "long tails": Made(over=0.05),
    "rough": Made(noise=1.5),
    "clumped": Made(clump=0.15),
    "larger tags": Made(cap=60.0, noise=4.0),
    "weekends": Made(weekend=0.5),
    "no rhythm": Made(rhythm=0.0),
    "steep rhythm": Made(rhythm=0.9, weekend=1.5),
    "wild giants": Made(giants=(40, 400), giant_rhythm=0.9, giant_noise=5.0),
    "drifting giants": Made(giants=(40, 400), drift=0.3),
    "late shows": Made(jitter=1),
    "spam all day": Made(spam_hours=(0, 24), spam_days=10),
})  # fmt: skip


def make(seed: int, size: int = 20_000, made: Made = PLAIN) -> Stream:
    """The stream of a seed: the same for the same numbers."""
    rng = np.random.default_rng(seed)
    level = np.minimum(made.scale * rng.pareto(made.tail, size), made.cap)
    counts = [number if made.traps else 0 for number in TRAPS.values()]
    places = np.cumsum([*counts, made.bursts])
    *trapped, planted, _ = np.split(rng.permutation(size), places)
    stream = Stream(traps={int(tag): name for name, tags in zip(TRAPS, trapped, strict=True) for tag in tags})
    daily, weekly, spam, giants = trapped
    curves = np.zeros((HOURS, made.bursts))
    for place, tag in enumerate(planted):
        burst, curves[:, place] = _burst(rng, int(tag), made)
        stream.bursts.append(burst)
    level[planted] = _between(rng, made.burst_level, made.bursts)
    level[daily] = level[weekly] = 0.05
    level[spam] = level[giants] = 0.0
    rates = np.concatenate(
        [
            _shows(rng, 24, len(daily), made.daily, made.show_h[0], made.jitter),
            _shows(rng, 168, len(weekly), made.weekly, made.show_h[1], made.jitter),
            _giants(rng, len(giants), made),
            curves,
        ],
        axis=1,
    )
    added = np.concatenate([daily, weekly, giants, planted])
    spam_uses, spam_authors = _spam(rng, len(spam), made)
    for hour, authors in enumerate(_authors(rng, level, added, rates, made)):
        item = np.flatnonzero(authors)
        uses = authors[item] + rng.poisson(authors[item] * 0.25)
        on = np.flatnonzero(spam_uses[hour])
        stream.hours.append(
            (
                np.concatenate([item, spam[on]]),
                np.concatenate([uses, spam_uses[hour, on]]),
                np.concatenate([authors[item], spam_authors[hour, on]]),
            )
        )
    return stream


def _authors(
    rng: np.random.Generator, level: np.ndarray, added: np.ndarray, rates: np.ndarray, made: Made
) -> list[np.ndarray]:
    """Authors of every tag, hour by hour: tags of a low level as one Poisson process, for speed."""
    dense = np.flatnonzero(level >= _DENSE)
    below = np.cumsum(np.where(level < _DENSE, level, 0.0))
    hours = []
    for hour in range(HOURS):
        season = _season(hour, made)
        few = rng.random(rng.poisson(below[-1] * season)) * below[-1]
        authors = np.bincount(np.searchsorted(below, few, side="right"), minlength=len(level))
        rate = level[dense] * season
        if made.noise:
            rate *= rng.standard_gamma(made.noise, len(dense)) / made.noise
        authors[dense] += rng.poisson(rate)
        if made.clump:
            starts = np.flatnonzero(authors)
            brought = rng.binomial(authors[starts], made.clump)
            authors[starts] += np.where(brought, brought * rng.integers(1, 5, len(starts)), 0)
        authors[added] += rng.poisson(rates[hour])
        hours.append(authors)
    return hours


def _season(hour: int, made: Made) -> float:
    day = 1 + made.rhythm * np.sin((hour % 24 - 9) / 24 * 2 * np.pi)
    return float(day * (made.weekend if hour // 24 % 7 >= 5 else 1.0))


def _burst(rng: np.random.Generator, tag: int, made: Made) -> tuple[Burst, np.ndarray]:
    """A rise to its height and a slower, exponential fall (or none, and a sudden end)."""
    start = int(rng.integers(BURSTS_FROM, HOURS - 30))
    rise, fall = int(rng.integers(made.rise[0], made.rise[1] + 1)), float(rng.uniform(*made.fall))
    height = float(_between(rng, made.height, 1)[0])
    hour = np.arange(HOURS)
    peak = start + rise - 1
    end = peak + int(-fall * np.log(made.over))
    up = np.clip((hour - start + 1) / rise, 0, 1)
    down = (hour <= end) if made.square else np.exp(-np.maximum(hour - peak, 0) / fall)
    return Burst(tag, start, peak, end), np.where(hour <= peak, up, down) * height * (hour >= start)


def _between(rng: np.random.Generator, pair: tuple[float, float], count: int) -> np.ndarray:
    """Numbers whose logarithm is uniform between the pair's."""
    return np.asarray(np.exp(rng.uniform(np.log(pair[0]), np.log(pair[1]), count)))


def _shows(
    rng: np.random.Generator, every: int, count: int, height: tuple[float, float], length: int, jitter: int
) -> np.ndarray:
    """Rates of shows that come each ``every`` hours and fall off over ``length`` hours."""
    at, high = rng.integers(every, size=count), rng.uniform(*height, count)
    hour = np.arange(HOURS)[:, None]
    late = rng.integers(-jitter, jitter + 1, (HOURS // every + 2, count))
    since = (hour - at) % every
    if jitter:
        turn = (hour - at + jitter) // every + 1
        since = (hour - at - np.take_along_axis(late, turn, axis=0) + jitter) % every - jitter
    return np.asarray(high * np.where(since >= 0, np.maximum(0.0, 1 - since / length), 0.0))


def _giants(rng: np.random.Generator, count: int, made: Made) -> np.ndarray:
    level, phase = rng.uniform(*made.giants, count), rng.integers(24, size=count)
    season = 1 + made.giant_rhythm * np.sin((np.arange(HOURS)[:, None] + phase) / 24 * 2 * np.pi)
    wander = np.zeros((HOURS, count))
    for hour in range(1, HOURS if made.drift else 0):
        wander[hour] = 0.97 * wander[hour - 1] + rng.normal(0, made.drift * (1 - 0.97**2) ** 0.5, count)
    noise = rng.standard_gamma(made.giant_noise, (HOURS, count)) / made.giant_noise
    return np.asarray(level * season * np.exp(wander) * noise)


def _spam(rng: np.random.Generator, count: int, made: Made) -> tuple[np.ndarray, np.ndarray]:
    """Uses and authors of one or two accounts that post in some hours of some days."""
    hour = np.arange(HOURS)[:, None]
    days = np.argsort(rng.random((28, count)), axis=0) < made.spam_days
    on = days[hour[:, 0] // 24] & (hour % 24 >= made.spam_hours[0]) & (hour % 24 < made.spam_hours[1])
    uses = rng.integers(*made.spam_uses, (HOURS, count))
    return np.where(on, uses, 0), np.where(on, rng.integers(1, 3, (HOURS, count)), 0)
