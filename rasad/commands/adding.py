"""Verbs about sources: add, which is told what to read by an address, and backfill, for older posts."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from config.platforms import CHANNELS, NEEDS, PLATFORMS, PlatformName, Timeline
from rasad.commands.options import Json, Project, Quiet, screen_for
from rasad.commands.sources import Name, find_source, show_preview, tell_need
from rasad.usage import WrongUse
from words import dates, texts

if TYPE_CHECKING:
    from answers.pace import Pace
    from config.project import Settings, Source
    from rasad.screen import Screen
    from store.state import Run, State


def add(
    context: typer.Context,
    pasted: Annotated[
        str,
        typer.Argument(
            metavar="ADDRESS", help="Address of a feed, channel, account, tag, thread or server; or @name."
        ),
    ],
    name: Annotated[str | None, typer.Option(help="Its name here; made of the address if not given.")] = None,
    platform: Annotated[
        PlatformName | None, typer.Option(help="Where the address does not tell it, or tells it wrongly.")
    ] = None,
    timeline: Annotated[Timeline | None, typer.Option(help="What of the place is read.")] = None,
    tag: Annotated[str | None, typer.Option(help="The posts with this hashtag.")] = None,
    account: Annotated[str | None, typer.Option(help="The posts of this account or channel.")] = None,
    query: Annotated[str | None, typer.Option(help="What a search on the platform finds.")] = None,
    thread: Annotated[str | None, typer.Option(help="The answers to the post at this address.")] = None,
    articles: Annotated[
        bool, typer.Option("--articles", help="Feed: read the pages that it links to.")
    ] = False,
    every: Annotated[str | None, typer.Option(help="How often it is asked: 15m, 1h ...")] = None,
    backfill_days: Annotated[int | None, typer.Option(help="Begin so many days back.")] = None,
    backfill_pages: Annotated[int | None, typer.Option(help="So many older pages at each turn.")] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show 5 posts first; a source that gives none is not added.")
    ] = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Add a source to the project file; what was pasted tells platform, timeline and account."""
    from config.adding import lacking, same_place
    from config.edit import add_source
    from rasad.project import choose

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    given = {
        "name": name, "platform": platform, "timeline": timeline, "tag": tag, "account": account,
        "query": query, "thread": thread, "articles": articles or None, "every": every,
        "backfill_days": backfill_days, "backfill_pages": backfill_pages,
    }  # fmt: skip
    source = _new_source(settings, pasted, given)
    if (other := same_place(settings, source)) is not None:
        raise WrongUse(f"The source '{other.name}' reads that already.", subject=pasted[:200])
    if preview:
        show_preview(settings, source, screen)
        if sys.stdin.isatty() and not json and not typer.confirm(screen.text("add_it", source=source.name)):
            raise typer.Exit(1)
    add_source(settings.folder, source)
    screen.news(screen.text("added", source=source.name))
    screen.news(told_as(source, screen))
    if variable := lacking(settings, source):
        tell_need(variable, screen)
    if not settings.project.contact and not settings.project.demo:
        screen.news(screen.text("contact_missing", file=settings.file))


def _new_source(settings: Settings, pasted: str, given: dict[str, Any]) -> Source:
    from pydantic import ValidationError

    from config.adding import free_name, proposed
    from config.project import Source
    from posts.errors import SourceError

    try:
        values = proposed(pasted, given)
    except SourceError as error:
        raise WrongUse(error.message, subject=error.subject, remedy=error.remedy) from error
    _refuse_misfits(values, given, pasted)
    values.setdefault("name", free_name(values, {source.name for source in settings.sources}))
    try:
        return Source.model_validate(values)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False)]
        raise WrongUse("; ".join(wrong), subject=pasted[:200]) from error


def _refuse_misfits(values: dict[str, Any], given: dict[str, Any], pasted: str) -> None:
    """``WrongUse`` for an option that no source of the platform has, told once."""
    platform = PLATFORMS.get(values.get("platform", ""))
    if platform is None:
        return
    needs = {key: timeline for timeline, key in NEEDS.items()}
    needs["query"] = "search" if "search" in platform.timelines else "stream"
    misfits = [f"--{key}" for key, needed in needs.items() if given[key] and needed not in platform.timelines]
    if (timeline := given["timeline"]) and timeline not in platform.timelines:
        misfits.insert(0, f"--timeline {timeline}")
    if not misfits:
        return
    called = texts.text(f"common.platform.{platform.name}", "en")
    if platform.name in CHANNELS:
        has = f"{called} has channels only"
    elif platform.timelines:
        has = f"{called} has {', '.join(platform.timelines)} only"
    else:
        has = "A feed is read as a whole"
    raise WrongUse(f"{has}: leave out {' and '.join(misfits)}.", subject=pasted[:200])


def told_as(source: Source, screen: Screen) -> str:
    """What the source was taken for: "Telegram, a channel: isna94"."""
    key = f"common.platform.{source.platform}"
    platform = screen.words(key) if texts.known(key) else source.platform
    if source.timeline is None:
        return f"{platform}: {source.url}"
    what = source.tag or source.account or source.query or source.thread or source.url
    kind = "channel" if source.platform in CHANNELS else source.timeline
    return f"{platform}, {screen.words(f'timeline.{kind}')}: {what}"


