"""How a text is read, and why: any text that a visitor types or pastes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

import streamlit as st

from answers.explained import Sign, Spoken, Told, told
from dashboard import ask, parts, readers
from dashboard.facets import kind_name, value_name
from dashboard.marking import Mark, draw_marked
from dashboard.visit import Visit
from nlp.mood import LEANS
from posts.errors import StoreError
from words import texts
from words.bidi import isolate_left, stripped

MOST: Final = 5_000
"""Signs of a text that is pasted."""
MARKED: Final = 300
LISTED: Final = 100
"""So many places of a text are marked, and listed."""
_LEAST_LEANING: Final = 0.3
_AIMS: Final = ("intent", "purpose", "action", "format")
_LOOKS: Final = {"positive": "good", "negative": "bad", "anger": "bad", "insult": "bad"}
_TONES: Final = {"positive": "good", "negative": "bad"}


def draw_panel(visit: Visit) -> None:
    """A field for a text, and what is read in it."""
    with st.form("panel", border=False):
        written = st.text_area(
            visit.text("labels.paste"), key="panel_text", max_chars=MOST, height=120,
            placeholder=visit.text("labels.paste_hint"),
        )  # fmt: skip
        st.form_submit_button(visit.text("labels.read"), icon=":material/search:", key="panel_go")
    if not written.strip():
        st.caption(visit.text("labels.paste_why"))
        return
    draw_told(visit, told(readers.explain(visit, written)))


def draw_told(visit: Visit, found: Told) -> None:
    """The text with its places marked, what it was read as, and the places that spoke for it."""
    draw_marked(found, islice(_marks(visit, found), MARKED), key="panel_marked")
    _draw_values(visit, found)
    if found.spoken:
        st.subheader(visit.text("labels.why"))
        draw_why(visit, found)
    if found.signs:
        st.subheader(visit.text("labels.signs"))
        _draw_signs(visit, found.signs[:LISTED])


def draw_why(visit: Visit, found: Told) -> None:
    """The places of a text that spoke for what it was read as, or that there are none."""
    if found.spoken:
        _draw_spoken(visit, telling(found.spoken)[:LISTED])
    else:
        st.caption(visit.text("labels.no_why"))


def telling(spoken: tuple[Spoken, ...]) -> tuple[Spoken, ...]:
    """Those worth a line: words that merely lean a little say nothing to a reader, beside better reasons."""
    found = tuple(each for each in spoken if each.why != LEANS or abs(each.weight) >= _LEAST_LEANING)
    return found or spoken


def _marks(visit: Visit, found: Told) -> Iterator[Mark]:
    for sign in found.signs:
        look = "name" if sign.kind == "entity" else "sign"
        yield Mark(sign.start, sign.end, look, visit.text(f"labels.sign.{sign.kind}"))
    for each in found.spoken:
        look = "aim" if each.kind in _AIMS else "noise" if each.kind == "noise" else "plain"
        hint = f"{_says(visit, each)}: {_why(visit, each)}"
        yield Mark(each.start, each.end, _LOOKS.get(each.says, look), hint)


def _draw_values(visit: Visit, found: Told) -> None:
    languages = (found.language, *found.languages)
    rows = [_row(visit, "language", languages, found)]
    rows += [_row(visit, kind, values, found) for kind, values in found.values.items()]
    columns: list[parts.Item] = [
        {"label": visit.text("correct.kind")}, {"label": visit.text("correct.read")},
        {"label": visit.text("correct.by"), "minor": True},
    ]  # fmt: skip
    parts.draw_table(columns, rows, label=visit.text("correct.title"), key="panel_values")


def _row(visit: Visit, kind: str, values: tuple[str, ...] | None, found: Told) -> list[parts.Item]:
    text = visit.common("list_separator").join(value_name(visit, kind, value) for value in values or ())
    if kind == "sentiment" and found.score is not None:
        text = f"{text} ({isolate_left(visit.number(found.score, 2))})"
    said: parts.Item = {"text": text or visit.text("correct.nothing"), "auto": True}
    if values is None:
        said["text"] = visit.text("labels.not_read")
    if not values:
        said["tone"] = "muted"
    elif len(values) == 1 and values[0] in _TONES:
        said["tone"] = _TONES[values[0]]
    by = found.readers.get(kind, "") if values is not None else ""
    return [{"text": kind_name(visit, kind), "tone": "muted"}, said, readers.cell(visit, kind, by)]


def _draw_spoken(visit: Visit, spoken: tuple[Spoken, ...]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text("labels.place")},
        {"label": visit.text("labels.speaks_for")},
        {"label": visit.text("labels.weight"), "number": True},
        {"label": visit.text("labels.because"), "minor": True},
    ]
    rows: list[list[parts.Item]] = [
        [
            {"text": _shortened(visit, each.text), "auto": True},
            {"text": _says(visit, each), "tone": _TONES.get(each.says, "")},
            {"text": isolate_left(visit.number(each.weight, 1)), "tone": "muted"},
            {"text": _why(visit, each), "tone": "muted"},
        ]
        for each in spoken
    ]
    parts.draw_table(columns, rows, label=visit.text("labels.why"), key="panel_spoken")


def _shortened(visit: Visit, text: str) -> str:
    shown = " ".join(stripped(text).split())
    if not shown:
        return visit.text("labels.whole")
    return shown if len(shown) <= 60 else f"{shown[:60]}…"


def _says(visit: Visit, each: Spoken) -> str:
    """What a place says: a value of its kind or of a kind that is read beside it."""
    for kind in (each.kind, "emotion", "purpose", "action", "intent", "noise"):
        said = value_name(visit, kind, each.says)
        if said != each.says or texts.known(f"reading.value.{kind}.{each.says}"):
            return f"{kind_name(visit, kind)}: {said}"
    key = f"reading.says.{each.says}"
    return texts.text(key, visit.language) if texts.known(key) else each.says


def _why(visit: Visit, each: Spoken) -> str:
    return texts.text(each.why, visit.language) if texts.known(each.why) else each.why


def _draw_signs(visit: Visit, signs: tuple[Sign, ...]) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text("labels.found")},
        {"label": visit.text("labels.is")},
        {"label": visit.text("labels.key"), "minor": True, "hint": visit.text("labels.key_hint")},
        {"label": visit.text("labels.words"), "minor": True},
    ]
    rows: list[list[parts.Item]] = []
    for sign in signs:
        what = visit.text(f"labels.sign.{sign.kind}")
        if sign.label:
            what = f"{what}: {_label(visit, sign.label)}"
        rows.append(
            [
                {"text": stripped(sign.text), "auto": True},
                {"text": what},
                {**_key(visit, sign), "auto": True, "tone": "muted"},
                {"text": " + ".join(map(stripped, sign.words)), "auto": True, "tone": "muted"},
            ]
        )
    parts.draw_table(columns, rows, label=visit.text("labels.signs"), key="panel_signs")


def _label(visit: Visit, label: str) -> str:
    key = f"reading.label.{label}"
    return texts.text(key, visit.language) if texts.known(key) else label


def _key(visit: Visit, sign: Sign) -> parts.Item:
    """What all spellings of a sign are counted as: of a hashtag the commonest, with their key as a hint."""
    if sign.kind == "entity":
        return {"text": value_name(visit, "entity", sign.key) if sign.key else ""}
    key = stripped(sign.key)
    if sign.kind != "hashtag":
        return {"text": key}
    try:
        name = ask.tag_name(visit, sign.key)
    except StoreError:
        name = sign.key  # a text is read while the engine is away, too
    return {"text": stripped(sign.text if name == sign.key else f"#{name}"), "hint": key}
