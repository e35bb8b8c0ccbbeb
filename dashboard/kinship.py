"""The family of a hashtag: what joins its spellings, warnings, and the buttons that join and part."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from answers.families import Family, Relative
from config.edit import mend_tags
from dashboard import ask, parts, problems
from dashboard.address import link_to
from dashboard.visit import Visit
from nlp.mending import Mended, Mending, mended_by
from posts.errors import MendingError, RasadError
from words import texts
from words.bidi import stripped


def draw_kinship(visit: Visit, found: Family) -> None:
    """Warnings at once; the reasons, and what may be joined or parted, one click away."""
    if found.look_alikes:
        st.warning(visit.text("kinship.look_alikes"), icon=":material/warning:")
        parts.draw_line([_relative(visit, each) for each in found.look_alikes], key="look_alikes")
    mending = _mending(visit)
    mended = any("mended" in member.joined_by for member in found.members)
    if not (len(found.members) > 1 or found.siblings or found.doubts or mended):
        return
    with st.expander(visit.text("kinship.title")):
        _draw_members(visit, found)
        _draw_doubts(visit, found, mending)
        _draw_siblings(visit, found, mending)
        if mending != mended_by(mending, found.name, undo=True):
            _draw_button(
                visit, "kinship.undo", f"undo_{found.key}", mended_by(mending, found.name, undo=True)
            )


def _draw_members(visit: Visit, found: Family) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text("kinship.spelling")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.text("kinship.joined_by")},
    ]
    rows: list[list[parts.Item]] = [
        [
            {"text": f"#{stripped(member.written)}", "auto": True},
            parts.number(visit, member.posts),
            {"text": _list(visit, [_words(visit, f"family.by.{by}") for by in member.joined_by])},
        ]
        for member in found.members
    ]
    parts.draw_table(columns, rows, label=visit.text("kinship.title"), key="kinship_members")


def _draw_doubts(visit: Visit, found: Family, mending: Mending) -> None:
    for doubt in found.doubts:
        one, other = (f"#{stripped(written)}" for written in (doubt.one, doubt.other))
        st.caption(visit.text("kinship.doubt", one=one, other=other))
        for written in (doubt.one, doubt.other):
            parted = mended_by(mending, found.name, apart=[written])
            if parted != mending and _is_possible(parted):
                tag = f"#{stripped(written)}"
                _draw_button(visit, "kinship.part", f"part_{written}", parted, tag=tag)


def _draw_siblings(visit: Visit, found: Family, mending: Mending) -> None:
    if not found.siblings:
        return
    st.caption(visit.text("kinship.siblings"))
    for relative in found.siblings:
        with st.container(horizontal=True, vertical_alignment="center", key=f"kin_{relative.key}"):
            items: list[parts.Item] = [
                _relative(visit, relative),
                {"text": _words(visit, f"family.why.{relative.why}"), "tone": "muted"},
            ]
            parts.draw_line(items, key=f"kin_line_{relative.key}")
            joined = mended_by(mending, found.name, join=[relative.name])
            _draw_button(visit, "kinship.join", f"join_{relative.key}", joined)


def _draw_button(visit: Visit, key: str, name: str, new: Mending, **values: str) -> None:
    if not st.button(visit.text(key, **values), key=f"mend_{name}"):
        return
    try:
        _keep(visit, new)
    except RasadError as error:
        problems.show(error, visit.language)
        return
    st.success(visit.text("kinship.kept"), icon=":material/check:")


def _is_possible(mending: Mending) -> bool:
    try:
        Mended(mending)
    except MendingError:
        return False
    return True


def _keep(visit: Visit, mending: Mending) -> None:
    Mended(mending)  # what contradicts itself is told before it is written
    mend_tags(visit.settings.folder, same=mending.join, apart=mending.apart)


def _mending(visit: Visit) -> Mending:
    return ask.families_of(visit.settings).mending


def _relative(visit: Visit, relative: Relative) -> parts.Item:
    """Another hashtag with its posts, as a way to its page."""
    link = link_to("hashtag", relative.posts.selection, base=visit.base)
    text = f"#{stripped(relative.name)}"
    return {"text": text, "link": parts.way(link), "after": visit.figure(relative.posts)}


def _list(visit: Visit, names: Sequence[str]) -> str:
    return visit.common("list_separator").join(names)


def _words(visit: Visit, key: str, **values: object) -> str:
    return texts.text(key, visit.language, **values)
