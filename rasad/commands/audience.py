"""The verb about the people of a selection: who stayed, what else they talk about, how that shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from rasad.commands.plain import named, plain
from rasad.commands.sought import tell_nothing, tell_sought

if TYPE_CHECKING:
    from answers.audience import Audience, Interest, Shifted
    from rasad.screen import Screen


def audience(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    size: Size = 8,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show who writes about something in the last 7 days, what else they talk about, and how that shifts."""
    from answers.audience import audience as answer

    query, hashtag = named(query, hashtag)
    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        told = answer(at.asking(), meant, size=size)
        found = told.value
        if json:
            screen.row(plain(found))
            return
        tell_sought(told.selection, screen, hashtag)
        if not (found.authors.value or found.lost.value):
            tell_nothing(at.asking(), told.selection, screen)
            return
        _tell(found, screen)


def _tell(found: Audience, screen: Screen) -> None:
    people, new, stayed, lost = (
        int(figure.value or 0) for figure in (found.authors, found.new, found.stayed, found.lost)
    )
    counts = {"new": screen.number(new), "stayed": screen.number(stayed), "lost": screen.number(lost)}
    screen.say(screen.text("audience.people", authors=screen.counted("author", people), **counts))
    for kind, rows in (("language", found.languages), ("platform", found.platforms)):
        screen.say()
        screen.table(
            [kind, "authors", "people.share"],
            [[row.code, screen.number(row.authors.value), screen.percent(row.share)] for row in rows],
            right=(1, 2),
        )
    if found.state != "told":
        from answers.audience import LEAST

        least = screen.counted("author", LEAST)
        screen.news(screen.words(f"dashboard.people.states.{found.state}", authors=least))
        return
    screen.say()
    columns = ["people.interest", "authors", "here", "elsewhere", "ratio"]
    screen.table(columns, [_interest(row, screen) for row in found.interests], right=(1, 2, 3, 4))
    screen.say()
    columns = ["people.shift", "people.now", "people.before", "people.change", "people.rest_change"]
    screen.table(columns, [_shift(row, screen) for row in found.shifts], right=(1, 2, 3, 4))


def _interest(row: Interest, screen: Screen) -> list[str]:
    ends = (screen.number(each, 1) for each in (row.ratio, row.low, row.high))
    here, rest = screen.percent(row.share), screen.percent(row.rest_share)
    return [
        _name(row), screen.number(row.people.value), here, rest,
        screen.words("dashboard.people.between", **dict(zip(("value", "low", "high"), ends, strict=True))),
    ]  # fmt: skip


def _shift(row: Shifted, screen: Screen) -> list[str]:
    from words import digits

    value, low, high, rest = (
        digits.percent(each, screen.language, signed=True)
        for each in (row.change, row.low, row.high, row.rest_change)
    )
    told = screen.words("dashboard.people.between", value=value, low=low, high=high)
    return [_name(row), screen.number(row.now.value), screen.number(row.before.value), told, rest]


def _name(row: Interest | Shifted) -> str:
    return f"#{row.name}" if row.kind == "hashtag" else row.name
