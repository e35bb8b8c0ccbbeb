"""What is rising, and is it real?"""

from __future__ import annotations

import streamlit as st

from answers.trends import RISEN, rising, rising_without_ours
from dashboard import ask, crossing, filters, frame, hearing, parts, risers
from dashboard.empty import stop_empty
from dashboard.rising_choice import choose, choose_rows
from words import texts

LITTLE = "too little history"
GREYED = 5

visit = frame.current()
st.title(visit.text("trends.title"))

asked = filters.ask(visit, more=True)
choice = choose(visit, asked)
question = rising_without_ours if choice.without_ours else rising
answer = ask.of(
    question, visit, choice.selection, size=50, kind=choice.kind, window=choice.window, formula=choice.formula
)
found = answer.value

if not found.rows:
    stop_empty(visit, asked, key="trends.empty")

shown = choose_rows(visit, found.rows)
st.caption(visit.text("trends.window", hours=visit.counted("hour", round(found.window_hours))))
if found.formula:
    rule = texts.text(f"formula.{found.formula}.rule", visit.language)
    parts.draw_line([{"text": rule, "tone": "muted"}], key="formula_rule")
if not shown:
    st.info(visit.text("trends.none_of_status"))
    st.stop()

chosen = bool(st.session_state.get("trend_statuses"))
above = [row for row in shown if chosen or found.formula or row.status != LITTLE]
risen = [row for row in above if row.status in RISEN]
told = {"tests": visit.number(found.tests), "risen": visit.number(found.risen)}
if chosen or found.formula or risen:
    if found.risen:
        st.caption(visit.text("trends.promise", **told))
    risers.draw_growth(visit, above, key="trends_growth")
else:
    st.info(visit.text("trends.none_passed", tests=told["tests"]), icon=":material/info:")
heard = ask.heard(visit, answer.selection).value
hearing.draw_strip(visit, heard, key="trends_heard")
hearing.draw_behind(visit, heard, key="trends_heard")
greyed = not (chosen or found.formula or risen)
above = (above or shown)[:GREYED] if greyed else above
risers.draw_rising(visit, asked, above, greyed=greyed)
risers.draw_download(visit, above)
parts.draw_definitions(visit, answer.definition, "status", "top_author_share")
crossing.draw_crossings(visit, asked)
