"""How well bursts are told on real tweet counts: ``python -m benchmarks bursts``.

Five series of the Numenta Anomaly Benchmark (``tests/fixtures/nab``), the three profiles of
``benchmarks.nab``: with the threshold that is best for all five (in sample), and with that which is best
for the other four or three (held out one or two). Beside ours: detectors that are known, in plain form,
and how fast ours is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from scipy import special

from benchmarks import nab
from trends import bursts
from trends.tail import surprise

Floats = npt.NDArray[np.float64]
Detector = Callable[[nab.Labelled], Floats]

DAY = 288
HISTORY = 0.15


def ours(series: nab.Labelled) -> Floats:
    return bursts.scores(series.times, series.counts, history=HISTORY)


def untold(series: nab.Labelled) -> Floats:
    """Ours without telling an episode once."""
    return bursts.strangeness(series.times, series.counts)


def chance(series: nab.Labelled) -> Floats:
    return np.random.default_rng(len(series.counts)).random(len(series.counts))


def labels(series: nab.Labelled) -> Floats:
    """An alarm at each labelled point (the middle of its window) and nowhere else: what is to be had."""
    found = np.zeros(len(series.counts))
    found[[(first + last) // 2 for first, last in series.windows]] = 1
    return found


def gaussian(series: nab.Labelled) -> Floats:
    """-log10 of the upper tail of a normal distribution of the last 6,400 rows, without an end."""
    counts = series.counts
    sums = np.concatenate([[0.0], np.cumsum(counts)])
    squares = np.concatenate([[0.0], np.cumsum(counts**2)])
    row = np.arange(len(counts))
    low = np.maximum(row - 6_400, 0)
    size = np.maximum(row - low, 1)
    mean = (sums[row] - sums[low]) / size
    spread = np.sqrt(np.maximum((squares[row] - squares[low]) / size - mean**2, 1e-6))
    return np.asarray(-special.log_ndtr(-(counts - mean) / spread) / np.log(10), dtype=np.float64)


def same_hours(counts: Floats) -> Floats:
    """The counts of the two hours around each row's time on the 14 days before, a row each; NaN before."""
    back = np.arange(1, 15)[:, None] * DAY + np.arange(-12, 13)[None, :]
    padded = np.concatenate([np.full(15 * DAY, np.nan), counts])
    places = np.arange(len(counts))[:, None] + 15 * DAY - back.ravel()[None, :]
    return np.asarray(padded[places], dtype=np.float64)


def hybrid(series: nab.Labelled) -> Floats:
    """The statistic of Twitter's S-H-ESD, causal: distance from the slot's median by the deviation there."""
    with np.errstate(all="ignore"):
        past = same_hours(series.counts)
        past[: 2 * DAY] = 0.0
        middle = np.nanmedian(past, axis=1)
        spread = np.nanmedian(np.abs(past - middle[:, None]), axis=1)
    distance = (series.counts - middle) / (1.4826 * np.maximum(spread, 0.5))
    return np.asarray(np.nan_to_num(distance), dtype=np.float64)


def tail(series: nab.Labelled) -> Floats:
    """-log10 p of a negative binomial around the mean of the same hours on days before."""
    past = same_hours(series.counts)
    past[: 2 * DAY] = 1.0
    return surprise(series.counts, np.maximum(np.nanmean(past, axis=1), 0.05))


def once(detector: Detector, hours: float = 36, times: float = 1.5) -> Detector:
    """The same, told only where it outdoes the last hours so many times."""

    def told(series: nab.Labelled) -> Floats:
        raw = detector(series)
        span = int(hours * 12)
        padded = np.concatenate([np.zeros(span), raw])
        highest = np.lib.stride_tricks.sliding_window_view(padded, span).max(axis=1)[: len(raw)]
        return np.where(raw > times * highest, raw, 0.0)

    return told


def mastodon(series: nab.Labelled) -> Floats:
    """Mastodon's: today so far (UTC) against yesterday, kept with a half-life of four hours."""
    day = series.times.astype("datetime64[D]").astype(np.int64)
    today = np.cumsum(series.counts)
    first = np.searchsorted(day, day)
    today -= np.concatenate([[0.0], np.cumsum(series.counts)])[first]
    totals = np.bincount(day - day[0], series.counts)
    before = np.concatenate([[0.0], totals])[day - day[0]]
    before = np.maximum(before, 1)
    score = np.where((today < 5) | (today < before), 0, (today - before) ** 2 / before)
    kept = np.zeros(len(score))
    for row in range(1, len(score)):
        kept[row] = max(score[row], kept[row - 1] * 0.5 ** (5 / 240))
    return kept


