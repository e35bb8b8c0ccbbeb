"""Who reads texts for a project, and what readers are called on a page."""

from __future__ import annotations

from threading import Lock
from typing import Any, Final

import streamlit as st

from config.project import Settings
from dashboard.parts import Item
from dashboard.visit import Visit
from nlp.pipeline import Explained, Pipeline, load
from nlp.settings import reading_of
from posts.labels import BY_PEOPLE
from store import trained
from words import texts

OWN_LABELS: Final = "own labels"
"""What ``Annotations.versions`` names as the reader of a mood that the project's own labels have taught."""
_ONE_AT_A_TIME: Final = Lock()
"""A pipeline may be used by one thread at a time; each visitor has one."""


def cell(visit: Visit, kind: str, by: str) -> Item:
    """Who has read a kind, in words, with the name that it goes by; empty where nobody has."""
    if not by:
        return {"text": ""}
    if by in (BY_PEOPLE, OWN_LABELS):
        key = f"reading.by.{'people' if by == BY_PEOPLE else 'own_labels'}"
        return {"text": texts.text(key, visit.language), "tone": "muted"}
    key = f"reading.by.{kind}"
    said = texts.text(key if texts.known(key) else "reading.by.rules", visit.language)
    return {"text": said, "hint": f"{kind} {by}", "tone": "muted"}


def explain(visit: Visit, written: str, *, language: str | None = None) -> Explained:
    """How the project reads a text by itself; ``language`` is what its platform says, if anything."""
    with _ONE_AT_A_TIME:
        return _pipeline(visit.settings).explain(written, language=language)


def _pipeline(settings: Settings) -> Pipeline:
    """The project's readers: loaded once, and again when its settings or its trained models change."""
    changed = settings.file.stat().st_mtime_ns if settings.file.exists() else 0
    return _loaded(str(settings.folder), changed, trained.stamps(settings.trained), settings)


@st.cache_resource(max_entries=4, show_spinner=False)
def _loaded(folder: str, changed: int, taught: Any, _settings: Settings) -> Pipeline:
    light = trained.load(_settings.trained)
    return load(reading_of(_settings.reading, _settings.brands, light=light))
