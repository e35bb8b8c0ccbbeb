"""The verb that sets hashtags beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from rasad.commands.asking import asked
from rasad.commands.options import Json, Lang, Platform, Project, Quiet, Since, SourceName, Until

if TYPE_CHECKING:
    from answers.compare import Comparison, Side
    from rasad.screen import Screen


def compare(
    tags: Annotated[list[str], typer.Argument(help="Two to six: a word is a hashtag, else it is a query.")],
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Set hashtags (or queries) beside each other, in the last 7 days: how much, by whom, who is in both."""
    from answers import compare as answers

    with asked(
        project, json=json, quiet=quiet, query="", since=since, until=until, lang=lang, platform=platform,
        source=source,
    ) as (at, meant, screen):  # fmt: skip
        found = answers.compare(at.asking(), meant, tags=tags).value
        if json:
            screen.rows(_side(found, place) for place in range(len(found.sides)))
            return
        _draw(found, screen)


def _draw(found: Comparison, screen: Screen) -> None:
    from words import digits

    rows = [
        [
            side.name,
            screen.number(side.posts.value),
            digits.part(side.share, screen.language),
            " – ".join(digits.percent(each, screen.language, 1) for each in side.share_bounds or ()),
            screen.number(side.authors.value),
            screen.number(side.engagement.value),
            screen.number(_peak(side)),
        ]
        for side in found.sides
    ]
    columns = ["side", "posts", "share_of_all", "bounds", "authors", "engagement", "peak"]
    screen.table(columns, rows, right=(1, 2, 3, 4, 5, 6))
    for pair in found.pairs:
        told = screen.text(
            "compare.pair", one=found.sides[pair.first].name, other=found.sides[pair.second].name,
            people=screen.counted("author", pair.people),
            posts=screen.counted("post", int(pair.posts.value or 0)),
        )  # fmt: skip
        screen.say(told)


def _peak(side: Side) -> float:
    """The posts of its highest bar."""
    return max((bucket.posts.value or 0 for bucket in side.series), default=0)


def _side(found: Comparison, place: int) -> dict[str, Any]:
    side = found.sides[place]
    peak = _peak(side)
    return {
        "side": side.typed,
        "name": side.name,
        "hashtag": side.hashtag,
        "posts": side.posts.value,
        "share": side.share,
        "share_bounds": side.share_bounds,
        "authors": side.authors.value,
        "engagement": side.engagement.value,
        "thin": side.thin,
        "languages": {name: figure.value for name, figure in side.languages},
        "platforms": {name: figure.value for name, figure in side.platforms},
        "hours": list(side.hours),
        "series": [
            {
                "start": bucket.start,
                "posts": bucket.posts.value,
                "index": round(100 * (bucket.posts.value or 0) / peak, 1) if peak else None,
            }
            for bucket in side.series
        ],
        "with": [
            {
                "side": found.sides[pair.second if pair.first == place else pair.first].typed,
                "people": pair.people,
                "posts": pair.posts.value,
            }
            for pair in found.pairs
            if place in (pair.first, pair.second)
        ],
    }
