"""Says where two answers differ: numbers may by rounding, estimates by what is promised of them."""

from __future__ import annotations

import math
from typing import Any

_CLOSE = 1e-9


def difference(expected: Any, found: Any, *, percentiles: float = _CLOSE, path: str = "") -> str | None:
    """Where and how two answers differ, ``None`` if they do not."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if expected.keys() != found.keys():
            return f"{path}: keys {sorted(map(str, expected))} but {sorted(map(str, found))}"
        inside = [(key, expected[key], found[key]) for key in expected]
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return f"{path}: {len(expected)} but {len(found)}: {_short(expected)} / {_short(found)}"
        inside = [(place, one, two) for place, (one, two) in enumerate(zip(expected, found, strict=True))]
    else:
        near = percentiles if "/values/" in path else _CLOSE
        return None if _is_same(expected, found, near) else f"{path}: {expected!r} but {found!r}"
    for key, one, two in inside:
        told = difference(one, two, percentiles=percentiles, path=f"{path}/{key}")
        if told:
            return told
    return None


def _is_same(expected: Any, found: Any, near: float) -> bool:
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        if isinstance(expected, int) and isinstance(found, int):
            return expected == found
        return math.isclose(expected, found, rel_tol=near, abs_tol=1e-6)
    return type(expected) is type(found) and bool(expected == found)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 400 else f"{text[:400]}…"
