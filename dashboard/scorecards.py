"""How well texts are read: the score cards that come with the readers, as they were measured."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import streamlit as st

from dashboard import parts
from dashboard.facets import value_name
from dashboard.visit import Visit
from words import texts

CARDS: Final = ("mood", "intents", "noise", "topic", "entities", "language")
"""The cards in the order in which they are shown; others follow by name."""
_MEASURES: Final = ("precision", "recall", "f", "support")
_CLASS: Final = frozenset({"precision", "recall"})
_KINDS: Final = {"intents": "intent", "purposes": "purpose", "actions": "action", "marks": "noise",
                 "emotions": "emotion", "sentiment": "sentiment", "classes": "sentiment"}  # fmt: skip
_NAMES: Final = ("name", "label", "class")
_APART: Final = frozenset({"note", "experimental"})
_LONGEST: Final = 12

Facts = tuple[tuple[str, str | float | bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Classes as they were measured on one set: ``about`` tells which, ``kind`` what they are classes of."""

    kind: str
    about: Facts
    classes: tuple[Mapping[str, Any], ...]


def draw_cards(visit: Visit) -> None:
    """Each card there is; and of the readers that have none, that this is so."""
    st.caption(visit.text("scores.why"))
    found = dict(_cards())
    for name in [*(name for name in CARDS if name in found), *sorted(set(found) - set(CARDS))]:
        _draw_card(visit, name, found[name])
    if absent := [name for name in CARDS if name not in found]:
        named = visit.common("list_separator").join(_name(visit, name) for name in absent)
        st.info(visit.text("scores.absent", named=named), icon=":material/info:")


def _cards() -> Iterator[tuple[str, Mapping[str, Any]]]:
    folder = files("nlp") / "cards"
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.name.endswith(".json"):
            card = json.loads(file.read_text("utf-8"))
            if isinstance(card, dict):
                yield file.name.removesuffix(".json"), card


def tables(card: Any, kind: str = "", about: Facts = ()) -> Iterator[Table]:
    """The classes that a card tells of, wherever they stand in it, each set with what is told around it."""
    if isinstance(card, list):
        classes = tuple(each for each in card if isinstance(each, dict) and each.keys() >= _CLASS)
        if classes:
            yield Table(kind=kind, about=about, classes=classes)
            return
        for each in card:
            yield from tables(each, kind, about)
    elif isinstance(card, dict):
        own = facts(card)
        by_name = {
            name: each for name, each in card.items() if isinstance(each, dict) and each.keys() >= _CLASS
        }
        if by_name:
            yield Table(kind=kind, about=about + own,
                        classes=tuple({"name": name, **each} for name, each in by_name.items()))  # fmt: skip
        for name, each in card.items():
            if name not in by_name:
                yield from tables(each, name, about + own)


def facts(told: Mapping[str, Any]) -> Facts:
    """The single values that something is told with; not the long ones."""
    return tuple(
        (name, value) for name, value in told.items()
        if isinstance(value, str | int | float) and name not in _APART and not _is_hash(name, value)
    )  # fmt: skip


