"""The dashboard: who looks at which project in which language, the way between the views, and the frame."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import streamlit as st

from config.project import Settings
from dashboard import ask, filters, frame, problems, style
from dashboard.address import file_of
from dashboard.visit import Language, Visit, tick
from posts.errors import RasadError
from words import texts

GROUPS: Final = {
    "watch": ("overview", "trends", "backtest"),
    "research": ("hashtag", "research", "compare", "posts", "influencers"),
    "system": ("labels", "sources"),
}
_HERE: Final = Path(__file__).parent


def main() -> None:
    """Draw one run of the page."""
    address = st.query_params.to_dict()
    names = ask.project_names()
    project = frame.choose_project(names, address, first=sys.argv[1] if len(sys.argv) > 1 else None)
    settings, failed = _settings(project)
    language = frame.choose_language(settings, address)
    page = _navigation(language)
    st.set_page_config(
        page_title=f"{page.title} · {texts.text('common.product', language)}",
        page_icon=str(_HERE / "static" / "favicon.png"),
        layout="wide",
    )
    st.html(style.rules(language))
    wrong = filters.settle(filters.look(page.url_path, address))
    if settings is None:
        frame.draw_sidebar(None, language, names, project)
        frame.draw_no_project(language, failed)
        return
    visit = Visit(settings=settings, language=language, now=tick(datetime.now(UTC)))
    st.session_state["visit"] = visit
    frame.draw_sidebar(visit, language, names, project)
    body = st.container()
    frame.draw_foot(visit)
    with body:
        if wrong is not None:
            problems.show(wrong, language)
        _run(page, language)


def _settings(project: str | None) -> tuple[Settings | None, RasadError | None]:
    if project is None:
        return None, None
    try:
        return ask.settings_of(project), None
    except RasadError as error:
        return None, error


def _navigation(language: Language) -> Any:
    """The views by group. They have no icons: the browser would fetch one from Google as the page's own."""
    pages = {
        texts.text(f"dashboard.group.{group}", language): [
            st.Page(
                file_of(view),
                title=texts.text(f"dashboard.{view}.title", language),
                url_path=view,
                default=view == "overview",
            )
            for view in views
        ]
        for group, views in GROUPS.items()
    }
    return st.navigation(cast(Any, pages))


def _run(page: Any, language: Language) -> None:
    """The view, and what a visitor is told when it fails: this is the outer edge."""
    try:
        page.run()
    except Exception as error:  # noqa: BLE001 - whatever it is, a visitor gets words and never a traceback
        problems.show(error, language)


main()
