"""Whether posts with a thing draw more than their own authors' other posts, and how surely.

Large accounts draw more whatever they write, so raw means tell who uses a hashtag, not what it does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import special

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LEAST_AUTHORS: Final = 10
"""Authors with posts of both kinds below which nothing is told."""
_ROUNDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """``ratio`` is how many times as much posts with the thing draw as the same people's others.

    ``low`` and ``high`` hold the truth in 19 of 20 cases. All three are ``None`` where fewer than
    ``LEAST_AUTHORS`` have posts of both kinds. ``authors`` are those people, ``posts`` theirs with the
    thing and ``others`` theirs without that were compared.
    """

    ratio: float | None
    low: float | None
    high: float | None
    authors: int
    posts: int
    others: int
