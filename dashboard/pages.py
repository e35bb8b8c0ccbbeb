"""Turning the pages of a list of posts: order, place, number of all, and the list as a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from dashboard import ask, filters, parts
from dashboard.filters import Asked
from dashboard.visit import Visit
from words.bidi import stripped

SIZE: Final = 20
FARTHEST: Final = 10_000
"""How many posts one can turn to; an engine asked for more than this would have to hold them all."""
SORTS: Final = ("new", "old", "likes", "shares")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Which order and which page."""

    sort: str
    page: int

    @property
    def offset(self) -> int:
        return (self.page - 1) * SIZE


def turn(visit: Visit, asked: Asked) -> Turned:
    """The order and page that the address or the page's own controls ask for."""
    if filters.came_from_outside() or "posts_sort" not in st.session_state:
        sort = filters.part("sort")
        st.session_state["posts_sort"] = sort if sort in SORTS else "new"
    page = _whole(filters.part("page"))
    chosen = st.segmented_control(
        visit.text("posts.sort"),
        SORTS,
        format_func=lambda code: visit.text(f"posts.sorts.{code}"),
        key="posts_sort",
        required=True,
        label_visibility="collapsed",
    )
    asked_for = (asked.filters, tuple(asked.narrow.items()), chosen)
    if st.session_state.get("posts_asked") != asked_for and not filters.came_from_outside():
        page = 1
    st.session_state["posts_asked"] = asked_for
    turned = Turned(sort=chosen or "new", page=page)
    more = {
        "sort": "" if turned.sort == "new" else turned.sort,
        "page": str(turned.page) if turned.page > 1 else "",
    }
    filters.write(visit, asked.filters, **asked.narrow, **more)
    return turned


def _whole(text: str) -> int:
    """The number of a page in the address; the first for anything that is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return 1
    return max(1, min(int(text), FARTHEST // SIZE))


def draw_count(visit: Visit, total: int, turned: Turned) -> None:
    """How many posts there are, and which of them stand here."""
    last = min(turned.offset + SIZE, total)
    items: list[parts.Item] = [{"text": visit.counted("post", total), "tone": "strong"}]
    if total > SIZE:
        shown = visit.text("posts.shown", first=visit.number(turned.offset + 1), last=visit.number(last))
        items.append({"text": shown, "tone": "muted"})
    parts.draw_line(items, key="posts_count")


def draw_turning(visit: Visit, asked: Asked, total: int, turned: Turned) -> None:
    """The row of page numbers below the cards: links, so that each page has an address."""
    last = -(-min(total, FARTHEST) // SIZE)
    if last > 1:
        items: list[parts.Item] = []
        for page in pages_near(turned.page, last):
            if page is None:
                items.append({"text": "…", "tone": "muted"})
            elif page == turned.page:
                items.append({"text": visit.number(page), "chip": True, "tone": "accent"})
            else:
                items.append(_page_link(visit, asked, turned, page, visit.number(page)))
        if turned.page > 1:
            items.insert(0, _page_link(visit, asked, turned, turned.page - 1, visit.text("posts.earlier")))
        if turned.page < last:
            items.append(_page_link(visit, asked, turned, turned.page + 1, visit.text("posts.later")))
        parts.draw_line(items, key="posts_turning")
    if total > FARTHEST:
        st.caption(visit.text("posts.farthest", count=visit.number(FARTHEST)))


def _page_link(visit: Visit, asked: Asked, turned: Turned, page: int, text: str) -> parts.Item:
    params = {**asked.narrow, "page": str(page), "sort": turned.sort}
    return {"text": text, "link": parts.way(asked.to("posts", visit, **params))}


def pages_near(page: int, last: int) -> list[int | None]:
    """The pages one may go to: the first, the last and those around; ``None`` for a gap."""
    near = sorted({1, last, *range(max(1, page - 2), min(last, page + 2) + 1)})
    found: list[int | None] = []
    for number in near:
        if found and found[-1] is not None and number - found[-1] > 1:
            found.append(None)
        found.append(number)
    return found


def draw_narrowing(visit: Visit, asked: Asked) -> None:
    """What narrows the list beyond the bar, each with a cross that takes it away."""
    items = []
    for name in filters.names_of_narrowing(asked):
        if name == "toward" and "edge" in asked.narrow:
            continue
        together = ("edge", "toward") if name == "edge" else (name,)
        rest = {part: value for part, value in asked.narrow.items() if part not in together}
        cross = parts.way(asked.to("posts", visit, **rest), hint=visit.text("posts.take_away"))
        items.append({**_narrowed_by(visit, asked, name), "chip": True, "tone": "accent", "remove": cross})
    if items:
        parts.draw_line(items, key="narrowing")


def _narrowed_by(visit: Visit, asked: Asked, name: str) -> parts.Item:
    value = asked.narrow[name]
    short = value.rsplit(":", 1)[-1]
    if name == "hashtag":
        return {"text": f"#{stripped(ask.tag_name(visit, value))}"}
    if name == "spelling":
        return {"label": visit.text("posts.written"), "text": f"#{stripped(value)}"}
    if name == "entity":
        brands = [*visit.settings.rivals, *((visit.settings.brand,) if visit.settings.brand else ())]
        named = next((brand.name for brand in brands if brand.id == value), short)
        return {"label": visit.text("brand"), "text": visit.brand_name(value, named)}
    if name == "edge":
        toward = asked.narrow.get("toward", "").rsplit(":", 1)[-1]
        return {"label": visit.text(f"posts.edge.{value}"), "text": toward}
    if name == "ids":
        return {"text": visit.text("posts.chosen", posts=visit.counted("post", len(value.split())))}
    return {"label": visit.common("label.author"), "text": short}