DETECTORS: dict[str, Detector] = {
    "an alarm exactly at each labelled point": labels,
    "**ours**": ours,
    "ours, not told once": untold,
    "windowed Gaussian, log tail": gaussian,
    "negative-binomial tail, seasonal": tail,
    "the same, told once (36 h, x1.5)": once(tail),
    "causal S-H-ESD statistic": hybrid,
    "the same, told once (12 h, x1)": once(hybrid, 12, 1.0),
    "Mastodon, calendar day + decay": mastodon,
    "chance": chance,
}


def row(name: str, series: Sequence[nab.Labelled], scores: Sequence[Floats]) -> str:
    """One line of the table."""
    results = [nab.judge(series, scores, profile) for profile in nab.PROFILES.values()]
    cells = [
        " / ".join(f"{getattr(result, kind):.1f}" for result in results)
        for kind in ("own", "leave_one", "leave_two")
    ]
    threshold = results[0].threshold
    found = alarms = 0
    for one, each in zip(series, scores, strict=True):
        high = (each >= threshold) & (np.arange(len(each)) >= one.unjudged)
        found += len(set(one.window[high].tolist()) - {-1})
        alarms += int((one.window[high] < 0).sum())
    return f"| {name} | {' | '.join(cells)} | {found}, {alarms} |"


def thinned(series: nab.Labelled, share: float) -> nab.Labelled:
    """As if only a share of the posts had been heard."""
    kept = np.random.default_rng(7).binomial(series.counts.astype(int), share).astype(float)
    return nab.labelled(series.name, series.times, kept, series.windows)


def begun_later(series: nab.Labelled, rows: int) -> nab.Labelled:
    """As if listening had begun so many rows later; windows in what is not judged are left out."""
    windows = [(first - rows, last - rows) for first, last in series.windows if first - rows >= 750]
    return nab.labelled(series.name, series.times[rows:], series.counts[rows:], windows)


def added(one: nab.Labelled, other: nab.Labelled) -> nab.Labelled:
    """Two series made about equally large and added, with the windows of both."""
    size = min(len(one.counts), len(other.counts))
    rng = np.random.default_rng(7)
    heights = [max(15.0, float(np.quantile(each.counts, 0.99))) for each in (one, other)]
    parts = [
        rng.binomial(each.counts[:size].astype(int), min(1.0, min(heights) / height))
        for each, height in zip((one, other), heights, strict=True)
    ]
    windows: list[tuple[int, int]] = []
    for first, last in sorted((*one.windows, *other.windows)):
        if windows and first <= windows[-1][1] + 1:
            first, last = windows[-1][0], max(last, windows.pop()[1])
        if last < size:
            windows.append((first, last))
    return nab.labelled(
        f"{one.name}+{other.name}", one.times[:size], np.sum(parts, axis=0).astype(float), windows
    )


def changed(series: Sequence[nab.Labelled]) -> dict[str, list[nab.Labelled]]:
    """Series that were not there when the detector was chosen, as far as they can be made of these."""
    return {
        "half of the posts": [thinned(one, 0.5) for one in series],
        "three in ten posts, without the smallest": [thinned(one, 0.3) for one in series[:-1]],
        "begun 500 to 3,000 rows later": [begun_later(one, n) for one in series for n in (500, 1_500, 3_000)],
        "two added": [added(one, other) for one in series for other in series if one.name < other.name],
    }


def main() -> None:
    series = nab.load()
    windows = sum(len(one.windows) for one in series)
    print("standard / low FP / low FN, 100 is perfect, 0 says nothing")
    print(
        f"| detector | in sample | held out one | held out two | found of {windows}, false rows (standard) |"
    )
    print("|---|---|---|---|---|")
    for name, detector in DETECTORS.items():
        print(row(name, series, [detector(one) for one in series]), flush=True)
    print("\nours on changed series, at the thresholds of these five")
    own = [ours(one) for one in series]
    for name, others in changed(series).items():
        told = [ours(one) for one in others]
        got = [
            nab.score(others, told, nab.judge(series, own, profile).threshold, profile)
            for profile in nab.PROFILES.values()
        ]
        print(f"| {name} | {len(others)} | {' / '.join(f'{value:.1f}' for value in got)} |", flush=True)
    began = time.process_time()
    for one in series:
        ours(one)
    rows = sum(len(one.counts) for one in series)
    took = time.process_time() - began
    print(f"\nours: {took / len(series):.2f} CPU s a series of {rows // len(series):,} rows")


if __name__ == "__main__":
    main()
