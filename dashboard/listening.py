"""Sources: how each fares; pausing, testing, back-filling and removing one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import streamlit as st

from answers.pace import Pace
from answers.sources import SourceReport
from config import edit
from config.adding import lacking
from dashboard import ask, cards, newcomers, paces, parts, problems, starting
from dashboard.visit import Visit
from posts.errors import RasadError
from words import dates, texts

TONES: Final = {"ok": "good", "partial": "", "error": "bad", "refused": "bad", "silent": "bad"}


def draw_sources(visit: Visit, reports: Sequence[SourceReport], known: Mapping[str, Pace]) -> None:
    """Each source with its state and why, its pace against its habit, its next turn, and what it costs."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.source"), "wide": True},
        {"label": visit.common("label.state")},
        {"label": visit.text("sources.last_day"), "number": True},
        {"label": _word(visit, "pace.hour"), "number": True, "hint": _word(visit, "pace.hour_hint")},
        {"label": visit.common("label.posts"), "number": True, "minor": True},
        {"label": visit.text("sources.newest"), "minor": True, "hint": _word(visit, "pace.delay_hint")},
        {"label": visit.text("sources.next"), "minor": True},
        {"label": _word(visit, "pace.requests"), "number": True, "minor": True,
         "hint": _word(visit, "pace.requests_hint")},
    ]  # fmt: skip
    rows: list[list[parts.Item]] = [
        [
            {"text": report.source, "auto": True, "below": _kind(visit, report)},
            {"text": visit.name_of("state", report.state), "chip": True, "tone": TONES.get(report.state, ""),
             "below": reason_of(visit, report)},
            *paces.cells(visit, report, known.get(report.source, Pace())),
        ]
        for report in reports
    ]  # fmt: skip
    parts.draw_table(columns, rows, label=visit.text("sources.title"), key="sources")


def _word(visit: Visit, key: str) -> str:
    return texts.text(key, visit.language)


def _kind(visit: Visit, report: SourceReport) -> str:
    platform = visit.name_of("platform", report.platform)
    if report.every is None:
        return platform
    every = dates.duration(report.every, visit.language)
    return visit.text("sources.every", platform=platform, every=every)


def reason_of(visit: Visit, report: SourceReport) -> str:
    """Why, in the language of the page; a server's own words stay as they are."""
    if report.why == "sources.never_run" and (variable := _lacks(visit, report.source)):
        return texts.text("needs.missing", visit.language, variable=variable)
    if report.why is None or not texts.known(report.why):
        return report.reason or visit.name_of("state_meaning", report.state)
    values = {name: _said(visit, value) for name, value in report.values.items()}
    return texts.text(report.why, visit.language, **values).strip()


def _lacks(visit: Visit, name: str) -> str | None:
    """The variable without which a source of the project cannot be asked."""
    listed = (source for source in visit.settings.sources if source.name == name)
    return next((lacking(visit.settings, source) for source in listed), None)


def _said(visit: Visit, value: Any) -> str:
    if isinstance(value, datetime):
        return visit.moment(value)
    return visit.number(value) if isinstance(value, int | float) else str(value or "")


def draw_controls(visit: Visit) -> None:
    """Pause, test, back-fill and remove one source."""
    settings = visit.settings
    with st.container(horizontal=True, vertical_alignment="bottom", key="source_controls"):
        names = [source.name for source in settings.sources]
        if st.session_state.get("source_chosen") not in names:
            st.session_state["source_chosen"] = names[0]
        name = st.selectbox(visit.common("label.source"), names, key="source_chosen", width=240)
        source = settings.source(name)
        paused = ask.is_paused(visit, source)
        st.button(
            visit.text("sources.resume" if paused else "sources.pause"),
            icon=":material/play_arrow:" if paused else ":material/pause:",
            on_click=_pause,
            args=(visit, name, not paused),
            key="source_pause",
        )
        # The demo's servers are invented: asking for them would be the one thing that leaves this machine.
        tested = st.button(
            visit.text("sources.test"),
            icon=":material/network_check:",
            key="source_test",
            disabled=settings.project.demo,
        )
        paces.draw_backfill(visit, source)
        if not settings.project.demo:
            # A key of its own closes it once the source is gone: a second click must not meet the next one.
            label, key = visit.text("sources.remove"), f"remove_{name}"
            with st.popover(label, icon=":material/delete:", key=key, on_change="rerun"):
                st.text(visit.text("sources.remove_why", source=name))
                st.button(
                    visit.text("sources.remove_it"), on_click=_remove, args=(visit, name), key="source_remove"
                )
    if tested:
        found = newcomers.look(visit, source)
        if found is not None:
            st.success(visit.text("sources.tested", posts=visit.counted("post", len(found))))
            cards.draw_cards(visit, found, key="source_tested", kept=False)
    if wrong := st.session_state.pop("source_failed", None):
        problems.show(wrong, visit.language)


def _pause(visit: Visit, name: str, paused: bool) -> None:
    try:
        edit.change_source(visit.settings.folder, name, paused=paused)
        ask.state_of(visit).pause(name, paused=paused)
    except RasadError as error:
        st.session_state["source_failed"] = error
        return
    starting.tell("sources.paused" if paused else "sources.resumed", source=name)


def _remove(visit: Visit, name: str) -> None:
    """Take the source out of the project; a later one of its name is not to begin paused."""
    try:
        edit.remove_source(visit.settings.folder, name)
        ask.state_of(visit).pause(name, paused=False)
    except RasadError as error:
        st.session_state["source_failed"] = error
        return
    starting.tell("sources.removed", source=name)
