"""Verbs about saved queries: what is watched for in every post that comes, and what came to match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.options import (
    Hashtag,
    Json,
    Lang,
    Platform,
    Project,
    Query,
    Quiet,
    Since,
    Size,
    SourceName,
    Until,
    screen_for,
    selection,
)
from rasad.usage import Asks, WrongUse, unknown

if TYPE_CHECKING:
    from answers.saved import SavedReport
    from config.project import Settings
    from posts.selection import Selection
    from rasad.project import Opened
    from rasad.screen import Screen
    from store.saved import SavedQuery

app = typer.Typer(
    no_args_is_help=False, rich_markup_mode=None, help="Show, add, pause, resume and remove saved queries."
)
Name = Annotated[str, typer.Argument(help="Name of the saved query.", show_default=False)]


@app.callback(invoke_without_command=True)
def queries(context: typer.Context, project: Project = None, json: Json = False) -> None:
    """Show, add, pause, resume and remove saved queries, and what they match; without a verb, show them."""
    context.obj = project
    if context.invoked_subcommand is None:
        list_queries(context, project=project, json=json)


@app.command("list")
def list_queries(context: typer.Context, project: Project = None, json: Json = False) -> None:
    """Show each saved query and how many posts of the last 24 hours it finds."""
    from answers.saved import saved_queries
    from rasad.project import choose, opened

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=json)
    with opened(settings) as at:
        reports = saved_queries(at.asking()).value
    if json:
        screen.rows(map(_record, reports))
        return
    if not reports:
        screen.news(screen.text("empty.queries", name=settings.project.name))
        return
    screen.table(
        ["name", "last_day", "state", "query"],
        [
            [
                report.saved.name,
                screen.number(report.last_day.value),
                _state(report, screen),
                _written(report.saved),
            ]
            for report in reports
        ],
        right=(1,),
    )


def _state(report: SavedReport, screen: Screen) -> str:
    if report.fault:
        return report.fault
    if report.saved.is_topic:
        return screen.text("query.topic")
    return screen.text("query.paused" if report.saved.paused else "query.watched")


def _written(saved: SavedQuery) -> str:
    """The query, and behind it what else narrows it."""
    params = saved.selection.to_params()
    query = params.pop("query", "")
    return " ".join([*([query] if query else []), *(f"--{name} {value}" for name, value in params.items())])


def _record(report: SavedReport) -> dict[str, Any]:
    saved = report.saved
    return {
        "name": saved.name,
        "id": saved.id,
        **{"query": "", **saved.selection.to_params()},
        "created_at": saved.created_at,
        "paused": saved.paused,
        "topic": saved.is_topic,
        "posts_last_day": report.last_day.value,
        "fault": report.fault or None,
    }


@app.command(cls=Asks)
def add(
    context: typer.Context,
    name: Name,
    query: Query = "",
    project: Project = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    backfill: Annotated[bool, typer.Option("--backfill", help="Match the posts that are there too.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="In place of the one of this name; its matches go.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Save a query under a name: posts that come from now on are matched against it."""
    from posts.errors import QueryError
    from rasad.commands.asking import told
    from rasad.project import choose, opened
    from store.saved import SavedQueryError

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=False, quiet=quiet)
    with opened(settings) as at:
        try:
            meant = selection(
                settings, at.now, query=query, lang=lang, platform=platform, source=source, hashtag=hashtag
            )
            saved = _saved(at, name, meant, backfill=backfill, replace=replace)
        except QueryError as error:
            raise WrongUse(told(error, screen)) from error
        except SavedQueryError as error:
            raise WrongUse(error.message, remedy=error.remedy) from error
    screen.news(screen.text("query.saved", name=saved.name))
    _carry_out(settings, screen)


