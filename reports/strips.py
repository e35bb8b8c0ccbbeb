"""Strips of what was heard: thin rows of collected, silent, missing and deleted below a chart, or alone.

Each bucket is filled from below by its parts. Where nothing is known it stays empty: no colour says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import altair as alt

from reports.charts import Bar, Reader, Spec, finished, inline, span_told, time_axis, volume_chart
from words import digits, texts
from words.bidi import isolate_auto

Part = Literal["collected", "silent", "missing", "deleted"]

COLOURS: Final[dict[Part, str]] = {
    "collected": "#0f9d8a",
    "silent": "#a9b8c2",
    "missing": "#d9480f",
    "deleted": "#7c5cd6",
}
"""A colour for each part, the same in both languages, seen on white and on black alike."""
_HIGH: Final = 12
_GAP: Final = 5
_ROW: Final = 22
_LEGEND: Final = 34
_AROUND: Final = 108
"""What the axis and the legend of a strip by itself take."""
_LEAST: Final = 0.15
"""However little is missing, it can be seen: about so much of the height is drawn at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One bucket of time and the shares of its parts, which add up to 1 or to nothing."""

    start: datetime
    end: datetime
    shares: tuple[tuple[Part, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The strip of one source, or of all together."""

    name: str
    pieces: tuple[Piece, ...]


def volume_over_strip(
    bars: Sequence[Bar], pieces: Sequence[Piece], reader: Reader, *, label: str, height: int = 220
) -> Spec:
    """Bars with a strip below them on the same axis of time. A click picks the bar's place in ``bars``."""
    volume = volume_chart(bars, reader, label=label, below=_HIGH + _GAP + 4)
    values = [
        {**each, "top": _GAP + each["top"] * _HIGH, "bottom": _GAP + each["bottom"] * _HIGH}
        for each in _values(pieces, reader)
    ]
    strip = (
        alt.Chart(inline(values))
        # Pixels below the bars, however high the room for them turns out to be.
        .transform_calculate(y0="height + datum.top", y1="height + datum.bottom")
        .mark_rect(clip=False)
        .encode(
            x=alt.X("start:Q"),
            x2="end",
            y=alt.Y("y0:Q", scale=None, axis=None),
            y2="y1:Q",
            color=_colour(reader),
            tooltip=_tooltips(reader),
        )
    )
    layers = alt.layer(volume, strip).resolve_scale(y="independent")
    return finished(layers, reader, height + _HIGH + _GAP + _LEGEND)


def strip(rows: Sequence[Row], reader: Reader) -> Spec:
    """Strips by themselves, one below the other, each under its name where there are several."""
    values = [
        {**each, "top": place + 0.15 + 0.7 * each["top"], "bottom": place + 0.15 + 0.7 * each["bottom"]}
        for place, row in enumerate(rows)
        for each in _values(row.pieces, reader)
    ]
    pieces = [piece for row in rows for piece in row.pieces]
    since, until = min(piece.start for piece in pieces), max(piece.end for piece in pieces)
    span = [since.timestamp(), until.timestamp()]
    chart = (
        alt.Chart(inline(values))
        .mark_rect()
        .encode(
            x=alt.X(
                "start:Q",
                title=None,
                scale=alt.Scale(domain=span, nice=False, reverse=reader.mirrored),
                axis=time_axis(since, until, reader),
            ),
            x2="end",
            y=alt.Y(
                "top:Q",
                title=None,
                scale=alt.Scale(domain=[0, len(rows)], nice=False, reverse=True),
                axis=_names(rows, reader) if len(rows) > 1 else None,
            ),
            y2="bottom:Q",
            color=_colour(reader),
            tooltip=_tooltips(reader),
        )
    )
    return finished(chart, reader, _ROW * len(rows) + _AROUND)


def _names(rows: Sequence[Row], reader: Reader) -> Any:
    """The names of the rows, each in the middle of its own."""
    names = {f"{place + 0.5:g}": isolate_auto(row.name) for place, row in enumerate(rows)}
    known = json.dumps(names, ensure_ascii=False)
    return alt.Axis(
        values=[place + 0.5 for place in range(len(rows))],
        labelExpr=f"({known})[toString(datum.value)] || ''",
        orient="right" if reader.mirrored else "left",
        ticks=False,
        domain=False,
        grid=False,
        labelLimit=110,
        labelPadding=6,
        labelOverlap=False,
    )


def _values(pieces: Sequence[Piece], reader: Reader) -> list[dict[str, Any]]:
    """One rectangle for each part of each bucket, from 0 at the top to 1 below."""
    found = []
    for piece in pieces:
        bottom = 1.0
        told = _told(piece, reader)
        for part, share in _drawn(piece.shares):
            found.append(
                {
                    "start": piece.start.timestamp(),
                    "end": (piece.end - (piece.end - piece.start) / 10).timestamp(),
                    "top": bottom - share,
                    "bottom": bottom,
                    "part": _name(part, reader),
                    "when": reader.label(span_told(piece.start, piece.end, reader)),
                    "told": told,
                }
            )
            bottom -= share
    return found


def _drawn(shares: Sequence[tuple[Part, float]]) -> list[tuple[Part, float]]:
    """The parts that are there; what is missing or was deleted can be seen, and the others give way."""
    lost = ("missing", "deleted")
    there = [(part, max(share, _LEAST) if part in lost else share) for part, share in shares if share > 0]
    whole = sum(share for _, share in there)
    return [(part, share / whole) for part, share in there]


def _told(piece: Piece, reader: Reader) -> str:
    """All parts of a bucket in words: "collected 80 %, missing 20 %"."""
    words = [
        f"{texts.text(f'common.heard.part.{part}', reader.language)} {digits.part(share, reader.language)}"
        for part, share in piece.shares
        if share > 0
    ]
    return reader.label(texts.text("common.list_separator", reader.language).join(words))


def _name(part: Part, reader: Reader) -> str:
    return reader.label(texts.text(f"common.heard.part.{part}", reader.language))


def _colour(reader: Reader) -> Any:
    return alt.Color(
        "part:N",
        title=None,
        legend=alt.Legend(orient="bottom", columns=4, symbolType="square", offset=4),
        scale=alt.Scale(domain=[_name(part, reader) for part in COLOURS], range=[*COLOURS.values()]),
    )


def _tooltips(reader: Reader) -> list[Any]:
    return [
        alt.Tooltip("when:N", title=reader.label(texts.text("common.label.time", reader.language))),
        alt.Tooltip("told:N", title=reader.label(texts.text("common.label.heard", reader.language))),
    ]