def hashes(card: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The data sets' hashes, wherever they stand, each with where."""
    if isinstance(card, dict):
        for name, value in card.items():
            if isinstance(value, str) and _is_hash(name, value):
                yield (path or name if name in ("sha256", "hash") else name), value
            else:
                yield from hashes(value, name)
    elif isinstance(card, list):
        for each in card:
            called = (
                next((each[key] for key in ("set", "name", "file") if key in each), path)
                if isinstance(each, dict)
                else path
            )
            yield from hashes(each, str(called))


def _is_hash(name: str, value: Any) -> bool:
    return isinstance(value, str) and len(value) >= 32 and all(sign in "0123456789abcdef" for sign in value)


def _name(visit: Visit, name: str) -> str:
    key = f"reading.card.{name}"
    return texts.text(key, visit.language) if texts.known(key) else name


def _draw_card(visit: Visit, name: str, card: Mapping[str, Any]) -> None:
    experimental = bool(card.get("experimental")) or "experimental" in json.dumps(card).lower()
    mark = f" · {visit.text('scores.experimental')}" if experimental else ""
    found = list(tables(card))
    with st.expander(f"{_name(visit, name)}{mark}", expanded=name == CARDS[0]):
        for note in _notes(card):
            st.text(note)
        parts.draw_line([_fact(visit, *fact) for fact in facts(card)], key=f"card_{name}")
        for place, table in enumerate(found):
            about = [_fact(visit, *fact) for fact in table.about[len(facts(card)) :]]
            title = {"text": table.kind, "tone": "strong"}
            parts.draw_line([title, *about[:_LONGEST]], key=f"card_{name}_{place}_about")
            _draw_classes(visit, table, key=f"card_{name}_{place}")
        _draw_rest(visit, name, card, bool(found))
        for where, value in hashes(card):
            st.caption(f"{where}: {value[:16]}")


def _notes(card: Any) -> Iterator[str]:
    if isinstance(card, dict):
        for name, value in card.items():
            if name == "note" and isinstance(value, str):
                yield value
            else:
                yield from _notes(value)
    elif isinstance(card, list):
        for each in card:
            yield from _notes(each)


def _fact(visit: Visit, name: str, value: str | float | bool) -> parts.Item:
    written = value if isinstance(value, str) else _number(visit, value)
    return {"label": f"{name.replace('_', ' ')}:", "text": written}


def _number(visit: Visit, value: float) -> str:
    if isinstance(value, bool):
        return visit.text(f"scores.{'yes' if value else 'no'}")
    return visit.number(value, 0 if float(value).is_integer() and value > 1 else 3)


def _draw_classes(visit: Visit, table: Table, *, key: str) -> None:
    columns: list[parts.Item] = [
        {"label": visit.text("scores.class")},
        *({"label": visit.text(f"scores.{name}"), "number": True, "minor": name == "support",
           "hint": visit.text(f"scores.{name}_hint")} for name in _MEASURES),
    ]  # fmt: skip
    kind = _KINDS.get(table.kind, table.kind)
    rows: list[list[parts.Item]] = []
    for each in table.classes:
        named = str(next((each[key] for key in _NAMES if key in each), ""))
        row: list[parts.Item] = [{"text": value_name(visit, kind, named), "auto": True}]
        for measure in _MEASURES:
            value = each.get(measure, each.get(f"{measure}1"))
            text = _number(visit, value) if isinstance(value, int | float) else "–"
            row.append({"text": text} if measure != "f" else {**_interval(visit, each), "text": text})
        rows.append(row)
    parts.draw_table(columns, rows, label=table.kind or visit.text("labels.sections.cards"), key=key)


def _interval(visit: Visit, each: Mapping[str, Any]) -> parts.Item:
    low, high = each.get("low"), each.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return {}
    return {"below": f"{_number(visit, low)} – {_number(visit, high)}", "brief": True}


def _draw_rest(visit: Visit, name: str, card: Mapping[str, Any], has_tables: bool) -> None:
    """What a card without classes tells, row by row."""
    for path, value in card.items():
        rows = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        if not rows or has_tables:
            continue
        keys = list(
            dict.fromkeys(
                key for row in rows for key, cell in row.items() if not isinstance(cell, dict | list)
            )
        )
        columns: list[parts.Item] = [
            {"label": key.replace("_", " "), "minor": place > 2} for place, key in enumerate(keys)
        ]
        lines = [[_cell(visit, row.get(key)) for key in keys] for row in rows[:100]]
        parts.draw_table(columns, lines, label=path, key=f"card_{name}_{path}")


def _cell(visit: Visit, value: Any) -> parts.Item:
    if isinstance(value, int | float):
        return {"text": _number(visit, value)}
    return {"text": "–" if value is None else str(value), "auto": True}
