"""Verbs about what readers say on the whole: shares corrected by labels, and a model taught by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from answers.shares import Share, Shares
    from answers.teaching import Taught
    from rasad.screen import Screen


def mood(
    query: Query = "",
    project: Project = None,
    kind: Annotated[
        str, typer.Option("--kind", help="sentiment, emotion, intent, purpose or noise.")
    ] = "sentiment",
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    platform: Platform = None,
    source: SourceName = None,
    hashtag: Hashtag = None,
    json: Json = False,
) -> None:
    """Show how many posts are negative, neutral and positive, corrected by what people labelled."""
    from answers.shares import shares
    from posts.errors import RecordError
    from rasad.commands.asking import asked
    from rasad.commands.labelling import kind_named
    from rasad.usage import WrongUse

    kind = kind_named(kind)
    options = {"since": since, "until": until, "lang": lang, "platform": platform, "source": source}
    with asked(project, json=json, quiet=False, query=query, hashtag=hashtag, **options) as (
        at,
        meant,
        screen,
    ):
        try:
            found = shares(at.asking(), meant, kind).value
        except RecordError as error:
            raise WrongUse(error.message) from error
    if json:
        screen.rows(_record(found, share) for share in found.values)
        return
    screen.table(
        ["value", "posts", "share_read", "corrected"],
        [
            [
                screen.words(f"reading.value.{kind}.{share.value}"),
                screen.number(share.said.value),
                screen.percent(share.share.raw),
                _corrected(share, screen),
            ]
            for share in found.values
        ],
        right=(1, 2),
    )
    numbers = {"here": screen.number(found.here), "elsewhere": screen.number(found.elsewhere)}
    screen.news(screen.words("shares.labels", **numbers))


def _corrected(share: Share, screen: Screen) -> str:
    told = share.share
    if told.share is None:
        return screen.words(f"shares.why.{told.why}")
    shares = {name: screen.percent(getattr(told, name)) for name in ("share", "low", "high")}
    key = "shares.provisional" if told.method == "label shift" else "shares.between"
    return screen.words(key, **shares)


def _record(found: Shares, share: Share) -> dict[str, Any]:
    told = share.share
    return {
        "kind": found.kind, "value": share.value, "said": share.said.value, "posts": found.posts.value,
        "raw": told.raw, "share": told.share, "low": told.low, "high": told.high, "method": told.method,
        "labels": told.labels, "why": told.why or None,
    }  # fmt: skip


def train(
    context: typer.Context,
    forget: Annotated[bool, typer.Option("--forget", help="Read by the lists alone again.")] = False,
    project: Project = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a model of mood from your labels; it reads from then on if it is surely better than the lists."""
    from answers import teaching
    from rasad.intake import read_again
    from rasad.project import choose, opened

    settings = choose(project or context.obj, changes=True)
    screen = screen_for(settings, json=json, quiet=quiet)
    with opened(settings) as at:
        if forget:
            teaching.forget(at.asking(), settings.trained)
            screen.news(screen.text("teach.forgotten"))
        else:
            _tell(teaching.teach(at.asking(), settings.trained), screen)
    with screen.progress(screen.text("reading_again")) as tell:
        read_again(settings, progress=tell)


def _tell(taught: Taught, screen: Screen) -> None:
    from answers.teaching import FEWEST

    compared = taught.comparison
    if screen.json:
        screen.row({
            "labels": taught.labels, "used": taught.used,
            "base": compared and compared.base, "light": compared and compared.light,
            "gain_low": compared and compared.low, "gain_high": compared and compared.high,
            "on_topic": taught.on, "off_topic": taught.off, "topic": taught.topic,
        })  # fmt: skip
        return
    if compared is None:
        numbers = {"labels": screen.number(taught.labels), "least": screen.number(FEWEST)}
        screen.say(screen.text("teach.few", **numbers))
    else:
        told = {name: screen.percent(getattr(compared, name)) for name in ("base", "light")}
        key = "teach.better" if taught.used else "teach.no_better"
        screen.say(screen.text(key, labels=screen.number(taught.labels), **told))
    examples = {"on": screen.number(taught.on), "off": screen.number(taught.off)}
    screen.say(screen.text("teach.topic" if taught.topic else "teach.no_topic", **examples))
