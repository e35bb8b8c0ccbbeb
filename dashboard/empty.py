"""What a visitor can do where there is nothing to see."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from answers.failing import failing
from answers.sources import SourceReport
from dashboard import ask, filters, hearing, listening
from dashboard.address import Filters, file_of
from dashboard.visit import Visit
from words.bidi import isolate_left, stripped


def stop_empty(visit: Visit, asked: filters.Asked, *, key: str = "empty.posts") -> NoReturn:
    """Say what was not found (the text ``key``), offer the ways on, and end the page here.

    A project without any post is told what is missing for its first ones instead.
    """
    if ask.is_empty(visit):
        _draw_first(visit)
        st.stop()
    st.info(visit.text(key), icon=":material/search_off:")
    with st.container(horizontal=True, vertical_alignment="center", key="ways_on"):
        if asked.filters.period in ("1d", "7d", "custom"):
            st.button(
                visit.text("empty.widen"),
                icon=":material/date_range:",
                on_click=filters.change,
                kwargs={"period": "30d", "since": None, "until": None},
            )
        if asked.filters != Filters(period=asked.filters.period):
            st.button(
                visit.text("empty.clear"),
                icon=":material/filter_alt_off:",
                on_click=_clear,
                args=(asked.filters,),
            )
        _draw_way_to_sources(visit, "empty.add_source")
    # Nothing may be there because nothing was heard.
    hearing.draw_behind(visit, ask.heard(visit, asked.selection).value, key="empty")
    st.stop()


def _draw_first(visit: Visit) -> None:
    """The next step toward a project's first posts."""
    settings = visit.settings
    health = ask.health(visit)
    if health.waiting.posts:
        step = "in_spool" if health.intake.state == "ok" else "nobody_takes_in"
    elif not settings.sources:
        step = "no_sources"
    elif not settings.project.contact or all(ask.is_paused(visit, source) for source in settings.sources):
        step = "not_started"
    else:
        step = "on_the_way" if health.intake.state == "ok" else "no_service"
    failed = _all_failed(visit) if step == "on_the_way" else []
    if failed:
        step = "all_fail"
        _draw_failure(visit, failed)
    else:
        st.info(
            visit.text(f"first.{step}", posts=visit.counted("post", health.waiting.posts)),
            icon=":material/inbox:",
        )
    if step in ("nobody_takes_in", "no_service"):
        st.code("rasad run", language=None)
    with st.container(horizontal=True, vertical_alignment="center", key="ways_on"):
        if step in ("in_spool", "on_the_way", "all_fail", "nobody_takes_in", "no_service"):
            st.button(visit.text("first.again"), icon=":material/refresh:", key="look_again")
        _draw_way_to_sources(visit, "first.start" if step == "not_started" else "first.sources")
        if not settings.project.demo and "demo" in ask.project_names():
            st.page_link(
                file_of("overview"),
                label=visit.text("empty.demo"),
                icon=":material/science:",
                query_params={"lang": visit.language, "project": "demo"},
            )


def _all_failed(visit: Visit) -> list[SourceReport]:
    """The sources that are not paused, if every one of them fails."""
    asked = [report for report in ask.sources(visit).value if report.state != "paused"]
    failed = failing(asked, now=visit.now)
    return failed if len(failed) == len(asked) else []


def _draw_failure(visit: Visit, failed: list[SourceReport]) -> None:
    """How many sources fail, and what is known of the first; a server's words are no Markdown."""
    sources = visit.counted("source", len(failed))
    st.warning(visit.text("first.all_fail", sources=sources), icon=":material/error:")
    st.text(f"{isolate_left(failed[0].source)}: {stripped(listening.reason_of(visit, failed[0]))}")


def _draw_way_to_sources(visit: Visit, label: str) -> None:
    st.page_link(
        file_of("sources"), label=visit.text(label), icon=":material/rss_feed:", query_params=visit.base
    )


def _clear(now: Filters) -> None:
    filters.change(query="", platform=None, source=None, language=None, noise=None)
