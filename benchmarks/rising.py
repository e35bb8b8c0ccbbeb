"""How well the hourly ranking finds planted bursts, beside plain rankings: ``python -m benchmarks rising``.

On made streams (``benchmarks.made_stream``), hours of the last 14 of 28 days. Precision: of the first n
places, n the number of bursts going on (at most 10), those held by bursts. Traps: places among the first
ten, a day, held by weekly and daily shows, spam and giants. The generator and the ranking have one
author, which is an advantage. Environment: ``RASAD_BENCH_TAGS`` (20,000), ``RASAD_BENCH_SEEDS`` ("101 102").
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from benchmarks.made_stream import BURSTS_FROM, HOURS, Stream, make
from trends.rising import Ranker

Step = Callable[[int, np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def ours(size: int) -> Step:
    ranker = Ranker(size)
    return lambda hour, item, uses, authors: ranker.step(hour, item, uses, authors).items[:10]


def most_authors(size: int) -> Step:
    """Author-hours of the last six hours."""
    recent: deque[np.ndarray] = deque(maxlen=6)

    def step(hour: int, item: np.ndarray, uses: np.ndarray, authors: np.ndarray) -> np.ndarray:
        now = np.zeros(size)
        now[item] = authors
        recent.append(now)
        return np.argsort(-sum(recent), kind="stable")[:10]

    return step


def mastodon(size: int) -> Step:
    """Authors of the UTC day against the day before, the maximum kept with a half-life of four hours."""
    day, before, best, at = np.zeros(size), np.zeros(size), np.zeros(size), np.zeros(size)

    def step(hour: int, item: np.ndarray, uses: np.ndarray, authors: np.ndarray) -> np.ndarray:
        nonlocal day, before
        if hour % 24 == 0:
            day, before = np.zeros(size), day
        day[item] += authors
        usual = np.maximum(before, 1)
        score = np.where((day < 5) | (day < usual), 0, (day - usual) ** 2 / usual)
        higher = score > best * 0.5 ** ((hour - at) / 4)
        best[higher], at[higher] = score[higher], hour
        shown = np.where(hour - at > 48, 0, best * 0.5 ** ((hour - at) / 4))
        return np.argsort(-shown, kind="stable")[:10]

    return step


def judge(stream: Stream, step: Step) -> tuple[float, int, int, float, float, float]:
    """Precision, bursts listed, listed by their peak, median delay in hours, trap places, ms a step."""
    going = [{b.tag for b in stream.bursts if b.start <= hour <= b.end} for hour in range(HOURS)]
    first: dict[int, int] = {}
    hits = places = traps = 0
    spent = 0.0
    for hour, columns in enumerate(stream.hours):
        begun = time.perf_counter()
        top = step(hour, *columns).tolist()
        spent += time.perf_counter() - begun
        if hour < BURSTS_FROM:
            continue
        n = min(10, len(going[hour]))
        hits, places = hits + len(set(top[:n]) & going[hour]), places + n
        traps += sum(tag in stream.traps and tag not in going[hour] for tag in top)
        for tag in going[hour].intersection(top):
            first.setdefault(tag, hour)
    listed = [b for b in stream.bursts if b.tag in first]
    early = sum(first[b.tag] <= b.peak for b in listed)
    delay = float(np.median([first[b.tag] - b.start for b in listed])) if listed else float("nan")
    return hits / places, len(listed), early, delay, traps / 14, 1000 * spent / HOURS


def run(size: int, seeds: list[int]) -> None:
    """Print the table."""
    print(f"{size:,} tags, 120 bursts, seeds {seeds}")
    print(
        f"{'ranking':14} {'seed':>5} {'precision':>10} {'listed':>7} {'by peak':>8} {'delay h':>8}"
        f" {'traps/d':>8} {'ms':>7}"
    )
    for seed in seeds:
        stream = make(seed, size)
        for name, ranking in (("ours", ours), ("authors 6 h", most_authors), ("Mastodon", mastodon)):
            precision, listed, early, delay, traps, ms = judge(stream, ranking(size))
            print(
                f"{name:14} {seed:5} {precision:10.3f} {listed:7} {early:8} {delay:8.1f}"
                f" {traps:8.2f} {ms:7.2f}"
            )


def main() -> None:
    seeds = [int(seed) for seed in os.environ.get("RASAD_BENCH_SEEDS", "101 102").split()]
    run(int(os.environ.get("RASAD_BENCH_TAGS", "20000")), seeds)


if __name__ == "__main__":
    main()
