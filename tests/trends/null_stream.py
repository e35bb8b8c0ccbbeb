"""A stream in which nothing rises: tags of many sizes by hour of day and of week, and what scatters."""

from __future__ import annotations

import numpy as np

HOUR, DAY = 3_600, 86_400
START = 1_764_000_000 // DAY * DAY


def null_stream(
    seed: int, *, tags: int = 3_000, days: int = 34, hourly: float = 0.3, daily: float = 0.02
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns tag, author, at from ``START`` on.

    The uses of an hour are negative binomial: ``hourly`` and ``daily`` are the relative variances of a
    tag's rate beyond chance, new each hour and each day. A quarter of the uses are by whoever wrote before.
    """
    rng = np.random.default_rng(seed)
    level = np.minimum(3e3 / (np.arange(tags) + 10.0) ** 1.1, 150.0) / 24
    hours = np.arange(days * 24)
    phase = rng.normal(0, 1.5, (tags, 1))
    rhythm = 1 + 0.6 * np.sin((hours[None, :] - 9 + phase) / 24 * 2 * np.pi)
    week = 1 + 0.25 * np.sin(hours[None, :] / 168 * 2 * np.pi + rng.normal(0, 1, (tags, 1)))
    rate = level[:, None] * rhythm * week
    rate *= np.repeat(rng.gamma(1 / daily, daily, (tags, days)), 24, axis=1)
    counts = rng.poisson(rate * rng.gamma(1 / hourly, hourly, rate.shape))
    tag, hour = np.nonzero(counts)
    many = counts[tag, hour]
    tag, at = np.repeat(tag, many), START + np.repeat(hour, many) * HOUR
    author = rng.integers(0, 2_000_000, len(tag))
    again = rng.random(len(tag)) < 0.25
    author[1:][again[1:]] = author[:-1][again[1:]]
    return tag, author, at + rng.integers(0, HOUR, len(tag))
