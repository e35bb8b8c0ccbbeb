"""`rasad deadletters`: what could not be taken and why, and the ways out: mend, try again, drop."""

from __future__ import annotations

import json as jsonlib
import os
import re
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.options import Json, NoWait, Project, Quiet, screen_for
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from config.project import Settings
    from crawlers.imports.letters import Reading
    from rasad.screen import Screen
    from store.state import DeadLetter

_PLACE = re.compile(r"(?:item|entry|line) \d+|[^:/]*\.\w+:\d+|.*/damaged/[^/]+")
"""Subjects that are a place in an answer or file ("entry 3", "posts.jsonl:12")."""
app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="Show what could not be taken and why; explain it, mend it, try it again, drop it.",
)
Number = Annotated[int, typer.Argument(help="Number of the dead letter.", show_default=False)]


@app.callback(invoke_without_command=True)
def deadletters(
    context: typer.Context,
    project: Project = None,
    source: Annotated[str | None, typer.Option("--source", help="Of this source alone.")] = None,
    size: Annotated[int | None, typer.Option("--size", "-n", min=1, help="How many at most.")] = None,
    json: Json = False,
) -> None:
    """Show what could not be taken and why, the newest first; explain, mend, retry and drop it."""
    context.obj = project
    if context.invoked_subcommand is not None:
        return
    from answers.names import check_names
    from posts.selection import Selection
    from rasad.project import choose, opened
    from store.state import State

    settings = choose(project)
    screen = screen_for(settings, json=json)
    with State(settings.state) as state:
        letters = state.dead_letters(source=source, limit=size)
    if source is not None and not letters:
        with opened(settings) as at:
            check_names(at.asking(), Selection(source=source))
    if json:
        screen.rows(map(_letter, letters))
        return
    screen.table(
        ["number", "at", "source", "subject", "reason"],
        [
            [str(letter.number), screen.moment(letter.at), letter.source, letter.subject, letter.reason]
            for letter in letters
        ],
        right=(0,),
    )


@app.command()
def explain(context: typer.Context, number: Number, project: Project = None, json: Json = False) -> None:
    """Tell what a letter was, why it could not be taken, and what can be done."""
    from crawlers.imports.letters import read
    from rasad.project import choose

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=json)
    letter = _found(settings, number)
    reading = read(letter, now=datetime.now(UTC))
    what, remedy = (screen.common(f"letter.{reading.kind}.{part}") for part in ("what", "remedy"))
    if json:
        ways = {"what": what, "remedy": remedy, "can_retry": reading.post is not None}
        screen.row({**_letter(letter), **ways, "payload": letter.payload})
        return
    screen.say(f"{letter.number}  {screen.moment(letter.at)}  [{letter.source or '-'}]  {letter.subject}")
    screen.say(letter.reason)
    screen.say()
    screen.say(what)
    screen.say(remedy)
    if reading.problem and reading.problem != letter.reason:
        screen.say(screen.text("letter.still", reason=reading.problem))
    if letter.payload:
        screen.say()
        screen.say(letter.payload)


@app.command()
def mend(
    context: typer.Context,
    number: Number,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", help="A value of it: created_at=2026-11-01T00:00:00Z, metrics.likes=5."),
    ] = None,
    edit: Annotated[bool, typer.Option("--edit", help="Open it in $EDITOR.")] = False,
    project: Project = None,
    no_wait: NoWait = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Change what is wrong with a letter and try it again; as it is while that does not make it a post."""
    from crawlers.imports.letters import Reading, post_of
    from posts.errors import RecordError
    from rasad.project import choose

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    letter = _found(settings, number)
    payload = _changed(letter, changes or [], edit=edit)
    try:
        post = post_of(payload, letter.source, now=datetime.now(UTC))
    except RecordError as error:
        raise RecordError(
            error.message, subject=f"dead letter {number}", remedy="It is left as it was."
        ) from error
    _send(settings, [Reading(letter=letter, kind="post", post=post)], screen, wait=not no_wait)


@app.command()
def retry(
    context: typer.Context,
    numbers: Annotated[
        list[int] | None, typer.Argument(help="Numbers of the letters.", show_default=False)
    ] = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Every letter.")] = False,
    reason: Annotated[str | None, typer.Option(help="Those whose reason holds this text.")] = None,
    project: Project = None,
    no_wait: NoWait = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Take letters in again. One that is taken is gone, any other stays with the reason of this time."""
    from crawlers.imports.letters import read
    from rasad.project import choose
    from store.state import State

    if sum((bool(numbers), all_of_them, reason is not None)) != 1:
        raise WrongUse("Which letters?", remedy="Give their numbers, --all, or --reason TEXT.")
    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    if numbers:
        letters = [_found(settings, number) for number in dict.fromkeys(numbers)]
    else:
        with State(settings.state) as state:
            wanted = (reason or "").lower()
            letters = [letter for letter in state.dead_letters() if wanted in letter.reason.lower()]
    now = datetime.now(UTC)
    _send(settings, [read(letter, now=now) for letter in letters], screen, wait=not no_wait)


