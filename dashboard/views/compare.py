"""How do these hashtags stand beside each other?"""

from __future__ import annotations

import streamlit as st

from answers.compare import FEWEST, MOST, compare
from dashboard import ask, comparing, dossiers, filters, frame, hearing, parts, tags
from dashboard.empty import stop_empty

visit = frame.current()
st.title(visit.text("compare.title"))

asked = filters.ask(visit, more=True)
typed = comparing.choose(visit)
if len(typed) < FEWEST or len(typed) > MOST:
    filters.write(visit, asked.filters, tags=", ".join(typed))
    if ask.is_empty(visit):
        stop_empty(visit, asked)
    if len(typed) > MOST:
        st.info(visit.text("compare.too_many_sides", most=visit.number(MOST)), icon=":material/info:")
    else:
        st.info(visit.text("compare.choose"), icon=":material/compare_arrows:")
        st.caption(visit.text("compare.suggested"))
        tags.draw_rising_short(visit, asked, ask.overview(visit, asked.selection).value.rising)
        way = parts.way(asked.to("trends", visit))
        parts.draw_line([{"text": visit.text("trends.title"), "link": way}], key="compare_ways")
    st.stop()

indexed = comparing.choose_scale(visit, asked, typed)
answer = ask.of(compare, visit, asked.selection, tags=tuple(typed))
found = answer.value
if not any(side.posts.value for side in found.sides):
    stop_empty(visit, asked, key="compare.empty")

comparing.draw_lines(visit, found.sides, indexed=indexed)
hearing.draw_strip(visit, ask.heard(visit, asked.selection).value, key="compare_heard")
st.subheader(visit.text("compare.numbers"))
comparing.draw_numbers(visit, asked, found.sides)
with st.container(horizontal=True, vertical_alignment="center", key="compare_below"):
    dossiers.draw_download(visit, asked.selection, comparing.tags_of(typed), key="compare")
    parts.draw_definitions(visit, answer.definition, "authors", "engagement")
# Many sides have no room in half a page.
wide = len(found.sides) > 3
places = [st.container(), st.container()] if wide else st.columns(2, gap="medium")
for place, kind in zip(places, ("platform", "language"), strict=True):
    with place:
        st.subheader(visit.common(f"label.{kind}"))
        comparing.draw_made_of(visit, found.sides, kind)
st.subheader(visit.text("compare.busiest"))
comparing.draw_hours(visit, found.sides)
st.subheader(visit.text("compare.overlap"))
comparing.draw_overlap(visit, found)
