"""What the posts of a list are made up of, as words that narrow it; and the way to leave noise out."""

from __future__ import annotations

from typing import Final

import streamlit as st

from answers.facets import Facets
from dashboard import parts
from dashboard.address import link_to
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Figure
from words import texts

_FIRST: Final = ("sentiment", "intent")
"""Facets that stand open; the others are one click away."""


def draw_facets(visit: Visit, asked: Asked, found: Facets) -> None:
    """How many posts there are of each kind; a click narrows the list to them."""
    if found.behind is not None and found.behind.posts:
        st.caption(visit.text("facets.behind", posts=visit.counted("post", found.behind.posts)))
    shown = {facet.kind: facet for facet in found.facets if facet.parts}
    for kind in _FIRST:
        if kind in shown:
            _draw(visit, kind, shown[kind].parts, found)
    _draw_noise(visit, asked, found)
    rest = [facet for kind, facet in shown.items() if kind not in _FIRST and len(facet.parts) > 0]
    if rest:
        with st.expander(visit.text("facets.more")):
            for facet in rest:
                _draw(visit, facet.kind, facet.parts, found)


def value_name(visit: Visit, kind: str, value: str) -> str:
    """What a value of a facet is called."""
    if kind == "entity":
        short = value.rsplit(":", 1)[-1]
        brands = [*visit.settings.rivals, *((visit.settings.brand,) if visit.settings.brand else ())]
        return visit.brand_name(value, next((brand.name for brand in brands if brand.id == value), short))
    if kind in ("language", "platform"):
        return visit.name_of(kind, value)
    key = f"reading.format.{value}" if kind == "format" else f"reading.value.{kind}.{value}"
    return texts.text(key, visit.language) if texts.known(key) else value


def kind_name(visit: Visit, kind: str) -> str:
    """What a facet is called."""
    return texts.text(f"reading.kind.{kind}", visit.language)


def _draw(visit: Visit, kind: str, values: tuple[tuple[str, Figure], ...], found: Facets) -> None:
    whole = found.read if kind == "sentiment" else None
    items: list[parts.Item] = [{"text": kind_name(visit, kind), "tone": "muted"}]
    for value, figure in values:
        share = visit.part((figure.value or 0) / whole.value) if whole is not None and whole.value else ""
        counted = f"{visit.figure(figure)} · {share}" if share else visit.figure(figure)
        items.append({**_way(visit, figure, value_name(visit, kind, value)), "chip": True, "after": counted})
    parts.draw_line(items, key=f"facet_{kind}")


def _draw_noise(visit: Visit, asked: Asked, found: Facets) -> None:
    """How much of it is noise, and the switch that leaves it out."""
    now = asked.selection.noise
    if now is None and not found.noise.value:
        return
    choices = {"": "with", "out": "without", "only": "only"}
    items: list[parts.Item] = [{"text": kind_name(visit, "noise"), "tone": "muted"}]
    for value, name in choices.items():
        label = visit.text(f"facets.noise.{name}")
        chosen = (now or "") == value
        narrow = {part: kept for part, kept in asked.narrow.items() if part != "noise"}
        link = parts.way(asked.to("posts", visit, **({**narrow, "noise": value} if value else narrow)))
        item: parts.Item = {"text": label} if chosen else {"text": label, "link": link}
        items.append({**item, "chip": True, "tone": "accent" if chosen else ""})
    if now is None:
        items[-1]["after"] = visit.figure(found.noise)
    parts.draw_line(items, key="facet_noise_switch")


def _way(visit: Visit, figure: Figure, text: str) -> parts.Item:
    link = link_to("posts", figure.selection, base=visit.base)
    return {"text": text, "link": parts.way(link, hint=visit.text("open_posts"))}
