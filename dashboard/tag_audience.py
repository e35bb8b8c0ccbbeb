"""The people of a hashtag: who stayed, what else they talk about, how that shifts, and on which platforms."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from answers.audience import FIELDS, LEAST, Audience, Interest, Part, Shifted, audience
from answers.crossing import crossing
from answers.hashtag import Hashtag
from dashboard import ask, facets, parts, tags, wording
from dashboard.crossing import draw_crossing
from dashboard.filters import Asked
from dashboard.visit import Visit
from posts.answer import Answer
from words import digits
from words.bidi import stripped


def draw(visit: Visit, asked: Asked, _: Answer[Hashtag]) -> None:
    """Counts of the people, what they use, what sets them apart, and what they took up or dropped."""
    answer = ask.of(audience, visit, asked.selection)
    found = answer.value
    _draw_people(visit, found)
    parts.draw_definitions(visit, answer.definition, "interests", "shifts")
    left, right = st.columns(2, gap="medium")
    for place, kind, rows in ((left, "language", found.languages), (right, "platform", found.platforms)):
        with place:
            _draw_parts(visit, kind, rows)
    st.subheader(visit.text("people.interests"))
    if found.state != "told":
        least = visit.counted("author", LEAST)
        st.info(visit.text(f"people.states.{found.state}", authors=least), icon=":material/info:")
    else:
        _draw_interests(visit, asked, found)
        _draw_shifts(visit, asked, found)
    wording.draw_words(visit, asked.selection, key="audience")
    st.subheader(visit.text("crossing.title"))
    draw_crossing(visit, ask.of(crossing, visit, asked.selection).value)
    parts.draw_definitions(visit, "crossings")


def _draw_people(visit: Visit, found: Audience) -> None:
    """How many, and how many of those of the period before wrote again."""
    figures: list[parts.Item] = [
        {
            "label": visit.common("label.authors"), "value": parts.number(visit, found.authors),
            "before": {"label": visit.text("before"), **parts.number(visit, found.earlier)},
        },
        {"label": visit.text("people.new"), "value": parts.number(visit, found.new)},
        {"label": visit.text("people.stayed"), "value": parts.number(visit, found.stayed)},
        {"label": visit.text("people.lost"), "value": parts.number(visit, found.lost)},
    ]  # fmt: skip
    parts.draw_figures(figures, key="people_cards")
    if found.retention is None:
        st.caption(visit.text("people.no_earlier"))
        return
    st.caption(
        visit.text(
            "people.retention", share=visit.part(found.retention), low=visit.percent(found.low),
            high=visit.percent(found.high), earlier=visit.counted("author", found.earlier.value or 0),
        )
    )  # fmt: skip


def _draw_parts(visit: Visit, kind: str, rows: Sequence[Part]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.common(f"label.{kind}")},
        {"label": visit.common("label.authors"), "number": True},
        {"label": visit.text("share"), "number": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            {"text": visit.name_of(kind, row.code), "auto": True},
            {**parts.number(visit, row.authors), "bar": row.share},
            parts.number(visit, row.authors, text=visit.part(row.share)),
        ]
        for row in rows
    ]
    parts.draw_table(columns, lines, label=visit.common(f"label.{kind}"), key=f"people_{kind}")


def _draw_interests(visit: Visit, asked: Asked, found: Audience) -> None:
    """What they talk about beside the topic, more than equally busy others."""
    st.caption(
        visit.text(
            "people.compared", people=visit.counted("author", found.beside),
            others=visit.counted("author", found.others),
        )
    )  # fmt: skip
    if not found.interests:
        st.caption(visit.text("people.no_interests"))
    for kind in FIELDS:
        rows = [row for row in found.interests if row.kind == kind]
        if rows:
            _draw_interest_table(visit, asked, kind, rows)


def _draw_interest_table(visit: Visit, asked: Asked, kind: str, rows: Sequence[Interest]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text(f"people.kinds.{kind}")},
        {"label": visit.common("label.authors"), "number": True},
        {"label": visit.text("people.here"), "number": True},
        {"label": visit.text("people.rest"), "number": True, "minor": True},
        {"label": visit.text("people.times"), "number": True, "hint": visit.text("people.times_hint")},
    ]
    lines: list[list[parts.Item]] = [
        [
            _name(visit, asked, row),
            parts.number(visit, row.people),
            {**parts.number(visit, row.people, text=visit.part(row.share)), "bar": row.share},
            {"text": visit.part(row.rest_share)},
            {"text": _times(visit, row)},
        ]
        for row in rows
    ]
    label = visit.text(f"people.kinds.{kind}")
    parts.draw_table(columns, lines, label=label, key=f"people_interests_{kind}")


def _name(visit: Visit, asked: Asked, row: Interest | Shifted) -> parts.Item:
    """A hashtag as a way to its own page, the rest by name."""
    if row.kind == "hashtag":
        return tags.tag_cell(visit, asked, row.key, row.name)
    if row.kind == "entity":
        return {"text": stripped(facets.value_name(visit, "entity", row.key)), "auto": True}
    return {"text": stripped(row.name), "direction": "ltr"}


def _times(visit: Visit, row: Interest) -> str:
    numbers = (visit.number(value, 1) for value in (row.ratio, row.low, row.high))
    return visit.text("people.between", **dict(zip(("value", "low", "high"), numbers, strict=True)))


def _draw_shifts(visit: Visit, asked: Asked, found: Audience) -> None:
    """What the same people took up and dropped against the period before."""
    st.subheader(visit.text("people.shifts"))
    st.caption(visit.text("people.same", people=visit.counted("author", found.both)))
    if not found.shifts:
        st.caption(visit.text("people.no_shifts"))
        return
    columns: list[parts.Item] = [
        {"label": visit.text("people.what")},
        {"label": visit.text("people.now"), "number": True},
        {"label": visit.text("people.earlier"), "number": True},
        {"label": visit.text("people.change"), "number": True, "hint": visit.text("people.change_hint")},
        {"label": visit.text("people.rest_change"), "number": True, "minor": True},
    ]
    lines: list[list[parts.Item]] = [
        [
            _name(visit, asked, row),
            parts.number(visit, row.now),
            parts.number(visit, row.before),
            {"text": _change(visit, row)},
            {"text": digits.percent(row.rest_change, visit.language, signed=True)},
        ]
        for row in sorted(found.shifts, key=lambda row: -row.change)
    ]
    parts.draw_table(columns, lines, label=visit.text("people.shifts"), key="people_shifts")


def _change(visit: Visit, row: Shifted) -> str:
    numbers = (digits.percent(each, visit.language, signed=True) for each in (row.change, row.low, row.high))
    return visit.text("people.between", **dict(zip(("value", "low", "high"), numbers, strict=True)))
