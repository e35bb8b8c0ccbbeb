"""One hashtag: each part answers a question of its own, and only the chosen one is asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from dashboard import (
    ask,
    filters,
    frame,
    tag_ahead,
    tag_audience,
    tag_beside,
    tag_choice,
    tag_now,
    tag_why,
    tags,
)  # fmt: skip
from dashboard.empty import stop_empty

# What a visitor may ask of the hashtag, in the order of the row: the code stands in the address.
PARTS: Final[dict[str, Callable[..., Any]]] = {
    "now": tag_now.draw,
    "why": tag_why.draw,
    "beside": tag_beside.draw,
    "audience": tag_audience.draw,
    "ahead": tag_ahead.draw,
    "choice": tag_choice.draw,
}

visit = frame.current()
st.title(visit.text("hashtag.title"))

asked = filters.ask(visit, narrow=("hashtag",), more=True)
tags.draw_choice(visit, asked)
if not asked.selection.hashtag:
    filters.write(visit, asked.filters)
    st.info(visit.text("hashtag.choose"), icon=":material/tag:")
    tags.draw_rising_short(visit, asked, ask.overview(visit, asked.selection).value.rising)
    st.stop()
answer = ask.hashtag(visit, asked.selection)
part = tags.choose_part(visit, asked, list(PARTS))

if not answer.value.posts.value:
    stop_empty(visit, asked, key="hashtag.empty")

tags.draw_family(visit, answer.value)
PARTS[part](visit, asked, answer)
