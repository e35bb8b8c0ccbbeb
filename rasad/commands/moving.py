"""Verbs that carry the data: backup, restore, move between the engines, rebuild the index."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rasad.commands.options import Json, Project, Quiet, screen_for
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from config.project import Settings
    from rasad.screen import Screen
    from store.archive import Archive
    from store.protocol import Collection, StoreSettings
    from store.transfer import Move


def _named(counts: Mapping[Collection, int]) -> dict[str, int]:
    return {str(name): count for name, count in counts.items()}


Overwrite = Annotated[bool, typer.Option("--overwrite", help="Write over what is there already.")]


def backup(
    target: Annotated[Path, typer.Argument(help="A new file, or a folder for it.", show_default=False)],
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Put a project into one file: settings, state, what waits and all posts. The service may run."""
    from rasad.project import choose
    from rasad.restoring import back_up

    settings = choose(project)
    screen = screen_for(settings, json=json, quiet=quiet)
    with screen.progress(screen.text("backup.writing")) as tell:
        path, manifest = back_up(settings, target.expanduser(), progress=tell)
    posts, size = manifest.collections["posts"][0], path.stat().st_size
    if json:
        screen.row({"file": str(path), "project": manifest.project, "posts": posts, "bytes": size})
        return
    screen.say(
        screen.text(
            "backup.done", file=path, posts=screen.counted("post", posts), mb=screen.number(size / 1e6, 1)
        )
    )
    if not quiet:
        screen.news(screen.text("backup.secret"))


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `rasad backup` made.", show_default=False)],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="Name of the restored project; else its own.")
    ] = None,
    overwrite: Overwrite = False,
    verify: Annotated[bool, typer.Option("--verify", help="Only look whether the file is whole.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a project of a backup, on whichever engine is set."""
    from rasad.restoring import restore as restored
    from rasad.screen import Screen
    from store.archive import Archive

    if not file.is_file():
        raise WrongUse(f"There is no file '{file}'.")
    if project is not None and ("/" in project or project.startswith(".")):
        raise WrongUse(f"'{project}' is no name for a project.")
    screen = Screen(json=json, quiet=quiet)
    with Archive(file) as archive:
        with screen.progress(screen.text("restore.verifying")) as tell:
            archive.verify(tell)
        if verify:
            _tell_whole(file, archive, screen)
            return
        with screen.progress(screen.text("restore.writing")) as tell:
            settings, counts = restored(archive, name=project, overwrite=overwrite, progress=tell)
    screen = screen_for(settings, json=json, quiet=quiet)
    if json:
        screen.row({"project": settings.project.name, "folder": str(settings.folder), **_named(counts)})
    else:
        name, number = settings.project.name, screen.counted("post", counts["posts"])
        screen.say(screen.text("restore.done", project=name, posts=number))


def _tell_whole(file: Path, archive: Archive, screen: Screen) -> None:
    made = archive.manifest
    posts = made.collections["posts"][0]
    if screen.json:
        screen.row({"file": str(file), "project": made.project, "posts": posts, "whole": True})
    else:
        screen.say(screen.text("restore.whole", posts=screen.counted("post", posts), at=made.made_at))


def move(
    to: Annotated[
        str | None, typer.Option("--to", help="Address of an Elasticsearch, or the word embedded.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--from", help="Carry from there to the engine that is set now.")
    ] = None,
    overwrite: Overwrite = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Remove what the last move has left at the old engine.")
    ] = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Carry all posts to the other engine, compare, and say what to set. What is cut off goes on.

    The key of an Elasticsearch comes from RASAD_STORE_API_KEY. The old engine keeps its posts until
    --drop-old.
    """
    from rasad.project import choose

    settings = choose(project, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    if drop_old:
        _drop_old(settings, screen)
        return
    if to is None and source is None and settings.store.url is not None and settings.index.exists():
        source = "embedded"  # RASAD_STORE_URL was set first, and the posts are still in the folder
    if (to is None) == (source is None):
        raise WrongUse("Where to?", remedy="Give --to URL or --to embedded; afterwards --drop-old.")
    current = settings.store.url
    begin, end = (current, _address(to)) if to is not None else (_address(source or ""), current)
    _move(settings, begin, end, screen, overwrite=overwrite)


def _address(to: str) -> str | None:
    """The address of the Elasticsearch; ``None`` for the engine in the project's folder."""
    from pydantic import TypeAdapter, ValidationError

    from config.fields import WebAddress

    if to == "embedded":
        return None
    try:
        return str(TypeAdapter(WebAddress).validate_python(to))
    except ValidationError as error:
        raise WrongUse(f"'{to}' {error.errors()[0]['msg']}.", remedy="Or write --to embedded.") from error


def _engine(settings: Settings, url: str | None) -> StoreSettings:
    """The project's store, were it at this address."""
    from config.load import store_settings
    from store.protocol import StoreSettings

    key = os.environ.get("RASAD_STORE_API_KEY") or None
    return StoreSettings(**{**store_settings(settings), "url": url, "api_key": key if url else None})


def _move(settings: Settings, begin: str | None, url: str | None, screen: Screen, *, overwrite: bool) -> None:
    from datetime import UTC, datetime

    from rasad import keeping
    from store.state import State
    from store.transfer import label, move

    source, target = _engine(settings, begin), _engine(settings, url)
    if label(source) == label(target):
        raise WrongUse(f"The posts are there already: {label(source)}.")
    with (
        keeping.alone(settings),
        State(settings.state) as state,
        screen.progress(screen.text("move.moving")) as tell,
    ):
        tallies = move(source, target, state, now=datetime.now(UTC), overwrite=overwrite, progress=tell)
        switched = _switched(settings, url)
    posts = tallies["posts"].count
    if screen.json:
        counts = {name: tally.count for name, tally in tallies.items()}
        screen.row({"from": label(source), "to": label(target), "switched": switched, **_named(counts)})
        return
    screen.say(screen.text("move.done", posts=screen.counted("post", posts), to=label(target)))
    if switched:
        screen.say(screen.text("move.switched", file=settings.file))
    else:
        wanted = f"export RASAD_STORE_URL={url}" if url else "unset RASAD_STORE_URL"
        screen.say(screen.text("move.set", command=wanted))
    screen.say(screen.text("move.drop", source=label(source), project=settings.project.name))


def _switched(settings: Settings, url: str | None) -> bool:
    """Whether the project uses the new engine from now on: not while the environment names the old one."""
    from config.edit import set_value

    if settings.store.url == url:
        return True
    if os.environ.get("RASAD_STORE_URL"):
        return False
    set_value(settings.folder, "store.url", url)
    return True


def _drop_old(settings: Settings, screen: Screen) -> None:
    from rasad import keeping
    from store.state import State
    from store.transfer import EMBEDDED, NOTE, drop, label, noted

    with keeping.alone(settings), State(settings.state) as state:
        found = noted(state)
        if found is None:
            raise WrongUse("There is nothing to drop: no move was made.", remedy="rasad move --to URL")
        current = _engine(settings, settings.store.url)
        _check_drop(found, current, label(current))
        url = None if found.source == EMBEDDED else found.source.split(" ")[0]
        drop(_engine(settings, url))
        state.delete_note(NOTE)
    if screen.json:
        screen.row({"dropped": found.source})
    else:
        screen.say(screen.text("move.dropped", source=found.source))


def _check_drop(found: Move, current: StoreSettings, name: str) -> None:
    """``WrongUse`` unless the old engine is out of use, and the new one holds the posts."""
    from contextlib import closing

    from store import open_store

    if not found.verified:
        raise WrongUse("The last move did not come to its end.", remedy="Run it again first.")
    if found.target != name:
        raise WrongUse(
            f"{found.source} is still in use.",
            remedy=f"Set the project to {found.target} first (RASAD_STORE_URL, or url in [store]).",
        )
    with closing(open_store(current)) as store:
        store.ensure()
        if found.posts and not store.count("posts", {"match_all": {}}):
            raise WrongUse(f"{name} holds no posts.", remedy="Run the move again first.")


def rebuild(
    read_again: Annotated[
        bool, typer.Option("--read-again", help="Read all texts anew, as a newer Rasad reads them.")
    ] = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Build the index anew from the posts in it: after an upgrade, or to give disk back."""
    from config.load import store_settings
    from rasad import keeping
    from rasad.project import choose
    from store.protocol import StoreSettings
    from store.rebuild import rebuild as rebuilt

    settings = choose(project, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    with keeping.alone(settings), screen.progress(screen.text("rebuild.building")) as tell:
        reread = keeping.reading(settings) if read_again else None
        built = rebuilt(StoreSettings(**store_settings(settings)), reread=reread, progress=tell)
    if json:
        screen.row({**_named(built.counts), "left_out": built.left_out, "freed": built.freed})
        return
    posts = screen.counted("post", built.counts.get("posts", 0))
    screen.say(screen.text("rebuild.done", posts=posts, mb=screen.number(max(0, built.freed) / 1e6, 1)))
    if built.left_out:
        screen.say(screen.text("rebuild.left_out", n=screen.number(built.left_out)))
