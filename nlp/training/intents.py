"""Trains the layer over the rules for intents: ``python -m nlp.training.intents`` writes its weights.

It is fitted on the development halves of the labelled posts alone, each post once with its mood and once
without. Whether it helps was asked of lists that no labelled post had touched: docs/scores-intents.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize

from nlp import intents, mood
from nlp.training.aims import SETS, Row, rows
from nlp.weighing import features

LABELS: Final = (
    "question", "suggestion", "criticism", "complaint", "praise",
    "educate", "entertain", "challenge", "inform", "promote",
)  # fmt: skip
"""What is weighed; misinformation is named on explicit words only."""
LEAST: Final = 3
"""Posts that a feature must stand in."""
RIDGE: Final = 1.0
BALANCE: Final = 0.5
"""How far rare labels are weighted up: 0 not at all, 1 as if they were half of the posts."""
FILE: Final = Path(__file__).parents[1] / "data" / "intents_layer.json"
_FLOATS = np.ndarray[Any, np.dtype[np.float64]]


def examples() -> tuple[list[dict[str, float]], list[Row]]:
    """The features of the posts to train on, and the posts, each twice: with its mood and without."""
    posts = [row for file, _ in SETS.values() for row in rows(file) if row.half == "dev"]
    found: list[dict[str, float]] = []
    for row in posts:
        sentiment = mood.read(row.text).sentiment
        for told in (sentiment.score if sentiment is not None else None, None):
            found.append(features(*intents.evidence(row.text, told)))
    return found, [row for row in posts for _ in range(2)]


def fit(matrix: _FLOATS, wanted: _FLOATS) -> _FLOATS:
    """Weights and, last, the bias of a ridge-penalised logistic regression."""
    count, positive = len(wanted), max(wanted.sum(), 1.0)
    weight = np.where(wanted > 0, count / (2 * positive), count / (2 * max(count - positive, 1.0))) ** BALANCE
    weight /= 2.0  # each post stands twice
    sign = 1 - 2 * wanted

    def loss(point: _FLOATS) -> tuple[float, _FLOATS]:
        margin = sign * (matrix @ point[:-1] + point[-1])
        slope = weight * sign / (1 + np.exp(-margin))
        value = (weight * np.logaddexp(0, margin)).sum() + 0.5 * RIDGE * (point[:-1] ** 2).sum()
        return value, np.append(matrix.T @ slope + RIDGE * point[:-1], slope.sum())

    start = np.zeros(matrix.shape[1] + 1)
    found: _FLOATS = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    return found


def train() -> dict[str, Any]:
    """The layer as it is kept: labels, features, and a row of weights a feature with the biases last."""
    found, posts = examples()
    counts: dict[str, int] = {}
    for one in found:
        for name in one:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(name for name, count in counts.items() if count >= 2 * LEAST)
    matrix = np.array([[one.get(name, 0.0) for name in names] for one in found])
    columns = [fit(matrix, np.array([float(_has(row, label)) for row in posts])) for label in LABELS]
    weights = np.array(columns).T
    return {"labels": LABELS, "features": names, "weights": np.round(weights, 3).tolist()}


def _has(row: Row, label: str) -> bool:
    return label in row.labels["intents"] or label in row.labels["purposes"]


def main(_arguments: Sequence[str] | None = None) -> int:
    """Write the layer; 0."""
    made = train()
    lines = ",\n".join(json.dumps(row) for row in made["weights"])
    head = json.dumps({"labels": made["labels"], "features": made["features"]}, indent=1)[:-2]
    FILE.write_text(f'{head},\n "weights": [\n{lines}\n]}}\n', encoding="utf-8")
    sys.stdout.write(f"{len(made['features'])} features, {len(LABELS)} labels: {FILE.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
