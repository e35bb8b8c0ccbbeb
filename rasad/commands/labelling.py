"""Verbs about labels: what people say posts are, against what was read in them."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

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
    screen_for,
)
from rasad.usage import Asks, WrongUse, unknown

if TYPE_CHECKING:
    from config.project import Settings
    from posts.labels import How, Label
    from rasad.project import Opened
    from rasad.screen import Screen
    from store.protocol import Store

MOST_TOLD = 10
"""So many mistakes of a file are told."""
app = typer.Typer(
    no_args_is_help=False, rich_markup_mode=None, help="Show labels, draw posts to label, import labels."
)
Kind = Annotated[str | None, typer.Option("--kind", help="sentiment, emotion, intent, purpose or noise.")]


def label(
    post: Annotated[str, typer.Argument(help="Id of the post, or its address.", show_default=False)],
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="KIND=VALUE[,VALUE]...",
            help="sentiment=negative, intent=question,complaint, or as they are shown, mood=positive;"
            " 'emotion=' says that there is none.",
            show_default=False,
        ),
    ] = None,
    project: Project = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="A kind whose label is taken back.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Say what a post is, in place of what was read in it; or take that back."""
    from posts.labels import Label
    from rasad.project import choose, opened
    from store import labels

    settings = choose(project, changes=True)
    screen = screen_for(settings, json=False, quiet=quiet)
    if not values and not remove:
        raise WrongUse("Nothing is said of the post.", remedy="Write KIND=VALUE, as sentiment=negative.")
    now = datetime.now(UTC)
    pairs = [_pair(written) for written in values or ()]
    kinds = [kind_named(kind) for kind in remove or ()]
    with opened(settings) as at:
        post = _post(at, post)
        labels.add(at.state, [Label(post=post, kind=kind, values=said, at=now) for kind, said in pairs])
        for kind in kinds:
            if not labels.remove(at.state, post, kind):
                raise WrongUse(f"'{post}' has no label of {kind}.", remedy="`rasad labels` shows them.")
    if pairs:
        screen.news(screen.text("label.kept", labels=screen.counted("label", len(pairs))))
    if kinds:
        screen.news(screen.text("label.taken_back", labels=screen.counted("label", len(kinds))))
    count_now(settings, screen)


def _pair(written: str) -> tuple[str, tuple[str, ...]]:
    """The kind and the values of KIND=VALUE[,VALUE]."""
    from posts.errors import RecordError
    from posts.labels import check

    kind, sign, values = written.partition("=")
    if not sign:
        raise WrongUse(f"'{written}' is not KIND=VALUE.", remedy="Write sentiment=negative, as an example.")
    try:
        kind = kind_named(kind)
        given = values.replace("،", ",").split(",")  # the Persian comma
        return kind, check(kind, [value for value in given if value.strip()])
    except RecordError as error:
        raise WrongUse(f"{error.message}.") from error


def kind_named(written: str) -> str:
    """The kind of label that is called or shown so; ``WrongUse`` if there is none."""
    from posts.labels import KINDS, kind_of

    kind = kind_of(written)
    if kind is None:
        raise unknown("kind", written, KINDS)
    return kind


def _post(at: Opened, written: str) -> str:
    """The id of the post that has this id or stands at this address."""
    from answers.posts import at_address

    if _there(at.store, [written]):
        return written
    found = at_address(at.asking(), written) if "://" in written else ()
    if len(found) > 1:
        ids = ", ".join(found[:MOST_TOLD])
        raise WrongUse(f"There are {len(found)} posts at '{written}'.", remedy=f"Give the id of one: {ids}")
    if not found:
        raise WrongUse(
            f"There is no post '{written}'.", remedy="`rasad search QUERY` shows ids, below each post."
        )
    return found[0]


def _there(store: Store, posts: Sequence[str]) -> set[str]:
    """Which of the posts the store holds."""
    found = store.get("posts", posts)
    return {post for post, document in found.items() if "deleted" not in document.get("is", ())}


def count_now(settings: Settings, screen: Screen) -> None:
    """Write the labels into their posts; where the service is the writer, it does."""
    from rasad.intake import read_again

    with screen.progress(screen.text("reading_again")) as tell:
        if read_again(settings, progress=tell) is None:
            screen.news(screen.text("label.later"))


@app.callback(invoke_without_command=True)
def labels_(context: typer.Context, project: Project = None, kind: Kind = None, json: Json = False) -> None:
    """Show what people say posts are; draw posts to label, import labels."""
    context.obj = project
    if context.invoked_subcommand is not None:
        return
    from rasad.project import choose
    from store import labels
    from store.state import State

    settings = choose(project)
    screen = screen_for(settings, json=json)
    if kind is not None:
        kind = kind_named(kind)
    with State(settings.state) as state:
        given = labels.all_of(state, kind)
        waits = labels.pending(state, [label.post for label in given])
    if json:
        screen.rows(_record(label, waits=(label.post, label.kind) in waits) for label in given)
        return
    if not given:
        screen.news(screen.text("empty.labels", name=settings.project.name))
        return
    screen.table(
        ["at", "post", "kind", "label", "models"],
        [
            [screen.moment(label.at), label.post, _called(screen, label.kind),
             _named(screen, label.kind, label.values),
             "" if label.said is None else _named(screen, label.kind, label.said)]
            for label in given
        ],
    )  # fmt: skip


