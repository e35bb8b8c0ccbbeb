"""What is rising, and is it real?"""

from __future__ import annotations

import streamlit as st

from dashboard import ask, filters, frame, hearing, parts, tags
from dashboard.empty import stop_empty

visit = frame.current()
st.title(visit.text("trends.title"))

asked = filters.ask(visit, more=True)
window = tags.choose_window(visit, asked)
answer = ask.trends(visit, window)
rows = answer.value.rows

if not rows:
    stop_empty(visit, asked, key="trends.empty")

shown = tags.choose_statuses(visit, rows)

st.caption(visit.text("trends.window", hours=visit.counted("hour", round(answer.value.window_hours))))
if not shown:
    st.info(visit.text("trends.none_of_status"))
    st.stop()
tags.draw_growth(visit, shown, key="trends_growth")
heard = ask.heard(visit, window).value
hearing.draw_strip(visit, heard, key="trends_heard")
hearing.draw_behind(visit, heard, key="trends_heard")
tags.draw_rising(visit, asked, shown)
parts.draw_definitions(visit, answer.definition, "status", "top_author_share")
