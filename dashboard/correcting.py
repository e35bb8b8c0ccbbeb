"""One post as it was read: what was found, by whom, and a form for those who know better."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from dashboard import ask, parts
from dashboard.facets import kind_name, value_name
from dashboard.visit import Visit
from posts.forgetting import is_textless
from posts.labels import BY_PEOPLE, KINDS, Label, reading
from posts.post import Post
from store import labels


def draw_reading(visit: Visit, post: Post) -> None:
    """What was read in the post, and the form to correct it."""
    read = post.annotations
    if read is None or post.deleted_at is not None:
        return
    st.subheader(visit.text("correct.title"))
    given = {label.kind: label for label in labels.of(ask.state_of(visit), [post.id]).get(post.id, ())}
    for kind in KINDS:
        parts.draw_line(_said(visit, post, kind, given.get(kind)), key=f"read_{kind}")
    if not is_textless(post):
        _draw_form(visit, post, given)


def _said(visit: Visit, post: Post, kind: str, label: Label | None) -> list[parts.Item]:
    """One kind: its values, and who says so."""
    assert post.annotations is not None
    values = label.values if label is not None else reading(post.annotations, kind)
    items: list[parts.Item] = [{"text": kind_name(visit, kind), "tone": "muted"}]
    if values is None:
        return [*items, {"text": visit.text("correct.unread"), "tone": "muted"}]
    items += [{"text": value_name(visit, kind, value), "chip": True} for value in values]
    if not values:
        items.append({"text": visit.text("correct.nothing")})
    by = BY_PEOPLE if label is not None else post.annotations.versions.get(kind, "")
    who = visit.text("correct.by_people") if by == BY_PEOPLE else by
    if who:
        items.append({"text": who, "tone": "muted"})
    return items


def _draw_form(visit: Visit, post: Post, given: dict[str, Label]) -> None:
    assert post.annotations is not None
    with st.expander(visit.text("correct.form"), icon=":material/edit:"), st.form("correct", border=False):
        chosen: dict[str, Any] = {}
        for kind, known in KINDS.items():
            label = given.get(kind)
            now = label.values if label is not None else reading(post.annotations, kind) or ()
            chosen[kind] = st.pills(
                kind_name(visit, kind),
                known,
                selection_mode="single" if kind == "sentiment" else "multi",
                default=(now[0] if now else None) if kind == "sentiment" else list(now),
                format_func=lambda value, kind=kind: value_name(visit, kind, value),
                key=f"correct_{kind}_{post.id}",
            )
        if st.form_submit_button(visit.text("correct.keep"), icon=":material/check:"):
            _keep(visit, post, given, chosen)


def _keep(visit: Visit, post: Post, given: dict[str, Label], chosen: dict[str, Any]) -> None:
    """Keep a label of each kind that a person sees otherwise than it stands."""
    assert post.annotations is not None
    made = []
    for kind, value in chosen.items():
        values = tuple(value or ()) if kind != "sentiment" else ((value,) if value else ())
        before = given[kind].values if kind in given else reading(post.annotations, kind)
        if (kind == "sentiment" and not values) or set(values) == set(before or ()):
            continue
        made.append(Label(post=post.id, kind=kind, values=values, at=datetime.now(UTC)))
    if made:
        labels.add(ask.state_of(visit), made)
        st.success(visit.text("correct.kept"), icon=":material/check:")
    else:
        st.info(visit.text("correct.same"))
