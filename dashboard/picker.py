"""Picking a range of days, in the calendar of the page: Streamlit's own for Gregorian, ours for Jalali."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.parts import build_component, directed
from dashboard.visit import Visit
from words import dates, digits

_ONE_DAY: Final = timedelta(days=1)
_picker = build_component("picker")

Range = tuple[datetime, datetime]


def pick_days(visit: Visit, *, since: datetime | None, until: datetime | None) -> Range | None:
    """The range picked in this run, from the first midnight to the one after the last day; else ``None``."""
    zone = ZoneInfo(visit.time_zone)
    today = visit.now.astimezone(zone).date()
    last = _last_day(until, zone) if until else today
    first = since.astimezone(zone).date() if since else last - 6 * _ONE_DAY
    with st.container(horizontal=True, vertical_alignment="center", key="days"):
        if visit.calendar == "jalali":
            days = _pick_jalali(visit, first, last, today)
        else:
            days = _pick_gregorian(visit, first, last, today)
        st.text(_written(visit, since, until))
    if days is None or days == (first, last):
        return None
    return _midnight(days[0], zone), _midnight(days[1] + _ONE_DAY, zone)


def _last_day(until: datetime, zone: ZoneInfo) -> date:
    """The last day that a range up to just before ``until`` touches."""
    return (until - timedelta(microseconds=1)).astimezone(zone).date()


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


def _written(visit: Visit, since: datetime | None, until: datetime | None) -> str:
    return visit.common("range", since=visit.moment(since), until=visit.moment(until))


def _pick_gregorian(visit: Visit, first: date, last: date, today: date) -> tuple[date, date] | None:
    chosen: Any = st.date_input(
        visit.text("bar.days"),
        (first, last),
        max_value=max(today, last),
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        width=240,
        key=f"days_{first}_{last}",
    )
    return (chosen[0], chosen[1]) if isinstance(chosen, tuple) and len(chosen) == 2 else None


def _pick_jalali(visit: Visit, first: date, last: date, today: date) -> tuple[date, date] | None:
    with st.popover(visit.text("bar.days"), icon=":material/calendar_month:"):
        result = _picker(
            data=directed(
                {
                    "since": first.isoformat(),
                    "until": last.isoformat(),
                    "today": max(today, last).isoformat(),
                    "words": _calendar_words(visit),
                }
            ),
            key="jalali_days",
            on_picked_change=lambda: None,
        )
    picked = result.picked
    if not isinstance(picked, dict):
        return None
    return date.fromisoformat(picked["since"]), date.fromisoformat(picked["until"])


def _calendar_words(visit: Visit) -> dict[str, Any]:
    return {
        "months": [visit.common(f"month.jalali.{month}") for month in range(1, 13)],
        "weekdays": [visit.common(f"weekday_short.{day}") for day in dates.week_days("jalali")],
        "digits": [digits.localised(str(digit), visit.language) for digit in range(10)],
        "earlier": visit.text("picker.earlier"),
        "later": visit.text("picker.later"),
        "first": visit.text("picker.first"),
        "last": visit.text("picker.last"),
    }
