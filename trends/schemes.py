"""Which steps a forecast has, hours or days, and what many series have taught of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What is forecast: ``steps`` steps ahead, with a ``period`` and a longer ``cycle``, all in steps.

    The first past forecast is made after ``first`` steps, then one ``every`` so many; their weights are
    learnt anew ``refit`` steps apart;
    ``least`` steps of history are needed and at most ``longest`` are looked at. ``levels`` are (steps back,
    damping a step ahead) of the recent level, ``prior`` the weights to begin with. Errors are told apart
    by how far ahead they are: before the steps ``groups``. ``copies`` are the seasonal-naive forecasts to be
    compared with: what was so many steps before.
    """

    name: Literal["hour", "day"]
    steps: int
    period: int
    cycle: int
    every: int
    refit: int
    first: int
    least: int
    longest: int
    levels: tuple[tuple[int, float], ...]
    prior: tuple[float, ...]
    groups: tuple[int, ...]
    copies: tuple[int, ...]


HOURS: Final = Scheme(
    name="hour", steps=24, period=24, cycle=168, every=3, refit=24, first=48, least=6 * 24, longest=42 * 24,
    levels=((2, 0.6), (6, 0.85), (24, 0.97), (72, 1.0)),
    prior=(0.3, 0.2, 0.8, 0.1, 0.1, 0.05, 0.0, -0.03), groups=(3, 9), copies=(24, 168),
)  # fmt: skip
DAYS: Final = Scheme(
    name="day", steps=7, period=7, cycle=28, every=1, refit=1, first=7, least=21, longest=26 * 7,
    levels=((1, 0.6), (2, 0.85), (7, 0.97), (21, 1.0)),
    prior=(0.0, 0.1, 0.5, 0.1, 0.1, 0.3, 0.1, -0.02), groups=(), copies=(7,),
)  # fmt: skip
SCHEMES: Final = {scheme.name: scheme for scheme in (HOURS, DAYS)}
