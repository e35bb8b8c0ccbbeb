"""What readings are called, against what a query and a label understand."""

from __future__ import annotations

import pytest

from posts.post import ACTIONS, EMOTIONS, INTENTS, NOISE, PURPOSES
from posts.query import Field, parse
from posts.query_fields import known_value
from words.texts import LANGUAGES, entries

VALUES = {
    "sentiment": ("negative", "neutral", "positive"),
    "emotion": EMOTIONS,
    "intent": INTENTS,
    "purpose": PURPOSES,
    "action": ACTIONS,
    "noise": NOISE,
}
SHOWN = [
    (kind, value, entries()[f"reading.value.{kind}.{value}"][language])
    for kind, values in VALUES.items()
    for value in values
    for language in LANGUAGES
]


@pytest.mark.parametrize(("kind", "value", "shown"), SHOWN)
def test_what_is_shown_can_be_searched(kind: str, value: str, shown: str) -> None:
    """Every value by the words it is shown with, in quotation marks where they are several."""
    written = f'{kind}:"{shown}"' if " " in shown else f"{kind}:{shown}"
    part = parse(written).root

    assert known_value(kind, shown) == value
    assert isinstance(part, Field)
    assert (part.name, part.value) == (kind, value)


def test_persian_fields_and_values_go_together() -> None:
    """With half-spaces, spaces or neither, and in Persian quotation marks."""
    for written, name, value in (
        ("نیت:ستایش", "intent", "praise"),  # intent, praise
        ("نیت:«اظهار نظر»", "intent", "comment"),  # intent, comment
        ("لحن:منفی", "sentiment", "negative"),  # mood, negative
        ("دعوت:ثبتنام", "action", "sign-up"),  # invitation, sign-up written as one
        ("دعوت:«ثبت نام»", "action", "sign-up"),  # the same, apart
        ("نویز:«بي ربط»", "noise", "off-topic"),  # noise, off topic, with an Arabic yeh
    ):
        part = parse(written).root
        assert isinstance(part, Field)
        assert (part.name, part.value) == (name, value)
    assert known_value("purpose", "ستایش") is None  # praise is no purpose
