"""The score of the Numenta Anomaly Benchmark, written from its description.

Lavin and Ahmad 2015, "Evaluating real-time anomaly detection algorithms". Each labelled window counts once,
by its earliest alarm: nearly 1 at its left edge, falling as a sigmoid to 0 at its right edge, minus the
weight of a miss where there is none. Each row outside the windows above the threshold costs up to the
weight of a false alarm, less shortly after a window. The first 15 % of the rows (750 at most) are not
judged. One threshold serves all series. A detector that says nothing has 0, one that alarms at the first
row of every window and nowhere else 100.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FOLDER: Final = Path(__file__).resolve().parents[1] / "tests" / "fixtures" / "nab"
NAMES: Final = ("AAPL", "CRM", "FB", "IBM", "PFE")


@dataclass(frozen=True, slots=True)
class Profile:
    """What a false alarm and a missed window cost; a window that is found brings 1."""

    false_alarm: float
    missed: float


PROFILES: Final[Mapping[str, Profile]] = {
    "standard": Profile(0.11, 1.0),
    "reward_low_FP_rate": Profile(0.22, 1.0),
    "reward_low_FN_rate": Profile(0.11, 2.0),
}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series and its windows as first and last rows; ``window`` and ``worth`` say of each row in which
    window it lies (-1: in none), and what an alarm there is worth before weights."""

    name: str
    times: npt.NDArray[np.datetime64]
    counts: Floats
    windows: tuple[tuple[int, int], ...]
    window: Ints
    worth: Floats

    @property
    def unjudged(self) -> int:
        return min(int(0.15 * len(self.counts)), 750)


def load(folder: Path = FOLDER, names: Sequence[str] = NAMES) -> list[Labelled]:
    """The series of a folder: ``NAME.csv.gz`` with timestamp and value, and ``windows.json``."""
    spans = json.loads((folder / "windows.json").read_text("utf-8"))
    found = []
    for name in names:
        with gzip.open(folder / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
            _, *rows = csv.reader(file)
        times = np.array([row[0] for row in rows], dtype="datetime64[s]")
        edges = np.array(spans[name], dtype="datetime64[s]").reshape(-1, 2)
        first = np.searchsorted(times, edges[:, 0])
        last = np.searchsorted(times, edges[:, 1], side="right") - 1
        counts = np.array([float(row[1]) for row in rows])
        found.append(labelled(name, times, counts, list(zip(first.tolist(), last.tolist(), strict=True))))
    return found


def labelled(
    name: str, times: npt.NDArray[np.datetime64], counts: Floats, windows: Sequence[tuple[int, int]]
) -> Labelled:
    """The series with what an alarm at each row is worth."""
    size = len(counts)
    window, worth = np.full(size, -1, dtype=np.int64), np.full(size, -1.0)
    ends = [first for first, _ in windows[1:]] + [size]
    for place, ((first, last), end) in enumerate(zip(windows, ends, strict=True)):
        inside, after = np.arange(first, last + 1), np.arange(last + 1, end)
        window[inside] = place
        worth[inside] = _sigmoid(-(last - inside + 1) / (last - first + 1)) / _sigmoid(np.array([-1.0]))
        worth[after] = _sigmoid((after - last) / max(last - first, 1))
    return Labelled(name, times, counts, tuple(windows), window, worth)


def _sigmoid(position: Floats) -> Floats:
    """From 1 far left of a window's right edge (0) to -1 far right of it; beyond three widths it is -1."""
    value = 2 / (1 + np.exp(5 * np.clip(position, -10, 10))) - 1
    return np.asarray(np.where(position > 3, -1.0, value), dtype=np.float64)


def points(series: Labelled, scores: Floats, thresholds: Floats, profile: Profile) -> Floats:
    """What a detector gets on one series at each threshold (a score of as much alarms), before scaling."""
    judged = np.arange(len(scores)) >= series.unjudged
    order = np.argsort(-scores, kind="stable")
    outside = order[judged[order] & (series.window[order] < 0)]
    cost = np.concatenate([[0.0], np.cumsum(series.worth[outside])]) * profile.false_alarm
    total = cost[np.searchsorted(-scores[outside], -thresholds, side="right")]
    for place in range(len(series.windows)):
        rows = order[judged[order] & (series.window[order] == place)]
        best = np.concatenate([[-profile.missed], np.maximum.accumulate(series.worth[rows])])
        total = total + best[np.searchsorted(-scores[rows], -thresholds, side="right")]
    return np.asarray(total, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Result:
    """A detector's score under one profile: with its best threshold for all series, with the best one for
    the others of each series, and the same for each two; and that first threshold."""

    own: float
    leave_one: float
    leave_two: float
    threshold: float


def judge(series: Sequence[Labelled], scores: Sequence[Floats], profile: Profile) -> Result:
    """The score of a detector, in sample and cross-validated, the threshold's choice included."""
    judged = [each[one.unjudged :] for one, each in zip(series, scores, strict=True)]
    thresholds = np.concatenate([[np.inf], np.unique(np.concatenate(judged))[::-1]])
    got = np.array([points(one, each, thresholds, profile) for one, each in zip(series, scores, strict=True)])
    total = got.sum(axis=0)
    best = int(total.argmax())
    places = range(len(series))
    alone = [float(got[i][(total - got[i]).argmax()]) for i in places]
    pairs = []
    for i in places:
        for j in range(i):
            at = (total - got[i] - got[j]).argmax()
            pairs.append(scaled(float(got[i][at] + got[j][at]), [series[i], series[j]], profile))
    return Result(
        own=scaled(float(total[best]), series, profile),
        leave_one=scaled(sum(alone), series, profile),
        leave_two=float(np.mean(pairs)) if pairs else float("nan"),
        threshold=float(thresholds[best]),
    )


def score(series: Sequence[Labelled], scores: Sequence[Floats], threshold: float, profile: Profile) -> float:
    """The score at a threshold that was chosen elsewhere."""
    at = np.array([threshold])
    got = sum(float(points(one, each, at, profile)[0]) for one, each in zip(series, scores, strict=True))
    return scaled(got, series, profile)


def scaled(points_got: float, series: Sequence[Labelled], profile: Profile) -> float:
    """From 0 for a detector that says nothing to 100 for the perfect one."""
    windows = sum(len(one.windows) for one in series)
    nothing = -profile.missed * windows
    return 100 * (points_got - nothing) / (windows - nothing)
