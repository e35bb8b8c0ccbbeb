"""What a visitor can do where there is nothing to see."""

from __future__ import annotations

from typing import NoReturn

import streamlit as st

from dashboard import ask, filters
from dashboard.address import Filters
from dashboard.visit import Visit


def stop_empty(visit: Visit, asked: filters.Asked, *, key: str = "empty.posts") -> NoReturn:
    """Say what was not found (the text ``key``), offer the ways on, and end the page here."""
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
        st.page_link(
            "views/sources.py",
            label=visit.text("empty.add_source"),
            icon=":material/add:",
            query_params=visit.base,
        )
        if not visit.settings.project.demo and "demo" in ask.project_names():
            st.page_link(
                "views/overview.py",
                label=visit.text("empty.demo"),
                icon=":material/science:",
                query_params={"lang": visit.language, "project": "demo"},
            )
    st.stop()


def _clear(now: Filters) -> None:
    filters.change(query="", platform=None, source=None, language=None)
