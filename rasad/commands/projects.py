"""Verbs about projects and the service: init, demo, run."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from rasad.commands.options import Json, Quiet, screen_for

if TYPE_CHECKING:
    from config.project import Settings
    from rasad.screen import Screen

Port = Annotated[
    int | None,
    typer.Option(
        min=1, max=65535, help="Port of the dashboard on 127.0.0.1; else the first free one from 8501."
    ),
]
Open = Annotated[bool, typer.Option("--open", help="Show the page in a browser, if there is a display.")]


def init(
    name: Annotated[str, typer.Argument(help="Small Latin letters, digits and hyphens.", show_default=False)],
    title: Annotated[str | None, typer.Option(help="What people call it.")] = None,
    language: Annotated[Literal["en", "fa"] | None, typer.Option(help="Of pages and texts.")] = None,
    time_zone: Annotated[str | None, typer.Option(help="Such as Asia/Tehran.")] = None,
    calendar: Annotated[
        Literal["gregorian", "jalali"] | None, typer.Option(help="Of pages and texts.")
    ] = None,
    contact: Annotated[
        str | None, typer.Option(help="How the servers' owners reach you; sent along with every request.")
    ] = None,
    template: Annotated[
        Literal["empty", "starter"], typer.Option(help="starter: with public sources, paused.")
    ] = "empty",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a project."""
    from config.edit import create
    from config.load import home
    from posts.errors import ConfigError
    from rasad.usage import WrongUse

    folder = home(os.environ) / "projects" / name
    if "/" in name or name.startswith("."):
        raise WrongUse(
            f"'{name}' is no name for a project.", remedy="Use small Latin letters, digits and hyphens."
        )
    given = {
        "title": title,
        "language": language,
        "time_zone": time_zone,
        "calendar": calendar,
        "contact": contact,
    }
    fresh = not folder.exists()
    try:
        settings = create(folder, template, name=name, **{k: v for k, v in given.items() if v is not None})
    except ConfigError:
        if fresh:
            _remove_empty(folder)
        raise
    screen = screen_for(settings, json=json, quiet=quiet)
    if json:
        screen.row({"project": name, "file": str(settings.file)})
    else:
        screen.say(screen.text("made", file=settings.file))
        screen.news(screen.text("made_next", name=name))


def _remove_empty(folder: Any) -> None:
    import shutil

    if not (folder / "project.toml").exists():
        shutil.rmtree(folder, ignore_errors=True)


def demo(
    no_serve: Annotated[bool, typer.Option("--no-serve", help="Load the posts and end.")] = False,
    port: Port = None,
    open_browser: Open = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show Rasad with an invented world: 30 days of three tea brands. Nothing leaves this machine."""
    from datetime import UTC, datetime

    from config.load import home
    from rasad.commands.collecting import take_in_with_progress
    from rasad.demo import fill, make_demo
    from rasad.lock import running

    folder = home(os.environ)
    settings = make_demo(folder)
    screen = screen_for(settings, json=json, quiet=quiet)
    with screen.progress(screen.text("demo.making")):
        fill(settings, now=datetime.now(UTC))
    take_in_with_progress(settings, screen, wait=True)
    other = running(folder)
    _tell_demo(settings, screen, other.url if other else "")
    if not (no_serve or other):
        _serve(screen, port=port, dashboard=True, open_browser=open_browser)


def _tell_demo(settings: Settings, screen: Screen, url: str) -> None:
    from answers.posts import count
    from posts.selection import Selection
    from rasad.project import opened

    with opened(settings) as at:
        posts = count(at.asking(), Selection())
    if screen.json:
        screen.row({"posts": posts, "sources": len(settings.sources), "url": url})
        return
    screen.say(
        screen.text("demo.loaded", posts=screen.number(posts), sources=screen.number(len(settings.sources)))
    )
    for number in (1, 2, 3, 4):
        screen.say(f"  {screen.number(number)}. " + screen.text(f"demo.look_{number}"))
    if url:
        screen.say(url)


def run(
    open_browser: Open = False,
    port: Port = None,
    no_dashboard: Annotated[bool, typer.Option("--no-dashboard", help="Collect and take in only.")] = False,
) -> None:
    """Run the service: intake, schedule and dashboard, until Ctrl-C."""
    from rasad.screen import Screen

    _serve(Screen(), port=port, dashboard=not no_dashboard, open_browser=open_browser)


def _serve(screen: Screen, *, port: int | None, dashboard: bool, open_browser: bool) -> None:
    from config.load import home
    from rasad.service import Wish, serve

    wish = Wish(port=port, dashboard=dashboard, open_browser=open_browser)
    code = serve(home(os.environ), wish, say=screen.say)
    raise typer.Exit(code)
