"""The list of what rises: its table, its chart, and the file of exactly what is seen."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import streamlit as st

from answers.trends import RisingTag
from dashboard import parts, tallies
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.tags import growth, status_chip, tag_cell, usual
from dashboard.visit import Visit
from reports import charts, export
from words import texts
from words.bidi import isolate_auto, stripped

NAMED: Final = 8
"""How many dots carry their name: more would cover each other."""
_NAMED_TOO: Final = ("rising", "new", "peaked", "seasonal")
_FEW_TESTS: Final = 0.995


def draw_growth(visit: Visit, rows: Sequence[RisingTag], *, key: str) -> None:
    """Size against growth; a click on a dot opens the posts of its row."""
    drawn = [row for row in rows if row.posts.value]
    if len(drawn) < 3:
        return
    dots = [
        charts.Dot(
            name=_name(row),
            size=row.posts.value or 0,
            growth=row.ratio,
            status=row.status,
            named=place < NAMED and row.status in _NAMED_TOO,
        )
        for place, row in enumerate(drawn)
    ]
    reader = charts.Reader(language=visit.language, time_zone=visit.time_zone, calendar=visit.calendar)
    spec = charts.growth(dots, reader, size=visit.common("label.posts"), growth=visit.text("trends.ratio"))
    place = tallies.draw_chart(
        spec, key=key, alt=visit.text("trends.growth_alt", count=visit.number(len(dots)))
    )
    if place is not None and place < len(drawn):
        parts.go(parts.way(link_to("posts", drawn[place].posts.selection, base=visit.base)))


def draw_rising(visit: Visit, asked: Asked, rows: Sequence[RisingTag], *, greyed: bool = False) -> None:
    """The rows with what speaks for and against their being real; ``greyed`` are below the thresholds."""
    if not rows:
        return
    scored = rows[0].formula_score is not None
    columns: list[parts.Item] = [
        {"label": texts.text(f"command.column.{rows[0].kind}", visit.language), "wide": True},
        {"label": visit.text("trends.curve"), "minor": True, "hint": visit.text("trends.curve_hint")},
        {"label": visit.common("label.state")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True, "minor": True},
        {"label": visit.text("trends.expected"), "number": True, "minor": True},
        {"label": visit.text("trends.ratio"), "number": True},
        {"label": visit.text("trends.top3"), "number": True, "minor": True,
         "hint": visit.text("trends.top3_hint")},
    ]  # fmt: skip
    if scored:
        columns.append({"label": visit.text("trends.score"), "number": True, "minor": True})
    lines: list[list[parts.Item]] = [
        [
            _thing(visit, asked, row, greyed=greyed),
            {"text": "", "curve": [float(step) for step in row.curve]},
            _state(visit, row, greyed=greyed),
            parts.number(visit, row.posts),
            parts.number(visit, row.authors),
            parts.number(visit, row.expected, text=usual(visit, row.expected)),
            parts.number(visit, row.authors, text=growth(visit, row)),
            {"text": visit.percent(row.top3_share)},
            *([{"text": visit.number(row.formula_score, 1)}] if scored else []),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("trends.title"), key="below" if greyed else "rising")


def draw_download(visit: Visit, rows: Sequence[RisingTag]) -> None:
    """The rows of the table as a file."""
    st.download_button(
        visit.text("trends.csv"),
        data=lambda: build_csv(rows),
        file_name=f"{visit.project}-trends.csv",
        mime="text/csv",
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key="trends_csv",
    )


def build_csv(rows: Sequence[RisingTag]) -> bytes:
    """The rows with plain numbers and names that no language changes."""
    head = (
        "kind", "key", "name", "status", "posts", "authors", "expected", "ratio", "score", "false_rate",
        "window_h", "top_author_share", "top3_share", "at_once", "new", "rhythm", "peak_at", "formula_score",
    )  # fmt: skip
    out = io.BytesIO()
    export.write_table(
        head,
        (
            [
                row.kind, row.key, row.name, row.status, row.posts.value, row.authors.value,
                row.expected.value, row.ratio, row.score, row.false_rate, row.best_window_h,
                row.top_author_share.value, row.top3_share, row.at_once, int(row.is_new), row.rhythm,
                row.peak_at.strftime("%Y-%m-%dT%H:%M:%SZ"), row.formula_score,
            ]
            for row in rows
        ),
        out,
    )  # fmt: skip
    return out.getvalue()


def _name(row: RisingTag) -> str:
    return f"#{stripped(row.name)}" if row.kind == "hashtag" else stripped(row.name)


def _thing(visit: Visit, asked: Asked, row: RisingTag, *, greyed: bool) -> parts.Item:
    """A hashtag as a way to its page, anything else as a way to its posts; its other spellings below."""
    if row.kind == "hashtag":
        cell = tag_cell(visit, asked, row.key, row.name)
    else:
        cell = {**parts.number(visit, row.posts, text=_name(row)), "number": False, "auto": True}
    others = [f"#{stripped(member.name)}" for member in row.members if member.name != row.name]
    below = visit.common("list_separator").join(isolate_auto(other) for other in others[:4])
    return {**cell, "below": below, **({"tone": "muted"} if greyed else {})}


def _state(visit: Visit, row: RisingTag, *, greyed: bool) -> parts.Item:
    """How it stands; below it the flags, and how much of the list down to it is chance."""
    if greyed:
        chip: parts.Item = {"text": visit.text("trends.below"), "chip": True, "tone": "muted"}
    else:
        chip = status_chip(visit, row.status)
    flags = [row.rhythm, "new" if row.is_new and row.status != "new" else "", row.concentrated]
    told = [visit.text(f"trends.flags.{flag}") for flag in flags if flag]
    if row.false_rate < _FEW_TESTS and row.score:
        chip["hint"] = visit.text("trends.false_rate", share=_share(visit, row.false_rate))
    return {**chip, "below": visit.common("list_separator").join(told)} if told else chip


def _share(visit: Visit, rate: float) -> str:
    return visit.percent(rate) if rate >= 0.001 else "< " + visit.percent(0.001)
