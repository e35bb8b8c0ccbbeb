"""The score card of spam, giveaways and posts of programs, on labelled posts."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final

from nlp import noise
from nlp.cards.measure import classes, macro
from nlp.text import prepare
from posts.post import Author, Post
from words.texts import text

FILE: Final = "noise.tsv"
NOTE: Final = (
    "Written for Rasad before the rules, by the same hand: expect less elsewhere. Half of the posts are no "
    "noise, most of these hard: honest offers, news of draws and scams, many hashtags, rows of numbers."
)
_NOTHING: Final = "-"
_WRITTEN_AT: Final = datetime(2026, 11, 26, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A labelled post and the mark that a careful reader gives it (none: empty)."""

    half: str
    language: str
    post: Post
    mark: tuple[str, ...]


def rows() -> list[Row]:
    """The posts of the table; ``\\n`` in a text is a line break."""
    lines = [line for line in _written().decode().splitlines() if not line.startswith("#")]
    return [
        Row(
            half=line["half"],
            language=line["language"],
            post=_post(line),
            mark=() if line["mark"] == _NOTHING else (line["mark"],),
        )
        for line in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]


def card() -> dict[str, Any]:
    """The card: of each language and half the scores of all marks, beside no mark at all."""
    read = rows()
    parts = [
        _part(language, half, [row for row in read if (row.language, row.half) == (language, half)])
        for half in ("dev", "test")
        for language in ("fa", "en")
    ]
    return {
        "reader": f"rules {noise.VERSION}",
        "thresholds": dict(noise.THRESHOLDS),
        "note": NOTE,
        "sha256": hashlib.sha256(_written()).hexdigest(),
        "parts": parts,
    }


def table(made: dict[str, Any]) -> str:
    """The card as Markdown."""
    lines = [
        made["note"],
        "",
        "| half | language | mark | precision | recall | F | 95 % | posts |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for part in made["parts"]:
        for one in part["marks"]:
            shares = " | ".join(f"{one[name]:.2f}" for name in ("precision", "recall", "f"))
            reach = f"{one['low']:.2f} to {one['high']:.2f}"
            place = f"{part['half']} | {part['language']} | {one['name']}"
            lines.append(f"| {place} | {shares} | {reach} | {one['support']} |")
    lines += ["", "| half | language | posts | mean F | no noise, marked |", "|---|---|---|---|---|"]
    lines += [
        f"| {part['half']} | {part['language']} | {part['posts']} | {part['macro_f']:.2f} "
        f"| {part['wrongly']} of {part['innocent']} |"
        for part in made["parts"]
    ]
    lines += ["", "| mark | sign | weight | part |", "|---|---|---|---|"]
    lines += [
        f"| {sign.mark} | {text(sign.why, 'en')} | {sign.weight:+.1f} | {sign.part} |"
        for sign in noise.SIGNS.values()
    ]
    return "\n".join(lines) + "\n"


def _part(language: str, half: str, posts: Sequence[Row]) -> dict[str, Any]:
    found = [noise.read(row.post, prepare(row.post.text))[0] for row in posts]
    scored = classes([row.mark for row in posts], found, noise.MARKS)
    innocent = [marks for row, marks in zip(posts, found, strict=True) if not row.mark]
    return {
        "half": half,
        "language": language,
        "posts": len(posts),
        "macro_f": macro(scored),
        "marks": [asdict(one) for one in scored],
        "innocent": len(innocent),
        "wrongly": sum(map(bool, innocent)),
    }


def _post(line: dict[str, str]) -> Post:
    handle = line["handle"]
    author = None
    if handle != _NOTHING:
        author = Author(
            key=f"made::{handle.lower()}",
            handle=handle,
            followers=None if line["followers"] == _NOTHING else int(line["followers"]),
            verified=line["account"] == "verified" or None,
            bot=line["account"] == "bot" or None,
        )
    return Post(
        id="made::post",
        platform="made",
        kind="text",
        source="made",
        created_at=_WRITTEN_AT,
        collected_at=_WRITTEN_AT,
        author=author,
        text=line["text"].replace("\\n", "\n"),
    )


def _written() -> bytes:
    return (files("nlp") / "training" / "labelled" / FILE).read_bytes()
