"""How well texts are read: the score cards that come with the readers, as they were measured."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import streamlit as st

from dashboard import parts
from dashboard.facets import kind_name, value_name
from dashboard.visit import Visit
from words import texts

CARDS: Final = ("mood", "intents", "noise", "topic", "names", "language")
"""The cards in the order in which they are shown; others follow by name."""
_MEASURES: Final = ("precision", "recall", "f", "support")
_SHORT: Final = {"p": "precision", "r": "recall"}
"""What measures are called in cards that write them short."""
_CLASS: Final = frozenset({"precision", "recall"})
_KINDS: Final = {
    "intents": "intent", "purposes": "purpose", "actions": "action", "marks": "noise",
    "emotions": "emotion", "labels": "sentiment", "sentiment": "sentiment", "classes": "",
}  # fmt: skip
"""What the lists of classes in cards are called, and the kind whose values they are."""
_NAMES: Final = ("name", "label", "class")
_SET: Final = ("set", "language", "half")
"""Facts that tell on which posts something was measured."""
_GROUPS: Final = frozenset({"parts", "sets", "together"})
"""Names in cards that say nothing to a reader."""
_PASSED: Final = frozenset({"setup", "data", "versions", "seeds"})
"""What cards tell of the making of a model: no measure of the model that is shipped."""
_APART: Final = frozenset({"note", "experimental"})
_HASH: Final = re.compile(r"[0-9a-f]{16,}")
_LISTED: Final = 100

Fact = tuple[str, str | float | bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Classes as they were measured on one set of posts, what else is told of it, and what to think of it."""

    kind: str
    on: tuple[str, ...]
    about: tuple[Fact, ...]
    note: str
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


def tables(
    card: Any, kind: str = "", on: tuple[str, ...] = (), about: tuple[Fact, ...] = (), note: str = ""
) -> Iterator[Table]:
    """The classes that a card tells of, wherever they stand in it, each with what is told around it."""
    if isinstance(card, list):
        if classes := tuple(_long(each) for each in card if _is_class(each)):
            yield Table(kind=kind, on=on, about=about, note=note, classes=classes)
        for each in card:
            if not _is_class(each):
                yield from tables(each, kind, on, about, note)
    elif isinstance(card, dict):
        own = facts(card)
        about += tuple(fact for fact in own if fact[0] not in _SET)
        told = dict(own)
        on += tuple(str(told[name]) for name in _SET if name in told)
        note = str(card.get("note", note))
        if classes := tuple({"name": name, **_long(each)} for name, each in card.items() if _is_class(each)):
            yield Table(kind=kind, on=on, about=about, note=note, classes=classes)
        for name, each in card.items():
            if not _is_class(each) and isinstance(each, dict | list) and name not in _PASSED:
                further = () if name in _KINDS or name in _GROUPS else (name,)
                yield from tables(each, name if name in _KINDS else kind, on + further, about, note)


def _is_class(told: Any) -> bool:
    return isinstance(told, dict) and _long(told).keys() >= _CLASS


def _long(told: Mapping[str, Any]) -> dict[str, Any]:
    """A class with its measures under their whole names."""
    return {_SHORT.get(name, name): value for name, value in told.items()}


def facts(told: Mapping[str, Any]) -> tuple[Fact, ...]:
    """The single values that something is told with; no notes and hashes."""
    return tuple(
        (name, value)
        for name, value in told.items()
        if isinstance(value, str | int | float) and name not in _APART and not _is_hash(value)
    )


