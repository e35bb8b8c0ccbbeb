"""The hours of a week as a chart of cells: a colour tells more or less than usual, a dot too few posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import altair as alt

from reports.charts import Reader, Spec, finished, inline
from words import dates, digits

_COLOURS: Final = ("#be5a8a", "#c9d2d8", "#0f9d8a")
"""Less, as usual, more: seen on white and on black alike."""
_LEAST, _MOST = 0.5, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """An hour of the week (``day`` 0 is Monday) with its ``posts``; no ``ratio`` where they are too few."""

    day: int
    hour: int
    posts: int
    ratio: float | None


def week(cells: Sequence[Cell], reader: Reader, *, ratio: str, posts: str, hour: str) -> Spec:
    """Days below each other, beginning with the calendar's first, hours side by side; the rest are labels."""
    days = [
        reader.label(dates.weekday(number, reader.language)) for number in dates.week_days(reader.calendar)
    ]
    values = [_value(cell, reader) for cell in cells]
    order = [digits.number(each, reader.language) for each in range(24)]
    colour = alt.Color(
        "ratio:Q", legend=None,
        scale=alt.Scale(domain=[_LEAST, 1, _MOST], range=list(_COLOURS), clamp=True),
    )  # fmt: skip
    axis: dict[str, Any] = {"labelAngle": 0, "ticks": False, "domain": False}
    x = alt.X("hour:N", title=reader.label(hour), sort=order[::-1] if reader.mirrored else order,
              axis=alt.Axis(**axis, labelOverlap=True))  # fmt: skip
    side: Literal["left", "right"] = "right" if reader.mirrored else "left"
    y = alt.Y("day:N", title=None, sort=days, axis=alt.Axis(**axis, orient=side, labelOverlap=False))
    tips = [
        alt.Tooltip("day:N", title=" "), alt.Tooltip("hour:N", title=reader.label(hour)),
        alt.Tooltip("told:N", title=reader.label(ratio)), alt.Tooltip("posts:N", title=reader.label(posts)),
    ]  # fmt: skip
    base = alt.Chart(inline(values)).encode(x=x, y=y, tooltip=tips)
    known = base.transform_filter("datum.ratio !== null").mark_rect(cornerRadius=2).encode(color=colour)
    few = base.transform_filter("datum.ratio === null").mark_point(size=6, color="#8b9aa5", opacity=0.6)
    return finished(few + known, reader, 210)


def _value(cell: Cell, reader: Reader) -> dict[str, Any]:
    return {
        "day": reader.label(dates.weekday(cell.day, reader.language)),
        "hour": digits.number(cell.hour, reader.language),
        "ratio": cell.ratio,
        "told": digits.number(cell.ratio, reader.language, 2),
        "posts": digits.number(cell.posts, reader.language),
    }
