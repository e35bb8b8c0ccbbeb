"""Verbs that ask: search, count, influencers, export. Each shows an `Answer` of `answers`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from posts.errors import QueryError
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
    screen_for,
    selection,
)
from rasad.usage import WrongUse

if TYPE_CHECKING:
    from answers.influence import Influencer
    from posts.post import Post
    from posts.selection import Selection
    from rasad.project import Opened
    from rasad.screen import Progress, Screen

Sort = Literal["new", "old", "likes", "shares"]


@contextmanager
def asked(
    project: str | None, *, json: bool, quiet: bool = False, **options: str | None
) -> Iterator[tuple[Opened, Selection, Screen]]:
    """The project opened, the posts that the options mean, and where to write."""
    from answers.names import check_names
    from rasad.project import choose, opened

    settings = choose(project)
    screen = screen_for(settings, json=json, quiet=quiet)
    with opened(settings) as at:
        query = options.pop("query", None) or ""
        try:
            meant = selection(settings, at.now, query=query, **options)
            check_names(at.asking(), meant)
            yield at, meant, screen
        except QueryError as error:
            raise WrongUse(told(error, screen)) from error


def told(error: QueryError, screen: Screen) -> str:
    """What is wrong with a query, where, and what was probably meant, in the project's language."""
    from words import queries

    lines = [queries.told(error, screen.language), f"  {error.subject}", "  " + " " * error.position + "^"]
    if error.repair:
        lines.append("  " + screen.words("query.perhaps", repair=error.repair))
    return "\n".join(lines)


def search(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    size: Size = 20,
    offset: Annotated[int, typer.Option(min=0, help="How many to pass over first.")] = 0,
    sort: Annotated[Sort, typer.Option(help="Which come first.")] = "new",
    explain: Annotated[
        bool, typer.Option("--explain", help="Say what the query means and how many posts it finds.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Show posts, the newest first (of all time unless --since says else)."""
    from answers.posts import page
    from reports.export import record

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        if explain:
            _explain(at, meant, screen)
            return
        found = page(at.asking(), meant, size=size, offset=offset, sort=sort).value
        if json:
            screen.rows(record(post) for post in found.posts)
            return
        for post in found.posts:
            show(post, screen)
        screen.news(
            screen.text(
                "found", shown=screen.number(len(found.posts)), posts=screen.counted("post", found.total)
            )
        )


def _explain(at: Opened, meant: Selection, screen: Screen) -> None:
    from answers.explaining import explain
    from words import queries

    meaning = explain(at.asking(), meant)
    says = queries.sentence(meaning.query, screen.language)
    if screen.json:
        rows = [
            {"word": found.word, "alternatives": list(found.alternatives), "reason": found.reason}
            for found in meaning.expansions
        ]
        screen.row({"query": meant.query, "says": says, "expansions": rows, "count": meaning.posts})
        return
    screen.say(says)
    for found in meaning.expansions:
        screen.say("  " + queries.expanded(found.word, found.alternatives, found.reason, screen.language))
    screen.say(screen.counted("post", meaning.posts))


def count(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    json: Json = False,
) -> None:
    """Count posts exactly (of all time unless --since says else)."""
    from answers import posts

    with asked(
        project, json=json, query=query, since=since, until=until, lang=lang, platform=platform,
        source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        number = posts.count(at.asking(), meant)
        if json:
            screen.row({"count": number})
        else:
            screen.say(screen.number(number))


def influencers(
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
    """Show whom others pass on, answer and name, in the last 7 days."""
    from answers.asking import DEFAULT_DAYS
    from answers.influence import influence
    from rasad.empty import reason

    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        rows = influence(at.asking(), meant, size=size).value.rows
        if json:
            screen.rows(map(_influencer, rows))
            return
        if not rows:
            screen.news(reason(at, meant, screen, lacks="links", days=DEFAULT_DAYS))
            return
        screen.table(
            ["author", "score", "posts", "reposts", "replies", "mentions", "followers"],
            [
                [
                    row.handle or row.name or row.key,
                    screen.number(row.score, 4),
                    screen.number(row.posts.value),
                    screen.number(row.reposts.value),
                    screen.number(row.replies.value),
                    screen.number(row.mentions.value),
                    screen.number(row.followers),
                ]
                for row in rows
            ],
            right=(1, 2, 3, 4, 5, 6),
        )


def _influencer(row: Influencer) -> dict[str, Any]:
    return {
        "author": row.handle,
        "key": row.key,
        "name": row.name,
        "score": row.score,
        "posts": row.posts.value,
        "reposts": row.reposts.value,
        "replies": row.replies.value,
        "mentions": row.mentions.value,
        "quotes": row.quotes.value,
        "followers": row.followers,
    }


def export(
    query: Query = "",
    project: Project = None,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    format: Annotated[
        Literal["jsonl", "csv", "xlsx"] | None,
        typer.Option("--format", help="Kind of file; without it, by the file's name, else jsonl."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file; without it, standard output.")
    ] = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Write posts to a file: JSON lines, CSV or Excel (no cell of which is a formula)."""
    from answers.posts import stream

    kind = "jsonl" if json else format or _kind_of(out)
    if kind == "xlsx" and out is None:
        raise WrongUse("A workbook needs a file.", remedy="Give --out FILE.")
    if out is not None and not out.parent.is_dir():
        raise WrongUse(f"There is no folder '{out.parent}'.", remedy="Make it first, or name another.")
    with asked(
        project, json=json, quiet=quiet, query=query, since=since, until=until, lang=lang,
        platform=platform, source=source, hashtag=hashtag,
    ) as (at, meant, screen):  # fmt: skip
        posts = stream(at.asking(), meant)
        if out is None:
            _write(posts, kind, sys.stdout.buffer, screen)
            return
        with screen.progress(screen.text("exporting")) as tell, whole_file(out) as file:
            written = _write(_counted(posts, tell), kind, file, screen, about=meant.to_params())
        screen.news(screen.text("exported", posts=screen.counted("post", written), file=out))


def _kind_of(out: Path | None) -> str:
    """The kind of file that a name tells."""
    ending = "" if out is None else out.suffix.lower().lstrip(".")
    return ending if ending in ("csv", "xlsx") else "jsonl"


def _write(
    posts: Iterable[Post],
    format: str,
    file: BinaryIO,
    screen: Screen,
    *,
    about: Mapping[str, str] | None = None,
) -> int:
    """Write the posts in the format; how many."""
    from reports import export as exports

    if format == "xlsx":
        return exports.write_xlsx(posts, file, language=screen.language, about=about)
    return exports.write_csv(posts, file) if format == "csv" else exports.write_jsonl(posts, file)


def _counted(posts: Iterable[Post], tell: Progress) -> Iterator[Post]:
    for number, post in enumerate(posts, start=1):
        if number % 500 == 0:
            tell(number, 0)
        yield post


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file that stands in its place only when it is whole; on a failure the old one stays."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def show(post: Post, screen: Screen) -> None:
    """Write a post for a person, with its id, by which it can be labelled, below."""
    author = post.author.handle or post.author.name if post.author else None
    screen.say(f"{screen.moment(post.created_at)}  {author or '-'}  [{post.source}]")
    if post.repost_of:
        screen.say("  " + screen.text("repost", post=post.repost_of))
    for line in (post.title or "", post.text):
        if line.strip():
            screen.say("  " + " ".join(line.split()))
    if post.url:
        screen.say("  " + post.url)
    screen.aside("  " + post.id)
    screen.say()
