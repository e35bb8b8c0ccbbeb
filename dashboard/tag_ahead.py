"""A hashtag ahead: what the next hours and days bring, how such forecasts fared, or why it cannot be told."""

from __future__ import annotations

import streamlit as st

from answers import forecast
from answers.forecast import Outlook
from answers.hashtag import Hashtag
from dashboard import ask, parts, tallies
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Answer
from reports import ahead, charts, fan
from words import dates, texts


def draw(visit: Visit, asked: Asked, answer: Answer[Hashtag]) -> None:
    """The next 24 hours, and the next seven days with the authors of each."""
    # A forecast looks as far back as it can: the same one for every beginning of the period.
    selection = asked.selection.narrowed(since=None)
    hours = ask.of(forecast.ahead, visit, selection, horizon="hour")
    days = ask.of(forecast.ahead, visit, selection, horizon="day").value
    authors = ask.of(forecast.ahead, visit, selection, horizon="day", measure="authors").value
    _draw_outlook(visit, hours.value)
    if hours.value.steps:
        with st.expander(texts.text("forecast.by_hour", visit.language)):
            _draw_steps(visit, hours.value, None)
    _draw_outlook(visit, days)
    _draw_steps(visit, days, authors)
    parts.draw_definitions(visit, hours.definition)


def _draw_outlook(visit: Visit, outlook: Outlook) -> None:
    """The past and the fan, and beside them what they say."""
    st.subheader(texts.text(f"forecast.next.{outlook.horizon}", visit.language))
    told = ahead.sentences(outlook, visit.language, visit.time_zone, visit.calendar)
    tone = "muted" if outlook.cannot else "strong"
    parts.draw_line([{"text": told[0], "tone": tone}], key=f"ahead_{outlook.horizon}_says")
    if outlook.past:
        _draw_fan(visit, outlook)
    for sentence in told[1:]:
        st.text(sentence)


def _draw_fan(visit: Visit, outlook: Outlook) -> None:
    figures = ahead.seen(outlook)
    past = [
        charts.Bar(start=step.start, end=step.end, value=figure.value or 0)
        for step, figure in zip(outlook.past, figures, strict=True)
    ]
    blades = [
        fan.Blade(
            start=step.start, end=step.end, value=step.span.value,
            inner=(step.span.low50, step.span.high50), outer=(step.span.low80, step.span.high80),
        )
        for step in outlook.steps
    ]  # fmt: skip
    reader = charts.Reader(language=visit.language, time_zone=visit.time_zone, calendar=visit.calendar)
    spec = fan.fan(
        past, [not step.heard for step in outlook.past], blades, reader,
        label=visit.common(f"label.{outlook.measure}"),
    )  # fmt: skip
    until = (blades or past)[-1].end
    alt = texts.text(
        "forecast.alt", visit.language, since=visit.moment(past[0].start), until=visit.moment(until)
    )
    place = tallies.draw_chart(spec, key=f"ahead_{outlook.horizon}", alt=alt)
    if place is not None and place < len(figures):
        parts.go(parts.way(link_to("posts", figures[place].selection, base=visit.base)))


def _draw_steps(visit: Visit, outlook: Outlook, authors: Outlook | None) -> None:
    """Each step in numbers; with the authors of the same steps where they are told."""
    if not outlook.steps:
        return
    others = authors.steps if authors is not None else ()
    columns: list[parts.Item] = [
        {"label": visit.common("label.time")},
        {"label": texts.text("forecast.expected", visit.language), "number": True},
        {"label": texts.text("forecast.interval", visit.language), "number": True},
    ]
    if others:
        columns.append({"label": texts.text("forecast.expected_authors", visit.language), "number": True})
        columns.append({"label": texts.text("forecast.interval", visit.language), "number": True})
    rows: list[list[parts.Item]] = []
    for place, step in enumerate(outlook.steps):
        row: list[parts.Item] = [{"text": _when(visit, outlook, place)}]
        for each in (step, *others[place : place + 1]):
            span = each.span
            row.append({"text": ahead.amount(span.value, visit.language)})
            row.append({"text": ahead.between(span.low80, span.high80, visit.language), "tone": "muted"})
        rows.append(row)
    label = texts.text(f"forecast.next.{outlook.horizon}", visit.language)
    parts.draw_table(columns, rows, label=label, key=f"ahead_{outlook.horizon}_steps")


def _when(visit: Visit, outlook: Outlook, place: int) -> str:
    start = outlook.steps[place].start
    if outlook.horizon == "day":
        return dates.day(start, visit.language, visit.time_zone, visit.calendar)
    return visit.moment(start)
