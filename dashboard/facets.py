"""What the posts of a list are made up of, as words that narrow it; and those that were chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from answers.facets import FIELDS, Facet, Facets, condition
from answers.narrowing import also
from dashboard import parts
from dashboard.address import Link, link_with
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.errors import QueryError
from posts.query import parse
from posts.query_tree import And, Field, Part
from words import texts

_FIRST: Final = ("sentiment", "intent")
"""Facets that stand open; the others are one click away."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A facet that the query narrows by, and the query without it."""

    kind: str
    value: str
    rest: str


def draw_facets(visit: Visit, asked: Asked, found: Facets) -> None:
    """How many posts there are of each kind; a click narrows the list to them, or widens it again."""
    if found.behind is not None and found.behind.posts:
        st.caption(visit.text("facets.behind", posts=visit.counted("post", found.behind.posts)))
    chosen = tuple(chosen_in(asked.filters.query))
    _draw_chosen(visit, asked, chosen)
    shown = {facet.kind: facet for facet in found.facets if facet.parts}
    for kind in _FIRST:
        if kind in shown:
            _draw(visit, asked, shown[kind], found, chosen)
    rest = [facet for kind, facet in shown.items() if kind not in _FIRST and not _says_nothing(facet, found)]
    if rest:
        with st.expander(visit.text("facets.more")):
            for facet in rest:
                _draw(visit, asked, facet, found, chosen)


def chosen_in(query: str) -> Iterator[Chosen]:
    """The facets that all posts of a query must have, in its order; none of a query that is not one."""
    try:
        root = parse(query).root
    except QueryError:
        return
    kinds = {condition(kind, "x").partition(":")[0]: kind for kind in FIELDS}
    members = _members(root) if root is not None else []
    for field in members:
        if isinstance(field, Field) and field.name in kinds:
            end = field.position + len(_written(query, field))
            rest = _readable(f"{query[: field.position]}{query[end:]}")
            if end > field.position and rest is not None:
                yield Chosen(kinds[field.name], field.value, rest)


def _members(part: Part) -> list[Part]:
    """The conditions that all have to hold."""
    if isinstance(part, And):
        return [inner for member in part.parts for inner in _members(member)]
    return [part]


def _written(query: str, field: Field) -> str:
    """How the condition stands in the query; empty where it was not written by a click."""
    for value in (field.value, f'"{field.value}"'):
        written = f"{field.name}:{value}"
        if query.startswith(written, field.position):
            return written
    return ""


def _readable(query: str) -> str | None:
    """The query in which a place was left empty, as it can be asked; ``None`` if it cannot."""
    query = " ".join(query.replace("()", " ").split())
    try:
        parse(query)
    except QueryError:
        return None
    return query


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


def _says_nothing(facet: Facet, found: Facets) -> bool:
    """Whether the facet has one value only, that of all posts."""
    return len(facet.parts) == 1 and facet.parts[0][1].value == found.posts.value


def _draw_chosen(visit: Visit, asked: Asked, chosen: tuple[Chosen, ...]) -> None:
    """The facets that narrow the list, each with a cross that takes it away."""
    items = []
    for each in chosen:
        cross = parts.way(_without(visit, asked, each), hint=visit.text("posts.take_away"))
        name = value_name(visit, each.kind, each.value)
        items.append({"label": f"{kind_name(visit, each.kind)}:", "text": name, "chip": True,
                      "tone": "accent", "remove": cross})  # fmt: skip
    if items:
        parts.draw_line(items, key="facets_chosen")


def _without(visit: Visit, asked: Asked, chosen: Chosen) -> Link:
    filters = replace(asked.filters, query=chosen.rest)
    return link_with("posts", filters, base=visit.base, **asked.narrow)


def _draw(visit: Visit, asked: Asked, facet: Facet, found: Facets, chosen: tuple[Chosen, ...]) -> None:
    taken = {each.value for each in chosen if each.kind == facet.kind}
    whole = found.read if facet.kind == "sentiment" and found.read is not None else found.posts
    items: list[parts.Item] = [{"text": kind_name(visit, facet.kind), "tone": "muted"}]
    for value, figure in facet.parts:
        item: parts.Item = {"text": value_name(visit, facet.kind, value), "chip": True}
        if value in taken:
            item["tone"] = "accent"
        else:
            item["link"] = parts.way(
                _narrowed(visit, asked, facet.kind, value), hint=visit.text("facets.narrow")
            )
        share = visit.part((figure.value or 0) / whole.value) if whole.value else ""
        items.append({**item, "counted": parts.number(visit, figure), "share": share})
    parts.draw_line(items, key=f"facet_{facet.kind}")


def _narrowed(visit: Visit, asked: Asked, kind: str, value: str) -> Link:
    """The list under the visitor's own filters, narrowed to the value."""
    if kind == "entity" and asked.narrow.get("entity") in (None, value):
        return asked.to("posts", visit, **{**asked.narrow, "entity": value})
    if kind == "language":
        filters = replace(asked.filters, language=value)
    elif kind == "platform":
        filters = replace(asked.filters, platform=value)
    else:
        query = also(asked.filters.query, condition(kind, value))
        filters = replace(asked.filters, query=query)
    return link_with("posts", filters, base=visit.base, **asked.narrow)
