"""The verb that tells whether an account posts like a machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rasad.commands.options import Json, Project, screen_for

if TYPE_CHECKING:
    from rasad.screen import Screen


def machine(
    author: Annotated[str, typer.Argument(help="An account: its key, or @name@server.", show_default=False)],
    project: Project = None,
    json: Json = False,
) -> None:
    """Show how machine-like an account posts, and why; people plan posts too, so it accuses nobody."""
    from answers.machine import looked_at
    from answers.machine import machine as told
    from rasad.project import choose, opened
    from rasad.usage import WrongUse
    from store.handles import keys_of_handle

    settings = choose(project)
    screen = screen_for(settings, json=json)
    with opened(settings) as at:
        keys = [author] if ":" in author else sorted(keys_of_handle(at.store, author))
        if not keys:
            raise WrongUse(
                f"There is no account '{author}' here.",
                remedy="Write it as @name@server, or give its key (author_key in `rasad search --json`).",
            )
        found = [(key, told(at.asking(), key), looked_at(at.asking(), key)) for key in keys]
    for key, each, posts in found:
        if json:
            reasons = [{"what": r.what, "value": r.value, "weight": r.weight} for r in each.reasons]
            screen.row({"author": key, "score": each.score, "machine": each.machine, "reasons": reasons})
        elif each.score is None:
            _few(key, posts, screen)
        else:
            screen.say(screen.words("machine.score", author=key, score=screen.number(each.score, 2)))
            for reason in each.reasons:
                screen.say(f"  {screen.words(f'noise.machine.{reason.what}')}")
            _looked_at(posts, screen)


def _few(author: str, posts: int, screen: Screen) -> None:
    from answers.machine import DAYS
    from trends.botlike import FEWEST

    seen = {"posts": screen.counted("post", posts), "days": screen.counted("day", DAYS)}
    screen.say(screen.words("machine.few", author=author, least=screen.number(FEWEST), **seen))


def _looked_at(posts: int, screen: Screen) -> None:
    from answers.machine import DAYS, MOST

    key = "machine.looked" if posts <= MOST else "machine.looked_newest"
    seen = {"posts": screen.counted("post", posts), "days": screen.counted("day", DAYS)}
    screen.say("  " + screen.words(key, newest=screen.number(MOST), **seen))
