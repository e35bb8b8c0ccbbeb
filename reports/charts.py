"""Charts as Vega-Lite specifications: plain mappings that the dashboard and the reports draw alike.

Time axes carry epoch seconds with labels of our own, because Vega knows neither the project's time zone
nor the Jalali calendar. In Persian, time runs from right to left, values stand on the right, digits are
Persian, and every label is isolated, since in a drawing nothing else keeps its words in order.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import altair as alt

from words import dates, digits, texts
from words.bidi import isolate, isolate_auto

Spec = dict[str, Any]

PICKED: Final = "picked"
"""The name of the selection that a click makes; it holds the ``id`` of what was clicked."""
_MINUS: Final = "\N{MINUS SIGN}"
_BOTH_THEMES: Final = "#7b8a94"
"""A grey that is read on white and on black alike."""
_COLOURS: Final = {
    "rising": "#0f9d8a",
    "new": "#d97706",
    "seasonal": "#6366f1",
    "fading": "#be5a8a",
    "steady": "#8b9aa5",
    "too little history": "#c3b8a4",
}
"""A colour for each status, seen on white and on black alike; what is ordinary is grey."""
MARKED: Final = "#d6467a"
"""The colour of a bar that is marked, seen on white and on black alike."""
_SHIFTS: Final = {"above": -13, "below": 14}
_LABEL_SIZE: Final = 11
_NARROWEST: Final = 300
_EDGE: Final = 30
_SPACING: Final = (
    (timedelta(hours=14), timedelta(hours=2)),
    (timedelta(hours=50), timedelta(hours=6)),
    (timedelta(days=11), timedelta(days=1)),
    (timedelta(days=24), timedelta(days=2)),
    (timedelta(days=45), timedelta(days=5)),
    (timedelta(days=120), timedelta(days=14)),
    (timedelta(days=800), timedelta(days=61)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom a chart is drawn: language, time zone and calendar."""

    language: str
    time_zone: str
    calendar: str

    @property
    def mirrored(self) -> bool:
        """Whether the chart runs from right to left."""
        return self.language == "fa"

    def label(self, text: str) -> str:
        """The text as a label in a drawing."""
        return isolate(text) if self.mirrored else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bucket of time and how much fell into it; ``marked`` where something is told of it beside."""

    start: datetime
    end: datetime
    value: float
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One thing by its size and its growth (1 is as expected, ``None`` where nothing was expected).

    ``status`` gives the colour; ``named`` writes the name beside the dot where there is room for it.
    """

    name: str
    size: float
    growth: float | None
    status: str
    named: bool = False


def volume(bars: Sequence[Bar], reader: Reader, *, label: str, height: int = 220) -> Spec:
    """How much there was in each bucket of time, as bars. A click picks the bar's place in ``bars``."""
    return finished(volume_chart(bars, reader, label=label), reader, height)


def volume_chart(bars: Sequence[Bar], reader: Reader, *, label: str, below: int = 0) -> Any:
    """The same to be laid over others; its time axis leaves so much room below the bars."""
    values = [
        {
            "id": place,
            "start": bar.start.timestamp(),
            # A gap of a tenth sets the bars apart.
            "end": (bar.end - (bar.end - bar.start) / 10).timestamp(),
            "value": bar.value,
            "marked": bar.marked,
            "when": reader.label(span_told(bar.start, bar.end, reader)),
            "amount": reader.label(digits.number(bar.value, reader.language)),
        }
        for place, bar in enumerate(bars)
    ]
    picked = alt.selection_point(name=PICKED, fields=["id"], on="click", empty=True)
    colours = {"color": alt.when("datum.marked").then(alt.value(MARKED))}
    return (
        alt.Chart(inline(values))
        .mark_rect(cornerRadiusTopLeft=2, cornerRadiusTopRight=2, cursor="pointer")
        .encode(
            x=alt.X(
                "start:Q",
                title=None,
                scale=alt.Scale(zero=False, nice=False, reverse=reader.mirrored),
                axis=time_axis(bars[0].start, bars[-1].end, reader, below=below) if bars else None,
            ),
            x2="end",
            y=alt.Y(
                "value:Q",
                title=None,
                axis=alt.Axis(
                    orient="right" if reader.mirrored else "left", tickCount=4, tickMinStep=1, format=",~r"
                ),
            ),
            y2=alt.datum(0),
            opacity=alt.condition(picked, alt.value(1), alt.value(0.55)),
            tooltip=[
                alt.Tooltip("when:N", title=reader.label(texts.text("common.label.time", reader.language))),
                alt.Tooltip("amount:N", title=reader.label(label)),
            ],
            **(colours if any(bar.marked for bar in bars) else {}),
        )
        .add_params(picked)
    )


