"""Verbs that remove for good: forget erases posts, people and sources; retention what is too old."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rasad.commands.options import Json, Project, Quiet, screen_for
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from config.project import Settings
    from rasad.screen import Screen
    from store.forget import Gone, Wish
    from store.protocol import Store

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def forget(
    post: Annotated[
        list[str] | None, typer.Option("--post", help="Id of a post, as --json shows it.")
    ] = None,
    author: Annotated[
        list[str] | None, typer.Option("--author", help="Key of a person, or @name or @name@server.")
    ] = None,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="All that a source has brought.")
    ] = None,
    new_welcome: Annotated[
        bool, typer.Option("--new-welcome", help="Let new posts of the author come in all the same.")
    ] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Finish an erasure that was cut off.")] = False,
    yes: Yes = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Erase posts, a person or a source from everything that the project keeps, for good.

    Whatever is collected again of it stays away. Backups that were made before still hold it.
    """
    from rasad.project import choose
    from store.forget import Wish

    if not (post or author or source or resume):
        raise WrongUse("What shall be forgotten?", remedy="Give --post ID, --author @name or --source NAME.")
    settings = choose(project, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    wish = None
    if post or author or source:
        keys = _keys(settings, author or [])
        wish = Wish(
            posts=tuple(post or ()), authors=keys, sources=tuple(source or ()), new_welcome=new_welcome
        )
        if not yes:
            typer.confirm(_question(settings, wish, screen), abort=True, err=True)
    _tell(settings, _carried_out(settings, wish, screen), wish, screen)


def _carried_out(settings: Settings, wish: Wish | None, screen: Screen) -> Gone:
    from datetime import UTC, datetime

    from rasad import keeping
    from store.forget import forget

    with keeping.alone(settings), screen.progress(screen.text("forget.erasing")) as tell:
        return forget(
            keeping.places(settings),
            wish,
            annotate=keeping.reading(settings),
            now=datetime.now(UTC),
            progress=tell,
        )


def _keys(settings: Settings, names: list[str]) -> tuple[str, ...]:
    """The keys of the people who are meant; ``WrongUse`` for a name that nobody or several have."""
    from rasad.project import opened

    if not any(_is_handle(name) for name in names):
        return tuple(names)
    with opened(settings) as at:
        return tuple(_key(settings, at.store, name) if _is_handle(name) else name for name in names)


def _is_handle(name: str) -> bool:
    """Whether it is a name that people write, and not a key (``mastodon:example.org:sara``)."""
    return name.startswith("@") or ":" not in name


def _key(settings: Settings, store: Store, name: str) -> str:
    from store.handles import keys_of_handle

    found = sorted(keys_of_handle(store, name) or _pseudonyms(settings, store, name))
    if len(found) > 1:
        raise WrongUse(
            f"Several people here are called '{name}'.", remedy=f"Give the key of one: {', '.join(found)}."
        )
    if not found:
        raise WrongUse(
            f"Nobody here writes or is named as '{name}'.",
            remedy="Give the key, platform:server:name in small letters; it may also be kept from coming.",
        )
    return found[0]


def _pseudonyms(settings: Settings, store: Store, name: str) -> set[str]:
    """The pseudonym of ``@name@server``, where the project has hidden names and this one among them."""
    from crawlers.pseudonyms import key_of
    from posts.people import author_key, pseudonym

    own, _, host = name.lstrip("@").partition("@")
    if not (settings.project.pseudonyms and host):
        return set()
    secret = key_of(settings.folder)
    keys = {pseudonym(author_key("mastodon", host, own), secret=secret)}
    where = {"bool": {"should": [{"terms": {n: sorted(keys)}} for n in ("author", "mentions")]}}
    return keys if store.count("posts", where) else set()


def _question(settings: Settings, wish: Wish, screen: Screen) -> str:
    from rasad.project import opened

    should = [
        {"terms": {name: list(values)}}
        for name, values in (
            ("id", wish.posts), ("aliases", wish.posts), ("author", wish.authors), ("source", wish.sources),
        )
        if values
    ]  # fmt: skip
    with opened(settings) as at:
        posts = at.store.count("posts", {"bool": {"should": should}})
    what = ", ".join((*wish.posts, *wish.authors, *wish.sources))
    return screen.text("forget.ask", posts=screen.counted("post", posts), what=what)


def _tell(settings: Settings, gone: Gone, wish: Wish | None, screen: Screen) -> None:
    if screen.json:
        screen.row(
            {
                "posts": gone.posts, "rows": gone.rows, "mended": gone.mended, "waiting": gone.waiting,
                "letters": gone.letters, "exports": list(gone.exports), "left": list(gone.left),
            }
        )  # fmt: skip
        return
    units = {"posts": "post", "rows": "row", "mended": "post", "waiting": "post", "letters": "letter"}
    counts = {name: screen.counted(unit, getattr(gone, name)) for name, unit in units.items()}
    screen.say(screen.text("forget.gone", **counts))
    if gone.exports:
        screen.say(screen.text("forget.exports", files=", ".join(gone.exports)))
    if gone.left:
        screen.say(screen.text("forget.left", files="\n  ".join(gone.left)))
    for source in settings.sources:
        if wish is not None and source.name in wish.sources:
            screen.news(screen.text("forget.source_stays", source=source.name))
    screen.news(screen.text("forget.backups"))


def retention(
    apply: Annotated[
        bool, typer.Option("--apply", help="Remove it now; the service does so once a day.")
    ] = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show for how long posts and texts are kept, and what is older; remove that with --apply.

    Set [retention] days and text_days in the project file, and keep_days at a source.
    """
    from datetime import UTC, datetime

    from rasad import keeping
    from rasad.project import choose
    from store.retention import retain

    settings = choose(project, changes=apply)
    screen = screen_for(settings, json=json, quiet=quiet)
    rules, places = keeping.rules(settings), keeping.places(settings)
    if not rules and not json:
        screen.say(screen.text("retention.none", file=settings.file))
        return
    with screen.progress(screen.text("retention.looking")) as tell:
        if apply:
            with keeping.alone(settings):
                removed = retain(places, rules, now=datetime.now(UTC), progress=tell)
        else:
            removed = retain(places, rules, now=datetime.now(UTC), try_only=True, progress=tell)
    counts = {name: getattr(removed, name) for name in ("posts", "rows", "texts", "letters", "files")}
    if json:
        screen.row(
            {
                "days": rules.days,
                "text_days": rules.text_days,
                "sources": rules.sources,
                "applied": apply,
                **counts,
            }
        )
        return
    units = {"posts": "post", "rows": "row", "letters": "letter", "files": "file"}
    told = {name: screen.counted(unit, counts[name]) for name, unit in units.items()}
    told["texts"] = screen.number(counts["texts"])
    key = "retention.done" if apply else "retention.due"
    screen.say(screen.text(key, **told))
