"""Noise: the choice of the filter bar that leaves it out, and how many posts that is about."""

from __future__ import annotations

from typing import Final, cast

import streamlit as st

from dashboard import ask, parts
from dashboard.visit import Visit
from posts.selection import Noise, Selection
from words import texts

_CHOICES: Final = {"": "with", "out": "without", "only": "only"}


def draw_choice(visit: Visit) -> Noise | None:
    """Let the visitor take noise in, leave it out, or look at nothing else."""
    chosen = st.selectbox(
        texts.text("reading.kind.noise", visit.language),
        list(_CHOICES),
        format_func=lambda code: visit.text(f"noise.{_CHOICES[code]}"),
        key="bar_noise",
        width=150,
        help=visit.text("noise.help"),
    )
    return cast(Noise, chosen) if chosen else None


def draw_counted(visit: Visit, selection: Selection) -> None:
    """How many posts of the selection are marked as noise, as a way to exactly these; nothing for none."""
    if selection.noise == "only":
        return
    found = ask.noise(visit, selection)
    if not found.value:
        return
    key = "noise.left_out" if selection.noise == "out" else "noise.among"
    counted = parts.number(visit, found, text=visit.counted("post", found.value))
    parts.draw_line([counted, {"text": visit.text(key), "tone": "muted"}], key="noise_counted")
