"""Keeps numpy's matrix products to one thread.

The model's matrices are small: several threads wait for each other most of the time, and take the processor
from everything else that runs. (With two cores the model reads half as many posts in a second of processor.)
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path

import numpy as np


@cache
def one() -> bool:
    """Let the library that numpy's packages bring (OpenBLAS) use one thread from now on, in this process.

    Whether it could be told: where numpy stands on another library, nothing changes.
    """
    for file in sorted((Path(np.__file__).parent.parent / "numpy.libs").glob("*openblas*")):
        try:
            ctypes.CDLL(str(file)).scipy_openblas_set_num_threads64_(1)
        except (OSError, AttributeError):
            continue
        return True
    return False
