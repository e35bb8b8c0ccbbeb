"""Verbs about sources: what is listened to, whether it answers, and what could not be taken."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands import coverage
from rasad.commands.options import Json, Project, Quiet, screen_for
from rasad.usage import WrongUse, unknown
from words import dates, digits, texts

if TYPE_CHECKING:
    from answers.pace import Pace
    from answers.sources import SourceReport
    from config.project import Settings, Source
    from posts.post import Post
    from rasad.screen import Screen

PREVIEWED = 5
app = typer.Typer(
    no_args_is_help=False,
    rich_markup_mode=None,
    help="Show, add, test, pause, resume, back-fill and remove sources.",
)
app.command()(coverage.coverage)
Name = Annotated[str, typer.Argument(help="Name of the source.", show_default=False)]


@app.callback(invoke_without_command=True)
def sources(context: typer.Context, project: Project = None, json: Json = False) -> None:
    """Show, add, test, pause, resume, back-fill and remove sources; without a verb, show them."""
    context.obj = project
    if context.invoked_subcommand is None:
        list_sources(context, project=project, json=json)


@app.command("list")
def list_sources(context: typer.Context, project: Project = None, json: Json = False) -> None:
    """Show each source: its state and why, its pace against its habit, its cost, and its next turn."""
    from answers.pace import Pace, paces
    from answers.sources import sources
    from rasad.project import choose, opened
    from store.deepening import behind

    settings = choose(project or context.obj)
    screen = screen_for(settings, json=json)
    with opened(settings) as at:
        asking = at.asking()
        reports, known = sources(asking).value, paces(asking).value
        waits = behind(at.store, at.state)
    told = [(report, known.get(report.source, Pace())) for report in reports]
    if json:
        screen.rows(_report(settings, report, pace) for report, pace in told)
        return
    if not reports:
        screen.news(screen.text("empty.sources", name=settings.project.name))
        return
    columns = [
        "source",
        "state",
        "posts",
        "last_day",
        "an_hour",
        "newest",
        "delay",
        "requests",
        "next",
        "reason",
    ]
    screen.table(columns, [_row(report, pace, screen) for report, pace in told], right=(2,))
    _tell_more(settings, told, screen)
    if waits is not None and waits.posts:
        posts, since = screen.counted("post", waits.posts), screen.moment(waits.since)
        screen.news(screen.text("reading_behind", posts=posts, since=since))


def _row(report: SourceReport, pace: Pace, screen: Screen) -> list[str]:
    return [
        report.source,
        screen.text(f"state.{report.state.replace(' ', '_')}"),
        screen.number(report.posts.value),
        _of_expected(report, pace, screen),
        _an_hour(pace, screen),
        screen.moment(report.newest_post_at),
        dates.length(pace.delay, screen.language) if pace.delay is not None else digits.UNKNOWN,
        screen.number(pace.requests),
        screen.moment(report.next_due_at),
        _reason(report, screen),
    ]


def _of_expected(report: SourceReport, pace: Pace, screen: Screen) -> str:
    """Posts of the last day, and how many were to be expected."""
    posts = screen.number(report.posts_last_day.value)
    if pace.expected_day is None:
        return posts
    return f"{posts} ({screen.words('pace.expected', n=screen.number(pace.expected_day))})"


def _an_hour(pace: Pace, screen: Screen) -> str:
    """Posts of the last whole hour, and what is usual then."""
    posts, habit = screen.number(pace.last_hour.value), pace.usual_hour
    if habit is None:
        return posts
    told = screen.words("pace.usual", low=screen.number(habit.low), high=screen.number(habit.high))
    return f"{posts} ({told})"


def _tell_more(settings: Settings, told: list[tuple[SourceReport, Pace]], screen: Screen) -> None:
    """What needs a person or a moment: back-fills under way, what is missing, accounts that nobody reads."""
    from config.adding import lacking, unheard

    for report, pace in told:
        if pace.reach.state == "under way":
            reach = screen.words("pace.reach_under_way", date=screen.moment(pace.reach.back_to))
            screen.news(f"{report.source}: {reach}")
    for variable in dict.fromkeys(filter(None, (lacking(settings, s) for s in settings.sources))):
        tell_need(variable, screen)
    for brand, account, _ in [] if settings.project.demo else unheard(settings):
        command = f"rasad sources add '{account}'"
        screen.news(screen.words("unheard.told", brand=brand.name, account=account, command=command))


def tell_need(variable: str, screen: Screen) -> None:
    """What is missing, how to get it, and what it costs."""
    missing = screen.words("needs.missing", variable=variable)
    screen.news(f"{missing} {screen.words(f'needs.{variable}')}")


def _reason(report: SourceReport, screen: Screen) -> str:
    """Why it is in this state, in the project's language where the words are ours."""
    if report.why is None:
        return report.reason
    values = {name: _said(value, screen) for name, value in report.values.items()}
    return texts.text(report.why, screen.language, **values).strip()


def _said(value: Any, screen: Screen) -> Any:
    if isinstance(value, datetime):
        return screen.moment(value)
    return screen.number(value) if isinstance(value, int | float) else value


def _report(settings: Settings, report: SourceReport, pace: Pace) -> dict[str, Any]:
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
        **_pace(pace),
        "needs": _need(settings, report.source),
    }


def _pace(pace: Pace) -> dict[str, Any]:
    habit, reach = pace.usual_hour, pace.reach
    return {
        "posts_last_hour": pace.last_hour.value,
        "usual_hour": None if habit is None else asdict(habit),
        "expected_per_day": pace.expected_day,
        "oldest_post_at": pace.oldest_post_at,
        "delay_s": None if pace.delay is None else pace.delay.total_seconds(),
        "requests_last_day": pace.requests,
        "budgets": [
            {"host": b.host, "left": b.left, "of": b.of, "new_at": b.new_at} for b in pace.budgets
        ],
        "looks_due": pace.looks_due,
        "backfill": {"state": reach.state, "back_to": reach.back_to, "reached": reach.reached},
    }  # fmt: skip


def _need(settings: Settings, name: str) -> str | None:
    """The variable that a source of the project lacks."""
    from config.adding import lacking

    return next((lacking(settings, source) for source in settings.sources if source.name == name), None)


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
    show_preview(settings, find_source(settings, name), screen_for(settings, json=json))


def show_preview(settings: Settings, source: Source, screen: Screen) -> None:
    """Up to 5 posts of the source, asked for now; ``SourceError`` where it gives none."""
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
