"""The score card of a trained model, as numbers (JSON) and for people (Markdown)."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from nlp.entities import EntityReader
from nlp.recogniser import Recogniser
from nlp.text import prepare
from nlp.training import corpus
from nlp.training.augment import plain
from nlp.training.corpus import Labelled
from nlp.training.loop import Setup, Trained
from nlp.training.measure import Counts, Tally, compare

_LANGUAGES: Final = {"fa": "Persian", "en": "English"}


def whole(reader: EntityReader, posts: Sequence[Labelled]) -> Counts:
    """How well names are found by the model, the gazetteer and the watch list together.

    The sign of a mention taken apart (``nlp.entities.SIGNS_APART``) is not counted.
    """
    texts, there = zip(*(plain(post) for post in posts), strict=True)
    found = reader.read([prepare(text) for text in texts])
    return compare(
        [
            {(entity.start, entity.end, entity.label) for entity in some if entity.text != "@"}
            for some in found
        ],
        [set(places) for places in there],
    )


def card(
    how: Setup, runs: Mapping[int, Trained], together: Mapping[str, Mapping[str, Counts]], rate: float
) -> dict[str, Any]:
    """Everything that is known of models trained one way with several seeds.

    ``together`` are the counts of whole readers by mode and set, ``rate`` posts per second of processor.
    """
    return {
        "setup": asdict(how),
        "data": {"train": corpus.hashes(corpus.TRAIN), "dev": corpus.hashes(corpus.DEV)},
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            **{name: version(name) for name in ("spacy", "thinc")},
        },
        "posts_per_cpu_second": round(rate),
        "seeds": {
            str(seed): {
                "step": run.step,
                "bytes": len(run.written),
                "dev": {name: _numbers(counts) for name, counts in run.scores.items()},
            }
            for seed, run in runs.items()
        },
        "together": {
            mode: {name: _numbers(counts) for name, counts in sets.items()} for mode, sets in together.items()
        },
    }


def _numbers(counts: Counts) -> dict[str, dict[str, float]]:
    return {label: _row(tally) for label, tally in (("all", counts.all), *counts.labels.items())}


def _row(tally: Tally) -> dict[str, float]:
    return {"p": round(tally.p, 4), "r": round(tally.r, 4), "f": round(tally.f, 4), "support": tally.there}


def rate(model: Recogniser, posts: Sequence[Labelled], least: float = 2.0) -> float:
    """Posts of 80 to 260 letters that a model reads in a second of processor, from pieces to names."""
    from nlp.pieces import cut

    texts = [text for text, _ in map(plain, posts) if 80 <= len(text) <= 260]
    rows = [cut(prepare(text)).forms for text in texts]
    model.spans(rows)
    start, read = time.process_time(), 0
    while time.process_time() - start < least:
        model.spans(rows)
        read += len(rows)
    return read / (time.process_time() - start)


def shown(told: Mapping[str, Any]) -> str:
    """The card as Markdown."""
    lines = [
        "# The model of names: score card",
        "",
        "Written by `python -m nlp.train`. Exact place and label; texts are words parted by spaces.",
        "Development parts only: the test parts are not in the repository. P, R and F are precision, recall",
        "and their harmonic mean.",
        "",
    ]
    for title, sets in told["together"].items():
        lines += [f"## As shipped: mode `{title}`, with the gazetteer", "", *_table(sets), ""]
    for seed, run in told["seeds"].items():
        lines += [
            f"## Seed {seed}: the model alone",
            "",
            f"Best at step {run['step']}, {run['bytes']:,} bytes.",
            "",
        ]
        lines += [*_table(run["dev"]), ""]
    lines += [
        f"Posts per second of processor, from pieces to names: {told['posts_per_cpu_second']:,}.",
        "",
    ]
    lines += ["## Data", "", "| file | SHA-256 |", "|---|---|"]
    lines += [f"| {path} | `{digest}` |" for part in told["data"].values() for path, digest in part.items()]
    versions = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
    return "\n".join([*lines, "", f"Versions: {versions}.", ""])


def _table(sets: Mapping[str, Mapping[str, Mapping[str, float]]]) -> list[str]:
    rows = ["| set | language | label | P | R | F | names |", "|---|---|---|---|---|---|---|"]
    for name, labels in sets.items():
        language = _LANGUAGES.get(corpus.LANGUAGE.get(name, ""), "")
        for label, row in labels.items():
            figures = f"{row['p']:.3f} | {row['r']:.3f} | {row['f']:.3f} | {row['support']}"
            rows.append(f"| {name} | {language} | {label} | {figures} |")
    return rows
