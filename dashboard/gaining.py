"""Posts that gain now: a few of them, with what they gained and what they have."""

from __future__ import annotations

from typing import Final

import streamlit as st

from answers.movers import Mover, Movers
from dashboard import parts
from dashboard.visit import Visit
from words.bidi import isolate_auto, isolate_left, stripped

_EXCERPT: Final = 90


def draw_movers(visit: Visit, found: Movers) -> None:
    """The posts whose count grew most, each a way to itself."""
    if not found.posts:
        st.caption(visit.text("overview.nothing_gains"))
        return
    columns: list[parts.Item] = [
        {"label": visit.text("overview.mover")},
        {"label": visit.common(f"label.{found.by}"), "number": True},
        {"label": visit.text("overview.gained"), "number": True},
    ]
    rows: list[list[parts.Item]] = [
        [
            _post(visit, row),
            {"text": visit.number(getattr(row.post.metrics, found.by))},
            parts.number(visit, row.gained, text=isolate_left(f"+{visit.number(row.gained.value)}")),
        ]
        for row in found.posts
    ]
    parts.draw_table(columns, rows, label=visit.text("overview.movers"), key="movers")


def _post(visit: Visit, row: Mover) -> parts.Item:
    """The beginning of a post as a way to it, with who wrote it and when."""
    post = row.post
    words = " ".join(f"{post.title or ''} {post.text}".split()) or visit.text("overview.no_words")
    text = stripped(words if len(words) <= _EXCERPT else f"{words[:_EXCERPT]}…")
    who = stripped(post.author.handle or post.author.name or "") if post.author else ""
    told = [isolate_auto(part) for part in (who, visit.ago(post.created_at)) if part]
    below = visit.common("list_separator").join(told)
    return {**parts.number(visit, row.gained, text=text), "number": False, "auto": True, "below": below}
