"""An answer: the numbers, and what stands behind them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from posts.selection import Selection

T = TypeVar("T")

SourceState = Literal["ok", "partial", "error", "refused", "put off", "silent", "paused", "not set up"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number that a person can open: ``selection`` is exactly the posts it was counted from.

    ``value`` is ``None`` where it cannot be told. ``exact`` is false for an estimate, shown with ≈.
    """

    value: float | int | None
    selection: Selection
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCoverage:
    """Whether a source was listened to: its state, why, and how far its posts reach."""

    source: str
    state: SourceState
    reason: str = ""
    newest_post_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Generic[T]):
    """What a question was answered with.

    ``definition`` names the measure (its text stands in ``words``), ``version`` its formula's edition;
    ``as_of`` is the moment it was computed for; ``coverage`` says which sources were heard.
    """

    value: T
    selection: Selection
    time_zone: str
    definition: str
    version: int
    as_of: datetime
    coverage: tuple[SourceCoverage, ...] = ()
