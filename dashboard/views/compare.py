"""How do these hashtags stand beside each other?"""

from __future__ import annotations

import streamlit as st

from dashboard import frame

visit = frame.current()
st.title(visit.text("compare.title"))
