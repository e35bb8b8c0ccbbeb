"""The options that many verbs share, so that each means the same wherever it stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from rasad.moments import read_moment
from rasad.screen import Screen
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from config.project import Settings
    from posts.selection import Selection

Project = Annotated[
    str | None,
    typer.Option("--project", "-p", envvar="RASAD_PROJECT", help="Name of the project, or its folder."),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON, one object a line, for programs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No news beside the result.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Do not wait for the service to take the posts in.")]
Query = Annotated[
    str,
    typer.Argument(
        help='What to look for: words, "phrases", #tags, @names, lang:fa, likes:>100, -not, OR, (...),'
        " tea NEAR/3 cup, begin*; docs/query.md has all.",
        show_default=False,
    ),
]
Since = Annotated[str | None, typer.Option("--since", help="From when: 24h, 7d, 2w, 2026-11-01, 1405/08/10.")]
Until = Annotated[str | None, typer.Option("--until", help="Until just before when; written like --since.")]
Lang = Annotated[str | None, typer.Option("--lang", help="Language of the posts: fa, en, ar ...")]
Platform = Annotated[str | None, typer.Option("--platform", help="mastodon, feed ...")]
SourceName = Annotated[str | None, typer.Option("--source", help="Name of a source of the project.")]
Hashtag = Annotated[str | None, typer.Option("--hashtag", help="A hashtag, in any of its spellings.")]
Size = Annotated[int, typer.Option("--size", "-n", min=1, max=10_000, help="How many rows at most.")]


def screen_for(settings: Settings, *, json: bool, quiet: bool = False) -> Screen:
    """The screen in the language, zone and calendar of the project."""
    project = settings.project
    return Screen(
        json=json,
        quiet=quiet,
        language=project.language,
        time_zone=project.time_zone,
        calendar=project.calendar,
    )


def selection(
    settings: Settings,
    now: datetime,
    *,
    query: str = "",
    since: str | None = None,
    until: str | None = None,
    lang: str | None = None,
    platform: str | None = None,
    source: str | None = None,
    hashtag: str | None = None,
) -> Selection:
    """The posts that the options mean. ``QueryError`` for a query that cannot be read, before any engine."""
    from posts.query import parse
    from posts.selection import Selection
    from rasad.project import families

    parse(query)
    zone = settings.project.time_zone
    begin = read_moment(since, now=now, time_zone=zone)
    end = read_moment(until, now=now, time_zone=zone)
    if begin and end and begin >= end:
        raise WrongUse("The window ends before it begins.", remedy="Let --until come after --since.")
    tag = families(settings).key(hashtag) if hashtag is not None else None
    if tag == "":
        raise WrongUse(f"'{hashtag}' is no hashtag.", remedy="Write --hashtag tea.")
    return Selection(
        query=query,
        since=begin,
        until=end,
        language=lang.lower() if lang else None,
        platform=platform.lower() if platform else None,
        source=source,
        hashtag=tag,
    )
