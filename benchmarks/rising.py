"""How well the hourly ranking finds planted bursts, beside plain rankings: ``python -m benchmarks rising``.

On made streams (``benchmarks.made_stream``), hours of the last 14 of 28 days. Precision at 10: of the first n
places, n the number of bursts going on but at most 10, those held by bursts that are going on (often fewer
than ten go on, and then no ranking could fill ten places). Ten places: the same of all ten, always.
A burst is listed where it is among the first ten while it goes on. Traps: places among the first ten, a day,
held by daily and weekly shows, spam and giants. Generator and ranking have one author, which is an advantage:
the named variants say how much. False: the share of hours of streams without any burst in which the ranking
claims that something surely rises; it promises a tenth.

Environment: ``RASAD_BENCH_TAGS`` (20,000), ``RASAD_BENCH_SEEDS`` ("101 102"), ``RASAD_BENCH_PARTS`` (all of
"rankings variants null german").
"""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from benchmarks import german_stream
from benchmarks.made_stream import BURSTS_FROM, HOURS, VARIANTS, Made, Stream, make
from trends.rankings import RANKINGS, Ranking
from trends.rising import Ranker

NULLS: Final = {
    "Poisson": Made(bursts=0, traps=False, noise=0.0),
    "gamma noise, shape 8": Made(bursts=0, traps=False),
    "gamma noise, shape 1.5": Made(bursts=0, traps=False, noise=1.5),
    "larger tags, weekends": Made(bursts=0, traps=False, noise=4.0, cap=60.0, weekend=0.5),
    "with all traps": Made(bursts=0),
}
"""Streams without bursts."""
_NULL_FROM = 10 * 24


@dataclass(frozen=True, slots=True)
class Judged:
    """How a ranking did on a stream; ``traps`` are places a day by kind, ``delay_h`` is median from start."""

    precision: float
    ten_places: float
    listed: int
    by_peak: int
    before_peak: int
    delay_h: float
    traps: dict[str, float]
    step_ms: float

    @property
    def trap_places(self) -> float:
        """Places a day of all kinds together."""
        return sum(self.traps.values())


def judge(stream: Stream, ranking: Ranking) -> Judged:
    """Run a ranking through a stream."""
    going = [{b.tag for b in stream.bursts if b.start <= hour <= b.end} for hour in range(HOURS)]
    first: dict[int, int] = {}
    traps: Counter[str] = Counter()
    hits = places = in_ten = 0
    spent = 0.0
    for hour, columns in enumerate(stream.hours):
        begun = time.perf_counter()
        ranked = ranking.step(hour, *columns)
        spent += time.perf_counter() - begun
        if hour < BURSTS_FROM:
            continue
        top = ranked.items[:10].tolist()
        n = min(10, len(going[hour]))
        hits, places = hits + len(going[hour].intersection(top[:n])), places + n
        in_ten += len(going[hour].intersection(top))
        traps.update(stream.traps[tag] for tag in top if tag in stream.traps)
        for tag in going[hour].intersection(top):
            first.setdefault(tag, hour)
    found = [b for b in stream.bursts if b.tag in first]
    return Judged(
        precision=hits / max(places, 1),
        ten_places=in_ten / (10 * (HOURS - BURSTS_FROM)),
        listed=len(found),
        by_peak=sum(first[b.tag] <= b.peak for b in found),
        before_peak=sum(first[b.tag] < b.peak for b in found),
        delay_h=float(np.median([first[b.tag] - b.start for b in found])) if found else float("nan"),
        traps={kind: count / 14 for kind, count in traps.items()},
        step_ms=1000 * spent / HOURS,
    )


def false_share(seed: int, size: int, made: Made) -> float:
    """Share of the hours of a stream without bursts, from the tenth day on, in which a rise is claimed."""
    ranker, false = Ranker(size), 0
    for hour, columns in enumerate(make(seed, size, made).hours):
        claimed = ranker.step(hour, *columns).surely.any()
        false += bool(claimed) and hour >= _NULL_FROM
    return false / (HOURS - _NULL_FROM)


HEADS = (
    "| precision at 10 | ten places | listed | by the peak | before it | delay h | trap places a day | ms |"
)


def _row(judged: Judged) -> str:
    kinds = ", ".join(f"{kind} {places:.1f}" for kind, places in sorted(judged.traps.items()))
    traps = f"{judged.trap_places:.1f}" + (f" ({kinds})" if kinds else "")
    return (
        f"| {judged.precision:.3f} | {judged.ten_places:.3f} | {judged.listed} | {judged.by_peak}"
        f" | {judged.before_peak} | {judged.delay_h:.1f} | {traps} | {judged.step_ms:.1f} |"
    )


def rankings(size: int, seeds: list[int]) -> None:
    """Every ranking on the plain stream."""
    print(f"\n{size:,} tags, 120 bursts\n\n| ranking | seed {HEADS}\n|{'---|' * 10}", flush=True)
    for seed in seeds:
        stream = make(seed, size)
        for name, ranking in RANKINGS.items():
            print(f"| {name} | {seed} {_row(judge(stream, ranking(size)))}", flush=True)


def variants(size: int, seed: int) -> None:
    """Ours on every variant of the stream."""
    print(f"\nOurs on other streams, {size:,} tags, seed {seed}\n\n| stream | bursts {HEADS}\n|{'---|' * 10}")
    for name, made in VARIANTS.items():
        row = _row(judge(make(seed, size, made), Ranker(size)))
        print(f"| {name} | {made.bursts} {row}", flush=True)


def null(size: int, seeds: list[int]) -> None:
    """How often a rise is claimed where none is."""
    print(f"\nNo bursts, {size:,} tags; promised 0.1\n\n| stream | share of hours with a claim |\n|---|---|")
    for name, made in NULLS.items():
        shares = [false_share(seed, size, made) for seed in seeds]
        print(f"| {name} | {', '.join(f'{share:.3f}' for share in shares)} |", flush=True)


def german() -> None:
    """Every ranking on the real stream."""
    uses = german_stream.load()
    true = german_stream.true_by_step(uses)
    print("\nGerman stream\n\n| ranking | R-precision | before the peak | episodes |\n|---|---|---|---|")
    for name, ranking in RANKINGS.items():
        found = german_stream.judge(uses, true, ranking(uses.tags))
        print(f"| {name} | {found.precision:.3f} | {found.before_peak} | {found.episodes} |", flush=True)


def main() -> None:
    size = int(os.environ.get("RASAD_BENCH_TAGS", "20000"))
    seeds = [int(seed) for seed in os.environ.get("RASAD_BENCH_SEEDS", "101 102").split()]
    parts = os.environ.get("RASAD_BENCH_PARTS", "rankings variants null german").split()
    if "rankings" in parts:
        rankings(size, seeds)
    if "variants" in parts:
        variants(size, seeds[0])
    if "null" in parts:
        null(size, seeds)
    if "german" in parts:
        german()


if __name__ == "__main__":
    main()
