"""The first step of a project: the contact without which no server is asked, and the start of its sources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import streamlit as st

from config import edit
from dashboard import ask, problems
from dashboard.visit import Visit
from posts.errors import RasadError
from words.digits import latin

_MAIL: Final = re.compile(r"(mailto:)?[^\s@()<>]+@[\w-]+(\.[\w-]+)+", re.ASCII)
_WEB: Final = re.compile(r"https?://[\w.-]+\.[\w-]+(/[^\s()<>]*)?", re.ASCII)


def is_contact(text: str) -> bool:
    """Whether the people who run a server can reach somebody by it: a mail address or a web page."""
    return bool(_MAIL.fullmatch(text) or _WEB.fullmatch(text))


def draw_start(visit: Visit) -> None:
    """The contact and the sources to start, while there is none or while all sources are paused."""
    settings = visit.settings
    if settings.project.demo:
        return
    paused = [source.name for source in settings.sources if ask.is_paused(visit, source)]
    waits = bool(paused) and len(paused) == len(settings.sources)
    if settings.project.contact and not waits:
        return
    with st.container(border=True, key="start"):
        st.subheader(visit.text("start.title" if waits else "start.contact_title"))
        st.markdown(visit.text("start.why"))
        with st.form("start_form", border=False):
            contact = st.text_input(
                visit.text("start.contact"), value=settings.project.contact, key="start_contact",
                placeholder="name@example.org", max_chars=200, help=visit.text("start.contact_help"),
            )  # fmt: skip
            chosen: Sequence[str] = ()
            if waits:
                chosen = st.multiselect(
                    visit.text("start.which"), paused, default=paused, key="start_which",
                    placeholder=visit.text("start.none_chosen"),
                )  # fmt: skip
            sent = st.form_submit_button(
                visit.text("start.go" if waits else "start.save"),
                type="primary",
                icon=":material/play_arrow:" if waits else ":material/check:",
                key="start_go",
            )
        if sent and _started(visit, latin(contact).strip(), chosen, waits=waits):
            st.rerun()


def _started(visit: Visit, contact: str, chosen: Sequence[str], *, waits: bool) -> bool:
    """Keep the contact and start what was chosen; tell what is wrong and answer no if that cannot be."""
    if not is_contact(contact):
        st.error(visit.text("start.no_contact"), icon=":material/error:")
        return False
    if waits and not chosen:
        st.error(visit.text("start.none_chosen"), icon=":material/error:")
        return False
    folder, state = visit.settings.folder, ask.state_of(visit)
    try:
        edit.set_value(folder, "project.contact", contact)
        for name in chosen:
            edit.change_source(folder, name, paused=False)
            state.pause(name, paused=False)
    except RasadError as error:
        problems.show(error, visit.language)
        return False
    if chosen:
        tell("start.started", sources=visit.counted("source", len(chosen)))
    return True


def tell(key: str, **values: str) -> None:
    """Say this text once, above the page, when it is drawn again."""
    st.session_state["told"] = (key, values)


def draw_told(visit: Visit) -> None:
    """What the last action has done."""
    if told := st.session_state.pop("told", None):
        st.success(visit.text(told[0], **told[1]), icon=":material/check_circle:")