def _record(label: Label, *, waits: bool) -> dict[str, Any]:
    return {
        "id": label.post,
        "kind": label.kind,
        "values": list(label.values),
        "how": label.how,
        "draw": label.draw or None,
        "at": label.at,
        "said": None if label.said is None else list(label.said),
        "waits": waits,
    }


def _called(screen: Screen, kind: str) -> str:
    return screen.words(f"reading.kind.{kind}")


def _named(screen: Screen, kind: str, values: Sequence[str]) -> str:
    named = [screen.words(f"reading.value.{kind}.{value}") for value in values]
    return screen.common("list_separator").join(named) or screen.words("dashboard.correct.nothing")


@app.command(cls=Asks)
def draw(
    context: typer.Context,
    query: Query = "",
    project: Project = None,
    kind: Annotated[
        str, typer.Option("--kind", help="sentiment, emotion, intent, purpose or noise.")
    ] = "sentiment",
    size: Annotated[int, typer.Option("--size", "-k", min=1, max=1000, help="How many posts.")] = 100,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw posts by lot, to be labelled here, at the dashboard or elsewhere; labels of them are a sample."""
    from answers import labelling
    from rasad.commands.asking import asked, show

    kind = kind_named(kind)
    options = {"since": since, "until": until, "lang": lang, "platform": platform, "source": source}
    chosen = project or context.obj
    with asked(chosen, json=json, quiet=quiet, query=query, hashtag=hashtag, **options) as (
        at,
        meant,
        screen,
    ):
        asking = at.asking()
        drawn = labelling.draw(asking, meant, kind, size)
        if drawn.posts:
            labelling.keep(at.state, drawn)
        for post in labelling.posts_of(asking, drawn.posts):
            if json:
                screen.row({"id": post.id, "kind": kind, "values": None, "how": "sample", "draw": drawn.id,
                            "weight": labelling.weight_of(drawn, post.id),
                            "title": post.title, "text": post.text})  # fmt: skip
            else:
                show(post, screen)
        key = "drawn" if drawn.posts else "none_left" if drawn.of else "none_to_draw"
        screen.news(screen.text(f"label.{key}", posts=screen.counted("post", len(drawn.posts)),
                                of=screen.counted("post", drawn.of)))  # fmt: skip


@app.command("import")
def import_labels(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            help="JSON lines: id, kind, values; how, draw and weight if drawn.", show_default=False
        ),
    ],
    project: Project = None,
    quiet: Quiet = False,
) -> None:
    """Take in labels from a file of JSON lines; all of them, or none if one cannot be.

    Lines whose values are null, as they are drawn, are passed over: they can be filled in later.
    """
    from rasad.project import choose, opened
    from store import labels
    from store.portions import portions

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=False, quiet=quiet)
    now = datetime.now(UTC)
    read = list(_lines(file, now))
    wrong = [told for _, told in read if isinstance(told, str)]
    made = [(line, label) for line, label in read if not isinstance(label, str | None)]
    empty = sum(label is None for _, label in read)
    with opened(settings) as at:
        for some in portions(made, 500):
            there = _there(at.store, [label.post for _, label in some])
            wrong += [f"line {line}: id: there is no post '{label.post}'"
                      for line, label in some if label.post not in there]  # fmt: skip
        if wrong:
            more = f"\nand {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
            raise WrongUse(f"{file}: nothing was taken in.\n" + "\n".join(wrong[:MOST_TOLD]) + more)
        labels.add(at.state, [label for _, label in made])
    screen.news(screen.text("label.kept", labels=screen.counted("label", len(made))))
    if empty:
        screen.news(screen.text("label.empty", lines=screen.counted("line", empty)))
    count_now(settings, screen)


def _lines(file: Path, now: datetime) -> Iterator[tuple[int, Label | str | None]]:
    """Each line's number with its label, with what is wrong in it, or ``None`` if it is not filled in."""
    try:
        written = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise WrongUse(f"{file}: is not UTF-8 at byte {error.start}.") from error
    for number, line in enumerate(written.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            yield number, _label(jsonlib.loads(line), now)
        except jsonlib.JSONDecodeError as error:
            yield number, f"line {number}: cannot be read as JSON from its sign {error.colno} on"
        except ValueError as error:
            yield number, f"line {number}: {error}"


def _label(said: Any, now: datetime) -> Label | None:
    """The label that a line says, ``None`` if its values are null; ``ValueError`` names what is wrong."""
    from posts.errors import RecordError
    from posts.labels import KINDS, How, Label, check, kind_of

    if not isinstance(said, dict):
        raise ValueError("is no JSON object")
    if "values" in said and said["values"] is None:
        return None
    post, written, values = (said.get(name) for name in ("id", "kind", "values"))
    if not isinstance(post, str) or not post:
        raise ValueError("id: is missing")
    kind = kind_of(written) if isinstance(written, str) else None
    if kind is None:
        raise ValueError(f"kind: {written!r} is none of {', '.join(KINDS)}")
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("values: is no list of words")
    how = said.get("how") or "correction"
    if how not in get_args(How):
        raise ValueError(f"how: {how!r} is neither correction nor sample")
    drawn = said.get("draw") or ""
    if not isinstance(drawn, str):
        raise ValueError("draw: is no word")
    weight = said.get("weight", 1.0)
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < 1e6:
        raise ValueError("weight: is no number above 0")
    try:
        return Label(
            post=post, kind=kind, values=check(kind, values), at=now, how=cast("How", how), draw=drawn,
            weight=float(weight),
        )  # fmt: skip
    except RecordError as error:
        raise ValueError(f"values: {error.message}") from error