@app.command()
def drop(
    context: typer.Context,
    numbers: Annotated[list[int], typer.Argument(help="Numbers of the letters.", show_default=False)],
    project: Project = None,
    quiet: Quiet = False,
) -> None:
    """Throw letters away for good."""
    from rasad.project import choose
    from store.state import State

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=False, quiet=quiet)
    wanted = [_found(settings, number).number for number in dict.fromkeys(numbers)]
    with State(settings.state) as state:
        state.drop_dead_letters(wanted)
    screen.news(screen.text("letter.dropped", letters=screen.counted("letter", len(wanted))))


def _found(settings: Settings, number: int) -> DeadLetter:
    from store.state import State

    with State(settings.state) as state:
        letter = state.dead_letter(number)
    if letter is None:
        raise WrongUse(f"There is no dead letter {number}.", remedy="`rasad deadletters` lists them.")
    return letter


def _changed(letter: DeadLetter, changes: Sequence[str], *, edit: bool) -> str:
    """The payload as the user wants it."""
    from crawlers.imports.letters import mended, record_of

    if edit == bool(changes):
        raise WrongUse("What is to be changed?", remedy="Give --set KEY=VALUE (several, too), or --edit.")
    if letter.payload is None:
        raise WrongUse(
            f"Nothing was kept of dead letter {letter.number} that could be mended.",
            remedy=f"`rasad deadletters explain {letter.number}` tells the way out.",
        )
    if edit:
        return _edited(letter.payload)
    record = record_of(letter)
    if record is None:
        raise WrongUse("It is no JSON object, so it has no keys.", remedy="Use --edit.")
    pairs = [change.partition("=") for change in changes]
    for key, sign, _ in pairs:
        if not sign or not key:
            raise WrongUse(f"'{key}' is no KEY=VALUE.", remedy="Write --set created_at=2026-11-01T00:00:00Z.")
    return mended(record, [(key, value) for key, _, value in pairs])


def _edited(payload: str) -> str:
    """The payload after the user's editor, on one line."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        shown = jsonlib.dumps(jsonlib.loads(payload), ensure_ascii=False, indent=2)
    except ValueError:
        shown = payload
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "letter.json"
        file.write_text(shown + "\n", encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(file)], check=False)
        except OSError as error:
            raise WrongUse(f"The editor '{editor}' cannot be started.", remedy="Set EDITOR.") from error
        if done.returncode:
            raise WrongUse(f"The editor '{editor}' ended with {done.returncode}; nothing was changed.")
        text = file.read_text(encoding="utf-8")
    try:
        return jsonlib.dumps(jsonlib.loads(text), ensure_ascii=False)
    except ValueError:
        return " ".join(text.split("\n"))


def _send(settings: Settings, readings: list[Reading], screen: Screen, *, wait: bool) -> None:
    """Send what can be a post through the spool, and tell of each letter what became of it."""
    from crawlers.imports.letters import send
    from rasad.commands.collecting import take_in_with_progress
    from store.spool import Spool
    from store.state import State

    if send(Spool(settings.spool), readings):
        take_in_with_progress(settings, screen, wait=wait)
    taken = 0
    with State(settings.state) as state:
        for reading in readings:
            number, left = reading.letter.number, state.dead_letter(reading.letter.number)
            state_now = "taken" if left is None else "waiting" if reading.post and not wait else "refused"
            taken += state_now == "taken"
            reason = "" if left is None else reading.problem or left.reason
            if screen.json:
                screen.row({"number": number, "state": state_now, "reason": reason})
            elif left is not None:
                screen.say(f"{number}  {reason}")
    if not screen.json:
        counts = {"taken": screen.number(taken), "left": screen.number(len(readings) - taken)}
        screen.news(screen.text("letter.tried", **counts))
    if readings and not taken and wait:
        raise typer.Exit(1)


def _letter(letter: DeadLetter) -> dict[str, Any]:
    kind = "position" if _PLACE.fullmatch(letter.subject) else "id"
    return {
        "number": letter.number,
        "source": letter.source,
        kind: letter.subject,
        "reason": letter.reason,
        "at": letter.at,
        "subject": letter.subject,
    }