def growth(dots: Sequence[Dot], reader: Reader, *, size: str, growth: str, height: int = 280) -> Spec:
    """Each thing by how large it is and how much it grew, both on logarithmic scales.

    What is new has no growth in numbers and stands above all others. A click picks the dot's place in
    ``dots``; ``size`` and ``growth`` are the names of the axes.
    """
    highest = 2 * max((dot.growth for dot in dots if dot.growth), default=1.0)
    heights = [highest if dot.growth is None else max(dot.growth, 0.01) for dot in dots]
    sides = _label_sides(dots, heights, height)
    values = [
        {
            "id": place,
            "name": isolate_auto(dot.name),
            "size": dot.size,
            "growth": heights[place],
            "label": sides.get(place, ""),
            "size_written": reader.label(digits.number(dot.size, reader.language)),
            "growth_written": reader.label(times(dot.growth, reader.language)),
            "status": reader.label(_status(dot.status, reader.language)),
        }
        for place, dot in enumerate(dots)
    ]
    picked = alt.selection_point(name=PICKED, fields=["id"], on="click", empty=True)
    side: Literal["left", "right"] = "right" if reader.mirrored else "left"
    base = alt.Chart(inline(values)).encode(
        x=alt.X(
            "size:Q",
            title=reader.label(size),
            scale=alt.Scale(type="log", reverse=reader.mirrored, padding=_EDGE, nice=False),
            axis=alt.Axis(values=_round_values(dot.size for dot in dots), format=",~r", grid=False),
        ),
        y=alt.Y(
            "growth:Q",
            title=reader.label(growth),
            scale=alt.Scale(type="log", padding=_EDGE, nice=False),
            axis=alt.Axis(orient=side, values=_round_values(heights), format=",~r"),
        ),
    )
    points = base.mark_circle(size=110, cursor="pointer").encode(
        color=alt.Color(
            "status:N",
            title=None,
            legend=alt.Legend(orient="top", columns=3),
            scale=_status_colours(dots, reader),
        ),
        opacity=alt.condition(picked, alt.value(0.9), alt.value(0.35)),
        tooltip=[
            alt.Tooltip("name:N", title=reader.label(texts.text("common.label.hashtag", reader.language))),
            alt.Tooltip("size_written:N", title=reader.label(size)),
            alt.Tooltip("growth_written:N", title=reader.label(growth)),
        ],
    )
    names = [
        base.transform_filter(f"datum.label === '{side}'")
        .mark_text(dy=shift, fontSize=_LABEL_SIZE, color=_BOTH_THEMES)
        .encode(text="name:N")
        for side, shift in _SHIFTS.items()
    ]
    return finished(alt.layer(points.add_params(picked), *names), reader, height)


def _status_colours(dots: Sequence[Dot], reader: Reader) -> Any:
    """The same colour for a status in both languages; the legend has those that are there."""
    there = {dot.status for dot in dots}
    shown = [status for status in _COLOURS if status in there]
    return alt.Scale(
        domain=[reader.label(_status(status, reader.language)) for status in shown],
        range=[_COLOURS[status] for status in shown],
    )


def _label_sides(dots: Sequence[Dot], heights: Sequence[float], height: int) -> dict[int, str]:
    """Where each named dot has its name, by its place, so that no name covers another or a dot.

    Reckoned for a phone: on a wider page the dots lie further apart and the names are as long.
    """
    across = _spread([dot.size for dot in dots], _NARROWEST)
    down = [height - y for y in _spread(heights, height)]
    taken = [(x - 5, x + 5, y - 5, y + 5) for x, y in zip(across, down, strict=True)]
    found: dict[int, str] = {}
    for place, dot in enumerate(dots):
        if not dot.named:
            continue
        half = len(dot.name) * _LABEL_SIZE * 0.28
        for side, shift in _SHIFTS.items():
            x, y = across[place], down[place] + shift
            box = (x - half, x + half, y - 7, y + 7)
            others = taken[:place] + taken[place + 1 :]
            if not any(_overlap(box, other) for other in others):
                taken.append(box)
                found[place] = side
                break
    return found


