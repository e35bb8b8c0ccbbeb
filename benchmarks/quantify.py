"""How often the true share lies between the bounds, and how wide they are: ``python -m benchmarks quantify``.

Real texts with labels of people, read by the mood reader that Rasad ships. In every trial labels are drawn
from all texts by pure chance ("elsewhere"), and from those left a query of 1,000 posts in which the classes'
shares are shifted: either to any shares (uniformly), or to one of a few extreme ones. Other labels are drawn
from the query, by pure chance as well ("here"). A share is held if it lies between the bounds. Where a set is
small, the labels and what is left of it differ by chance, which is harder than reality.

``RASAD_BENCH_TEXTS`` names a folder with ``vader_ground_truth`` and ``xed``; ``RASAD_BENCH_TRIALS`` says how
many trials (500, half of each kind of shift), ``RASAD_BENCH_SETS`` which sets (by their first words),
``RASAD_BENCH_PLOT`` a file that the drawing is written to (SVG).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.quantify_plot import draw
from benchmarks.quantify_rivals import RIVALS
from nlp import mood
from nlp.text import prepare
from nlp.training.labelled import load
from trends.quantify import Label, Quantified, Stratum, quantify

MOODS = ("negative", "neutral", "positive")
SIZES = (25, 50, 100, 200, 400)
RIVAL_TRIALS = 150
"""In so many of the trials the other methods are tried, too."""
QUERY = 1_000
MOST = 4_200
BESIDE = 200
"""Labels from elsewhere that lie beside those from here in the trials of both."""
SURE = 0.5
CUT = 0.5
"""A tweet's mean rating (-4 to 4) up to which it is neutral."""
EXTREME = {
    3: ((0.02, 0.08, 0.90), (0.90, 0.08, 0.02), (0.01, 0.98, 0.01), (0.49, 0.02, 0.49), (0.0, 0.5, 0.5)),
    2: ((0.02, 0.98), (0.10, 0.90), (0.50, 0.50), (0.0, 1.0)),
}
COLUMNS = (
    "labels", "method", "held", "any shift", "extreme", "worst class", "all at once", "share to 5 %",
    "width", "refused",
)  # fmt: skip
GLAD, SAD = frozenset("58"), frozenset("1346")
"""XED's numbers: joy and trust; anger, disgust, fear and sadness. Else, or both: neutral."""


@dataclass(frozen=True)
class Texts:
    """Texts with what they truly are (place among the classes) and what the classifier says of them."""

    name: str
    classes: tuple[str, ...]
    truth: np.ndarray
    said: tuple[Stratum, ...]

    @cached_property
    def plain(self) -> np.ndarray:
        """What was said as a place among the classes; the second (neutral, no) where it was not read."""
        known = [_class(said) for said in self.said]
        return np.array([self.classes.index(each) if each in self.classes else 1 for each in known])


@dataclass(slots=True)
class Score:
    """What a method did in its trials, a row each: held or not, width, distance; refused ones apart."""

    held: list[np.ndarray] = field(default_factory=list)
    widths: list[np.ndarray] = field(default_factory=list)
    near: list[bool] = field(default_factory=list)
    extreme: list[bool] = field(default_factory=list)
    refused: int = 0
    trials: int = 0

    def add(self, bounds: np.ndarray, truth: np.ndarray, extreme: bool) -> None:
        """Bounds (C, 2), not a number where the method would not tell."""
        told = ~np.isnan(bounds[:, 0])
        held = np.where(told, (bounds[:, 0] <= truth + 1e-9) & (truth <= bounds[:, 1] + 1e-9), np.nan)
        self.held.append(held)
        self.widths.append(bounds[:, 1] - bounds[:, 0])
        self.near += [bool(each) for each in held[told & (truth <= 0.05)]]
        self.extreme.append(extreme)
        self.refused += int((~told).sum())
        self.trials += len(truth)

    def cells(self) -> list[float]:
        """Held: all, any shift, extreme, the worst class, all at once, shares to 5 %; then width, refused."""
        held, extreme = np.array(self.held), np.array(self.extreme)
        whole = held[~np.isnan(held).any(axis=1)]
        return [
            _mean(held),
            _mean(held[~extreme]),
            _mean(held[extreme]),
            min(_mean(held[:, at]) for at in range(held.shape[1])),
            float(whole.all(axis=1).mean()) if len(whole) else np.nan,
            float(np.mean(self.near)) if self.near else np.nan,
            _mean(np.array(self.widths)),
            self.refused / self.trials,
        ]


