"""The verb about platforms: hashtags that begin on one and move to another, and which platform leads."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rasad.commands.asking import asked
from rasad.commands.options import Json, Lang, Project, Query, Quiet, Since, Size, Until
from rasad.commands.plain import plain

if TYPE_CHECKING:
    from answers.crossing import Crossing, Leading
    from rasad.screen import Screen


def crossings(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    size: Size = 20,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show hashtags that begin on one platform and move to another in the last 7 days, and which leads."""
    from answers.crossing import crossings as answer

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang
    ) as (at, meant, screen):  # fmt: skip
        found = answer(at.asking(), meant, size=size).value
        if json:
            screen.row(plain(found))
            return
        if found.leads:
            columns = ["why.leads", "why.follows", "why.first_in", "why.median_lag", "why.chance"]
            screen.table(columns, [_lead(row, screen) for row in found.leads], right=(2, 4))
            screen.say()
        if found.rows:
            rows = [_row(row, screen) for row in found.rows]
            screen.table(["hashtag", "why.route", "why.lag", "why.order_is"], rows)
        else:
            least = screen.counted("author", found.threshold)
            screen.news(screen.words("dashboard.crossing.none", authors=least))
        for name, moment in found.heard:
            told = screen.words(f"common.platform.{name}") if _is_known(name) else name
            screen.news(screen.text("crossing.heard", platform=told, moment=screen.moment(moment)))


def _is_known(platform: str) -> bool:
    from words import texts

    return texts.known(f"common.platform.{platform}")


def _lag(seconds: float | None, screen: Screen) -> str:
    from words import dates

    if seconds is None:
        return screen.words("dashboard.crossing.open")
    told = dates.lapse(timedelta(seconds=abs(round(seconds))), screen.language)
    return screen.words("dashboard.crossing.earlier", lapse=told) if seconds < 0 else told


def _between(value: float, low: float | None, high: float | None, screen: Screen) -> str:
    if low is None and high is None:
        return _lag(value, screen)
    ends = {"value": _lag(value, screen), "low": _lag(low, screen), "high": _lag(high, screen)}
    return screen.words("dashboard.crossing.between", **ends)


def _lead(row: Leading, screen: Screen) -> list[str]:
    first, trends = screen.number(row.lead.first), screen.number(row.trends)
    return [
        row.first, row.second, screen.words("dashboard.crossing.of", first=first, all=trends),
        _between(row.lead.median, row.lead.low, row.lead.high, screen), screen.percent(row.lead.chance),
    ]  # fmt: skip


def _row(row: Crossing, screen: Screen) -> list[str]:
    state = row.sure.replace(" ", "_")
    return [
        f"#{row.name}", " > ".join(each.platform for each in row.arrivals),
        _between(row.lag.value, row.lag.low, row.lag.high, screen),
        screen.words(f"dashboard.crossing.states.{state}"),
    ]  # fmt: skip
