"""Verbs that hand a dossier on, look whether it still holds, and tell what changed between two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from rasad.commands.options import (
    Json,
    Lang,
    Platform,
    Project,
    Quiet,
    Since,
    SourceName,
    Until,
    screen_for,
    selection,
)
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from answers.dossier import Dossier
    from config.project import Settings
    from rasad.screen import Screen
    from reports.changes import Changes, Difference
    from reports.dossier_file import Opened

_SHOWN: Final = 20
app = typer.Typer(
    name="report", no_args_is_help=True, help="Make a report to hand on.", rich_markup_mode=None
)
Out = Annotated[Path | None, typer.Option("--out", "-o", help="The file; without it, one in this folder.")]
Language = Annotated[
    Literal["fa", "en"] | None,
    typer.Option("--language", help="Language of the page; without it, the project's."),
]


@app.command("hashtags")
def hashtags(
    tags: Annotated[list[str], typer.Argument(help="Hashtags, in any of their spellings.")],
    query: Annotated[str, typer.Option("--query", help="Only posts that match this query.")] = "",
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    samples: Annotated[
        int, typer.Option("--samples", min=0, max=50, help="So many of the newest posts with their words.")
    ] = 0,
    out: Out = None,
    language: Language = None,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Make a dossier of hashtags: one page with its numbers, its data, and how to prove them."""
    from answers.dossier import TooMany, dossier
    from answers.names import check_names
    from posts.errors import RasadError
    from rasad import __version__
    from rasad.project import choose, opened
    from reports.dossier_file import write

    settings = choose(project)
    screen = screen_for(settings, json=json, quiet=quiet)
    with opened(settings) as at:
        at.store.refresh()
        meant = selection(
            settings,
            at.now,
            query=query,
            since=since,
            until=until,
            lang=lang,
            platform=platform,
            source=source,
        )
        asking = at.asking()
        check_names(asking, meant)
        try:
            made = dossier(asking, meant, tags, version=__version__, samples=samples)
        except TooMany as error:
            raise WrongUse(error.message, remedy=error.remedy) from error
    if not made.posts:
        named = ", ".join(f"#{tag.lstrip('#＃')}" for tag in tags)
        raise RasadError(
            "is in no post of this time, so there is nothing to report.", subject=named,
            remedy="`rasad hashtags` names those that look like it; --since takes another time.",
        )  # fmt: skip
    data = write(made, language=language or screen.language, calendar=_calendar(settings, language))
    file = out or Path(f"{settings.project.name}-dossier.html")
    _save(file, data)
    posts = len(made.posts)
    if json:
        screen.row(
            {"file": str(file), "bytes": len(data), "posts": posts, "tags": [_tag(t) for t in made.tags]}
        )
        return
    names = screen.words("common.list_separator").join(f"#{tag.name}" for tag in made.tags)
    told = screen.words(
        "verify.written", tags=names, posts=screen.counted("post", posts), file=file,
        size=screen.number(len(data) / 1000),
    )  # fmt: skip
    screen.news(told)


def _tag(tag: Any) -> dict[str, Any]:
    return {
        "key": tag.key, "name": tag.name, "posts": tag.numbers.posts, "authors": tag.numbers.authors,
        "engagement": tag.numbers.engagement.total, "posts_digest": tag.posts_digest,
    }  # fmt: skip


