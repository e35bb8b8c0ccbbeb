"""Posts written for Rasad with what a careful reader reads in them: what the readers are measured by.

A table a language (``fa.tsv``), labelled by ``GUIDELINE.md`` beside it, which says how far it can be trusted.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final, Literal, get_args

from posts.errors import ConfigError, Mistake
from posts.post import ACTIONS, EMOTIONS, INTENTS, PURPOSES

Half = Literal["dev", "test"]
Mood = Literal["negative", "neutral", "positive"]

PLATFORMS: Final = ("messenger", "microblog", "comment", "review", "forum")
"""What kind of place a post was written for."""
NOTES: Final = ("irony", "mixed", "hard", "finglish", "dari")
"""What makes a post harder to read than others: GUIDELINE.md."""
COLUMNS: Final = (
    "id", "half", "author", "platform", "text",
    "sentiment", "emotions", "intents", "purposes", "actions", "note",
)  # fmt: skip
_ONE_OF: Final = {
    "half": get_args(Half),
    "platform": PLATFORMS,
    "sentiment": get_args(Mood),
}
_SOME_OF: Final = {
    "emotions": EMOTIONS,
    "intents": INTENTS,
    "purposes": PURPOSES,
    "actions": ACTIONS,
    "note": NOTES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One post and its labels, with the words of ``posts.post``; ``author`` is a kind, never a person.

    ``half`` is ``dev``, which may be looked at while a reader is made, or ``test``, which may not.
    """

    id: str
    half: Half
    author: str
    platform: str
    text: str
    sentiment: Mood
    emotions: tuple[str, ...]
    intents: tuple[str, ...]
    purposes: tuple[str, ...]
    actions: tuple[str, ...]
    note: tuple[str, ...]


def load(name: str) -> tuple[Labelled, ...]:
    """The posts of one table (``"fa"``), in its order; ``ConfigError`` names file and line of mistakes."""
    file = f"{name}.tsv"
    return parse(files(__name__).joinpath(file).read_text(encoding="utf-8"), file)


def parse(table: str, file: str) -> tuple[Labelled, ...]:
    """The posts of a table whose lines are ended by ``\\n`` and whose cells are parted by tabs.

    ``\\n`` in a text is a line break. ``ConfigError`` holds every mistake: a heading that is not
    ``COLUMNS``, a cell too many or too few, a word that is no label, an id or a text that came before.
    """
    head, *lines = table.removesuffix("\n").split("\n")
    if tuple(head.split("\t")) != COLUMNS:
        raise ConfigError((_mistake(file, 1, "", head, f"the heading must be {' '.join(COLUMNS)}"),))
    rows = [(number, line.split("\t")) for number, line in enumerate(lines, 2)]
    mistakes = (*_of_rows(rows, file), *_repeated(rows, file))
    if mistakes:
        raise ConfigError(tuple(sorted(mistakes, key=lambda mistake: mistake.line or 0)))
    return tuple(_labelled(dict(zip(COLUMNS, cells, strict=True))) for _, cells in rows)


def _labelled(row: dict[str, str]) -> Labelled:
    half: Half = "dev" if row["half"] == "dev" else "test"
    mood: Mood = "neutral"
    if row["sentiment"] in ("negative", "positive"):
        mood = "negative" if row["sentiment"] == "negative" else "positive"
    return Labelled(
        id=row["id"],
        half=half,
        author=row["author"],
        platform=row["platform"],
        text=row["text"].replace("\\n", "\n"),
        sentiment=mood,
        **{name: _listed(row[name]) for name in _SOME_OF},
    )


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(",")) if cell else ()


def _of_rows(rows: Sequence[tuple[int, list[str]]], file: str) -> Iterator[Mistake]:
    for line, cells in rows:
        if len(cells) != len(COLUMNS):
            yield _mistake(file, line, "", "", f"{len(cells)} cells where there must be {len(COLUMNS)}")
            continue
        yield from _of_row(dict(zip(COLUMNS, cells, strict=True)), file, line)


def _of_row(row: dict[str, str], file: str, line: int) -> Iterator[Mistake]:
    for name in ("id", "author", "text", "intents"):
        if not row[name].strip():
            yield _mistake(file, line, name, "", "must not be empty")
    for name, allowed in _ONE_OF.items():
        yield from _unknown(file, line, name, (row[name],), allowed)
    for name, allowed in _SOME_OF.items():
        listed = _listed(row[name])
        yield from _unknown(file, line, name, listed, allowed)
        if len(set(listed)) < len(listed):
            yield _mistake(file, line, name, row[name], "says a thing twice")
    if "comment" in _listed(row["intents"]) and row["intents"] != "comment":
        yield _mistake(file, line, "intents", row["intents"], "a comment is for nothing else")


def _unknown(
    file: str, line: int, name: str, values: Sequence[str], allowed: Sequence[str]
) -> Iterator[Mistake]:
    for value in values:
        if value not in allowed:
            nearest = difflib.get_close_matches(value, allowed, 1)
            message = f"must be of {', '.join(allowed)}"
            yield _mistake(file, line, name, value, message, nearest[0] if nearest else None)


def _repeated(rows: Sequence[tuple[int, list[str]]], file: str) -> Iterator[Mistake]:
    for name in ("id", "text"):
        first: dict[str, int] = {}
        for line, cells in rows:
            value = cells[COLUMNS.index(name)] if len(cells) == len(COLUMNS) else ""
            if value and first.setdefault(value, line) != line:
                yield _mistake(file, line, name, value[:40], f"stands in line {first[value]} already")


def _mistake(file: str, line: int, key: str, value: str, message: str, nearest: str | None = None) -> Mistake:
    return Mistake(file=file, key=key, value=value, message=message, nearest=nearest, line=line)
