"""Trends on several platforms: where each began, by how much the others lagged, and who leads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from answers.crossing import Crossing, Crossings, Leading, crossings
from dashboard import ask, parts, tags
from dashboard.filters import Asked
from dashboard.visit import Visit
from words import dates

SHOWN = 10


def draw_crossings(visit: Visit, asked: Asked, *, expanded: bool = False) -> None:
    """A door at the foot of a page about trends; what crossed is asked when it is opened."""
    door = st.expander(
        visit.text("crossing.title"), icon=":material/swap_horiz:", key="crossings", on_change="rerun",
        expanded=expanded,
    )  # fmt: skip
    if door.open:
        with door:
            _draw_found(visit, asked)


def _draw_found(visit: Visit, asked: Asked) -> None:
    """Who leads, and the hashtags that crossed."""
    answer = ask.of(crossings, visit, asked.selection, size=SHOWN)
    found = answer.value
    if len(found.heard) < 2:
        st.caption(visit.text("crossing.one_platform"))
        return
    if not found.rows:
        st.caption(visit.text("crossing.none", authors=visit.counted("author", found.threshold)))
    else:
        _draw_leads(visit, found.leads)
        _draw_rows(visit, asked, found.rows)
    _draw_heard(visit, found)
    parts.draw_definitions(visit, answer.definition)


def _draw_leads(visit: Visit, rows: Sequence[Leading]) -> None:
    if not rows:
        return
    columns: list[parts.Item] = [
        {"label": visit.text("crossing.leads")},
        {"label": visit.text("crossing.follows")},
        {"label": visit.text("crossing.first_in"), "number": True},
        {"label": visit.text("crossing.median"), "number": True},
        {"label": visit.text("crossing.chance"), "number": True, "minor": True,
         "hint": visit.text("crossing.chance_hint")},
    ]  # fmt: skip
    lines: list[list[parts.Item]] = [
        [
            {"text": visit.name_of("platform", row.first)},
            {"text": visit.name_of("platform", row.second)},
            {
                "text": visit.text(
                    "crossing.of", first=visit.number(row.lead.first), all=visit.number(row.trends)
                )
            },
            {"text": between(visit, row.lead.median, row.lead.low, row.lead.high)},
            {"text": visit.percent(row.lead.chance)},
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("crossing.leads"), key="crossing_leads")


def between(visit: Visit, value: float, low: float | None, high: float | None) -> str:
    """A lag with its interval; an end that is not told is left open."""
    told = lag(visit, value)
    if low is None and high is None:
        return told
    ends = [visit.text("crossing.open") if end is None else lag(visit, end) for end in (low, high)]
    return visit.text("crossing.between", value=told, low=ends[0], high=ends[1])


def lag(visit: Visit, seconds: float) -> str:
    """A lag; one that goes the other way is "earlier"."""
    told = dates.lapse(timedelta(seconds=abs(round(seconds))), visit.language)
    return visit.text("crossing.earlier", lapse=told) if seconds < 0 else told


def _draw_rows(visit: Visit, asked: Asked, rows: Sequence[Crossing]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        {"label": visit.text("crossing.route")},
        {"label": visit.text("crossing.lag"), "number": True, "hint": visit.text("crossing.lag_hint")},
        {"label": visit.text("crossing.sure"), "minor": True},
        {"label": visit.common("label.authors"), "number": True, "minor": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            tags.tag_cell(visit, asked, row.key, row.name),
            {"text": route(visit, row)},
            {"text": between(visit, row.lag.value, row.lag.low, row.lag.high)},
            {"text": visit.text(f"crossing.states.{_state(row)}"), "hint": stable(visit, row)},
            parts.number(visit, row.arrivals[0].authors),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("crossing.title"), key="crossing_rows")


def _state(row: Crossing) -> str:
    return row.sure.replace(" ", "_")


def route(visit: Visit, row: Crossing) -> str:
    """The platforms in the order in which it arrived."""
    first, *rest = (visit.name_of("platform", each.platform) for each in row.arrivals)
    return first + "".join(visit.text("crossing.then", platform=name) for name in rest)


def stable(visit: Visit, row: Crossing) -> str:
    return visit.text("crossing.stable", share=visit.percent(row.lag.stable))


def _draw_heard(visit: Visit, found: Crossings) -> None:
    """Since when each platform is listened to: before that nothing can have been first there."""
    items: list[parts.Item] = [{"text": visit.text("crossing.heard"), "tone": "muted"}]
    items += [
        {"label": visit.name_of("platform", platform), "text": visit.moment(since), "tone": "muted"}
        for platform, since in found.heard
    ]
    parts.draw_line(items, key="crossing_heard")


def draw_crossing(visit: Visit, found: Crossing | None) -> None:
    """One hashtag on its platforms."""
    if found is None:
        st.caption(visit.text("crossing.one_only"))
        return
    columns: list[parts.Item] = [
        {"label": visit.common("label.platform")},
        {"label": visit.text("crossing.arrived"), "number": True},
        {"label": visit.common("label.authors"), "number": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            {"text": visit.name_of("platform", row.platform)},
            {"text": visit.moment(row.at)},
            parts.number(visit, row.authors),
        ]
        for row in found.arrivals
    ]
    parts.draw_table(columns, lines, label=visit.text("crossing.title"), key="crossing_one")
    told = between(visit, found.lag.value, found.lag.low, found.lag.high)
    items: list[parts.Item] = [
        {"label": visit.text("crossing.lag"), "text": told},
        {"text": visit.text(f"crossing.states.{_state(found)}"), "chip": True},
        {"text": stable(visit, found), "tone": "muted"},
    ]
    parts.draw_line(items, key="crossing_lag")