def _saved(at: Opened, name: str, meant: Selection, *, backfill: bool, replace: bool) -> SavedQuery:
    from zoneinfo import ZoneInfo

    from answers.names import check_names
    from answers.saved import find
    from posts.selection import Selection
    from store.saved import SavedQueries

    if meant == Selection():
        raise WrongUse("This would match every post.", remedy="Write what to look for.")
    asking = at.asking()
    check_names(asking, meant)
    known = find(asking, name)
    if known is not None and known.is_topic:
        raise WrongUse(f"'{name}' is a topic.", remedy=f"Change it in {at.settings.file}.")
    if known is not None and not replace:
        raise WrongUse(f"There is a saved query '{name}'.", remedy="Take another name, or give --replace.")
    zone = ZoneInfo(asking.time_zone)
    return SavedQueries(at.state).save(name, meant, at=at.now, zone=zone, backfill=backfill)


@app.command()
def remove(context: typer.Context, name: Name, project: Project = None, quiet: Quiet = False) -> None:
    """Forget a saved query and its matches; the posts stay."""
    settings, screen = _changed(context, name, project, quiet, "remove")
    screen.news(screen.text("query.removed", name=name))
    _carry_out(settings, screen)


@app.command()
def pause(context: typer.Context, name: Name, project: Project = None, quiet: Quiet = False) -> None:
    """Match nothing against a saved query until it is resumed."""
    _, screen = _changed(context, name, project, quiet, "pause")
    screen.news(screen.text("query.paused_now", name=name))


@app.command()
def resume(context: typer.Context, name: Name, project: Project = None, quiet: Quiet = False) -> None:
    """Match what comes from now on against a paused query again."""
    _, screen = _changed(context, name, project, quiet, "resume")
    screen.news(screen.text("query.resumed_now", name=name))


def _changed(
    context: typer.Context, name: str, project: str | None, quiet: bool, what: str
) -> tuple[Settings, Screen]:
    """The project and where to write, after the change; ``WrongUse`` if there is no query of this name."""
    from rasad.project import choose
    from store.saved import SavedQueries
    from store.state import State

    settings = choose(project or context.obj)
    with State(settings.state) as state:
        saved = SavedQueries(state)
        found = saved.remove(name) if what == "remove" else saved.pause(name, paused=what == "pause")
        if not found:
            if name in {topic.name for topic in settings.topics}:
                raise WrongUse(f"'{name}' is a topic.", remedy=f"Change it in {settings.file}.")
            raise unknown("saved query", name, (query.name for query in saved.all()))
    return settings, screen_for(settings, json=False, quiet=quiet)


def _carry_out(settings: Settings, screen: Screen) -> None:
    """Back-fill and clear away now, if there is something to; where the service runs, it does."""
    from posts.errors import StoreError
    from rasad.intake import take_in
    from store.saved import SavedQueries
    from store.state import State

    with State(settings.state) as state:
        if not SavedQueries(state).chores():
            return
    with screen.progress(screen.text("taking_in")) as tell:
        report = take_in(settings, progress=tell, wait=False)
    if report is None:
        screen.news(screen.text("query.later"))
    elif report.stopped:
        raise StoreError(report.stopped, remedy="Its matches are brought up to date later.")


@app.command()
def matches(
    context: typer.Context,
    name: Name,
    project: Project = None,
    since: Since = None,
    until: Until = None,
    size: Size = 20,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the posts that came to match a saved query or a topic, the newest first."""
    from answers.saved import matches
    from rasad.commands.asking import show
    from rasad.project import choose, opened
    from reports.export import record

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=json, quiet=quiet)
    with opened(settings) as at:
        saved = _find(at, name)
        window = selection(settings, at.now, since=since, until=until)
        found = matches(at.asking(), saved, since=window.since, until=window.until, size=size)
        if json:
            screen.rows(
                {**record(each.post), "matched_at": each.at, "matched_by": each.reason}
                for each in found.matched
            )
            return
        for each in found.matched:
            show(each.post, screen)
        screen.news(
            screen.text(
                "found", shown=screen.number(len(found.matched)), posts=screen.counted("post", found.total)
            )
        )


def _find(at: Opened, name: str) -> SavedQuery:
    from answers.saved import find, saved_queries

    asking = at.asking()
    saved = find(asking, name)
    if saved is None:
        raise unknown("saved query", name, (report.saved.name for report in saved_queries(asking).value))
    return saved
