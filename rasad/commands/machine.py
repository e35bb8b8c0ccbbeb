"""The verb that tells whether an account posts like a machine."""

from __future__ import annotations

from typing import Annotated

import typer

from rasad.commands.options import Json, Project, screen_for


def machine(
    author: Annotated[str, typer.Argument(help="An account: its key, or @name@server.", show_default=False)],
    project: Project = None,
    json: Json = False,
) -> None:
    """Show how machine-like an account posts, and why; people plan posts too, so it accuses nobody."""
    from answers.machine import DAYS
    from answers.machine import machine as told
    from rasad.project import choose, opened
    from rasad.usage import unknown
    from store.handles import keys_of_handle

    settings = choose(project)
    screen = screen_for(settings, json=json)
    with opened(settings) as at:
        keys = [author] if ":" in author else sorted(keys_of_handle(at.store, author))
        if not keys:
            raise unknown("account", author, ())
        found = [(key, told(at.asking(), key)) for key in keys]
    for key, each in found:
        if json:
            reasons = [{"what": r.what, "value": r.value, "weight": r.weight} for r in each.reasons]
            screen.row({"author": key, "score": each.score, "machine": each.machine, "reasons": reasons})
        elif each.score is None:
            screen.say(screen.words("machine.few", author=key, days=screen.number(DAYS)))
        else:
            screen.say(screen.words("machine.score", author=key, score=screen.number(each.score, 2)))
            for reason in each.reasons:
                screen.say(f"  {screen.words(f'noise.machine.{reason.what}')}")
