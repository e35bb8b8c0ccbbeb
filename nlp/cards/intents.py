"""The score card of intents, purposes and calls to action, on labelled posts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, Final

from nlp import intents, mood
from nlp.cards.measure import Class, classes, macro
from nlp.text import Text
from nlp.training.aims import KINDS, SETS, Labels, Row, rows, written

MAJORITY: Final = "comment"
_MARKS: Final = frozenset("?؟")


def rules(text: Text) -> Labels:
    """What the reader finds, told the mood, as the second stage does it."""
    sentiment = mood.read(text).sentiment
    return _labels(intents.read(text, None if sentiment is None else sentiment.score))


def rules_alone(text: Text) -> Labels:
    """What the reader finds without the mood."""
    return _labels(intents.read(text))


def marks(text: Text) -> Labels:
    """The first baseline: a question mark is a question, all else a comment."""
    asked = not _MARKS.isdisjoint(text.written)
    return {"intents": ("question" if asked else MAJORITY,), "purposes": (), "actions": ()}


def majority(_text: Text) -> Labels:
    """The second baseline: the commonest class always."""
    return {"intents": (MAJORITY,), "purposes": (), "actions": ()}


SYSTEMS: Final[dict[str, Callable[[Text], Labels]]] = {
    "rules": rules,
    "rules without mood": rules_alone,
    "question mark only": marks,
    "majority": majority,
}


def card() -> dict[str, Any]:
    """The card: of each set and half the scores of all classes, and each system's mean F."""
    parts = []
    for name, (file, note) in SETS.items():
        read = rows(file)
        for half in ("dev", "test"):
            if posts := [row for row in read if row.half == half]:
                parts.append(_part(name, half, posts) | {"note": note, "sha256": _digest(file)})
    return {
        "reader": f"rules {intents.VERSION}",
        "mood": mood.VERSION,
        "experimental": True,
        "parts": parts,
    }


def table(made: dict[str, Any]) -> str:
    """The card as Markdown."""
    lines: list[str] = []
    for part in made["parts"]:
        lines += [
            f"### {part['set']}, {part['half']}: {part['posts']} posts",
            "",
            f"{part['note']}",
            "",
        ]
        lines += ["| class | precision | recall | F | 95 % | posts |", "|---|---|---|---|---|---|"]
        for kind in KINDS:
            lines += [
                f"| {one['name']} | {one['precision']:.2f} | {one['recall']:.2f} | {one['f']:.2f} "
                f"| {one['low']:.2f} to {one['high']:.2f} | {one['support']} |"
                for one in part[kind]
            ]
        lines += ["", "| mean F of classes | intents | purposes | actions |", "|---|---|---|---|"]
        for system, means in part["macro_f"].items():
            lines.append(f"| {system} | " + " | ".join(f"{means[kind]:.2f}" for kind in KINDS) + " |")
        lines.append("")
    return "\n".join(lines)


def _part(name: str, half: str, posts: Sequence[Row]) -> dict[str, Any]:
    scored = {system: _scored(posts, read) for system, read in SYSTEMS.items()}
    means = {system: {kind: macro(ones) for kind, ones in kinds.items()} for system, kinds in scored.items()}
    found = {kind: [asdict(one) for one in ones] for kind, ones in scored["rules"].items()}
    return {"set": name, "half": half, "posts": len(posts), "macro_f": means} | found


def _scored(posts: Sequence[Row], read: Callable[[Text], Labels]) -> dict[str, list[Class]]:
    found = [read(row.text) for row in posts]
    return {
        kind: classes([row.labels[kind] for row in posts], [labels[kind] for labels in found], names)
        for kind, names in KINDS.items()
    }


def _labels(aims: intents.Aims) -> Labels:
    return {"intents": aims.intents, "purposes": aims.purposes, "actions": aims.actions}


def _digest(file: str) -> str:
    return hashlib.sha256(written(file)).hexdigest()
