"""What stands beside a hashtag: related ones to the second level, whose people are the same, and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from answers.collision import Warnings, warnings
from answers.hashtag import Hashtag
from answers.related import Overlap, Related, RelatedTag, related
from dashboard import ask, parts, tags
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Answer
from reports import charts
from trends.association import LEAST_AUTHORS
from words import texts
from words.bidi import isolate_auto, stripped


def draw(visit: Visit, asked: Asked, answer: Answer[Hashtag]) -> None:
    """Warnings first, then both levels, then how far the people of the first overlap."""
    found = ask.of(related, visit, asked.selection)
    _draw_warnings(visit, ask.of(warnings, visit, asked.selection).value)
    st.subheader(visit.text("related.first"))
    _tell_compared(visit, found.value)
    if found.value.first:
        _draw_rows(visit, asked, found.value.first, key="related_first")
        st.subheader(visit.text("related.second"))
        if found.value.second:
            _draw_rows(visit, asked, found.value.second, key="related_second")
        else:
            st.caption(visit.text("related.second_none"))
        _draw_overlap(visit, found.value.overlap)
    else:
        st.caption(visit.text("related.none", authors=visit.counted("author", LEAST_AUTHORS)))
    parts.draw_definitions(visit, "related", "hashtag_warnings")


def _tell_compared(visit: Visit, found: Related) -> None:
    if found.language is None:
        st.caption(visit.text("related.compared_all"))
    else:
        name = visit.name_of("language", found.language)
        st.caption(visit.text("related.compared", name=name))


def _draw_rows(visit: Visit, asked: Asked, rows: Sequence[RelatedTag], *, key: str) -> None:
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        {"label": visit.text("related.together"), "number": True},
        {"label": visit.text("related.lift"), "number": True, "hint": visit.text("related.lift_hint")},
        {"label": visit.text("related.share"), "number": True, "minor": True,
         "hint": visit.text("related.share_hint")},
        {"label": visit.text("related.everywhere"), "number": True, "minor": True},
    ]  # fmt: skip
    lines = [
        [
            _name_cell(visit, asked, row),
            parts.number(visit, row.authors),
            {
                **parts.number(visit, row.authors, text=charts.times(row.lift, visit.language)),
                "below": visit.text("related.at_least", times=charts.times(row.least_lift, visit.language)),
            },
            parts.number(visit, row.posts, text=visit.percent(row.share)),
            parts.number(visit, row.all_authors),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.text("hashtag.related"), key=key)


def _name_cell(visit: Visit, asked: Asked, row: RelatedTag) -> parts.Item:
    """The hashtag as a way to its page; below it the one that leads to it."""
    cell = tags.tag_cell(visit, asked, row.key, row.name)
    if row.via_name is None:
        return cell
    return {**cell, "below": f"{visit.text('related.via')} {isolate_auto('#' + stripped(row.via_name))}"}


def _draw_overlap(visit: Visit, found: Overlap) -> None:
    """A table of shares: how far the people of each two are the same."""
    st.subheader(visit.text("related.overlap"))
    st.caption(visit.text("related.overlap_hint"))
    names = [f"#{stripped(name)}" for name in found.names]
    columns: list[parts.Item] = [
        {"label": visit.common("label.hashtag")},
        *({"label": name, "number": True} for name in names),
    ]
    lines: list[list[parts.Item]] = []
    for place, name in enumerate(names):
        cells: list[parts.Item] = [{"text": name, "auto": True}]
        for other, share in enumerate(found.shares[place]):
            same = other == place
            cells.append({"text": "·" if same else visit.percent(share), "tone": "muted" if same else ""})
        lines.append(cells)
    parts.draw_table(columns, lines, label=visit.text("related.overlap"), key="related_overlap")


def _draw_warnings(visit: Visit, found: Warnings) -> None:
    """What speaks against the hashtag, with the posts that show it; or that nothing does."""
    if found.angry is not None:
        st.warning(
            visit.text("related.warnings.angry", negative=visit.number(found.angry)),
            icon=":material/warning:",
        )
    if found.state == "few":
        st.caption(visit.text("related.warnings.few"))
    elif found.hijack is not None:
        turned = found.hijack
        moment, newcomers = visit.moment(turned.since), visit.percent(turned.newcomers)
        st.warning(
            visit.text("related.warnings.hijack", since=moment, newcomers=newcomers),
            icon=":material/warning:",
        )
        sides: list[tuple[str, Any, Any, tuple[str, ...]]] = [
            ("before", turned.before, turned.negative_before, turned.words_before),
            ("after", turned.after, turned.negative_after, turned.words_after),
        ]
        _draw_sides(visit, [
            [
                {"text": visit.text(f"related.warnings.{side}")},
                {"text": _listed(visit, words), "auto": True},
                parts.number(visit, posts),
                parts.number(visit, negative, text=visit.percent(negative.value)),
            ]
            for side, posts, negative, words in sides
        ], negative=True)  # fmt: skip
    elif found.contexts:
        st.warning(visit.text("related.warnings.collision"), icon=":material/warning:")
        _draw_sides(visit, [
            [
                {"text": visit.number(place + 1)},
                {"text": _listed(visit, side.words), "auto": True},
                parts.number(visit, side.posts),
                parts.number(visit, side.authors),
            ]
            for place, side in enumerate(found.contexts)
        ], negative=False)  # fmt: skip
    elif found.angry is None:
        st.caption(visit.text("related.warnings.none", posts=visit.counted("post", found.read)))


def _listed(visit: Visit, words: Sequence[str]) -> str:
    shown = [stripped(word.removeprefix("@brand:")) for word in words]
    return texts.text("common.list_separator", visit.language).join(shown)


def _draw_sides(visit: Visit, lines: list[list[parts.Item]], *, negative: bool) -> None:
    last = visit.text("related.warnings.negative") if negative else visit.common("label.authors")
    columns: list[parts.Item] = [
        {"label": visit.text("related.warnings.side")},
        {"label": visit.text("related.warnings.words")},
        {"label": visit.common("label.posts"), "number": True},
        {"label": last, "number": True},
    ]
    parts.draw_table(columns, lines, label=visit.text("related.warnings.words"), key="tag_warnings")
