"""The verb that looks back: how well would each ranking have told what rose?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from rasad.commands.asking import asked
from rasad.commands.options import (
    Json,
    Lang,
    Platform,
    Project,
    Query,
    Quiet,
    SourceName,
    Until,
)

if TYPE_CHECKING:
    from answers.backtest import Backtest
    from rasad.screen import Screen

Days = Annotated[int, typer.Option("--days", min=1, max=400, help="How many days are judged at most.")]
Least = Annotated[
    int | None,
    typer.Option("--least", min=1, help="Authors in a day that make a rise; without it 8, 5 where few post."),
]


def backtest(
    query: Query = "",
    project: Project = None,
    days: Days = 14,
    least: Least = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Replay every ranking over the past: what rose, what each listed before its peak, false alarms a day."""
    from answers.backtest import backtest as answer
    from reports.backtest import intro, record

    with asked(
        project, json=json, quiet=quiet, query=query, until=until, lang=lang, platform=platform, source=source
    ) as (at, meant, screen):
        found = answer(at.asking(), meant, days=days, least=least).value
        if json:
            screen.row(record(found))
            return
        screen.say(intro(found, screen.language, screen.time_zone, screen.calendar))
        if found.rankings:
            _draw(found, screen)


def _draw(found: Backtest, screen: Screen) -> None:
    from reports import backtest as told

    language, whole = screen.language, len(found.rises)
    rows = []
    for row in found.rankings:
        score = row.score
        precision, between = score.precision.value, told.percents(score.precision, language)
        lead = "" if score.lead_h is None else screen.number(score.lead_h.value)
        rows.append(
            [
                told.name(row.name, language),
                f"{told.percent(precision, language)} ({between})",
                told.of_whole(score.listed.value, whole, language),
                told.of_whole(score.before.value, whole, language),
                lead,
                screen.number(score.false_a_day.value, 1),
                told.said(row.against, language),
            ]
        )
    columns = ["ranking", "precision", "listed", "before", "lead", "false", "against"]
    screen.table(columns, rows, right=(1, 2, 3, 4, 5))
    screen.news(screen.words("backtest.chance"))