def _spread(values: Sequence[float], length: float) -> list[float]:
    """Where the values lie on a logarithmic scale of this length."""
    logs = [math.log(max(value, 0.01)) for value in values]
    low, high = min(logs, default=0.0), max(logs, default=0.0)
    room = (length - 2 * _EDGE) / (high - low) if high > low else 0.0
    return [_EDGE + (value - low) * room for value in logs]


def _overlap(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def times(ratio: float | None, language: str) -> str:
    """So many times as much as is usual: "×3.2", "۳٫۲ برابر"; new where nothing was usual."""  # 3.2 times
    if ratio is None:
        return texts.text("common.trend.new", language)
    return texts.text("dashboard.times", language, n=digits.number(ratio, language, 1 if ratio < 10 else 0))


def picked_place(event: Any) -> int | None:
    """The place of the bar or dot that a click picked, from what Streamlit hands back; ``None`` for none."""
    try:
        return int(event["selection"][PICKED][0]["id"])
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def inline(values: list[dict[str, Any]]) -> Any:
    """The values as data that stand in the specification itself."""
    return alt.Data(values=values)  # type: ignore[no-untyped-call]


def finished(chart: Any, reader: Reader, height: int) -> Spec:
    spec: Spec = chart.properties(height=height, width="container").to_dict()
    spec.pop("$schema", None)
    spec.setdefault("config", {})["locale"] = {"number": _number_locale(reader.language)}
    spec["config"]["view"] = {"stroke": None}
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def _number_locale(language: str) -> dict[str, Any]:
    if language != "fa":
        return {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["$", ""], "minus": _MINUS}
    return {
        "decimal": "\N{ARABIC DECIMAL SEPARATOR}",
        "thousands": "\N{ARABIC THOUSANDS SEPARATOR}",
        "grouping": [3],
        "currency": ["", ""],
        "numerals": [digits.persian(digit) for digit in "0123456789"],
        "percent": "\N{ARABIC PERCENT SIGN}",
        "minus": _MINUS,
    }


def _round_values(values: Iterable[float]) -> list[float]:
    """1, 2 and 5 of each power of ten from below the smallest value to above the largest."""
    known = [value for value in values if value > 0] or [1.0]
    low, high = math.floor(math.log10(min(known))), math.ceil(math.log10(max(known)))
    steps = (1, 2, 5) if high - low <= 2 else (1,)
    return [step * 10.0**power for power in range(low, high + 1) for step in steps]


def time_axis(since: datetime, until: datetime, reader: Reader, *, below: int = 0) -> Any:
    """An axis with a label at every round local time, in the reader's calendar."""
    ticks = _ticks(since, until, reader)
    known = json.dumps({str(place): label for place, label in ticks}, ensure_ascii=False)
    return alt.Axis(
        values=[place for place, _ in ticks],
        labelExpr=f"({known})[toString(datum.value)] || ''",
        labelOverlap=True,
        labelBound=True,
        grid=False,
        tickSize=4,
        offset=below,
    )


def _ticks(since: datetime, until: datetime, reader: Reader) -> list[tuple[int, str]]:
    span = until - since
    step = next((step for most, step in _SPACING if span <= most), span / 8)
    hours = step < timedelta(days=1)
    found = []
    moment = dates.day_start(since, reader.time_zone)
    while moment < until:
        if moment >= since:
            found.append((int(moment.timestamp()), reader.label(_tick_label(moment, reader, hours=hours))))
        moment = moment + step
        if not hours:
            # A day is not always 24 hours long: half a day further lies in the right one.
            moment = dates.day_start(moment + timedelta(hours=12), reader.time_zone)
    return found


def _tick_label(moment: datetime, reader: Reader, *, hours: bool) -> str:
    if hours and moment != dates.day_start(moment, reader.time_zone):
        return dates.time(moment, reader.language, reader.time_zone)
    written = dates.short_date(moment, reader.language, reader.time_zone, reader.calendar)
    if reader.language == "en" and reader.calendar == "gregorian":
        day, month = written.split(" ", 1)
        return f"{day} {month[:3]}"
    return written


def span_told(start: datetime, end: datetime, reader: Reader) -> str:
    """What a bucket of time is called: its day, and its hour if it is shorter."""
    if end - start >= timedelta(hours=23):
        return dates.day(start, reader.language, reader.time_zone, reader.calendar)
    return texts.text(
        "common.date_time",
        reader.language,
        date=dates.day(start, reader.language, reader.time_zone, reader.calendar),
        time=dates.time(start, reader.language, reader.time_zone),
    )


def _status(status: str, language: str) -> str:
    key = f"common.trend.{status}"
    return texts.text(key, language) if texts.known(key) else status
