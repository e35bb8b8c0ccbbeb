"""The posts of a list as a file, made only when somebody asks for it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from dashboard import ask
from dashboard.visit import Visit
from posts.selection import Selection
from reports import export

KINDS: Final[dict[str, tuple[str, str]]] = {
    "csv": ("CSV", "text/csv"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "jsonl": ("JSONL", "application/x-ndjson"),
}


def draw_downloads(visit: Visit, selection: Selection, total: int) -> None:
    """A button for each kind of file; the file holds all posts of the list, not only those of the page."""
    with st.popover(visit.text("posts.download"), icon=":material/download:"):
        st.text(visit.text("posts.download_all", posts=visit.counted("post", total)))
        with st.container(horizontal=True, key="files"):
            for kind, (name, mime) in KINDS.items():
                st.download_button(
                    name,
                    data=partial(build_file, visit, selection, kind),
                    file_name=f"{visit.project}-posts.{kind}",
                    mime=mime,
                    on_click="ignore",
                    key=f"file_{kind}",
                )


def build_file(visit: Visit, selection: Selection, kind: str) -> bytes:
    """The posts of the selection in a file of this kind."""
    posts = ask.every_post(visit, selection)
    out = io.BytesIO()
    if kind == "xlsx":
        about = selection.to_params()
        export.write_xlsx(posts, out, language=visit.language, about=about)
    else:
        writers: dict[str, Callable[..., Any]] = {"csv": export.write_csv, "jsonl": export.write_jsonl}
        writers[kind](posts, out)
    return out.getvalue()
