"""How well readers read: ``python -m nlp.scores intents`` prints a card, ``--write`` keeps it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from nlp.cards import intents, mood, noise, topic

FOLDER: Final = Path(__file__).parent / "cards"

Making = tuple[Callable[[], dict[str, Any]], Callable[[dict[str, Any]], str]]
"""What makes a card, and what makes a table of it."""
CARDS: Final[dict[str, Making]] = {
    "intents": (intents.card, intents.table),
    "noise": (noise.card, noise.table),
    "topic": (topic.card, topic.table),
    "mood": (mood.card, mood.table),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the named card as a table; 0."""
    parser = argparse.ArgumentParser(prog="python -m nlp.scores", description=__doc__)
    parser.add_argument("card", choices=sorted(CARDS))
    parser.add_argument("--write", action="store_true", help="keep the card as JSON in nlp/cards")
    chosen = parser.parse_args(arguments)
    make, show = CARDS[chosen.card]
    made = make()
    sys.stdout.write(show(made))
    if chosen.write:
        (FOLDER / f"{chosen.card}.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
