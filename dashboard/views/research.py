"""Which tags should this campaign carry?"""

from __future__ import annotations

import streamlit as st

from dashboard import frame

visit = frame.current()
st.title(visit.text("research.title"))
