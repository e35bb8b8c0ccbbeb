"""How English words lean beyond what the list of moods says of them, learnt from labelled lines.

Run ``python -m nlp.training.leanings``: it writes ``nlp/data/mood_en_leanings.tsv``, the same from the same
data. A multinomial logistic regression is told what the lists already say of a line, so that the words learn
the rest; a word's leaning is its weight for "positive" less that for "negative".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from nlp import mood
from nlp.descent import lowest
from nlp.text import prepare
from nlp.training.moods import LABELS, Line, vader, xed_en

Floats = NDArray[np.float64]

TARGET: Final = Path(__file__).parents[1] / "data" / "mood_en_leanings.tsv"
FEWEST: Final = 5
"""Lines a word must occur in."""
_PENALTY: Final = 5.0
_PENALTY_OF_LISTS: Final = 0.1
_LEAST: Final = 0.05
_HEAD: Final = (
    "# How English words lean beyond the list of moods, learnt by nlp.training.leanings from VADER's tweets\n"
    "# (Hutto and Gilbert 2014, MIT) and XED's English lines (Öhman et al. 2020, CC BY 4.0).\n"
)


def learn(parts: Sequence[Sequence[Line]]) -> dict[str, float]:
    """The leanings of words; each part of the data has its labels weighed alike, so that none is a prior."""
    lines = [line for part in parts for line in part]
    words = [_words(line.text) for line in lines]
    counts = Counter(word for one in words for word in one)
    known = sorted(word for word, count in counts.items() if count >= FEWEST)
    x = matrix(words, known)
    told = np.array([_told(line.text) for line in lines])
    y = np.array([LABELS.index(line.label) for line in lines], dtype=np.intp)
    weights = np.concatenate([_balance(part) for part in parts])
    fitted = _fit(x, told, y, weights)
    leaning = fitted[: len(known), 2] - fitted[: len(known), 0]
    return {
        word: round(float(value), 2)
        for word, value in zip(known, leaning, strict=True)
        if abs(value) >= _LEAST
    }


def matrix(words: Sequence[Sequence[str]], known: Sequence[str]) -> csr_matrix:
    """A row a line, its known words weighed by the root of how many words it has."""
    places = {word: place for place, word in enumerate(known)}
    rows = [[places[word] for word in one if word in places] for one in words]
    values = [np.full(len(row), 1 / np.sqrt(max(1, len(one)))) for row, one in zip(rows, words, strict=True)]
    ends = np.cumsum([0, *map(len, rows)])
    columns = np.array([place for row in rows for place in row], dtype=np.int32)
    return csr_matrix((np.concatenate(values), columns, ends), shape=(len(rows), len(known)))


def _words(text: str) -> list[str]:
    return sorted({word.folded for word in prepare(text, "en").words})


def _told(text: str) -> list[float]:
    """What the lists say of a line: the sum of what is good, of what is bad, whether there is any."""
    cues = mood.by_lists(prepare(text, "en")).cues
    good = sum(cue.weight for cue in cues if cue.says == "positive")
    bad = -sum(cue.weight for cue in cues if cue.says == "negative")
    return [
        float(np.tanh(good / 3)), float(np.tanh(bad / 3)), float(good > 0), float(bad > 0),
        float(good == bad == 0), float("?" in text), float("!" in text), 1.0,
    ]  # fmt: skip


def _balance(part: Sequence[Line]) -> Floats:
    counts = Counter(line.label for line in part)
    return np.array([len(part) / len(counts) / counts[line.label] for line in part])


def _fit(x: csr_matrix, told: Floats, y: NDArray[np.intp], weights: Floats) -> Floats:
    """The coefficients, a row a feature and a column a label."""
    features = hstack([x, csr_matrix(told)]).tocsr()
    size, classes = features.shape[1], len(LABELS)
    penalty = np.full(size, _PENALTY)
    penalty[x.shape[1] :] = _PENALTY_OF_LISTS
    truth = np.eye(classes)[y]

    def loss(flat: Floats) -> tuple[float, Floats]:
        chosen = flat.reshape(size, classes)
        scores = features @ chosen
        scores -= scores.max(axis=1, keepdims=True)
        shares = np.exp(scores)
        shares /= shares.sum(axis=1, keepdims=True)
        value = -(weights * np.log(shares[np.arange(len(y)), y] + 1e-12)).sum()
        value += 0.5 * (penalty[:, None] * chosen * chosen).sum()
        slope = features.T @ (weights[:, None] * (shares - truth)) + penalty[:, None] * chosen
        return float(value), np.asarray(slope).ravel()

    found = lowest(loss, np.zeros(size * classes), steps=80)
    coefficients: Floats = found.reshape(size, classes)
    return coefficients


def main() -> None:
    """Writes the leanings that are shipped."""
    leanings = learn([vader(), xed_en()])
    body = "".join(f"{word}\t{value:g}\n" for word, value in sorted(leanings.items()))
    TARGET.write_text(_HEAD + body, encoding="utf-8")


if __name__ == "__main__":
    main()
