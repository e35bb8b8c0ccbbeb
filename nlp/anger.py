"""Anger and insults in a text, with the words and emoji that speak for them."""

from __future__ import annotations

import re
from typing import Final

from nlp.signs import HANDLE, MENTION
from nlp.telling import BEING, Item, beside
from nlp.text import Cue, Text
from nlp.tone import pictures

_ANGRY: Final = 1.0
_SHOUTED: Final = 0.3
_INSULT_ANGERS: Final = 0.7
_DOUBTED: Final = re.compile(r"[?؟][?؟!]")


def emotions(text: Text, items: list[Item], cues: list[Cue]) -> tuple[str, ...]:
    """``"anger"`` and ``"insult"`` as far as they are heard; their cues are added."""
    known = pictures()
    near = [beside(items, place) for place in range(len(items))]
    angry = [
        (i.known.anger, i)
        for i, around in zip(items, near, strict=True)
        if i.known.anger and not _quiet(i, around)
    ]
    meant = [i for i, around in zip(items, near, strict=True) if i.known.insult and is_meant(text, i, around)]
    faces = [(start, end) for sign, start, end in text.emoji if sign in known.angry]
    anger = sum(weight for weight, _ in angry) + len(faces)
    anger += _INSULT_ANGERS * sum(i.known.insult > 1 and not i.known.anger for i in meant)
    if anger:
        shouted = any(text.written[item.start : item.end].isupper() for _, item in angry)
        marks = min(text.written.count("!"), 2) + bool(_DOUBTED.search(text.written))
        anger += _SHOUTED * (marks + shouted)
    enraged = anger >= _ANGRY
    insults = [i for i in items if i.known.insult == 1] if enraged else []
    insults = sorted({i.first: i for i in (*meant, *insults)}.values(), key=lambda item: item.first)
    pictured = [(start, end) for sign, start, end in text.emoji if sign in known.insulting]
    found: list[str] = []
    if enraged:
        found.append("anger")
        cues += [Cue(item.start, item.end, "anger", weight, "mood.anger") for weight, item in angry]
        cues += [Cue(start, end, "anger", 1.0, "mood.anger") for start, end in faces]
    if insults or pictured:
        found.append("insult")
        cues += [Cue(i.start, i.end, "insult", float(i.known.insult), "mood.insult") for i in insults]
        cues += [Cue(start, end, "insult", 2.0, "mood.insult") for start, end in pictured]
    return tuple(found)


def _quiet(item: Item, items: list[Item]) -> bool:
    """Whether anger is denied: by the word before, or by the next verb."""
    if item.known.denied:
        return True
    for other in items:
        if other.known.negates and 0 < item.first - other.last <= 2:
            return True
        verb = other.known.verb
        if verb is not None and verb.negative and 0 < other.first - item.last <= 2:
            return True
    return False


_NEAR: Final = 3
_MOST_SIGNS: Final = 500
_AT_HAND: Final = 30
"""Letters between an insult and the name of whom it is said to."""


def is_meant(text: Text, item: Item, items: list[Item]) -> bool:
    """Whether an insult is one: a strong one is, a weak one if it is said to or of somebody else."""
    if item.known.insult > 1:
        return not item.known.denied and not any(
            verb.negative and verb.infinitive in BEING and 0 < other.first - item.last <= 2
            for other in items
            if (verb := other.known.verb) is not None
        )
    if _quiet(item, items):
        return False
    near = [
        other.known.person
        for other in items
        if other.known.person and other.first - item.last >= -_NEAR and item.first - other.last >= -_NEAR
        and abs(other.first - item.first) <= _NEAR
    ]  # fmt: skip
    if "self" in near and "other" not in near:
        return False
    return "other" in near or any(
        kind in (MENTION, HANDLE) and item.start - end < _AT_HAND and start - item.end < _AT_HAND
        for kind, start, end in text.signs[:_MOST_SIGNS]
    )
