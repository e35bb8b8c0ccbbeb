"""The verb about words: what posts say more than the others, and what their people say elsewhere."""

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
    from answers.wording import Phrase, Words
    from rasad.screen import Screen


def words(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    audience: Annotated[
        bool, typer.Option("--audience", help="What the authors of these posts say in their other posts.")
    ] = False,
    size: Size = 20,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show the words and phrases that posts use more than the rest, in the last 7 days."""
    from answers import wording as answers

    answer = answers.audience if audience else answers.wording
    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        found = answer(at.asking(), meant, size=size).value
        if json:
            screen.rows(map(_phrase, found.phrases[:size]))
            return
        if not found.phrases:
            _tell_empty(found, screen)
            return
        _draw(found, screen, size=size)


def _tell_empty(found: Words, screen: Screen) -> None:
    from answers.wording import LEAST_POSTS
    from trends.wording import LEAST_AUTHORS

    posts, authors = screen.counted("post", LEAST_POSTS), screen.counted("author", LEAST_AUTHORS)
    screen.news(screen.text(f"empty.words.{found.state}", posts=posts, authors=authors))


def _draw(found: Words, screen: Screen, *, size: int) -> None:
    from words import digits

    rows = [
        [
            row.text,
            row.language,
            screen.number(row.posts.value),
            screen.number(row.authors.value),
            digits.percent(row.share, screen.language, 1),
            digits.percent(row.rest_share, screen.language, 1),
        ]
        for row in found.phrases[:size]
    ]
    columns = ["phrase", "language", "posts", "authors", "here", "elsewhere"]
    screen.table(columns, rows, right=(2, 3, 4, 5))
    for pair in found.compared:
        told = screen.text(
            "compared", code=pair.language,
            posts=screen.counted("post", pair.posts), authors=screen.counted("author", pair.authors),
            read=screen.number(pair.read),
            rest=screen.counted("post", pair.rest_posts),
            rest_authors=screen.counted("author", pair.rest_authors),
            rest_read=screen.number(pair.rest_read),
        )  # fmt: skip
        screen.news(told)


def _phrase(row: Phrase) -> dict[str, Any]:
    return {
        "phrase": row.text,
        "words": list(row.words),
        "language": row.language,
        "posts": row.posts.value,
        "authors": row.authors.value,
        "others": row.others.value if row.others is not None else None,
        "share": row.share,
        "rest_share": row.rest_share,
        "ratio": row.ratio,
        "score": row.score,
        "false_rate": row.false_rate,
        "forms": list(row.forms),
        "parts": list(row.parts),
        "beside": list(row.beside),
        "query": row.posts.selection.query,
    }