@app.command("changes")
def changes(
    old: Annotated[Path, typer.Argument(help="The earlier dossier.")],
    new: Annotated[Path, typer.Argument(help="The later dossier.")],
    out: Out = None,
    language: Language = None,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Tell what changed from one dossier to another: numbers side by side, and posts that came and went."""
    from rasad.project import choose
    from reports import changes_page
    from reports.changes import changes as compared

    before, after = _opened(old).dossier, _opened(new).dossier
    settings = choose(project)
    screen = screen_for(settings, json=json, quiet=quiet)
    found = compared(before, after)
    if json:
        screen.row(_record(found))
        return
    _tell(found, screen)
    if out is not None:
        shown, calendar = language or screen.language, _calendar(settings, language)
        _save(out, changes_page.write(before, after, found, language=shown, calendar=calendar))
        screen.news(str(out))


def verify(
    file: Annotated[Path, typer.Argument(help="A dossier that `rasad report hashtags` made.")],
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Count a dossier again: 0 if it is the same, 1 with what changed, 2 if the file is no dossier."""
    from answers.dossier import answer, kept
    from rasad import __version__
    from rasad.project import choose, opened
    from reports.changes import changes as compared

    found = _opened(file)
    settings = choose(project)
    screen = screen_for(settings, json=json, quiet=quiet)
    with opened(settings) as at:
        at.store.refresh()
        asking = at.asking()
        now = answer(asking, found.dossier.question, version=__version__)
        differs = compared(found.dossier, now)
        there = kept(asking, differs.gone)
    why = {post: "elsewhere" if post in there else "deleted" for post in differs.gone}
    same = differs.same and found.data_whole and found.page_whole
    if json:
        state = {"same": same, "data_whole": found.data_whole, "page_whole": found.page_whole}
        screen.row({**state, "digest": found.digest, **_record(differs), "gone": why})
    else:
        _tell_sealed(found, now, screen)
        if differs.same:
            screen.say(screen.words("verify.same", posts=screen.counted("post", len(now.posts))))
        else:
            _tell(differs, screen, why)
        if differs.coverage:
            screen.news(screen.words("verify.coverage", n=screen.number(len(differs.coverage))))
    if not same:
        raise typer.Exit(1)


def _tell_sealed(found: Opened, now: Dossier, screen: Screen) -> None:
    """Whether the file was changed by hand, and whether another version made it."""
    if not found.data_whole:
        screen.say(screen.words("verify.data_changed"))
    elif not found.page_whole:
        screen.say(screen.words("verify.page_changed"))
    then = found.dossier.versions
    if then != now.versions:
        told = [f"{v.rasad} / {v.formulas} / {v.schema}" for v in (then, now.versions)]
        screen.news(screen.words("verify.other_versions", then=told[0], now=told[1]))


def _tell(found: Changes, screen: Screen, why: Mapping[str, str] | None = None) -> None:
    """What changed, for a person: a sentence, then numbers, then posts."""
    counts = {"new": found.new, "gone": found.gone, "changed": found.changed, "numbers": found.numbers}
    told = {name: screen.number(len(parts)) for name, parts in counts.items()}
    screen.say(screen.words("verify.changed", **told))
    _listed([_number(each, screen) for each in found.numbers], screen)
    _listed([screen.words("verify.new", id=post) for post in found.new], screen)
    gone = [
        screen.words(
            "verify.gone", id=post, why=screen.words(f"verify.why.{(why or {}).get(post, 'elsewhere')}")
        )
        for post in found.gone
    ]
    _listed(gone, screen)
    _listed(_changed(found, screen), screen)


def _changed(found: Changes, screen: Screen) -> list[str]:
    from reports.changes_page import what_changed
    from reports.dossier_reader import Reader

    reader = Reader(language=screen.language, time_zone=screen.time_zone, calendar=screen.calendar)
    return [
        screen.words("verify.post", id=each.id, what=what_changed(each, reader)) for each in found.changed
    ]


def _listed(lines: list[str], screen: Screen) -> None:
    for line in lines[:_SHOWN]:
        screen.say("  " + line)
    if len(lines) > _SHOWN:
        screen.say("  " + screen.words("verify.more", n=screen.number(len(lines) - _SHOWN)))


def _number(each: Difference, screen: Screen) -> str:
    def told(value: Any) -> str:
        return value if isinstance(value, str) else screen.number(value, 2 if isinstance(value, float) else 0)

    name = f"#{each.tag} {each.number}" if each.tag else each.number
    return screen.words("verify.number", number=name, before=told(each.before), after=told(each.after))


def _record(found: Changes) -> dict[str, Any]:
    return {
        "numbers": [asdict(each) for each in found.numbers],
        "coverage": [asdict(each) for each in found.coverage],
        "new": list(found.new),
        "gone": list(found.gone),
        "changed": [asdict(each) for each in found.changed],
    }


def _opened(file: Path) -> Opened:
    """The dossier in a file. ``WrongUse`` for one that holds none."""
    from reports.dossier_file import MOST_BYTES, NotADossier, read

    if not file.is_file():
        raise WrongUse(f"There is no file '{file}'.")
    if file.stat().st_size > MOST_BYTES:
        raise WrongUse(f"'{file}' is too large for a dossier.")
    try:
        return read(file.read_bytes(), name=str(file))
    except NotADossier as error:
        raise WrongUse(str(error)) from error


def _calendar(settings: Settings, language: str | None) -> str:
    """The project's calendar in its own language, else (and in the demo) the one usual in the page's."""
    project = settings.project
    if language in (None, project.language) and not project.demo:
        return project.calendar
    return "jalali" if (language or project.language) == "fa" else "gregorian"


def _save(file: Path, data: bytes) -> None:
    from rasad.commands.asking import whole_file

    if not file.parent.is_dir():
        raise WrongUse(f"There is no folder '{file.parent}'.", remedy="Make it first, or name another.")
    with whole_file(file) as out:
        out.write(data)
