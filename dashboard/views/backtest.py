"""How well would these rankings have told what rose?"""

from __future__ import annotations

import streamlit as st

from dashboard import frame

visit = frame.current()
st.title(visit.text("backtest.title"))
