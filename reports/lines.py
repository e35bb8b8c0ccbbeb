"""Several series of time in one chart, each by its colour, its dash and its shape, absolute or indexed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt

from reports.charts import PICKED, Bar, Reader, Spec, finished, inline, span_told, time_axis
from words import digits, texts
from words.bidi import isolate_auto

COLOURS: Final = ("#0f766e", "#d97706", "#4f46e5", "#be185d", "#0284c7", "#78716c")
"""Told apart by the colour-blind too, as each has a dash and a shape of its own beside it."""
DASHES: Final = ((1, 0), (6, 3), (2, 2), (8, 2, 2, 2), (10, 4), (1, 3))
SHAPES: Final = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One series under its name; ``faint`` is one of too little to be compared."""

    name: str
    bars: tuple[Bar, ...]
    faint: bool = False


def chart(lines: Sequence[Line], reader: Reader, *, label: str, indexed: bool, height: int = 280) -> Spec:
    """The lines over one axis of time; a click on a point picks its place among all points, line by line.

    ``indexed`` sets each line's own highest value to 100, so that small and large can be held together.
    """
    values = _values(lines, reader, indexed=indexed)
    names = [isolate_auto(line.name) for line in lines]
    picked = alt.selection_point(name=PICKED, fields=["id"], on="click", empty=True)
    first = lines[0].bars
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "start:Q", title=None,
            scale=alt.Scale(zero=False, nice=False, reverse=reader.mirrored),
            axis=time_axis(first[0].start, first[-1].end, reader),
        ),
        y=alt.Y(
            "value:Q", title=reader.label(label),
            axis=alt.Axis(orient="right" if reader.mirrored else "left", tickCount=4, format=",~r"),
        ),
        color=alt.Color(
            "name:N", title=None, scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])),
            legend=alt.Legend(orient="top", columns=3, symbolStrokeWidth=2),
        ),
        opacity=alt.Opacity("strength:Q", scale=None, legend=None),
    )  # fmt: skip
    curves = base.mark_line(strokeWidth=2).encode(
        strokeDash=alt.StrokeDash(
            "name:N",
            title=None,
            legend=None,
            scale=alt.Scale(domain=names, range=[list(dash) for dash in DASHES[: len(names)]]),
        )
    )
    points = base.mark_point(filled=True, size=60, cursor="pointer").encode(
        shape=alt.Shape(
            "name:N", title=None, scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)]))
        ),
        tooltip=[
            alt.Tooltip("name:N", title=reader.label(texts.text("common.label.hashtag", reader.language))),
            alt.Tooltip("when:N", title=reader.label(texts.text("common.label.time", reader.language))),
            alt.Tooltip("amount:N", title=reader.label(texts.text("common.label.posts", reader.language))),
            alt.Tooltip(
                "index:N", title=reader.label(texts.text("dashboard.compare.index", reader.language))
            ),
        ],
    )
    return finished(alt.layer(curves, points.add_params(picked)), reader, height)


def _values(lines: Sequence[Line], reader: Reader, *, indexed: bool) -> list[dict[str, Any]]:
    values: list[dict[str, Any]] = []
    for line in lines:
        most = max((bar.value for bar in line.bars), default=0.0) or 1.0
        for bar in line.bars:
            index = 100 * bar.value / most
            values.append(
                {
                    "id": len(values), "name": isolate_auto(line.name), "start": bar.start.timestamp(),
                    "value": round(index, 1) if indexed else bar.value,
                    "strength": 0.35 if line.faint else 1.0,
                    "when": reader.label(span_told(bar.start, bar.end, reader)),
                    "amount": reader.label(digits.number(bar.value, reader.language)),
                    "index": reader.label(digits.number(index, reader.language)),
                }
            )  # fmt: skip
    return values
