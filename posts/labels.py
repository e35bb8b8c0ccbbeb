"""What people say a post is, against what was read in it.

A label replaces the reading of its post for good. ``correction`` are labels of posts that somebody
happened to see wrong; ``sample`` are labels of posts that were drawn by lot, so that shares can be
judged by them (``trends.quantify``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from posts.errors import RecordError
from posts.post import EMOTIONS, INTENTS, NOISE, PURPOSES, Annotations, Sentiment
from posts.query_fields import field_name, known_value

SENTIMENTS: Final = ("negative", "neutral", "positive")
KINDS: Final[dict[str, tuple[str, ...]]] = {
    "sentiment": SENTIMENTS,
    "emotion": EMOTIONS,
    "intent": INTENTS,
    "purpose": PURPOSES,
    "noise": NOISE,
}
"""What can be labelled, and the values of each. Sentiment has one, the others any number, none included."""
FIELDS: Final = {"emotion": "emotions", "intent": "intents", "purpose": "purposes", "noise": "noise"}
"""The fields of ``Annotations`` in which they stand."""
_SHOWN: Final = {"mood": "sentiment", "meant as": "intent", "هدف محتوا": "purpose"}
"""Kinds as they are shown where queries have no field of that name: the last is "purpose of the content"."""
BY_PEOPLE: Final = "label"
"""What ``Annotations.versions`` names as the reader of a kind that a person has labelled."""
_SCORES: Final = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}

How = Literal["correction", "sample"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One kind of reading of one post, as a person sees it.

    ``values`` are empty where nothing of the kind holds. ``draw`` names the lot that the post was drawn in
    and ``weight`` for how many posts of it this one stands (``trends.draw``). ``said`` is what models read
    there, ``by`` which of them (``None`` and empty before they did).
    """

    post: str
    kind: str
    values: tuple[str, ...]
    at: datetime
    how: How = "correction"
    draw: str = ""
    weight: float = 1.0
    said: tuple[str, ...] | None = None
    by: str = ""


def kind_of(written: str) -> str | None:
    """The kind that is called or shown so in either language, as ``mood``; ``None`` if there is none."""
    plain = written.strip()
    name = _SHOWN.get(plain.lower().replace("-", " ").replace("_", " ")) or field_name(plain)
    return name if name in KINDS else None


def value_of(kind: str, written: str) -> str | None:
    """The value of a kind that is called or shown so in either language; ``None`` if there is none."""
    return known_value(kind, written.strip())


def check(kind: str, values: Iterable[str]) -> tuple[str, ...]:
    """The values, written as ``value_of`` reads them, in their order and each once.

    ``RecordError`` names a kind or value that there is not.
    """
    if kind not in KINDS:
        raise RecordError(f"there is no kind '{kind}': it is one of {', '.join(KINDS)}", subject=kind)
    known = ", ".join(KINDS[kind])
    given = {written: value_of(kind, written) for written in values}
    if unknown := sorted(written for written, value in given.items() if value is None):
        raise RecordError(f"{kind}: '{unknown[0]}' is none of {known}", subject=kind)
    if kind == "sentiment" and len(set(given.values())) != 1:
        raise RecordError(f"sentiment: takes one value, which is one of {known}", subject=kind)
    return tuple(value for value in KINDS[kind] if value in given.values())


def reading(read: Annotations, kind: str) -> tuple[str, ...] | None:
    """What was read of a kind; ``None`` where no mood was read."""
    if kind == "sentiment":
        return None if read.sentiment is None else (read.sentiment.label,)
    found: tuple[str, ...] = getattr(read, FIELDS[kind])
    return found


def corrected(read: Annotations, labels: Iterable[Label]) -> Annotations:
    """The readings with those that people have labelled in their place."""
    changes: dict[str, Any] = {}
    versions = dict(read.versions)
    for label in labels:
        if label.kind == "sentiment":
            (value,) = label.values
            changes["sentiment"] = Sentiment(value, _SCORES[value])  # type: ignore[arg-type]
        else:
            changes[FIELDS[label.kind]] = label.values
        versions[label.kind] = BY_PEOPLE
    return replace(read, versions=versions, **changes) if changes else read
