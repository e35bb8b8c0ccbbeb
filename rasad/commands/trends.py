"""The verb that tells what rises: hashtags, names, phrases, links, sites and posts against their own past."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Literal

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
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from answers.trends import Rising, RisingTag
    from rasad.project import Opened
    from rasad.screen import Screen

Kind = Literal["hashtag", "entity", "phrase", "link", "domain", "post"]
Window = Literal["best", "1h", "3h", "6h", "24h"]
Statuses = Annotated[
    list[str] | None, typer.Option("--status", help="Only those that stand so; more than once for several.")
]


def trends(
    query: Query = "",
    project: Project = None,
    kind: Annotated[Kind, typer.Option("--kind", help="What may rise.")] = "hashtag",
    window: Annotated[
        Window, typer.Option("--window", help="The last hours that are compared; the best of all four.")
    ] = "best",
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="As it stood at a past hour; written like --since.")
    ] = None,
    formula: Annotated[
        str, typer.Option("--formula", help="Order by another rule: mastodon, z-blocks, chi-square ...")
    ] = "",
    status: Statuses = None,
    without_ours: Annotated[
        bool, typer.Option("--without-ours", help="Leave out what our own accounts wrote.")
    ] = False,
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
    """Show what rises: in the last 24 hours, against up to 28 days before them."""
    from answers.trends import rising, rising_without_ours

    _check(kind, formula, as_of, until, status or ())
    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=as_of or until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        question = rising_without_ours if without_ours else rising
        wide = 10_000 if status else size
        found = question(at.asking(), meant, size=wide, kind=kind, window=window, formula=_own(formula)).value
        rows = [row for row in found.rows if not status or row.status in status][:size]
        if json:
            screen.rows(map(_trend, rows))
        elif not rows:
            _tell_empty(at, meant, screen, found)
        else:
            _draw(rows, found, screen)


def _check(kind: str, formula: str, as_of: str | None, until: str | None, wanted: Iterable[str]) -> None:
    from trends.rankings import RANKINGS
    from trends.snapshot import STATUSES

    for status in wanted:
        if status not in STATUSES:
            raise WrongUse(f"There is no status '{status}'.", remedy=f"One of {', '.join(STATUSES)}.")

    if formula and formula not in RANKINGS:
        raise WrongUse(f"There is no formula '{formula}'.", remedy=f"One of {', '.join(RANKINGS)}.")
    if _own(formula) and kind != "hashtag":
        raise WrongUse("Other formulas rank hashtags only.", remedy="Leave --kind or --formula out.")
    if as_of and until:
        raise WrongUse("--as-of and --until mean the same end.", remedy="Give one of them.")


def _own(formula: str) -> str:
    """The formula that is asked for beside ours; ours is the list as it is."""
    return "" if formula == "rasad" else formula


def _tell_empty(at: Opened, meant: Any, screen: Screen, found: Rising) -> None:
    from answers.trends import WINDOW_DAYS
    from rasad.empty import reason

    if found.tags or found.kind != "hashtag":
        screen.news(screen.text("empty.rising"))
        return
    screen.news(reason(at, meant, screen, lacks="hashtags", days=WINDOW_DAYS))


def _draw(rows: list[RisingTag], found: Rising, screen: Screen) -> None:
    sign = "#" if found.kind == "hashtag" else ""
    scored = ["score"] if found.formula else []
    screen.table(
        [found.kind, "posts", "authors", "expected", "ratio", "top3", *scored, "status"],
        [
            [
                sign + row.name,
                screen.number(row.posts.value),
                screen.number(row.authors.value),
                screen.number(row.expected.value, 2 if (row.expected.value or 0) < 1 else 1),
                _growth(row, screen),
                screen.number(100 * row.top3_share) + "%",
                *([screen.number(row.formula_score, 1)] if found.formula else []),
                screen.common(f"trend.{row.status}"),
            ]
            for row in rows
        ],
        right=tuple(range(1, 6 + len(scored))),
    )
    if found.formula:
        screen.news(f"{found.formula}: " + screen.words(f"formula.{found.formula}.rule"))
    elif all(row.status == "too little history" for row in rows):
        screen.news(screen.text("empty.judged"))
    else:
        risen = screen.number(found.risen)
        said = "rising.promise" if found.risen else "rising.none"
        screen.news(screen.text(said, risen=risen, tests=screen.number(found.tests)))


def _growth(row: RisingTag, screen: Screen) -> str:
    """So many times the usual; new where what is usual is told as nearly 0."""
    seldom = (row.expected.value or 0) < 0.05
    return screen.common("trend.new") if seldom or row.ratio is None else screen.number(row.ratio, 1)


def _trend(row: RisingTag) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "hashtag": row.name,
        "key": row.key,
        "posts": row.posts.value,
        "authors": row.authors.value,
        "expected": row.expected.value,
        "ratio": row.ratio,
        "score": row.score,
        "false_rate": row.false_rate,
        "window_h": row.best_window_h,
        "status": row.status,
        "new": row.is_new,
        "rhythm": row.rhythm or None,
        "concentrated": row.concentrated or None,
        "members": [{"hashtag": spelling.name, "posts": spelling.posts.value} for spelling in row.members],
        "peak_at": row.peak_at,
        "top_author_share": row.top_author_share.value,
        "top3_share": row.top3_share,
        "at_once": row.at_once,
        "formula_score": row.formula_score,
    }
