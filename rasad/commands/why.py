"""The verb that says why something rose: since when, by whom, after what, and what is left of it."""

from __future__ import annotations

from datetime import timedelta
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
    SourceName,
    Until,
)
from rasad.commands.plain import named, plain
from rasad.commands.sought import tell_nothing, tell_sought

if TYPE_CHECKING:
    from answers.carriers import Carrier
    from answers.outside import Article
    from answers.why import Why
    from rasad.screen import Screen

EXCERPT = 70


def why(
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
    """Show why something rose in the last 7 days: since when, who was first, who carried it, what led."""
    from answers.why import why as answer

    query, hashtag = named(query, hashtag)
    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        told = answer(at.asking(), meant)
        found = told.value
        if json:
            screen.row(plain(found))
            return
        tell_sought(told.selection, screen, hashtag)
        if not found.posts.value:
            tell_nothing(at.asking(), told.selection, screen)
            return
        _tell(found, screen)


def _tell(found: Why, screen: Screen) -> None:
    _tell_rise(found, screen)
    if not found.first:
        return
    _tell_organic(found, screen)
    screen.say()
    screen.table(
        ["author", "platform", "why.time", "why.after", "followers"], _first(found, screen), right=(3, 4)
    )
    if found.carriers.rows:
        screen.say()
        columns = ["author", "why.attention", "reposts", "replies", "why.quotes", "posts", "followers"]
        screen.table(
            columns, [_carrier(row, screen) for row in found.carriers.rows], right=(1, 2, 3, 4, 5, 6)
        )
    if found.outside.articles:
        screen.say()
        rows = [_article(row, screen) for row in found.outside.articles]
        screen.table(["why.article", "why.lead", "why.found_by", "why.coincidence"], rows, right=(3,))
    for field, pages in (("why.page", found.outside.links), ("why.site", found.outside.domains)):
        if pages:
            screen.say()
            rows = [
                [page.name, screen.number(page.authors.value), screen.number(page.posts.value)]
                for page in pages
            ]
            screen.table([field, "authors", "posts"], rows, right=(1, 2))
    if found.companions:
        screen.say()
        rows = [
            [
                f"#{row.name}", screen.number(row.together.value),
                screen.number(row.apart.value if row.apart else None), screen.number(row.expected, 1),
            ]
            for row in found.companions
        ]  # fmt: skip
        screen.table(["hashtag", "why.together", "why.apart", "expected"], rows, right=(1, 2, 3))


def _tell_rise(found: Why, screen: Screen) -> None:
    from trends.onset import LEAST_DAYS
    from trends.rising import LEAST_AUTHORS

    if found.began is None:
        days, authors = screen.counted("day", LEAST_DAYS), screen.counted("author", LEAST_AUTHORS)
        screen.news(screen.words(f"dashboard.why.states.{found.state}", days=days, authors=authors))
        return
    screen.say(
        screen.text(
            "why.rose", began=screen.moment(found.began), height=screen.moment(found.height),
            authors=screen.counted("author", int(found.authors.value or 0)),
            expected=screen.number(found.expected.value, 1),
        )
    )  # fmt: skip
    if found.earliest != found.latest:
        ends = {"earliest": screen.moment(found.earliest), "latest": screen.moment(found.latest)}
        screen.say(screen.words("dashboard.why.between", **ends))


def _tell_organic(found: Why, screen: Screen) -> None:
    left = found.organic
    screen.say(
        screen.text(
            "why.organic", left=screen.number(left.authors), all=screen.number(left.all_authors),
            posts=screen.number(left.posts.value), all_posts=screen.number(left.all_posts.value),
        )
    )  # fmt: skip
    for group in left.groups:
        rule = screen.words(f"dashboard.why.rule_hints.{group.rule}")
        posts = screen.counted("post", int(group.posts.value or 0))
        screen.say("  " + screen.text("why.group", posts=posts, rule=rule))


def _first(found: Why, screen: Screen) -> list[list[str]]:
    return [
        [
            (row.post.author.handle or row.post.author.key) if row.post.author else row.post.source,
            row.post.platform, screen.moment(row.post.created_at), _lapse(row.after_s, screen),
            screen.number(row.followers),
        ]
        for row in found.first
    ]  # fmt: skip


def _lapse(seconds: int, screen: Screen) -> str:
    from words import dates

    return dates.lapse(timedelta(seconds=abs(seconds)), screen.language)


def _carrier(row: Carrier, screen: Screen) -> list[str]:
    counts = (row.reposts, row.replies, row.quotes, row.posts)
    return [
        row.handle or row.key, screen.percent(row.share),
        *(screen.number(figure.value) for figure in counts), screen.number(row.followers),
    ]  # fmt: skip


def _article(row: Article, screen: Screen) -> list[str]:
    side = "before" if row.lead_s >= 0 else "later"
    return [
        (row.post.title or row.post.text)[:EXCERPT],
        screen.words(f"dashboard.why.{side}", lapse=_lapse(row.lead_s, screen)),
        screen.words(f"dashboard.why.bys.{row.by}"), screen.percent(row.base_rate),
    ]  # fmt: skip
