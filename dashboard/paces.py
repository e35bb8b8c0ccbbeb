"""The pace of sources: cells of their table, and the button that asks one for older posts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import streamlit as st

from answers.pace import Pace, has_past, holds, requests_for
from answers.sources import SourceReport
from config.project import Source
from dashboard import ask, parts, problems, starting
from dashboard.visit import Visit
from posts.errors import RasadError
from words import dates, digits, texts

DAYS: Final = (7, 30, 90, 365)
_NEAR: Final = timedelta(days=180)
_LOW: Final = 0.1
"""The share of a server's budget below which it is marked."""


def cells(visit: Visit, report: SourceReport, pace: Pace) -> list[parts.Item]:
    """Posts of a day, of an hour and in all; the newest with its delay; the next turn; the cost."""
    return [
        parts.number(visit, report.posts_last_day) | _expected(visit, pace),
        parts.number(visit, pace.last_hour) | _usual(visit, pace),
        parts.number(visit, report.posts) | _reach(visit, pace),
        _when(visit, report.newest_post_at) | _delay(visit, pace),
        _next(visit, report),
        _requests(visit, pace),
    ]


def _below(text: str) -> parts.Item:
    return {"below": text, "brief": True}


def _word(visit: Visit, key: str, **values: object) -> str:
    return texts.text(key, visit.language, **values)


def _expected(visit: Visit, pace: Pace) -> parts.Item:
    if pace.expected_day is None:
        return {}
    return _below(_word(visit, "pace.expected", n=visit.number(pace.expected_day)))


def _usual(visit: Visit, pace: Pace) -> parts.Item:
    habit = pace.usual_hour
    if habit is None:
        return {}
    return _below(_word(visit, "pace.usual", low=visit.number(habit.low), high=visit.number(habit.high)))


def _reach(visit: Visit, pace: Pace) -> parts.Item:
    """How far back it reaches, and whether it is on its way further."""
    begin = pace.reach.reached or pace.oldest_post_at
    told = [] if begin is None else [_word(visit, "pace.since", date=_date(visit, begin))]
    if pace.reach.state == "under way":
        told.append(_word(visit, "pace.reach_under_way", date=_date(visit, pace.reach.back_to)))
    elif pace.reach.state == "ended":
        told.append(_word(visit, "pace.reach_ended"))
    return _below(visit.common("list_separator").join(told)) if told else {}


def _date(visit: Visit, moment: datetime | None) -> str:
    """The date, without its year where that is hardly in doubt."""
    if moment is None:
        return digits.UNKNOWN
    told = dates.short_date if abs(visit.now - moment) < _NEAR else dates.date
    return told(moment, visit.language, visit.time_zone, visit.calendar)


def _delay(visit: Visit, pace: Pace) -> parts.Item:
    if pace.delay is None:
        return {}
    return _below(_word(visit, "pace.delayed", time=dates.length(pace.delay, visit.language)))


def _when(visit: Visit, moment: datetime | None) -> parts.Item:
    return {"text": visit.ago(moment), "hint": visit.moment(moment)}


def _next(visit: Visit, report: SourceReport) -> parts.Item:
    """When it is asked next; beside it, for who points there, when it was asked last."""
    last = min(report.last_run.started_at, visit.now) if report.last_run else None
    hint = f"{visit.text('sources.last_run')}: {visit.moment(last)}"
    if report.state == "paused":
        return {"text": visit.name_of("state", "paused"), "tone": "muted", "hint": hint}
    due = report.put_off_until or report.next_due_at
    if due is not None and due <= visit.now:
        return {"text": visit.text("sources.due"), "hint": hint}
    return {"text": visit.ago(due), "hint": hint}


