"""Verbs about growth: posts and hashtags that gain now, and accounts that gain followers."""

from __future__ import annotations

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

if TYPE_CHECKING:
    from answers.accounts import AccountGrowth
    from answers.movers import Mover, TagMover

By = Literal["likes", "comments", "shares", "quotes", "views"]
EXCERPT = 80


def movers(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    by: Annotated[
        By | None,
        typer.Option(help="What counts; without it, the first of these of which anything was gained."),
    ] = None,
    tags: Annotated[bool, typer.Option("--hashtags", help="Hashtags by what their posts gained.")] = False,
    size: Size = 20,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show which posts gained most likes (or other counts) in the last 24 hours, however old they are."""
    from answers.movers import movers as answer

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        found = answer(at.asking(), meant, size=size, by=by, hashtags=tags).value
        if json:
            screen.rows(map(_tag, found.hashtags) if tags else map(_mover, found.posts))
            return
        if not found.posts:
            screen.news(screen.text("empty.gains"))
            return
        gained = screen.text("gained", count=screen.common(f"label.{found.by}"))
        if tags:
            rows = [
                ["#" + row.name, screen.number(row.gained.value), screen.number(row.posts)]
                for row in found.hashtags
            ]
            screen.table(["hashtag", "gained", "posts"], rows, right=(1, 2))
        else:
            rows = [
                [
                    screen.number(row.gained.value),
                    screen.number(getattr(row.post.metrics, found.by)),
                    (row.post.author and (row.post.author.handle or row.post.author.key)) or "",
                    " ".join(f"{row.post.title or ''} {row.post.text}".split())[:EXCERPT],
                ]
                for row in found.posts
            ]
            screen.table(["gained", "now", "author", "post"], rows, right=(0, 1))
        screen.news(gained)


def _mover(row: Mover) -> dict[str, Any]:
    author = row.post.author
    return {
        "id": row.post.id,
        "author": author.handle if author else None,
        "gained": row.gained.value,
        **{
            f"gained_{name}": getattr(row.gains, name)
            for name in ("likes", "comments", "shares", "quotes", "views")
        },
        "created_at": row.post.created_at,
        "text": row.post.text,
        "url": row.post.url,
    }


def _tag(row: TagMover) -> dict[str, Any]:
    return {"hashtag": row.name, "key": row.key, "gained": row.gained.value, "posts": row.posts}


def accounts(
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
    """Show which accounts gained most followers, of those whose posts match, in the last 7 days."""
    from answers.accounts import accounts as answer

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        rows = answer(at.asking(), meant, size=size).value.rows
        if json:
            screen.rows(map(_account, rows))
            return
        if not rows:
            screen.news(screen.text("empty.followers"))
            return
        screen.table(
            ["author", "followers", "gained", "posts", "from", "until"],
            [
                [
                    row.handle or row.name or row.key,
                    screen.number(row.followers.value),
                    screen.number(row.gained.value),
                    screen.number(row.posts.value),
                    screen.moment(row.snapshots[0].at),
                    screen.moment(row.snapshots[-1].at),
                ]
                for row in rows
            ],
            right=(1, 2, 3),
        )


def _account(row: AccountGrowth) -> dict[str, Any]:
    return {
        "author": row.handle,
        "key": row.key,
        "name": row.name,
        "followers": row.followers.value,
        "gained": row.gained.value,
        "rate": row.rate,
        "posts": row.posts.value,
        "platform": row.platform,
        "following": row.following,
        "written": row.written,
        "snapshots": [{"at": sight.at, "followers": sight.followers} for sight in row.snapshots],
    }
