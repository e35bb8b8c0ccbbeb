"""The verb about choosing hashtags: which come into question, their numbers, and a verdict on each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.asking import asked
from rasad.commands.options import Json, Lang, Platform, Project, Quiet, Since, Size, SourceName, Until
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from answers.research import Research, TagResearch
    from posts.answer import Figure
    from rasad.screen import Screen


def hashtags(
    seeds: Annotated[
        list[str] | None, typer.Argument(help="Words or #tags that it is about.", show_default=False)
    ] = None,
    draft: Annotated[str, typer.Option("--draft", help="The text of a post that looks for hashtags.")] = "",
    audience: Annotated[
        str, typer.Option("--audience", help="A query; hashtags that its authors use more than others.")
    ] = "",
    within: Annotated[str, typer.Option("--within", help="A query; only posts that match it count.")] = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    size: Size = 20,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show which hashtags suit a word, a tag, a draft or an audience, with a verdict, in the last 28 days."""
    from answers.research import research

    wanted = tuple(seed for seed in seeds or () if seed.strip())
    if not (wanted or draft.strip() or audience.strip()):
        raise WrongUse("Nothing to look for.", remedy="Name a word or tag, or give --draft or --audience.")
    with asked(
        project, json=json, quiet=quiet, query=within, since=since, until=until, lang=lang,
        platform=platform, source=source,
    ) as (at, meant, screen):  # fmt: skip
        found = research(at.asking(), meant, seeds=wanted, draft=draft, audience=audience, size=size).value
        if json:
            screen.rows(map(_record, found.rows))
        else:
            _draw(found, screen)
        _tell_unknown(found, screen)


def _draw(found: Research, screen: Screen) -> None:
    rows = [_cells(row, screen) for row in found.rows]
    columns = ["hashtag", "verdict", "posts", "authors", "posts_per_hour", "lift", "reach", "visible"]
    screen.table(columns, rows, right=(2, 3, 4, 5, 6, 7))
    if found.rows:
        screen.news(screen.text("hashtags.note", days=screen.counted("day", round(found.hours / 24))))


def _cells(row: TagResearch, screen: Screen) -> list[str]:
    from words import digits

    told = screen.words(f"research.verdict.{row.verdict.code}")
    light = screen.words(f"research.light.{row.verdict.light}")
    return [
        f"#{row.name}",
        screen.words("research.judged", verdict=told, light=light),
        screen.number(row.posts.value),
        screen.number(row.authors.value),
        screen.number(row.posts_per_hour, 2),
        _lift(row, screen),
        digits.compact(row.reach.value, screen.language),
        _visible(row, screen),
    ]


def _lift(row: TagResearch, screen: Screen) -> str:
    lift = row.lift
    if lift.ratio is None:
        return screen.words("research.cannot_tell")
    low, ratio, high = (screen.number(value, 2) for value in (lift.low, lift.ratio, lift.high))
    return screen.words("research.between", ratio=ratio, low=low, high=high)


def _visible(row: TagResearch, screen: Screen) -> str:
    hours = screen.number(row.visible.at_least_s / 3600, 1)
    return screen.words("research.longer_than", hours=hours) if row.visible.median_s is None else hours


def _tell_unknown(found: Research, screen: Screen) -> None:
    for seed in found.unknown:
        tags = screen.words("common.list_separator").join(f"#{name}" for _, name in seed.nearest)
        key = "research.unknown_near" if tags else "research.unknown"
        screen.news(screen.words(key, tag=seed.written, tags=tags))


def _shares(parts: tuple[tuple[str, Figure], ...]) -> dict[str, Any]:
    return {name: figure.value for name, figure in parts}


def _record(row: TagResearch) -> dict[str, Any]:
    lift, visible = row.lift, row.visible
    return {
        "hashtag": row.name, "key": row.key, "why": row.why,
        "relevance": None if row.why == "named" else row.relevance,
        "posts": row.posts.value, "authors": row.authors.value, "authors_per_day": row.authors_per_day,
        "posts_per_hour": row.posts_per_hour, "shares_per_hour": row.shares_per_hour,
        "lift": lift.ratio, "lift_low": lift.low, "lift_high": lift.high,
        "lift_authors": lift.authors, "lift_posts": lift.posts, "lift_others": lift.others,
        "reach": row.reach.value, "impressions": row.impressions.value,
        "known_followers": row.known_followers, "author_followers": row.author_followers,
        "visible_h": None if visible.median_s is None else visible.median_s / 3600,
        "visible_at_least_h": visible.at_least_s / 3600,
        "verdict": row.verdict.code, "confidence": row.verdict.light,
        "reasons": [
            {"measure": each.measure, "value": each.value, "threshold": each.threshold, "met": each.met}
            for each in row.verdict.reasons
        ],
        "weekly_authors": [week.authors.value for week in row.weeks],
        "platforms": _shares(row.platforms), "languages": _shares(row.languages),
        "sentiments": _shares(row.sentiments),
    }  # fmt: skip
