"""What stands around every view: project and language, the way in when there is nothing yet, and the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from config.project import Settings
from dashboard import ask, parts, problems
from dashboard.visit import Language, Visit, title_of
from posts.errors import RasadError
from words import texts


def choose_project(names: Sequence[str], address: Mapping[str, str], *, first: str | None) -> str | None:
    """The project that a new address names, else the session's, else ``first``, else the likeliest one."""
    likely = [name for name in names if name not in ("demo", "starter")] + ["demo", *names]
    return _choose("project", names, _new(address, "project"), [first, *likely])


def choose_language(settings: Settings | None, address: Mapping[str, str]) -> Language:
    """The language that a new address names, else the session's, else the project's or the browser's.

    Somebody chose a project's language; nobody chose the demo's, so there the browser is asked first.
    """
    browser = (st.context.locale or "")[:2]
    spoken = [settings.project.language] if settings is not None else []
    likely = [browser, *spoken] if settings is None or settings.project.demo else [*spoken, browser]
    chosen = _choose("language", texts.LANGUAGES, _new(address, "lang"), [*likely, "en"])
    return cast(Language, chosen)


def _new(address: Mapping[str, str], part: str) -> str | None:
    """What the address says, if it did not say so in the last run: a switch on the page is newer then."""
    told = address.get(part)
    seen = st.session_state.get(f"{part}_seen")
    st.session_state[f"{part}_seen"] = told
    return None if told == seen else told


def _choose(what: str, known: Sequence[str], told: str | None, likely: Sequence[str | None]) -> str | None:
    for name in (told, st.session_state.get(what), *likely):
        if name is not None and name in known:
            if name != st.session_state.get(what):
                st.session_state[f"{what}_choice"] = name
            st.session_state[what] = name
            return name
    return None


def draw_sidebar(visit: Visit | None, language: Language, names: Sequence[str], project: str | None) -> None:
    """The switches of project and language."""
    with st.sidebar:
        if project is not None:
            st.session_state.setdefault("project_choice", project)
            st.selectbox(
                texts.text("dashboard.project", language),
                names,
                format_func=lambda name: _title_of(name, language),
                key="project_choice",
                on_change=_switch,
                args=("project",),
            )
        st.session_state.setdefault("language_choice", language)
        st.segmented_control(
            texts.text("dashboard.language", language),
            texts.LANGUAGES,
            format_func=lambda code: texts.text(f"common.page_language.{code}", language),
            key="language_choice",
            required=True,
            on_change=_switch,
            args=("language",),
        )
        if visit is not None and visit.settings.project.demo:
            st.caption(visit.common("demo_notice"))


def _title_of(name: str, language: Language) -> str:
    """What the project is called; its name while its file cannot be read."""
    try:
        return title_of(ask.settings_of(name), language)
    except RasadError:
        return name


def _switch(what: str) -> None:
    """Take over a switch; the page says its new address when it is drawn."""
    chosen: Any = st.session_state.get(f"{what}_choice")
    if chosen:
        st.session_state[what] = chosen


def draw_no_project(language: Language, failed: RasadError | None) -> None:
    """What to do when there is no project, or when its file cannot be read."""
    parts.draw_line([], key="foot", language=language)
    st.title(texts.text("common.product", language))
    if failed is not None:
        problems.show(failed, language)
        return
    st.info(texts.text("dashboard.no_project", language))
    st.code("rasad demo\nrasad init", language=None)


def draw_foot(visit: Visit) -> None:
    """The last line of every page: project, moment and time zone of what is shown."""
    items = [
        {"text": visit.title, "tone": "muted"},
        {"text": visit.text("as_of", moment=visit.moment(visit.now)), "tone": "muted"},
        {"text": visit.time_zone, "tone": "muted"},
    ]
    parts.draw_line(items, key="foot", language=visit.language)


def current() -> Visit:
    """The visit that this run is drawn for."""
    return cast(Visit, st.session_state["visit"])
