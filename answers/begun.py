"""Since when a project has listened: the beginning of any history that is learnt from."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import numpy as np

from answers.asking import Asking, matching
from answers.counting import series
from posts.selection import Selection

_SHARE: Final = 0.1
_DAY: Final = timedelta(days=1)


def history_begun(asking: Asking, asked: Selection) -> datetime:
    """When listening began: the first day that brought a tenth of a usual day of these sources.

    Sources bring some old posts with their first ones: these are no history.
    """
    assert asked.since is not None
    assert asked.until is not None
    since = min(asked.since, asked.until - 4 * _DAY)
    every = Selection(since=since, until=asked.until, source=asked.source, platform=asked.platform)
    days = series(asking, matching(asking, every), every)
    counts = np.array([int(day.posts.value or 0) for day in days])
    if not counts.any():
        return asked.until
    usual = float(np.median(counts[counts > 0]))
    return max(asked.since, days[int(np.argmax(counts >= _SHARE * usual))].start)
