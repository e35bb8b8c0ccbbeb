"""The verb about one family of hashtags: what it is made of, and mending it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.options import Json, Project, Quiet, Since, Until, screen_for
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from answers.families import Family, Relative
    from config.project import Settings
    from rasad.screen import Screen

Tags = Annotated[
    list[str] | None,
    typer.Option("--join", help="Another hashtag that is of this family.", show_default=False),
]


def families(
    tag: Annotated[str, typer.Argument(help="A hashtag, in any of its spellings.", show_default=False)],
    join: Tags = None,
    apart: Annotated[
        list[str] | None,
        typer.Option("--apart", help="A spelling that is a hashtag of its own.", show_default=False),
    ] = None,
    undo: Annotated[
        bool, typer.Option("--undo", help="Join and part this hashtag no more.", show_default=False)
    ] = False,
    since: Since = None,
    until: Until = None,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the spellings of a hashtag, what looks like it, and what may belong to it; join and part them.

    What is joined or parted counts for old posts too, as soon as they have been read again.
    """
    from rasad.project import choose

    settings = choose(project, changes=bool(join or apart or undo))
    screen = screen_for(settings, json=json, quiet=quiet)
    if join or apart or undo:
        settings = _mended(settings, tag, join or [], apart or [], undo=undo)
        if apart:
            _tell_apart(settings, screen, apart)
        if not _read_again(settings, screen):
            _tell_reading(settings, screen, tag, project)
            return
    _show(settings, screen, tag, since, until)


def _mended(settings: Settings, tag: str, join: list[str], apart: list[str], *, undo: bool) -> Settings:
    """The settings with the change; ``WrongUse`` where it contradicts what stands there."""
    from config.edit import mend_tags
    from nlp.mending import Mended, mended_by
    from nlp.settings import families_of
    from posts.errors import MendingError

    now = families_of(settings.reading)
    try:
        new = mended_by(now, tag.lstrip("#＃"), join=join, apart=apart, undo=undo)
        Mended(new)
    except MendingError as error:
        named = ", ".join(f"#{each.lstrip('#＃')}" if each else "''" for each in error.tags)
        raise WrongUse(f"{named} {error.message}.", remedy=error.remedy) from error
    if new == now:
        raise WrongUse(f"Nothing is changed of #{tag.lstrip('#＃')}.", remedy="It stands so already.")
    return mend_tags(settings.folder, same=new.join, apart=new.apart)


def _read_again(settings: Settings, screen: Screen) -> bool:
    """Whether old posts have been read again now; else the service reads them."""
    from rasad.intake import read_again

    with screen.progress(screen.text("reading_again")) as tell:
        return read_again(settings, progress=tell) is not None


def _tell_reading(settings: Settings, screen: Screen, tag: str, project: str | None) -> None:
    """What stands in the index is half of the old and half of the new: no table is shown of it."""
    from rasad.project import families

    if screen.json:
        screen.row({"key": families(settings).key(tag), "reading": True})
    else:
        again = f"'#{tag.lstrip('#＃')}'" + (f" -p {project}" if project else "")
        screen.say(screen.text("families.later", again=again))


def _tell_apart(settings: Settings, screen: Screen, apart: list[str]) -> None:
    """That a spelling which leaves its family takes along those whose words meet at the same places."""
    from nlp.hashtags import key
    from rasad.project import families

    mended = families(settings)
    for written in apart:
        alone, rest = mended.key(written), key(written)
        if alone != rest:
            screen.news(screen.text("families.apart", tag=alone, rest=rest))


def _show(settings: Settings, screen: Screen, tag: str, since: str | None, until: str | None) -> None:
    from answers.families import family
    from rasad.commands.options import selection
    from rasad.project import opened

    with opened(settings) as at:
        at.store.refresh()
        meant = selection(settings, at.now, since=since, until=until, hashtag=tag)
        found = family(at.asking(), meant).value
    if screen.json:
        screen.row(_record(found))
        return
    if not found.members:
        screen.news(screen.text("families.unused", tag=tag.lstrip("#＃")))
    else:
        screen.table(
            ["spelling", "posts", "joined_by"],
            [
                [
                    f"#{member.written}",
                    screen.number(member.posts.value),
                    _list(screen, [screen.words(f"family.by.{by}") for by in member.joined_by]),
                ]
                for member in found.members
            ],
            right=(1,),
        )
    if found.mended_with:
        joined = _list(screen, [f"#{other}" for other in found.mended_with])
        screen.say(screen.words("family.mended_with", tags=joined))
    for doubt in found.doubts:
        screen.say(screen.words("family.doubt", one=f"#{doubt.one}", other=f"#{doubt.other}"))
    _relatives(screen, "family.look_alikes", found.look_alikes)
    _relatives(screen, "family.siblings", found.siblings)


def _relatives(screen: Screen, key: str, relatives: tuple[Relative, ...]) -> None:
    if relatives:
        told = [f"#{found.name} ({screen.number(found.posts.value)})" for found in relatives]
        screen.say(screen.words(key, tags=_list(screen, told)))


def _list(screen: Screen, parts: list[str]) -> str:
    return screen.words("common.list_separator").join(parts)


def _record(found: Family) -> dict[str, Any]:
    return {
        "key": found.key,
        "name": found.name,
        "posts": found.posts.value,
        "members": [
            {"written": m.written, "posts": m.posts.value, "joined_by": list(m.joined_by)}
            for m in found.members
        ],
        "doubts": [{"one": doubt.one, "other": doubt.other, "why": doubt.why} for doubt in found.doubts],
        "look_alikes": [_relative(relative) for relative in found.look_alikes],
        "siblings": [_relative(relative) for relative in found.siblings],
        "mended_with": list(found.mended_with),
    }


def _relative(found: Relative) -> dict[str, Any]:
    return {"key": found.key, "name": found.name, "posts": found.posts.value, "why": found.why}
