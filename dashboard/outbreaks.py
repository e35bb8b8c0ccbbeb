"""Bursts and slow changes under a curve of volume: one line each, its numbers open their posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import streamlit as st

from answers.bursts import Burst, Bursts, SlowChange
from dashboard import parts
from dashboard.visit import Visit
from reports import charts
from words import dates

SHOWN: Final = 6
"""So many bursts are told below a chart, the strongest; all are marked in it."""


def marks_of(found: Bursts) -> tuple[tuple[datetime, datetime], ...]:
    """When it ran high, as a chart marks it."""
    return tuple((each.since, each.until) for each in found.episodes)


def draw_bursts(visit: Visit, found: Bursts, *, key: str) -> None:
    """A line for each burst and each slow change, the newest first; nothing where there is none."""
    if found.state != "told":
        st.caption(visit.text("bursts.too_little", from_=visit.moment(found.judged_from)))
        return
    strongest = sorted(found.episodes, key=lambda each: -each.score)[:SHOWN]
    for number, each in enumerate(sorted(strongest, key=lambda each: each.since, reverse=True)):
        parts.draw_line(_burst(visit, each), key=f"{key}_burst_{number}")
    for number, change in enumerate(reversed(found.changes)):
        parts.draw_line(_change(visit, change), key=f"{key}_change_{number}")
    if len(found.episodes) > SHOWN:
        numbers = {"n": visit.number(SHOWN), "of": visit.number(len(found.episodes))}
        st.caption(visit.text("bursts.more", **numbers))


def _burst(visit: Visit, each: Burst) -> Sequence[parts.Item]:
    since = visit.moment(each.since)
    when = (
        visit.text("bursts.ongoing", since=since)
        if each.ongoing
        else visit.text("bursts.span", since=since, until=visit.moment(each.until))
    )
    posts = parts.number(visit, each.posts, text=visit.counted("post", each.posts.value or 0))
    authors = parts.number(visit, each.authors, text=visit.counted("author", each.authors.value or 0))
    return [
        {"text": visit.text("bursts.burst"), "chip": True, "tone": "accent"},
        {"text": when},
        posts,
        *([{**authors, "label": visit.text("bursts.by")}] if each.authors.value else []),
        {"text": _usual(visit, each), "tone": "muted"},
    ]


def _usual(visit: Visit, each: Burst) -> str:
    """How many posts would have been usual, and how many times that these are."""
    if each.expected.value is None:
        return visit.text("bursts.unknown")
    if each.ratio is None or each.expected.value < 0.5:
        return visit.text("bursts.unusual")
    ratio = charts.times(each.ratio, visit.language)
    return visit.text("bursts.usual", expected=visit.figure(each.expected), ratio=ratio)


def _change(visit: Visit, each: SlowChange) -> Sequence[parts.Item]:
    ratio, low, high = (charts.times(value, visit.language) for value in (each.ratio, each.low, each.high))
    since = dates.day(each.since, visit.language, visit.time_zone, visit.calendar)
    return [
        {"text": visit.text(f"bursts.{each.kind}"), "chip": True},
        {"text": visit.text("bursts.since", since=since)},
        {**parts.number(visit, each.before), "label": visit.text("bursts.before")},
        {**parts.number(visit, each.after), "label": visit.text("bursts.after")},
        {"text": visit.text("bursts.ratio", ratio=ratio, low=low, high=high), "tone": "muted"},
    ]
