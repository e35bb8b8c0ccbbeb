"""The family of a hashtag: what joins its spellings, warnings, and the buttons that join and part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from answers.families import Family, Relative
from config.edit import mend_tags
from dashboard import ask, parts, problems
from dashboard.address import link_to
from dashboard.visit import Visit
from nlp.hashtags import key
from nlp.mending import Mended, Mending, mended_by, spelling
from posts.errors import MendingError, RasadError
from words import texts
from words.bidi import isolate_auto, stripped

PARTED: Final = 8
"""Ways of writing that can be parted by a button: the commonest; others from the command line."""


def draw_kinship(visit: Visit, found: Family) -> None:
    """Warnings at once; the reasons, and what may be joined or parted, one click away."""
    if found.look_alikes:
        st.warning(visit.text("kinship.look_alikes"), icon=":material/warning:")
        parts.draw_line([_relative(visit, each) for each in found.look_alikes], key="look_alikes")
    mending = _mending(visit)
    with st.expander(visit.text("kinship.title")):
        _draw_members(visit, found)
        _draw_doubts(visit, found)
        _draw_apart(visit, found, mending)
        _draw_siblings(visit, found, mending)
        _draw_other(visit, found, mending)
        st.caption(visit.text("kinship.how"))
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


def _draw_doubts(visit: Visit, found: Family) -> None:
    for doubt in found.doubts:
        one, other = (f"#{stripped(written)}" for written in (doubt.one, doubt.other))
        st.caption(visit.text("kinship.doubt", one=one, other=other))


def _draw_apart(visit: Visit, found: Family, mending: Mending) -> None:
    """A button for each way of writing that can be counted apart from the commonest."""
    with st.container(horizontal=True, key="kinship_apart"):
        for written in _partable(found, mending):
            parted = mended_by(mending, found.name, apart=[written])
            tag = isolate_auto(f"#{stripped(written)}")
            _draw_button(visit, "kinship.part", f"part_{written}", parted, tag=tag)


def _partable(found: Family, mending: Mending) -> list[str]:
    """Of each way of writing the commonest spelling, if it can leave the family; at most ``PARTED``.

    Spellings that would leave together are one way. The form that gives the family its key cannot leave
    it, so the commonest way leaves it instead.
    """
    ways: dict[str, str] = {}
    for member in found.members:
        own = key(member.written) == key(found.name)
        ways.setdefault(spelling(member.written) if own else f"joined {key(member.written)}", member.written)
    first, *others = list(ways.values()) or [""]
    kept = [written for written in others if _can_leave(written, found, mending)]
    if len(kept) < len(others) and _can_leave(first, found, mending):
        kept.insert(0, first)
    return kept[:PARTED]


def _can_leave(written: str, found: Family, mending: Mending) -> bool:
    """Whether counting a spelling apart changes something and contradicts nothing."""
    try:
        parted = mended_by(mending, found.name, apart=[written])
        Mended(parted)
    except MendingError:
        return False
    return parted != mending


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


def _draw_other(visit: Visit, found: Family, mending: Mending) -> None:
    """What the project has joined, used or not, and a field to join another hashtag by hand."""
    # From the settings: the answer may have been kept since before the last change.
    if joined := Mended(mending).joined_with(found.name):
        tags = _list(visit, [isolate_auto(f"#{stripped(tag)}") for tag in joined])
        text = visit.text("kinship.mended_with", tags=tags)
        parts.draw_line([{"text": text, "auto": True, "tone": "muted"}], key="mended_with")
    with (
        st.form(f"mend_form_{found.key}", border=False),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        other = st.text_input(visit.text("kinship.other"), max_chars=200, key=f"mend_other_{found.key}")
        sent = st.form_submit_button(visit.text("kinship.join"), key="mend_join_other")
    if not sent:
        return
    new = mended_by(mending, found.name, join=[other.strip()])
    if new == mending:
        st.info(visit.text("kinship.same"), icon=":material/info:")
    else:
        _tell_kept(visit, new)


def _draw_button(visit: Visit, text: str, name: str, new: Mending, **values: str) -> None:
    if st.button(visit.text(text, **values), key=f"mend_{name}"):
        _tell_kept(visit, new)


def _tell_kept(visit: Visit, new: Mending) -> None:
    """The change is kept in the settings, or what is wrong with it is told."""
    try:
        _keep(visit, new)
    except RasadError as error:
        problems.show(error, visit.language)
        return
    st.success(visit.text("kinship.kept"), icon=":material/check:")


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
