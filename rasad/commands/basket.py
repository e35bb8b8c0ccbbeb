"""The verbs about choosing hashtags: what goes with one, the set for a post, and the check of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.asking import asked
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
)

if TYPE_CHECKING:
    from answers.asking import Asking
    from answers.basket import Basket, BasketTag, Point
    from answers.collision import Warnings
    from answers.draft import DraftCheck
    from answers.related import RelatedTag
    from nlp.usage import Finding
    from rasad.screen import Screen


Aim = Annotated[
    str | None,
    typer.Option("--platform", help="Where it is to be posted: x, instagram, mastodon, bluesky ..."),
]


def related(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    size: Size = 20,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the hashtags that go with posts, to the second level, in the last 30 days."""
    from answers.collision import warnings
    from answers.related import related as answer

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        asking = at.asking()
        found = answer(asking, meant, size=size).value
        rows = [*found.first, *found.second]
        if json:
            screen.rows(map(_related_row, rows))
            return
        if meant.hashtag:
            _warn(warnings(asking, meant).value, screen)
        if not rows:
            screen.news(screen.text("related.none"))
            return
        columns = ["hashtag", "via", "together", "authors", "lift", "at_least"]
        cells = [
            [
                f"#{row.name}",
                f"#{row.via_name}" if row.via_name else "",
                screen.number(row.authors.value),
                screen.number(row.all_authors.value),
                screen.number(row.lift, 1),
                screen.number(row.least_lift, 1),
            ]
            for row in rows
        ]
        screen.table(columns, cells, right=(2, 3, 4, 5))


def _warn(found: Warnings, screen: Screen) -> None:
    separator = screen.common("list_separator")
    if found.hijack is not None:
        told = screen.text(
            "related.hijack", since=screen.moment(found.hijack.since),
            newcomers=screen.percent(found.hijack.newcomers),
            words=separator.join(found.hijack.words_after),
        )  # fmt: skip
        screen.news(told)
    if found.angry is not None:
        screen.news(screen.text("related.angry", negative=screen.number(found.angry)))
    if found.contexts:
        one, other = (separator.join(context.words) for context in found.contexts)
        screen.news(screen.text("related.collision", one=one, other=other))


def _related_row(row: RelatedTag) -> dict[str, Any]:
    return {
        "hashtag": row.name,
        "key": row.key,
        "via": row.via,
        "posts": row.posts.value,
        "authors": row.authors.value,
        "all_authors": row.all_authors.value,
        "share": row.share,
        "lift": row.lift,
        "least_lift": row.least_lift,
        "false_rate": row.false_rate,
    }


