"""`rasad read`: how the project reads a text, and why."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from rasad.commands.options import Json, Project, screen_for
from rasad.usage import WrongUse
from words import texts

if TYPE_CHECKING:
    from answers.explained import Told
    from rasad.screen import Screen

MOST = 100_000


def read(
    text: Annotated[
        str, typer.Argument(help="The text, or - to read it from standard input.", show_default=False)
    ],
    project: Project = None,
    json: Json = False,
) -> None:
    """Show how a text is read: its hashtags, names, mood, intent and noise, and which words spoke for it."""
    from answers.explained import told
    from rasad.project import choose, load_pipeline

    settings = choose(project)
    screen = screen_for(settings, json=json)
    written = sys.stdin.read(MOST) if text == "-" else text
    if not written.strip():
        raise WrongUse("There is nothing to read.", remedy="Give a text, or - and send one.")
    found = told(load_pipeline(settings).explain(written))
    if json:
        screen.row(asdict(found))
        return
    _show(found, screen)


def _show(found: Told, screen: Screen) -> None:
    languages = (found.language, *found.languages)
    named = screen.common("list_separator").join(_value(screen, "language", code) for code in languages)
    screen.say(f"{screen.words('reading.kind.language')}: {named}")
    for kind, values in found.values.items():
        said = screen.common("list_separator").join(_value(screen, kind, value) for value in values or ())
        if values is None:
            said = screen.words("dashboard.labels.not_read")
        if kind == "sentiment" and found.score is not None:
            said = f"{said} ({screen.number(found.score, 2)})"
        by = f"  [{found.readers[kind]}]" if kind in found.readers else ""
        screen.say(
            f"{screen.words(f'reading.kind.{kind}')}: {said or screen.words('dashboard.correct.nothing')}{by}"
        )
    if found.spoken:
        screen.say()
        screen.table(
            ["place", "says", "weight", "reason"],
            [[each.text, _value(screen, each.kind, each.says), screen.number(each.weight, 2),
              screen.words(each.why) if texts.known(each.why) else each.why] for each in found.spoken],
            right=(2,),
        )  # fmt: skip
    if found.signs:
        screen.say()
        screen.table(
            ["found", "kind", "key", "words"],
            [[sign.text, screen.words(f"dashboard.labels.sign.{sign.kind}"), sign.key, " + ".join(sign.words)]
             for sign in found.signs],
        )  # fmt: skip


def _value(screen: Screen, kind: str, value: str) -> str:
    """What a value is called; one that is read beside the kind under its own name."""
    if kind == "language":
        key = f"common.language.{value}"
        return screen.words(key) if texts.known(key) else value
    keys = [
        f"reading.value.{each}.{value}" for each in (kind, "emotion", "purpose", "action", "intent", "noise")
    ]
    for key in (*keys, f"reading.format.{value}", f"reading.says.{value}"):
        if texts.known(key):
            return screen.words(key)
    return value
