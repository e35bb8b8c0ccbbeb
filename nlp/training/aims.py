"""Posts whose intents, purposes and calls are known: what the layer is trained on and the card made of."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from nlp.text import Text, prepare
from posts.post import ACTIONS, INTENTS, PURPOSES

KINDS: Final = {"intents": INTENTS, "purposes": PURPOSES, "actions": ACTIONS}
SETS: Final = {
    "fa": (
        "fa.tsv",
        "Persian posts written for Rasad apart from the reader's lists, mended on the dev half alone. "
        "They call a post misinformation that spreads a doubtful claim; the reader also one that denies it.",
    ),
    "en": (
        "en.tsv",
        "English posts written for Rasad apart from the reader's lists, mended on the dev half alone.",
    ),
    "en, own": (
        "intents_en.tsv",
        "English posts written for Rasad before the lists, and by the same hand: expect less elsewhere.",
    ),
    "tweets": (
        "intents_tweets.tsv",
        "Real English tweets, drawn by chance and labelled after the lists were written; never tuned on.",
    ),
}
"""File and what to think of its figures."""
Labels = dict[str, tuple[str, ...]]
"""Of each kind what was found in a post."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled post: its text made ready and its labels of each kind."""

    half: str
    text: Text
    labels: Labels


@lru_cache(maxsize=8)
def rows(file: str) -> tuple[Row, ...]:
    """The posts of a table of labels; ``\\n`` in a text is a line break."""
    lines = written(file).decode().removesuffix("\n").split("\n")
    return tuple(
        Row(
            half=line["half"],
            text=prepare(line["text"].replace("\\n", "\n")),
            labels={kind: tuple(filter(None, line[kind].split(","))) for kind in KINDS},
        )
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    )


def written(file: str) -> bytes:
    """The table as it is kept."""
    return (files("nlp") / "training" / "labelled" / file).read_bytes()
