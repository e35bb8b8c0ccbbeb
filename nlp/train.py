"""Trains the model of names and writes its score card: ``python -m nlp.train``.

It needs the repository: the labelled posts (``nlp/training/data``) are not part of the installed package.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from nlp.careful import together
from nlp.entities import EntityReader
from nlp.recogniser import from_bytes
from nlp.training import card, corpus
from nlp.training.loop import Setup, Trained, setup, train
from nlp.training.measure import mixed
from posts.errors import RasadError

SEEDS = (1, 2, 3)


def main(arguments: Sequence[str] | None = None) -> int:
    """Train as told; 0 when done, 1 where the data is missing."""
    told = _told(arguments)
    how = setup()
    if told.steps:
        how = replace(how, steps=told.steps, every=min(how.every, told.steps))
    told.out.mkdir(parents=True, exist_ok=True)
    try:
        runs = {seed: _run(how, seed, told.out) for seed in told.seed or SEEDS}
    except RasadError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    _write(how, runs, told.out)
    return 0


def _told(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m nlp.train", description=__doc__)
    parser.add_argument(
        "--seed", type=int, action="append", help="a seed, may be given several times (1, 2, 3)"
    )
    parser.add_argument("--steps", type=int, default=0, help="end after so many steps; few to try it out")
    parser.add_argument(
        "--out", type=Path, default=Path("models"), help="the folder for models and score card"
    )
    return parser.parse_args(arguments)


def _run(how: Setup, seed: int, out: Path) -> Trained:
    sys.stdout.write(f"seed {seed}\n")
    trained = train(how, corpus.read(corpus.TRAIN), corpus.read(corpus.DEV), seed=seed, tell=_tell)
    (out / f"seed-{seed}.bin").write_bytes(trained.written)
    return trained


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _write(how: Setup, runs: dict[int, Trained], out: Path) -> None:
    """The models in order of quality, as they are shipped, and the card."""
    ranked = sorted(runs.values(), key=lambda run: -mixed(run.scores))
    written = [run.written for run in ranked]
    for at, run in enumerate(ranked, 1):
        (out / f"names-{at}.bin").write_bytes(run.written)
    unseen = corpus.read(corpus.DEV)
    modes = {"fast": written[:1], "careful": written} if len(written) > 1 else {"fast": written}
    readers = {mode: EntityReader(shipped=together(some)) for mode, some in modes.items()}
    counts = {
        mode: {name: card.whole(reader, posts) for name, posts in unseen.items()}
        for mode, reader in readers.items()
    }
    told = card.card(
        how,
        runs,
        counts,
        card.rate(from_bytes(written[0]), [*unseen["parstwiner"], *unseen["broad_twitter"]]),
    )
    (out / "names.json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    (out / "names.md").write_text(card.shown(told), encoding="utf-8")
    sys.stdout.write(f"written to {out}\n")


if __name__ == "__main__":
    raise SystemExit(main())
