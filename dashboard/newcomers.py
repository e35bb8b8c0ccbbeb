"""A new source: typed, looked at through five of its posts, and only then kept."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import streamlit as st
from pydantic import ValidationError

from config import edit
from config.project import Source
from crawlers.run import preview
from dashboard import cards, problems, starting
from dashboard.visit import Visit
from posts.errors import RasadError
from posts.post import Post
from words import dates, texts
from words.digits import latin

PREVIEWED: Final = 5
_EVERY: Final = {"15m": 15, "30m": 30, "1h": 60, "6h": 360, "1d": 1440}
_NO_SLUG: Final = re.compile(r"[^a-z0-9]+")


def draw_new_source(visit: Visit) -> None:
    """A form for a new source: it is kept only after five of its posts have been seen."""
    with st.expander(visit.text("sources.new"), icon=":material/add:", expanded=not visit.settings.sources):
        platform = st.segmented_control(
            visit.common("label.platform"),
            ("feed", "mastodon"),
            format_func=lambda code: visit.name_of("platform", code),
            default="feed",
            required=True,
            key="new_platform",
        )
        with st.form("new_source", border=False):
            values = _fields(visit, platform or "feed")
            st.caption(visit.text("sources.manners"))
            sent = st.form_submit_button(visit.text("sources.preview"), icon=":material/visibility:")
        if sent:
            st.session_state["source_found"] = _looked_at(visit, values)
        _draw_found(visit)


def _fields(visit: Visit, platform: str) -> dict[str, Any]:
    values: dict[str, Any] = {"platform": platform}
    values["name"] = st.text_input(
        visit.text("sources.name"), key="new_name", max_chars=64, placeholder="my-source"
    )
    hint = "https://example.org/feed.xml" if platform == "feed" else "https://mastodon.social"
    values["url"] = st.text_input(visit.text(f"sources.url_{platform}"), key="new_url", placeholder=hint)
    if platform == "mastodon":
        values["tag"] = st.text_input(visit.text("sources.tag"), key="new_tag", max_chars=200)
        values["account"] = st.text_input(visit.text("sources.account"), key="new_account", max_chars=200)
    every = st.selectbox(
        visit.text("sources.how_often"),
        list(_EVERY),
        format_func=lambda code: dates.duration(timedelta(minutes=_EVERY[code]), visit.language),
        key="new_every",
    )
    return {name: value.strip() for name, value in {**values, "every": every}.items() if value.strip()}


def suggest(values: dict[str, Any], taken: set[str]) -> str:
    """A name for a source that was given none: its server and, where it is in Latin letters, its tag."""
    host = urlsplit(values.get("url", "")).hostname or ""
    told = f"{host.removeprefix('www.')} {values.get('tag', '')} {values.get('account', '')}"
    name = _NO_SLUG.sub("-", told.lower()).strip("-")[:60] or "source"
    return next(free for free in (name, *(f"{name}-{n}" for n in range(2, 1000))) if free not in taken)


def _looked_at(visit: Visit, values: dict[str, Any]) -> tuple[Source, list[Post]] | None:
    """The source as typed, with some of its posts; ``None`` after telling what is wrong with it."""
    if "tag" in values:
        values = {**values, "tag": values["tag"].lstrip("#")}
    taken = {source.name for source in visit.settings.sources}
    name = latin(values.get("name", "")).lower() or suggest(values, taken)
    if name in taken:
        st.error(visit.text("sources.taken"), icon=":material/error:")
        return None
    try:
        source = Source.model_validate({**values, "name": name})
    except ValidationError as error:
        st.error(visit.text("sources.wrong"), icon=":material/error:")
        for mistake in error.errors(include_url=False):
            field = str(mistake["loc"][0]) if mistake["loc"] else ""
            st.text(_what_is_wrong(visit, field, mistake["msg"]))
        return None
    posts = look(visit, source)
    return None if posts is None else (source, posts)


def _what_is_wrong(visit: Visit, field: str, message: str) -> str:
    """What the field wants, in the language of the page; the check's own words where there are none."""
    key = f"dashboard.sources.wants.{field}"
    return texts.text(key, visit.language) if texts.known(key) else f"{field}: {message}"


def look(visit: Visit, source: Source) -> list[Post] | None:
    """The first posts of the source; ``None`` after telling why there are none."""
    try:
        with st.spinner(visit.text("sources.asking")):
            return preview(visit.settings, source, limit=PREVIEWED)
    except RasadError as error:
        problems.show(error, visit.language)
        return None


def _draw_found(visit: Visit) -> None:
    found: tuple[Source, list[Post]] | None = st.session_state.get("source_found")
    if found is None:
        return
    source, posts = found
    st.subheader(visit.text("sources.found", source=source.name))
    if not posts:
        st.warning(visit.text("sources.no_posts"), icon=":material/inbox:")
    cards.draw_cards(visit, posts, key="new_source_posts", kept=False)
    if st.button(visit.text("sources.save"), type="primary", icon=":material/check:", key="new_save"):
        try:
            edit.add_source(visit.settings.folder, source)
        except RasadError as error:
            problems.show(error, visit.language)
            return
        del st.session_state["source_found"]
        starting.tell("sources.added", source=source.name)
        st.rerun()
