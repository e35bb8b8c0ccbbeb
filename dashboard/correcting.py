"""One post as it was read: what was found, by whom, and a form for those who know better."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st

from answers.explained import told
from dashboard import ask, panel, parts, readers
from dashboard.address import Link, link_to
from dashboard.facets import kind_name, value_name
from dashboard.visit import Visit
from nlp.extraction import written
from posts.forgetting import is_textless
from posts.labels import BY_PEOPLE, KINDS, Label, reading
from posts.post import Annotations, Post
from posts.selection import Selection
from store import labels
from store.state import State

SHOWN: Final = ("language", *KINDS, "action", "format")
"""What is told of a post, in this order."""


def draw_reading(visit: Visit, post: Post) -> None:
    """What was read in the post, and the form to correct it."""
    read = post.annotations
    if read is None or post.deleted_at is not None:
        return
    st.subheader(visit.text("correct.title"))
    state = ask.state_of(visit)
    table = st.empty()
    if not is_textless(post) and post.repost_of is None:
        _draw_form(visit, post, _given(visit, post))
    given, waits = _given(visit, post), labels.pending(state, [post.id])
    columns: list[parts.Item] = [
        {"label": visit.text("correct.kind")}, {"label": visit.text("correct.read")},
        {"label": visit.text("correct.by"), "minor": True},
    ]  # fmt: skip
    rows = [_said(visit, post, kind, given.get(kind), waits=(post.id, kind) in waits) for kind in SHOWN]
    if "noise" not in given and (copied := _copied(visit, read)):
        rows.insert(SHOWN.index("noise") + 1, copied)
    with table.container():
        parts.draw_table(columns, rows, label=visit.text("correct.title"), key="readings")
        if waits:
            st.caption(visit.text("correct.waits"))
        if given:
            _draw_take_back(visit, post, given)
    if not is_textless(post):
        _draw_why(visit, post)


def _copied(visit: Visit, read: Annotations) -> list[parts.Item]:
    """That a post is like another, where it is not like enough to be marked as noise; else nothing."""
    if read.copy_of is None or "duplicate" in read.noise or read.versions.get("noise") == BY_PEOPLE:
        return []
    link = parts.way(link_to("posts", Selection(ids=(read.copy_of,)), base=visit.base))
    said = {"text": visit.text("correct.copied"), "link": link}
    return [{"text": visit.text("correct.copy"), "tone": "muted"}, said, {"text": ""}]


def _draw_why(visit: Visit, post: Post) -> None:
    """A door to the places that spoke for what was read; the post is read again when it is opened."""
    door = st.expander(
        visit.text("correct.why"), icon=":material/help:", key="reading_why", on_change="rerun"
    )
    if not door.open:
        return
    with door:
        link = parts.way(Link(view="labels", params=visit.base))
        parts.draw_line([{"text": visit.text("correct.why_link"), "link": link}], key="reading_why_link")
        panel.draw_why(visit, told(readers.explain(visit, written(post)[0], language=post.language)))


def _draw_take_back(visit: Visit, post: Post, given: dict[str, Label]) -> None:
    with st.container(horizontal=True, key="take_back"):
        for kind in given:
            st.button(
                visit.text("correct.take_back", kind=kind_name(visit, kind)), key=f"take_back_{kind}",
                icon=":material/undo:", type="tertiary", on_click=_take_back,
                args=(ask.state_of(visit), post.id, kind),
            )  # fmt: skip


def _take_back(state: State, post: str, kind: str) -> None:
    labels.remove(state, post, kind)


def _given(visit: Visit, post: Post) -> dict[str, Label]:
    found = labels.of(ask.state_of(visit), [post.id])
    return {label.kind: label for label in found.get(post.id, ())}


def _said(visit: Visit, post: Post, kind: str, label: Label | None, *, waits: bool) -> list[parts.Item]:
    """One kind: its values, and who says so."""
    read = post.annotations
    assert read is not None
    values = label.values if label is not None else _values(read, kind)
    text = visit.common("list_separator").join(value_name(visit, kind, value) for value in values or ())
    if values is None:
        text = visit.text("correct.unread")
    found: parts.Item = {"text": text or visit.text("correct.nothing"), "auto": True}
    if not values:
        found["tone"] = "muted"
    by = BY_PEOPLE if label is not None else read.versions.get(kind, "")
    who = readers.cell(visit, kind, by) if values is not None else {"text": ""}
    if waits:
        who["text"] = f"{who['text']} ({visit.text('correct.waiting')})"
    return [{"text": kind_name(visit, kind), "tone": "muted"}, found, who]


def _values(read: Annotations, kind: str) -> tuple[str, ...] | None:
    if kind == "action":
        return read.actions
    if kind == "format":
        return (read.form,) if read.form else None
    if kind == "language":
        return (read.language, *read.languages)
    return reading(read, kind)


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
