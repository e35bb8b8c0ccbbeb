"""The score card of off-topic by examples: words of several meanings, learned from few posts."""

from __future__ import annotations

import csv
import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

import numpy as np

from nlp import topic
from nlp.text import prepare

FILE: Final = "topics.tsv"
NOTE: Final = (
    "Sixty short posts for each of two or three meanings of a word, written for Rasad; one meaning is on "
    "topic. Learned from so many examples of each side, the mean of ten draws, judged on all the others, "
    "which are also the unlabelled posts. The few settings of the method were chosen on these posts, among "
    "values that do about as well."
)
TASKS: Final = (("شیر", "milk"), ("شیر", "lion"), ("شیر", "tap"), ("رستا", "tea"), ("apple", "company"),
                ("apple", "fruit"), ("jaguar", "car"))  # fmt: skip
"""Word and the meaning that is on topic."""
EXAMPLES: Final = (5, 10, 20, 40)
DRAWS: Final = 10
SEED: Final = 20_261_126

Words = Sequence[str]


def card() -> dict[str, Any]:
    """The card: of each word and number of examples how well both sides are told apart."""
    senses = _senses()
    curve = []
    for examples in EXAMPLES:
        for word, meaning in TASKS:
            for others in (False, True):
                draws = list(_draws(senses[word], meaning, examples, others=others))
                means = np.mean(draws, axis=0).round(3).tolist()
                told = dict(zip(("auc", "found", "wrongly"), means, strict=True))
                curve.append(
                    {"word": word, "on_topic": meaning, "examples": examples, "others": others, **told}
                )
    return {
        "reader": f"examples {topic.VERSION}",
        "note": NOTE,
        "marked_from": topic.OFF_TOPIC,
        "sha256": hashlib.sha256(_written()).hexdigest(),
        "curve": curve,
    }


def table(made: dict[str, Any]) -> str:
    """The card as Markdown: the mean of all words, then each word."""
    lines = [
        made["note"],
        "",
        "| word | on topic | examples of each side | AUC alone | AUC with unlabelled posts | off-topic found "
        "| on-topic marked |",
        "|---|---|---|---|---|---|---|",
    ]
    of = {(row["word"], row["on_topic"], row["examples"], row["others"]): row for row in made["curve"]}
    for examples in EXAMPLES:
        rows = [[of[*task, examples, others] for others in (False, True)] for task in TASKS]
        mean = {
            name: sum(row[others][name] for row in rows) / len(rows)
            for name, others in (("auc", 1), ("found", 1), ("wrongly", 1))
        }
        alone = sum(row[0]["auc"] for row in rows) / len(rows)
        lines.append(_line("all", "", examples, alone, mean))
    for task in TASKS:
        for examples in (EXAMPLES[0], EXAMPLES[2]):
            lines.append(_line(*task, examples, of[*task, examples, False]["auc"], of[*task, examples, True]))
    return "\n".join(lines) + "\n"


def _line(word: str, meaning: str, examples: int, alone: float, row: Mapping[str, float]) -> str:
    return (
        f"| {word} | {meaning} | {examples} | {alone:.2f} | {row['auc']:.2f} | {row['found']:.2f} "
        f"| {row['wrongly']:.2f} |"
    )


def _draws(
    senses: Mapping[str, Sequence[Words]], meaning: str, examples: int, *, others: bool
) -> Iterator[tuple[float, float, float]]:
    """Of each draw the area under the curve, and the shares of both sides that would be marked."""
    rng = random.Random(SEED)
    for _ in range(DRAWS):
        on = list(senses[meaning])
        off = [words for name, texts in senses.items() if name != meaning for words in texts]
        rng.shuffle(on)
        rng.shuffle(off)
        rest_on, rest_off = on[examples:], off[examples:]
        unlabelled = [*rest_on, *rest_off] if others else []
        learned = topic.fit(on[:examples], off[:examples], unlabelled)
        low, high = (np.array([learned.score(words) for words in side]) for side in (rest_on, rest_off))
        above = (high[:, None] > low[None, :]).mean() + (high[:, None] == low[None, :]).mean() / 2
        yield float(above), float((high >= topic.OFF_TOPIC).mean()), float((low >= topic.OFF_TOPIC).mean())


def _senses() -> dict[str, dict[str, list[Words]]]:
    """The folded words of the posts by word and meaning."""
    found: dict[str, dict[str, list[Words]]] = defaultdict(lambda: defaultdict(list))
    lines = [line for line in _written().decode().splitlines() if not line.startswith("#")]
    for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        text = prepare(line["text"], line["language"])
        found[line["word"]][line["sense"]].append([word.folded for word in text.words])
    return found


def _written() -> bytes:
    return (files("nlp") / "training" / "labelled" / FILE).read_bytes()
