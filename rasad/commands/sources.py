"""Verbs about sources: what is listened to, whether it answers, and what could not be taken."""

from __future__ import annotations

import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

import typer

from rasad.commands import coverage
from rasad.commands.options import Json, Project, Quiet, screen_for
from rasad.usage import WrongUse, unknown
from words import texts

if TYPE_CHECKING:
    from answers.sources import SourceReport
    from config.project import Settings, Source
    from posts.post import Post
    from rasad.screen import Screen

PREVIEWED = 5
app = typer.Typer(
    no_args_is_help=False, rich_markup_mode=None, help="Show, add, test, pause, resume and remove sources."
)
app.command()(coverage.coverage)
Name = Annotated[str, typer.Argument(help="Name of the source.", show_default=False)]


@app.callback(invoke_without_command=True)
def sources(context: typer.Context, project: Project = None, json: Json = False) -> None:
    """Show, add, test, pause, resume and remove sources; without a verb, show them."""
    context.obj = project
    if context.invoked_subcommand is None:
        list_sources(context, project=project, json=json)


@app.command("list")
def list_sources(context: typer.Context, project: Project = None, json: Json = False) -> None:
    """Show each source: its state and why, how many posts, and when it is asked again."""
    from answers.sources import sources
    from rasad.project import choose, opened

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=json)
    with opened(settings) as at:
        reports = sources(at.asking()).value
    if json:
        screen.rows(map(_report, reports))
        return
    if not reports:
        screen.news(screen.text("empty.sources", name=settings.project.name))
        return
    screen.table(
        ["source", "platform", "state", "posts", "last_day", "newest", "next", "reason"],
        [
            [
                report.source,
                report.platform,
                screen.text(f"state.{report.state.replace(' ', '_')}"),
                screen.number(report.posts.value),
                screen.number(report.posts_last_day.value),
                screen.moment(report.newest_post_at),
                screen.moment(report.next_due_at),
                _reason(report, screen),
            ]
            for report in reports
        ],
        right=(3, 4),
    )


def _reason(report: SourceReport, screen: Screen) -> str:
    """Why it is in this state, in the project's language where the words are ours."""
    if report.why is None:
        return report.reason
    values = {
        name: screen.moment(value) if isinstance(value, datetime) else value
        for name, value in report.values.items()
    }
    return texts.text(report.why, screen.language, **values).strip()


