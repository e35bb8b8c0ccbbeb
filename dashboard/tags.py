"""Hashtags: those that rise, the spellings of one, and those that stand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import streamlit as st

from answers.hashtag import Hashtag, RelatedTag
from answers.trends import RisingTag, Spelling
from dashboard import ask, filters, parts, tallies
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Figure
from posts.selection import Selection
from reports import charts
from words.bidi import stripped

RELATED: Final = 10
SPELLINGS: Final = 12
NAMED: Final = 8
"""How many dots carry their name: more would cover each other."""
LITTLE: Final = "too little history"
RISES: Final = ("rising", "new")
LEAST: Final = (1, 2, 5, 10, 20, 50, 100)
TONES: Final = {"rising": "good", "new": "good", "fading": "muted", "steady": "muted", "seasonal": "accent"}


def tag_cell(visit: Visit, asked: Asked, key: str, name: str) -> parts.Item:
    """A hashtag as a way to its own page under the same filters."""
    link = asked.to("hashtag", visit, hashtag=key)
    return {"text": f"#{stripped(name)}", "link": parts.way(link), "auto": True}


def _status(visit: Visit, status: str) -> parts.Item:
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
            parts.number(visit, row.authors, text=charts.times(row.ratio, visit.language)),
            _status(visit, row.status),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("overview.rising"), key="rising_short")


def choose_window(visit: Visit, asked: Asked) -> Selection:
    """The window that is judged by its past: the last day of the period, or the whole of it."""
    whole = filters.part("window") == "whole"
    if filters.came_from_outside() or "trend_window" not in st.session_state:
        st.session_state["trend_window"] = "whole" if whole else "day"
    chosen = st.segmented_control(
        visit.text("trends.window_label"),
        ("day", "whole"),
        format_func=lambda code: visit.text(f"trends.windows.{code}"),
        key="trend_window",
        required=True,
        label_visibility="collapsed",
    )
    filters.write(visit, asked.filters, window="whole" if chosen == "whole" else "")
    since, until = asked.selection.since, asked.selection.until
    if chosen == "whole" or until is None:
        return asked.selection
    day_before = until - timedelta(days=1)
    return asked.selection.narrowed(since=max(since, day_before) if since else day_before)


def choose_statuses(visit: Visit, rows: Sequence[RisingTag]) -> list[RisingTag]:
    """The rows whose status the visitor wants; while none is chosen, all that could be judged."""
    present = list(dict.fromkeys(row.status for row in rows))
    with st.container(horizontal=True, vertical_alignment="bottom", key="trend_choice"):
        wanted = st.pills(
            visit.common("label.state"),
            present,
            selection_mode="multi",
            format_func=lambda status: visit.name_of("trend", status),
            key="trend_statuses",
        )
        least = st.selectbox(
            visit.text("trends.least_authors"),
            LEAST,
            format_func=visit.number,
            key="trend_authors",
            width=180,
        )
    enough = [row for row in rows if (row.authors.value or 0) >= least]
    if wanted:
        return [row for row in enough if row.status in wanted]
    judged = [row for row in enough if row.status != LITTLE]
    if not judged or len(judged) == len(enough):
        return enough
    left_out = visit.counted("hashtag", len(enough) - len(judged))
    st.caption(visit.text("trends.left_out", hashtags=left_out, state=visit.name_of("trend", LITTLE)))
    return judged


def draw_growth(visit: Visit, rows: Sequence[RisingTag], *, key: str) -> None:
    """Size against growth; a click on a dot opens the posts of its hashtag."""
    drawn = [row for row in rows if row.posts.value]
    if len(drawn) < 3:
        return
    dots = [
        charts.Dot(
            name=f"#{stripped(row.name)}",
            size=row.posts.value or 0,
            growth=row.ratio,
            status=row.status,
            named=place < NAMED and row.status in (*RISES, "seasonal"),
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


def draw_rising(visit: Visit, asked: Asked, rows: Sequence[RisingTag]) -> None:
    """All hashtags of the window with what speaks for and against their being real."""
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        {"label": visit.common("label.state")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True, "minor": True},
        {"label": visit.text("trends.expected"), "number": True, "minor": True},
        {"label": visit.text("trends.ratio"), "number": True},
        {"label": visit.text("trends.top_author"), "number": True, "minor": True,
         "hint": visit.text("trends.top_author_hint")},
    ]  # fmt: skip
    lines: list[list[parts.Item]] = [
        [
            {**tag_cell(visit, asked, row.key, row.name), "below": _spellings(visit, row.name, row.members)},
            _status(visit, row.status),
            parts.number(visit, row.posts),
            parts.number(visit, row.authors),
            parts.number(visit, row.expected, text=_usual(visit, row.expected)),
            parts.number(visit, row.authors, text=charts.times(row.ratio, visit.language)),
            parts.number(visit, row.top_author_share, text=visit.percent(row.top_author_share.value)),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("trends.title"), key="rising")


def _spellings(visit: Visit, name: str, members: Sequence[Spelling]) -> str:
    """The other spellings of a family, the most used first."""
    others = [f"#{stripped(member.name)}" for member in members if member.name != name]
    return visit.common("list_separator").join(others[:4])


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


def _usual(visit: Visit, expected: Figure) -> str:
    """How many are usual; a decimal only where it tells something."""
    value = expected.value or 0
    return visit.number(value, 1 if 0.05 <= value < 10 else 0)


def _standing(visit: Visit, found: Hashtag) -> list[parts.Item]:
    """Its status on the last day of the period, as the trends page tells it."""
    row = found.standing
    if row is None:
        return [{"text": visit.text("hashtag.not_today"), "tone": "muted"}]
    told = visit.text(
        "hashtag.standing",
        authors=visit.counted("author", row.authors.value or 0),
        expected=_usual(visit, row.expected),
    )
    return [_status(visit, row.status), {"text": told, "tone": "muted"}]


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
