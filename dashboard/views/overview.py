"""What changed since I last looked?"""

from __future__ import annotations

import streamlit as st

from answers.bursts import bursts
from dashboard import ask, filters, frame, gaining, hearing, parts, shares, tags, tallies
from dashboard.empty import stop_empty

visit = frame.current()
st.title(visit.text("overview.title"))

asked = filters.ask(visit)
answer = ask.overview(visit, asked.selection)
found = answer.value

if not found.posts.value:
    stop_empty(visit, asked)

tallies.draw_overview_cards(visit, found)
parts.draw_definitions(
    visit, "posts", "authors", "engagement", "share_of_voice", "movers", "bursts", answer.definition
)

st.subheader(visit.text("overview.volume"))
heard, high = ask.heard(visit, asked.selection).value, ask.of(bursts, visit, asked.selection).value
hearing.draw_volume(visit, found.series, heard, key="overview_volume", bursts=high)

left, right = st.columns(2, gap="medium")
with left:
    st.subheader(visit.common("label.share_of_voice"))
    tallies.draw_shares(visit, found.share_of_voice)
with right:
    st.subheader(visit.text("overview.rising"))
    tags.draw_rising_short(visit, asked, found.rising)

st.subheader(visit.text("overview.mood"))
shares.draw_shares(visit, asked, ask.shares(visit, asked.selection), key="overview")

st.subheader(visit.text("overview.movers"))
gaining.draw_movers(visit, found.movers)

for column, kind, figures in zip(
    st.columns(3, gap="medium"),
    ("platform", "language", "source"),
    (found.platforms, found.languages, found.sources),
    strict=True,
):
    with column:
        st.subheader(visit.common(f"label.{kind}"))
        tallies.draw_parts(visit, kind, figures, key="overview")
