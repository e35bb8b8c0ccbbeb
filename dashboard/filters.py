"""The filter bar: what a visitor has chosen, mirrored in the address, so that a page can be sent on.

An address that differs from the one written last comes from outside (a link, the back button, a
bookmark) and sets the bar; otherwise the bar sets the address. Keys of the address are codes, never the
translated labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, cast

import streamlit as st

from answers.explaining import read
from dashboard import noise, parts, picker
from dashboard.address import NARROW, SPANS, Filters, Link, Period, View, link_with, read_filters, selected
from dashboard.visit import Visit
from posts.errors import QueryError
from posts.selection import Selection
from words import dates, queries

PERIODS: Final = ("1d", "7d", "30d", "custom")
LANGUAGES: Final = ("fa", "en", "ar", "ckb", "tr", "ur", "und")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the bar and the address ask for: ``narrow`` are the parts that only this address sets."""

    filters: Filters
    narrow: dict[str, str]
    selection: Selection

    def to(self, view: Any, visit: Visit, **narrow: str) -> Link:
        """A link to a view under the same filters."""
        return link_with(view, self.filters, base=visit.base, **narrow)


def look(view: str, address: dict[str, str]) -> dict[str, str]:
    """The address if it came from outside since the last run of this page, else nothing.

    The page says its own address in the browser a moment after it is drawn, so that of the last run is
    known as well.
    """
    state = st.session_state
    came = (view, address) not in (state.get("written"), state.get("seen"))
    state["seen"] = (view, address)
    state["view"] = view
    state["came_from_outside"] = came
    return address if came else {}


def settle(address: dict[str, str]) -> QueryError | None:
    """Take over the filters of an address that came from outside; what was wrong with it, if anything."""
    state = st.session_state
    state.setdefault("filters", Filters())
    if not came_from_outside():
        return None
    state["address"] = {}
    try:
        found = read_filters(address)
        selected(found or Filters(), now=datetime.now().astimezone(), narrow=address)
    except QueryError as error:
        return error
    state["address"] = address
    before = state.pop("before", None)
    if found is None:
        # Back from the posts of a number: the bar is again what it was, unless it was changed there.
        if before is not None and before[1] == state["filters"]:
            state["filters"] = before[0]
        return None
    if state.pop("number_opened", False):
        state["before"] = (before[0] if before else state["filters"], found)
    state["filters"] = found
    return None


def came_from_outside() -> bool:
    """Whether this run was started by an address, not by the page itself."""
    return bool(st.session_state.get("came_from_outside", True))


def part(name: str) -> str:
    """A part of the address that one view reads (a page number, an order); empty if it is not there."""
    return str(st.session_state.get("address", {}).get(name, ""))


def write(visit: Visit, filters: Filters | None = None, **more: str) -> None:
    """Say in the address what the page shows; once in a run.

    The browser replaces its address: ``st.query_params`` would add one more to its history at every
    change, and the way back would lead nowhere.
    """
    params = {**visit.base, **(filters.to_params() if filters else {}), **more}
    params = {name: value for name, value in params.items() if value}
    st.session_state["written"] = (st.session_state.get("view"), params)
    st.session_state["address"] = params
    # The browser will say them at the next run: what a switch on the page says by then is newer.
    st.session_state.update({"lang_seen": params.get("lang"), "project_seen": params.get("project")})
    parts.draw_address(params)


def ask(visit: Visit, *, narrow: Sequence[str] = (), more: bool = False, all_time: bool = False) -> Asked:
    """Draw the bar and say what is asked for; ``narrow`` are parts of the address to keep.

    A view that has ``more`` parts of its own writes the address itself.

    A list of posts can stand for all time; where things are compared by time, that becomes 30 days.
    """
    filters = st.session_state["filters"]
    if filters.period == "all" and not all_time:
        change(period="30d")
    filters = _draw_bar(visit, st.session_state["filters"])
    st.session_state["filters"] = filters
    kept = {name: part(name) for name in narrow if part(name)}
    if not more:
        write(visit, filters, **kept)
    chosen = selected(filters, now=visit.now, narrow=kept)
    noise.draw_counted(visit, chosen)
    return Asked(filters=filters, narrow=kept, selection=chosen)


def change(**changes: Any) -> None:
    """Set filters from a button: the bar shows them at the next run."""
    st.session_state["filters"] = replace(st.session_state["filters"], **changes)
    st.session_state["bar_of"] = None