def _mean(values: np.ndarray) -> float:
    told = values[~np.isnan(values)]
    return float(told.mean()) if told.size else float("nan")


def main() -> None:
    folder = os.environ.get("RASAD_BENCH_TEXTS", "")
    if not folder:
        print("Set RASAD_BENCH_TEXTS to a folder of texts (see the head of benchmarks/quantify.py).")
        return
    trials = int(os.environ.get("RASAD_BENCH_TRIALS", "500"))
    chosen = os.environ.get("RASAD_BENCH_SETS", "").split(",")
    lines = {}
    for texts in sets(Path(folder)):
        if chosen != [""] and texts.name.split()[0] not in chosen:
            continue
        lines[texts.name] = compare(texts, trials)
    if chosen == [""] or "strangers" in chosen:
        strangers(Path(folder), trials // 2)
    if plot := os.environ.get("RASAD_BENCH_PLOT"):
        Path(plot).write_text(draw(SIZES, lines), encoding="utf-8")


def sets(folder: Path) -> Iterator[Texts]:
    yield rated(folder, "tweets", "tweets (English, VADER)")
    written = load("fa")
    yield _moods(
        "posts (Persian, written for Rasad)",
        [post.text for post in written],
        [MOODS.index(post.sentiment) for post in written],
    )
    lines = [
        (set(row[1].replace(" ", "").split(",")), row[0])
        for row in _rows(folder / "xed" / "fa-projections.tsv")
    ]
    truth = [1 + bool(marks & GLAD) - bool(marks & SAD) for marks, _ in lines]
    yield _moods("subtitles (Persian, XED)", [text for _, text in lines], truth)
    angry = ["anger" in mood.read(prepare(post.text)).emotions for post in written]
    yield Texts(
        "anger (Persian, written for Rasad)",
        ("yes", "no"),
        np.array([0 if "anger" in post.emotions else 1 for post in written]),
        tuple("yes" if each else "no" for each in angry),
    )


def rated(folder: Path, file: str, name: str) -> Texts:
    """One of the sets that people rated for VADER (the first texts of the long ones)."""
    rows = _rows(folder / "vader_ground_truth" / f"{file}_GroundTruth.txt")[:MOST]
    ratings = [float(row[1]) for row in rows]
    truth = [0 if rating < -CUT else 2 if rating > CUT else 1 for rating in ratings]
    return _moods(name, [row[2] for row in rows], truth)


def strangers(folder: Path, trials: int) -> None:
    """Prints what becomes of shares of tweets when the labels are of another kind of text."""
    print("\n### labels of other texts than those that are counted: tweets\n")
    print("| labels of | labels | held | width | refused | held with 20 labels from here beside | width |")
    print("|---|---|---|---|---|---|---|")
    tweets = rated(folder, "tweets", "tweets")
    for file in ("amazonReviewSnippets", "movieReviewSnippets", "nytEditorialSnippets"):
        other = rated(folder, file, file)
        alone, beside = Score(), Score()
        for trial in range(trials):
            rng = np.random.default_rng([trial, 7])
            posts = _query(tweets, np.arange(len(tweets.truth)), bool(trial % 2), rng)
            true = np.bincount(tweets.truth[posts], minlength=len(MOODS)) / len(posts)
            counts = dict(Counter(tweets.said[post] for post in posts))
            far = _labels(other, rng.choice(len(other.truth), BESIDE, replace=False), False)
            near = _labels(tweets, rng.choice(posts, 20, replace=False), True)
            for score, labels in ((alone, far), (beside, [*near, *far])):
                score.add(_bounds(tweets, quantify(counts, labels, MOODS)), true, bool(trial % 2))
        one, two = alone.cells(), beside.cells()
        cells = " | ".join(f"{cell:.3f}" for cell in (one[0], one[6], one[7], two[0], two[6]))
        print(f"| {file} | {BESIDE} | {cells} |", flush=True)


def _rows(file: Path) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
    return [line.split("\t") for line in lines if line]


def _moods(name: str, texts: Sequence[str], truth: Sequence[int]) -> Texts:
    return Texts(name, MOODS, np.array(truth), tuple(stratum(mood.read(prepare(text))) for text in texts))


def stratum(found: mood.Mood) -> Stratum:
    """The mood's label and whether it is sure of it; a text that it cannot read is none of the three."""
    if found.sentiment is None:
        return "unread"
    label, score = found.sentiment.label, found.sentiment.score
    return label, int(label != "neutral" and abs(score) >= SURE)


def compare(texts: Texts, trials: int) -> dict[str, list[float]]:
    """Prints the table of one set; of each of our ways the widths by the number of labels."""
    shares = np.bincount(texts.truth) / len(texts.truth)
    right = np.mean(
        [_class(said) == texts.classes[true] for said, true in zip(texts.said, texts.truth, strict=True)]
    )
    told = ", ".join(f"{name} {share:.0%}" for name, share in zip(texts.classes, shares, strict=True))
    print(f"\n### {texts.name}: {len(texts.truth)} texts, {told}; read rightly {right:.0%}\n")
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    widths: dict[str, list[float]] = {}
    for labels in SIZES:
        if max(BESIDE, labels) > len(texts.truth) / 2:
            continue
        scores: dict[str, Score] = {}
        for trial in range(trials):
            rng = np.random.default_rng([trial, labels])
            _try(texts, labels, bool(trial % 2), rng, scores, rivals=trial < RIVAL_TRIALS)
        for name, score in scores.items():
            cells = score.cells()
            widths.setdefault(name, []).append(cells[6])
            print(
                f"| {labels} | {name} | "
                + " | ".join("" if np.isnan(c) else f"{c:.3f}" for c in cells)
                + " |",
                flush=True,
            )
    return widths


def _try(
    texts: Texts,
    labels: int,
    extreme: bool,
    rng: np.random.Generator,
    scores: dict[str, Score],
    *,
    rivals: bool,
) -> None:
    order = rng.permutation(len(texts.truth))
    aside = max(BESIDE, labels)
    posts = _query(texts, order[aside:], extreme, rng)
    true = np.bincount(texts.truth[posts], minlength=len(texts.classes)) / len(posts)
    counts = dict(Counter(texts.said[post] for post in posts))
    here, elsewhere, beside = rng.choice(posts, labels, replace=False), order[:labels], order[:BESIDE]

    def ours(name: str, known: list[Label]) -> None:
        found = quantify(counts, known, texts.classes)
        scores.setdefault(f"**ours, {name}**", Score()).add(_bounds(texts, found), true, extreme)

    ours("here", _labels(texts, here, True))
    ours(f"here and {BESIDE} elsewhere", [*_labels(texts, here, True), *_labels(texts, beside, False)])
    ours("elsewhere", _labels(texts, elsewhere, False))
    if not rivals:
        return
    square = _square(texts, posts).sum(axis=1), _square(texts, here), _square(texts, elsewhere).T
    for name, rival in RIVALS.items():
        scores.setdefault(name, Score()).add(rival(*square, rng), true, extreme)


def _query(texts: Texts, pool: np.ndarray, extreme: bool, rng: np.random.Generator) -> np.ndarray:
    classes = len(texts.classes)
    shares = (
        np.array(EXTREME[classes][rng.integers(len(EXTREME[classes]))])
        if extreme
        else rng.dirichlet(np.ones(classes))
    )
    sizes = rng.multinomial(QUERY, shares)
    truth = texts.truth[pool]
    return np.concatenate([rng.choice(pool[truth == each], sizes[each]) for each in range(classes)])


def _labels(texts: Texts, picked: np.ndarray, here: bool) -> list[Label]:
    return [Label(texts.said[at], texts.classes[texts.truth[at]], here) for at in picked]


def _bounds(texts: Texts, found: dict[str, Quantified]) -> np.ndarray:
    told = [(found[name].low, found[name].high) for name in texts.classes]
    return np.array([(np.nan, np.nan) if low is None else (low, high) for low, high in told])


def _class(said: Stratum) -> str:
    return said if isinstance(said, str) else said[0]


def _square(texts: Texts, posts: np.ndarray) -> np.ndarray:
    """Counts (said, true) in the order of the classes; what was not read is said to be neutral."""
    size = len(texts.classes)
    said = texts.plain[posts]
    return (
        np.bincount(said * size + texts.truth[posts], minlength=size * size).reshape(size, size).astype(float)
    )


if __name__ == "__main__":
    main()
