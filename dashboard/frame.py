"""What stands around every view: project and language, the way in when there is nothing yet, and the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import streamlit as st

from config.project import Settings
from dashboard import ask, parts, problems
from dashboard.visit import Language, Visit
from posts.errors import RasadError
from words import texts


def choose_project(names: Sequence[str], address: Mapping[str, str], *, first: str | None) -> str | None:
    """The project of the address, else of the session, else ``first``, else the likeliest one."""
    likely = [name for name in names if name not in ("demo", "starter")] + ["demo", *names]
    for name in (address.get("project"), st.session_state.get("project"), first, *likely):
        if name in names:
            if name != st.session_state.get("project"):
                st.session_state["project_choice"] = name
            st.session_state["project"] = name
            return cast(str, name)
    return None


def choose_language(settings: Settings | None, address: Mapping[str, str]) -> Language:
    """The language of the address, else of the session, else what the project or the browser speaks.

    Somebody chose a project's language; nobody chose the demo's, so there the browser is asked first.
    """
    browser = (st.context.locale or "")[:2]
    spoken = [settings.project.language] if settings is not None else []
    likely = [browser, *spoken] if settings is None or settings.project.demo else [*spoken, browser]
    for code in (address.get("lang"), st.session_state.get("language"), *likely, "en"):
        if code in texts.LANGUAGES:
            if code != st.session_state.get("language"):
                st.session_state["language_choice"] = code
            st.session_state["language"] = code
            return cast(Language, code)
    return "en"


def draw_sidebar(visit: Visit | None, language: Language, names: Sequence[str], project: str | None) -> None:
    """The switches of project and language."""
    with st.sidebar:
        if project is not None:
            st.session_state.setdefault("project_choice", project)
            st.selectbox(
                texts.text("dashboard.project", language),
                names,
                format_func=_title_of,
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


def _title_of(name: str) -> str:
    """What the project is called; its name while its file cannot be read."""
    try:
        return ask.settings_of(name).project.title or name
    except RasadError:
        return name


def _switch(what: str) -> None:
    """Take over a switch; the address follows, since it would win over the session."""
    chosen: Any = st.session_state.get(f"{what}_choice")
    if not chosen:
        return
    st.session_state[what] = chosen
    name = "lang" if what == "language" else "project"
    st.query_params[name] = chosen
    if "written" in st.session_state:
        st.session_state["written"] = st.query_params.to_dict()
        st.session_state["address"] = st.query_params.to_dict()


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
    project = visit.settings.project
    items = [
        {"text": project.title or project.name, "tone": "muted"},
        {"text": visit.text("as_of", moment=visit.moment(visit.now)), "tone": "muted"},
        {"text": visit.time_zone, "tone": "muted"},
        {"text": visit.text("local_only"), "tone": "muted"},
    ]
    parts.draw_line(items, key="foot", language=visit.language)


def current() -> Visit:
    """The visit that this run is drawn for."""
    return cast(Visit, st.session_state["visit"])
