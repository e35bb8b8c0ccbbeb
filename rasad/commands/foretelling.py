"""The verb that looks ahead: what comes in the next hours or days, and how such forecasts fared."""

from __future__ import annotations

from typing import Annotated, Literal

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
    SourceName,
    Until,
)

Horizon = Annotated[Literal["24h", "7d"], typer.Option("--horizon", help="How far ahead: by hours or days.")]
Measure = Annotated[Literal["posts", "authors"], typer.Option("--measure", help="What is foretold.")]


def forecast(
    query: Query = "",
    project: Project = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    horizon: Horizon = "24h",
    measure: Measure = "posts",
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Foretell posts of the next 24 hours or 7 days, with intervals and how such forecasts fared before."""
    from answers.forecast import ahead, record
    from reports.ahead import amount, between, sentences

    with asked(
        project, json=json, quiet=quiet, query=query, until=until, lang=lang, platform=platform,
        source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        unit: Literal["hour", "day"] = "hour" if horizon == "24h" else "day"
        outlook = ahead(at.asking(), meant, horizon=unit, measure=measure).value
        if json:
            screen.row(record(outlook))
            return
        told = sentences(outlook, screen.language, screen.time_zone, screen.calendar)
        screen.say(told[0])
        if outlook.steps:
            rows = [
                [
                    screen.moment(step.start),
                    amount(step.span.value, screen.language),
                    between(step.span.low50, step.span.high50, screen.language),
                    between(step.span.low80, step.span.high80, screen.language),
                ]
                for step in outlook.steps
            ]
            screen.table(["begins", "foretold", "half", "most"], rows, right=(1, 2, 3))
        for sentence in told[1:]:
            screen.news(sentence)
