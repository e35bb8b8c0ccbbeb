"""What was and what may come, on one axis of time: bars of the past, then the fan of a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import altair as alt

from reports.charts import PICKED, Bar, Reader, Spec, finished, inline, span_told, time_axis
from words import digits, texts

_PAST: Final = "#8b9aa5"
_COMING: Final = "#0f9d8a"
_UNHEARD: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Blade:
    """One step to come: its middle, and the two intervals around it."""

    start: datetime
    end: datetime
    value: float
    inner: tuple[float, float]
    outer: tuple[float, float]


def fan(
    past: Sequence[Bar], unheard: Sequence[bool], blades: Sequence[Blade], reader: Reader, *, label: str,
    height: int = 240,
) -> Spec:  # fmt: skip
    """Bars of the past (pale where nobody listened) and the fan behind them.

    A click picks the bar's place in ``past``. ``label`` is what is counted. At least one step is there.
    """
    since = (past or blades)[0].start
    until = (blades or past)[-1].end
    layers = []
    if past:
        layers.append(_bars(past, unheard, reader, label=label))
    if blades:
        layers += _blades(blades, reader, label=label)
    scale = alt.Scale(
        domain=[since.timestamp(), until.timestamp()], zero=False, nice=False, reverse=reader.mirrored
    )
    side: Literal["left", "right"] = "right" if reader.mirrored else "left"
    placed = [
        layer.encode(
            x=alt.X("start:Q", title=None, scale=scale, axis=time_axis(since, until, reader)),
            x2="end",
            y=alt.Y(
                "low:Q", title=None, axis=alt.Axis(orient=side, tickCount=4, tickMinStep=1, format=",~r")
            ),
            y2="high:Q",
        )
        for layer in layers
    ]
    return finished(alt.layer(*placed), reader, height)


def _bars(past: Sequence[Bar], unheard: Sequence[bool], reader: Reader, *, label: str) -> Any:
    values = [
        {
            "id": place, "low": 0, "high": bar.value, "seen": _UNHEARD if missing else 1.0,
            **_times(bar.start, bar.end, reader, gap=True),
            "amount": reader.label(digits.number(bar.value, reader.language)),
        }
        for place, (bar, missing) in enumerate(zip(past, unheard, strict=True))
    ]  # fmt: skip
    picked = alt.selection_point(name=PICKED, fields=["id"], on="click", empty=True)
    return (
        alt.Chart(inline(values))
        .mark_rect(color=_PAST, cursor="pointer")
        .encode(
            opacity=alt.Opacity("seen:Q", scale=None, legend=None),
            tooltip=_tooltips(reader, amount=label),
        )
        .add_params(picked)
    )


def _blades(blades: Sequence[Blade], reader: Reader, *, label: str) -> list[Any]:
    """The wide interval, the narrow one, and a stroke for the middle."""
    found = []
    for name, opacity in (("outer", 0.25), ("inner", 0.4)):
        values = [_blade(blade, getattr(blade, name), reader) for blade in blades]
        found.append(
            alt.Chart(inline(values))
            .mark_rect(color=_COMING, opacity=opacity)
            .encode(tooltip=_tooltips(reader, amount=label, outer=True))
        )
    # A stroke is drawn as a thin rectangle, so that all layers share their channels.
    most = max((blade.outer[1] for blade in blades), default=1.0) or 1.0
    thin = most / 150
    values = [_blade(blade, (blade.value - thin, blade.value + thin), reader) for blade in blades]
    stroke = alt.Chart(inline(values)).mark_rect(color=_COMING)
    return [*found, stroke.encode(tooltip=_tooltips(reader, amount=label, outer=True))]


def _blade(blade: Blade, between: tuple[float, float], reader: Reader) -> dict[str, Any]:
    low, high = (digits.number(bound, reader.language) for bound in blade.outer)
    return {
        # An interval of one number alone is seen too.
        "low": between[0] - 0.04 * (between[0] == between[1]),
        "high": between[1] + 0.04 * (between[0] == between[1]),
        **_times(blade.start, blade.end, reader, gap=False),
        "amount": reader.label(digits.number(blade.value, reader.language)),
        "outer": reader.label(texts.text("forecast.from_to", reader.language, low=low, high=high)),
    }


def _times(start: datetime, end: datetime, reader: Reader, *, gap: bool) -> dict[str, Any]:
    shown = end - (end - start) / 10 if gap else end
    return {
        "start": start.timestamp(),
        "end": shown.timestamp(),
        "when": reader.label(span_told(start, end, reader)),
    }


def _tooltips(reader: Reader, *, amount: str, outer: bool = False) -> list[Any]:
    told = [
        alt.Tooltip("when:N", title=reader.label(texts.text("common.label.time", reader.language))),
        alt.Tooltip("amount:N", title=reader.label(amount)),
    ]
    if outer:
        title = texts.text("forecast.interval", reader.language)
        told.append(alt.Tooltip("outer:N", title=reader.label(title)))
    return told
