"""Can I trust today's numbers? What each source brings, how it fares, and a new one."""

from __future__ import annotations

import streamlit as st

from dashboard import ask, frame, listening, parts
from dashboard.filters import write

visit = frame.current()
st.title(visit.text("sources.title"))
write(visit)

if not visit.settings.sources:
    st.info(visit.text("sources.empty"), icon=":material/rss_feed:")
else:
    answer = ask.sources(visit)
    listening.draw_health(visit, answer.value)
    parts.draw_definitions(visit, answer.definition)
    listening.draw_controls(visit)
if visit.settings.project.demo:
    st.info(visit.text("sources.demo"), icon=":material/science:")
else:
    listening.draw_new_source(visit)