def backfill(
    context: typer.Context,
    name: Name,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="So many days back from now.")] = None,
    since: Annotated[str | None, typer.Option(help="Back to then: 30d, 2026-01-01, 1405/01/01.")] = None,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Ask a source for older posts; without --days or --since, show how far back it reaches."""
    from answers.pace import Pace, holds, paces
    from rasad.moments import read_moment
    from rasad.project import choose, opened

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    source = find_source(settings, name)
    if days is not None and since is not None:
        raise WrongUse("Both --days and --since say how far back.", remedy="Give one of them.")
    if settings.project.demo:
        raise WrongUse("The demo's sources are invented; nothing can be asked of them.")
    now = datetime.now(UTC)
    back_to = read_moment(since, now=now, time_zone=settings.project.time_zone)
    if days is not None:
        back_to = now - timedelta(days=days)
    _refuse_impossible(source, back_to, now, screen)
    with opened(settings) as at:
        pace = paces(at.asking()).value.get(source.name, Pace())
        begin = pace.reach.reached or pace.oldest_post_at
        asked = back_to is not None and pace.reach.state != "ended" and (begin is None or back_to < begin)
        if back_to is not None and holds(pace.reach, back_to):
            asked = False
        if asked and back_to is not None:
            at.state.move_cursors(source.name, {"backfill_asked": back_to.isoformat()}, at=now)
        paused = source.paused or at.state.control(source.name).paused
        failed = _failed(at.state, source.name)
    if json:
        screen.row(
            _row(source, pace, back_to, asked=asked, now=now) | {"last_failure": failed and failed.reason}
        )
    else:
        if failed is not None:
            state = screen.common(f"state.{failed.outcome}")
            told = {"source": source.name, "state": state, "reason": failed.reason}
            screen.say(screen.words("backfill.last_failed", **told))
        _tell(source, pace, back_to, screen, asked=asked, paused=paused, now=now)


def _failed(state: State, name: str) -> Run | None:
    """The last run of a source, if it brought nothing because it failed."""
    ended = next((run for run in state.runs(job=name) if run.outcome), None)
    return ended if ended is not None and ended.outcome not in ("ok", "partial") else None


def _refuse_impossible(source: Source, back_to: datetime | None, now: datetime, screen: Screen) -> None:
    from answers.pace import has_past

    if not has_past(source.platform, source.timeline):
        raise WrongUse(screen.words("backfill.never", source=source.name))
    if back_to is not None and back_to >= now:
        raise WrongUse("A back-fill goes into the past.", remedy="Give a date before now.")


def _estimate(source: Source, pace: Pace, back_to: datetime, now: datetime) -> tuple[int, int] | None:
    """About how many requests, and in how many turns; ``None`` where it cannot be told."""
    from answers.pace import requests_for

    requests = requests_for(pace, source.platform, back_to, now=now)
    if requests is None:
        return None
    return max(1, requests), max(1, -(-requests // max(1, source.backfill_pages)))


def _row(
    source: Source, pace: Pace, back_to: datetime | None, *, asked: bool, now: datetime
) -> dict[str, Any]:
    estimate = _estimate(source, pace, back_to, now) if asked and back_to is not None else None
    return {
        "source": source.name,
        "asked": asked,
        "back_to": back_to if asked else pace.reach.back_to,
        "reached": pace.reach.reached,
        "oldest_post_at": pace.oldest_post_at,
        "requests": estimate and estimate[0],
        "turns": estimate and estimate[1],
    }


def _tell(
    source: Source,
    pace: Pace,
    back_to: datetime | None,
    screen: Screen,
    *,
    asked: bool,
    paused: bool,
    now: datetime,
) -> None:
    from answers.pace import holds

    reach, begin = pace.reach, pace.reach.reached or pace.oldest_post_at
    known = {"source": source.name, "date": screen.moment(begin)}
    held = back_to is not None and holds(reach, back_to)
    if begin is None:
        screen.say(screen.words("backfill.empty", source=source.name))
    elif back_to is not None and not asked and not held and reach.state != "ended":
        screen.say(screen.words("backfill.there", **known))
    else:
        screen.say(screen.words("backfill.reaches", **known))
    if reach.state == "ended":
        screen.say(screen.words("backfill.ended"))
    elif held and reach.back_to is not None:
        screen.say(screen.words("backfill.holds", source=source.name, date=screen.moment(reach.back_to)))
        screen.say(_told_cost(source, pace, reach.back_to, now, screen))
    elif asked and back_to is not None:
        screen.say(screen.words("backfill.asked", source=source.name, date=screen.moment(back_to)))
        screen.say(_told_cost(source, pace, back_to, now, screen))
    elif reach.state == "under way":
        key = "backfill.waits" if reach.reached is None else "backfill.under_way"
        screen.say(screen.words(key, date=screen.moment(reach.back_to), reached=screen.moment(reach.reached)))
    if (asked or held) and paused:
        screen.say(screen.words("backfill.paused", source=source.name))


def _told_cost(source: Source, pace: Pace, back_to: datetime, now: datetime, screen: Screen) -> str:
    estimate = _estimate(source, pace, back_to, now)
    if estimate is None:
        return screen.words("backfill.no_estimate")
    requests, turns = estimate
    return screen.words(
        "backfill.estimate",
        requests=texts.counted("unit_of.request", requests, screen.language),
        crawls=texts.counted("unit_of.crawl", turns, screen.language),
        time=dates.length(turns * source.every, screen.language),
    )
