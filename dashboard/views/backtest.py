"""How well would these rankings have told what rose?"""

from __future__ import annotations

import streamlit as st

from answers import backtest
from dashboard import ask, filters, frame, judging, parts
from dashboard.empty import stop_empty
from reports.backtest import intro
from words import texts

visit = frame.current()
st.title(visit.text("backtest.title"))

asked = filters.ask(visit, more=True)
days, ranking = judging.choose(visit, asked)
st.caption(texts.text("backtest.which", visit.language))
# The days that are judged are those chosen here; a period of the past is judged as of its end.
past = asked.selection.narrowed(since=None)
if asked.filters.period != "custom":
    past = past.narrowed(until=None)
answer = ask.of_the_hour(backtest.backtest, visit, past, days=days)
found = answer.value

if not found.tags and ask.is_empty(visit):
    stop_empty(visit, asked)

said: list[parts.Item] = [{"text": intro(found, visit.language, visit.time_zone, visit.calendar)}]
if found.cannot:
    # What rises now can be told before its past can be judged.
    said.append({"text": visit.text("trends.title"), "link": parts.way(asked.to("trends", visit))})
parts.draw_line(said, key="backtest_says")
if found.rankings:
    st.subheader(texts.text("backtest.rankings", visit.language))
    judging.draw_rankings(visit, asked, found, days=days)
    st.caption(texts.text("backtest.chance", visit.language))
    parts.draw_definitions(visit, answer.definition)
if found.rises:
    st.subheader(texts.text("backtest.list", visit.language))
    judging.draw_rises(visit, asked, found, ranking=ranking)
if len(found.rises) > judging.SHOWN:
    whole, shown = visit.number(len(found.rises)), visit.number(judging.SHOWN)
    st.caption(texts.text("backtest.shown", visit.language, shown=shown, whole=whole))