def hashes(card: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """The hashes of data sets, wherever they stand, each with the name of its set."""
    if isinstance(card, dict):
        path = str(next((card[key] for key in ("file", *_SET) if key in card), path))
        for name, value in card.items():
            if _is_hash(value):
                yield path if name in ("sha256", "hash") and path else name, value
            else:
                yield from hashes(value, path if isinstance(value, list) and path else name)
    elif isinstance(card, list):
        for each in card:
            yield from hashes(each, path)


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def _name(visit: Visit, name: str) -> str:
    key = f"reading.card.{name}"
    return texts.text(key, visit.language) if texts.known(key) else name


def _draw_card(visit: Visit, name: str, card: Mapping[str, Any]) -> None:
    experimental = "experimental" in json.dumps(card)
    mark = f" · {visit.text('scores.experimental')}" if experimental else ""
    found = list(tables(card))
    with st.expander(f"{_name(visit, name)}{mark}", expanded=name == CARDS[0]):
        own = facts(card)
        parts.draw_line([_fact(visit, *fact) for fact in own], key=f"card_{name}")
        if found:
            _draw_set(visit, name, found, told=len(own))
        else:
            _draw_rest(visit, name, card)
        sums = dict.fromkeys(f"{where}: {value[:16]}" for where, value in hashes(card))
        if sums:
            st.caption(visit.text("scores.hashes"))
            st.code("\n".join(sums), language=None)


def _draw_set(visit: Visit, name: str, found: Sequence[Table], *, told: int) -> None:
    """What was measured on the set of posts that is chosen."""
    sets = list(dict.fromkeys(table.on for table in found))
    chosen = sets[0]
    if len(sets) > 1:
        chosen = st.selectbox(
            visit.text("scores.on"), sets, key=f"card_{name}_set",
            format_func=lambda on: " · ".join(_set_name(visit, part) for part in on) or "–",
        )  # fmt: skip
    shown = [table for table in found if table.on == chosen]
    if shown[0].note:
        st.text(shown[0].note)
    parts.draw_line([_fact(visit, *fact) for fact in shown[0].about[told:]], key=f"card_{name}_about")
    for place, table in enumerate(shown):
        _draw_classes(visit, table, key=f"card_{name}_{place}")


def _set_name(visit: Visit, part: str) -> str:
    """A set of posts in words, as far as there are words for the pieces of its name."""
    return visit.common("list_separator").join(_piece_name(visit, piece) for piece in part.split(", "))


def _piece_name(visit: Visit, piece: str) -> str:
    key = f"reading.set.{re.sub('[^a-z0-9]+', '_', piece.lower())}"
    return texts.text(key, visit.language) if texts.known(key) else visit.name_of("language", piece)


def _fact(visit: Visit, name: str, value: str | float | bool) -> parts.Item:
    key = f"reading.fact.{name}"
    called = texts.text(key, visit.language) if texts.known(key) else name.replace("_", " ")
    written = value if isinstance(value, str) else _number(visit, value)
    return {"label": f"{called}:", "text": written}


def _number(visit: Visit, value: float) -> str:
    if isinstance(value, bool):
        return visit.text(f"scores.{'yes' if value else 'no'}")
    return visit.number(value, 0 if isinstance(value, int) else 3)


def _draw_classes(visit: Visit, table: Table, *, key: str) -> None:
    kind = _KINDS.get(table.kind, table.kind)
    title = kind_name(visit, kind) if kind else visit.text("scores.class")
    columns: list[parts.Item] = [
        {"label": title},
        *(
            {"label": visit.text(f"scores.{name}"), "number": True, "minor": name == "support",
             "hint": visit.text(f"scores.{name}_hint")}
            for name in _MEASURES
        ),
    ]  # fmt: skip
    rows: list[list[parts.Item]] = []
    for each in table.classes:
        named = str(next((each[key] for key in _NAMES if key in each), ""))
        row: list[parts.Item] = [{"text": _class_name(visit, kind, named), "auto": True}]
        for measure in _MEASURES:
            value = each.get(measure, each.get(f"{measure}1"))
            text = _number(visit, value) if isinstance(value, int | float) else "–"
            row.append({"text": text} if measure != "f" else {**_interval(visit, each), "text": text})
        rows.append(row)
    parts.draw_table(columns, rows, label=title, key=key)


def _class_name(visit: Visit, kind: str, named: str) -> str:
    key = f"reading.label.{named}"
    return texts.text(key, visit.language) if texts.known(key) else value_name(visit, kind, named)


def _interval(visit: Visit, each: Mapping[str, Any]) -> parts.Item:
    low, high = each.get("low"), each.get("high")
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        return {}
    return {"below": f"{_number(visit, low)} – {_number(visit, high)}", "brief": True}


def _draw_rest(visit: Visit, name: str, card: Mapping[str, Any]) -> None:
    """What a card without classes tells, row by row."""
    if note := card.get("note"):
        st.text(note)
    for path, value in card.items():
        rows = [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
        keys = list(dict.fromkeys(key for row in rows for key in facts_of(row)))
        columns: list[parts.Item] = [
            {"label": _fact(visit, key, "")["label"].rstrip(":"), "minor": place > 2}
            for place, key in enumerate(keys)
        ]
        lines = [[_cell(visit, row.get(key)) for key in keys] for row in rows[:_LISTED]]
        if lines:
            with st.expander(visit.text("scores.rows", n=visit.number(len(lines))), key=f"card_{name}_rows"):
                parts.draw_table(columns, lines, label=path, key=f"card_{name}_{path}")


def facts_of(row: Mapping[str, Any]) -> list[str]:
    """The names of what stands in a row as single values."""
    return [key for key, cell in row.items() if not isinstance(cell, dict | list)]


def _cell(visit: Visit, value: Any) -> parts.Item:
    if isinstance(value, int | float):
        return {"text": _number(visit, value)}
    return {"text": "–" if value is None else str(value), "auto": True}
