"""How surely near copies are found, and how quickly: ``python -m benchmarks copies``.

Real texts (Persian and English tweets) are copied with one kind of edit each; found is a copy whose sketch
is alike (``nlp.copies.alike``: by a band and by similarity). Beside it stands what the exact overlap of
the same runs of words would say. False finds: pairs of distinct texts, by chance and by all bands.
``RASAD_BENCH_TEXTS`` names a folder with ``parstwiner``, ``broad_twitter_corpus``, ``wnut17`` (CoNLL) and
``vader_ground_truth``; the edits are our own, so only their kinds are realistic, not their mixture.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from nlp import copies
from nlp.text import prepare

SEED = 20261126
EACH = 1_500
Edit = Callable[[list[str], random.Random, list[str]], list[str]]


def main() -> None:
    folder = os.environ.get("RASAD_BENCH_TEXTS", "")
    texts = sorted(set(read(Path(folder)))) if folder else []
    if not texts:
        print("Set RASAD_BENCH_TEXTS to a folder of texts (see the head of benchmarks/copies.py).")
        return
    words = [[word.folded for word in prepare(text).words] for text in texts]
    print(f"{len(texts)} distinct texts, {sum(map(len, words)) / len(words):.1f} words each\n")
    recall(texts)
    by_chance(words)
    by_bands(texts, words)
    speed(words)


def read(folder: Path) -> Iterator[str]:
    """The texts of the corpora, tokens joined by spaces where only tokens are told."""
    for file in sorted(folder.glob("*/*")):
        if file.parent.name in ("parstwiner", "broad_twitter_corpus", "wnut17") and file.suffix in (
            ".txt",
            ".conll",
        ):
            for block in re.split(r"\n\s*\n", file.read_text(encoding="utf-8")):
                lines = [line.split() for line in block.splitlines()]
                yield " ".join(line[0] for line in lines if len(line) > 1)
        elif file.name == "tweets_GroundTruth.txt":
            for line in file.read_text(encoding="utf-8").splitlines():
                yield line.split("\t")[2]


def exact(first: list[str], second: list[str]) -> float:
    """The overlap of the runs that the sketches stand for, by full sets."""
    sets = []
    for words in (first, second):
        codes = copies._codes(words)
        sets.append({tuple(codes[at : at + 3]) for at in range(len(codes) - 2)})
    union = sets[0] | sets[1]
    return len(sets[0] & sets[1]) / len(union) if union else 0.0


def _replaced(count: int) -> Edit:
    def edit(words: list[str], rng: random.Random, others: list[str]) -> list[str]:
        made = list(words)
        for place in rng.sample(range(len(made)), min(count, len(made))):
            made[place] = rng.choice(others)
        return made

    return edit


def _share(percent: int) -> Edit:
    return lambda words, rng, others: _replaced(max(1, round(len(words) * percent / 100)))(words, rng, others)


def _turned(words: list[str], rng: random.Random, others: list[str]) -> list[str]:
    half = len(words) // 2 + rng.randint(-1, 1)
    return [*words[half:], *words[:half]]


def _spelt(words: list[str], rng: random.Random, others: list[str]) -> list[str]:
    """Arabic letters, tatweel, vowel signs, half-spaces as spaces, alef without madda, long letters."""
    text = " ".join(words).replace("ی", "ي").replace("ک", "ك").replace("\u200c", " ").replace("آ", "ا")
    changed = [_dressed(word, rng) for word in text.split(" ")]
    return [word.upper() if rng.random() < 0.2 else word for word in changed]


def _dressed(word: str, rng: random.Random) -> str:
    if rng.random() > 0.3 or len(word) < 3 or not "\u0600" <= word[0] <= "\u06ff":
        return word
    return rng.choice([word[:2] + "ـ" + word[2:], word[:1] + "\u064e" + word[1:], word + word[-1] * 3])


EDITS: dict[str, Edit] = {
    "two mentions and a link added": lambda w, r, o: ["@ali_1", *w, "@sara_m", "https://t.co/abc123"],
    'prefix "RT @x:"': lambda w, r, o: ["RT", "@x_y:", *w],
    "two hashtags added": lambda w, r, o: [*w, "#" + r.choice(o), "#" + r.choice(o)],
    "emoji and another number": lambda w, r, o: ["🔥🔥", *w, "🙏", str(r.randint(1, 999))],
    "Persian spellings, capitals": _spelt,
    "three words put before": lambda w, r, o: [r.choice(o), r.choice(o), r.choice(o), *w],
    "cut after 80 % with …": lambda w, r, o: [*w[: round(len(w) * 0.8)], "…"],
    "cut after 60 % with …": lambda w, r, o: [*w[: round(len(w) * 0.6)], "…"],
    "the halves changed about": _turned,
    "one word changed": _replaced(1),
    "5 % of the words changed": _share(5),
    "10 % of the words changed": _share(10),
    "20 % of the words changed": _share(20),
}
LENGTHS = ((5, 9), (10, 19), (20, 60))


def recall(texts: list[str]) -> None:
    """Found of the planted copies, by edit and number of words."""
    rng = random.Random(SEED)
    split = [[word for word in text.split() if word.isalpha() or "\u200c" in word] for text in texts]
    others = sorted({word for words in split[::7] for word in words})
    print("found by sketch / by exact overlap (mean exact overlap)")
    print("| edit | " + " | ".join(f"{low} to {high} words" for low, high in LENGTHS) + " |")
    for name, edit in EDITS.items():
        cells = []
        for low, high in LENGTHS:
            chosen = [words for words in split if low <= len(words) <= high]
            chosen = rng.sample(chosen, min(EACH, len(chosen)))
            pairs = [(_folded(words), _folded(edit(words, rng, others))) for words in chosen]
            known = list(copies.sketches(side for pair in pairs for side in pair))
            found = sum(map(copies.alike, known[::2], known[1::2]))
            overlaps = [exact(*pair) for pair in pairs]
            right = sum(overlap >= copies.THRESHOLD for overlap in overlaps)
            mean = sum(overlaps) / len(overlaps)
            cells.append(f"{found / len(pairs):.3f} / {right / len(pairs):.3f} ({mean:.2f})")
        print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def _folded(words: list[str]) -> list[str]:
    return [word.folded for word in prepare(" ".join(words)).words]


def by_chance(words: list[list[str]]) -> None:
    """Copies that are none among 100,000 pairs of distinct texts."""
    rng = random.Random(SEED)
    known = list(copies.sketches(words))
    long = [place for place, of in enumerate(known) if of]
    found = wrong = 0
    for _ in range(100_000):
        first, second = rng.sample(long, 2)
        if copies.alike(known[first], known[second]):
            found += 1
            wrong += exact(words[first], words[second]) < copies.THRESHOLD
    print(f"\n100,000 pairs by chance: {found} alike, {wrong} of them under the threshold by exact overlap")


def by_bands(texts: list[str], words: list[list[str]]) -> None:
    """Every pair that shares a band: how many are looked at, and what the sketches say of them."""
    known = list(copies.sketches(words))
    places: dict[str, list[int]] = defaultdict(list)
    for place, of in enumerate(known):
        for band in copies.bands(of):
            places[band].append(place)
    pairs = {pair for group in places.values() for pair in itertools.combinations(group, 2)}
    alike = [pair for pair in pairs if copies.alike(known[pair[0]], known[pair[1]])]
    overlaps = {pair: _overlap(words, pair) for pair in pairs}
    true = [pair for pair in pairs if overlaps[pair] >= copies.THRESHOLD]
    wrong = sorted((overlaps[pair], pair) for pair in alike if overlaps[pair] < copies.THRESHOLD)
    error = [copies.similarity(known[a], known[b]) - overlaps[a, b] for a, b in pairs if overlaps[a, b] > 0]
    print(
        f"All {len(texts) * (len(texts) - 1) // 2:,} pairs: {len(pairs)} share a band, {len(alike)} alike,"
        f" {len(set(true) & set(alike))} of the {len(true)} of them that truly are, {len(wrong)} that are not"
    )
    if error:
        mean = sum(error) / len(error)
        spread = (sum((each - mean) ** 2 for each in error) / len(error)) ** 0.5
        print(f"error of the similarity among them: mean {mean:+.3f}, standard {spread:.3f}")
    for overlap, (first, second) in wrong[:3]:
        print(f"  {overlap:.2f}: {texts[first][:90]!r} / {texts[second][:90]!r}")


def _overlap(words: list[list[str]], pair: tuple[int, int]) -> float:
    first, second = words[pair[0]], words[pair[1]]
    if min(len(copies._codes(first)), len(copies._codes(second))) < copies._LEAST_RUNS:
        return float(copies._codes(first) == copies._codes(second))
    return exact(first, second)


def speed(words: list[list[str]]) -> None:
    """Microseconds of the processor a text, the best of three turns; and what an index remembers."""
    best = [1e9, 1e9, 1e9]
    for _ in range(3):
        begun = time.process_time()
        known = list(copies.sketches(words))
        made = time.process_time()
        for of in known:
            copies.bands(of)
        banded = time.process_time()
        for each in words[:1_000]:
            copies.sketch(each)
        alone = time.process_time()
        turn = (made - begun) / len(words), (banded - made) / len(words), (alone - banded) / 1_000
        best = [min(pair) for pair in zip(best, turn, strict=True)]
    batch, banded_in, by_itself = (1e6 * each for each in best)
    print(f"\nmicroseconds: sketch in a batch {batch:.1f}, bands {banded_in:.1f}, one alone {by_itself:.1f}")


if __name__ == "__main__":
    main()
