"""How many posts sound good or bad: as they were read, and corrected by what people said of a sample."""

from __future__ import annotations

import streamlit as st

from answers.shares import Share, Shares
from dashboard import parts
from dashboard.address import Link
from dashboard.facets import kind_name, value_name
from dashboard.filters import Asked
from dashboard.visit import Visit
from words import texts


def draw_shares(visit: Visit, asked: Asked, found: Shares, *, key: str) -> None:
    """A table of the values of a kind; each number opens its posts. Says what it rests on."""
    if not found.posts.value:
        st.caption(visit.text("shares.none"))
        return
    columns: list[parts.Item] = [
        {"label": kind_name(visit, found.kind)},
        {"label": _words(visit, "shares.read"), "number": True},
        {"label": _words(visit, "shares.corrected"), "number": True},
    ]
    rows = [_row(visit, found.kind, share) for share in found.values]
    parts.draw_table(columns, rows, label=kind_name(visit, found.kind), key=f"{key}_shares")
    labels = {"here": visit.number(found.here), "elsewhere": visit.number(found.elsewhere)}
    items: list[parts.Item] = [{"text": _words(visit, "shares.labels", **labels), "tone": "muted"}]
    link = Link(view="labels", params={**asked.to("labels", visit).params, "section": "sample"})
    items.append({"text": _words(visit, "shares.label_more"), "link": parts.way(link)})
    parts.draw_line(items, key=f"{key}_shares_labels")
    parts.draw_definitions(visit, "shares")


def _row(visit: Visit, kind: str, share: Share) -> list[parts.Item]:
    told = share.share
    read = f"{visit.number(share.said.value)} · {visit.part(told.raw)}"
    return [
        {"text": value_name(visit, kind, share.value)},
        {**parts.number(visit, share.said, text=read), "bar": told.raw or 0.0},
        {"text": corrected(visit, share), "tone": "" if told.share is not None else "muted"},
    ]


def corrected(visit: Visit, share: Share) -> str:
    """The corrected share with its bounds, or why it cannot be told."""
    told = share.share
    if told.share is None:
        return _words(visit, f"shares.why.{told.why}")
    bounds = {name: visit.percent(getattr(told, name)) for name in ("share", "low", "high")}
    return _words(visit, _key_of(share), **bounds)


def _key_of(share: Share) -> str:
    """How a share is said: as provisional where no label is of these very posts."""
    return "shares.provisional" if share.share.method == "label shift" else "shares.between"


def _words(visit: Visit, key: str, **values: object) -> str:
    return texts.text(key, visit.language, **values)
