"""The words they use: what posts say more than the others, and what their people say elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from answers.wording import LEAST_POSTS, Compared, Phrase, Words
from dashboard import ask, parts
from dashboard.visit import Visit
from posts.post import EARLIEST
from posts.selection import Selection
from trends.wording import LEAST_AUTHORS
from words.bidi import isolate_auto, stripped

SHOWN: Final = 10
"""Phrases of each language."""
_BESIDE: Final = 3
_SIDES: Final = ("here", "elsewhere")


def draw_words(visit: Visit, selection: Selection, *, key: str, expanded: bool = False) -> None:
    """A door to the words of a selection; they are read when it is opened.

    Where the posts are told by what their authors did to somebody, no words are told: the query does not say
    which posts these are.
    """
    if selection.edge is not None:
        return
    door = st.expander(
        visit.text("wording.title"), icon=":material/format_quote:", key=f"{key}_words", on_change="rerun",
        expanded=expanded,
    )  # fmt: skip
    if not door.open:
        return
    with door:
        side = st.segmented_control(
            visit.text("wording.title"), _SIDES, key=f"{key}_words_of", default="here", required=True,
            format_func=lambda code: visit.text(f"wording.sides.{code}"), label_visibility="collapsed",
        )  # fmt: skip
        # A list without a period means all time; words are always compared within one.
        meant = selection if selection.since else selection.narrowed(since=EARLIEST)
        answer = ask.words(visit, meant, size=SHOWN, elsewhere=side == "elsewhere")
        st.caption(visit.text(f"wording.hints.{side}"))
        _draw(visit, answer.value, key=key)
        parts.draw_definitions(visit, answer.definition)


def _draw(visit: Visit, found: Words, *, key: str) -> None:
    """A table for each language beside each other, or why there is none."""
    if not found.compared:
        least = visit.counted("post", LEAST_POSTS), visit.counted("author", LEAST_AUTHORS)
        st.info(
            visit.text(f"wording.{found.state}", posts=least[0], authors=least[1]), icon=":material/info:"
        )
        return
    for place, pair in zip(_places(len(found.compared)), found.compared, strict=True):
        with place:
            if len(found.compared) > 1:
                name = visit.name_of("language", pair.language)
                parts.draw_line([{"text": name, "tone": "strong"}], key=f"{key}_{pair.language}_name")
            rows = [row for row in found.phrases if row.language == pair.language]
            if rows:
                _draw_table(visit, rows, key=f"{key}_words_{pair.language}")
            else:
                st.caption(visit.text("wording.none"))
            _tell_compared(visit, pair)


def _places(count: int) -> list[st.delta_generator.DeltaGenerator]:
    """So many places, two beside each other."""
    if count == 1:
        return [st.container()]
    columns = st.columns(2, gap="medium")
    return [columns[place % 2] for place in range(count)]


def _tell_compared(visit: Visit, pair: Compared) -> None:
    """How many posts were compared with how many, and whether they are samples."""
    st.caption(
        visit.text(
            "wording.compared",
            posts=visit.counted("post", pair.posts), authors=visit.counted("author", pair.authors),
            rest=visit.counted("post", pair.rest_posts),
            rest_authors=visit.counted("author", pair.rest_authors),
        )
    )  # fmt: skip
    if pair.read < pair.posts or pair.rest_read < pair.rest_posts:
        read, rest_read = visit.number(pair.read), visit.number(pair.rest_read)
        st.caption(visit.text("wording.sample", read=read, rest_read=rest_read))


def _draw_table(visit: Visit, rows: Sequence[Phrase], *, key: str) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text("wording.phrase")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": visit.common("label.authors"), "number": True, "minor": True},
        {"label": visit.text("wording.share"), "number": True, "hint": visit.text("wording.share_hint")},
        {"label": visit.text("wording.rest_share"), "number": True, "minor": True,
         "hint": visit.text("wording.share_hint")},
    ]  # fmt: skip
    most = max(row.share for row in rows) or 1.0
    lines = [
        [
            _phrase_cell(visit, row),
            parts.number(visit, row.posts),
            parts.number(visit, row.authors),
            {**parts.number(visit, row.posts, text=visit.part(row.share)), "bar": row.share / most},
            _rest_cell(visit, row),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("wording.title"), key=key)


def _phrase_cell(visit: Visit, row: Phrase) -> parts.Item:
    """The phrase as a way to its posts; below it the forms counted with it, and what is beside it."""
    cell = {**parts.number(visit, row.posts, text=stripped(row.text)), "number": False, "auto": True}
    separator = visit.common("list_separator")
    told = []
    for name, phrases in (("forms", row.forms), ("beside", row.beside)):
        if phrases:
            listed = separator.join(isolate_auto(stripped(phrase)) for phrase in phrases[:_BESIDE])
            told.append(visit.text(f"wording.{name}", phrases=listed))
    return {**cell, "below": " · ".join(told)} if told else cell


def _rest_cell(visit: Visit, row: Phrase) -> parts.Item:
    """How much it is said by the others, as a way to those posts where a query names them."""
    share = visit.part(row.rest_share)
    return {"text": share} if row.others is None else parts.number(visit, row.others, text=share)
