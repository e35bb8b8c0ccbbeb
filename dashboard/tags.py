"""Hashtags: those that rise, the spellings of one, and those that stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from answers.hashtag import Hashtag, RelatedTag
from answers.trends import RisingTag, Spelling
from dashboard import ask, filters, parts
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Figure
from reports import charts
from words.bidi import stripped

RELATED: Final = 10
SPELLINGS: Final = 12
RISES: Final = ("rising", "new")
TONES: Final = {
    "rising": "good", "new": "good", "peaked": "accent", "fading": "muted", "steady": "muted",
    "seasonal": "accent",
}  # fmt: skip


def tag_cell(visit: Visit, asked: Asked, key: str, name: str) -> parts.Item:
    """A hashtag as a way to its own page under the same filters."""
    link = asked.to("hashtag", visit, hashtag=key)
    return {"text": f"#{stripped(name)}", "link": parts.way(link), "auto": True}


def status_chip(visit: Visit, status: str) -> parts.Item:
    return {"text": visit.name_of("trend", status), "chip": True, "tone": TONES.get(status, "")}


def draw_rising_short(visit: Visit, asked: Asked, rows: Sequence[RisingTag]) -> None:
    """The few that rise most; those that only lead the list of an ordinary day are none."""
    rows = [row for row in rows if row.status in RISES]
    if not rows:
        st.caption(visit.text("trends.none_rises"))
        return
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.text("trends.ratio"), "number": True},
        {"label": visit.common("label.state")},
    ]
    lines: list[list[parts.Item]] = [
        [
            tag_cell(visit, asked, row.key, row.name),
            parts.number(visit, row.posts),
            parts.number(visit, row.authors, text=growth(visit, row)),
            status_chip(visit, row.status),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("overview.rising"), key="rising_short")


def draw_choice(visit: Visit, asked: Asked) -> None:
    """A field for another hashtag."""
    with (
        st.form("hashtag_choice", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        typed = st.text_input(visit.text("hashtag.other"), placeholder="#", max_chars=200)
        sent = st.form_submit_button(visit.text("hashtag.show"))
    if sent and typed.strip():
        key = ask.families_of(visit.settings).key(typed.strip())
        parts.go(parts.way(asked.to("hashtag", visit, hashtag=key)))


def choose_part(visit: Visit, asked: Asked, codes: Sequence[str]) -> str:
    """Which question about the hashtag is asked; the first until another is chosen."""
    if filters.came_from_outside() or "hashtag_part" not in st.session_state:
        wanted = filters.part("part")
        st.session_state["hashtag_part"] = wanted if wanted in codes else codes[0]
    chosen = st.segmented_control(
        visit.text("hashtag.part"),
        codes,
        format_func=lambda code: visit.text(f"hashtag.parts.{code}"),
        key="hashtag_part",
        required=True,
        label_visibility="collapsed",
    )
    filters.write(visit, asked.filters, **asked.narrow, part="" if chosen == codes[0] else str(chosen))
    return str(chosen)


def draw_family(visit: Visit, found: Hashtag) -> None:
    """The name of the hashtag with how it stands, and the ways it was written with the posts of each."""
    items: list[parts.Item] = [{"text": f"#{stripped(found.name)}", "tone": "head"}]
    parts.draw_line([*items, *_standing(visit, found)], key="family")
    if len(found.members) < 2:
        return
    spelled: list[parts.Item] = [{"text": visit.text("hashtag.spellings"), "tone": "muted"}]
    spelled += [
        {**parts.number(visit, member.posts, text=_counted(visit, member)), "number": False, "chip": True}
        for member in found.members[:SPELLINGS]
    ]
    parts.draw_line(spelled, key="spellings")
    st.caption(visit.text("hashtag.spellings_hint", posts=visit.counted("post", found.posts.value or 0)))


def _counted(visit: Visit, member: Spelling) -> str:
    return f"#{stripped(member.name)} {visit.number(member.posts.value or 0)}"


def usual(visit: Visit, expected: Figure) -> str:
    """How many are usual; a decimal only where it tells something."""
    value = expected.value or 0
    return visit.number(value, 2 if 0.05 <= value < 1 else 1 if 1 <= value < 10 else 0)


def growth(visit: Visit, row: RisingTag) -> str:
    """So many times the usual; new where what is usual is told as 0."""
    seldom = (row.expected.value or 0) < 0.05
    return charts.times(None if seldom else row.ratio, visit.language)


def _standing(visit: Visit, found: Hashtag) -> list[parts.Item]:
    """Its status on the last day of the period, as the trends page tells it."""
    row = found.standing
    if row is None:
        return [{"text": visit.text("hashtag.not_today"), "tone": "muted"}]
    told = visit.text(
        "hashtag.standing",
        authors=visit.counted("author", row.authors.value or 0),
        expected=usual(visit, row.expected),
    )
    return [status_chip(visit, row.status), {"text": told, "tone": "muted"}]


def draw_related(visit: Visit, asked: Asked, related: Sequence[RelatedTag]) -> None:
    """Hashtags that stand in the same posts."""
    if not related:
        st.caption(visit.text("hashtag.alone"))
        return
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        {"label": visit.text("hashtag.together"), "number": True},
        {"label": visit.text("share"), "number": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            tag_cell(visit, asked, row.key, row.name),
            {**parts.number(visit, row.posts), "bar": row.share},
            parts.number(visit, row.posts, text=visit.percent(row.share)),
        ]
        for row in related[:RELATED]
    ]
    parts.draw_table(columns, lines, label=visit.text("hashtag.related"), key="related")
