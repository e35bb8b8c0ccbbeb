from __future__ import annotations

import numpy as np
import pytest

HOURS = 21 * 24
SIZE = 400
BURST, WEEKLY, DAILY, SPAM, GIANT = 100, 101, 102, 103, 104
BURST_AT, BURST_HOURS = 17 * 24 + 13, 10
WEEKLY_AT = 3 * 24 + 20
Hour = tuple[np.ndarray, np.ndarray, np.ndarray]


class World:
    """Three weeks of 400 tags: one burst, and tags that must not be taken for one."""

    size, burst, burst_at, weekly, daily, spam, giant = SIZE, BURST, BURST_AT, WEEKLY, DAILY, SPAM, GIANT

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        level = np.minimum(rng.pareto(1.2, SIZE) * 0.05, 2.0)
        level[[BURST, WEEKLY, DAILY, SPAM]] = 0.02, 0.02, 0.02, 0.0
        rhythm = 1 + 0.5 * np.sin((np.arange(24) - 9) / 24 * 2 * np.pi)
        self.hours: list[Hour] = []
        for hour in range(HOURS):
            rate = level * rhythm[hour % 24]
            rate[GIANT] = 80 * (1 + 0.7 * np.sin(hour / 24 * 2 * np.pi))
            rate[WEEKLY] += 40 * (WEEKLY_AT <= hour % 168 < WEEKLY_AT + 3)
            rate[DAILY] += 25 * (hour % 24 in (18, 19))
            rate[BURST] += 15 * (BURST_AT <= hour < BURST_AT + BURST_HOURS)
            authors = rng.poisson(rate)
            uses = authors + rng.poisson(authors * 0.3)
            # Two accounts, day after day for an afternoon, and never before the second week.
            if hour // 24 in (14, 17, 18) and 9 <= hour % 24 < 21:
                authors[SPAM], uses[SPAM] = 2, 60
            item = np.flatnonzero(uses)
            self.hours.append((item, uses[item], authors[item]))


@pytest.fixture
def world() -> World:
    return World(seed=11)
