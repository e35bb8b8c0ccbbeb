"""Whom do people pass on, answer and name?"""

from __future__ import annotations

import streamlit as st

from dashboard import ask, filters, frame, hearing, parts, people
from dashboard.empty import stop_empty

visit = frame.current()
st.title(visit.text("influencers.title"))

asked = filters.ask(visit)
answer = ask.influence(visit, asked.selection)
found = answer.value

if not found.rows:
    stop_empty(visit, asked, key="influencers.empty")

people.draw_network(visit, found, answer.selection)
people.draw_influencers(visit, found.rows)
heard = ask.heard(visit, asked.selection).value
hearing.draw_strip(visit, heard, key="influencers_heard")
hearing.draw_behind(visit, heard, key="influencers_heard")
parts.draw_definitions(visit, answer.definition)
