"""What may rise, in which window, as of when, by which rule: choices above the list, kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

import streamlit as st

from answers.trends import KINDS, WINDOWS, Kind, RisingTag
from dashboard import filters
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.selection import Selection
from trends.rankings import RANKINGS
from trends.snapshot import Status
from words import texts

OURS: Final = "rasad"
LEAST: Final = (1, 2, 5, 10, 20, 50, 100)
_WINDOWS: Final = (*WINDOWS, "whole")
_HOURS: Final = 48
_DAYS: Final = 28
_WRITTEN: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the page is asked for beside its filter bar."""

    selection: Selection
    kind: Kind
    window: str
    formula: str
    without_ours: bool


def choose(visit: Visit, asked: Asked) -> Choice:
    """Draw the choices; the address says those that are not the usual ones."""
    if filters.came_from_outside() or "trend_window" not in st.session_state:
        _take_over()
    with st.container(horizontal=True, vertical_alignment="bottom", key="trend_kinds"):
        picked = st.segmented_control(
            visit.text("trends.kind"), KINDS, key="trend_kind", required=True,
            format_func=lambda code: visit.common(f"rising_kind.{code}"), label_visibility="collapsed",
        )  # fmt: skip
        window = st.segmented_control(
            visit.text("trends.window_label"), _WINDOWS, key="trend_window", required=True,
            format_func=lambda code: visit.text(f"trends.windows.{code}"), label_visibility="collapsed",
        )  # fmt: skip
    kind = picked or KINDS[0]
    with st.container(horizontal=True, vertical_alignment="bottom", key="trend_more"):
        as_of = _choose_moment(visit, asked)
        formula = _choose_formula(visit) if kind == "hashtag" else ""
        ours = bool(visit.settings.brand and visit.settings.brand.author_keys)
        without = ours and st.toggle(visit.text("trends.without_ours"), key="trend_without")
    filters.write(
        visit, asked.filters, kind="" if kind == KINDS[0] else kind,
        window="" if window == "best" else str(window), as_of=as_of, formula=formula,
        ours="out" if without else "",
    )  # fmt: skip
    return Choice(
        selection=_selection(asked, str(window), as_of), kind=kind, formula=formula,
        window="best" if window == "whole" else str(window), without_ours=bool(without),
    )  # fmt: skip


def _take_over() -> None:
    """What an address says of the choices; the usual where it says nothing that is known."""
    kind, window, formula = filters.part("kind"), filters.part("window"), filters.part("formula")
    state = st.session_state
    state["trend_kind"] = kind if kind in KINDS else KINDS[0]
    state["trend_window"] = window if window in _WINDOWS else "best"
    state["trend_formula"] = formula if formula in RANKINGS else OURS
    state["trend_as_of"] = _moment(filters.part("as_of"))
    state["trend_without"] = filters.part("ours") == "out"


def _moment(written: str) -> str:
    try:
        return _read(written).strftime(_WRITTEN)
    except ValueError:
        return ""


def _choose_moment(visit: Visit, asked: Asked) -> str:
    """A past hour: each of the last two days, and each half day of four weeks."""
    end = asked.selection.until or visit.now
    hour = end.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [hour - timedelta(hours=back) for back in range(_HOURS)]
    hours += [hour - timedelta(hours=12 * back) for back in range(_HOURS // 12, 2 * _DAYS + 1)]
    options = ["", *(at.strftime(_WRITTEN) for at in hours)]
    chosen = st.session_state.get("trend_as_of", "")
    if chosen not in options:
        options.append(chosen)

    def named(code: str) -> str:
        return visit.moment(_read(code)) if code else visit.text("trends.now")

    return str(
        st.selectbox(visit.text("trends.as_of"), options, format_func=named, key="trend_as_of", width=240)
    )


def _read(code: str) -> datetime:
    return datetime.strptime(code, _WRITTEN).replace(tzinfo=UTC)


def _choose_formula(visit: Visit) -> str:
    chosen = st.selectbox(
        visit.text("trends.formula"), list(RANKINGS), key="trend_formula", width=220,
        format_func=lambda code: texts.text(f"formula.{code}.name", visit.language),
    )  # fmt: skip
    return "" if chosen == OURS else str(chosen)


def _selection(asked: Asked, window: str, as_of: str) -> Selection:
    """The window that is judged by its past: the last day of the period, or the whole of it."""
    selection = asked.selection
    if as_of:
        moment = _read(as_of)
        span = selection.until - selection.since if selection.until and selection.since else None
        selection = selection.narrowed(until=moment, since=moment - span if span else None)
    since, until = selection.since, selection.until
    if window == "whole" or until is None:
        return selection
    day_before = until - timedelta(days=1)
    if window == "best" and since is not None:
        return selection.narrowed(since=max(since, day_before))
    return selection.narrowed(since=day_before)


def choose_rows(visit: Visit, rows: Sequence[RisingTag]) -> list[RisingTag]:
    """The rows of the states and sizes that the visitor wants; all while nothing is chosen."""
    present = [status for status in get_args(Status) if any(row.status == status for row in rows)]
    with st.container(horizontal=True, vertical_alignment="bottom", key="trend_choice"):
        wanted: Any = st.pills(
            visit.common("label.state"), present, selection_mode="multi", key="trend_statuses",
            format_func=lambda status: visit.name_of("trend", status),
        )  # fmt: skip
        least = st.selectbox(
            visit.text("trends.least_authors"),
            LEAST,
            format_func=visit.number,
            key="trend_authors",
            width=180,
        )
    return [row for row in rows if (row.authors.value or 0) >= least and (not wanted or row.status in wanted)]
