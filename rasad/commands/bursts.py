"""The verb about bursts: when posts ran high, and when their level changed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    SourceName,
    Until,
)

if TYPE_CHECKING:
    from answers.bursts import Burst, Bursts, SlowChange
    from rasad.screen import Screen


def bursts(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show when posts ran high, and slow climbs and drops, in the last 7 days."""
    from answers.bursts import bursts as answer

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        found = answer(at.asking(), meant).value
        if json:
            screen.rows([*map(_episode, found.episodes), *map(_change, found.changes)])
        elif found.state != "told":
            screen.news(screen.text("empty.history", moment=screen.moment(found.judged_from)))
        elif not found.episodes and not found.changes:
            screen.news(screen.text("empty.bursts"))
        else:
            _draw(found, screen)


def _draw(found: Bursts, screen: Screen) -> None:
    if found.episodes:
        columns = [
            "burst_since",
            "burst_until",
            "posts",
            "authors",
            "expected",
            "ratio",
            "burst_peak",
            "score",
        ]
        rows = [_row(each, screen) for each in found.episodes]
        screen.table(columns, rows, right=(2, 3, 4, 5, 7))
    for each in found.changes:
        told = screen.text(
            f"bursts.{each.kind}", since=screen.moment(each.since),
            before=screen.number(each.before.value), after=screen.number(each.after.value),
            ratio=screen.number(each.ratio, 1 if each.ratio >= 1 else 2),
            low=screen.number(each.low, 1 if each.ratio >= 1 else 2),
            high=screen.number(each.high, 1 if each.ratio >= 1 else 2),
        )  # fmt: skip
        screen.say(told)


def _row(each: Burst, screen: Screen) -> list[str]:
    return [
        screen.moment(each.since),
        screen.text("bursts.ongoing") if each.ongoing else screen.moment(each.until),
        screen.number(each.posts.value),
        screen.number(each.authors.value),
        screen.number(each.expected.value),
        screen.number(each.ratio, 1),
        screen.moment(each.peak_at),
        screen.number(each.score, 1),
    ]


def _episode(each: Burst) -> dict[str, Any]:
    return {
        "kind": "burst",
        "since": each.since,
        "until": each.until,
        "ongoing": each.ongoing,
        "posts": each.posts.value,
        "authors": each.authors.value,
        "peak_at": each.peak_at,
        "peak": each.peak.value,
        "expected": each.expected.value,
        "ratio": each.ratio,
        "score": each.score,
    }


def _change(each: SlowChange) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "since": each.since,
        "level": each.level,
        "found": each.found,
        "before": each.before.value,
        "after": each.after.value,
        "ratio": each.ratio,
        "low": each.low,
        "high": each.high,
        "certainty": each.certainty,
    }
