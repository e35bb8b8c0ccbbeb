"""A real stream of hashtags, small and hard: who had listed what got big in the 24 hours after?

True at an hour are tags with at least 8 distinct authors in the 24 hours after it, and at least three times
their usual daily authors (mean of the 14 days before it, at least 0.5). Asked every 6 hours from the tenth
day on. Most tags that get big give no sign before: a floor for a ranking, nothing to choose formulas by.
The data and its licence: ``benchmarks/data/LICENCES.md``.
"""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from trends.rankings import Ranking

DATA: Final = Path(__file__).parent / "data" / "german_hashtags.csv.gz"
EVERY_H: Final = 6
FROM_H: Final = 10 * 24
LEAST: Final = 8
TIMES: Final = 3.0
_PAST_H = 14 * 24


@dataclass(frozen=True, slots=True)
class Uses:
    """Hour since the first midnight, account and tag (0 … tags-1) of each use, in order of time."""

    hour: np.ndarray
    author: np.ndarray
    tag: np.ndarray
    tags: int
    hours: int


@dataclass(frozen=True, slots=True)
class Judged:
    """R-precision (mean over the steps that have true tags), episodes, and those listed before their peak."""

    precision: float
    episodes: int
    before_peak: int
    steps: int


def load() -> Uses:
    """The stream."""
    with gzip.open(DATA, "rt", encoding="utf-8") as opened:
        rows = np.array([[int(value) for value in row] for row in list(csv.reader(opened))[1:]])
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    hour = (rows[:, 0] - rows[0, 0] // 86_400 * 86_400) // 3600
    known, tag = np.unique(rows[:, 2], return_inverse=True)
    return Uses(hour, rows[:, 1], tag, len(known), int(hour[-1]) + 1)


def authors_between(uses: Uses, since: int, until: int) -> np.ndarray:
    """Distinct authors of each tag in the hours ``since`` up to and without ``until``."""
    low, high = np.searchsorted(uses.hour, [since, until])
    authors = int(uses.author.max()) + 1
    pairs = np.unique(uses.tag[low:high] * authors + uses.author[low:high])
    return np.bincount(pairs // authors, minlength=uses.tags)


def truth(uses: Uses, hour: int) -> np.ndarray:
    """The tags that are true at the end of ``hour``."""
    now = hour + 1
    days = min(now, _PAST_H) // 24
    usual = sum(authors_between(uses, now - 24 * (day + 1), now - 24 * day) for day in range(days)) / days
    after = authors_between(uses, now, now + 24)
    return np.flatnonzero((after >= LEAST) & (after >= TIMES * np.maximum(usual, 0.5)))


def true_by_step(uses: Uses) -> dict[int, np.ndarray]:
    """The true tags of each step."""
    return {hour: truth(uses, hour) for hour in range(FROM_H - 1, uses.hours - 24, EVERY_H)}


def judge(uses: Uses, true: dict[int, np.ndarray], ranking: Ranking) -> Judged:
    """How a ranking does, hour by hour, at the steps."""
    precisions: list[float] = []
    listed: dict[int, list[int]] = {}
    for hour in range(uses.hours):
        low, high = np.searchsorted(uses.hour, [hour, hour + 1])
        item, count = np.unique(uses.tag[low:high], return_counts=True)
        ranked = ranking.step(hour, item, count, authors_between(uses, hour, hour + 1)[item]).items
        if hour not in true:
            continue
        number = len(true[hour])
        if number:
            precisions.append(len(np.intersect1d(ranked[:number], true[hour])) / number)
        for tag in ranked[:10].tolist():
            listed.setdefault(tag, []).append(hour)
    found = _episodes(true)
    early = sum(
        any(first <= hour < _peak(uses, tag, first, last) for hour in listed.get(tag, []))
        for tag, first, last in found
    )
    return Judged(float(np.mean(precisions)), len(found), early, len(precisions))


def _episodes(true: dict[int, np.ndarray]) -> list[tuple[int, int, int]]:
    """Tag, first and last step of each run of steps at which it is true (at most a day apart)."""
    at: dict[int, list[int]] = {}
    for hour, tags in true.items():
        for tag in tags.tolist():
            at.setdefault(tag, []).append(hour)
    runs = []
    for tag, hours in at.items():
        breaks = [0, *(np.flatnonzero(np.diff(hours) > 24) + 1).tolist(), len(hours)]
        runs += [(tag, hours[i], hours[j - 1]) for i, j in pairwise(breaks)]
    return runs


def _peak(uses: Uses, tag: int, first: int, last: int) -> int:
    """The end of the six hours in which the episode has most distinct authors."""
    mine = uses.tag == tag
    hour, author = uses.hour[mine], uses.author[mine]
    counts = [len(np.unique(author[(hour > end - 6) & (hour <= end)])) for end in range(first + 1, last + 25)]
    return first + 1 + int(np.argmax(counts))