def _draw_bar(visit: Visit, filters: Filters) -> Filters:
    # On another page, or in another language, the widgets are others and know nothing yet.
    drawn_for = (visit.language, st.session_state.get("view"))
    if came_from_outside() or st.session_state.get("bar_of") != drawn_for:
        _set_widgets(filters)
    st.session_state["bar_of"] = drawn_for
    with st.container(horizontal=True, gap="small", key="filter_bar"):
        period = _draw_period(visit, filters)
        language = _draw_choice(
            visit, "language", LANGUAGES, filters.language, visit.common("label.language")
        )
        platforms = sorted({source.platform for source in visit.settings.sources})
        platform = _draw_choice(
            visit, "platform", platforms, filters.platform, visit.common("label.platform")
        )
        names = [source.name for source in visit.settings.sources]
        source = _draw_choice(visit, "source", names, filters.source, visit.common("label.source"))
        marked = noise.draw_choice(visit)
        query = st.text_input(
            visit.common("label.query"), key="bar_query", placeholder=visit.text("bar.query_hint"),
            max_chars=2000, help=visit.text("bar.query_help"),
        )  # fmt: skip
    _draw_reading(visit, query)
    chosen = replace(
        filters, period=period, language=language, platform=platform, source=source, noise=marked,
        query=query.strip(),
    )  # fmt: skip
    if period == "custom":
        return _with_days(visit, chosen)
    return replace(chosen, since=None, until=None)


def _draw_reading(visit: Visit, typed: str) -> None:
    """What the query says, and what is searched beside what was typed; nothing where it cannot be read."""
    try:
        query, expansions = read(typed)
    except QueryError:
        return  # the view tells
    if query.root is None:
        return
    items: list[parts.Item] = [{"text": queries.sentence(query, visit.language), "tone": "muted"}]
    for found in expansions:
        said = queries.expanded(found.word, found.alternatives, found.reason, visit.language)
        items.append({"text": said, "chip": True})
    parts.draw_line(items, key="query_said")


def repaired(error: QueryError) -> Link | None:
    """The view with the query that was probably meant, if it was the bar's that could not be read."""
    visit, now = st.session_state.get("visit"), st.session_state.get("filters")
    view = cast(View, st.session_state.get("view") or "overview")
    if error.repair is None or visit is None or now is None or now.query != error.subject:
        return None
    kept = {name: part(name) for name in NARROW if part(name)}
    return link_with(view, replace(now, query=error.repair), base=visit.base, **kept)


def _set_widgets(filters: Filters) -> None:
    st.session_state["bar_period"] = filters.period
    st.session_state["bar_query"] = filters.query
    for name in ("language", "platform", "source", "noise"):
        st.session_state[f"bar_{name}"] = getattr(filters, name) or ""


def _draw_period(visit: Visit, filters: Filters) -> Period:
    options = [*PERIODS, "all"] if filters.period == "all" else list(PERIODS)
    chosen = st.segmented_control(
        visit.common("label.period"),
        options,
        format_func=lambda code: visit.text(f"period.{code}"),
        key="bar_period",
        required=True,
    )
    return cast(Period, chosen or filters.period)


def _draw_choice(visit: Visit, name: str, codes: Sequence[str], now: str | None, label: str) -> str | None:
    options = ["", *codes]
    if now and now not in options:
        options.append(now)
    chosen = st.selectbox(
        label,
        options,
        format_func=lambda code: visit.name_of(name, code) if code else visit.common("all"),
        key=f"bar_{name}",
        width=150,
    )
    return chosen or None


def _with_days(visit: Visit, filters: Filters) -> Filters:
    """The filters with the days that the picker says; times of a link stay until it is used."""
    since, until = filters.since, filters.until
    if since is None and until is None:
        until = dates.day_start(visit.now, visit.time_zone) + timedelta(days=1)
        since = until - SPANS["7d"]
    filters = replace(filters, since=since, until=until)
    picked = picker.pick_days(visit, since=since, until=until)
    if picked is None:
        return filters
    return replace(filters, since=picked[0], until=picked[1])


def names_of_narrowing(asked: Asked) -> list[str]:
    """The parts that narrow the page beyond the bar, in a fixed order."""
    return [name for name in NARROW if asked.narrow.get(name)]
