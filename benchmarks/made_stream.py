"""A made stream of tags with planted bursts and traps: what ``trends.rising`` is tuned and judged on.

Uses an hour and distinct authors an hour of ``size`` tags over 28 days; the tags' levels are heavy
tailed, days and weeks have a rhythm. Planted: bursts in the last 14 days; traps are tags with a show
each day or week, spam by one or two accounts, and giants with a rhythm of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

HOURS = 28 * 24
BURSTS_FROM = 14 * 24


@dataclass
class Burst:
    tag: int
    start: int
    peak: int
    end: int


@dataclass
class Stream:
    hours: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    bursts: list[Burst] = field(default_factory=list)
    traps: dict[int, str] = field(default_factory=dict)


def make(seed: int, size: int = 20_000, bursts: int = 120) -> Stream:
    """The stream of a seed."""
    rng = np.random.default_rng(seed)
    level = np.minimum(0.6 * rng.pareto(1.1, size) / 10, 4.0)
    special = rng.permutation(size)
    daily, weekly, spam, giants = special[:40], special[40:60], special[60:120], special[120:140]
    planted = special[140 : 140 + bursts]
    rhythm = 1 + 0.6 * np.sin((np.arange(24) - 9) / 24 * 2 * np.pi)
    stream = Stream()
    for name, tags in (("daily", daily), ("weekly", weekly), ("spam", spam), ("level", giants)):
        stream.traps |= {int(tag): name for tag in tags}
    extra = np.zeros((HOURS, len(planted)))
    for i, tag in enumerate(planted):
        burst, curve = _burst(rng, int(tag))
        stream.bursts.append(burst)
        extra[:, i] = curve
    show = {int(tag): (int(rng.integers(24)), rng.uniform(15, 80)) for tag in daily}
    week = {int(tag): (int(rng.integers(168)), rng.uniform(20, 120)) for tag in weekly}
    giant_level = rng.uniform(60, 400, len(giants))
    giant_phase = rng.integers(0, 24, len(giants))
    spam_days = {int(tag): rng.choice(28, 4, replace=False) for tag in spam}
    level[daily] = level[weekly] = 0.05
    level[spam] = 0.0
    for hour in range(HOURS):
        rate = level * rhythm[hour % 24] * rng.gamma(8, 1 / 8, size)
        rate[giants] = giant_level * (1 + 0.7 * np.sin((hour + giant_phase) / 24 * 2 * np.pi))
        rate[giants] *= rng.gamma(12, 1 / 12, len(giants))
        for tag, (at, high) in show.items():
            rate[tag] += high * max(0.0, 1 - ((hour - at) % 24) / 3)
        for tag, (at, high) in week.items():
            rate[tag] += high * max(0.0, 1 - ((hour - at) % 168) / 4)
        rate[planted] += extra[hour]
        authors = rng.poisson(rate)
        uses = authors + rng.poisson(authors * 0.25)
        for tag in spam:
            if hour // 24 in spam_days[int(tag)] and 8 <= hour % 24 < 20:
                authors[tag], uses[tag] = rng.integers(1, 3), rng.integers(10, 60)
        item = np.flatnonzero(uses)
        stream.hours.append((item, uses[item], authors[item]))
    return stream


def _burst(rng: np.random.Generator, tag: int) -> tuple[Burst, np.ndarray]:
    """A rise of 2 to 10 hours to 6 to 90 authors an hour, and a slower fall."""
    start = int(rng.integers(BURSTS_FROM, HOURS - 30))
    rise, fall = int(rng.integers(2, 11)), float(rng.uniform(3, 10))
    height = float(np.exp(rng.uniform(np.log(6), np.log(90))))
    hour = np.arange(HOURS)
    up = np.clip((hour - start + 1) / rise, 0, 1)
    peak = start + rise - 1
    curve = np.where(hour <= peak, up, np.exp(-(hour - peak) / fall)) * height * (hour >= start)
    end = peak + int(fall * 2)
    return Burst(tag, start, peak, end), curve
