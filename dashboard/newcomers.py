"""A new source: pasted or typed, looked at through five of its posts, and only then kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import streamlit as st
from pydantic import ValidationError

from config import edit
from config.adding import free_name, lacking, proposed, same_place, unheard
from config.platforms import CHANNELS, NEEDS, PLATFORMS
from config.project import Source
from crawlers.run import preview
from dashboard import cards, problems, starting
from dashboard.visit import Visit
from posts.errors import RasadError, Refused, SourceError
from posts.post import Post
from words import dates, texts
from words.bidi import isolate_auto
from words.digits import latin

PREVIEWED: Final = 5
PASTED: Final = "pasted"
"""In place of a platform: what was pasted tells it."""
_EVERY: Final = {"15m": 15, "30m": 30, "1h": 60, "6h": 360, "1d": 1440}
_BACK: Final = (0, 7, 30, 90, 365)


def draw_new_source(visit: Visit) -> None:
    """A form for a new source: it is kept only after five of its posts have been seen."""
    with st.expander(visit.text("sources.new"), icon=":material/add:", expanded=not visit.settings.sources):
        platform = st.segmented_control(
            visit.common("label.platform"),
            (PASTED, *PLATFORMS),
            format_func=lambda code: _platform(visit, code),
            default=PASTED,
            required=True,
            key="new_platform",
        )
        timeline = _timeline(visit, platform or PASTED)
        with st.form("new_source", border=False):
            pasted, values = _fields(visit, platform or PASTED, timeline)
            st.caption(visit.text("sources.manners"))
            sent = st.form_submit_button(visit.text("sources.preview"), icon=":material/visibility:")
        if sent:
            st.session_state["source_found"] = _looked_at(visit, pasted, values)
        _draw_found(visit)


def _platform(visit: Visit, code: str) -> str:
    return visit.text("sources.pasted") if code == PASTED else visit.name_of("platform", code)


def _timeline(visit: Visit, platform: str) -> str | None:
    """What of a platform is to be read; nothing to choose where it has one timeline, or is not named."""
    known = PLATFORMS.get(platform)
    if known is None:
        return None
    st.text(_word(visit, f"platforms.{platform}"))
    if len(known.timelines) < 2:
        return known.timelines[0] if known.timelines else None
    return st.selectbox(
        visit.text("sources.timeline"),
        known.timelines,
        format_func=lambda name: _word(visit, f"timeline.{name}"),
        key=f"new_timeline_{platform}",
    )


def _word(visit: Visit, key: str) -> str:
    return texts.text(key, visit.language) if texts.known(key) else key.rpartition(".")[2]


def _fields(visit: Visit, platform: str, timeline: str | None) -> tuple[str, dict[str, Any]]:
    """What was pasted, and the other keys of the source as they were typed."""
    pasted = ""
    values: dict[str, Any] = {"platform": None if platform == PASTED else platform, "timeline": timeline}
    if platform == PASTED:
        pasted = st.text_input(
            visit.text("sources.paste"), key="new_url", placeholder="https://t.me/isna94", max_chars=2000
        )
    elif not PLATFORMS[platform].url:
        hint = "https://example.org/feed.xml" if platform == "feed" else "https://mastodon.social"
        values["url"] = st.text_input(
            visit.text(f"sources.url_{platform}"), key=f"new_url_{platform}", placeholder=hint
        )
    needed = NEEDS.get(timeline) if timeline else None  # type: ignore[call-overload]
    if needed is not None:
        values[needed] = st.text_input(
            _asked_for(visit, needed, platform), key=f"new_{needed}", max_chars=2000
        )
    elif timeline == "stream":
        values["query"] = st.text_input(visit.text("sources.only_query"), key="new_only", max_chars=2000)
    if platform == "feed":
        values["articles"] = st.checkbox(visit.text("sources.articles"), key="new_articles")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        values |= _rhythm(visit, backs=platform != "feed")
    typed = {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}
    return pasted.strip(), {name: value for name, value in typed.items() if value}


def _asked_for(visit: Visit, key: str, platform: str) -> str:
    """The label of the field that a timeline cannot be without."""
    return visit.text(f"sources.{'channel' if key == 'account' and platform in CHANNELS else key}")


def _rhythm(visit: Visit, *, backs: bool) -> dict[str, Any]:
    """The name, how often it is asked, and how far back it begins."""
    values: dict[str, Any] = {}
    values["name"] = st.text_input(
        visit.text("sources.name"), key="new_name", max_chars=64, placeholder="my-source"
    )
    values["every"] = st.selectbox(
        visit.text("sources.how_often"),
        list(_EVERY),
        format_func=lambda code: dates.duration(timedelta(minutes=_EVERY[code]), visit.language),
        key="new_every",
    )
    if backs:
        values["backfill_days"] = st.selectbox(
            visit.text("sources.backfill_days"),
            _BACK,
            format_func=lambda days: (
                dates.duration(timedelta(days=days), visit.language)
                if days
                else visit.text("sources.some_pages")
            ),
            key="new_back",
        )
    return values


def _looked_at(visit: Visit, pasted: str, values: dict[str, Any]) -> tuple[Source, list[Post]] | None:
    """The source as typed, with some of its posts; ``None`` after telling what is wrong with it."""
    source = _made(visit, pasted, values)
    if source is None:
        return None
    variable = lacking(visit.settings, source)
    if variable is not None:
        st.warning(texts.text(f"needs.{variable}", visit.language), icon=":material/key:")
        return source, []
    posts = look(visit, source)
    return None if posts is None else (source, posts)


def _made(visit: Visit, pasted: str, values: dict[str, Any]) -> Source | None:
    taken = {source.name for source in visit.settings.sources}
    try:
        values = proposed(pasted, values)
    except SourceError as error:
        told = "sources.not_collected" if isinstance(error, Refused) else "sources.no_address"
        st.error(visit.text(told), icon=":material/error:")
        return None
    name = latin(values.get("name", "")).lower() or free_name(values, taken)
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
    if (other := same_place(visit.settings, source)) is not None:
        st.error(visit.text("sources.same", source=other.name), icon=":material/error:")
        return None
    return source


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
    waits = lacking(visit.settings, source) is not None
    st.subheader(visit.text("sources.found_waits" if waits else "sources.found", source=source.name))
    st.text(taken_for(visit, source))
    if not posts and not waits:
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


def taken_for(visit: Visit, source: Source) -> str:
    """What the source was taken for: "Telegram, a channel: isna94"."""
    platform = visit.name_of("platform", source.platform)
    if source.timeline is None:
        return f"{platform}: {source.url}"
    kind = "channel" if source.platform in CHANNELS else source.timeline
    what = source.tag or source.account or source.query or source.thread or source.url
    told = [platform, _word(visit, f"timeline.{kind}")]
    return f"{visit.common('list_separator').join(told)}: {what}"


def draw_unheard(visit: Visit) -> None:
    """The accounts of the brand and its rivals that no source reads, and the way to read them."""
    lost = [] if visit.settings.project.demo else unheard(visit.settings)
    if not lost:
        return
    with st.container(border=True, key="unheard"):
        st.subheader(texts.text("unheard.title", visit.language))
        st.caption(texts.text("unheard.why", visit.language))
        for brand, account, _ in lost:
            name = visit.brand_name(brand.id, brand.name)
            st.text(f"{isolate_auto(name)}: {isolate_auto(account)}")
        st.button(
            _word(visit, "unheard.add"), icon=":material/add:", on_click=_add_unheard, args=(visit,),
            key="unheard_add",
        )  # fmt: skip


def _add_unheard(visit: Visit) -> None:
    taken = {source.name for source in visit.settings.sources}
    added = 0
    try:
        for _, _, values in unheard(visit.settings):
            name = free_name(values, taken)
            edit.add_source(visit.settings.folder, Source.model_validate({**values, "name": name}))
            taken.add(name)
            added += 1
    except RasadError as error:
        st.session_state["source_failed"] = error
        return
    starting.tell("sources.unheard_added", sources=visit.counted("source", added))
