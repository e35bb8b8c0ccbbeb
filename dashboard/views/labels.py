"""How are texts read, how well, and what do people say instead?"""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import ask, facets, filters, frame, labelling, panel, scorecards, shares

SECTIONS: Final = ("panel", "sample", "list", "cards")

visit = frame.current()
st.title(visit.text("labels.title"))

if filters.came_from_outside() or "labels_section" not in st.session_state:
    section = filters.part("section")
    st.session_state["labels_section"] = section if section in SECTIONS else SECTIONS[0]
chosen = st.segmented_control(
    visit.text("labels.title"),
    SECTIONS,
    format_func=lambda code: visit.text(f"labels.sections.{code}"),
    key="labels_section",
    required=True,
    label_visibility="collapsed",
)
said = "" if chosen == SECTIONS[0] else chosen or ""
if chosen == "sample":
    asked = filters.ask(visit, more=True, all_time=True)
    labelling.draw_sample(visit, asked, section=said)
    kind = str(st.session_state.get("sample_kind") or "sentiment")
    with st.expander(facets.kind_name(visit, kind)):
        shares.draw_shares(visit, asked, ask.shares(visit, asked.selection, kind=kind), key="labels")
elif chosen == "list":
    labelling.draw_list(visit, section=said)
else:
    filters.write(visit, section=said)
    if chosen == "cards":
        scorecards.draw_cards(visit)
    else:
        panel.draw_panel(visit)
