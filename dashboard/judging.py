"""Was it right? The rankings beside each other, and the rises with when each was listed."""

from __future__ import annotations

from typing import Final

import streamlit as st

from answers.backtest import Backtest, Ranked, Rise
from dashboard import filters, parts
from dashboard.address import Link
from dashboard.filters import Asked
from dashboard.tags import tag_cell
from dashboard.visit import Visit
from reports import backtest as told
from trends.rankings import RANKINGS
from words import texts

DAYS: Final = (7, 14, 28)
OURS: Final = "rasad"
SHOWN: Final = 100


def choose(visit: Visit, asked: Asked) -> tuple[int, str]:
    """How many days are judged, and whose listings are shown; both stand in the address."""
    state = st.session_state
    if filters.came_from_outside() or "backtest_days" not in state:
        days = filters.part("days")
        state["backtest_days"] = int(days) if days in map(str, DAYS) else 14
        ranking = filters.part("ranking")
        state["backtest_ranking"] = ranking if ranking in RANKINGS else OURS
    with st.container(horizontal=True, vertical_alignment="bottom", key="backtest_choice"):
        chosen = st.segmented_control(
            texts.text("backtest.days", visit.language),
            DAYS,
            format_func=lambda days: visit.counted("day", days),
            key="backtest_days",
            required=True,
        )
        ranking = st.selectbox(
            texts.text("backtest.choose", visit.language),
            list(RANKINGS),
            format_func=lambda code: told.name(code, visit.language),
            key="backtest_ranking",
            width=260,
        )
    more = {"days": "" if chosen == 14 else str(chosen), "ranking": "" if ranking == OURS else ranking}
    filters.write(visit, asked.filters, **more)
    return int(chosen or 14), str(ranking)


def draw_rankings(visit: Visit, asked: Asked, found: Backtest, *, days: int) -> None:
    """One row a ranking, ours first; a number of rises leads to when that ranking listed them."""
    language = visit.language
    columns: list[parts.Item] = [
        {"label": texts.text("backtest.column.ranking", language)},
        {
            "label": texts.text("backtest.column.precision", language), "number": True,
            "hint": texts.text("backtest.column.precision_hint", language),
        },
        {"label": texts.text("backtest.column.listed", language), "number": True, "minor": True},
        {"label": texts.text("backtest.column.before", language), "number": True},
        {
            "label": texts.text("backtest.column.lead", language), "number": True, "minor": True,
            "hint": texts.text("backtest.column.lead_hint", language),
        },
        {"label": texts.text("backtest.column.false", language), "number": True, "minor": True},
        {"label": texts.text("backtest.column.against", language), "minor": True},
    ]  # fmt: skip
    rows = [_row(visit, asked, found, row, days=days) for row in found.rankings]
    parts.draw_table(columns, rows, label=texts.text("backtest.rankings", language), key="backtest_rankings")


def _row(visit: Visit, asked: Asked, found: Backtest, row: Ranked, *, days: int) -> list[parts.Item]:
    language, score, whole = visit.language, row.score, len(found.rises)
    params = {**visit.base, **asked.filters.to_params(), "days": str(days), "ranking": row.name}
    link = parts.way(Link(view="backtest", params=params))
    lead = score.lead_h
    cells: list[parts.Item] = [
        {"text": told.name(row.name, language), "strong": row.against is None, "link": link},
        {
            "text": told.percent(score.precision.value, language), "bar": score.precision.value,
            "below": told.percents(score.precision, language), "brief": True,
        },
    ]  # fmt: skip
    for estimate in (score.listed, score.before):
        text = told.of_whole(estimate.value, whole, language)
        below = told.percents(estimate, language)
        cells.append({"text": text, "link": link, "below": below, "brief": True})
    cells.append(
        {"text": visit.number(None)}
        if lead is None
        else {
            "text": visit.counted("hour", round(lead.value)),
            "below": told.numbers(lead, language),
            "brief": True,
        }
    )
    false = score.false_a_day
    below = told.numbers(false, language, 1)
    cells.append({"text": visit.number(false.value, 1), "below": below, "brief": True})
    ours = row.against is None
    cells.append({"text": told.said(row.against, language), "chip": ours, "tone": "accent" if ours else ""})
    return cells


def draw_rises(visit: Visit, asked: Asked, found: Backtest, *, ranking: str) -> None:
    """What truly rose, and when it was listed; the numbers open the posts of the rise."""
    language = visit.language
    first = texts.text("backtest.column.first", language)
    columns: list[parts.Item] = [
        {"label": texts.text("backtest.column.rise", language), "wide": True},
        {"label": texts.text("backtest.column.start", language), "minor": True},
        {"label": texts.text("backtest.column.peak", language), "minor": True},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True},
    ]
    shown = [ranking] if ranking == OURS else [ranking, OURS]
    if found.rankings:
        columns += [{"label": f"{first}: {told.name(code, language)}"} for code in shown]
    rows = [_rise(visit, asked, rise, shown if found.rankings else []) for rise in found.rises[:SHOWN]]
    parts.draw_table(columns, rows, label=texts.text("backtest.list", language), key="backtest_rises")


def _rise(visit: Visit, asked: Asked, rise: Rise, shown: list[str]) -> list[parts.Item]:
    cells: list[parts.Item] = [
        tag_cell(visit, asked, rise.key, rise.name),
        {"text": visit.moment(rise.start)},
        {"text": visit.moment(rise.peak)},
        parts.number(visit, rise.posts),
        parts.number(visit, rise.authors),
    ]
    for code in shown:
        moment = rise.listed.get(code)
        cell: parts.Item = {"text": told.lead(rise, code, visit.language)}
        if moment is None:
            cell["tone"] = "muted"
        else:
            cell["below"] = visit.moment(moment)
        cells.append(cell)
    return cells
