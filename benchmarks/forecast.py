"""How far forecasts of hourly counts are off, beside copies and ETS: ``python -m benchmarks forecast``.

On tags of a made stream (giants with a rhythm of their own, daily and weekly shows, plain and rare tags,
bursts) and, where ``RASAD_BENCH_NAB`` names their folder, on NAB's tweet counts by the hour. Each series is
foretold 24 hours ahead from ``RASAD_BENCH_ORIGINS`` (12) moments of its last half. MASE: mean absolute
error by how much the known past differs from itself a day before. ETS (additive, damped, season 24) of
statsmodels is measured where that is installed; the product does without it. Held: how much of what came the
80 % intervals held, hours and sums of 24.
"""

from __future__ import annotations

import csv
import importlib
import os
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.made_stream import HOURS as MADE_HOURS
from benchmarks.made_stream import make
from trends.forecast import Cannot, forecast
from trends.schemes import HOURS

AHEAD = HOURS.steps
Way = Callable[[np.ndarray], np.ndarray]


def made() -> dict[str, list[np.ndarray]]:
    """Series of the made stream by kind."""
    stream = make(7, 2_000)
    uses = np.zeros((MADE_HOURS, 2_000))
    for hour, (item, count, _) in enumerate(stream.hours):
        uses[hour, item] = count
    bursts = [burst.tag for burst in stream.bursts]
    order = [tag for tag in np.argsort(-uses.sum(axis=0)) if tag not in stream.traps and tag not in bursts]
    kinds = {
        kind: [tag for tag, name in stream.traps.items() if name == kind][:6]
        for kind in ("level", "daily", "weekly")
    }
    kinds |= {"plain": order[:6], "rare": order[60:240:30], "burst": bursts[:6]}
    return {kind: [uses[:, tag] for tag in tags] for kind, tags in kinds.items()}


def nab(folder: Path) -> list[np.ndarray]:
    """NAB's tweet counts, twelve rows an hour added; hours of fewer rows are not known."""
    found = []
    for file in sorted(folder.glob("*.csv")):
        with file.open(encoding="utf-8") as opened:
            rows = list(csv.DictReader(opened))
        hour = np.array(
            [
                int(datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC).timestamp()) // 3600
                for row in rows
            ]
        )
        value, place = np.array([float(row["value"]) for row in rows]), hour - hour.min()
        known = np.bincount(place)
        total = np.bincount(place, value) * 12 / np.maximum(known, 1)
        found.append(np.where(known >= 10, np.round(total), np.nan)[1:-1])
    return found


def copy_of(lag: int) -> Way:
    """What was ``lag`` hours before."""
    return lambda past: past[len(past) - lag : len(past) - lag + AHEAD]


def ets(past: np.ndarray) -> np.ndarray:
    """ETS(A, Ad, A) with a season of a day, on at most four weeks."""
    smoothing = importlib.import_module("statsmodels.tsa.holtwinters").ExponentialSmoothing
    known = past[-28 * 24 :]
    known = np.where(np.isnan(known), np.nanmean(known), known)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smoothing(known, trend="add", damped_trend=True, seasonal="add", seasonal_periods=24)
        return np.maximum(np.asarray(model.fit().forecast(AHEAD)), 0.0)


def measure(series: list[np.ndarray], ways: dict[str, Way], origins: int) -> dict[str, float]:
    """Mean MASE of each way and of ours, what our intervals held, and milliseconds a forecast."""
    errors: dict[str, list[float]] = {name: [] for name in ("ours", *ways)}
    held, sums, told, spent = [], [], 0, 0.0
    for y in series:
        for origin in np.linspace(len(y) // 2, len(y) - AHEAD, origins).astype(int):
            past, came = y[:origin], y[origin : origin + AHEAD]
            scale = float(np.nanmean(np.abs(past[24:] - past[:-24])))
            if np.isnan(came).any() or not scale:
                continue
            begun = time.process_time()
            found = forecast(past)
            spent += time.process_time() - begun
            if isinstance(found, Cannot):
                continue
            told += 1
            spans = found.steps
            values = np.array([span.value for span in spans])
            errors["ours"].append(float(np.abs(values - came).mean()) / scale)
            held += [span.low80 <= count <= span.high80 for span, count in zip(spans, came, strict=True)]
            sums.append(found.total.low80 <= came.sum() <= found.total.high80)
            for name, way in ways.items():
                errors[name].append(float(np.abs(way(past) - came).mean()) / scale)
    result = {name: float(np.mean(values)) for name, values in errors.items()}
    tried = origins * len(series)
    return result | {
        "held": float(np.mean(held)), "sums": float(np.mean(sums)), "told": told / tried,
        "ms": 1000 * spent / tried,
    }  # fmt: skip


def main() -> None:
    origins = int(os.environ.get("RASAD_BENCH_ORIGINS", "12"))
    folder = os.environ.get("RASAD_BENCH_NAB")
    groups = ({"NAB": nab(Path(folder))} if folder else {}) | made()
    ways = {"day copy": copy_of(24), "week copy": copy_of(168)}
    try:
        importlib.import_module("statsmodels.tsa.holtwinters")
        ways["ETS"] = ets
    except ImportError:
        print("statsmodels is not installed: no ETS")
    names = ["ours", *ways]
    print(f"{'MASE':8}" + "".join(f"{name:>11}" for name in names) + "       held   sums   told     ms")
    for group, series in groups.items():
        found = measure(series, ways, origins)
        print(
            f"{group:8}" + "".join(f"{found[name]:11.3f}" for name in names)
            + f"{found['held']:11.2f}{found['sums']:7.2f}{found['told']:7.2f}{found['ms']:7.0f}", flush=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
