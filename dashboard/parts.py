"""The dashboard's own elements: lines of facts, cards of figures, tables of figures.

Each is an inline component of Streamlit whose script and style are the constants of ``browser/``; data
reaches it as JSON and the page as text nodes. A number in any of them is a link to its posts: a plain
click comes back here and switches the view within the session.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, get_args

import streamlit as st

from dashboard.address import Link, View, file_of, link_to
from dashboard.visit import Visit
from posts.answer import Figure
from words import texts

Item = dict[str, Any]
"""What a component draws: only texts, numbers and links."""

_NAMES: Final = {
    "posts": "common.label.posts",
    "authors": "common.label.authors",
    "engagement": "common.label.engagement",
    "share_of_voice": "common.label.share_of_voice",
    "overview": "dashboard.overview.title",
    "bursts": "dashboard.bursts.title",
    "rising": "dashboard.trends.ratio",
    "movers": "dashboard.overview.movers",
    "status": "common.label.state",
    "top_author_share": "dashboard.trends.top_author",
    "hashtag": "common.label.hashtag",
    "influence": "dashboard.influencers.score",
    "sources": "common.label.state",
    "heard": "common.label.heard",
    "pace": "pace.hour",
    "shares": "dashboard.overview.mood",
    "wording": "dashboard.wording.title",
    "audience": "dashboard.wording.title",
    "related": "dashboard.hashtag.related",
    "hashtag_warnings": "dashboard.related.warnings.title",
    "basket": "dashboard.basket.title",
    "draft": "dashboard.basket.draft",
    "forecast": "forecast.title",
    "backtest": "dashboard.backtest.title",
    "why": "dashboard.hashtag.parts.why",
    "organic": "dashboard.why.organic",
    "carriers": "dashboard.why.carriers",
    "lead": "dashboard.why.outside",
    "companions": "dashboard.why.companions",
    "people": "dashboard.hashtag.parts.audience",
    "interests": "dashboard.people.interests",
    "shifts": "dashboard.people.shifts",
    "crossings": "dashboard.crossing.title",
    "compare": "dashboard.compare.title",
    "research": "dashboard.research.verdict",
    "choice": "dashboard.hashtag.parts.choice",
}
"""What a measure is called where its definition is told."""
_BROWSER: Final = Path(__file__).parent / "browser"


def _read(name: str) -> str:
    return (_BROWSER / name).read_text("utf-8")


def build_component(name: str) -> Any:
    """The component whose script and style stand in ``browser/``; made once, when its module is read."""
    return st.components.v2.component(
        f"rasad_{name}",
        html='<div class="root"></div>',
        css=_read("common.css") + _read(f"{name}.css"),
        js=_read("common.js") + _read(f"{name}.js"),
    )


_address = build_component("address")
_line = build_component("line")
_figures = build_component("figures")
_table = build_component("table")


def _nothing() -> None:
    """Streamlit tells a component's trigger only to those who name a callback."""


def directed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a component with the direction of the page: the browser may not know it yet."""
    return {**data, "mirrored": st.session_state.get("language") == "fa"}


def mount(component: Any, data: Mapping[str, Any], *, key: str) -> None:
    """Draw the component, and go where a click in it leads."""
    result = component(data=directed(data), key=key, on_open_change=_nothing)
    if isinstance(result.open, dict):
        go(result.open)


def go(opened: Mapping[str, Any]) -> None:
    """Switch to the view that a click asked for; what is no view of ours is passed over."""
    view, params = opened.get("view"), opened.get("params")
    if not isinstance(view, str) or view not in get_args(View) or not isinstance(params, dict):
        return
    words = {str(name): str(value) for name, value in params.items()}
    st.session_state["number_opened"] = view == "posts"
    st.switch_page(file_of(view), query_params=words)


def way(link: Link, *, hint: str = "") -> Item:
    """The link as a component takes it."""
    return {"href": link.href, "view": link.view, "params": link.params, "hint": hint}


def number(visit: Visit, figure: Figure, *, text: str | None = None, decimals: int = 0) -> Item:
    """A number that opens exactly the posts it was counted from."""
    written = visit.figure(figure, decimals) if text is None else text
    if not figure.value:
        return {"text": written, "tone": "muted"}  # there is nothing to open
    link = link_to("posts", figure.selection, base=visit.base)
    return {"text": written, "number": True, "link": way(link, hint=visit.text("open_posts"))}


def opening(visit: Visit, figure: Figure) -> Item:
    """A number of posts; where no query names them all, below it how many are opened."""
    cell, opened = number(visit, figure), len(figure.selection.ids)
    if not opened or (figure.value or 0) <= opened:
        return cell
    return {**cell, "below": visit.text("why.newest_opened", posts=visit.number(opened)), "brief": True}


def draw_address(params: Mapping[str, str]) -> None:
    """Let the browser show the address of what the page shows."""
    with st.container(key="address"):
        mount(_address, {"params": dict(params)}, key="address_said")


def draw_line(items: Sequence[Item], *, key: str, language: str | None = None) -> None:
    """Small facts beside each other; with ``language`` the page is told which it is in."""
    data: dict[str, Any] = {"items": list(items)}
    if language is not None:
        data["language"] = language
    mount(_line, data, key=key)


def draw_figures(items: Sequence[Item], *, key: str) -> None:
    """Cards with one large number each."""
    mount(_figures, {"items": list(items)}, key=key)


def draw_table(columns: Sequence[Item], rows: Sequence[Sequence[Item]], *, label: str, key: str) -> None:
    """A table; ``label`` is what a screen reader calls it."""
    mount(_table, {"label": label, "columns": list(columns), "rows": [list(row) for row in rows]}, key=key)


def change(visit: Visit, now: Figure, before: Figure) -> Item | None:
    """How much a number has moved against the one before; ``None`` where that cannot be told.

    Neither way is called good: more posts may be a campaign or a crisis.
    """
    if now.value is None or not before.value:
        return None
    share = (now.value - before.value) / before.value
    if abs(share) < 0.005:
        return {"text": visit.text("unchanged"), "tone": "muted"}
    arrow = "▲" if share > 0 else "▼"
    return {"text": f"{arrow} {visit.percent(abs(share))}", "tone": ""}


def draw_definitions(visit: Visit, *definitions: str) -> None:
    """A small door to how the numbers of a page were counted."""
    known = [f"definition.{name}" for name in dict.fromkeys(definitions) if texts.known(f"definition.{name}")]
    if known:
        with st.popover(visit.text("counted_how"), type="tertiary", icon=":material/help:"):
            for key in known:
                name = _NAMES[key.partition(".")[2]]
                st.caption(texts.text(name, visit.language))
                st.text(texts.text(key, visit.language))