def _report(report: SourceReport) -> dict[str, Any]:
    run = report.last_run
    return {
        "source": report.source,
        "state": report.state,
        "reason": report.reason,
        "platform": report.platform,
        "posts": report.posts.value,
        "posts_last_day": report.posts_last_day.value,
        "newest_post_at": report.newest_post_at,
        "last_run_at": run.started_at if run else None,
        "next_due_at": report.next_due_at,
        "put_off_until": report.put_off_until,
        "every_s": int(report.every.total_seconds()) if report.every else None,
    }


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="Address of the feed, or of the Mastodon server.")],
    name: Annotated[str | None, typer.Option(help="Its name here; made of the address if not given.")] = None,
    platform: Annotated[
        Literal["feed", "mastodon"] | None, typer.Option(help="feed, if nothing else says so.")
    ] = None,
    timeline: Annotated[
        Literal["public", "tag", "account"] | None, typer.Option(help="Mastodon: which one.")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="Mastodon: the timeline of this hashtag.")] = None,
    account: Annotated[str | None, typer.Option(help="Mastodon: the posts of this account.")] = None,
    every: Annotated[str | None, typer.Option(help="How often it is asked: 15m, 1h ...")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show 5 posts first; a source that gives none is not added.")
    ] = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Add a source to the project file."""
    from config.edit import add_source
    from rasad.project import choose

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    source = _new_source(
        settings,
        url,
        name,
        {"platform": platform, "timeline": timeline, "tag": tag, "account": account, "every": every},
    )
    if preview:
        _preview(settings, source, screen)
        if sys.stdin.isatty() and not json and not typer.confirm(screen.text("add_it", source=source.name)):
            raise typer.Exit(1)
    add_source(settings.folder, source)
    screen.news(screen.text("added", source=source.name))
    if not settings.project.contact and not settings.project.demo:
        screen.news(screen.text("contact_missing", file=settings.file))


def _new_source(settings: Settings, url: str, name: str | None, given: dict[str, str | None]) -> Source:
    from pydantic import ValidationError

    from config.project import Source

    values = {key: value for key, value in given.items() if value is not None}
    if "platform" not in values:
        mastodon = values.keys() & {"timeline", "tag", "account"}
        values["platform"] = "mastodon" if mastodon else "feed"
    values["tag"] = values["tag"].removeprefix("#") if "tag" in values else None  # type: ignore[assignment]
    values["url"] = url
    values["name"] = name or _free_name(url, values.get("tag"), {source.name for source in settings.sources})
    try:
        return Source.model_validate({key: value for key, value in values.items() if value is not None})
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
        raise WrongUse("; ".join(wrong)) from error


def _free_name(url: str, tag: str | None, taken: set[str]) -> str:
    """A name of the host (and the tag, where Latin letters can write it) that no other source has."""
    host = (urlsplit(url).hostname or "source").removeprefix("www.")
    stem = re.sub(r"[^a-z0-9]+", "-", f"{host} {tag or ''}".lower()).strip("-")[:60] or "source"
    names = [stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


@app.command("test")
def try_out(
    context: typer.Context,
    name: Name,
    project: Project = None,
    json: Json = False,
) -> None:
    """Ask a source now and show up to 5 posts; nothing is kept."""
    from rasad.project import choose

    settings = choose(project or context.obj)
    _preview(settings, find_source(settings, name), screen_for(settings, json=json))


def _preview(settings: Settings, source: Source, screen: Screen) -> None:
    from crawlers.run import preview
    from posts.errors import NotUnderstood
    from reports.export import record

    if settings.project.demo:
        raise WrongUse("The demo's sources are invented; nothing can be asked of them.")
    posts: list[Post] = preview(settings, source, limit=PREVIEWED)
    if not posts:
        raise NotUnderstood("it answers, but gives no posts", subject=source.name)
    if screen.json:
        screen.rows(map(record, posts))
        return
    for post in posts:
        text = " ".join(f"{post.title or ''} {post.text}".split())
        screen.say(f"{screen.moment(post.created_at)}  {text[:160]}")


@app.command()
def pause(context: typer.Context, name: Name, project: Project = None, quiet: Quiet = False) -> None:
    """Leave a source alone until it is resumed."""
    _set_paused(project or context.obj, name, quiet, paused=True)


@app.command()
def resume(context: typer.Context, name: Name, project: Project = None, quiet: Quiet = False) -> None:
    """Ask a paused source again from now on."""
    _set_paused(project or context.obj, name, quiet, paused=False)


def _set_paused(project: str | None, name: str, quiet: bool, *, paused: bool) -> None:
    from config.edit import change_source
    from rasad.project import choose
    from store.state import State

    settings = choose(project, changes=True)
    source = find_source(settings, name)
    change_source(settings.folder, source.name, paused=True if paused else None)
    if not paused:
        # The dashboard's pause button may have said it too.
        with State(settings.state) as state:
            state.pause(source.name, paused=False)
    screen = screen_for(settings, json=False, quiet=quiet)
    screen.news(screen.text("paused" if paused else "resumed", source=source.name))


@app.command()
def remove(context: typer.Context, name: Name, project: Project = None, quiet: Quiet = False) -> None:
    """Take a source out of the project; its posts stay."""
    from config.edit import remove_source
    from rasad.project import choose

    settings = choose(project or context.obj, changes=True)
    remove_source(settings.folder, find_source(settings, name).name)
    screen = screen_for(settings, json=False, quiet=quiet)
    screen.news(screen.text("removed", source=name))


def find_source(settings: Settings, name: str) -> Source:
    """The source of this name; ``WrongUse`` with the nearest one if there is none."""
    for source in settings.sources:
        if source.name == name:
            return source
    raise unknown("source", name, (source.name for source in settings.sources))
