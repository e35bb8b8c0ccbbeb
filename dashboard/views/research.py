"""Which tags should this campaign carry?"""

from __future__ import annotations

import streamlit as st

from answers import research as answers
from dashboard import ask, basket, filters, frame, parts, research
from dashboard.empty import stop_empty
from posts.errors import QueryError

visit = frame.current()
st.title(visit.text("research.title"))

asked = filters.ask(visit, more=True)
kind, given = research.choose(visit, asked)
if ask.is_empty(visit):
    stop_empty(visit, asked)
if not given:
    st.info(visit.text("research.start"), icon=":material/sell:")
    research.draw_common(visit, asked, ask.of(answers.common, visit, asked.selection).value)
    st.stop()
try:
    answer = ask.of(answers.research, visit, asked.selection, **research.options(kind, given))
except QueryError:
    st.warning(visit.text("research.unread"), icon=":material/error:")
    st.stop()
found = answer.value
research.draw_unknown(visit, asked, found.unknown)
if not found.rows:
    st.info(visit.text("research.none"), icon=":material/search_off:")
else:
    research.draw_table(visit, asked, found)
parts.draw_definitions(visit, answer.definition)
basket.draw_basket(visit, asked, [row.key for row in found.rows])
