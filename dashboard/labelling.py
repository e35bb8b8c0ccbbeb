"""What people say posts are: a sample to label, one post after the other, and the list of all labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

import streamlit as st

from answers import labelling
from answers.labelling import Draw
from dashboard import ask, cards, filters, parts
from dashboard.address import Link, link_to
from dashboard.facets import kind_name, value_name
from dashboard.filters import Asked
from dashboard.pages import pages_near
from dashboard.visit import Visit
from posts.labels import KINDS, Label
from posts.post import Post
from posts.selection import Selection
from store import labels
from words.bidi import isolate_left, stripped

SIZE: Final = 25
"""Labels of a page of the list."""
USUAL: Final = 100
"""Labels with which a share is worth telling."""
_TEXT: Final = 90
_ONE_OF: Final = "sentiment"


def draw_sample(visit: Visit, asked: Asked, *, section: str) -> None:
    """Draw posts by lot from what the bar asks for, and label them one by one."""
    filters.write(visit, asked.filters, section=section)
    state = ask.state_of(visit)
    kept = labelling.draws(state)
    _draw_new(visit, asked, first=not kept)
    if key := st.session_state.pop("sample_told", None):
        st.info(visit.text(key), icon=":material/search_off:")
    if not kept:
        st.caption(visit.text("sample.why"))
        return
    by_id = {drawn.id: drawn for drawn in kept}
    if st.session_state.get("sample_chosen") not in by_id:
        st.session_state["sample_chosen"] = kept[0].id
    if len(kept) > 1:
        st.selectbox(
            visit.text("sample.chosen"), list(by_id), key="sample_chosen",
            format_func=lambda name: _named(visit, by_id[name]),
        )  # fmt: skip
    _draw_next(visit, by_id[st.session_state["sample_chosen"]])


def _draw_new(visit: Visit, asked: Asked, *, first: bool) -> None:
    with st.expander(visit.text("sample.new"), expanded=first, icon=":material/casino:"):
        with st.form("sample_new", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            kind = st.selectbox(
                visit.text("correct.kind"), list(KINDS), key="sample_kind", width=180,
                format_func=lambda code: kind_name(visit, code),
            )  # fmt: skip
            size = st.number_input(
                visit.text("sample.size"), 10, labelling.MOST, USUAL, 10, key="sample_size", width=150,
            )  # fmt: skip
            drawn = st.form_submit_button(
                visit.text("sample.draw"), type="primary", icon=":material/casino:", key="sample_draw"
            )
        st.caption(visit.text("sample.of_the_bar"))
    if drawn:
        _begin(visit, asked.selection, kind, int(size))


def _begin(visit: Visit, selection: Selection, kind: str, size: int) -> None:
    found = labelling.draw(ask.asking(visit), selection, kind, size)
    if found.posts:
        labelling.keep(ask.state_of(visit), found)
        st.session_state["sample_chosen"] = found.id
    else:
        st.session_state["sample_told"] = "sample.nothing"
    st.rerun()


def _named(visit: Visit, drawn: Draw) -> str:
    query = drawn.selection.query or visit.common("all")
    return f"{kind_name(visit, drawn.kind)} · {query} · {visit.moment(drawn.at)}"


def _draw_next(visit: Visit, drawn: Draw) -> None:
    """How far the sample is, its next post, and a button for each value."""
    state = ask.state_of(visit)
    left = labelling.left(state, drawn)
    done = len(drawn.posts) - len(left)
    counts = {"done": visit.number(done), "of": visit.number(len(drawn.posts))}
    st.progress(done / len(drawn.posts), visit.text("sample.done_of", **counts))
    _draw_from(visit, drawn)
    put_off: list[str] = st.session_state.setdefault(f"sample_put_off_{drawn.id}", [])
    waiting = [*(post for post in left if post not in put_off), *(post for post in put_off if post in left)]
    post = labelling.first_of(ask.asking(visit), waiting)
    if post is None:
        st.success(visit.text("sample.all_done" if not left else "sample.gone"), icon=":material/check:")
    else:
        _draw_post(visit, drawn, post)
    _draw_undo(visit, drawn)


def _draw_from(visit: Visit, drawn: Draw) -> None:
    """What the sample is of, as a way to all posts that it was drawn from."""
    link = parts.way(link_to("posts", drawn.selection, base=visit.base), hint=visit.text("open_posts"))
    items: list[parts.Item] = [
        {"text": visit.text("sample.drawn_from"), "tone": "muted"},
        {"text": visit.counted("post", drawn.of), "link": link},
    ]
    if drawn.selection.query:
        items.append({"text": stripped(drawn.selection.query), "chip": True})
    parts.draw_line(items, key="sample_of")


def _draw_post(visit: Visit, drawn: Draw, post: Post) -> None:
    st.subheader(visit.text(f"sample.ask.{drawn.kind}"))
    cards.draw_cards(visit, [post], key="sample_post", readings=False)
    if drawn.kind == _ONE_OF:
        with st.container(horizontal=True, key="sample_answers"):
            for place, value in enumerate(KINDS[drawn.kind], start=1):
                st.button(
                    value_name(visit, drawn.kind, value), key=f"sample_is_{value}", shortcut=str(place),
                    on_click=_label, args=(visit, drawn, post.id, (value,)),
                )  # fmt: skip
    else:
        chosen = st.pills(
            kind_name(visit, drawn.kind), KINDS[drawn.kind], selection_mode="multi",
            format_func=lambda value: value_name(visit, drawn.kind, value),
            key=f"sample_values_{post.id}", label_visibility="collapsed",
        )  # fmt: skip
        values = tuple(chosen)
        st.button(
            visit.text("sample.keep" if values else "sample.none"), key="sample_keep", type="primary",
            shortcut="Enter", on_click=_label, args=(visit, drawn, post.id, values),
        )  # fmt: skip
    st.button(
        visit.text("sample.later"), key="sample_later", type="tertiary", icon=":material/skip_next:",
        on_click=_put_off, args=(drawn, post.id),
    )  # fmt: skip


def _label(visit: Visit, drawn: Draw, post: str, values: tuple[str, ...]) -> None:
    now = datetime.now(UTC)
    label = Label(post=post, kind=drawn.kind, values=values, at=now, how="sample", draw=drawn.id,
                  weight=labelling.weight_of(drawn, post))  # fmt: skip
    labels.add(ask.state_of(visit), [label])
    st.session_state["sample_last"] = (drawn.id, post)


def _put_off(drawn: Draw, post: str) -> None:
    put_off: list[str] = st.session_state.setdefault(f"sample_put_off_{drawn.id}", [])
    if post in put_off:
        put_off.remove(post)
    put_off.append(post)


def _draw_undo(visit: Visit, drawn: Draw) -> None:
    of, post = st.session_state.get("sample_last") or (None, "")
    if of == drawn.id:
        st.button(
            visit.text("sample.undo"), key="sample_undo", type="tertiary", icon=":material/undo:",
            on_click=_undo, args=(visit, drawn, post),
        )  # fmt: skip


def _undo(visit: Visit, drawn: Draw, post: str) -> None:
    labels.remove(ask.state_of(visit), post, drawn.kind)
    st.session_state.pop("sample_last", None)


def draw_list(visit: Visit, *, section: str) -> None:
    """How many labels there are of each kind and what models said there; then each of them."""
    page = int(filters.part("page")) if filters.part("page").isdecimal() else 1
    given = labels.all_of(ask.state_of(visit))
    last = max(1, -(-len(given) // SIZE))
    page = min(max(page, 1), last)
    filters.write(visit, section=section, page=str(page) if page > 1 else "")
    if not given:
        st.info(visit.text("labels.none"), icon=":material/label:")
        st.caption(visit.text("labels.none_why"))
        return
    _draw_counts(visit, given)
    shown = given[(page - 1) * SIZE : page * SIZE]
    _draw_labels(visit, shown)
    _draw_turning(visit, section, page, last)
    _draw_take_back(visit, shown)


def _draw_counts(visit: Visit, given: Sequence[Label]) -> None:
    agreed = {found.kind: found for found in labelling.agreements(given)}
    counts = Counter((label.kind, label.how) for label in given)
    columns: list[parts.Item] = [
        {"label": visit.text("correct.kind")},
        {"label": visit.text("labels.samples"), "number": True},
        {"label": visit.text("labels.corrections"), "number": True},
        {"label": visit.text("labels.agreed"), "number": True, "hint": visit.text("labels.agreed_hint")},
    ]
    rows: list[list[parts.Item]] = []
    for kind in KINDS:
        if not counts[kind, "sample"] and not counts[kind, "correction"]:
            continue
        found = agreed.get(kind)
        said = "–" if found is None else visit.text(
            "labels.agreed_of", share=visit.percent(found.agreed / found.labels),
            of=visit.number(found.labels),
        )  # fmt: skip
        rows.append(
            [
                {"text": kind_name(visit, kind)},
                {"text": visit.number(counts[kind, "sample"])},
                {"text": visit.number(counts[kind, "correction"])},
                {"text": said},
            ]
        )
    parts.draw_table(columns, rows, label=visit.text("labels.counted"), key="labels_counts")
    posts = len({label.post for label in given})
    link = parts.way(link_to("posts", Selection(query="is:labelled"), base=visit.base))
    items: list[parts.Item] = [
        {"text": visit.counted("label", len(given)), "tone": "strong"},
        {"text": visit.text("labels.open_all", posts=visit.counted("post", posts)), "link": link},
    ]
    parts.draw_line(items, key="labels_all")


def _draw_labels(visit: Visit, shown: Sequence[Label]) -> None:
    texts_of = _texts(visit, shown)
    waits = labels.pending(ask.state_of(visit), [label.post for label in shown])
    columns: list[parts.Item] = [
        {"label": visit.text("labels.post"), "wide": True},
        {"label": visit.text("labels.label")},
        {"label": visit.text("labels.said"), "minor": True},
        {"label": visit.text("labels.when"), "minor": True},
    ]
    rows: list[list[parts.Item]] = [
        [
            {**texts_of.get(label.post, {"text": visit.text("labels.post_gone")}), "auto": True,
             "link": _post_link(visit, label.post)},
            {"text": _values(visit, label.kind, label.values), "below": _state(visit, label, waits),
             "hint": kind_name(visit, label.kind)},
            {"text": "" if label.said is None else _values(visit, label.kind, label.said), "tone": "muted"},
            {"text": visit.ago(min(label.at, visit.now)), "hint": visit.moment(label.at), "tone": "muted"},
        ]
        for label in shown
    ]  # fmt: skip
    parts.draw_table(columns, rows, label=visit.text("labels.sections.list"), key="labels_list")


def _state(visit: Visit, label: Label, waits: set[tuple[str, str]]) -> str:
    how = visit.text("labels.by_lot" if label.how == "sample" else "labels.corrected")
    waiting = visit.text("correct.waiting") if (label.post, label.kind) in waits else ""
    return visit.common("list_separator").join(filter(None, (how, waiting)))


def _values(visit: Visit, kind: str, values: Sequence[str]) -> str:
    said = visit.common("list_separator").join(value_name(visit, kind, value) for value in values)
    return f"{kind_name(visit, kind)}: {said or visit.text('correct.nothing')}"


def _texts(visit: Visit, shown: Sequence[Label]) -> dict[str, parts.Item]:
    ids = tuple(dict.fromkeys(label.post for label in shown))
    found = ask.posts(visit, Selection(ids=ids), size=len(ids), offset=0, sort="new").value.posts
    return {post.id: _short(post) for post in found}


def _short(post: Post) -> parts.Item:
    """The title of a post, or the beginning of its text, running the way of its words."""
    whole = " ".join(stripped(post.title or post.text or post.id).split())
    text = whole if len(whole) <= _TEXT else f"{whole[:_TEXT]}…"
    return {"text": cards.isolated(text), "direction": cards.direction(whole)}


def _post_link(visit: Visit, post: str) -> parts.Item:
    return parts.way(link_to("posts", Selection(ids=(post,)), base=visit.base))


def _draw_turning(visit: Visit, section: str, page: int, last: int) -> None:
    items: list[parts.Item] = []
    for number in pages_near(page, last) if last > 1 else ():
        if number is None:
            items.append({"text": "…", "tone": "muted"})
        elif number == page:
            items.append({"text": visit.number(number), "chip": True, "tone": "accent"})
        else:
            params = {**visit.base, "section": section, "page": str(number)}
            items.append(
                {"text": visit.number(number), "link": parts.way(Link(view="labels", params=params))}
            )
    if items:
        parts.draw_line(items, key="labels_turning")


def _draw_take_back(visit: Visit, shown: Sequence[Label]) -> None:
    by_key = {(label.post, label.kind): label for label in shown}
    with st.expander(visit.text("labels.take_back"), icon=":material/undo:"):
        chosen = st.selectbox(
            visit.text("labels.label"), list(by_key), key="label_chosen",
            format_func=lambda key: f"{_values(visit, key[1], by_key[key].values)} · {isolate_left(key[0])}",
        )  # fmt: skip
        st.button(
            visit.text("labels.take_back_it"),
            key="label_take_back",
            on_click=take_back,
            args=(visit, *chosen),
        )


def take_back(visit: Visit, post: str, kind: str) -> None:
    """Take one label back: models read the kind again."""
    labels.remove(ask.state_of(visit), post, kind)
