"""Sources: how each fares, pausing and testing one, and adding a new one after a look at its posts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from answers.sources import SourceReport
from config import edit
from config.project import Source
from crawlers.run import preview
from dashboard import ask, cards, parts, problems
from dashboard.visit import Visit
from posts.errors import RasadError
from posts.post import Post
from words import dates, texts
from words.digits import latin

TONES: Final = {"ok": "good", "partial": "", "error": "bad", "refused": "bad", "silent": "bad"}
PREVIEWED: Final = 5
_EVERY: Final = {"15m": 15, "30m": 30, "1h": 60, "6h": 360, "1d": 1440}


def draw_health(visit: Visit, reports: Sequence[SourceReport]) -> None:
    """Each source with its state, why, what it brought, and when it is asked next."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.source")},
        {"label": visit.common("label.state")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.text("sources.last_day"), "number": True},
        {"label": visit.text("sources.newest"), "minor": True},
        {"label": visit.text("sources.last_run"), "minor": True},
        {"label": visit.text("sources.next"), "minor": True},
    ]
    rows: list[list[parts.Item]] = [
        [
            {"text": report.source, "auto": True, "below": _kind(visit, report)},
            {"text": visit.name_of("state", report.state), "chip": True, "tone": TONES.get(report.state, ""),
             "below": _reason(visit, report)},
            parts.number(visit, report.posts),
            parts.number(visit, report.posts_last_day),
            _when(visit, report.newest_post_at),
            _when(visit, report.last_run.started_at if report.last_run else None),
            _next(visit, report),
        ]
        for report in reports
    ]  # fmt: skip
    parts.draw_table(columns, rows, label=visit.text("sources.title"), key="sources")


def _kind(visit: Visit, report: SourceReport) -> str:
    platform = visit.name_of("platform", report.platform)
    if report.every is None:
        return platform
    every = dates.duration(report.every, visit.language)
    return visit.text("sources.every", platform=platform, every=every)


def _reason(visit: Visit, report: SourceReport) -> str:
    """Why, in the language of the page; a server's own words stay as they are."""
    if report.why is None or not texts.known(report.why):
        return report.reason or visit.name_of("state_meaning", report.state)
    values = {name: _said(visit, value) for name, value in report.values.items()}
    return texts.text(report.why, visit.language, **values).strip()


def _said(visit: Visit, value: Any) -> str:
    if isinstance(value, datetime):
        return visit.moment(value)
    return visit.number(value) if isinstance(value, int | float) else str(value or "")


def _when(visit: Visit, moment: Any) -> parts.Item:
    return {"text": visit.ago(moment), "hint": visit.moment(moment)}


def _next(visit: Visit, report: SourceReport) -> parts.Item:
    if report.state == "paused":
        return {"text": visit.name_of("state", "paused"), "tone": "muted"}
    return _when(visit, report.put_off_until or report.next_due_at)


def draw_controls(visit: Visit) -> None:
    """Start, pause and test; and the contact without which nothing is asked of anyone."""
    settings = visit.settings
    if not settings.project.contact and not settings.project.demo:
        _draw_contact(visit)
    with st.container(horizontal=True, vertical_alignment="bottom", key="source_controls"):
        names = [source.name for source in settings.sources]
        name = st.selectbox(visit.common("label.source"), names, key="source_chosen", width=240)
        source = settings.source(name)
        paused = is_paused(visit, source)
        st.button(
            visit.text("sources.resume" if paused else "sources.pause"),
            icon=":material/play_arrow:" if paused else ":material/pause:",
            on_click=_pause,
            args=(visit, name, not paused),
            key="source_pause",
        )
        # The demo's servers are invented: asking for them would be the one thing that leaves this machine.
        tested = st.button(
            visit.text("sources.test"),
            icon=":material/network_check:",
            key="source_test",
            disabled=settings.project.demo,
        )
    if tested:
        found = _preview(visit, source)
        if found is not None:
            st.success(visit.text("sources.tested", posts=visit.counted("post", len(found))))
            cards.draw_cards(visit, found, key="source_tested", kept=False)
    if wrong := st.session_state.pop("source_failed", None):
        problems.show(wrong, visit.language)


def is_paused(visit: Visit, source: Source) -> bool:
    """Whether the project file or a person at a page has paused the source."""
    return source.paused or ask.state_of(visit).control(source.name).paused


def _pause(visit: Visit, name: str, paused: bool) -> None:
    try:
        edit.change_source(visit.settings.folder, name, paused=paused)
        ask.state_of(visit).pause(name, paused=paused)
    except RasadError as error:
        st.session_state["source_failed"] = error


def _draw_contact(visit: Visit) -> None:
    with st.form("contact"):
        st.markdown(visit.text("sources.contact_why"))
        contact = st.text_input(visit.text("sources.contact"), placeholder="name@example.org", max_chars=200)
        sent = st.form_submit_button(visit.text("sources.start"), icon=":material/play_arrow:")
    if not sent or not contact.strip():
        return
    try:
        edit.set_value(visit.settings.folder, "project.contact", contact.strip())
        edit.change_sources(visit.settings.folder, paused=False)
        for source in visit.settings.sources:
            ask.state_of(visit).pause(source.name, paused=False)
    except RasadError as error:
        problems.show(error, visit.language)
        return
    st.rerun()


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


def _looked_at(visit: Visit, values: dict[str, Any]) -> tuple[Source, list[Post]] | None:
    """The source as typed, with some of its posts; ``None`` after telling what is wrong with it."""
    if "tag" in values:
        values = {**values, "tag": values["tag"].lstrip("#")}
    try:
        source = Source.model_validate({**values, "name": latin(values.get("name", "")).lower()})
    except ValidationError as error:
        st.error(visit.text("sources.wrong"), icon=":material/error:")
        for mistake in error.errors(include_url=False):
            st.text(f"{'.'.join(str(place) for place in mistake['loc'])}: {mistake['msg']}")
        return None
    posts = _preview(visit, source)
    return None if posts is None else (source, posts)


def _preview(visit: Visit, source: Source) -> list[Post] | None:
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
        st.rerun()