def _requests(visit: Visit, pace: Pace) -> parts.Item:
    """What was sent in a day, what the server allows still, and how many looks wait."""
    told = []
    for budget in pace.budgets:
        left = visit.number(budget.left)
        if budget.of is None:
            told.append(_word(visit, "pace.budget_left", left=left))
        else:
            told.append(_word(visit, "pace.budget", left=left, of=visit.number(budget.of)))
    if pace.looks_due:
        told.append(_word(visit, "pace.looks_due", n=visit.number(pace.looks_due)))
    scarce = any(budget.of and budget.left < _LOW * budget.of for budget in pace.budgets)
    shown: parts.Item = {"text": visit.number(pace.requests) if pace.requests else digits.UNKNOWN}
    shown["tone"] = "bad" if scarce else "" if pace.requests else "muted"
    return shown | (_below(visit.common("list_separator").join(told)) if told else {})


# older posts


def draw_backfill(visit: Visit, source: Source) -> None:
    """A door behind which older posts of a source are asked for, with what that costs."""
    if visit.settings.project.demo or not has_past(source.platform, source.timeline):
        return
    label, key = visit.text("sources.backfill"), f"backfill_{source.name}"
    with st.popover(label, icon=":material/history:", key=key, on_change="rerun"):
        if not st.session_state.get(key):
            return  # closed: nothing is counted for it
        try:
            pace = ask.paces(visit).value.get(source.name, Pace())
        except RasadError as error:
            problems.show(error, visit.language)
            return
        st.text(_reached(visit, source, pace))
        if pace.reach.state == "ended":
            st.text(_word(visit, "backfill.ended"))
            return
        days = st.selectbox(
            visit.text("sources.backfill_days"),
            DAYS,
            index=1,
            format_func=lambda n: dates.duration(timedelta(days=n), visit.language),
            key="backfill_days",
        )
        st.text(_cost(visit, source, pace, days))
        st.button(
            visit.text("sources.backfill_it"), on_click=_ask, args=(visit, source, pace), key="backfill_go"
        )


def _reached(visit: Visit, source: Source, pace: Pace) -> str:
    reach, begin = pace.reach, pace.reach.reached or pace.oldest_post_at
    told = _word(visit, "backfill.empty", source=source.name)
    if begin is not None:
        told = _word(visit, "backfill.reaches", source=source.name, date=_date(visit, begin))
    if reach.state == "under way":
        key = "backfill.waits" if reach.reached is None else "backfill.under_way"
        reached = _date(visit, reach.reached) if reach.reached else ""
        told += "\n" + _word(visit, key, date=_date(visit, reach.back_to), reached=reached)
    return told


def _cost(visit: Visit, source: Source, pace: Pace, days: int) -> str:
    back_to = visit.now - timedelta(days=days)
    begin = pace.reach.reached or pace.oldest_post_at
    if begin is not None and begin <= back_to:
        return visit.text("sources.backfill_there", source=source.name, date=_date(visit, begin))
    requests = requests_for(pace, source.platform, back_to, now=visit.now)
    if requests is None:
        return _word(visit, "backfill.no_estimate")
    turns = max(1, -(-requests // max(1, source.backfill_pages)))
    return _word(
        visit,
        "backfill.estimate",
        requests=texts.counted("unit_of.request", max(1, requests), visit.language),
        crawls=texts.counted("unit_of.crawl", turns, visit.language),
        time=dates.length(turns * source.every, visit.language),
    )


def _ask(visit: Visit, source: Source, pace: Pace) -> None:
    back_to = visit.now - timedelta(days=st.session_state["backfill_days"])
    begin = pace.reach.reached or pace.oldest_post_at
    if begin is not None and begin <= back_to:
        starting.tell("sources.backfill_there", source=source.name, date=_date(visit, begin))
        return
    if pace.reach.back_to is not None and holds(pace.reach, back_to):
        date = _date(visit, pace.reach.back_to)
        starting.tell("sources.backfill_holds", source=source.name, date=date)
        return
    ask.state_of(visit).move_cursors(source.name, {"backfill_asked": back_to.isoformat()}, at=visit.now)
    starting.tell("sources.backfill_asked", source=source.name, date=_date(visit, back_to))
