"""Saved queries: keeping what the filter bar says, and the list of what is kept, each with its posts."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import streamlit as st

from answers.saved import SavedReport
from dashboard import ask, parts, problems, starting
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.errors import RasadError
from posts.selection import Selection
from store.saved import MAX_NAME, SavedQueryError
from words.bidi import isolate_left, stripped


def draw_saving(visit: Visit, asked: Asked) -> None:
    """A button that keeps what is asked for under a name; the period is left out."""
    selection = asked.selection.narrowed(since=None, until=None)
    # A key of its own closes it once the query is kept.
    key = f"save_query_{st.session_state.get('saved_times', 0)}"
    with st.popover(visit.text("saved.save"), icon=":material/bookmark_add:", key=key):
        if selection == Selection():
            st.text(visit.text("saved.everything"))
            return
        if selection.edge is not None or selection.toward is not None:
            st.text(visit.text("saved.network"))
            return
        st.text(visit.text("saved.why"))
        st.text_input(visit.text("saved.name"), key="saved_name", max_chars=MAX_NAME)
        st.button(
            visit.text("saved.save_it"),
            type="primary",
            icon=":material/check:",
            on_click=_save,
            args=(visit, selection),
            key="saved_save",
        )


def _save(visit: Visit, selection: Selection) -> None:
    name = " ".join(str(st.session_state.get("saved_name", "")).split())
    saved = ask.saved_queries_of(visit)
    if saved.get(name) is not None:
        st.session_state["saved_failed"] = "taken"
        return
    try:
        saved.save(name, selection, at=visit.now, zone=ZoneInfo(visit.time_zone))
    except SavedQueryError:
        st.session_state["saved_failed"] = "nameless"
        return
    except RasadError as error:
        st.session_state["saved_failed"] = error
        return
    st.session_state["saved_name"] = ""
    st.session_state["saved_times"] = st.session_state.get("saved_times", 0) + 1
    starting.tell("saved.kept")


def draw_failed(visit: Visit) -> None:
    """Why the last action could not be carried out."""
    failed = st.session_state.pop("saved_failed", None)
    if isinstance(failed, RasadError):
        problems.show(failed, visit.language)
    elif failed is not None:
        st.error(visit.text(f"saved.{failed}"), icon=":material/error:")


def draw_list(visit: Visit) -> None:
    """The saved queries, each with its posts of the last 24 hours; nothing while there is none."""
    reports = ask.saved(visit)
    if not reports:
        return
    with st.expander(visit.text("saved.title", n=visit.number(len(reports))), icon=":material/bookmarks:"):
        columns: list[parts.Item] = [
            {"label": visit.text("saved.name")},
            {"label": visit.text("sources.last_day"), "number": True},
            {"label": visit.common("label.query"), "minor": True},
        ]
        rows: list[list[parts.Item]] = [
            [
                _name(visit, report),
                parts.number(visit, report.last_day),
                {"text": isolate_left(stripped(_narrowed(visit, report.saved.selection))), "tone": "muted"},
            ]
            for report in reports
        ]
        parts.draw_table(columns, rows, label=visit.text("saved.list"), key="saved_queries")
        _draw_controls(visit, [report for report in reports if not report.saved.is_topic])


def _name(visit: Visit, report: SavedReport) -> parts.Item:
    saved = report.saved
    item: parts.Item = {"text": stripped(saved.name), "auto": True}
    if report.fault:
        return {**item, "below": visit.text("saved.fault")}
    if saved.is_topic or saved.paused:
        item["below"] = visit.text("saved.topic") if saved.is_topic else visit.name_of("state", "paused")
    link = link_to("posts", saved.selection, base=visit.base)
    return {**item, "link": parts.way(link, hint=visit.text("open_posts"))}


def _narrowed(visit: Visit, selection: Selection) -> str:
    """The query, and behind it what else the bar said."""
    told = [selection.query] if selection.query else []
    for kind in ("platform", "language"):
        code = getattr(selection, kind)
        if code is not None:
            told.append(visit.name_of(kind, code))
    told += [part for part in (selection.source, selection.author, selection.entity) if part is not None]
    if selection.hashtag is not None:
        told.append(f"#{selection.hashtag}")
    return " · ".join(told)


def _draw_controls(visit: Visit, reports: Sequence[SavedReport]) -> None:
    """Pause and remove one; topics stand in the settings."""
    if not reports:
        return
    paused = {report.saved.name: report.saved.paused for report in reports}
    if st.session_state.get("saved_chosen") not in paused:
        st.session_state["saved_chosen"] = next(iter(paused))
    with st.container(horizontal=True, vertical_alignment="bottom", key="saved_controls"):
        name = st.selectbox(visit.text("saved.one"), list(paused), key="saved_chosen", width=240)
        st.button(
            visit.text("sources.resume" if paused[name] else "sources.pause"),
            icon=":material/play_arrow:" if paused[name] else ":material/pause:",
            on_click=_pause,
            args=(visit, name, not paused[name]),
            key="saved_pause",
        )
        label = visit.text("sources.remove")
        with st.popover(label, icon=":material/delete:", key=f"saved_remove_{name}", on_change="rerun"):
            st.text(visit.text("saved.remove_why"))
            st.button(
                visit.text("saved.remove_it"), on_click=_remove, args=(visit, name), key="saved_remove_it"
            )


def _pause(visit: Visit, name: str, paused: bool) -> None:
    ask.saved_queries_of(visit).pause(name, paused=paused)
    starting.tell("saved.paused" if paused else "saved.resumed")


def _remove(visit: Visit, name: str) -> None:
    ask.saved_queries_of(visit).remove(name)
    starting.tell("saved.removed")
