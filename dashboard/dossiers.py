"""A dossier to take along, made only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from importlib.metadata import version

import streamlit as st

from answers.dossier import dossier
from dashboard import ask
from dashboard.visit import Visit
from posts.selection import Selection
from reports import dossier_file


def draw_download(visit: Visit, selection: Selection, tags: Sequence[str], *, key: str) -> None:
    """A button that makes the page of these hashtags in the window shown."""
    if not tags:
        return
    st.download_button(
        visit.text("dossier.download"),
        data=partial(build_file, visit, selection, tuple(tags)),
        file_name=f"{visit.project}-dossier.html",
        mime="text/html",
        on_click="ignore",
        icon=":material/description:",
        help=visit.text("dossier.help"),
        key=f"{key}_dossier",
    )


def build_file(visit: Visit, selection: Selection, tags: Sequence[str]) -> bytes:
    """The file, in the language and calendar of the page."""
    found = dossier(ask.asking(visit), selection, tags, version=version("rasad"))
    return dossier_file.write(found, language=visit.language, calendar=visit.calendar)