def basket(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SEED...", help="Hashtags or words to begin with; none: all.", show_default=False
        ),
    ] = None,
    project: Project = None,
    k: Annotated[int, typer.Option("--k", min=1, max=30, help="How many hashtags at most.")] = 5,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Aim = None,
    max_per_hour: Annotated[
        float | None, typer.Option("--max-per-hour", min=0, help="Leave out what is more crowded.")
    ] = None,
    allow_warned: Annotated[bool, typer.Option("--allow-warned", help="Also those with a warning.")] = False,
    reached: Annotated[
        list[str] | None, typer.Option("--reached", help="A hashtag whose people are reached already.")
    ] = None,
    everyone: Annotated[bool, typer.Option("--everyone", help="Count people that are reached too.")] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Choose hashtags that together reach the most new people, from the last four weeks."""
    from answers.basket import basket as answer
    from nlp.platform_rules import rules_of

    rules = rules_of(platform.lower() if platform else None)
    most = k if rules.most is None else min(k, rules.most)
    with asked(project, json=json, quiet=quiet, since=since, until=until, lang=lang) as (at, meant, screen):
        asking = at.asking()
        found = answer(
            asking, meant.narrowed(platform=_heard(asking, platform)), seeds=tuple(seeds or ()), k=most,
            max_per_hour=max_per_hour, allow_warned=allow_warned, reached_tags=tuple(reached or ()),
            include_reached=everyone,
        ).value  # fmt: skip
        if json:
            screen.row(_basket_row(found))
            return
        _draw_basket(found, screen)


def _heard(asking: Asking, platform: str | None) -> str | None:
    """The platform as a part of the selection: only where posts of it are collected."""
    known = {source.platform for source in asking.sources}
    return platform.lower() if platform and platform.lower() in known else None


def _draw_basket(found: Basket, screen: Screen) -> None:
    if found.tags:
        rows = [
            [
                f"#{tag.name}",
                screen.number(tag.new.value),
                screen.number(tag.authors.value),
                screen.number(tag.per_hour, 2),
                _hours(tag.stay_s, screen),
            ]
            for tag in found.tags
        ]
        screen.table(["hashtag", "adds", "authors", "per_hour", "in_sight"], rows, right=(1, 2, 3, 4))
    for line in told(found, screen):
        screen.say(line)
    if len(found.frontier) > 1:
        screen.say()
        points = [
            [
                screen.number(point.new.value),
                _hours(point.stay_s, screen),
                " ".join(f"#{name}" for name in point.names),
            ]
            for point in found.frontier
        ]
        screen.table(["reaches", "in_sight", "set"], points, right=(0, 1))


def told(found: Basket, screen: Screen) -> list[str]:
    """What is to be said of the set as a whole."""
    from answers.basket_pool import LEAST_AUTHORS

    lines = [screen.words("basket.nothing", least=screen.number(LEAST_AUTHORS))]
    if found.tags:
        told = screen.words(
            "basket.told", tags=screen.counted("hashtag", len(found.tags)),
            new=screen.counted("author", int(found.new.value or 0)),
            everyone=screen.number(found.everyone.value),
            share=screen.percent(found.of_best), k=screen.number(len(found.tags)),
        )  # fmt: skip
        lines = [told, screen.words("basket.no_weeks")]
        if found.low is not None and found.high is not None:
            low, high = screen.number(found.low), screen.number(found.high)
            lines[1] = screen.words("basket.weekly", low=low, high=high)
    if found.already is not None and found.already.value:
        people = screen.counted("author", int(found.already.value))
        lines.append(screen.words("basket.already", people=people))
    if found.left_out:
        tags = screen.common("list_separator").join(
            screen.words(
                "basket.one_left_out", tag=f"#{one.name}",
                why=screen.words(f"basket.why.{one.why}", per_hour=screen.number(one.per_hour, 2)),
            )
            for one in found.left_out
        )  # fmt: skip
        lines.append(screen.words("basket.left_out", tags=tags))
    return lines


def _hours(seconds: float, screen: Screen) -> str:
    hours = seconds / 3600
    return screen.words("basket.stay", hours=screen.number(hours, 1 if hours < 10 else 0))


def _basket_row(found: Basket) -> dict[str, Any]:
    return {
        "hashtags": [_tag_row(tag) for tag in found.tags],
        "k": found.k,
        "new": found.new.value,
        "everyone": found.everyone.value,
        "bound": found.bound,
        "of_best": found.of_best,
        "already": None if found.already is None else found.already.value,
        "weekly": list(found.weekly),
        "low": found.low,
        "high": found.high,
        "frontier": [_point_row(point) for point in found.frontier],
        "left_out": [
            {"hashtag": one.name, "why": one.why, "per_hour": one.per_hour} for one in found.left_out
        ],
        "candidates": found.candidates,
    }


def _tag_row(tag: BasketTag) -> dict[str, Any]:
    return {
        "hashtag": tag.name, "key": tag.key, "new": tag.new.value, "authors": tag.authors.value,
        "posts": tag.posts.value, "per_hour": tag.per_hour, "stay_s": tag.stay_s,
    }  # fmt: skip


def _point_row(point: Point) -> dict[str, Any]:
    return {
        "hashtags": list(point.names), "new": point.new.value, "stay_s": point.stay_s,
        "of_best": point.of_best,
    }  # fmt: skip


def draft(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text as it would be posted.")],
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Aim = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Check how a draft uses hashtags; exit code 1 where something of it would break."""
    from answers.draft import draft as answer

    with asked(project, json=json, quiet=quiet, since=since, until=until, lang=lang) as (at, meant, screen):
        asking = at.asking()
        aim = platform.lower() if platform else None
        found = answer(asking, meant.narrowed(platform=_heard(asking, aim)), text=text, platform=aim).value
        if json:
            screen.row(_draft_row(found))
        else:
            _draw_draft(found, screen)
    if any(finding.weight == "error" for finding in found.findings):
        raise typer.Exit(1)


def _draw_draft(found: DraftCheck, screen: Screen) -> None:
    if not found.findings:
        screen.say(screen.words("usage.fine"))
    for finding in found.findings:
        weight = screen.words(f"usage.weight.{finding.weight}")
        screen.say(f"{screen.number(finding.start)}  {weight}  {sentence(finding, screen)}")
        if finding.remedy is not None:
            screen.say(f"   {screen.words('usage.instead', text=finding.remedy)}")
    if found.mended != found.text:
        screen.say(screen.words("usage.mended", text=found.mended))


def sentence(finding: Finding, screen: Screen) -> str:
    """What a finding says, in the project's language."""
    return screen.words(
        f"usage.{finding.code}", found=finding.found, other=finding.other,
        count=screen.number(finding.count), limit=screen.number(finding.limit),
    )  # fmt: skip


def _draft_row(found: DraftCheck) -> dict[str, Any]:
    return {
        "mended": found.mended,
        "findings": [
            {
                "code": one.code, "weight": one.weight, "start": one.start, "end": one.end,
                "found": one.found, "remedy": one.remedy, "other": one.other, "count": one.count,
                "limit": one.limit,
            }
            for one in found.findings
        ],
        "hashtags": [
            {"hashtag": tag.written, "key": tag.key, "posts": tag.posts.value, "authors": tag.authors.value}
            for tag in found.tags
        ],
    }  # fmt: skip
