"""Can I trust today's numbers? The machinery behind them, what each source brings, and a new one."""

from __future__ import annotations

import streamlit as st

from answers.failing import failing_sources
from dashboard import ask, frame, hearing, listening, machinery, newcomers, parts, starting
from dashboard.filters import write

visit = frame.current()
st.title(visit.text("sources.title"))
write(visit)

starting.draw_told(visit)
starting.draw_start(visit)
health = ask.health(visit)
answer = ask.sources(visit) if health.answers else None
failing = failing_sources(answer.value, now=visit.now) if answer else []
machinery.draw_concerns(visit, [*health.concerns, *failing])
machinery.draw_cards(visit, health)
machinery.draw_letters(visit, health)

st.subheader(visit.text("sources.listed"))
if not visit.settings.sources:
    st.info(visit.text("sources.empty"), icon=":material/rss_feed:")
if answer and answer.value:
    paced = ask.paces(visit)
    listening.draw_sources(visit, answer.value, paced.value)
    parts.draw_definitions(visit, answer.definition, paced.definition)
    hearing.draw_last_week(visit)
if visit.settings.sources:
    listening.draw_controls(visit)
newcomers.draw_unheard(visit)
if visit.settings.project.demo:
    st.info(visit.text("sources.demo"), icon=":material/science:")
else:
    newcomers.draw_new_source(visit)
